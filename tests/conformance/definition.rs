//! A CRD that was changed, and the errors for which an API server refuses it.

use std::collections::BTreeSet;

use crd_admission::{CompileError, Crd};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A definition and what the API server has against it.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Case {
    /// The name of the definition that was changed.
    pub(crate) base: String,
    /// How, one after the other.
    pub(crate) changes: Vec<Change>,
    /// What the server says; nothing if it takes it.
    pub(crate) errors: BTreeSet<Error>,
}

/// A field that is set, or taken away.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Change {
    /// A JSON pointer to an object that is there.
    pub(crate) at: String,
    pub(crate) field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<Value>,
}

/// What is wrong with a definition.
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
    /// What was changed.
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

    /// In what our errors differ from the server's.
    pub(crate) fn differences(&self, base: &Value) -> Vec<String> {
        let ours = comparable(errors(&self.definition(base)));
        let theirs = comparable(self.errors.clone());
        // What cannot be read at all is refused in other words.
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

/// Errors without what is not to be compared: the server makes up a name for the type of `self`, names
/// types that there are not, and which of rules that cost the same it names depends on the order of a
/// map of Go.
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

/// What we have against a definition.
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
