//! Parses quantities in Kubernetes' two ways: small numbers directly, others exactly. The way
//! matters for the stored text, for what counts as an integer, and for the conversion to a float.

use num_bigint::BigInt;

use super::amount::{Amount, MAX_DIGITS, NANO};
use super::{Format, Quantity};

/// Why a text is not a quantity, in an API server's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseQuantityError {
    /// It is empty, or has something after the number and its suffix.
    #[error(
        "quantities must match the regular expression \
         '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )]
    Form,
    /// It has no number.
    #[error("unable to parse numeric part of quantity")]
    Number,
    /// It has an unknown suffix.
    #[error("unable to parse quantity's suffix")]
    Suffix,
    /// It has thousands of digits, or would have them if expanded. An API server accepts it.
    #[error("the quantity has too many digits")]
    TooLong,
}

/// The parts of a text.
struct Parts<'a> {
    is_negative: bool,
    /// The digits before the point, without leading zeros.
    whole: &'a str,
    /// The digits after the point.
    fraction: &'a str,
    /// Whether there are any digits.
    has_digits: bool,
    suffix: &'a str,
}

pub(super) fn parse(text: &str) -> Result<Quantity, ParseQuantityError> {
    let parts = split(text)?;
    if parts.whole.len() + parts.fraction.len() > MAX_DIGITS {
        return Err(ParseQuantityError::TooLong);
    }
    let suffix = Suffix::of(parts.suffix).ok_or(ParseQuantityError::Suffix)?;
    match small(&parts, suffix) {
        Some((amount, is_canonical)) => Ok(Quantity {
            amount,
            format: suffix.format(),
            written: is_canonical.then(|| text.into()),
        }),
        None => large(&parts, suffix),
    }
}

fn split(text: &str) -> Result<Parts<'_>, ParseQuantityError> {
    if text.is_empty() {
        return Err(ParseQuantityError::Form);
    }
    let (is_negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (zeros, rest) = take(rest, |b| b == b'0');
    let (whole, rest) = take(rest, |b| b.is_ascii_digit());
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => take(rest, |b| b.is_ascii_digit()),
        None => ("", rest),
    };
    let (_, after) = take(rest, |b| b"eEinumkKMGTP".contains(&b));
    let after = after.strip_prefix(['-', '+']).unwrap_or(after);
    let (_, after) = take(after, |b| b.is_ascii_digit());
    if !after.is_empty() {
        return Err(ParseQuantityError::Form);
    }
    Ok(Parts {
        is_negative,
        whole: if whole.is_empty() { "0" } else { whole },
        fraction,
        has_digits: !(zeros.is_empty() && whole.is_empty() && fraction.is_empty()),
        suffix: rest,
    })
}

/// The ASCII bytes of a kind at the start, and the rest.
fn take(text: &str, is_kind: impl Fn(u8) -> bool) -> (&str, &str) {
    text.split_at(text.bytes().take_while(|b| is_kind(*b)).count())
}

/// The meaning of a suffix.
#[derive(Clone, Copy)]
enum Suffix {
    /// A power of ten.
    Decimal(i32),
    /// A power of two.
    Binary(u32),
    /// A power of ten, written as an exponent.
    Exponent(i32),
}

impl Suffix {
    fn of(text: &str) -> Option<Self> {
        Some(match text {
            "n" => Self::Decimal(-9),
            "u" => Self::Decimal(-6),
            "m" => Self::Decimal(-3),
            "" => Self::Decimal(0),
            "k" => Self::Decimal(3),
            "M" => Self::Decimal(6),
            "G" => Self::Decimal(9),
            "T" => Self::Decimal(12),
            "P" => Self::Decimal(15),
            "E" => Self::Decimal(18),
            "Ki" => Self::Binary(10),
            "Mi" => Self::Binary(20),
            "Gi" => Self::Binary(30),
            "Ti" => Self::Binary(40),
            "Pi" => Self::Binary(50),
            "Ei" => Self::Binary(60),
            _ => Self::Exponent(exponent(text.strip_prefix(['e', 'E'])?)?),
        })
    }

    fn format(self) -> Format {
        match self {
            Self::Decimal(_) => Format::DecimalSi,
            Self::Binary(_) => Format::BinarySi,
            Self::Exponent(_) => Format::DecimalExponent,
        }
    }
}

/// Kubernetes parses 64 bits and keeps the lower 32.
fn exponent(text: &str) -> Option<i32> {
    let [a, b, c, d, ..] = text.parse::<i64>().ok()?.to_le_bytes();
    Some(i32::from_le_bytes([a, b, c, d]))
}

/// A number that fits in 64 bits, and whether its text is taken for canonical; `None` if Kubernetes
/// does not try, or fails.
fn small(parts: &Parts<'_>, suffix: Suffix) -> Option<(Amount, bool)> {
    let digits = parts.whole.len() + parts.fraction.len();
    let (most_digits, power, factor) = match suffix {
        Suffix::Decimal(power) | Suffix::Exponent(power) => (18, power, 1),
        Suffix::Binary(power) if parts.fraction.is_empty() => {
            // About the number of digits that the factor leaves.
            let most = 14_u32.saturating_sub(power * 3 / 10);
            (usize::try_from(most).ok()?, 0, 1_i64 << power)
        }
        Suffix::Binary(_) => return None,
    };
    let scale = power.checked_sub(i32::try_from(parts.fraction.len()).ok()?)?;
    if digits > most_digits || scale < NANO {
        return None;
    }
    let shown = format!("{}{}", parts.whole, parts.fraction);
    let number: i64 = shown.parse().ok()?;
    let value = number.checked_mul(factor)?;
    let is_canonical = match suffix {
        Suffix::Binary(_) => number & 7 != 0,
        _ => scale % 3 == 0 && !shown.ends_with("000") && !shown.starts_with('0'),
    };
    let value = if parts.is_negative { -value } else { value };
    Some((Amount::small(value, scale), is_canonical))
}

/// Any number, rounded away from zero to billionths.
fn large(parts: &Parts<'_>, suffix: Suffix) -> Result<Quantity, ParseQuantityError> {
    if !parts.has_digits {
        return Err(ParseQuantityError::Number);
    }
    let digits = format!("{}{}", parts.whole, parts.fraction);
    let number: BigInt = digits.parse().map_err(|_| ParseQuantityError::Number)?;
    let behind = i32::try_from(parts.fraction.len()).map_err(|_| ParseQuantityError::TooLong)?;
    let amount = match suffix {
        Suffix::Binary(power) => Amount::big(number << power, -behind),
        Suffix::Decimal(power) | Suffix::Exponent(power) => {
            Amount::big(number, power.saturating_sub(behind))
        }
    };
    let mut amount = amount.rounded_up().ok_or(ParseQuantityError::TooLong)?;
    let mut format = suffix.format();
    if format == Format::BinarySi {
        let most = Amount::big(i64::MAX.into(), 0);
        if amount > most {
            amount = most;
        }
        if amount.sign() > 0 && amount < Amount::small(1, 0) {
            format = Format::DecimalSi;
        }
    }
    Ok(Quantity {
        amount: if parts.is_negative {
            amount.negated()
        } else {
            amount
        },
        format,
        written: None,
    })
}
