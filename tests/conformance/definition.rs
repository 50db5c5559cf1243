//! A modified CRD, and the errors for which an API server rejects it.

use std::collections::BTreeSet;

use crd_admission::{CompileError, Crd};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A definition and the API server's errors.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Case {
    /// The name of the original definition.
    pub(crate) base: String,
    /// Its changes, in order.
    pub(crate) changes: Vec<Change>,
    /// The server's errors; none if it accepts the definition.
    pub(crate) errors: BTreeSet<Error>,
}

/// A field to set or remove.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Change {
    /// A JSON pointer to an existing object.
    pub(crate) at: String,
    pub(crate) field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<Value>,
}

/// An error of a definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(crate) struct Error {
    pub(crate) r#type: String,
    pub(crate) field: String,
    pub(crate) detail: String,
}

impl Change {
    pub(crate) fn apply(&self, definition: &mut Value) {
        let parent = definition
            .pointer_mut(&self.at)
            .and_then(Value::as_object_mut);
        let parent = parent.expect("changes are of what is there");
        match &self.to {
            Some(value) => {
                parent.insert(self.field.clone(), value.clone());
            }
            None => {
                parent.remove(&self.field);
            }
        }
    }
}

impl Case {
    /// The changes, as text.
    pub(crate) fn title(&self) -> String {
        let changes = serde_json::to_string(&self.changes);
        format!("{}: {}", self.base, changes.unwrap_or_default())
    }

    pub(crate) fn definition(&self, base: &Value) -> Value {
        let mut definition = base.clone();
        for change in &self.changes {
            change.apply(&mut definition);
        }
        definition
    }

    /// The differences between our errors and the server's.
    pub(crate) fn differences(&self, base: &Value) -> Vec<String> {
        let ours = comparable(errors(&self.definition(base)));
        let theirs = comparable(self.errors.clone());
        // Errors of decoding have another wording.
        let is_unreadable =
            |errors: &BTreeSet<Error>| errors.iter().any(|error| error.r#type == "BadRequest");
        if is_unreadable(&ours) && is_unreadable(&theirs) {
            return Vec::new();
        }
        let missing = theirs
            .difference(&ours)
            .map(|error| format!("missing: {error:?}"));
        let added = ours
            .difference(&theirs)
            .map(|error| format!("ours: {error:?}"));
        missing.chain(added).collect()
    }
}

/// Errors without incomparable parts: the server invents a name for the type of `self`, lists
/// nonexistent types, and its choice among rules of the same cost depends on the order of a Go map.
fn comparable(errors: BTreeSet<Error>) -> BTreeSet<Error> {
    let comparable = |mut error: Error| {
        let mut parts = error.detail.split("selfType");
        let mut detail = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let is_name = |c: char| c.is_ascii_alphanumeric() || "._@".contains(c);
            detail.push_str("selfType");
            detail.push_str(part.trim_start_matches(is_name));
        }
        for strange in ["null", "text"] {
            let named = format!("must be of type {strange}: ");
            detail = detail.replace(&named, "must be of type : ");
        }
        if detail.starts_with("contributed to estimated rule cost total") {
            error.field.clear();
        }
        error.detail = detail;
        error
    };
    errors.into_iter().map(comparable).collect()
}

/// Our errors for a definition.
fn errors(definition: &Value) -> BTreeSet<Error> {
    match Crd::compile(definition, &[]) {
        Ok(_) => BTreeSet::new(),
        Err(CompileError::Refused(refusal)) => refusal
            .iter()
            .map(|violation| Error {
                r#type: violation.error_type.reason().to_owned(),
                field: violation.path.to_string(),
                detail: violation.detail.clone(),
            })
            .collect(),
        Err(error) => BTreeSet::from([Error {
            r#type: "BadRequest".to_owned(),
            field: String::new(),
            detail: error.to_string(),
        }]),
    }
}
