//! Responses of the API server to writes, for objects that it changes or rejects.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use feast_render::ObjectRef;
use serde_json::Value;

use crate::observed::Observed;
use feast_render::drift::is_settled;

/// Responses of the API server that repeating the request would not change.
#[derive(Debug, Default)]
pub struct Answers {
    /// Objects that the server stores differently than applied, for example because of a mutating
    /// webhook: what was applied, and what was stored.
    changed: Pairs,
    /// Statuses that the server rejects: each with the current status.
    refused: Pairs,
}

/// For each object, hashes of two corresponding texts.
#[derive(Debug, Default)]
struct Pairs(Mutex<HashMap<ObjectRef, (u64, u64)>>);

impl Pairs {
    fn note(&self, object: &ObjectRef, one: &str, other: &str) {
        self.lock().insert(object.clone(), (hash(one), hash(other)));
    }

    fn has(&self, object: &ObjectRef, one: &str, other: &str) -> bool {
        let pair = (hash(one), hash(other));
        self.lock().get(object) == Some(&pair)
    }

    fn forget(&self, object: &ObjectRef) {
        self.lock().remove(object);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ObjectRef, (u64, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers {
    /// Records the response to an applied object.
    pub fn note(&self, reference: &ObjectRef, wanted: &Value, answer: &Observed) {
        let kept = answer.value(reference).is_ok_and(|mut live| {
            // The version of the request, which is not part of the stored text.
            live["metadata"]["resourceVersion"] = wanted["metadata"]["resourceVersion"].clone();
            is_settled(&live, wanted)
        });
        if kept {
            self.changed.forget(reference);
        } else {
            tracing::info!(object = %reference, "the API server does not store everything that is applied");
            self.changed
                .note(reference, &wanted.to_string(), &answer.text());
        }
    }

    /// Whether `live` is what the API server stored when exactly this was applied.
    pub fn is_answer(&self, reference: &ObjectRef, wanted: &Value, live: &Observed) -> bool {
        self.changed
            .has(reference, &wanted.to_string(), &live.text())
    }

    /// Records that the API server rejects a FeatureStore's status while the current status is
    /// `instead`.
    pub fn note_refusal(&self, key: &ObjectRef, wanted: &Value, instead: &Value) {
        self.refused
            .note(key, &wanted.to_string(), &instead.to_string());
    }

    /// Whether a status was rejected while the current status was `instead`.
    pub fn is_refused(&self, key: &ObjectRef, wanted: &Value, instead: &Value) -> bool {
        self.refused
            .has(key, &wanted.to_string(), &instead.to_string())
    }

    /// Forgets a deleted object.
    pub fn forget(&self, object: &ObjectRef) {
        self.changed.forget(object);
        self.refused.forget(object);
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_kept_needs_no_note() {
        let reference = ObjectRef {
            api_version: "v1".into(),
            kind: "ConfigMap".into(),
            namespace: None,
            name: "a".into(),
        };
        let manager = json!({
            "manager": crate::MANAGER, "operation": "Apply", "fieldsV1": { "f:data": {} },
        });
        let metadata = json!({ "resourceVersion": "2", "managedFields": [manager] });
        let answer = json!({ "metadata": metadata, "data": { "k": "v" } });
        let answer: Observed = serde_json::from_value(answer).unwrap();
        let wanted = json!({ "metadata": { "resourceVersion": "1" }, "data": { "k": "v" } });
        let answers = Answers::default();
        answers.note(&reference, &wanted, &answer);
        assert!(!answers.is_answer(&reference, &wanted, &answer));
    }

    #[test]
    fn only_the_same_answer_to_the_same_object_counts() {
        let reference = ObjectRef {
            api_version: "v1".into(),
            kind: "Service".into(),
            namespace: None,
            name: "a".into(),
        };
        let live = |port: i32| -> Observed {
            serde_json::from_value(json!({ "metadata": { "name": "a" }, "port": port })).unwrap()
        };
        let answers = Answers::default();
        answers.note(&reference, &json!({ "port": 1 }), &live(2));
        assert!(answers.is_answer(&reference, &json!({ "port": 1 }), &live(2)));
        assert!(!answers.is_answer(&reference, &json!({ "port": 3 }), &live(2)));
        assert!(!answers.is_answer(&reference, &json!({ "port": 1 }), &live(3)));
    }
}
