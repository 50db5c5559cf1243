//! Times of metadata.

pub(crate) use crate::moment::NoMoment as NotATime;
use crate::moment::{self, Layout, date};

/// Seconds since the start of 1970; fractions are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time(i64);

/// The start of year 1, Go's zero time.
const ZERO: i64 = -62_135_596_800;
const DAY: i64 = 86_400;

impl Time {
    /// Parses a time. `None` for the zero time, and for years that the API server loses because
    /// they do not have four digits.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, NotATime> {
        let seconds = moment::parse(text, Layout::Zoned)?.seconds;
        let (year, ..) = date(seconds.div_euclid(DAY));
        let is_kept = seconds != ZERO && (0..=9999).contains(&year);
        Ok(is_kept.then_some(Self(seconds)))
    }

    /// The time in UTC, to the second.
    pub(crate) fn format(self) -> String {
        let (days, seconds) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let (year, month, day) = date(days);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
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
