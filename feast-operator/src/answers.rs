//! What the API server made of what was applied.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use feast_render::ObjectRef;
use serde_json::Value;

use crate::drift::is_settled;
use crate::observed::Observed;

/// What the API server answered where it did not keep an object as it was applied, as with a
/// mutating webhook in between: applying it once more would change nothing.
#[derive(Debug, Default)]
pub struct Answers(Mutex<HashMap<ObjectRef, (u64, u64)>>);

impl Answers {
    /// Takes note of the answer to an object that was applied.
    pub fn note(&self, reference: &ObjectRef, wanted: &Value, answer: &Observed) {
        let kept = answer.value(reference).is_ok_and(|mut live| {
            // The one to change, if it matters, and not what is kept.
            live["metadata"]["resourceVersion"] = wanted["metadata"]["resourceVersion"].clone();
            is_settled(&live, wanted)
        });
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept {
            answers.remove(reference);
        } else {
            tracing::info!(object = %reference, "the API server does not keep all that is applied");
            answers.insert(
                reference.clone(),
                (hash(&wanted.to_string()), hash(answer.text())),
            );
        }
    }

    /// Whether this is what the API server answered to just this.
    pub fn is_answer(&self, reference: &ObjectRef, wanted: &Value, live: &Observed) -> bool {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = answers.get(reference);
        known.is_some_and(|known| *known == (hash(&wanted.to_string()), hash(live.text())))
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
