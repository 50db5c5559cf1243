//! Work on many things at once, with results in order.

use std::io;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// How many are worked on at once.
const MOST: usize = 512;
/// How many bytes they may hold together.
const BYTES: usize = 2 << 20;

/// Does some work on each item, in parallel, and hands out the results in order. `size` tells how
/// many bytes an item holds.
///
/// A single item is worked on where it is: no thread is started for it.
pub(crate) fn in_order<I: Send, T: Send>(
    mut items: impl Iterator<Item = I>,
    size: impl Fn(&I) -> usize,
    work: impl Fn(I) -> T + Sync,
    mut each: impl FnMut(T) -> io::Result<()>,
) -> io::Result<()> {
    loop {
        let mut batch = batch(&mut items, &size);
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

fn batch<I>(items: &mut impl Iterator<Item = I>, size: impl Fn(&I) -> usize) -> Vec<I> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while batch.len() < MOST && bytes < BYTES {
        let Some(item) = items.next() else { break };
        bytes += size(&item);
        batch.push(item);
    }
    batch
}
