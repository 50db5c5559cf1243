//! Work on many texts at once, with results in order.

use std::io;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::Unit;

/// How many units are worked on at once.
const UNITS: usize = 512;
/// How many bytes they may hold together.
const BYTES: usize = 2 << 20;

/// Does some work on each unit, in parallel, and hands out the results in order.
///
/// A single unit is worked on where it is: no thread is started for it.
pub(crate) fn in_order<T: Send>(
    mut units: impl Iterator<Item = Unit>,
    work: impl Fn(Unit) -> T + Sync,
    mut each: impl FnMut(T) -> io::Result<()>,
) -> io::Result<()> {
    loop {
        let mut batch = batch(&mut units);
        match batch.len() {
            0 => return Ok(()),
            1 => batch.pop().map(&work).map_or(Ok(()), &mut each)?,
            _ => {
                let results: Vec<T> = batch.into_par_iter().map(&work).collect();
                results.into_iter().try_for_each(&mut each)?;
            }
        }
    }
}

fn batch(units: &mut impl Iterator<Item = Unit>) -> Vec<Unit> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while batch.len() < UNITS && bytes < BYTES {
        let Some(unit) = units.next() else { break };
        bytes += unit.size();
        batch.push(unit);
    }
    batch
}
