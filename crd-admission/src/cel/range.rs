//! Ranges of sizes and costs at compile time.

/// The minimum and maximum of a size or cost. Arithmetic saturates at `u64::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) min: u64,
    pub(crate) max: u64,
}

impl Range {
    pub(crate) const ZERO: Self = Self::exactly(0);
    pub(crate) const ONE: Self = Self::exactly(1);
    /// Any value.
    pub(crate) const UNKNOWN: Self = Self::new(0, u64::MAX);

    pub(crate) const fn new(min: u64, max: u64) -> Self {
        Self { min, max }
    }

    pub(crate) const fn exactly(amount: u64) -> Self {
        Self::new(amount, amount)
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            min: self.min.saturating_add(other.min),
            max: self.max.saturating_add(other.max),
        }
    }

    pub(crate) const fn times(self, other: Self) -> Self {
        Self {
            min: self.min.saturating_mul(other.min),
            max: self.max.saturating_mul(other.max),
        }
    }

    /// Multiplies by a factor, rounding up.
    pub(crate) fn scaled(self, factor: f64) -> Self {
        Self {
            min: scaled(self.min, factor),
            max: scaled(self.max, factor),
        }
    }

    /// The smallest range that contains both.
    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }
}

/// Multiplies an amount by a factor, rounding up.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the API server computes with doubles; casts stop at the bounds"
)]
pub(crate) fn scaled(amount: u64, factor: f64) -> u64 {
    (amount as f64 * factor).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_stops_at_the_bounds() {
        let range = Range::new(1, u64::MAX);
        assert_eq!(range.plus(Range::ONE), Range::new(2, u64::MAX));
        assert_eq!(range.times(Range::exactly(3)), Range::new(3, u64::MAX));
        assert_eq!(range.scaled(1.5), Range::new(2, u64::MAX));
        assert_eq!(range.scaled(0.1).min, 1);
        assert_eq!(Range::exactly(11).scaled(0.1), Range::exactly(2));
        assert_eq!(Range::exactly(5).union(Range::ZERO), Range::new(0, 5));
    }
}
