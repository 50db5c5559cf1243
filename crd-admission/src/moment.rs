//! Times as Go's `time.Parse` reads them, and the calendar.

use std::ops::RangeInclusive;

use apimachinery::go::TimeQuoted;

/// The expected layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// `YYYY-MM-DD`
    Date,
    /// A date and a time of day, without a zone.
    Local,
    /// The same with a zone (RFC 3339).
    Zoned,
}

impl Layout {
    /// As Go writes it.
    const fn text(self) -> &'static str {
        match self {
            Self::Date => "2006-01-02",
            Self::Local => "2006-01-02T15:04:05",
            Self::Zoned => "2006-01-02T15:04:05Z07:00",
        }
    }
}

/// A parsed time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Since the start of 1970 in UTC.
    pub(crate) seconds: i64,
    pub(crate) nanos: u32,
    /// Seconds east of UTC; `None` for `Z` and layouts without a zone.
    pub(crate) offset: Option<i32>,
}

/// Why a text is not a time, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parsing time {}{why}", TimeQuoted(.text))]
pub(crate) struct NoMoment {
    text: String,
    why: String,
}

const DAY: i64 = 86_400;

/// Parses a text: hours may have one digit, fractions a comma, and offsets go up to `24:60`.
pub(crate) fn parse(text: &str, layout: Layout) -> Result<Moment, NoMoment> {
    read(text, layout).map_err(|why| NoMoment {
        text: text.to_owned(),
        why,
    })
}

/// Whether a text is a valid date.
pub(crate) fn is_date(text: &str) -> bool {
    read(text, Layout::Date).is_ok()
}

/// # Errors
///
/// The error for the first part that is not a part of a time.
fn read(text: &str, layout: Layout) -> Result<Moment, String> {
    let mut rest = Rest { text, layout };
    let year = rest.part("2006", |text| digits(text, 4))?;
    rest.skip("-")?;
    let month = rest.number("01", two_digits, "month", 1..=12)?;
    rest.skip("-")?;
    let day = rest.part("02", two_digits)?;
    let (mut seconds, mut nanos, mut offset) = (0, 0, None);
    if layout != Layout::Date {
        rest.skip("T")?;
        let hour = rest.number("15", one_or_two_digits, "hour", 0..=23)?;
        rest.skip(":")?;
        let minute = rest.number("04", two_digits, "minute", 0..=59)?;
        rest.skip(":")?;
        let second = rest.number("05", two_digits, "second", 0..=59)?;
        seconds = hour * 3_600 + minute * 60 + second;
        // Go takes a fraction there, though the layouts have none.
        nanos = rest.fraction();
    }
    if layout == Layout::Zoned {
        offset = rest.offset()?;
    }
    if !rest.text.is_empty() {
        return Err(format!(": extra text: {}", TimeQuoted(rest.text)));
    }
    if !(1..=days_in(year, month)).contains(&day) {
        return Err(": day out of range".to_owned());
    }
    let seconds = days_before(year, month, day) * DAY + seconds;
    Ok(Moment {
        seconds: seconds - i64::from(offset.unwrap_or(0)),
        nanos,
        offset,
    })
}

/// The rest of a text.
struct Rest<'t> {
    text: &'t str,
    layout: Layout,
}

impl<'t> Rest<'t> {
    fn skip(&mut self, separator: &str) -> Result<(), String> {
        let rest = self.text.strip_prefix(separator);
        self.text = rest.ok_or_else(|| self.unreadable(self.text, separator))?;
        Ok(())
    }

    fn part(
        &mut self,
        name: &str,
        read: fn(&'t str) -> Option<(i64, &'t str)>,
    ) -> Result<i64, String> {
        let (number, rest) = read(self.text).ok_or_else(|| self.unreadable(self.text, name))?;
        self.text = rest;
        Ok(number)
    }

    fn number(
        &mut self,
        name: &str,
        read: fn(&'t str) -> Option<(i64, &'t str)>,
        what: &str,
        range: RangeInclusive<i64>,
    ) -> Result<i64, String> {
        let number = self.part(name, read)?;
        if !range.contains(&number) {
            return Err(format!(": {what} out of range"));
        }
        Ok(number)
    }

    /// Nanoseconds, after a dot or a comma; further digits are dropped.
    fn fraction(&mut self) -> u32 {
        let Some(fraction) = self.text.strip_prefix(['.', ',']) else {
            return 0;
        };
        let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        let (digits, _) = fraction.split_at(fraction.len() - rest.len());
        if digits.is_empty() {
            return 0;
        }
        self.text = rest;
        let digits = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
        digits.fold(0, |n, digit| n * 10 + u32::from(digit - b'0'))
    }

    /// Seconds east of UTC; `None` for `Z`.
    fn offset(&mut self) -> Result<Option<i32>, String> {
        const NAME: &str = "Z07:00";
        let start = self.text;
        if let Some(rest) = start.strip_prefix('Z') {
            self.text = rest;
            return Ok(None);
        }
        let sign = match start.as_bytes() {
            [b'+', _, _, b':', _, _, ..] => 1,
            [b'-', _, _, b':', _, _, ..] => -1,
            _ => return Err(self.unreadable(start, NAME)),
        };
        self.text = start.get(1..).unwrap_or_default();
        let unreadable = self.unreadable(start, NAME);
        let hours = self
            .part(NAME, two_digits)
            .map_err(|_| unreadable.clone())?;
        self.skip(":").map_err(|_| unreadable.clone())?;
        let minutes = self.part(NAME, two_digits).map_err(|_| unreadable)?;
        for (number, most, what) in [(hours, 24, "hour"), (minutes, 60, "minute")] {
            if number > most {
                return Err(format!(": time zone offset {what} out of range"));
            }
        }
        Ok(i32::try_from(sign * (hours * 3_600 + minutes * 60)).ok())
    }

    fn unreadable(&self, rest: &str, name: &str) -> String {
        let (layout, rest) = (self.layout.text(), TimeQuoted(rest));
        format!(" as \"{layout}\": cannot parse {rest} as \"{name}\"")
    }
}

/// A number with this many digits, and the rest.
fn digits(text: &str, count: usize) -> Option<(i64, &str)> {
    let (number, rest) = text.split_at_checked(count)?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    Some((is_number.then(|| number.parse().ok())??, rest))
}

fn two_digits(text: &str) -> Option<(i64, &str)> {
    digits(text, 2)
}

fn one_or_two_digits(text: &str) -> Option<(i64, &str)> {
    digits(text, 2).or_else(|| digits(text, 1))
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days from the start of 1970 to a date, in years that begin in March and eras of 400 of them.
pub(crate) const fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since the start of 1970.
pub(crate) const fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checked against Go's `time.Parse`.
    #[test]
    fn words_are_those_of_go() {
        let zoned = r#" as "2006-01-02T15:04:05Z07:00": cannot parse "#;
        let date = r#" as "2006-01-02": cannot parse "#;
        for (layout, text, why) in [
            (Layout::Zoned, "x", [zoned, r#""x" as "2006""#].concat()),
            (Layout::Zoned, "2020", [zoned, r#""" as "-""#].concat()),
            (
                Layout::Zoned,
                "2020-13-01",
                ": month out of range".to_owned(),
            ),
            (
                Layout::Zoned,
                "2020-01-01T1",
                [zoned, r#""" as ":""#].concat(),
            ),
            (
                Layout::Zoned,
                "2020-01-01T01:01:01+1",
                [zoned, r#""+1" as "Z07:00""#].concat(),
            ),
            (
                Layout::Zoned,
                "2020-01-01T01:01:01Zx",
                r#": extra text: "x""#.to_owned(),
            ),
            (
                Layout::Zoned,
                "2020-02-30T01:01:01Z",
                ": day out of range".to_owned(),
            ),
            (
                Layout::Zoned,
                "2020-01-01T01:01:01+25:00",
                ": time zone offset hour out of range".to_owned(),
            ),
            (
                Layout::Zoned,
                "ä",
                [zoned, r#""\xc3\xa4" as "2006""#].concat(),
            ),
            (Layout::Date, "UTC", [date, r#""UTC" as "2006""#].concat()),
            (Layout::Date, "2024", [date, r#""" as "-""#].concat()),
            (
                Layout::Date,
                "2024-13-01",
                ": month out of range".to_owned(),
            ),
            (Layout::Date, "2023-02-29", ": day out of range".to_owned()),
            (
                Layout::Date,
                "2023-02-99x",
                r#": extra text: "x""#.to_owned(),
            ),
            (
                Layout::Date,
                "2024-02-01x",
                r#": extra text: "x""#.to_owned(),
            ),
            (
                Layout::Local,
                "2024-01-02T03:04:05,25Z",
                r#": extra text: "Z""#.to_owned(),
            ),
            (
                Layout::Local,
                "2024-01-02T03:04:05.x",
                r#": extra text: ".x""#.to_owned(),
            ),
            (
                Layout::Local,
                "2024-01-02T03:04:05.5+01:00x",
                r#": extra text: "+01:00x""#.to_owned(),
            ),
        ] {
            let error = parse(text, layout).expect_err("invalid").to_string();
            let text = text.replace('ä', r"\xc3\xa4");
            assert_eq!(error, format!("parsing time \"{text}\"{why}"));
        }
    }

    #[test]
    fn the_calendar_goes_both_ways() {
        for days in (-719_162..2_932_896).step_by(97) {
            let (year, month, day) = date(days);
            assert_eq!(days_before(year, month, day), days);
        }
        assert_eq!(date(11_016), (2000, 2, 29));
    }
}
