//! Times as Go reads and writes them (RFC 3339).

use std::ops::RangeInclusive;

use apimachinery::go::TimeQuoted;

/// A moment, in seconds since the start of 1970; fractions are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time(i64);

/// Why a text is no time, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parsing time {}{why}", TimeQuoted(.text))]
pub(crate) struct NotATime {
    text: String,
    why: String,
}

/// The start of year 1, which stands for no time at all.
const ZERO: i64 = -62_135_596_800;
const DAY: i64 = 86_400;

impl Time {
    /// Reads a time; `None` inside for the one that stands for none, and for those that the API
    /// server loses because it cannot write their year with four digits.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, NotATime> {
        let time = Self::read(text).map_err(|why| NotATime {
            text: text.to_owned(),
            why,
        })?;
        let is_kept = time.0 != ZERO && (0..=9999).contains(&civil(time.0.div_euclid(DAY)).0);
        Ok(is_kept.then_some(time))
    }

    /// # Errors
    ///
    /// What is wrong with the first part that is no part of a time.
    fn read(text: &str) -> Result<Self, String> {
        let mut rest = Rest(text);
        let year = rest.part("2006", four_digits)?;
        rest.skip("-")?;
        let month = rest.number("01", two_digits, "month", 1..=12)?;
        rest.skip("-")?;
        let day = rest.part("02", two_digits)?;
        rest.skip("T")?;
        let hour = rest.number("15", one_or_two_digits, "hour", 0..=23)?;
        rest.skip(":")?;
        let minute = rest.number("04", two_digits, "minute", 0..=59)?;
        rest.skip(":")?;
        let second = rest.number("05", two_digits, "second", 0..=59)?;
        rest.0 = skip_fraction(rest.0);
        let offset = rest.offset()?;
        if !rest.0.is_empty() {
            return Err(format!(": extra text: {}", TimeQuoted(rest.0)));
        }
        if !(1..=days_in(year, month)).contains(&day) {
            return Err(": day out of range".to_owned());
        }
        let days = days_from_civil(year, month, day);
        Ok(Self(
            days * DAY + hour * 3600 + minute * 60 + second - offset,
        ))
    }

    /// The time in UTC, to the second.
    pub(crate) fn format(self) -> String {
        let (days, seconds) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Whether a text is a date, `YYYY-MM-DD`, of the calendar.
pub(crate) fn is_date(text: &str) -> bool {
    parse_date(text).is_some()
}

/// Days since the start of 1970.
fn parse_date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let year = digits(text.get(..4)?)?;
    let month = digits(text.get(5..7)?)?;
    let day = digits(text.get(8..)?)?;
    let valid = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    valid.then(|| days_from_civil(year, month, day))
}

fn digits(text: &str) -> Option<i64> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

fn two_digits(text: &str) -> Option<(i64, &str)> {
    let (number, rest) = text.split_at_checked(2)?;
    Some((digits(number)?, rest))
}

/// What is left of a text that is read as a time.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    fn skip(&mut self, separator: &str) -> Result<(), String> {
        let rest = self.0.strip_prefix(separator);
        self.0 = rest.ok_or_else(|| self.unreadable(separator))?;
        Ok(())
    }

    fn part(
        &mut self,
        name: &str,
        read: fn(&'t str) -> Option<(i64, &'t str)>,
    ) -> Result<i64, String> {
        let (number, rest) = read(self.0).ok_or_else(|| self.unreadable(name))?;
        self.0 = rest;
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

    /// Seconds east of UTC.
    fn offset(&mut self) -> Result<i64, String> {
        const NAME: &str = "Z07:00";
        if let Some(rest) = self.0.strip_prefix('Z') {
            self.0 = rest;
            return Ok(0);
        }
        let start = Rest(self.0);
        let sign = match self.0.as_bytes() {
            [b'+', _, _, b':', _, _, ..] => 1,
            [b'-', _, _, b':', _, _, ..] => -1,
            _ => return Err(start.unreadable(NAME)),
        };
        self.0 = self.0.get(1..).unwrap_or_default();
        let unreadable = |_| start.unreadable(NAME);
        let hours = self.part(NAME, two_digits).map_err(unreadable)?;
        self.skip(":").map_err(unreadable)?;
        let minutes = self.part(NAME, two_digits).map_err(unreadable)?;
        for (number, most, what) in [(hours, 24, "hour"), (minutes, 60, "minute")] {
            if number > most {
                return Err(format!(": time zone offset {what} out of range"));
            }
        }
        Ok(sign * (hours * 3600 + minutes * 60))
    }

    fn unreadable(&self, name: &str) -> String {
        let layout = "2006-01-02T15:04:05Z07:00";
        let rest = TimeQuoted(self.0);
        format!(" as \"{layout}\": cannot parse {rest} as \"{name}\"")
    }
}

fn four_digits(text: &str) -> Option<(i64, &str)> {
    let (number, rest) = text.split_at_checked(4)?;
    Some((digits(number)?, rest))
}

fn one_or_two_digits(text: &str) -> Option<(i64, &str)> {
    two_digits(text).or_else(|| {
        let (number, rest) = text.split_at_checked(1)?;
        Some((digits(number)?, rest))
    })
}

/// What follows a fraction, which comes after a dot or a comma.
pub(crate) fn skip_fraction(text: &str) -> &str {
    let Some(digits) = text.strip_prefix(['.', ',']) else {
        return text;
    };
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < digits.len() {
        rest
    } else {
        text
    }
}

fn days_in(year: i64, month: i64) -> i64 {
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

/// Days since the start of 1970, in years that begin in March and eras of 400 of them.
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
const fn civil(days: i64) -> (i64, i64, i64) {
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
    use super::Time;

    #[test]
    fn reads_and_writes_as_go_does() {
        for (text, expected) in [
            ("2020-01-01T5:04:05Z", Some("2020-01-01T05:04:05Z")),
            ("2020-01-01T05:04:05,5Z", Some("2020-01-01T05:04:05Z")),
            ("2020-01-01T05:04:05+24:00", Some("2019-12-31T05:04:05Z")),
            ("2020-01-01T05:04:05+23:60", Some("2019-12-31T05:04:05Z")),
            ("2020-03-01T00:30:00+01:00", Some("2020-02-29T23:30:00Z")),
            ("0000-01-01T00:00:00Z", Some("0000-01-01T00:00:00Z")),
            ("2020-01-01T05:04:05.Z", None),
            ("2020-01-01T24:04:05Z", None),
            ("2020-01-01T05:04:60Z", None),
            ("2020-01-01t05:04:05z", None),
            ("2020-01-01T05:04:05+25:00", None),
            ("2020-01-01T05:04:05+23:61", None),
            ("2020-02-30T05:04:05Z", None),
            ("2020-1-01T05:04:05Z", None),
            ("2020-01-01T05:04:05+0100", None),
            ("2020-01-01T05:4:05Z", None),
            ("2020-00-01T05:04:05Z", None),
        ] {
            let time = Time::parse(text).map(|time| time.expect("not zero").format());
            assert_eq!(time.ok().as_deref(), expected, "{text}");
        }
        assert_eq!(Time::parse("0001-01-01T00:00:00Z"), Ok(None));
    }

    #[test]
    fn says_what_go_says() {
        let layout = r#" as "2006-01-02T15:04:05Z07:00": cannot parse "#;
        for (text, why) in [
            ("x", [layout, r#""x" as "2006""#].concat()),
            ("2020", [layout, r#""" as "-""#].concat()),
            ("2020-13-01", ": month out of range".to_owned()),
            ("2020-01-01T1", [layout, r#""" as ":""#].concat()),
            (
                "2020-01-01T01:01:01+1",
                [layout, r#""+1" as "Z07:00""#].concat(),
            ),
            ("2020-01-01T01:01:01Zx", r#": extra text: "x""#.to_owned()),
            ("2020-02-30T01:01:01Z", ": day out of range".to_owned()),
            (
                "2020-01-01T01:01:01+25:00",
                ": time zone offset hour out of range".to_owned(),
            ),
            ("ä", [layout, r#""\xc3\xa4" as "2006""#].concat()),
        ] {
            let error = Time::parse(text).expect_err("it is none").to_string();
            let text = text.replace('ä', r"\xc3\xa4");
            assert_eq!(error, format!("parsing time \"{text}\"{why}"));
        }
    }
}
