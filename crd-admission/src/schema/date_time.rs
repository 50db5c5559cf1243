//! The format `date-time`, as leniently as the API server checks it.

use crate::moment::is_date;

/// A date, a `t` in either case, and a time; a second `t` and the rest are ignored.
pub(super) fn is_date_time(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut parts = lower.split('t');
    match (parts.next(), parts.next()) {
        (Some(date), Some(time)) => is_date(date) && is_time(time),
        _ => false,
    }
}

/// `^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$`, the first three at
/// most 23, 59 and 59.
fn is_time(time: &str) -> bool {
    let Some((clock, rest)) = time.split_at_checked(8) else {
        return false;
    };
    is_clock(clock.as_bytes()) && (is_zone(rest) || skip_fraction(rest).any(is_zone))
}

fn is_clock(clock: &[u8]) -> bool {
    matches!(clock, [h1, h2, b':', m1, m2, b':', s1, s2]
        if is_at_most([*h1, *h2], *b"23") && is_at_most([*m1, *m2], *b"59") && is_at_most([*s1, *s2], *b"59"))
}

fn is_at_most(digits: [u8; 2], max: [u8; 2]) -> bool {
    digits.iter().all(u8::is_ascii_digit) && digits <= max
}

/// The possible rests after a fraction: any character except a line end, then one or more digits.
fn skip_fraction(rest: &str) -> impl Iterator<Item = &str> {
    let mut chars = rest.chars();
    let separator = chars.next().filter(|&c| c != '\n');
    let digits = separator.map_or("", |_| chars.as_str());
    let zone = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    (zone.len() < digits.len()).then_some(zone).into_iter()
}

fn is_zone(zone: &str) -> bool {
    match zone.as_bytes() {
        b"z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].into_iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_date_time;

    #[test]
    fn date_times() {
        for (text, valid) in [
            ("2024-02-29T10:00:00Z", true),
            ("2024-02-29t10:00:00z", true),
            ("2024-02-29T10:00:00.123+25:99", true),
            ("2024-02-29T10:00:00x1Z", true),
            ("2024-02-29T10:00:00Zt", true),
            ("2023-02-29T10:00:00Z", false),
            ("2024-02-29T24:00:00Z", false),
            ("2024-02-29T10:00:00", false),
            ("2024-02-29T10:00:00.Z", false),
            ("2024-02-29 10:00:00Z", false),
            ("yesterday", false),
            ("", false),
        ] {
            assert_eq!(is_date_time(text), valid, "{text}");
        }
    }
}
