//! Timestamps.

use std::cmp::Ordering;
use std::fmt::{self, Display};

use super::Duration;
use crate::cel::fault::Fault;
use crate::cel::value::Place;
use crate::moment::{self, Layout, Moment};

/// A timestamp in the years 1 to 9999.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timestamp {
    /// Seconds since 1970, in UTC.
    pub(crate) seconds: i64,
    pub(crate) nanos: u32,
    /// The time zone it was given in, and is formatted in.
    pub(crate) zone: Zone,
}

/// A time zone, with the identity that it has in Go's maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Zone {
    Utc,
    /// The server's zone, which is UTC.
    Local,
    /// This many hours east of UTC, within the range of inhabited zones.
    Hours(i8),
    /// Any other offset, in seconds east of UTC: each parsed time has its own zone in memory.
    Own(i32, Place),
}

impl Zone {
    /// The zone for an offset in seconds east of UTC.
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

/// The calendar date and time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// From 1.
    pub(crate) month: i64,
    /// From 1.
    pub(crate) day: i64,
    /// From 0.
    pub(crate) day_of_year: i64,
    /// From 0, for Sunday.
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
    /// The timestamp of a second since 1970, in UTC.
    pub(crate) fn at(seconds: i64) -> Result<Self, Fault> {
        Self::new(seconds, 0, Zone::Utc)
    }

    /// The timestamp of seconds and nanoseconds since 1970, in UTC.
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

    /// Parses RFC 3339.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, Fault>> {
        let time = Self::from(moment::parse(text, Layout::Zoned).ok()?);
        Some(Self::new(time.seconds, time.nanos, time.zone))
    }

    /// Whether it is Go's zero time: the start of the year 1.
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

    /// The duration since `other`.
    pub(crate) fn since(self, other: Self) -> Result<Duration, Fault> {
        let nanos = (self.seconds - other.seconds)
            .checked_mul(SECOND)
            .and_then(|nanos| nanos.checked_add(i64::from(self.nanos) - i64::from(other.nanos)));
        nanos.map(Duration::new).ok_or(Fault::IntOverflow)
    }

    /// Date and time of day, at an offset in seconds east of UTC.
    pub(crate) fn civil(self, offset: i64) -> Civil {
        let seconds = self.seconds.saturating_add(offset);
        let (days, clock) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = moment::date(days);
        Civil {
            year,
            month,
            day,
            day_of_year: days - moment::days_before(year, 1, 1),
            // 1970 began on a Thursday.
            day_of_week: (days + 4).rem_euclid(7),
            hour: clock / 3_600,
            minute: clock / 60 % 60,
            second: clock % 60,
        }
    }

    /// The text of Go's `Time.String`.
    pub(crate) fn as_go(self) -> impl Display {
        AsGo(self)
    }
}

/// Of any year with four digits.
impl From<Moment> for Timestamp {
    fn from(moment: Moment) -> Self {
        Self {
            seconds: moment.seconds,
            nanos: moment.nanos,
            zone: moment.offset.map_or(Zone::Utc, Zone::east),
        }
    }
}

/// The same moment, in any time zone.
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

/// RFC 3339, in its own time zone.
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

/// Writes date and time, with as many fractional digits as needed.
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
    fn days_are_counted_within_the_year() {
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
