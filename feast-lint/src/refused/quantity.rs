//! Quantities by what they are worth.

use serde_json::Value;

/// A quantity in billionths, which is as fine as Kubernetes has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quantity(i128);

const UNIT: i128 = 1_000_000_000;

impl Quantity {
    pub(crate) const ZERO: Self = Self(0);

    /// The quantity of a text such as `500m` or `2Gi`, or of a number; `None` if it is none.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => Self::parse(&number.to_string()),
            _ => None,
        }
    }

    /// The quantity of a text. One beyond all measure is the greatest there is.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit() && !"+-.".contains(c));
        let (number, suffix) = text.split_at(end.unwrap_or(text.len()));
        let (digits, scale) = digits(number)?;
        let (ten, two) = factors(suffix)?;
        // The point is moved first, so that nothing is lost before the last step.
        let power = ten + 9 - scale;
        let nano = match u32::try_from(power) {
            Ok(power) => digits.saturating_mul(10_i128.saturating_pow(power)),
            Err(_) => round_up(digits, 10_i128.saturating_pow(power.unsigned_abs())),
        };
        Some(Self(nano.saturating_mul(two)))
    }

    pub(crate) fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub(crate) fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether there is no fraction, measured in thousandths as Kubernetes does.
    pub(crate) fn is_whole(self) -> bool {
        round_up(self.0, UNIT / 1000) % 1000 == 0
    }

    /// Whether it is so many times `unit`, both without what is behind the point.
    pub(crate) fn is_multiple_of(self, unit: Self) -> bool {
        let unit = round_up(unit.0, UNIT);
        unit > 0 && round_up(self.0, UNIT) % unit == 0
    }
}

/// The digits of a decimal number, and how many of them are behind the point.
fn digits(number: &str) -> Option<(i128, i32)> {
    let (negative, number) = match number.strip_prefix('-') {
        Some(number) => (true, number),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let all = format!("{whole}{fraction}");
    let digits = all.parse().unwrap_or(i128::MAX);
    let scale = i32::try_from(fraction.len()).ok()?;
    Some((if negative { -digits } else { digits }, scale))
}

/// The power of ten, and the factor, that a suffix stands for.
fn factors(suffix: &str) -> Option<(i32, i128)> {
    const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if let Some(position) = DECIMAL.iter().position(|known| *known == suffix) {
        return Some((i32::try_from(position).ok()? * 3 - 9, 1));
    }
    if let Some(position) = BINARY.iter().position(|known| *known == suffix) {
        let power = u32::try_from(position).ok()? + 1;
        return Some((0, 1024_i128.pow(power)));
    }
    let power: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    Some((power.clamp(-1000, 1000), 1))
}

/// Division that rounds away from zero.
fn round_up(number: i128, by: i128) -> i128 {
    number / by + (number % by).signum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Quantity {
        Quantity::parse(text).expect("a quantity")
    }

    #[test]
    fn forms_of_one_quantity_are_equal() {
        for (a, b) in [
            ("1", "1000m"),
            ("1Gi", "1024Mi"),
            ("1k", "1000"),
            ("1e3", "1k"),
            ("0.5", "500m"),
            (".5", "500m"),
            ("1.5Gi", "1536Mi"),
            ("+5", "5"),
            ("0.0000000001", "1n"),
            ("1e-12", "1n"),
        ] {
            assert_eq!(of(a), of(b), "{a} {b}");
        }
    }

    #[test]
    fn quantities_have_an_order() {
        for (less, more) in [("-1", "0"), ("999m", "1"), ("1G", "1Gi"), ("1E", "1e400")] {
            assert!(of(less) < of(more), "{less} {more}");
        }
    }

    #[test]
    fn others_are_none() {
        for text in ["", ".", "a", "1.2.3", "1Xi", "1e", "--1", "e3", "1e1.5"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn whole_ones_have_no_fraction() {
        assert!(of("2").is_whole() && of("2000m").is_whole());
        assert!(!of("1500m").is_whole() && !of("1u").is_whole());
    }
}
