//! `string.format`: inserts values at the clauses of a format string.

use super::{List, Map};
use crate::cel::fault::Fault;
use crate::cel::go::{self, Float, Quoted};
use crate::cel::time::{Duration, Timestamp};
use crate::cel::value::Value;

/// The format of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    /// `%s`
    String,
    /// `%d`
    Decimal,
    /// `%f`, with an optional precision.
    Fixed(Option<i64>),
    /// `%e`; its apparent precision is a width.
    Scientific(Option<i64>),
    /// `%b`
    Binary,
    /// `%x` or `%X`
    Hex { upper: bool },
    /// `%o`
    Octal,
}

impl Clause {
    /// The error for a value of a type that the clause does not support.
    #[cold]
    pub(crate) fn refuses(self, type_name: &str) -> Fault {
        let wanted = match self {
            Self::String => {
                "string clause can only be used on strings, bools, bytes, ints, doubles, maps, \
                 lists, types, durations, and timestamps"
            }
            Self::Decimal => "decimal clause can only be used on integers",
            Self::Fixed(_) => "fixed-point clause can only be used on doubles",
            Self::Scientific(_) => "scientific clause can only be used on doubles",
            Self::Binary => "only integers and bools can be formatted as binary",
            Self::Hex { .. } => "only integers, byte buffers, and strings can be formatted as hex",
            Self::Octal => "octal clause can only be used on integers",
        };
        Fault::text(format!("{wanted}, was given {type_name}"))
    }
}

/// Replaces the clauses of a format string by values.
pub(super) fn format(format: &str, values: &List<'_>) -> Result<String, Fault> {
    interpolate(format, values.len(), |index, clause| {
        let value = values.get(index).unwrap_or(Ok(Value::Null))?;
        write(clause, &value)
    })
}

/// Walks over a format string, calling `write` for each clause with the index of its value; there
/// are `count` values.
pub(crate) fn interpolate(
    format: &str,
    count: usize,
    mut write: impl FnMut(usize, Clause) -> Result<String, Fault>,
) -> Result<String, Fault> {
    let mut written = String::with_capacity(format.len());
    let mut rest = format;
    let mut index = 0;
    while let Some((text, after)) = rest.split_once('%') {
        written.push_str(text);
        if let Some(after) = after.strip_prefix('%') {
            written.push('%');
            rest = after;
            continue;
        }
        if index >= count {
            return Err(Fault::text(format!("index {index} out of range")));
        }
        if after.is_empty() {
            return Err(Fault::text("unexpected end of string"));
        }
        let (clause, after) = read_clause(after)
            .map_err(|fault| Fault::text(format!("could not parse formatting clause: {fault}")))?;
        let value = write(index, clause)
            .map_err(|fault| Fault::text(format!("error during formatting: {fault}")))?;
        written.push_str(&value);
        rest = after;
        index += 1;
    }
    written.push_str(rest);
    Ok(written)
}

/// Parses the text after a `%`.
fn read_clause(text: &str) -> Result<(Clause, &str), Fault> {
    let (precision, rest) = read_precision(text)
        .map_err(|fault| Fault::text(format!("error while parsing precision: {fault}")))?;
    let letter = rest.bytes().next().map(char::from).unwrap_or_default();
    let clause = match letter {
        's' => Clause::String,
        'd' => Clause::Decimal,
        'f' => Clause::Fixed(precision),
        'e' => Clause::Scientific(precision),
        'b' => Clause::Binary,
        'x' => Clause::Hex { upper: false },
        'X' => Clause::Hex { upper: true },
        'o' => Clause::Octal,
        _ => {
            let fault = format!("unrecognized formatting clause \"{letter}\"");
            return Err(Fault::text(fault));
        }
    };
    Ok((clause, rest.get(1..).unwrap_or_default()))
}

fn read_precision(text: &str) -> Result<(Option<i64>, &str), Fault> {
    let Some(rest) = text.strip_prefix('.') else {
        return Ok((None, text));
    };
    let Some(end) = rest.find(|c: char| !c.is_ascii_digit()) else {
        return Err(Fault::text("could not find end of precision specifier"));
    };
    let (digits, rest) = rest.split_at(end);
    let precision = go::parse_int("Atoi", digits).map_err(|fault| {
        Fault::text(format!(
            "error while converting precision to integer: {fault}"
        ))
    })?;
    Ok((Some(precision), rest))
}

fn write(clause: Clause, value: &Value<'_>) -> Result<String, Fault> {
    let written = match (clause, value) {
        (Clause::String, value) => return plain(value),
        (Clause::Decimal, Value::Int(number)) => number.to_string(),
        (Clause::Decimal, Value::Uint(number)) => number.to_string(),
        (Clause::Fixed(precision), Value::Double(number)) => fixed(*number, precision),
        (Clause::Fixed(_), Value::String(text)) => non_number(text)
            .ok_or_else(|| clause.refuses("string"))?
            .to_owned(),
        (Clause::Scientific(width), Value::Double(number)) => scientific(*number, width),
        (Clause::Scientific(width), Value::String(text)) => {
            let text = non_number(text).ok_or_else(|| clause.refuses("string"))?;
            padded(text, width)
        }
        (Clause::Binary, Value::Bool(value)) => i32::from(*value).to_string(),
        (Clause::Binary, Value::Uint(number)) => format!("{number:b}"),
        (Clause::Octal, Value::Uint(number)) => format!("{number:o}"),
        (Clause::Hex { upper: false }, Value::Uint(number)) => format!("{number:x}"),
        (Clause::Hex { upper: true }, Value::Uint(number)) => format!("{number:X}"),
        (Clause::Binary | Clause::Octal | Clause::Hex { .. }, Value::Int(number)) => {
            let sign = if *number < 0 { "-" } else { "" };
            let digits = write(clause, &Value::Uint(number.unsigned_abs()))?;
            format!("{sign}{digits}")
        }
        (Clause::Hex { upper }, Value::String(text)) => hex(text.as_bytes(), upper),
        (Clause::Hex { upper }, Value::Bytes(bytes)) => hex(&bytes.to_vec(), upper),
        (clause, value) => return Err(clause.refuses(value.type_name())),
    };
    Ok(written)
}

/// Formats a value for `%s`.
fn plain(value: &Value<'_>) -> Result<String, Fault> {
    Ok(match value {
        Value::String(text) => text.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) => Float(*number).to_string(),
        Value::Timestamp(time) => time.to_string(),
        Value::Duration(duration) => duration.to_string(),
        Value::Type(ty) => ty.name().to_owned(),
        Value::Null => "null".to_owned(),
        Value::Bytes(bytes) => String::from_utf8(bytes.to_vec()).map_err(|_| {
            let reason = "invalid UTF-8 in bytes, cannot convert to string";
            Fault::text(format!("could not convert argument \"{reason}\" to string"))
        })?,
        Value::List(list) => literal_list(list)?,
        Value::Map(map) => literal_map(map)?,
        _ => return Err(Clause::String.refuses(value.type_name())),
    })
}

/// A value in a list or map, as a CEL literal.
fn literal(value: &Value<'_>) -> Result<String, Fault> {
    Ok(match value {
        Value::String(text) => Quoted(text).to_string(),
        Value::Bytes(_) => format!("b{}", Quoted(&plain(value)?)),
        Value::Double(number) => literal_double(*number),
        Value::Timestamp(time) => literal_time(*time),
        Value::Duration(duration) => literal_duration(*duration),
        Value::Optional(_)
        | Value::Url(_)
        | Value::Ip(_)
        | Value::Cidr(_)
        | Value::Quantity(_)
        | Value::Semver(_)
        | Value::Format(_) => {
            let fault = format!("no formatting function for {}", value.type_name());
            return Err(Fault::text(fault));
        }
        _ => plain(value)?,
    })
}

fn literal_double(number: f64) -> String {
    if number.is_nan() {
        "\"NaN\"".to_owned()
    } else if number.is_infinite() {
        let sign = if number > 0.0 { '+' } else { '-' };
        format!("\"{sign}Inf\"")
    } else {
        format!("{number:.6}")
    }
}

fn literal_time(time: Timestamp) -> String {
    format!("timestamp(\"{time}\")")
}

fn literal_duration(duration: Duration) -> String {
    format!("duration(\"{duration}\")")
}

fn literal_list(list: &List<'_>) -> Result<String, Fault> {
    let items: Result<Vec<_>, _> = list.iter().map(|item| literal(&item?)).collect();
    Ok(format!("[{}]", items?.join(", ")))
}

/// Entries are ordered by the texts of their keys.
fn literal_map(map: &Map<'_>) -> Result<String, Fault> {
    let mut entries = Vec::with_capacity(map.len());
    for (key, value) in map.entries() {
        let key = match key {
            Value::String(_) | Value::Bool(_) | Value::Int(_) | Value::Uint(_) => literal(&key)?,
            _ => {
                let ty = key.type_name();
                let fault = format!("no formatting function for map key of type {ty}");
                return Err(Fault::text(fault));
            }
        };
        entries.push((key, literal(&value?)?));
    }
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    let entries: Vec<_> = entries
        .iter()
        .map(|(key, value)| format!("{key}:{value}"))
        .collect();
    Ok(format!("{{{}}}", entries.join(", ")))
}

fn hex(bytes: &[u8], upper: bool) -> String {
    let digits = |byte: &u8| {
        if upper {
            format!("{byte:02X}")
        } else {
            format!("{byte:02x}")
        }
    };
    bytes.iter().map(digits).collect()
}

/// The texts for infinity and NaN.
fn non_number(text: &str) -> Option<&'static str> {
    match text {
        "NaN" => Some("NaN"),
        "Infinity" => Some("∞"),
        "-Infinity" => Some("-∞"),
        _ => None,
    }
}

/// The default precision of Go's `fmt`.
const PRECISION: i64 = 6;
/// With a greater precision, `fmt` reports a missing verb.
const MAX_PRECISION: i64 = 10_000_009;
const NO_VERB: &str = "%!(NOVERB)";
/// No double has more digits.
const MAX_DIGITS: usize = 1_100;

/// In English: commas between thousands.
fn fixed(number: f64, precision: Option<i64>) -> String {
    let precision = precision.unwrap_or(PRECISION);
    if precision > MAX_PRECISION {
        return NO_VERB.to_owned();
    }
    if let Some(text) = infinite(number) {
        return text.to_owned();
    }
    let (whole, fraction) = digits(number.abs(), precision);
    let sign = if number < 0.0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", with_commas(&whole))
}

/// The digits before and after the point. Precisions are truncated: the minimum to a byte, the
/// maximum to 16 bits, where a negative one means unlimited.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the API server keeps no more"
)]
fn digits(number: f64, precision: i64) -> (String, String) {
    let (least, most) = (usize::from(precision as u8), precision as i16);
    let text = match usize::try_from(most) {
        Ok(most) => format!("{number:.*}", most.min(MAX_DIGITS)),
        Err(_) => number.to_string(),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let needed = fraction.trim_end_matches('0').len().max(least);
    let fraction: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(needed)
        .collect();
    (whole.to_owned(), fraction)
}

fn with_commas(digits: &str) -> String {
    let mut written = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// In English: `1.500000×10⁰³`
fn scientific(number: f64, width: Option<i64>) -> String {
    if let Some(text) = infinite(number) {
        return padded(text, width);
    }
    let text = format!("{:.6e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let sign = if number < 0.0 { "-" } else { "" };
    let power: String = format!("{exponent:03}").chars().map(superscript).collect();
    let power = if exponent < 0 {
        power
    } else {
        power.chars().skip(1).collect()
    };
    padded(&format!("{sign}{mantissa}×10{power}"), width)
}

fn superscript(c: char) -> char {
    match c {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    }
}

fn infinite(number: f64) -> Option<&'static str> {
    match number {
        f64::INFINITY => Some("∞"),
        f64::NEG_INFINITY => Some("-∞"),
        number if number.is_nan() => Some("NaN"),
        _ => None,
    }
}

/// Pads with leading blanks to a width, truncated to 16 bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the API server keeps no more"
)]
fn padded(text: &str, width: Option<i64>) -> String {
    let width = width.unwrap_or(PRECISION);
    if width > MAX_PRECISION {
        return NO_VERB.to_owned();
    }
    let width = usize::from(width as u16);
    format!("{text:>width$}")
}
