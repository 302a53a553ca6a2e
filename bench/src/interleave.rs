//! Contenders in turns (A, B, A, B, …), so that what disturbs the machine disturbs them alike; it
//! compares only what was measured side by side.

use std::time::{Duration, Instant};

use serde::Serialize;

/// Somebody to be measured.
pub struct Contender<'a> {
    run: Box<dyn FnMut() + 'a>,
    most: u64,
}

/// Seconds for one run of a contender, round by round.
pub struct Times(Vec<f64>);

/// How many times as fast, as the median of the rounds and the middle half of them.
#[derive(Clone, Copy, Serialize)]
pub struct Ratio {
    /// The median.
    pub median: f64,
    /// A quarter of the rounds is lower.
    pub low: f64,
    /// A quarter of the rounds is higher.
    pub high: f64,
}

impl<'a> Contender<'a> {
    /// Runs `run` over and over.
    pub fn new(run: impl FnMut() + 'a) -> Self {
        Self {
            run: Box::new(run),
            most: u64::MAX,
        }
    }

    /// Runs `run` once a round: it is slow, or cannot be repeated for long.
    pub fn once(run: impl FnMut() + 'a) -> Self {
        Self {
            most: 1,
            ..Self::new(run)
        }
    }

    fn time(&mut self, times: u64) -> Duration {
        let started = Instant::now();
        for _ in 0..times {
            (self.run)();
        }
        started.elapsed()
    }

    /// How often it runs in about `span`; warms it up, too.
    fn calibrate(&mut self, span: Duration) -> u64 {
        let mut times = 1;
        loop {
            let took = self.time(times);
            if times >= self.most {
                return self.most;
            }
            // One that was long because somebody else had the core tells nothing.
            let took = if took >= span / 4 {
                took.min(self.time(times))
            } else {
                took
            };
            if took >= span / 4 {
                let fits = span.as_secs_f64() / took.as_secs_f64();
                return Duration::from_nanos(times)
                    .mul_f64(fits)
                    .as_nanos()
                    .try_into()
                    .unwrap_or(times)
                    .clamp(1, self.most);
            }
            times = times.saturating_mul(2);
        }
    }
}

/// Runs all of them in turns, `rounds` times, each for about `span`.
pub fn rounds<const N: usize>(
    mut contenders: [Contender<'_>; N],
    rounds: usize,
    span: Duration,
) -> [Times; N] {
    let times = contenders.each_mut().map(|one| one.calibrate(span));
    let mut taken = [const { Times(Vec::new()) }; N];
    for _ in 0..rounds {
        for ((one, times), taken) in contenders.iter_mut().zip(times).zip(&mut taken) {
            let took = one.time(times).as_secs_f64();
            taken.0.push(took / times as f64);
        }
    }
    taken
}

impl Times {
    /// Of figures taken elsewhere.
    pub fn of(seconds: Vec<f64>) -> Self {
        Self(seconds)
    }

    /// The median, in seconds.
    pub fn median(&self) -> f64 {
        quantile(self.0.clone(), 0.5)
    }

    /// Runs a second.
    pub fn rate(&self) -> f64 {
        self.median().recip()
    }

    /// How many times as fast this is as `peer`, in rounds of the same number.
    pub fn faster_than(&self, peer: &Self) -> Ratio {
        Ratio::of(peer.0.iter().zip(&self.0).map(|(peer, own)| peer / own))
    }

    /// The same for `times` runs of the peer.
    pub fn faster_than_times(&self, peer: &Self, times: f64) -> Ratio {
        Ratio::of(
            peer.0
                .iter()
                .zip(&self.0)
                .map(|(peer, own)| times * peer / own),
        )
    }
}

impl Ratio {
    /// Of the quotients of several rounds.
    pub fn of(quotients: impl Iterator<Item = f64>) -> Self {
        let quotients: Vec<f64> = quotients.collect();
        let at = |part| quantile(quotients.clone(), part);
        Self {
            median: at(0.5),
            low: at(0.25),
            high: at(0.75),
        }
    }
}

/// The value below which `part` of the values lie, between neighbors by proportion.
pub fn quantile(mut values: Vec<f64>, part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = part * values.len().saturating_sub(1) as f64;
    let neighbor = |place: f64| {
        let index = values
            .iter()
            .enumerate()
            .take_while(|(index, _)| *index as f64 <= place);
        index.last().map_or(f64::NAN, |(_, value)| *value)
    };
    let (below, above) = (neighbor(place.floor()), neighbor(place.ceil()));
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_their_neighbors() {
        let values = vec![4.0, 1.0, 3.0, 2.0];
        for (part, expected) in [(0.0, 1.0), (0.5, 2.5), (1.0, 4.0)] {
            assert!((quantile(values.clone(), part) - expected).abs() < 1e-9);
        }
        assert!((quantile(vec![7.0], 0.25) - 7.0).abs() < 1e-9);
    }

    #[test]
    fn a_ratio_is_taken_round_by_round() {
        // Twice as slow a machine in the second round changes nothing.
        let (own, peer) = (Times::of(vec![1.0, 2.0]), Times::of(vec![3.0, 6.0]));
        assert!((own.faster_than(&peer).median - 3.0).abs() < 1e-9);
    }
}
