//! Validates the same manifests with the CRD of another release.

use feast_api::{Admitted, Release, Version};
use feast_validate::{Request, Validator, admitted};
use serde::Serialize;

use crate::check::Read;
use crate::finding::{Checked, Finding, Level};

/// A FeatureStore of a manifest, before and after an upgrade.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Upgrade {
    /// Its namespace and name, as `namespace/name`.
    pub feature_store: String,
    /// The stored object before; `None` if the API server rejects the manifest.
    pub before: Option<Admitted>,
    /// The stored object after. If the API server then rejects the manifest, the old stored object
    /// as the new API server reads it.
    pub after: Option<Admitted>,
    /// New answers.
    pub admission: Admission,
    /// Errors in the manifest after the upgrade.
    pub refusals: Vec<String>,
}

/// New answers of the API server to a manifest after an upgrade.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Admission {
    /// New errors. The stored object stays until someone changes it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refuses: Vec<Remark>,
    /// Newly dropped fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prunes: Vec<Remark>,
    /// Old errors of a manifest that is admitted after the upgrade.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub no_longer_refuses: Vec<Remark>,
}

/// An answer of the API server about a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Remark {
    /// The field; empty if it concerns none.
    pub field: String,
    /// The message, with the field; the field alone if it is dropped.
    pub message: String,
    /// Background, and what to do about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<String>,
}

impl Admission {
    /// Whether nothing is new.
    pub fn is_empty(&self) -> bool {
        let Self {
            refuses,
            prunes,
            no_longer_refuses,
        } = self;
        [refuses, prunes, no_longer_refuses]
            .iter()
            .all(|remarks| remarks.is_empty())
    }

    /// Messages after the upgrade that are new, by field.
    fn between(before: &Checked, after: &Checked) -> Self {
        Self {
            refuses: news(before, after, is_refusal),
            prunes: news(before, after, is_pruned),
            no_longer_refuses: news(after, before, is_refusal),
        }
    }
}

/// The FeatureStores of a text that was read for two releases: as stored by the first release's API
/// server, and with the CRD of `release`, for which `after` was read.
///
/// ```
/// use feast_api::Release;
/// use feast_check::diff::upgrades;
/// use feast_check::{Checker, Depth, Settings, Text};
/// use feast_render::{OperatorSettings, Time};
///
/// let read = |release| {
///     let settings = Settings::new(OperatorSettings::reference(), Time(Default::default()));
///     let settings = Settings { depth: Depth::Rendering, ..settings.of_release(release) };
///     Checker::new(settings).read(Text::new("shop.yaml", "
/// apiVersion: feast.dev/v1
/// kind: FeatureStore
/// metadata: {name: shop}
/// spec:
///   feastProject: shop
///   authz: {kubernetes: {}, noAuth: true}
///   services: {nodeSelector: {disk: ssd}}
/// "))
/// };
/// let [old, new] = [Release::V0_65, Release::V0_66].map(read);
/// let upgrade = upgrades(&old, &new, Release::V0_66).next().unwrap();
///
/// // The object stored by 0.65.0 has one mode and stays; the manifest has two.
/// assert_eq!(upgrade.admission.refuses[0].field, "spec.authz");
/// assert_eq!(upgrade.after.unwrap().spec, upgrade.before.unwrap().spec);
/// // Neither release has the other field.
/// assert!(upgrade.admission.prunes.is_empty());
/// ```
pub fn upgrades<'r>(
    before: &'r Read,
    after: &'r Read,
    release: Release,
) -> impl Iterator<Item = Upgrade> + 'r {
    let both = before.feature_stores().zip(after.feature_stores());
    both.map(move |((said_before, before), (said_after, after))| {
        let kept = || before.map(|stored| read_by(release, stored));
        Upgrade {
            feature_store: said_after.feature_store.clone().unwrap_or_default(),
            admission: Admission::between(&said_before, &said_after),
            refusals: refusals(&said_after),
            after: after.cloned().or_else(kept),
            before: before.cloned(),
        }
    })
}

/// The stored object as an API server with a release's CRD reads it: pruned and defaulted.
fn read_by(release: Release, stored: &Admitted) -> Admitted {
    let read = || {
        let object = serde_json::to_value(&**stored).ok()?;
        let validator = Validator::of_release(release, Version::V1)?;
        admitted(validator.run(Request::update(&object, &object))).ok()
    };
    // The operator reads the stored object even if it is no longer valid.
    let spec = read().map_or_else(|| stored.spec.clone(), |read| read.spec.clone());
    stored.clone().with_spec(spec)
}

fn is_refusal(finding: &Finding) -> bool {
    finding.level == Level::Error && !is_pruned(finding)
}

fn is_pruned(finding: &Finding) -> bool {
    finding.code == "unknown-field"
}

fn refusals(checked: &Checked) -> Vec<String> {
    let findings = checked.findings.iter();
    findings
        .filter(|finding| is_refusal(finding))
        .map(Finding::text)
        .collect()
}

/// The findings of a kind that only one side has. Messages with lists of values may differ; a field
/// dropped as a whole is also dropped in its parts.
fn news(old: &Checked, new: &Checked, is_meant: fn(&Finding) -> bool) -> Vec<Remark> {
    let covers = |old: &Finding, new: &Finding| {
        let rest = new.field.strip_prefix(&old.field);
        let is_part = |rest: &str| rest.starts_with('.') && is_pruned(old);
        old.code == new.code && rest.is_some_and(|rest| rest.is_empty() || is_part(rest))
    };
    let findings = new.findings.iter().filter(|finding| is_meant(finding));
    let findings = findings.filter(|new| !old.findings.iter().any(|old| covers(old, new)));
    let remarks = findings.map(|finding| Remark {
        field: finding.field.clone(),
        message: if is_pruned(finding) {
            finding.field.clone()
        } else {
            finding.text()
        },
        help: finding.help.clone(),
    });
    remarks.collect()
}

#[cfg(test)]
mod tests {
    use feast_render::{OperatorSettings, Time};
    use k8s_openapi::jiff::Timestamp;

    use super::*;
    use crate::{Checker, Depth, Settings, Text};

    /// New answers about a spec: rejected, dropped and no longer rejected fields.
    fn said(from: Release, to: Release, spec: &str) -> [Vec<String>; 3] {
        let read = |release| {
            let now = Time(Timestamp::UNIX_EPOCH);
            let settings = Settings::new(OperatorSettings::reference(), now);
            let checker = Checker::new(Settings {
                depth: Depth::Rendering,
                ..settings.of_release(release)
            });
            let head = "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: a}\n";
            let text = format!("{head}spec: {{feastProject: a, {spec}}}\n");
            checker.read(Text::new("test.yaml", text))
        };
        let [old, new] = [from, to].map(read);
        let found: Vec<_> = upgrades(&old, &new, to).collect();
        let [upgrade] = found.as_slice() else {
            panic!("{found:?}");
        };
        let said = &upgrade.admission;
        let all = [&said.refuses, &said.prunes, &said.no_longer_refuses];
        all.map(|remarks| remarks.iter().map(|remark| remark.field.clone()).collect())
    }

    #[test]
    fn only_new_answers_are_reported() {
        use Release::{Main, V0_61, V0_62, V0_63, V0_65, V0_66};
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        for (from, to, spec, expected) in [
            (
                V0_65,
                V0_66,
                "authz: {noAuth: true}",
                [&[][..], &[], &["spec.authz"]],
            ),
            (
                V0_66,
                V0_65,
                "authz: {noAuth: true}",
                [&["spec.authz"], &["spec.authz.noAuth"], &[]],
            ),
            (
                Main,
                V0_66,
                "services: {nodeSelector: {a: b}}",
                [&[], &["spec.services.nodeSelector"], &[]],
            ),
            // The parent field was already dropped.
            (
                V0_62,
                V0_63,
                "openlineage: {enabled: true, consumer: {enabled: true}}",
                [&[], &[], &[]],
            ),
            // Only the order of the listed values differs.
            (
                V0_61,
                V0_66,
                "services: {onlineStore: {persistence: {store: {type: ikv, secretRef: {name: a}}}}}",
                [&[], &[], &[]],
            ),
        ] {
            let expected: [Vec<String>; 3] = expected.map(owned);
            // 0.61.0 requires a number.
            let spec = format!("replicas: 1, {spec}");
            assert_eq!(said(from, to, &spec), expected, "{from} to {to}: {spec}");
        }
    }
}
