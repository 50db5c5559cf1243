//! Points in time and lengths of time, read and written as by Go.

mod duration;
mod timestamp;
pub(crate) mod zone;

pub(crate) use duration::{Duration, HOUR, MINUTE, SECOND};
#[cfg(test)]
pub(crate) use timestamp::Zone;
pub(crate) use timestamp::{Civil, Timestamp};
