//! Points in time and lengths of time, read and written as by Go.

mod duration;
mod timestamp;
pub(crate) mod zone;

pub(crate) use duration::Duration;
pub(crate) use timestamp::{Civil, Timestamp, is_date};
