//! Go's `sort.Slice`, with its order of equal items.
//!
//! It is pattern-defeating quicksort after `pdqsort_func` of Go's package `sort` (Copyright The Go
//! Authors, BSD-3-Clause), which is deterministic but not stable.

use std::mem;

/// Sorts items; `is_before` tells whether one comes before another.
pub(crate) fn sort<T>(items: &mut [T], is_before: impl Fn(&T, &T) -> bool) {
    let (end, limit) = (items.len(), bits(items.len()));
    Sorter { items, is_before }.sort(0, end, limit);
}

/// Up to this many items are sorted by insertion.
const MAX_INSERTED: usize = 12;
/// From this many items on, the pivot is chosen among nine, and nearly sorted input is detected.
const MANY: usize = 50;
/// This many swaps among nine items mean that they are in descending order.
const MAX_SWAPS: usize = 12;
/// The number of pairs in wrong order to fix before giving up on nearly sorted input.
const MAX_STEPS: usize = 5;

struct Sorter<'i, T, F> {
    items: &'i mut [T],
    is_before: F,
}

/// The likely order of the items around a pivot.
#[derive(Clone, Copy, PartialEq)]
enum Hint {
    Increasing,
    Decreasing,
    Unknown,
}

impl<T, F: Fn(&T, &T) -> bool> Sorter<'_, T, F> {
    fn less(&self, a: usize, b: usize) -> bool {
        match (self.items.get(a), self.items.get(b)) {
            (Some(a), Some(b)) => (self.is_before)(a, b),
            _ => false,
        }
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.items.swap(a, b);
    }

    /// Sorts the items from `start` to before `end`. Uses heap sort after `limit` bad pivots.
    fn sort(&mut self, mut start: usize, mut end: usize, mut limit: u32) {
        let (mut was_balanced, mut was_partitioned) = (true, true);
        loop {
            let length = end - start;
            if length <= MAX_INSERTED {
                return self.insert(start, end);
            }
            if limit == 0 {
                return self.heap_sort(start, end);
            }
            if !was_balanced {
                self.break_patterns(start, end);
                limit -= 1;
            }
            let (mut pivot, mut hint) = self.choose_pivot(start, end);
            if hint == Hint::Decreasing {
                if let Some(items) = self.items.get_mut(start..end) {
                    items.reverse();
                }
                pivot = (end - 1) - (pivot - start);
                hint = Hint::Increasing;
            }
            let seems_sorted = was_balanced && was_partitioned && hint == Hint::Increasing;
            if seems_sorted && self.insert_few(start, end) {
                return;
            }
            // No item is less than the pivot, so items equal to it are in place.
            if start > 0 && !self.less(start - 1, pivot) {
                start = self.partition_equal(start, end, pivot);
                continue;
            }
            let middle;
            (middle, was_partitioned) = self.partition(start, end, pivot);
            let (left, right) = (middle - start, end - middle);
            was_balanced = left.min(right) >= length / 8;
            if left < right {
                self.sort(start, middle, limit);
                start = middle + 1;
            } else {
                self.sort(middle + 1, end, limit);
                end = middle;
            }
        }
    }

    fn insert(&mut self, start: usize, end: usize) {
        for i in start + 1..end {
            let mut j = i;
            while j > start && self.less(j, j - 1) {
                self.swap(j, j - 1);
                j -= 1;
            }
        }
    }

    fn heap_sort(&mut self, start: usize, end: usize) {
        let length = end - start;
        for root in (0..=(length - 1) / 2).rev() {
            self.sift_down(root, length, start);
        }
        for last in (0..length).rev() {
            self.swap(start, start + last);
            self.sift_down(0, last, start);
        }
    }

    fn sift_down(&mut self, mut root: usize, end: usize, start: usize) {
        loop {
            let mut child = 2 * root + 1;
            if child >= end {
                return;
            }
            if child + 1 < end && self.less(start + child, start + child + 1) {
                child += 1;
            }
            if !self.less(start + root, start + child) {
                return;
            }
            self.swap(start + root, start + child);
            root = child;
        }
    }

    /// Moves items less than the pivot before it. Returns the pivot's position, and whether
    /// everything was in place.
    fn partition(&mut self, start: usize, end: usize, pivot: usize) -> (usize, bool) {
        self.swap(start, pivot);
        let (mut i, mut j) = (start + 1, end - 1);
        let mut was_partitioned = true;
        loop {
            while i <= j && self.less(i, start) {
                i += 1;
            }
            while i <= j && !self.less(j, start) {
                j -= 1;
            }
            if i > j {
                self.swap(j, start);
                return (j, was_partitioned);
            }
            was_partitioned = false;
            self.swap(i, j);
            i += 1;
            j -= 1;
        }
    }

    /// Moves items greater than the pivot after the others. Returns the position of the first of
    /// them.
    fn partition_equal(&mut self, start: usize, end: usize, pivot: usize) -> usize {
        self.swap(start, pivot);
        let (mut i, mut j) = (start + 1, end - 1);
        loop {
            while i <= j && !self.less(start, i) {
                i += 1;
            }
            while i <= j && self.less(start, j) {
                j -= 1;
            }
            if i > j {
                return i;
            }
            self.swap(i, j);
            i += 1;
            j -= 1;
        }
    }

    /// Fixes a few pairs. Returns whether everything is sorted.
    fn insert_few(&mut self, start: usize, end: usize) -> bool {
        let mut i = start + 1;
        for _ in 0..MAX_STEPS {
            while i < end && !self.less(i, i - 1) {
                i += 1;
            }
            if i == end {
                return true;
            }
            if end - start < MANY {
                return false;
            }
            self.swap(i, i - 1);
            if i - start >= 2 {
                self.shift((1..i).rev());
            }
            if end - i >= 2 {
                self.shift(i + 1..end);
            }
        }
        false
    }

    /// Moves items forward while they are less than their predecessors.
    fn shift(&mut self, places: impl Iterator<Item = usize>) {
        for j in places {
            if !self.less(j, j - 1) {
                return;
            }
            self.swap(j, j - 1);
        }
    }

    /// Moves some items, so that a pattern does not produce bad pivots again.
    fn break_patterns(&mut self, start: usize, end: usize) {
        let length = end - start;
        let mut random = length as u64;
        let mask = (1_u64 << bits(length)) - 1;
        let middle = start + length / 4 * 2;
        for place in middle - 1..=middle + 1 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let other = usize::try_from(random & mask).unwrap_or_default();
            let other = if other >= length {
                other - length
            } else {
                other
            };
            self.swap(place, start + other);
        }
    }

    fn choose_pivot(&self, start: usize, end: usize) -> (usize, Hint) {
        let quarter = (end - start) / 4;
        let mut swaps = 0;
        let mut places = [1, 2, 3].map(|at| start + quarter * at);
        if end - start >= MANY {
            places = places.map(|at| self.median([at - 1, at, at + 1], &mut swaps));
        }
        let pivot = self.median(places, &mut swaps);
        let hint = match swaps {
            0 => Hint::Increasing,
            MAX_SWAPS => Hint::Decreasing,
            _ => Hint::Unknown,
        };
        (pivot, hint)
    }

    /// The position of the median of three items; counts the swaps it takes.
    fn median(&self, [mut a, mut b, mut c]: [usize; 3], swaps: &mut usize) -> usize {
        let mut order = |a: &mut usize, b: &mut usize| {
            if self.less(*b, *a) {
                *swaps += 1;
                mem::swap(a, b);
            }
        };
        order(&mut a, &mut b);
        order(&mut b, &mut c);
        order(&mut a, &mut b);
        b
    }
}

/// The number of binary digits of a number.
fn bits(number: usize) -> u32 {
    usize::BITS - number.leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_sorted() {
        for length in [0, 1, 2, 12, 13, 49, 50, 51, 200, 1000] {
            for (factor, modulus) in [(1, 1000), (999, 1000), (7919, 1013), (31, 5), (0, 1)] {
                let mut items: Vec<_> = (0..length).map(|i| i * factor % modulus).collect();
                let mut expected = items.clone();
                expected.sort_unstable();
                sort(&mut items, |a, b| a < b);
                assert_eq!(items, expected, "{length} by {factor} modulo {modulus}");
            }
        }
    }

    /// The order is that of Go.
    #[test]
    fn equal_items_are_reordered_as_in_go() {
        let mut items: Vec<u64> = (0..20).collect();
        sort(&mut items, |a, b| a % 3 < b % 3);
        let sorted = [
            9, 18, 15, 3, 12, 0, 6, 10, 7, 4, 13, 16, 1, 19, 8, 5, 11, 14, 2, 17,
        ];
        assert_eq!(items, sorted);
        for (count, hash) in [(60, 468_527), (300, 248_476)] {
            let mut items: Vec<u64> = (0..count).map(|i| i * 7919 % 1013).collect();
            sort(&mut items, |a, b| a % 5 < b % 5);
            let hashed = (1..).zip(&items);
            let hashed = hashed.fold(0, |hash, (at, item)| (hash * 31 + item * at) % 1_000_003);
            assert_eq!(hashed, hash, "{count} items");
        }
    }
}
