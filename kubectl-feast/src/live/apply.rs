//! The effects of applying manifests on the FeatureStores of a cluster.
//!
//! A dry run asks the API server, which knows field managers and runs webhooks. If the user may not
//! do that, the manifest is merged locally as far as possible.

use std::io::{self, Write};

use feast_check::visible;
use feast_render::ObjectRef;
use kube::core::params::{Patch, PatchParams};
use serde_json::{Map, Value, json};

use super::error::Error;
use super::read::{Question, around};
use super::seen::{Seen, place, without_managers};
use super::session::{Session, each};

/// The annotation in which `kubectl apply` keeps what it applied.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// The field manager of `kubectl apply --server-side`.
const KUBECTL: &str = "kubectl";
/// The field manager of client-side `kubectl apply`.
const KUBECTL_MERGES: &str = "kubectl-client-side-apply";

/// The FeatureStores of manifests, before and after applying.
#[derive(Debug)]
pub(crate) struct Foreseen {
    /// Everything they need, before and after.
    pub(crate) seen: Seen,
    /// The resulting FeatureStores, in the order of the manifests.
    pub(crate) after: Vec<Value>,
    /// `namespace/name` of those that the API server rejects, with its message.
    pub(crate) refused: Vec<(String, String)>,
    /// Notes on how the results were determined.
    notes: Vec<String>,
}

impl Foreseen {
    /// Prints what could not be read or asked.
    pub(super) fn tell(&self) -> io::Result<()> {
        self.seen.tell()?;
        let mut out = io::stderr().lock();
        let mut notes = self.notes.iter();
        notes.try_for_each(|note| writeln!(out, "note: {}", visible(note)))
    }
}

/// The result of applying a manifest.
enum Fate {
    /// The API server would store this.
    Told(Value),
    /// The API server gave no answer; this is the result of a local merge, with a note.
    Merged(Value, String),
    /// The API server rejects it, with this message.
    Refused(String),
}

/// Determines the effects of applying manifests of FeatureStores.
pub(super) async fn foresee(
    session: &Session,
    question: &Question,
    manifests: &[Value],
) -> Result<Foreseen, Error> {
    let manifests = manifests.iter().cloned();
    let manifests = manifests.map(|manifest| within(manifest, question.namespace(session)));
    let fates = each(manifests, async |manifest| {
        let Some(object) = ObjectRef::of_value(&manifest) else {
            let why = format!(
                "a FeatureStore in the files has no name: {}",
                place(&manifest)
            );
            return Err(Error::Unreadable(why));
        };
        let before = session.get(&object).await?;
        let fate = fate(session, &object, before.as_ref(), &manifest).await?;
        Ok((object, before, fate))
    });
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let (mut refused, mut notes) = (Vec::new(), Vec::new());
    for (object, was, fate) in fates.await? {
        let name = object.place();
        before.extend(was.map(without_managers));
        match fate {
            Fate::Told(will_be) => after.push(without_managers(will_be)),
            Fate::Merged(will_be, why) => {
                after.push(without_managers(will_be));
                notes.push(format!("{name}: {why}"));
            }
            Fate::Refused(message) => {
                // The current FeatureStore remains.
                before.retain(|was| place(was) != name);
                refused.push((name, message));
            }
        }
    }
    // Everything that either needs is read.
    let all = before.iter().chain(&after).cloned().collect();
    let mut seen = around(session, question, all).await?;
    seen.stores = before;
    Ok(Foreseen {
        seen,
        after,
        refused,
        notes,
    })
}

/// Sets a manifest's namespace.
fn within(mut manifest: Value, namespace: &str) -> Value {
    let own = manifest["metadata"]["namespace"].as_str();
    if own.is_none_or(str::is_empty) && manifest["metadata"].is_object() {
        manifest["metadata"]["namespace"] = namespace.into();
    }
    manifest
}

/// The result of applying a manifest in the same way as before.
async fn fate(
    session: &Session,
    object: &ObjectRef,
    before: Option<&Value>,
    manifest: &Value,
) -> Result<Fate, Error> {
    let merge = before.and_then(|before| merge_of_kubectl(before, manifest));
    let told = if let Some(patch) = &merge {
        let params = PatchParams {
            field_manager: Some(KUBECTL_MERGES.to_owned()),
            ..PatchParams::default()
        };
        let patch = Patch::Merge(patch);
        session.try_patch(object, params, &patch).await
    } else {
        let manager = before.and_then(manager).unwrap_or(KUBECTL);
        let params = PatchParams::apply(manager).force();
        let patch = Patch::Apply(manifest);
        session.try_patch(object, params, &patch).await
    };
    let error = match told {
        Ok(told) => return Ok(Fate::Told(told)),
        Err(error) => error,
    };
    let why = match &error {
        Error::Forbidden(asked) => format!("you may not {asked}, which the dry run needs"),
        // The server or one of its webhooks does not support dry runs.
        Error::Refused {
            code: 400, message, ..
        } if message.contains("dry") => message.clone(),
        Error::Refused {
            code: 400..=499,
            message,
            ..
        } => {
            return Ok(Fate::Refused(message.clone()));
        }
        _ => return Err(error),
    };
    let (merged, how) = merged(before, merge.as_ref(), manifest);
    Ok(Fate::Merged(merged, format!("{why}: {how}")))
}

/// The result of a merge, as far as it can be computed locally, and a note on it.
fn merged(
    before: Option<&Value>,
    merge: Option<&Value>,
    manifest: &Value,
) -> (Value, &'static str) {
    let Some(before) = before else {
        return (manifest.clone(), "used as in the file");
    };
    if let Some(patch) = merge {
        let mut merged = before.clone();
        json_patch::merge(&mut merged, patch);
        return (merged, "merged locally as `kubectl apply` does");
    }
    let mut whole = manifest.clone();
    for field in ["uid", "resourceVersion", "creationTimestamp", "generation"] {
        whole["metadata"][field] = before["metadata"][field].clone();
    }
    whole["status"] = before["status"].clone();
    (whole, "the file is taken as the complete object")
}

/// The field manager that applied an object server-side, if any.
fn manager(object: &Value) -> Option<&str> {
    let entries = object["metadata"]["managedFields"].as_array();
    let applied = entries.into_iter().flatten();
    let mut applied = applied.filter(|entry| {
        entry["operation"] == "Apply" && entry["subresource"].as_str().is_none_or(str::is_empty)
    });
    applied.find_map(|entry| entry["manager"].as_str())
}

/// The patch that `kubectl apply` would send for an object that it applied before: sets the fields
/// of the manifest, and removes those that it no longer has.
fn merge_of_kubectl(live: &Value, manifest: &Value) -> Option<Value> {
    let applied = live["metadata"]["annotations"][LAST_APPLIED].as_str()?;
    let applied: Value = serde_json::from_str(applied).ok()?;
    // The annotation itself would change, but that is irrelevant.
    Some(three_way(&applied, manifest, live).unwrap_or_else(|| json!({})))
}

/// The merge patch that turns `live` into `wanted`, without what was applied before.
fn three_way(applied: &Value, wanted: &Value, live: &Value) -> Option<Value> {
    let (Value::Object(fields), Value::Object(there)) = (wanted, live) else {
        return (wanted != live).then(|| wanted.clone());
    };
    let mut patch = Map::new();
    for (name, wanted) in fields {
        let there = there.get(name).unwrap_or(&Value::Null);
        if let Some(changed) = three_way(&applied[name], wanted, there) {
            patch.insert(name.clone(), changed);
        }
    }
    for name in applied.as_object().into_iter().flat_map(Map::keys) {
        if !fields.contains_key(name) && there.contains_key(name) {
            patch.insert(name.clone(), Value::Null);
        }
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubectl_removes_what_it_applied_and_keeps_the_rest() {
        let applied = json!({ "spec": { "a": 1, "b": { "c": [1], "d": 1 }, "e": 1 } });
        let wanted = json!({ "spec": { "a": 2, "b": { "c": [1, 2] }, "f": 1 } });
        let live = json!({ "spec": { "a": 1, "b": { "c": [1], "d": 1, "others": 1 }, "g": 1 } });
        let patch = three_way(&applied, &wanted, &live);
        let expected = json!({ "spec": { "a": 2, "b": { "c": [1, 2], "d": null }, "f": 1 } });
        assert_eq!(patch, Some(expected));
        assert_eq!(three_way(&applied, &applied, &applied), None);
    }

    #[test]
    fn the_last_field_manager_is_used() {
        let entry = |manager: &str, operation: &str, part: Value| json!({ "manager": manager, "operation": operation, "subresource": part });
        let entries = [
            entry("operator", "Apply", "status".into()),
            entry("kubectl-edit", "Update", Value::Null),
            entry("flux", "Apply", Value::Null),
        ];
        let object = json!({ "metadata": { "managedFields": entries } });
        assert_eq!(manager(&object), Some("flux"));
        assert_eq!(manager(&json!({})), None);
    }
}
