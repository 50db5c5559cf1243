//! Parts of Go's standard library: parsing and formatting of numbers and texts, and sorting.

mod sort;

use std::borrow::Cow;

pub(crate) use apimachinery::go::{Float, Quoted};

use super::fault::Fault;
pub(crate) use sort::sort;

/// Parses an integer like `strconv`'s `function`.
pub(crate) fn parse_int(function: &str, text: &str) -> Result<i64, Fault> {
    text.parse().map_err(|_| number_error(function, text))
}

/// Parses an unsigned integer like `strconv.ParseUint`.
pub(crate) fn parse_uint(text: &str) -> Option<u64> {
    if text.starts_with('+') {
        None
    } else {
        text.parse().ok()
    }
}

/// Parses a boolean like `strconv.ParseBool`.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Parses a floating-point number like `strconv.ParseFloat`; `None` if out of range.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let text = &*without_underscores(text)?;
    let (sign, body) = match text.strip_prefix(['+', '-']) {
        Some(body) if text.starts_with('-') => (-1.0, body),
        Some(body) => (1.0, body),
        None => (1.0, text),
    };
    if let Some(hex) = body.strip_prefix("0x").or(body.strip_prefix("0X")) {
        return parse_hex_float(hex).map(|number| sign * number);
    }
    let name = body.to_ascii_lowercase();
    match name.as_str() {
        "inf" | "infinity" => return Some(sign * f64::INFINITY),
        "nan" => return (body.len() == text.len()).then_some(f64::NAN),
        _ => {}
    }
    // This excludes Rust's own names for infinity and NaN, and numbers out of range.
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A number without the underscores between its digits; `None` if there is one elsewhere.
fn without_underscores(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('_') {
        return Some(text.into());
    }
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    let hex = number.strip_prefix("0x").or(number.strip_prefix("0X"));
    let is_digit = |part: &str, at: Option<usize>| {
        let c = at
            .and_then(|at| part.as_bytes().get(at))
            .copied()
            .map(char::from);
        c.is_some_and(|c| c.is_ascii_digit() || hex.is_some() && c.is_ascii_hexdigit())
    };
    let digits = hex.unwrap_or(number);
    let is_placed = |(at, _): (usize, &str)| {
        // There may be one after the prefix.
        let follows = at == 0 && hex.is_some() || is_digit(digits, at.checked_sub(1));
        follows && is_digit(digits, Some(at + 1))
    };
    let is_valid = digits.match_indices('_').all(is_placed);
    is_valid.then(|| text.replace('_', "").into())
}

/// The number after `0x`: digits with a point, and a power of two.
fn parse_hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if exponent_digits.is_empty() || !exponent_digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // With larger exponents every number is zero or out of range.
    let exponent: i64 = exponent.parse().unwrap_or(if exponent.starts_with('-') {
        -100_000_000
    } else {
        100_000_000
    });
    let mut number: u64 = 0;
    let mut power = exponent.clamp(-100_000_000, 100_000_000);
    let mut is_cut = false;
    let mut after_point = false;
    let mut digits = 0;
    for c in mantissa.chars() {
        let digit = match c {
            '.' if !after_point => {
                after_point = true;
                continue;
            }
            c => c.to_digit(16)?,
        };
        digits += 1;
        if number >> 60 == 0 {
            number = number << 4 | u64::from(digit);
            power -= if after_point { 4 } else { 0 };
        } else {
            is_cut |= digit != 0;
            power += if after_point { 0 } else { 4 };
        }
    }
    if digits == 0 {
        return None;
    }
    scaled_by_two(number, is_cut, power)
}

/// `number * 2^power`, rounded to even; `is_cut` if nonzero digits of `number` were dropped.
fn scaled_by_two(number: u64, is_cut: bool, power: i64) -> Option<f64> {
    if number == 0 {
        return Some(0.0);
    }
    let shift = i64::from(number.leading_zeros());
    let (mut number, mut power) = (number << shift, power - shift);
    // 63 bits follow the first; a double keeps 52 of them, or fewer if subnormal.
    let exponent = power + 63;
    if exponent > 1023 {
        return None;
    }
    let dropped = 11 + (-1022 - exponent).max(0);
    if dropped > 64 {
        return Some(0.0);
    }
    let rest = if dropped == 64 {
        number
    } else {
        number & ((1 << dropped) - 1)
    };
    let half = 1_u64 << (dropped - 1);
    number = number
        .checked_shr(u32::try_from(dropped).ok()?)
        .unwrap_or(0);
    power += dropped;
    if rest > half || rest == half && (is_cut || number & 1 == 1) {
        number += 1;
    }
    let result = exactly(number) * two_to(power);
    result.is_finite().then_some(result)
}

#[expect(clippy::cast_precision_loss, reason = "at most 53 bits")]
fn exactly(number: u64) -> f64 {
    number as f64
}

/// A power of two that a double can represent, from -1074 on.
fn two_to(power: i64) -> f64 {
    let bits = match power {
        ..-1022 => 1 << (power + 1074).clamp(0, 51),
        _ => (power.min(1024) + 1023) << 52,
    };
    f64::from_bits(bits.cast_unsigned())
}

/// Parses an unsigned integer like `strconv.ParseUint`, with its error.
pub(crate) fn parse_uint_or(text: &str) -> Result<u64, Fault> {
    parse_uint(text).ok_or_else(|| number_error("ParseUint", text))
}

#[cold]
fn number_error(function: &str, text: &str) -> Fault {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let reason = if is_number {
        "value out of range"
    } else {
        "invalid syntax"
    };
    Fault::text(format!(
        "strconv.{function}: parsing {}: {reason}",
        Quoted(text)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_read_as_by_go() {
        let numbers = [
            ("1_05", Some(105.0)),
            ("0x_1p0", Some(1.0)),
            ("0x1.8p-1", Some(0.75)),
            ("0x1p-1074", Some(f64::from_bits(1))),
            ("0x1.8p-1075", Some(f64::from_bits(1))),
            ("0x1p-1075", Some(0.0)),
            ("0x1.fffffffffffff8p1023", None),
            ("-Infinity", Some(f64::NEG_INFINITY)),
            ("1e400", None),
            ("1_.5", None),
            ("_1", None),
            ("0x1", None),
            ("-nan", None),
        ];
        for (text, number) in numbers {
            assert_eq!(parse_float(text), number, "{text}");
        }
    }
}
