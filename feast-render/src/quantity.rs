//! Quantities in the form that Go writes: `1024Mi` is `1Gi`, `0.5` is `500m`.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// Brings every quantity of a list of resources to its canonical form.
pub(crate) fn canonicalize_all(resources: Option<&mut BTreeMap<String, Quantity>>) {
    for quantity in resources.into_iter().flat_map(BTreeMap::values_mut) {
        canonicalize(quantity);
    }
}

/// Brings a quantity to its canonical form; one that cannot be read stays.
pub(crate) fn canonicalize(quantity: &mut Quantity) {
    if is_canonical(&quantity.0) {
        return;
    }
    if let Some(canonical) = canonical(&quantity.0) {
        quantity.0 = canonical;
    }
}

/// Whether a quantity is quickly seen to be in its canonical form: a whole number that needs its
/// suffix. Others may be, too.
fn is_canonical(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = text.split_at(digits);
    let base = match suffix {
        "Ki" | "Mi" | "Gi" => 1024,
        "m" | "" | "k" | "M" | "G" => 1000,
        _ => return false,
    };
    let is_plain = digits <= 9 && !number.starts_with('0');
    is_plain && number.parse::<u32>().is_ok_and(|number| number % base != 0)
}

const NANO: i128 = 1_000_000_000;
/// Go caps what has a suffix of two letters, and nothing else.
const MOST: i128 = i64::MAX as i128 * NANO;
const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

#[derive(Clone, Copy)]
enum Format {
    Decimal,
    Binary,
    Exponent,
}

fn canonical(text: &str) -> Option<String> {
    let digits_end = text.find(|c: char| !c.is_ascii_digit() && !"+-.".contains(c));
    let (number, suffix) = text.split_at(digits_end.unwrap_or(text.len()));
    let number = nano(number)?;
    let (format, nano) = if let Some(power) = BINARY.iter().skip(1).position(|s| *s == suffix) {
        let nano = number.saturating_mul(1024_i128.checked_pow(exponent(power)? + 1)?);
        (Format::Binary, nano.clamp(-MOST, MOST))
    } else if let Some(power) = DECIMAL.iter().position(|s| *s == suffix) {
        (
            Format::Decimal,
            scale(number, i32::try_from(power).ok()? * 3 - 9)?,
        )
    } else {
        let power = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
        (Format::Exponent, scale(number, power)?)
    };
    Some(write(nano, format))
}

/// A plain decimal number in billionths, which is as fine as quantities get; rounded up.
fn nano(number: &str) -> Option<i128> {
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let kept = fraction.get(..9).unwrap_or(fraction);
    let finer = fraction
        .get(9..)
        .is_some_and(|rest| rest.bytes().any(|b| b != b'0'));
    let nano: i128 = format!("{whole}{kept:0<9}").parse().ok()?;
    let nano = nano.checked_add(i128::from(finer))?;
    Some(if negative { -nano } else { nano })
}

/// `number` times ten to the power, rounded away from zero.
fn scale(number: i128, power: i32) -> Option<i128> {
    let factor = 10_i128.checked_pow(power.unsigned_abs())?;
    if power >= 0 {
        return number.checked_mul(factor);
    }
    let rest = (number % factor).signum();
    Some(number / factor + rest)
}

fn write(nano: i128, format: Format) -> String {
    match format {
        Format::Binary if nano.abs() >= 1024 * NANO && nano % NANO == 0 => {
            let (number, power) = reduce(nano / NANO, 1024);
            format!("{number}{}", suffix(&BINARY, power))
        }
        Format::Exponent => {
            let (number, power) = reduce(nano, 1000);
            match exponent(power).map_or(0, |power| i64::from(power) * 3 - 9) {
                _ if number == 0 => "0".to_owned(),
                0 => number.to_string(),
                power => format!("{number}e{power}"),
            }
        }
        Format::Binary | Format::Decimal => {
            let (number, power) = reduce(nano, 1000);
            let suffix = if number == 0 {
                ""
            } else {
                suffix(&DECIMAL, power)
            };
            format!("{number}{suffix}")
        }
    }
}

/// Go writes none where it knows none: `2000E` is written `2`.
fn suffix(known: &[&'static str], power: usize) -> &'static str {
    known.get(power).copied().unwrap_or_default()
}

/// Takes out as many factors `base` as there are.
fn reduce(mut number: i128, base: i128) -> (i128, usize) {
    let mut power = 0;
    while number != 0 && number % base == 0 {
        number /= base;
        power += 1;
    }
    (number, power)
}

fn exponent(power: usize) -> Option<u32> {
    u32::try_from(power).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_go_writes_them() {
        for (given, written) in [
            ("1", "1"),
            ("0", "0"),
            ("0.0", "0"),
            ("1000m", "1"),
            ("1500m", "1500m"),
            ("0.5", "500m"),
            ("1.5", "1500m"),
            ("2000", "2k"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("0.5Ki", "512"),
            ("1024", "1024"),
            ("1073741824", "1073741824"),
            ("1e3", "1e3"),
            ("1E3", "1e3"),
            ("10e2", "1e3"),
            ("5e-1", "500e-3"),
            ("-0.5", "-500m"),
            ("0.9Ki", "921600m"),
            ("0.9765625Ki", "1k"),
            ("1.0001Ki", "1024102400u"),
            ("-1.0001Ki", "-1024102400u"),
            ("7Ei", "7Ei"),
            ("8Ei", "9223372036854775807"),
            ("-99999999999999999999Ei", "-9223372036854775807"),
            ("9E", "9E"),
            ("2000E", "2"),
            ("1e21", "1e21"),
            ("1e0", "1"),
            ("0e3", "0"),
            ("0.0000000001", "1n"),
            ("+5", "5"),
            (".5", "500m"),
            ("0.5n", "1n"),
            ("-0.5n", "-1n"),
        ] {
            let mut quantity = Quantity(given.to_owned());
            canonicalize(&mut quantity);
            assert_eq!(quantity.0, written, "{given}");
        }
    }

    #[test]
    fn what_is_quickly_seen_to_be_canonical_is() {
        let suffixes = DECIMAL.iter().chain(&BINARY).chain(&["e3", "E", "x"]);
        let numbers = (0..5000).chain([10_000, 1 << 20, 999_999_999, 1_000_000_000]);
        let mut seen = 0;
        for text in suffixes.flat_map(|suffix| numbers.clone().map(move |n| format!("{n}{suffix}")))
        {
            for text in [text.clone(), format!("0{text}"), format!("-{text}")] {
                if is_canonical(&text) {
                    assert_eq!(canonical(&text).as_deref(), Some(text.as_str()));
                    seen += 1;
                }
            }
        }
        assert!(seen > 10_000, "{seen}");
    }

    #[test]
    fn what_is_no_quantity_stays() {
        for given in [
            "",
            "abc",
            "1.2.3",
            "1Xi",
            "1e",
            "e3",
            "--1",
            "1e99999999999",
            ".",
        ] {
            let mut quantity = Quantity(given.to_owned());
            canonicalize(&mut quantity);
            assert_eq!(quantity.0, given);
        }
    }
}
