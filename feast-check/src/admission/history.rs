//! The release that has a field or value that another one lacks.

use feast_api::{CrdChange, Release};
use feast_validate::{BadValue, Violation};

/// The release that has an unknown field.
pub(super) fn of_field(path: &str, release: Release) -> Option<String> {
    let mut found = feast_api::history(path).filter_map(|(changed, change)| match *change {
        CrdChange::Field(_) if changed > release => Some(format!("{} adds it", said(changed))),
        CrdChange::Moved { from, to, .. } if changed <= release => {
            let rest = path.strip_prefix(from)?;
            Some(format!("{} renamed it to `{to}{rest}`", said(changed)))
        }
        CrdChange::Gone { .. } if changed <= release => {
            Some(format!("{} dropped it", said(changed)))
        }
        _ => None,
    });
    found.next_back()
}

/// The release that has an unsupported value.
pub(super) fn of_value(violation: &Violation, release: Release) -> Option<String> {
    let BadValue::Text(value) = &violation.value else {
        return None;
    };
    let changes = feast_api::history(violation.path.as_str());
    let mut found = changes.filter_map(|(changed, change)| match change {
        CrdChange::Values { gained, .. } if changed > release && gained.contains(&&**value) => {
            Some(format!("{} adds it", said(changed)))
        }
        CrdChange::Values { lost, .. }
            if changed <= release && lost.iter().any(|(lost, _)| lost == value) =>
        {
            Some(format!("{} dropped it", said(changed)))
        }
        _ => None,
    });
    found.next_back()
}

fn said(release: Release) -> String {
    match release {
        Release::Main => format!("the release after {}", Release::NEWEST),
        tagged => format!("release {tagged}"),
    }
}
