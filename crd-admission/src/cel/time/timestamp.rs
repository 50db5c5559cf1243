//! Points in time.

use std::cmp::Ordering;
use std::fmt::{self, Display};

use super::Duration;
use crate::cel::fault::Fault;
use crate::cel::value::Place;

/// A point in time between the years 1 and 9999.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timestamp {
    /// Since 1970, in UTC.
    pub(crate) seconds: i64,
    pub(crate) nanos: u32,
    /// The time zone in which it was given; it is written so.
    pub(crate) zone: Zone,
}

/// A time zone as Go's maps tell it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Zone {
    Utc,
    /// That of the server, which is UTC, too.
    Local,
    /// So many hours east of UTC, not further away than people live.
    Hours(i8),
    /// Any other, in seconds east of UTC: each time that is read has one of its own.
    Own(i32, Place),
}

impl Zone {
    /// The zone of a text that says how many seconds east of UTC it is.
    pub(crate) fn east(seconds: i32) -> Self {
        let hours = i8::try_from(seconds / 3_600).ok();
        match hours.filter(|hours| (-12..=14).contains(hours) && seconds % 3_600 == 0) {
            Some(0) => Self::Local,
            Some(hours) => Self::Hours(hours),
            None => Self::Own(seconds, Place::new()),
        }
    }

    /// Seconds east of UTC.
    pub(crate) const fn offset(self) -> i32 {
        match self {
            Self::Utc | Self::Local => 0,
            Self::Hours(hours) => hours as i32 * 3_600,
            Self::Own(seconds, _) => seconds,
        }
    }
}

/// A point in time as calendar and clock show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// From 1.
    pub(crate) month: i64,
    /// From 1.
    pub(crate) day: i64,
    /// From 0.
    pub(crate) day_of_year: i64,
    /// From 0, which is Sunday.
    pub(crate) day_of_week: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
}

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400;
/// The first second of the year 1.
const MIN: i64 = -62_135_596_800;
/// The last second of the year 9999.
const MAX: i64 = 253_402_300_799;

impl Timestamp {
    /// A second since 1970, in UTC.
    pub(crate) fn at(seconds: i64) -> Result<Self, Fault> {
        Self::new(seconds, 0, Zone::Utc)
    }

    /// Seconds since 1970 and nanoseconds, in UTC.
    pub(crate) fn of(seconds: i64, nanos: i64) -> Result<Self, Fault> {
        let seconds = seconds.saturating_add(nanos.div_euclid(SECOND));
        let nanos = u32::try_from(nanos.rem_euclid(SECOND)).unwrap_or_default();
        Self::new(seconds, nanos, Zone::Utc)
    }

    fn new(seconds: i64, nanos: u32, zone: Zone) -> Result<Self, Fault> {
        if !(MIN..=MAX).contains(&seconds) {
            return Err(Fault::TimestampOverflow);
        }
        Ok(Self {
            seconds,
            nanos,
            zone,
        })
    }

    /// Reads RFC 3339 as Go's `time.Parse` does: hours may have one digit, fractions a comma, and
    /// offsets go up to `24:60`.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, Fault>> {
        let mut text = Cursor(text.as_bytes());
        let days = text.date()?;
        text.skip(b'T')?;
        let hour_digits = if text.has_digit(1) { 2 } else { 1 };
        let hour = text.number_in(hour_digits, 0..=23)?;
        text.skip(b':')?;
        let minute = text.number_in(2, 0..=59)?;
        text.skip(b':')?;
        let second = text.number_in(2, 0..=59)?;
        let nanos = text.fraction();
        let zone = text.zone()?;
        if !text.0.is_empty() {
            return None;
        }
        let seconds = days * DAY + hour * 3_600 + minute * 60 + second;
        Some(Self::new(seconds - i64::from(zone.offset()), nanos, zone))
    }

    /// Whether it is the first moment of the year 1, as Go's zero time.
    pub(crate) fn is_zero(&self) -> bool {
        self.seconds == MIN && self.nanos == 0
    }

    pub(crate) fn plus(self, duration: Duration) -> Result<Self, Fault> {
        let nanos = i64::from(self.nanos) + duration.nanos % SECOND;
        let seconds = self.seconds + duration.nanos / SECOND + nanos.div_euclid(SECOND);
        let nanos = u32::try_from(nanos.rem_euclid(SECOND)).unwrap_or_default();
        Self::new(seconds, nanos, self.zone)
    }

    pub(crate) fn minus(self, duration: Duration) -> Result<Self, Fault> {
        self.plus(duration.negated()?)
    }

    /// How long after `other` it is.
    pub(crate) fn since(self, other: Self) -> Result<Duration, Fault> {
        let nanos = (self.seconds - other.seconds)
            .checked_mul(SECOND)
            .and_then(|nanos| nanos.checked_add(i64::from(self.nanos) - i64::from(other.nanos)));
        nanos.map(Duration::new).ok_or(Fault::IntOverflow)
    }

    /// As calendar and clock show it so many seconds east of UTC.
    pub(crate) fn civil(self, offset: i64) -> Civil {
        let seconds = self.seconds.saturating_add(offset);
        let (days, clock) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, day_of_year) = year_of(days);
        let (month, day) = month_of(year, day_of_year);
        Civil {
            year,
            month,
            day,
            day_of_year,
            // 1970 began on a Thursday.
            day_of_week: (days + 4).rem_euclid(7),
            hour: clock / 3_600,
            minute: clock / 60 % 60,
            second: clock % 60,
        }
    }

    /// As Go's `String` writes points in time.
    pub(crate) fn as_go(self) -> impl Display {
        AsGo(self)
    }
}

/// The same moment, whatever the time zone.
impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.seconds, self.nanos).cmp(&(other.seconds, other.nanos))
    }
}

/// RFC 3339 in the time zone in which it was given.
impl Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_moment(f, *self, 'T')?;
        match self.zone.offset() / 60 {
            0 => f.write_str("Z"),
            minutes => write_offset(f, minutes, ":"),
        }
    }
}

struct AsGo(Timestamp);

impl Display for AsGo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.zone.offset() / 60;
        write_moment(f, self.0, ' ')?;
        f.write_str(" ")?;
        write_offset(f, minutes, "")?;
        f.write_str(" ")?;
        match minutes {
            0 => f.write_str("UTC"),
            minutes => write_offset(f, minutes, ""),
        }
    }
}

/// Writes date and clock, with as many digits of the fraction as are needed.
fn write_moment(f: &mut fmt::Formatter<'_>, time: Timestamp, between: char) -> fmt::Result {
    let civil = time.civil(time.zone.offset().into());
    write!(
        f,
        "{:04}-{:02}-{:02}{between}{:02}:{:02}:{:02}",
        civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
    )?;
    if time.nanos == 0 {
        return Ok(());
    }
    let fraction = format!("{:09}", time.nanos);
    write!(f, ".{}", fraction.trim_end_matches('0'))
}

fn write_offset(f: &mut fmt::Formatter<'_>, minutes: i32, between: &str) -> fmt::Result {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    write!(f, "{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
}

/// Whether a text is a full date of RFC 3339.
pub(crate) fn is_date(text: &str) -> bool {
    let mut text = Cursor(text.as_bytes());
    text.date().is_some() && text.0.is_empty()
}

/// What is left of a text.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn skip(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }

    fn has_digit(&self, at: usize) -> bool {
        self.0.get(at).is_some_and(u8::is_ascii_digit)
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        if !number.iter().all(u8::is_ascii_digit) {
            return None;
        }
        Some(
            number
                .iter()
                .fold(0, |n, digit| n * 10 + i64::from(digit - b'0')),
        )
    }

    fn number_in(&mut self, digits: usize, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        self.number(digits).filter(|number| range.contains(number))
    }

    /// `2006-01-02`, in days since 1970.
    fn date(&mut self) -> Option<i64> {
        let year = self.number(4)?;
        self.skip(b'-')?;
        let month = self.number_in(2, 1..=12)?;
        self.skip(b'-')?;
        let day = self.number_in(2, 1..=days_in(month, year))?;
        Some(days_before(year, month) + day - 1)
    }

    /// Nanoseconds; digits beyond are dropped.
    fn fraction(&mut self) -> u32 {
        let [b'.' | b',', rest @ ..] = self.0 else {
            return 0;
        };
        let end = rest.iter().position(|byte| !byte.is_ascii_digit());
        let (digits, rest) = rest.split_at(end.unwrap_or(rest.len()));
        if digits.is_empty() {
            return 0;
        }
        self.0 = rest;
        let digits = digits.iter().chain(std::iter::repeat(&b'0')).take(9);
        digits.fold(0, |n, digit| n * 10 + u32::from(digit - b'0'))
    }

    fn zone(&mut self) -> Option<Zone> {
        let (sign, rest) = self.0.split_first()?;
        self.0 = rest;
        let sign = match sign {
            b'Z' => return Some(Zone::Utc),
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let hours = self.number_in(2, 0..=24)?;
        self.skip(b':')?;
        let minutes = self.number_in(2, 0..=60)?;
        let seconds = i32::try_from((hours * 60 + minutes) * 60 * sign);
        seconds.ok().map(Zone::east)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970 to the first of a month.
fn days_before(year: i64, month: i64) -> i64 {
    let earlier = year - 1;
    let leap_days = earlier.div_euclid(4) - earlier.div_euclid(100) + earlier.div_euclid(400);
    let months: i64 = (1..month).map(|month| days_in(month, year)).sum();
    // The days of the years 1 to 1969.
    earlier * 365 + leap_days + months - 719_162
}

/// The year of a day since 1970, and which of its days it is, from 0.
fn year_of(days: i64) -> (i64, i64) {
    // The average year, then a step or none.
    let mut year = 1970 + (days * 400).div_euclid(146_097);
    while days_before(year, 1) > days {
        year -= 1;
    }
    while days_before(year + 1, 1) <= days {
        year += 1;
    }
    (year, days - days_before(year, 1))
}

/// Month and day, from 1, of a day of a year, from 0.
fn month_of(year: i64, day_of_year: i64) -> (i64, i64) {
    let mut day = day_of_year;
    let mut month = 1;
    while day >= days_in(month, year) {
        day -= days_in(month, year);
        month += 1;
    }
    (month, day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        Timestamp::parse(text)?.ok().map(|time| time.to_string())
    }

    #[test]
    fn times_keep_their_time_zone() {
        let cases = [
            ("2020-02-29T23:59:59Z", "2020-02-29T23:59:59Z"),
            (
                "2020-02-29T3:59:59,1200+02:00",
                "2020-02-29T03:59:59.12+02:00",
            ),
            ("2020-01-01T00:00:00-00:30", "2020-01-01T00:00:00-00:30"),
            ("2020-01-01T00:00:00+24:60", "2020-01-01T00:00:00+25:00"),
            (
                "9999-12-31T23:59:59.9999999999Z",
                "9999-12-31T23:59:59.999999999Z",
            ),
        ];
        for (text, written) in cases {
            assert_eq!(read(text).as_deref(), Some(written));
        }
        for bad in [
            "2021-02-29T00:00:00Z",
            "2020-1-01T00:00:00Z",
            "2020-01-01T24:00:00Z",
            "2020-01-01T00:00:00",
            "2020-01-01T00:00:00.Z",
            "2020-01-01T00:00:00+25:00",
            "2020-01-01t00:00:00Z",
        ] {
            assert!(Timestamp::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(
            Timestamp::parse("0000-12-31T23:59:59Z"),
            Some(Err(Fault::TimestampOverflow))
        );
    }

    #[test]
    fn the_calendar_goes_both_ways() {
        for days in (-719_162..2_932_896).step_by(97) {
            let time = Timestamp::at(days * DAY).expect("in range");
            let civil = time.civil(0);
            assert_eq!(days_before(civil.year, civil.month) + civil.day - 1, days);
        }
        let time = Timestamp::at(951_868_799).expect("in range");
        let civil = time.civil(1);
        assert_eq!((civil.year, civil.month, civil.day), (2000, 3, 1));
        assert_eq!((civil.day_of_year, civil.day_of_week), (60, 3));
    }

    #[test]
    fn arithmetic_stays_in_range() {
        let time = Timestamp::parse("9999-12-31T23:59:59Z")
            .expect("RFC 3339")
            .expect("in range");
        assert_eq!(
            time.plus(Duration::new(SECOND)),
            Err(Fault::TimestampOverflow)
        );
        let before = time.plus(Duration::new(-1)).expect("in range");
        assert_eq!(before.to_string(), "9999-12-31T23:59:58.999999999Z");
        assert_eq!(time.since(before), Ok(Duration::new(1)));
        assert_eq!(
            time.since(Timestamp::at(0).expect("1970")),
            Err(Fault::IntOverflow)
        );
        assert_eq!(time.minus(Duration::new(i64::MIN)), Err(Fault::IntOverflow));
    }
}
