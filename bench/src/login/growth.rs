//! Whether many users slow one down: the same load on a full store and on one with a thousand.

use super::{Bench, Kind, Route, code, seed};
use crate::Failure;
use crate::arguments::Arguments;
use crate::interleave::Ratio;
use crate::report::{Measure, Report, Row};

/// What is asked: the same on both.
const ACCEPT: Kind = code(Route::Login, true);
const FEW: u32 = 1_000;
const ROUNDS: usize = 5;
const CONNECTIONS: usize = 16;
/// How much slower the median may be.
const MOST: f64 = 1.25;

/// Takes the figure, at the price of some of the full store's users.
pub fn measure(
    arguments: &Arguments,
    many: &mut Bench,
    report: &mut Report,
) -> Result<(), Failure> {
    let each = usize::try_from(FEW)? / ROUNDS;
    let mut few = Bench::start(seed::seed(&arguments.folder.join("few"), FEW, 1)?)?;
    let (mut fast, mut slow) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let leg = few.leg(CONNECTIONS, ACCEPT, each)?;
        fast.push(leg.outcome.latency.value_at_quantile(0.5) as f64 / 1e6);
        let leg = many.leg(CONNECTIONS, ACCEPT, each)?;
        slow.push(leg.outcome.latency.value_at_quantile(0.5) as f64 / 1e6);
    }
    let slower = Ratio::of(slow.iter().zip(&fast).map(|(slow, fast)| slow / fast));
    let median = |values: Vec<f64>| Measure::Seconds(crate::interleave::quantile(values, 0.5));
    report.row(
        Row::new(
            format!(
                "p50 of one accepted, {} users, {CONNECTIONS} connections",
                arguments.users
            ),
            median(slow),
        )
        .beside(format!("{FEW} users"), median(fast))
        .ratio(slower)
        .goal(format!("≤ {MOST} ×"), slower.median <= MOST),
    );
    Ok(())
}
