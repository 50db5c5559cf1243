//! Parallel processing with results in order.

use std::io;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// Maximum number of items processed at once.
const MOST: usize = 512;
/// Maximum total size of these items, in bytes.
const BYTES: usize = 1 << 20;

/// Processes items in parallel, and returns the results in order. `size` is the size of an item in
/// bytes.
///
/// A single item is processed on the current thread.
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
