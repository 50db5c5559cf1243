//! Effects of a change of an object.

use std::collections::BTreeSet;
use std::fmt;

use feast_render::{ObjectRef, Rendered};
use serde::Serialize;
use serde_json::Value;

use super::documents::{Shown, StoreDocument};
use super::fields::FieldChange;

/// An effect of a change.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "effect")]
#[non_exhaustive]
pub enum Effect {
    /// Running pods are replaced.
    Restart {
        /// The number of running pods.
        pods: Pods,
        /// How they are replaced.
        how: RollOut,
        /// The parts that change, such as `image of online`.
        reasons: Vec<String>,
    },
    /// Pods are added or removed.
    Scale {
        /// The old number.
        from: Pods,
        /// The new number.
        to: Pods,
    },
    /// Pods start for the first time.
    Start {
        /// The number of pods.
        pods: Pods,
    },
    /// A volume is deleted with its data.
    DeletesData,
    /// The operator never changes this object once it exists.
    NotApplied,
}

/// A number of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Pods {
    /// A fixed number.
    Fixed(i64),
    /// Set by an autoscaler.
    Between {
        /// The minimum.
        minimum: i64,
        /// The maximum.
        maximum: i64,
    },
}

impl fmt::Display for Pods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(1) => write!(f, "1 pod"),
            Self::Fixed(pods) => write!(f, "{pods} pods"),
            Self::Between { minimum, maximum } => write!(f, "{minimum} to {maximum} pods"),
        }
    }
}

/// How pods are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RollOut {
    /// All stop before new ones start: downtime.
    AllAtOnce,
    /// New ones start before old ones stop.
    OneAfterTheOther,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Restart { pods, how, reasons } => {
                let how = match how {
                    RollOut::AllAtOnce => "all at once, with downtime",
                    RollOut::OneAfterTheOther => "one after the other",
                };
                write!(f, "restarts {pods} ({how}): {}", reasons.join(", "))
            }
            Self::Scale { from, to } => write!(f, "scales: {from} -> {to}"),
            Self::Start { pods } => write!(f, "starts {pods}"),
            Self::DeletesData => f.write_str("deletes its data"),
            Self::NotApplied => f.write_str("not applied: existing claims are never changed"),
        }
    }
}

/// The effects of a new object.
pub(super) fn addition(object: &ObjectRef, new: &Value, after: &Rendered) -> Vec<Effect> {
    match object.kind.as_ref() {
        "Deployment" => vec![Effect::Start {
            pods: pods(object, new, after),
        }],
        _ => vec![],
    }
}

/// The effects of a change, given the old and new object.
pub(super) fn change(
    object: &ObjectRef,
    (old, before): (&Value, &Rendered),
    (new, after): (&Value, &Rendered),
    (changes, documents): (&[FieldChange], &[Shown]),
) -> Vec<Effect> {
    match object.kind.as_ref() {
        "PersistentVolumeClaim" if !changes.is_empty() => vec![Effect::NotApplied],
        "Deployment" => {
            let (from, to) = (pods(object, old, before), pods(object, new, after));
            let scale = (from != to).then_some(Effect::Scale { from, to });
            let reasons = reasons(changes, || {
                let is_read = |shown: &&Shown| shown.document == document_of(object, after);
                told(documents.iter().find(is_read))
            });
            let restart = (!reasons.is_empty()).then(|| Effect::Restart {
                pods: from,
                how: roll_out(new),
                reasons,
            });
            restart.into_iter().chain(scale).collect()
        }
        _ => vec![],
    }
}

/// The number of pods of a Deployment.
fn pods(object: &ObjectRef, deployment: &Value, rendered: &Rendered) -> Pods {
    let main = rendered.plan.deployment.as_ref();
    let is_main = main.is_some_and(|main| main.metadata.name.as_deref() == Some(&object.name));
    let replicas = deployment.pointer("/spec/replicas").and_then(Value::as_i64);
    autoscaled(rendered)
        .filter(|_| is_main)
        .unwrap_or(Pods::Fixed(replicas.unwrap_or(1)))
}

fn autoscaled(rendered: &Rendered) -> Option<Pods> {
    let spec = rendered
        .plan
        .horizontal_pod_autoscaler
        .as_ref()?
        .spec
        .as_ref()?;
    Some(Pods::Between {
        minimum: spec.min_replicas.unwrap_or(1).into(),
        maximum: spec.max_replicas.into(),
    })
}

fn roll_out(deployment: &Value) -> RollOut {
    match deployment
        .pointer("/spec/strategy/type")
        .and_then(Value::as_str)
    {
        Some("Recreate") => RollOut::AllAtOnce,
        _ => RollOut::OneAfterTheOther,
    }
}

/// The parts of the pods that change; `document` describes the change of the document that they
/// read.
fn reasons(changes: &[FieldChange], document: impl Fn() -> String) -> Vec<String> {
    let template = changes
        .iter()
        .filter_map(|change| change.path.strip_prefix("spec.template."));
    let reasons = template.map(|path| reason(path.strip_prefix("spec.").unwrap_or(path)));
    let mut reasons: BTreeSet<String> = reasons.collect();
    // Every container has the same document.
    let is_document = |reason: &String| reason.starts_with(DOCUMENT);
    if reasons.iter().any(is_document) {
        reasons.retain(|reason| !is_document(reason));
        reasons.insert(document());
    }
    reasons.into_iter().collect()
}

const DOCUMENT: &str = "feature_store.yaml";

/// `containers[online].image` as `image of online`.
fn reason(path: &str) -> String {
    if path.contains("YAML_BASE64]")
        || path.starts_with("metadata.annotations") && path.contains("store-yaml")
    {
        return DOCUMENT.to_owned();
    }
    let (first, rest) = path.split_at(path.find(['.', '[']).unwrap_or(path.len()));
    let Some((name, rest)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return match first {
            "metadata" => rest.trim_start_matches('.').to_owned(),
            _ => first.to_owned(),
        };
    };
    let what = match first {
        "initContainers" => "init container",
        "containers" => "container",
        "volumes" => "volume",
        first => return first.to_owned(),
    };
    let field = rest.trim_start_matches('.');
    let field = field.split(['.', '[']).next().unwrap_or("");
    match field {
        _ if what == "volume" => format!("volume {name}"),
        "" => format!("{what} {name}"),
        field => format!("{field} of {what} {name}"),
    }
}

/// The document that the pods of a Deployment read.
fn document_of(object: &ObjectRef, rendered: &Rendered) -> StoreDocument {
    let lineage = rendered.plan.lineage_deployment.as_ref();
    match lineage.and_then(|lineage| lineage.metadata.name.as_ref()) {
        Some(name) if *name == object.name => StoreDocument::Lineage,
        _ => StoreDocument::Service,
    }
}

/// Describes the change of a document, if there is one.
fn told(document: Option<&Shown>) -> String {
    let Some(shown) = document else {
        return format!("{DOCUMENT} (read from elsewhere)");
    };
    let paths: Vec<_> = shown
        .fields()
        .into_iter()
        .map(|change| change.path)
        .collect();
    format!("{DOCUMENT} ({})", paths.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_short() {
        for (path, expected) in [
            ("containers[online].image", "image of container online"),
            (
                "containers[online].resources.limits.cpu",
                "resources of container online",
            ),
            ("initContainers[feast-init]", "init container feast-init"),
            (
                "containers[online].env[TMP_FEATURE_STORE_YAML_BASE64].value",
                "feature_store.yaml",
            ),
            ("volumes[data]", "volume data"),
            ("affinity", "affinity"),
            (
                "topologySpreadConstraints[0].maxSkew",
                "topologySpreadConstraints",
            ),
            ("metadata.labels.x", "labels.x"),
        ] {
            assert_eq!(reason(path), expected);
        }
    }
}
