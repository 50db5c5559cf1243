//! Measures two implementations alternately, and prints a row of the table.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::json;

/// The number of measurements of each.
const ROUNDS: usize = 41;
/// Minimum duration of a measurement.
const SPELL: Duration = Duration::from_millis(4);

/// The required ratio.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// Ours takes at most this many times the other's time.
    AtMost(f64),
    /// The other takes at least this many times our time.
    AtLeast(f64),
    /// None: the ratio is informative.
    None,
}

/// Measures both alternately, and prints the medians.
pub(crate) fn compare<A, B>(name: &str, goal: Goal, ours: impl Fn() -> A, peer: impl Fn() -> B) {
    let times = turns(ours, peer);
    let ratio = |(ours, peer): &(f64, f64)| match goal {
        Goal::AtMost(_) | Goal::None => ours / peer,
        Goal::AtLeast(_) => peer / ours,
    };
    let ratio = median(times.iter().map(ratio).collect());
    let (ours, peer) = medians(times);
    row(name, goal, ours, peer, ratio);
}

/// Nanoseconds of both, alternately.
pub(crate) fn turns<A, B>(ours: impl Fn() -> A, peer: impl Fn() -> B) -> Vec<(f64, f64)> {
    (0..ROUNDS).map(|_| (time(&ours), time(&peer))).collect()
}

/// Nanoseconds of a call, including the drop of its result.
pub(crate) fn time<T>(work: &impl Fn() -> T) -> f64 {
    // The clock is read a hundred times in all: reading it takes as long as a short call.
    let start = Instant::now();
    drop(black_box(work()));
    let batch = SPELL.as_nanos() / 100 / start.elapsed().as_nanos().max(1);
    let batch = u32::try_from(batch).unwrap_or(u32::MAX).max(1);
    let (start, mut times) = (Instant::now(), 0);
    while start.elapsed() < SPELL {
        for _ in 0..batch {
            drop(black_box(work()));
        }
        times += batch;
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}

pub(crate) fn once<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64() * 1e9
}

pub(crate) fn medians(times: Vec<(f64, f64)>) -> (f64, f64) {
    let (ours, peer) = times.into_iter().unzip();
    (median(ours), median(peer))
}

pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

#[allow(clippy::print_stdout, reason = "that is what it is for")]
pub(crate) fn row(name: &str, goal: Goal, ours: f64, peer: f64, ratio: f64) {
    let (goal, met) = match goal {
        Goal::AtMost(goal) => (Some(format!("at most {goal}")), Some(ratio <= goal)),
        Goal::AtLeast(goal) => (Some(format!("at least {goal}")), Some(ratio >= goal)),
        Goal::None => (None, None),
    };
    println!(
        "{}",
        json!({"name": name, "ours": ours, "peer": peer, "ratio": ratio, "goal": goal, "met": met})
    );
}
