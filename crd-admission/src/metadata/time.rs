//! Times as Go reads and writes them (RFC 3339).

/// A moment, in seconds since the start of 1970; fractions are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time(i64);

/// A text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotATime;

/// The start of year 1, which stands for no time at all.
const ZERO: i64 = -62_135_596_800;
const DAY: i64 = 86_400;

impl Time {
    /// Reads a time; `None` inside for the one that stands for none, and for those that the API
    /// server loses because it cannot write their year with four digits.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, NotATime> {
        let time = Self::read(text).ok_or(NotATime)?;
        let is_kept = time.0 != ZERO && (0..=9999).contains(&civil(time.0.div_euclid(DAY)).0);
        Ok(is_kept.then_some(time))
    }

    fn read(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let days = parse_date(date)?;
        let rest = rest.strip_prefix('T')?;
        let (hour, rest) = hour(rest)?;
        let (minute, rest) = two_digits(rest.strip_prefix(':')?)?;
        let (second, rest) = two_digits(rest.strip_prefix(':')?)?;
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let offset = offset(skip_fraction(rest))?;
        Some(Self(
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

/// Hours alone may have one digit.
fn hour(text: &str) -> Option<(i64, &str)> {
    two_digits(text).or_else(|| {
        let (number, rest) = text.split_at_checked(1)?;
        Some((digits(number)?, rest))
    })
}

/// What follows a fraction, which comes after a dot or a comma.
fn skip_fraction(text: &str) -> &str {
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

/// Seconds east of UTC.
fn offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = two_digits(text.get(1..)?)?;
    let (minutes, rest) = two_digits(rest.strip_prefix(':')?)?;
    let valid = rest.is_empty() && hours <= 24 && minutes <= 60;
    valid.then_some(sign * (hours * 3600 + minutes * 60))
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
}
