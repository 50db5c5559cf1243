//! The operator of one side of a comparison.

use std::str::FromStr;

use feast_check::Settings;
use feast_render::{CorrectionSet, OperatorRelease, OperatorSettings};

/// The operator of one side: a release of Feast's operator, and the corrections. Unset parts are
/// taken from the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operator {
    release: Option<OperatorRelease>,
    departure: Option<Departure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Departure {
    Corrections(CorrectionSet),
    Hardened,
}

/// Reads `0.65`, `0.65+all` or `+hardened`.
impl FromStr for Operator {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (release, departure) = match text.split_once('+') {
            Some((release, departure)) => (release, Some(departure)),
            None => (text, None),
        };
        let release = match (release, departure) {
            ("", Some(_)) => None,
            (release, _) => Some(release.parse().map_err(|error| format!("{error}"))?),
        };
        let departure = departure.map(|departure| match departure {
            "hardened" => Ok(Departure::Hardened),
            set => set.parse().map(Departure::Corrections),
        });
        let departure = departure.transpose();
        let departure = departure.map_err(|error| format!("{error}, or hardened"))?;
        Ok(Self { release, departure })
    }
}

impl Operator {
    /// The settings of one side: its operator, and the CRD of its release.
    pub(super) fn of(self, settings: Settings) -> Settings {
        let operator = self.settings(settings.operator.clone());
        Settings {
            release: self
                .release
                .map_or(settings.release, OperatorRelease::release),
            operator,
            ..settings
        }
    }

    /// The settings, overridden by this operator.
    fn settings(self, settings: OperatorSettings) -> OperatorSettings {
        let mut settings = OperatorSettings {
            release: self.release.unwrap_or(settings.release),
            ..settings
        };
        let chosen = match self.departure {
            None => return settings,
            Some(Departure::Hardened) => OperatorSettings::chosen(true, None, None),
            Some(Departure::Corrections(set)) => OperatorSettings::chosen(false, Some(set), None),
        };
        settings.corrections = chosen.corrections;
        settings.storage = chosen.storage;
        settings
    }
}

/// The name of an operator, as this module parses it: a release and its corrections.
pub(super) fn name(settings: &OperatorSettings) -> String {
    let is = |hardened, set| {
        let chosen = OperatorSettings::chosen(hardened, set, None);
        (chosen.corrections, chosen.storage) == (settings.corrections, settings.storage)
    };
    let sets = CorrectionSet::ALL.iter().copied();
    let departure = sets
        .filter(|set| is(false, Some(*set)))
        .map(CorrectionSet::name)
        .chain(is(true, None).then_some("hardened"))
        .next();
    match departure {
        Some("none") => settings.release.to_string(),
        Some(departure) => format!("{}+{departure}", settings.release),
        // Documents in Secrets, but not all corrections.
        None => format!("{}, with other settings", settings.release),
    }
}

#[cfg(test)]
mod tests {
    use feast_render::{Corrections, DocumentStorage};

    use super::*;

    #[test]
    fn unset_parts_are_unchanged() {
        let first = OperatorRelease::FIRST;
        let base = OperatorSettings::hardened();
        for (text, release, corrections, storage) in [
            ("0.61", first, Corrections::ALL, DocumentStorage::InSecret),
            (
                "0.61+none",
                first,
                Corrections::NONE,
                DocumentStorage::InDeployment,
            ),
            (
                "+without-restarts",
                base.release,
                Corrections::without_restarts(),
                DocumentStorage::InDeployment,
            ),
            (
                "0.61+hardened",
                first,
                Corrections::ALL,
                DocumentStorage::InSecret,
            ),
        ] {
            let operator: Operator = text.parse().expect(text);
            let found = operator.settings(base.clone());
            let found = (found.release, found.corrections, found.storage);
            assert_eq!(found, (release, corrections, storage), "{text}");
        }
    }

    #[test]
    fn invalid_operators_are_rejected() {
        for (text, says) in [
            ("", "unknown release"),
            ("0.10", "unknown release"),
            ("+", "unknown set of corrections"),
            ("0.66+most", "or hardened"),
        ] {
            let error = text.parse::<Operator>().expect_err(text);
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
