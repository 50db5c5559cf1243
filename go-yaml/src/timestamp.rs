//! YAML's timestamps.

use std::fmt;

/// A date and time with an offset from UTC, which it keeps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    nanosecond: u32,
    /// Minutes east of UTC.
    offset: i16,
}

impl Timestamp {
    /// Parses `YYYY-M-D`, `YYYY-M-DTh:m:s` with an offset, or `YYYY-M-D h:m:s` without one.
    pub fn read(text: &str) -> Option<Self> {
        let mut cursor = Cursor(text);
        let year = cursor.digits(4, 4)?;
        cursor.accept(b'-').then_some(())?;
        let month = cursor.digits(1, 2)?;
        cursor.accept(b'-').then_some(())?;
        let day = cursor.digits(1, 2)?;
        let date = Self {
            year: u16::try_from(year).ok()?,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
            hour: 0,
            minute: 0,
            second: 0,
            nanosecond: 0,
            offset: 0,
        };
        let timestamp = match cursor.next() {
            None => date,
            Some(b'T' | b't') => date.with_time(&mut cursor)?.with_offset(&mut cursor)?,
            Some(b' ') => {
                while cursor.accept(b' ') {}
                date.with_time(&mut cursor)?
            }
            Some(_) => return None,
        };
        (cursor.0.is_empty() && timestamp.exists()).then_some(timestamp)
    }

    fn with_time(self, cursor: &mut Cursor<'_>) -> Option<Self> {
        let hour = cursor.digits(1, 2)?;
        cursor.accept(b':').then_some(())?;
        let minute = cursor.digits(1, 2)?;
        cursor.accept(b':').then_some(())?;
        let second = cursor.digits(1, 2)?;
        Some(Self {
            hour: u8::try_from(hour).ok()?,
            minute: u8::try_from(minute).ok()?,
            second: u8::try_from(second).ok()?,
            nanosecond: cursor.fraction(),
            ..self
        })
    }

    fn with_offset(self, cursor: &mut Cursor<'_>) -> Option<Self> {
        let sign = match cursor.next()? {
            b'Z' => return Some(self),
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let hours = cursor.digits(2, 2).filter(|hours| *hours <= 24)?;
        cursor.accept(b':').then_some(())?;
        let minutes = cursor.digits(2, 2).filter(|minutes| *minutes < 60)?;
        let offset = i16::try_from(hours * 60 + minutes).ok()? * sign;
        Some(Self { offset, ..self })
    }

    const fn exists(&self) -> bool {
        let leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        1 <= self.day && self.day <= days && self.hour < 24 && self.minute < 60 && self.second < 60
    }

    fn fraction(&self) -> String {
        if self.nanosecond == 0 {
            return String::new();
        }
        format!(".{:09}", self.nanosecond)
            .trim_end_matches('0')
            .to_owned()
    }

    /// The offset, with a separator between hours and minutes.
    fn offset(&self, separator: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.unsigned_abs();
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }

    /// The text of Go's `time.Time`.
    ///
    /// ```
    /// let time = go_yaml::Timestamp::read("2001-12-14t21:59:43.10-05:00").unwrap();
    /// assert_eq!(time.to_go(), "2001-12-14 21:59:43.1 -0500 -0500");
    /// assert_eq!(time.to_string(), "2001-12-14T21:59:43.1-05:00");
    /// ```
    pub fn to_go(self) -> String {
        let offset = self.offset("");
        let zone = if self.offset == 0 { "UTC" } else { &offset };
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}{} {offset} {zone}",
            self.year,
            self.month,
            self.day,
            self.hour,
            self.minute,
            self.second,
            self.fraction(),
        )
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339, without trailing zeros in the fraction.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = if self.offset == 0 {
            "Z".to_owned()
        } else {
            self.offset(":")
        };
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{offset}",
            self.year,
            self.month,
            self.day,
            self.hour,
            self.minute,
            self.second,
            self.fraction(),
        )
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Timestamp")
    }
}

struct Cursor<'a>(&'a str);

impl Cursor<'_> {
    fn next(&mut self) -> Option<u8> {
        let first = *self.0.as_bytes().first()?;
        self.0 = self.0.get(1..)?;
        Some(first)
    }

    fn accept(&mut self, byte: u8) -> bool {
        let rest = self.0.strip_prefix(char::from(byte));
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn count_digits(&self) -> usize {
        self.0.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// A number with `least` to `most` digits; further digits are left.
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.count_digits().min(most);
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits.parse().ok()
    }

    /// The nanoseconds of a fraction, if there is one; further digits are dropped.
    fn fraction(&mut self) -> u32 {
        let mut ahead = Cursor(self.0);
        if !(ahead.accept(b'.') || ahead.accept(b',')) {
            return 0;
        }
        let count = ahead.count_digits();
        let Some((digits, rest)) = ahead.0.split_at_checked(count).filter(|_| count > 0) else {
            return 0;
        };
        self.0 = rest;
        digits
            .bytes()
            .chain(std::iter::repeat(b'0'))
            .take(9)
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(
            Timestamp::read(text)
                .map(|time| time.to_string())
                .as_deref(),
            expected,
            "{text}"
        );
    }

    #[test]
    fn reads_what_go_reads() {
        check("2024-01-01", Some("2024-01-01T00:00:00Z"));
        check("2024-1-9", Some("2024-01-09T00:00:00Z"));
        check(
            "2001-12-14t21:59:43.10-05:00",
            Some("2001-12-14T21:59:43.1-05:00"),
        );
        check(
            "2001-12-14 21:59:43.123456789123",
            Some("2001-12-14T21:59:43.123456789Z"),
        );
        check("2024-02-29T1:2:3Z", Some("2024-02-29T01:02:03Z"));
        check(
            "2024-04-30T23:59:59+05:59",
            Some("2024-04-30T23:59:59+05:59"),
        );
        check(
            "2024-01-31T00:00:00-24:00",
            Some("2024-01-31T00:00:00-24:00"),
        );
        check("2024-04-31", None);
        check("2024-01-01T23:60:00Z", None);
        check("2024-01-01T23:00:60Z", None);
        check("2024-01-01T10:00:00+05:60", None);
        check("2024-01-01T10:00:00+25:00", None);
        check("2023-02-29", None);
        check("2024-13-01", None);
        check("2024-01-01T10:00:00", None);
        check("2024-01-01T10:00:00.Z", None);
        check("2024-01-01 10:00", None);
        check("2024-01-01 24:00:00", None);
        check("20240-01-01", None);
        check("2024-01-01x", None);
    }

    #[test]
    fn prints_as_go_prints() {
        let time = Timestamp::read("2001-12-14T21:59:43.10-05:00").unwrap();
        assert_eq!(time.to_go(), "2001-12-14 21:59:43.1 -0500 -0500");
        let date = Timestamp::read("2024-01-01").unwrap();
        assert_eq!(date.to_go(), "2024-01-01 00:00:00 +0000 UTC");
    }
}
