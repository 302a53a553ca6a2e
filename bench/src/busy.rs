//! How much of the machine's cores others had during a run: with much, its figures mean little.

use crate::Failure;

/// A share from which on a run is to be repeated.
const MUCH: f64 = 0.1;

/// Ticks of all cores so far, and of this process and what it waited for.
pub struct Ticks {
    all: f64,
    busy: f64,
    own: f64,
}

impl Ticks {
    /// Reads them.
    pub fn now() -> Result<Self, Failure> {
        let all = std::fs::read_to_string("/proc/stat")?;
        let all = numbers(all.lines().next().unwrap_or_default())?;
        let own = std::fs::read_to_string("/proc/self/stat")?;
        // After the name, which may have anything in it: state, then numbers, the 12th to the 15th
        // of which are user and system time, own and children's.
        let own = own.rsplit(')').next().unwrap_or_default();
        let own = numbers(own.trim_start().get(1..).unwrap_or_default())?;
        Ok(Self {
            // user, nice, system, idle, iowait, irq, softirq, steal
            all: all.iter().take(8).sum(),
            busy: all
                .iter()
                .take(8)
                .enumerate()
                .filter(|(index, _)| !(3..=4).contains(index))
                .map(|(_, ticks)| ticks)
                .sum(),
            own: own.iter().skip(10).take(4).sum(),
        })
    }

    /// What is to be said of others since `before`, if it matters.
    pub fn since(&self, before: &Self) -> Option<String> {
        let others = (self.busy - before.busy) - (self.own - before.own);
        let share = others / (self.all - before.all);
        (share > MUCH).then(|| {
            format!(
                "Other processes had {:.0} % of the cores meanwhile: take these figures again on a \
                 quiet machine.",
                100.0 * share
            )
        })
    }
}

fn numbers(line: &str) -> Result<Vec<f64>, Failure> {
    let words = line.split_whitespace().filter(|word| *word != "cpu");
    words.map(|word| Ok(word.parse()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_told_only_when_it_matters() {
        let ticks = |all, busy, own| Ticks { all, busy, own };
        let before = ticks(0.0, 0.0, 0.0);
        assert!(ticks(100.0, 60.0, 55.0).since(&before).is_none());
        let told = ticks(100.0, 60.0, 20.0).since(&before).unwrap();
        assert!(told.contains("40 %"), "{told}");
        assert!(Ticks::now().unwrap().all > 0.0);
    }
}
