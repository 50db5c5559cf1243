//! Why a text is no time, in the words of Go's `time.Parse`.

use apimachinery::go::TimeQuoted;

use crate::metadata::time::skip_fraction;

/// `YYYY-MM-DD`.
pub(super) const DATE: &str = "2006-01-02";
/// A date and a time of day, without a zone.
pub(super) const LOCAL: &str = "2006-01-02T15:04:05";

/// A part of a layout: what stands for it there, how many digits it has, and what it is called.
const PARTS: [(&str, u32, &str); 6] = [
    ("2006", 0, ""),
    ("01", 12, "month"),
    ("02", 31, "day"),
    ("15", 23, "hour"),
    ("04", 59, "minute"),
    ("05", 59, "second"),
];

/// Why a text does not follow a layout, which it does not.
pub(super) fn error(text: &str, layout: &str) -> String {
    let quoted = |text: &str| TimeQuoted(text).to_string();
    let cannot = |rest: &str, part: &str| {
        let (rest, part) = (quoted(rest), quoted(part));
        format!(
            "parsing time {} as {}: cannot parse {rest} as {part}",
            quoted(text),
            quoted(layout)
        )
    };
    let beyond = |why: &str| format!("parsing time {}: {why}", quoted(text));
    let mut rest = text;
    for (part, most, name) in PARTS {
        let Some((before, _)) = layout.split_once(part) else {
            break;
        };
        let separator = before
            .get(before.len().saturating_sub(1)..)
            .unwrap_or_default();
        match rest.strip_prefix(separator) {
            Some(after) => rest = after,
            None => return cannot(rest, separator),
        }
        let most_digits = if name == "hour" && !has_digit(rest, 1) {
            1
        } else {
            part.len()
        };
        let digits = rest
            .get(..most_digits)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        let Some(number) = digits.and_then(|digits| digits.parse::<u32>().ok()) else {
            return cannot(rest, part);
        };
        let is_beyond = most > 0 && number > most || matches!(name, "month" | "day") && number == 0;
        if is_beyond {
            return beyond(&format!("{name} out of range"));
        }
        rest = rest.get(most_digits..).unwrap_or_default();
        if name == "second" {
            // Go takes a fraction there, though the layout has none.
            rest = skip_fraction(rest);
        }
    }
    if rest.is_empty() {
        return beyond("day out of range");
    }
    beyond(&format!("extra text: {}", quoted(rest)))
}

fn has_digit(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_go() {
        for (text, why) in [
            (
                "UTC",
                "parsing time \"UTC\" as \"2006-01-02\": cannot parse \"UTC\" as \"2006\"",
            ),
            (
                "2024",
                "parsing time \"2024\" as \"2006-01-02\": cannot parse \"\" as \"-\"",
            ),
            (
                "2024-13-01",
                "parsing time \"2024-13-01\": month out of range",
            ),
            (
                "2023-02-29",
                "parsing time \"2023-02-29\": day out of range",
            ),
            (
                "\u{7f}é",
                "parsing time \"\u{7f}\\xc3\\xa9\" as \"2006-01-02\": cannot parse \"\u{7f}\\xc3\\xa9\" as \"2006\"",
            ),
            (
                "2024-02-01x",
                "parsing time \"2024-02-01x\": extra text: \"x\"",
            ),
        ] {
            assert_eq!(error(text, DATE), why);
        }
    }

    /// Go's `time.Parse` says so of each, too.
    #[test]
    fn a_fraction_of_a_second_is_read() {
        for (text, rest) in [
            ("2024-01-02T03:04:05.5+01:00x", "+01:00x"),
            ("2024-01-02T03:04:05,25Z", "Z"),
            ("2024-01-02T03:04:05.x", ".x"),
            ("2024-01-02T03:04:05x", "x"),
        ] {
            let why = format!("parsing time \"{text}\": extra text: \"{rest}\"");
            assert_eq!(error(text, LOCAL), why);
        }
    }
}
