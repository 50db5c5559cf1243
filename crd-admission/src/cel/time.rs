//! Timestamps and durations, parsed and formatted like Go's.

mod duration;
mod timestamp;
pub(crate) mod zone;

pub(crate) use duration::{Duration, HOUR, MINUTE, SECOND};
#[cfg(test)]
pub(crate) use timestamp::Zone;
pub(crate) use timestamp::{Civil, Timestamp};
