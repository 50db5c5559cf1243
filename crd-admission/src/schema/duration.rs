//! Durations in Go's format, or with other units.

use crate::cel::Duration;

/// A duration in nanoseconds: in Go's format, or as numbers with units, such as `2 weeks`, anywhere
/// in the text.
pub(crate) fn duration(text: &str) -> Option<i64> {
    Duration::parse(text)
        .map(|duration| duration.nanos)
        .or_else(|| sum_of_durations(text))
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

/// The sum of all numbers with a unit; `None` if there are none, or if one is too large.
fn sum_of_durations(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut sum = None;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (number, after) = digits(rest.get(start..)?);
        // Go's `\s`.
        let unit = after.trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
        let is_letter = |c: char| c.is_ascii_alphabetic() || c == '\u{b5}';
        let (unit, next) = unit.split_at(unit.find(|c| !is_letter(c)).unwrap_or(unit.len()));
        if unit.is_empty() {
            rest = after;
            continue;
        }
        let number = number.parse::<i64>().ok()?;
        for size in sizes_of_unit(&unit.to_lowercase()) {
            let part = number.wrapping_mul(size);
            sum = Some(sum.unwrap_or(0_i64).wrapping_add(part));
        }
        rest = next;
    }
    sum
}

/// The nanoseconds in a unit, which is a short name or a word that starts with a long one. An
/// ambiguous unit counts with all of its meanings.
fn sizes_of_unit(unit: &str) -> impl Iterator<Item = i64> {
    const UNITS: [(&[&str], &str, i64); 8] = [
        (&["ns"], "nano", 1),
        (&["us", "\u{b5}s", "\u{3bc}s"], "micro", 1_000),
        (&["ms"], "milli", 1_000_000),
        (&["s"], "sec", 1_000_000_000),
        (&["m"], "min", 60_000_000_000),
        (&["h", "hr"], "hour", 3_600_000_000_000),
        (&["d"], "day", 86_400_000_000_000),
        (&["w", "wk"], "week", 604_800_000_000_000),
    ];
    let is_it = move |(short, long, size): (&[&str], &str, i64)| {
        (short.contains(&unit) || unit.starts_with(long)).then_some(size)
    };
    UNITS.into_iter().filter_map(is_it)
}
