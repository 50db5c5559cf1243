//! Differences from another FeatureStore CRD, and what depends on them.

use std::collections::{BTreeMap, BTreeSet};

pub use crd_admission::{Change, Effect};
use crd_admission::{Difference, differences};
use feast_api::Version;
use serde::Serialize;
use serde_json::{Value, json};

use crate::check::{Absent, Checker, Depth, Settings};
use crate::text::Text;

/// A difference between two FeatureStore CRDs, with what depends on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Drift {
    /// The versions it applies to; empty if it concerns the definition as a whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    /// The field, as in [`Difference::path`]. Differences in `spec` also apply to `status.applied`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The difference.
    #[serde(flatten)]
    pub change: Change,
    /// Its effect on FeatureStores.
    pub effect: Effect,
    /// Whether `feast-api`'s types have the field.
    pub is_typed: bool,
    /// The lints whose findings on their examples change without the field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lints: Vec<&'static str>,
    /// The kinds of objects that differ in those examples without the field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<String>,
}

/// Compares two FeatureStore CRDs, with the operator of `settings`.
///
/// ```
/// use feast_api::Release;
/// use feast_check::Settings;
/// use feast_check::drift::drift;
/// use feast_render::{OperatorSettings, Time};
///
/// let settings = Settings::new(OperatorSettings::reference(), Time("2026-01-01T00:00:00Z".parse()?));
/// let found = drift(&Release::V0_66.crd(), &Release::V0_65.crd(), &settings);
/// let authorization = found.iter().find(|drift| drift.path == "spec.authz.noAuth").unwrap();
/// assert_eq!(authorization.change.to_string(), "the field is gone");
/// assert!(authorization.is_typed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn drift(old: &Value, new: &Value, settings: &Settings) -> Vec<Drift> {
    let all = differences(old, new);
    if all.is_empty() {
        return Vec::new();
    }
    let examples = Examples::new(settings);
    let typed = feast_api::Release::Main.crd();
    let mut found: Vec<Drift> = Vec::new();
    for difference in &all {
        if is_twin(difference, &all) {
            continue;
        }
        let Difference {
            version,
            path,
            change,
            effect,
            ..
        } = difference.clone();
        let same = found
            .iter_mut()
            .find(|drift| drift.path == path && drift.change == change);
        if let Some(drift) = same {
            drift.versions.push(version);
            continue;
        }
        let (lints, objects) = examples.concerned(&path);
        found.push(Drift {
            is_typed: is_typed(&typed, &path),
            versions: Some(version)
                .filter(|name| !name.is_empty())
                .into_iter()
                .collect(),
            path,
            change,
            effect,
            lints,
            objects,
        });
    }
    found
}

/// Differences in `status.applied` that are also in `spec` are skipped.
fn is_twin(difference: &Difference, all: &[Difference]) -> bool {
    let Some(rest) = difference.path.strip_prefix("status.applied") else {
        return false;
    };
    let spec = format!("spec{rest}");
    all.iter().any(|other| {
        other.path == spec
            && other.version == difference.version
            && other.change == difference.change
    })
}

/// Whether a schema of the CRD has a field.
fn is_typed(crd: &Value, path: &str) -> bool {
    let mut versions = Version::ALL.iter().filter_map(|version| {
        let versions = crd["spec"]["versions"].as_array()?;
        versions
            .iter()
            .find(|other| other["name"] == version.as_str())
    });
    versions.any(|version| {
        let root = Some(&version["schema"]["openAPIV3Schema"]);
        let found = names(path).fold(root, |schema, (name, within)| {
            let field = schema?.get("properties")?.get(name)?;
            match within {
                Within::Itself => Some(field),
                Within::Items => field.get("items"),
                Within::Values => field.get("additionalProperties"),
            }
        });
        found.is_some()
    })
}

/// The next step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Itself,
    Items,
    Values,
}

/// The names in a path.
fn names(path: &str) -> impl Iterator<Item = (&str, Within)> {
    let names = path.split('.').filter(|name| !name.is_empty());
    names.map(
        |name| match (name.strip_suffix("[]"), name.strip_suffix("{}")) {
            (Some(name), _) => (name, Within::Items),
            (_, Some(name)) => (name, Within::Values),
            _ => (name, Within::Itself),
        },
    )
}

/// The lints' examples: FeatureStores that together set most relevant fields.
struct Examples {
    checker: Checker,
    all: Vec<Example>,
}

/// An admitted example of a lint: a FeatureStore, after the objects it refers to.
struct Example {
    lint: &'static str,
    documents: Vec<Value>,
    outcome: Outcome,
}

/// The result of an example.
struct Outcome {
    /// The lints with findings.
    found: BTreeSet<String>,
    /// The rendering, if it succeeds.
    objects: Objects,
}

/// Objects by kind and name.
type Objects = BTreeMap<(String, String), Value>;

impl Examples {
    fn new(settings: &Settings) -> Self {
        let mut lints = feast_lint::Config::default();
        for lint in feast_lint::LINTS {
            // Every name in the list is known.
            let _ = lints.set(lint.name, feast_lint::Level::Warn);
        }
        let checker = Checker::new(Settings {
            depth: Depth::Lints,
            absent: Absent::Filled,
            lints,
            ..settings.clone()
        });
        let texts = feast_lint::LINTS.iter().flat_map(|lint| {
            let texts = [lint.docs.example, lint.docs.mended];
            texts.map(|text| (lint.name, text))
        });
        let examples = texts.filter_map(|(lint, text)| {
            let documents = documents(text);
            Some(Example {
                lint,
                outcome: outcome(&checker, &documents)?,
                documents,
            })
        });
        Self {
            all: examples.collect(),
            checker,
        }
    }

    /// The lints and object kinds that depend on a field. Examples that are not admitted, with or
    /// without the field, are skipped.
    fn concerned(&self, path: &str) -> (Vec<&'static str>, Vec<String>) {
        let path: Vec<_> = names(path).collect();
        let (mut lints, mut kinds) = (BTreeSet::new(), BTreeSet::new());
        for example in &self.all {
            let mut without = example.documents.clone();
            if !without.last_mut().is_some_and(|store| remove(store, &path)) {
                continue;
            }
            let Some(without) = outcome(&self.checker, &without) else {
                continue;
            };
            let with = &example.outcome;
            if with.found.contains(example.lint) != without.found.contains(example.lint) {
                lints.insert(example.lint);
            }
            kinds.extend(different(&with.objects, &without.objects));
        }
        (lints.into_iter().collect(), kinds.into_iter().collect())
    }
}

/// The findings of the last document, and its rendering; `None` unless it is admitted.
fn outcome(checker: &Checker, documents: &[Value]) -> Option<Outcome> {
    let texts: Vec<_> = documents.iter().map(Value::to_string).collect();
    let mut read = checker.read(Text::new("example", texts.join("\n---\n")));
    let around = checker.gather([&mut read]);
    read.admitted().last()?;
    let outcome = checker.finish(read, &around).pop()?;
    let found = outcome.checked.findings.into_iter();
    let rendered = outcome.rendered.into_iter();
    let objects = rendered.flat_map(|rendered| {
        let objects = rendered.1.plan.apply().map(|object| {
            let reference = object.reference();
            let key = (reference.kind.to_string(), reference.name.clone());
            (key, object.to_value())
        });
        objects.collect::<Objects>()
    });
    Some(Outcome {
        found: found.map(|finding| finding.code).collect(),
        objects: objects.collect(),
    })
}

/// The kinds of objects that are missing from one side or differ.
fn different(objects: &Objects, others: &Objects) -> BTreeSet<String> {
    let keys = objects.keys().chain(others.keys());
    let differ = keys.filter(|key| objects.get(key) != others.get(key));
    differ.map(|(kind, _)| kind.clone()).collect()
}

/// The documents of an example; one without a kind is a FeatureStore.
fn documents(text: &str) -> Vec<Value> {
    let documents = text
        .split("\n---\n")
        .filter_map(|text| go_yaml::to_value(text).ok());
    let completed = documents.map(|mut document: Value| {
        if document["kind"].is_null() {
            document["apiVersion"] = json!(Version::V1.api_version());
            document["kind"] = json!(feast_api::KIND);
        }
        if document["metadata"]["name"].is_null() {
            document["metadata"]["name"] = json!("sample");
        }
        document
    });
    completed.collect()
}

/// Removes a field, in every item of lists on the way; returns whether it existed.
fn remove(value: &mut Value, path: &[(&str, Within)]) -> bool {
    let Some(((name, within), rest)) = path.split_first() else {
        return false;
    };
    let Some(object) = value.as_object_mut() else {
        return false;
    };
    if rest.is_empty() {
        return object.remove(*name).is_some();
    }
    let Some(field) = object.get_mut(*name) else {
        return false;
    };
    let parts: Vec<&mut Value> = match (within, field) {
        (Within::Items, Value::Array(items)) => items.iter_mut().collect(),
        (Within::Values, Value::Object(fields)) => fields.values_mut().collect(),
        (_, field) => vec![field],
    };
    let mut was_there = false;
    for part in parts {
        was_there |= remove(part, rest);
    }
    was_there
}

#[cfg(test)]
mod tests {
    use feast_api::Release;
    use feast_render::{OperatorSettings, Time};

    use super::*;

    fn settings() -> Settings {
        let now = Time("2026-01-01T00:00:00Z".parse().unwrap());
        Settings::new(OperatorSettings::reference(), now)
    }

    #[test]
    fn a_release_has_no_drift_from_itself() {
        let crd = Release::NEWEST.crd();
        assert_eq!(drift(&crd, &crd, &settings()), []);
    }

    #[test]
    fn a_removed_field_affects_lints_and_objects() {
        let old = Release::NEWEST.crd();
        let mut new = old.clone();
        for version in new["spec"]["versions"].as_array_mut().unwrap() {
            for part in ["spec", "status/properties/applied"] {
                let services = format!(
                    "/schema/openAPIV3Schema/properties/{part}/properties/services/properties"
                );
                let services = version.pointer_mut(&services).unwrap();
                services.as_object_mut().unwrap().remove("scaling");
            }
        }
        let found = drift(&old, &new, &settings());
        let gone: Vec<_> = found
            .iter()
            .filter(|drift| drift.change == Change::FieldGone)
            .collect();
        let [scaling] = gone.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(scaling.path, "spec.services.scaling");
        assert_eq!(scaling.effect, Effect::Drops);
        assert!(scaling.lints.contains(&"autoscaler-of-fixed-size"));
        assert!(
            scaling
                .objects
                .contains(&"HorizontalPodAutoscaler".to_owned())
        );
    }

    #[test]
    fn an_unknown_field_is_not_typed() {
        let old = Release::NEWEST.crd();
        let mut new = old.clone();
        let spec = "/spec/versions/1/schema/openAPIV3Schema/properties/spec/properties";
        new.pointer_mut(spec).unwrap()["gateway"] = json!({"type": "string"});
        let found = drift(&old, &new, &settings());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].versions.len(), 1);
        assert!(!found[0].is_typed);
        assert_eq!(found[0].change, Change::Field);
    }
}
