//! Cron schedules, as Kubernetes reads them: five fields, or `@daily` and similar.

/// Why a string is not a schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("expected exactly 5 fields, found {0}")]
    Fields(usize),
    #[error("unrecognized descriptor: {0}")]
    Descriptor(String),
    #[error("failed to parse duration {0}")]
    Duration(String),
    #[error("failed to parse int from {0}")]
    Number(String),
    #[error("too many hyphens or slashes: {0}")]
    Form(String),
    #[error("out of range {1} to {2}: {0}")]
    Range(String, u64, u64),
    #[error("step of range should be a positive number: {0}")]
    Step(String),
}

/// The values of a field.
#[derive(Clone, Copy)]
struct Bounds {
    least: u64,
    most: u64,
    /// Names of the values, in ascending order.
    names: &'static [&'static str],
}

const FIELDS: [Bounds; 5] = [
    Bounds {
        least: 0,
        most: 59,
        names: &[],
    },
    Bounds {
        least: 0,
        most: 23,
        names: &[],
    },
    Bounds {
        least: 1,
        most: 31,
        names: &[],
    },
    Bounds {
        least: 1,
        most: 12,
        names: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    },
    Bounds {
        least: 0,
        most: 6,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];

pub(crate) fn check(schedule: &str) -> Result<(), Error> {
    let schedule = without_time_zone(schedule);
    if schedule.starts_with('@') {
        return check_descriptor(schedule);
    }
    let fields: Vec<_> = schedule.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(Error::Fields(fields.len()));
    }
    for (field, bounds) in fields.into_iter().zip(FIELDS) {
        for range in field.split(',').filter(|range| !range.is_empty()) {
            check_range(range, bounds)?;
        }
    }
    Ok(())
}

/// This accepts a leading time zone; another check rejects it.
fn without_time_zone(schedule: &str) -> &str {
    let is_zoned = schedule.starts_with("TZ=") || schedule.starts_with("CRON_TZ=");
    match schedule.split_once(' ') {
        Some((_, rest)) if is_zoned => rest.trim(),
        _ => schedule,
    }
}

fn check_descriptor(descriptor: &str) -> Result<(), Error> {
    const KNOWN: [&str; 7] = [
        "@yearly",
        "@annually",
        "@monthly",
        "@weekly",
        "@daily",
        "@midnight",
        "@hourly",
    ];
    match descriptor.strip_prefix("@every ") {
        Some(duration) if is_duration(duration) => Ok(()),
        Some(duration) => Err(Error::Duration(duration.to_owned())),
        None if KNOWN.contains(&descriptor) => Ok(()),
        None => Err(Error::Descriptor(descriptor.to_owned())),
    }
}

/// A duration in Go's syntax: `1h30m`, `1.5s`.
fn is_duration(text: &str) -> bool {
    const UNITS: [&str; 8] = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"];
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    if text == "0" {
        return true;
    }
    let mut rest = text;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, tail) = rest.split_at(number.unwrap_or(rest.len()));
        let unit = tail.find(|c: char| c.is_ascii_digit() || c == '.');
        let (unit, tail) = tail.split_at(unit.unwrap_or(tail.len()));
        let is_number = number.bytes().any(|b| b.is_ascii_digit())
            && number.bytes().filter(|b| *b == b'.').count() <= 1;
        if !is_number || !UNITS.contains(&unit) {
            return false;
        }
        rest = tail;
    }
    !text.is_empty()
}

/// `*`, `5` or `1-5`, optionally with `/2`.
fn check_range(range: &str, bounds: Bounds) -> Result<(), Error> {
    let mut parts = range.split('/');
    let values = parts.next().unwrap_or_default();
    let step = parts.next().map(number).transpose();
    let mut values = values.split('-');
    let first = values.next().unwrap_or_default();
    let (least, most) = match first {
        "*" | "?" => (bounds.least, bounds.most),
        _ => {
            let least = value(first, bounds)?;
            let most = match values.next() {
                Some(end) => value(end, bounds)?,
                None if range.contains('/') => bounds.most,
                None => least,
            };
            if values.next().is_some() {
                return Err(Error::Form(range.to_owned()));
            }
            (least, most)
        }
    };
    let step = step?;
    if parts.next().is_some() {
        return Err(Error::Form(range.to_owned()));
    }
    if least < bounds.least || most > bounds.most || least > most {
        return Err(Error::Range(range.to_owned(), bounds.least, bounds.most));
    }
    if step == Some(0) {
        return Err(Error::Step(range.to_owned()));
    }
    Ok(())
}

fn value(text: &str, bounds: Bounds) -> Result<u64, Error> {
    let lower = text.to_lowercase();
    let named = bounds.names.iter().position(|name| *name == lower);
    match named.and_then(|position| u64::try_from(position).ok()) {
        Some(position) => Ok(bounds.least + position),
        None => number(text),
    }
}

fn number(text: &str) -> Result<u64, Error> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| is_number);
    number.ok_or_else(|| Error::Number(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_read() {
        for schedule in [
            "* * * * *",
            "*/5 0-23/2 1,15 jan-DEC mon",
            "0 0 ? * ?",
            "  0 0 1 1 0  ",
            "5/15 * * * *",
            "1,,2 * * * *",
            "@yearly",
            "@every 1h30m",
            "@every 1.5s",
            "@every 0",
            "CRON_TZ=UTC 0 0 * * *",
        ] {
            assert_eq!(check(schedule), Ok(()), "{schedule}");
        }
    }

    #[test]
    fn others_are_not() {
        for schedule in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "1-2-3 * * * *",
            "1/2/3 * * * *",
            "a * * * *",
            "-1 * * * *",
            "@often",
            "@every",
            "@every soon",
            "@every 1",
            "@every .s",
        ] {
            assert!(check(schedule).is_err(), "{schedule}");
        }
    }
}
