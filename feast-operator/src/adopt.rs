//! Changes of field ownership, which applying alone cannot make.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{FieldsV1, ManagedFieldsEntry};
use serde_json::{Map, Value};

use crate::{MANAGER, REFERENCE_MANAGER};

/// The managed fields after this operator takes over all fields that the reference operator
/// updated.
///
/// The next apply then removes the fields that are no longer wanted. This restarts no pods: the
/// reference also owns fields that the API server set by default, and the server sets them again.
pub fn adopted(entries: Vec<ManagedFieldsEntry>) -> Vec<ManagedFieldsEntry> {
    let (taken, mut kept): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| {
        entry.subresource.is_none() && (is_ours(entry) || is_of_reference(entry))
    });
    let mut fields = Value::Object(Map::new());
    let mut first: Option<ManagedFieldsEntry> = None;
    for entry in taken {
        if let Some(more) = &entry.fields_v1 {
            merge(&mut fields, &more.0);
        }
        first.get_or_insert(entry);
    }
    kept.extend(first.map(|first| ManagedFieldsEntry {
        manager: Some(MANAGER.to_owned()),
        operation: Some("Apply".to_owned()),
        fields_v1: Some(FieldsV1(fields)),
        ..first
    }));
    kept
}

/// The managed fields after this operator gives up the replicas of a Deployment.
///
/// An apply without replicas then leaves them to an autoscaler. If this operator still owned them,
/// the apply would remove them, and the API server would scale the Deployment to one.
/// <https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership>
pub fn without_replicas(mut entries: Vec<ManagedFieldsEntry>) -> Vec<ManagedFieldsEntry> {
    let ours = entries.iter_mut().filter(|entry| is_ours(entry));
    for fields in ours.filter_map(|entry| entry.fields_v1.as_mut()) {
        if let Some(Value::Object(spec)) = fields.0.get_mut("f:spec") {
            spec.remove("f:replicas");
        }
    }
    entries
}

/// Whether an entry is from this operator's applies.
pub(crate) fn is_ours(entry: &ManagedFieldsEntry) -> bool {
    entry.manager.as_deref() == Some(MANAGER) && entry.operation.as_deref() == Some("Apply")
}

fn is_of_reference(entry: &ManagedFieldsEntry) -> bool {
    entry.manager.as_deref() == Some(REFERENCE_MANAGER)
        && entry.operation.as_deref() == Some("Update")
}

/// Adds one set of fields to another.
fn merge(fields: &mut Value, more: &Value) {
    let (Value::Object(fields), Value::Object(more)) = (fields, more) else {
        return;
    };
    for (member, more) in more {
        let member = fields
            .entry(member.as_str())
            .or_insert_with(|| Value::Object(Map::new()));
        merge(member, more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(manager: &str, operation: &str, fields: Value) -> ManagedFieldsEntry {
        ManagedFieldsEntry {
            manager: Some(manager.to_owned()),
            operation: Some(operation.to_owned()),
            fields_v1: Some(FieldsV1(fields)),
            ..ManagedFieldsEntry::default()
        }
    }

    #[test]
    fn only_our_replicas_are_given_up() {
        let fields = || json!({ "f:spec": { "f:replicas": {}, "f:template": {} } });
        let others = entry("kube-controller-manager", "Update", fields());
        let given = without_replicas(vec![entry(MANAGER, "Apply", fields()), others.clone()]);
        let ours = entry(MANAGER, "Apply", json!({ "f:spec": { "f:template": {} } }));
        assert_eq!(given, [ours, others]);
    }

    #[test]
    fn fields_of_the_reference_become_ours() {
        let status = ManagedFieldsEntry {
            subresource: Some("status".to_owned()),
            ..entry(REFERENCE_MANAGER, "Update", json!({ "f:status": {} }))
        };
        let others = entry("kubectl", "Update", json!({ "f:data": {} }));
        let entries = vec![
            entry(MANAGER, "Apply", json!({ "f:spec": { "f:a": {} } })),
            others.clone(),
            entry(
                REFERENCE_MANAGER,
                "Update",
                json!({ "f:spec": { "f:b": {} } }),
            ),
            status.clone(),
        ];
        let ours = entry(
            MANAGER,
            "Apply",
            json!({ "f:spec": { "f:a": {}, "f:b": {} } }),
        );
        assert_eq!(adopted(entries), [others, status, ours]);
    }
}
