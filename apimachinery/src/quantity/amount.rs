//! A decimal number, in 64 bits if it fits.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};

/// The scale of billionths, the smallest of quantities.
pub(super) const NANO: i32 = -9;
/// Numbers with more digits are not expanded.
pub(super) const MAX_DIGITS: usize = 4096;

/// A number times a power of ten.
#[derive(Clone, Debug)]
pub(super) struct Amount {
    number: Number,
    scale: i32,
}

#[derive(Clone, Debug)]
enum Number {
    Small(i64),
    Big(BigInt),
}

impl Amount {
    pub(super) const fn small(value: i64, scale: i32) -> Self {
        let number = Number::Small(value);
        Self { number, scale }
    }

    pub(super) const fn big(value: BigInt, scale: i32) -> Self {
        let number = Number::Big(value);
        Self { number, scale }
    }

    pub(super) fn sign(&self) -> i32 {
        match &self.number {
            Number::Small(value) => i32::from(*value > 0) - i32::from(*value < 0),
            Number::Big(value) => match value.sign() {
                Sign::Minus => -1,
                Sign::NoSign => 0,
                Sign::Plus => 1,
            },
        }
    }

    /// The negation; that of the least number in 64 bits is itself, as in Go.
    pub(super) fn negated(&self) -> Self {
        let number = match &self.number {
            Number::Small(value) => Number::Small(value.wrapping_neg()),
            Number::Big(value) => Number::Big(-value),
        };
        let scale = self.scale;
        Self { number, scale }
    }

    /// The digits of the number, without the power of ten.
    pub(super) fn digits(&self) -> String {
        match &self.number {
            Number::Small(value) => value.unsigned_abs().to_string(),
            Number::Big(value) => value.magnitude().to_string(),
        }
    }

    pub(super) fn scale(&self) -> i32 {
        self.scale
    }

    fn to_big(&self) -> BigInt {
        match &self.number {
            Number::Small(value) => (*value).into(),
            Number::Big(value) => value.clone(),
        }
    }

    /// The number in units of a smaller scale; `None` if that has too many digits.
    fn at(&self, scale: i32) -> Option<BigInt> {
        let number = self.to_big();
        if number.sign() == Sign::NoSign {
            return Some(number);
        }
        let finer = usize::try_from(i64::from(self.scale) - i64::from(scale)).ok()?;
        let power = u32::try_from(finer).ok()?;
        (finer <= MAX_DIGITS).then(|| number * BigInt::from(10).pow(power))
    }

    /// The number in units of a scale, rounded away from zero.
    fn rounded_to(&self, scale: i32) -> Option<BigInt> {
        if self.scale >= scale {
            return self.at(scale);
        }
        let number = self.to_big();
        let coarser = i64::from(scale) - i64::from(self.scale);
        let digits = i64::try_from(number.magnitude().to_string().len()).ok()?;
        if coarser > digits {
            return Some(self.sign().into());
        }
        let factor = BigInt::from(10).pow(u32::try_from(coarser).ok()?);
        let (quotient, rest) = (&number / &factor, &number % &factor);
        Some(match rest.sign() {
            Sign::Minus => quotient - 1,
            Sign::NoSign => quotient,
            Sign::Plus => quotient + 1,
        })
    }

    /// The number in billionths, rounded away from zero; `None` if that has too many digits.
    pub(super) fn rounded_up(self) -> Option<Self> {
        if self.sign() == 0 {
            return Some(self);
        }
        Some(Self::big(self.rounded_to(NANO)?, NANO))
    }

    /// The integer with this value.
    pub(super) fn whole(&self) -> Option<BigInt> {
        let rounded = self.rounded_to(0)?;
        let is_exact = Self::big(rounded.clone(), 0).cmp(self) == Ordering::Equal;
        is_exact.then_some(rounded)
    }

    /// In units of a scale, rounded away from zero.
    pub(super) fn scaled(&self, scale: i32) -> Option<i64> {
        i64::try_from(self.rounded_to(scale)?).ok()
    }

    pub(super) fn as_integer(&self) -> Option<i64> {
        match (&self.number, u32::try_from(self.scale)) {
            (Number::Small(value), Ok(scale)) => times_ten(*value, scale),
            _ => None,
        }
    }

    pub(super) fn checked_add(&self, other: &Self) -> Option<Self> {
        if let Some(sum) = self.sum_in_64_bits(other) {
            return Some(sum);
        }
        let scale = self.scale.min(other.scale);
        Some(Self::big(self.at(scale)? + other.at(scale)?, scale))
    }

    pub(super) fn checked_sub(&self, other: &Self) -> Option<Self> {
        if let Some(difference) = self.sum_in_64_bits(&other.negated()) {
            return Some(difference);
        }
        let scale = self.scale.min(other.scale);
        Some(Self::big(self.at(scale)? - other.at(scale)?, scale))
    }

    fn sum_in_64_bits(&self, other: &Self) -> Option<Self> {
        match (&self.number, &other.number) {
            (Number::Small(_), Number::Small(0)) => Some(self.clone()),
            (Number::Small(0), Number::Small(_)) => Some(other.clone()),
            (Number::Small(a), Number::Small(b)) => add_small((*a, self.scale), (*b, other.scale)),
            _ => None,
        }
    }

    pub(super) fn as_approximate_f64(&self) -> f64 {
        let base = match &self.number {
            #[expect(clippy::cast_precision_loss, reason = "it is meant to be lost")]
            Number::Small(value) => *value as f64,
            Number::Big(value) => to_f64(value),
        };
        if self.scale == 0 {
            base
        } else {
            base * power_of_ten(self.scale)
        }
    }

    /// The number of digits before the point, or minus the zeros after it.
    fn magnitude(&self) -> i64 {
        let digits = i64::try_from(self.digits().len()).unwrap_or(i64::MAX);
        digits.saturating_add(self.scale.into())
    }

    /// Compares absolute values.
    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        let scale = self.scale.min(other.scale);
        // Numbers of the same magnitude differ in scale by at most their number of digits.
        let by_digits = self.magnitude().cmp(&other.magnitude());
        by_digits.then_with(|| {
            let [a, b] = [self, other].map(|amount| amount.at(scale).map(BigInt::into_parts));
            let [a, b] = [a, b].map(|parts| parts.map_or(BigUint::ZERO, |(_, number)| number));
            a.cmp(&b)
        })
    }
}

fn add_small((a, a_scale): (i64, i32), (b, b_scale): (i64, i32)) -> Option<Amount> {
    let scale = a_scale.min(b_scale);
    let finer = |value, from: i32| times_ten(value, from.abs_diff(scale));
    let sum = finer(a, a_scale)?.checked_add(finer(b, b_scale)?)?;
    Some(Amount::small(sum, scale))
}

/// A number times a power of ten.
fn times_ten(value: i64, power: u32) -> Option<i64> {
    if value == 0 {
        return Some(0);
    }
    value.checked_mul(10_i64.checked_pow(power)?)
}

/// The nearest number; in a tie, the even one.
fn to_f64(value: &BigInt) -> f64 {
    // The standard library parses decimals like that.
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// A power of ten as Go's `math.Pow10` computes it, which is not always the nearest number: from
/// every 32nd power, by one multiplication or division.
fn power_of_ten(power: i32) -> f64 {
    let nearest = |power: u32, sign: &str| format!("1e{sign}{power}").parse().unwrap_or(f64::NAN);
    let size = power.unsigned_abs();
    let (coarse, fine) = (size / 32 * 32, size % 32);
    match power {
        309.. => f64::INFINITY,
        0.. => nearest(coarse, "") * nearest(fine, ""),
        -323.. => nearest(coarse, "-") / nearest(fine, ""),
        _ => 0.0,
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Amount {}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_sign = self.sign().cmp(&other.sign());
        by_sign.then_with(|| match self.sign() {
            0 => Ordering::Equal,
            1 => self.cmp_magnitude(other),
            _ => other.cmp_magnitude(self),
        })
    }
}
