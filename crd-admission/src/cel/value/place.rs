//! The identity of values in memory, as Go compares it.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

/// An address. Copies have the address of the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(u32);

/// The number of addresses that a thread takes at once, to avoid contention.
const BLOCK: u32 = 1 << 16;
static BLOCKS: AtomicU32 = AtomicU32::new(0);

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

impl Place {
    /// A new address.
    pub(crate) fn new() -> Self {
        let next = NEXT.get();
        let place = if next.is_multiple_of(BLOCK) {
            BLOCKS.fetch_add(1, Ordering::Relaxed).wrapping_mul(BLOCK)
        } else {
            next
        };
        NEXT.set(place.wrapping_add(1));
        Self(place)
    }

    pub(super) const fn number(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn places_differ_between_threads_too() {
        let places = || (0..BLOCK + 10).map(|_| Place::new()).collect::<Vec<_>>();
        let other = std::thread::spawn(places);
        let own = places();
        let all: BTreeSet<_> = own
            .into_iter()
            .chain(other.join().expect("places"))
            .collect();
        assert_eq!(all.len(), 2 * (BLOCK as usize + 10));
    }
}
