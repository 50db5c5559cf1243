//! Durations.

use std::fmt::{self, Display};

use crate::cel::fault::Fault;

/// A duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Duration {
    pub(crate) nanos: i64,
}

/// In nanoseconds.
pub(crate) const SECOND: i64 = 1_000_000_000;
/// In nanoseconds.
pub(crate) const MINUTE: i64 = 60 * SECOND;
/// In nanoseconds.
pub(crate) const HOUR: i64 = 60 * MINUTE;

/// The units of Go's durations, in nanoseconds.
const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

impl Duration {
    pub(crate) const fn new(nanos: i64) -> Self {
        Self { nanos }
    }

    /// Seconds and nanoseconds; the longest duration if they do not fit.
    pub(crate) fn of(seconds: i64, nanos: i64) -> Self {
        let sum = seconds.checked_mul(SECOND);
        let sum = sum.and_then(|sum| sum.checked_add(nanos));
        let longest = if seconds < 0 { i64::MIN } else { i64::MAX };
        Self::new(sum.unwrap_or(longest))
    }

    /// Parses a text like Go's `time.ParseDuration`: `1h2.5s`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (is_negative, body) = match text.strip_prefix(['-', '+']) {
            Some(body) => (text.starts_with('-'), body),
            None => (false, text),
        };
        if body == "0" {
            return Some(Self::new(0));
        }
        if body.is_empty() {
            return None;
        }
        let mut rest = body;
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let (nanos, after) = quantity(rest)?;
            total = total.checked_add(nanos).filter(|total| *total <= LIMIT)?;
            rest = after;
        }
        let nanos = if is_negative {
            0_i64.checked_sub_unsigned(total)?
        } else {
            i64::try_from(total).ok()?
        };
        Some(Self::new(nanos))
    }

    pub(crate) fn plus(self, other: Self) -> Result<Self, Fault> {
        let nanos = self.nanos.checked_add(other.nanos);
        nanos.map(Self::new).ok_or(Fault::IntOverflow)
    }

    pub(crate) fn minus(self, other: Self) -> Result<Self, Fault> {
        let nanos = self.nanos.checked_sub(other.nanos);
        nanos.map(Self::new).ok_or(Fault::IntOverflow)
    }

    pub(crate) fn negated(self) -> Result<Self, Fault> {
        let nanos = self.nanos.checked_neg();
        nanos.map(Self::new).ok_or(Fault::IntOverflow)
    }

    /// The number of units, as Go computes it: the whole ones plus the rest as a fraction, which
    /// may round up to a whole one.
    #[expect(clippy::cast_precision_loss, reason = "as Go computes it")]
    pub(crate) fn count(self, unit: i64) -> f64 {
        (self.nanos / unit) as f64 + (self.nanos % unit) as f64 / unit as f64
    }

    /// Go's text: `1h0m2.5s`.
    pub(crate) fn as_go(self) -> impl Display {
        AsGo(self)
    }
}

/// The maximum of a sum before its sign is applied.
const LIMIT: u64 = 1 << 63;

/// Parses `2.5s`.
fn quantity(text: &str) -> Option<(u64, &str)> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let is_number = |c: char| c == '.' || c.is_ascii_digit();
    let (name, rest) = rest.split_at(rest.find(is_number).unwrap_or(rest.len()));
    let (_, unit) = UNITS.iter().find(|(unit, _)| *unit == name)?;
    let mut value: u64 = 0;
    for digit in whole.bytes() {
        value = value
            .checked_mul(10)?
            .checked_add(u64::from(digit - b'0'))?;
        if value > LIMIT {
            return None;
        }
    }
    let value = value.checked_mul(*unit).filter(|value| *value <= LIMIT)?;
    let value = value.checked_add(part_of(*unit, fraction))?;
    (value <= LIMIT).then_some((value, rest))
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

/// A decimal fraction of a unit, rounded down. Digits that do not fit are dropped.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "as Go computes it"
)]
fn part_of(unit: u64, fraction: &str) -> u64 {
    let mut value: u64 = 0;
    let mut scale: f64 = 1.0;
    for digit in fraction.bytes() {
        let next = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(u64::from(digit - b'0')));
        match next {
            Some(next) if value <= (LIMIT - 1) / 10 && next <= LIMIT => value = next,
            _ => break,
        }
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

/// CEL's text: in seconds.
impl Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.count(SECOND))
    }
}

struct AsGo(Duration);

impl Display for AsGo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.nanos.unsigned_abs();
        if self.0.nanos < 0 {
            f.write_str("-")?;
        }
        let (scale, unit) = match nanos {
            0 => return f.write_str("0s"),
            1..1_000 => (1, "ns"),
            1_000..1_000_000 => (1_000, "\u{b5}s"),
            1_000_000..1_000_000_000 => (1_000_000, "ms"),
            _ => return write_clock(f, nanos),
        };
        write_decimal(f, nanos, scale)?;
        f.write_str(unit)
    }
}

/// Writes `1h2m3.5s`, without leading zero units.
fn write_clock(f: &mut fmt::Formatter<'_>, nanos: u64) -> fmt::Result {
    let minutes = nanos / 60_000_000_000;
    if minutes >= 60 {
        write!(f, "{}h", minutes / 60)?;
    }
    if minutes > 0 {
        write!(f, "{}m", minutes % 60)?;
    }
    write_decimal(f, nanos % 60_000_000_000, 1_000_000_000)?;
    f.write_str("s")
}

/// Writes a number divided by a power of ten, without trailing zeros.
fn write_decimal(f: &mut fmt::Formatter<'_>, number: u64, scale: u64) -> fmt::Result {
    write!(f, "{}", number / scale)?;
    let fraction = format!("{}", scale + number % scale);
    match fraction.trim_end_matches('0').get(1..) {
        Some(digits) if !digits.is_empty() => write!(f, ".{digits}"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_by_go() {
        let read = |text| Duration::parse(text).map(|duration| duration.nanos);
        assert_eq!(read("1h2m3.5s"), Some(3_723_500_000_000));
        assert_eq!(read("-1.5ms"), Some(-1_500_000));
        assert_eq!(read("+.5s"), Some(500_000_000));
        assert_eq!(read("1.s"), Some(1_000_000_000));
        assert_eq!(read("-9223372036854775808ns"), Some(i64::MIN));
        for bad in [
            "",
            "-",
            "1",
            ".s",
            "1 s",
            "9223372036854775808ns",
            "3d",
            "1s-1s",
            "1h1",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn durations_are_written_as_by_go() {
        let texts = [
            (0, "0s", "0s"),
            (1, "0.000000001s", "1ns"),
            (1_100, "0.0000011s", "1.1\u{b5}s"),
            (-2_200_000, "-0.0022s", "-2.2ms"),
            (3_723_500_000_000, "3723.5s", "1h2m3.5s"),
            (60_000_000_000, "60s", "1m0s"),
            (i64::MIN, "-9223372036.854776s", "-2562047h47m16.854775808s"),
        ];
        for (nanos, cel, go) in texts {
            assert_eq!(Duration::new(nanos).to_string(), cel);
            assert_eq!(Duration::new(nanos).as_go().to_string(), go);
        }
    }
}
