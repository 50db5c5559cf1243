//! Manifests: YAML or JSON texts with any number of documents.
//!
//! Texts are read as kubectl reads them, by [`go_yaml`], except that a duplicate key is an error,
//! where kubectl uses the last one. The items of a `List` are separate documents. An unreadable
//! document does not affect others.
//!
//! [`Document::spans`] has the positions of a document's fields.

mod document;

use std::fmt;

use go_yaml::Duplicates;
pub use go_yaml::{Origin, Place, Position, Span, Spans, last_document};

pub use self::document::Document;

/// An invalid object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unrecognized {
    /// A field that every Kubernetes object has is missing or not a string.
    #[error("not a Kubernetes object: `{0}` is missing or not a string")]
    Missing(&'static str),
    /// The FeatureStore has a version that does not exist.
    #[error("unknown version {0}: use feast.dev/v1 (or feast.dev/v1alpha1, deprecated)")]
    Version(String),
    /// The FeatureStore's group has no such kind.
    #[error("unknown kind {0} in feast.dev: the group only has FeatureStore")]
    Kind(String),
}

/// A document that is not an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentError {
    /// Position among the text's documents, from 1.
    pub number: usize,
    /// Line of the error, or else of the document's start, from 1.
    pub line: usize,
    /// Column of the error in characters, from 1.
    pub column: usize,
    /// The error.
    pub fault: Fault,
}

/// An error in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The text is not valid YAML or JSON.
    Syntax(String),
    /// It is not a mapping, but for example a list or a word.
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

/// Reads the documents of a text, without empty ones.
///
/// ```
/// let documents = feast_check::manifest::read("kind: A\n---\n- no object\n---\nkind: C\n");
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

/// Reads the documents of a text that follows other parts.
///
/// For texts too large for memory: [`last_document`] says where to cut.
///
/// ```
/// use feast_check::manifest::{Origin, read_from};
///
/// let before = "kind: A\n";
/// let documents = read_from(Origin::default().after(before), "---\nkind: B\n");
/// let b = documents[0].as_ref().unwrap();
/// assert_eq!((b.number, b.line), (2, 3));
/// ```
pub fn read_from(origin: Origin, text: &str) -> Vec<Result<Document, DocumentError>> {
    let read = go_yaml::documents_from(origin, text, Duplicates::Refused);
    read.into_iter().flat_map(objects).collect()
}

/// The objects of a document: one, those of a list, or none.
fn objects(read: go_yaml::Document) -> Vec<Result<Document, DocumentError>> {
    let go_yaml::Document {
        number,
        line,
        source,
        json,
        value,
        ..
    } = read;
    let error = |at: Position, fault| {
        Err(DocumentError {
            number,
            line: at.line,
            column: at.column,
            fault,
        })
    };
    let no_mapping =
        |json: &str| error(Position { line, column: 1 }, Fault::NotAMapping(name(json)));
    let json = match json {
        Ok(json) => json,
        Err(fault) => {
            return vec![error(
                fault.position,
                Fault::Syntax(fault.fault.to_string()),
            )];
        }
    };
    if !json.starts_with('{') {
        return vec![no_mapping(&json)];
    }
    let document =
        |item, json, value| Document::new(number, item, line, source.clone(), json, value);
    let whole = document(None, json, value);
    if !whole.is_list() {
        return vec![Ok(whole)];
    }
    let items = whole.items().into_iter().enumerate();
    items
        .map(|(index, item)| match item.get() {
            json if json.starts_with('{') => Ok(document(Some(index), json.to_owned(), None)),
            json => no_mapping(json),
        })
        .collect()
}

/// The kind of a JSON text.
fn name(json: &str) -> &'static str {
    match json.bytes().next() {
        None | Some(b'n') => "nothing",
        Some(b't' | b'f') => "a boolean",
        Some(b'"') => "a string",
        Some(b'[') => "a list",
        Some(b'{') => "a mapping",
        Some(_) => "a number",
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
        assert_eq!(kinds("a: 1\n---   \nkind: B\n"), ["1:1 -", "2:3 B"]);
        assert_eq!(kinds(""), Vec::<String>::new());
    }

    #[test]
    fn one_bad_document_does_not_affect_others() {
        let found = kinds("kind: A\n---\nkind: [B\n---\nkind: C\n");
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].as_str(), found[2].as_str()), ("1:1 A", "3:5 C"));
        assert!(found[1].starts_with("document 2, line "), "{}", found[1]);
        assert!(found[1].contains("not YAML"), "{}", found[1]);
    }

    #[test]
    fn invalid_yaml_is_rejected_as_by_kubectl() {
        assert_eq!(
            kinds("a:\n\tb: 1\n---\na: 1\nb: 2\na: 3\n--- {kind: C}\n---\nkind: D\n"),
            [
                "document 1, line 2: not YAML: found character that cannot start any token",
                "document 2, line 6: not YAML: mapping key already defined at line 4",
                "document 3, line 7: invalid YAML document separator: nothing but a comment may \
                 follow `---` on its line",
                "4:9 D",
            ]
        );
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
    fn yaml_is_read_as_by_kubectl() {
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
