//! Fields of timestamps, and units of durations.

use super::Overload;
use crate::cel::fault::Fault;
use crate::cel::time::{Civil, Duration, HOUR, MINUTE, SECOND, Timestamp, zone};
use crate::cel::types::Type as T;

/// A getter of a timestamp, in UTC or in a given time zone.
macro_rules! getter {
    ($function:literal, $id:literal, $id_in_zone:expr, $get:expr) => {
        [
            Overload::member(
                $function,
                $id,
                [T::Timestamp],
                T::Int,
                run!(|Timestamp(time)| $get(time, time.civil(0))),
            ),
            Overload::member(
                $function,
                $id_in_zone,
                [T::Timestamp, T::String],
                T::Int,
                try_run!(|Timestamp(time), String(zone)| in_zone(*time, zone, $get)),
            ),
        ]
    };
    ($function:literal, $id:literal, $get:expr) => {
        getter!($function, $id, concat!($id, "_with_tz"), $get)
    };
}

pub(super) fn overloads() -> Vec<Overload> {
    let mut overloads: Vec<_> = [
        getter!("getFullYear", "timestamp_to_year", |_, civil: Civil| civil
            .year),
        getter!("getMonth", "timestamp_to_month", |_, civil: Civil| civil
            .month
            - 1),
        getter!(
            "getDayOfYear",
            "timestamp_to_day_of_year",
            |_, civil: Civil| civil.day_of_year
        ),
        getter!(
            "getDayOfMonth",
            "timestamp_to_day_of_month",
            |_, civil: Civil| civil.day - 1
        ),
        getter!(
            "getDate",
            "timestamp_to_day_of_month_1_based",
            |_, civil: Civil| civil.day
        ),
        getter!(
            "getDayOfWeek",
            "timestamp_to_day_of_week",
            |_, civil: Civil| civil.day_of_week
        ),
        getter!("getHours", "timestamp_to_hours", |_, civil: Civil| civil
            .hour),
        getter!("getMinutes", "timestamp_to_minutes", |_, civil: Civil| {
            civil.minute
        }),
        getter!(
            "getSeconds",
            "timestamp_to_seconds",
            "timestamp_to_seconds_tz",
            |_, civil: Civil| civil.second
        ),
        getter!("getMilliseconds", "timestamp_to_milliseconds", milliseconds),
    ]
    .into_iter()
    .flatten()
    .collect();
    overloads.extend(lengths());
    overloads
}

fn in_zone(time: Timestamp, zone: &str, get: fn(&Timestamp, Civil) -> i64) -> Result<i64, Fault> {
    let offset = zone::offset(zone, time)?;
    Ok(get(&time, time.civil(offset)))
}

fn milliseconds(time: &Timestamp, _: Civil) -> i64 {
    i64::from(time.nanos / 1_000_000)
}

fn lengths() -> [Overload; 4] {
    let getter = |function, id, run| Overload::member(function, id, [T::Duration], T::Int, run);
    [
        getter(
            "getHours",
            "duration_to_hours",
            run!(|Duration(length)| whole(*length, HOUR)),
        ),
        getter(
            "getMinutes",
            "duration_to_minutes",
            run!(|Duration(length)| whole(*length, MINUTE)),
        ),
        getter(
            "getSeconds",
            "duration_to_seconds",
            run!(|Duration(length)| whole(*length, SECOND)),
        ),
        getter(
            "getMilliseconds",
            "duration_to_milliseconds",
            run!(|Duration(length)| length.nanos / 1_000_000),
        ),
    ]
}

/// The number of units in a duration, as the server counts them.
#[expect(clippy::cast_possible_truncation, reason = "as Go computes it")]
fn whole(length: Duration, unit: i64) -> i64 {
    length.count(unit) as i64
}
