//! Manifests: texts of YAML or JSON with any number of documents.
//!
//! A text is read as kubectl reads it: JSON if it starts as JSON, else YAML with the boolean
//! spellings of YAML 1.1 (`yes`, `on`), split at `---`. The items of a `List` are documents of
//! their own. One unreadable document does not keep the others from being read.
//!
//! [`Spans`] tells where the fields of a document stand in the text.

mod spans;
mod split;

use std::fmt;
use std::ops::Range;

use feast_api::Version;
use serde_json::{Map, Value};

pub use self::spans::{Place, Position, Span, Spans};
use self::split::Chunk;
pub use self::split::{Origin, last_document};

/// One object of a manifest.
#[derive(Clone)]
#[non_exhaustive]
pub struct Document {
    /// Place among the text's documents, from 1. The items of a `List` share one.
    pub number: usize,
    /// Place among the items of a `List`, from 0.
    pub item: Option<usize>,
    /// Line on which the document starts, from 1.
    pub line: usize,
    /// Where the document stands in the text that was read, in bytes.
    pub source: Range<usize>,
    /// The object as JSON text: as written if it was JSON, so that a validator sees repeated keys
    /// and the spelling of numbers.
    pub json: String,
    /// The object.
    pub object: Map<String, Value>,
}

/// Shows which object it is, not what it holds: it may be a Secret.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("number", &self.number)
            .field("item", &self.item)
            .field("line", &self.line)
            .field("kind", &self.kind())
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}

impl Document {
    /// The object's `apiVersion`, if it is a string.
    pub fn api_version(&self) -> Option<&str> {
        self.object.get("apiVersion")?.as_str()
    }

    /// The object's `kind`, if it is a string.
    pub fn kind(&self) -> Option<&str> {
        self.object.get("kind")?.as_str()
    }

    /// The object's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.metadata("name")
    }

    /// The namespace that the object names, if it does.
    pub fn namespace(&self) -> Option<&str> {
        self.metadata("namespace")
    }

    fn metadata(&self, field: &str) -> Option<&str> {
        let text = self.object.get("metadata")?.get(field)?.as_str()?;
        (!text.is_empty()).then_some(text)
    }

    /// The version of the FeatureStore that this is; `None` for a kind that is not ours.
    ///
    /// # Errors
    ///
    /// An object that does not say what it is, or one that means to be a FeatureStore but names a
    /// kind or version that does not exist.
    ///
    /// ```
    /// let [document] = &feast_kube::manifest::read("{apiVersion: feast.dev/v2, kind: FeatureStore}")[..] else {
    ///     panic!();
    /// };
    /// assert_eq!(
    ///     document.as_ref().unwrap().feature_store_version().unwrap_err().to_string(),
    ///     "unknown version feast.dev/v2: use feast.dev/v1 (or feast.dev/v1alpha1, deprecated)",
    /// );
    /// ```
    pub fn feature_store_version(&self) -> Result<Option<Version>, Unrecognized> {
        let api_version = self
            .api_version()
            .ok_or(Unrecognized::Missing("apiVersion"))?;
        let kind = self.kind().ok_or(Unrecognized::Missing("kind"))?;
        let group = api_version.split('/').next();
        match (kind == feast_api::KIND, group == Some(feast_api::GROUP)) {
            (true, _) => Version::from_api_version(api_version)
                .map(Some)
                .ok_or_else(|| Unrecognized::Version(api_version.to_owned())),
            (false, true) => Err(Unrecognized::Kind(kind.to_owned())),
            (false, false) => Ok(None),
        }
    }
}

/// An object that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unrecognized {
    /// A field that every Kubernetes object has is missing or not a string.
    #[error("not a Kubernetes object: `{0}` is missing or not a string")]
    Missing(&'static str),
    /// A FeatureStore of a version that does not exist.
    #[error("unknown version {0}: use feast.dev/v1 (or feast.dev/v1alpha1, deprecated)")]
    Version(String),
    /// Another kind in the FeatureStore's group.
    #[error("unknown kind {0} in feast.dev: the group has FeatureStore only")]
    Kind(String),
}

/// A document that is no object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError {
    /// Place among the text's documents, from 1.
    pub number: usize,
    /// Line of the fault, or else of the document's start, from 1.
    pub line: usize,
    /// Column of the fault in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The text is not YAML, or what started as JSON is not JSON.
    Syntax(String),
    /// It is something else than a mapping, such as a list or a word.
    NotAMapping(&'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(message) => f.write_str(message),
            Self::NotAMapping(found) => {
                write!(
                    f,
                    "not a Kubernetes object: expected a mapping, found {found}"
                )
            }
        }
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "document {}, line {}: {}",
            self.number, self.line, self.fault
        )
    }
}

impl std::error::Error for DocumentError {}

/// Reads the documents of a text; empty ones are passed over.
///
/// ```
/// let documents = feast_kube::manifest::read("kind: A\n---\n- no object\n---\nkind: C\n");
/// assert_eq!(documents[0].as_ref().unwrap().kind(), Some("A"));
/// assert_eq!(
///     documents[1].as_ref().unwrap_err().to_string(),
///     "document 2, line 3: not a Kubernetes object: expected a mapping, found a list",
/// );
/// assert_eq!(documents[2].as_ref().unwrap().line, 5);
/// ```
pub fn read(text: &str) -> Vec<Result<Document, DocumentError>> {
    read_from(Origin::default(), text)
}

/// Reads the documents of a text of which other parts went before.
///
/// For texts too large to be held at once: [`last_document`] tells where to cut one.
///
/// ```
/// use feast_kube::manifest::{Origin, read_from};
///
/// let before = "kind: A\n";
/// let documents = read_from(Origin::default().after(before), "---\nkind: B\n");
/// let b = documents[0].as_ref().unwrap();
/// assert_eq!((b.number, b.line), (2, 3));
/// ```
pub fn read_from(origin: Origin, text: &str) -> Vec<Result<Document, DocumentError>> {
    let chunks = split::chunks(origin, text).into_iter();
    chunks.flat_map(documents).collect()
}

/// The objects of a chunk: one, those of a list, or none.
fn documents(chunk: Chunk) -> Vec<Result<Document, DocumentError>> {
    let Chunk {
        number,
        line,
        source,
        content,
    } = chunk;
    let document = |item, json: Option<String>, object| Document {
        number,
        item,
        line,
        source: source.clone(),
        json: json.unwrap_or_else(|| as_kubectl_sends(&object)),
        object,
    };
    let error = |at: Position, fault| {
        Err(DocumentError {
            number,
            line: at.line,
            column: at.column,
            fault,
        })
    };
    let start = Position { line, column: 1 };
    match content {
        Err((at, message)) => vec![error(at, Fault::Syntax(message))],
        Ok((_, Value::Object(list))) if is_list(&list) => items(list)
            .into_iter()
            .enumerate()
            .map(|(index, item)| match item {
                Value::Object(object) => Ok(document(Some(index), None, object)),
                other => error(start, Fault::NotAMapping(name(&other))),
            })
            .collect(),
        Ok((json, Value::Object(object))) => vec![Ok(document(None, json, object))],
        Ok((_, other)) => vec![error(start, Fault::NotAMapping(name(&other)))],
    }
}

/// The text of an object that was not JSON; a whole float is written as Go writes one.
fn as_kubectl_sends(object: &Map<String, Value>) -> String {
    fn whole_floats_to_integers(value: &mut Value) {
        match value {
            Value::Number(number) if number.is_f64() => {
                // Beyond 2^53 both spellings are no int64 to the API server, or the same one.
                let text = number.as_f64().filter(|float| float.fract() == 0.0);
                let text = text.filter(|float| float.abs() < 2f64.powi(53));
                if let Some(integer) =
                    text.and_then(|float| format!("{float:.0}").parse::<i64>().ok())
                {
                    *value = integer.into();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(whole_floats_to_integers),
            Value::Object(map) => map.values_mut().for_each(whole_floats_to_integers),
            _ => {}
        }
    }
    let mut object = Value::Object(object.clone());
    whole_floats_to_integers(&mut object);
    object.to_string()
}

/// Whether this is a `v1 List`, such as `kubectl get -o yaml` prints.
fn is_list(object: &Map<String, Value>) -> bool {
    let is = |key, text| object.get(key).and_then(Value::as_str) == Some(text);
    is("apiVersion", "v1") && is("kind", "List")
}

fn items(mut list: Map<String, Value>) -> Vec<Value> {
    match list.remove("items") {
        Some(Value::Array(items)) => items,
        _ => vec![],
    }
}

fn name(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<String> {
        read(text)
            .into_iter()
            .map(|document| match document {
                Ok(document) => format!(
                    "{}:{} {}",
                    document.number,
                    document.line,
                    document.kind().unwrap_or("-")
                ),
                Err(error) => error.to_string(),
            })
            .collect()
    }

    #[test]
    fn documents_are_numbered_with_their_lines() {
        assert_eq!(kinds("kind: A\n---\nkind: B\n"), ["1:1 A", "2:3 B"]);
        assert_eq!(kinds("---\nkind: A\n--- # b\nkind: B"), ["1:2 A", "2:4 B"]);
        assert_eq!(
            kinds("# nothing\n---\n# nothing either\n---\nkind: C\n"),
            ["2:5 C"]
        );
        assert_eq!(
            kinds("--- {kind: A}\n---   \nkind: B\n"),
            ["1:1 A", "2:3 B"]
        );
        assert_eq!(kinds(""), Vec::<String>::new());
    }

    #[test]
    fn one_bad_document_spoils_no_other() {
        let found = kinds("kind: A\n---\nkind: [B\n---\nkind: C\n");
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].as_str(), found[2].as_str()), ("1:1 A", "3:5 C"));
        assert!(found[1].starts_with("document 2, line "), "{}", found[1]);
        assert!(found[1].contains("not YAML"), "{}", found[1]);
    }

    #[test]
    fn json_is_kept_as_written() {
        let read = read(" {\"kind\": \"A\", \"n\": 1.0}\n{\"kind\": \"B\"}");
        let [Ok(a), Ok(b)] = read.as_slice() else {
            panic!("{read:?}")
        };
        assert_eq!(a.json, "{\"kind\": \"A\", \"n\": 1.0}");
        assert_eq!((a.line, b.line), (1, 2));
        assert_eq!(
            kinds("{\"kind\": \"A\"} {")[1],
            "document 2, line 1: not JSON: EOF while parsing an object"
        );
        // A flow mapping starts like JSON.
        assert_eq!(kinds("{kind: A}\n---\nkind: B"), ["1:1 A", "2:3 B"]);
    }

    #[test]
    fn yaml_is_read_as_kubectl_reads_it() {
        let read = read("a: yes\nb: 1.0\nc: 0755\nd: ~\ne: '1'\nf: 1.5\n");
        let [Ok(document)] = read.as_slice() else {
            panic!("{read:?}")
        };
        assert_eq!(
            document.json,
            r#"{"a":true,"b":1,"c":493,"d":null,"e":"1","f":1.5}"#
        );
    }

    #[test]
    fn the_items_of_a_list_are_documents() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- kind: A\n- kind: B\n- 5\n";
        assert_eq!(
            kinds(text),
            [
                "1:1 A",
                "1:1 B",
                "document 1, line 1: not a Kubernetes object: expected a mapping, found a number"
            ]
        );
    }
}
