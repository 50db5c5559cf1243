//! Errors of the operator.

use std::collections::BTreeMap;
use std::fmt;

use feast_api::v1::{ConditionStatus, FeatureStoreStatus};
use feast_render::Error;
use serde::Serialize;

/// The operator's errors on each side.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Refusals {
    /// The error before the change: no objects are assumed to exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<Refusal>>,
    /// The error after the change: existing objects stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Box<Refusal>>,
}

impl Refusals {
    /// Whether both sides are rendered.
    pub fn is_empty(&self) -> bool {
        self.before.is_none() && self.after.is_none()
    }

    /// What this means, one sentence per line.
    pub fn lines(&self) -> Vec<String> {
        match (&self.before, &self.after) {
            (None, None) => vec![],
            (Some(before), None) => vec![
                format!("rejected by the operator before: {before}"),
                "the operator now creates its objects".to_owned(),
            ],
            (None, Some(after)) => vec![
                format!("newly rejected by the operator: {after}"),
                "existing objects stay, and are no longer reconciled".to_owned(),
            ],
            (Some(before), Some(after)) if before == after => {
                vec![format!("rejected by the operator, as before: {after}")]
            }
            (Some(before), Some(after)) => vec![
                format!("rejected by the operator before: {before}"),
                format!("newly rejected by the operator: {after}"),
            ],
        }
    }

    /// Whether the error after the change differs from the one before.
    pub fn differ(&self) -> bool {
        self.before != self.after
    }
}

/// The operator's error for a FeatureStore that it rejects.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// The reason.
    #[serde(serialize_with = "text")]
    pub reason: Error,
    /// The conditions that report it, with their reasons, such as `FeatureStore` with
    /// `FeatureStoreFailed`.
    pub conditions: BTreeMap<String, String>,
}

fn text<S: serde::Serializer>(error: &Error, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(error)
}

impl Refusal {
    pub(super) fn new(reason: Error, status: &FeatureStoreStatus) -> Self {
        let conditions = status.conditions.iter().flatten();
        let failed = conditions.filter(|condition| condition.status == ConditionStatus::False);
        let conditions = failed.map(|failed| (failed.type_.clone(), failed.reason.clone()));
        Self {
            reason,
            conditions: conditions.collect(),
        }
    }
}

/// Such as `at least one local server must be configured (FeatureStore: FeatureStoreFailed)`.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let conditions = self.conditions.iter();
        let conditions = conditions.map(|(type_, reason)| format!("{type_}: {reason}"));
        let conditions: Vec<_> = conditions.collect();
        write!(f, "{} ({})", self.reason, conditions.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use feast_render::{Answer, OperatorSettings, Wanted};
    use serde_json::{Value, json};

    use crate::diff::{Action, Cause, Diff, Side, diff};

    /// The effect of another release's operator on a FeatureStore with OIDC.
    fn upgraded(from: &str, to: &str, oidc: &Value) -> Diff {
        let store = serde_json::from_value(json!({
            "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
            "metadata": {"name": "shop", "namespace": "ml"},
            "spec": {"feastProject": "shop", "authz": {"oidc": oidc}},
        }));
        let store = feast_api::Admitted::assume(store.expect("a FeatureStore")).expect("a place");
        let [from, to] = [from, to].map(|release| OperatorSettings {
            release: release.parse().expect("a release"),
            ..OperatorSettings::reference()
        });
        let side = |settings| Side {
            store: &store,
            settings,
            lookup: &|_: &Wanted| Answer::Absent,
        };
        diff(Some(side(&from)), Some(side(&to))).expect("right answers")
    }

    #[test]
    fn a_store_that_only_the_new_operator_accepts_is_new() {
        let found = upgraded("0.61", "0.66", &json!({"issuerUrl": "https://idp"}));
        assert_eq!(
            found.refusals.lines(),
            [
                "rejected by the operator before: secrets \"\" not found (FeatureStore: \
                 FeatureStoreFailed)",
                "the operator now creates its objects",
            ]
        );
        let is_added = found
            .changes
            .iter()
            .all(|change| change.action == Action::Add);
        assert!(is_added && !found.changes.is_empty(), "{found:?}");
        let causes: Vec<_> = found.causes.iter().map(Cause::name).collect();
        assert_eq!(causes, ["OidcDiscovery", "spec.authz.oidc.issuerUrl"]);
        assert!(!found.is_empty());
    }

    #[test]
    fn a_store_that_only_the_old_operator_accepts_stays() {
        let found = upgraded("0.66", "0.61", &json!({"issuerUrl": "https://idp"}));
        assert_eq!(
            found.refusals.lines()[1],
            "existing objects stay, and are no longer reconciled"
        );
        assert!(found.changes.is_empty() && found.status.is_empty());
        assert!(!found.is_empty());
        let shown = serde_json::to_value(&found).expect("JSON");
        assert_eq!(
            shown["refusals"],
            json!({"after": {
                "reason": "secrets \"\" not found",
                "conditions": {"FeatureStore": "FeatureStoreFailed"},
            }})
        );
    }

    #[test]
    fn the_same_rejection_is_no_change() {
        let found = upgraded("0.63", "0.66", &json!({}));
        assert!(found.is_empty() && !found.refusals.is_empty());
        assert_eq!(found.refusals.lines().len(), 1);
    }
}
