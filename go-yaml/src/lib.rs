//! YAML as [go-yaml] reads it, with spans.
//!
//! kubectl, controllers and most of the Kubernetes ecosystem read YAML with one of two versions of
//! go-yaml, which agree neither with each other nor with the YAML that other parsers read. This
//! crate reads what they read, refuses what they refuse, and tells it in their words:
//!
//! - [`to_json`] is `YAMLToJSON` of `sigs.k8s.io/yaml`, which kubectl and clients of Kubernetes
//!   use: go-yaml v2, where `yes` is a boolean, and JSON of what it read.
//! - [`documents`] takes the text of a file apart as kubectl does, JSON or YAML.
//! - [`read_value`] and [`read_mapping`] are `Unmarshal` of go-yaml v3, as operators written in Go
//!   use it for the content of Secrets and ConfigMaps.
//! - [`Spans`] finds the place of a field in the text.
//!
//! ```
//! let json = go_yaml::to_json("on: 0o17\nport: 0777\nbase: &b {x: 1}\nd: {<<: *b, z: 1_000}\n")?;
//! assert_eq!(json, r#"{"true":15,"port":511,"base":{"x":1},"d":{"x":1,"z":1000}}"#);
//!
//! let error = go_yaml::to_json("a:\n\tb: 1\n").unwrap_err();
//! let expected = "yaml: line 2: found character that cannot start any token";
//! assert_eq!(error.to_string(), expected);
//! # Ok::<(), go_yaml::Error>(())
//! ```
//!
//! # Differences
//!
//! Texts are hostile at times, so less is read than go-yaml reads:
//!
//! - Collections nest [`MAX_DEPTH`] levels; go-yaml takes 10,000.
//! - Aliases may repeat 16 MiB of text; go-yaml counts nodes only, which is done here too.
//! - A key that is there twice can be refused ([`Duplicates`]). Otherwise the last one wins. Between
//!   `1` and `"1"` it always does: they are two keys to `sigs.k8s.io/yaml`, which takes one at random.
//! - Errors tell no content of the text, and of several keys that are there twice the first.
//!
//! [go-yaml]: https://github.com/yaml/go-yaml

mod budget;
mod cursor;
mod decode;
mod documents;
mod encoding;
mod error;
mod json;
mod json_tree;
mod number;
mod parse;
mod plain;
mod position;
mod resolve;
mod scan;
mod spans;
mod tag;
mod timestamp;
mod tree;
mod value;

pub use documents::{
    Document, DocumentError, DocumentFault, Origin, documents, documents_from, last_document,
};
pub use error::{Error, Fault};
pub use position::{Position, Span};
pub use spans::{Place, Spans};
pub use timestamp::Timestamp;
pub use value::{Float, Mapping, Value};

/// How many collections may stand within each other: as many as `serde_json` reads.
pub const MAX_DEPTH: usize = 127;

/// A version of go-yaml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V2,
    V3,
}

/// What becomes of a key that a mapping has twice.
///
/// Exhaustive: a key that is there twice is refused or is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// It is an error, as in `YAMLToJSONStrict`; but what is merged may be replaced, and `1` and
    /// `"1"` are two keys.
    Refused,
    /// The last one wins, as in `YAMLToJSON` and kubectl.
    #[default]
    LastWins,
}

/// What scalars become.
///
/// Exhaustive: a scalar stands for something or for its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scalars {
    /// What they stand for.
    #[default]
    Resolved,
    /// Strings, as they are written; but null stays null.
    Strings,
}

/// The JSON text of a YAML document, as `YAMLToJSON` of `sigs.k8s.io/yaml` makes it with go-yaml
/// v2. Fields are in the order in which they are written.
///
/// Only the first document of the text is read.
///
/// # Errors
///
/// A text that go-yaml refuses, or that has no JSON, such as infinities and keys that are null.
///
/// ```
/// assert_eq!(go_yaml::to_json("a: yes\nb: 1.0\nc: ~\nb: 'x'\n")?, r#"{"a":true,"c":null,"b":"x"}"#);
/// # Ok::<(), go_yaml::Error>(())
/// ```
pub fn to_json(text: &str) -> Result<String, Error> {
    to_json_with(text, Duplicates::LastWins)
}

/// The same, where a key that a mapping has twice may be an error.
///
/// # Errors
///
/// As of [`to_json`], and keys that are there twice if they are refused.
///
/// ```
/// let error = go_yaml::to_json_with("a: 1\na: 2\n", go_yaml::Duplicates::Refused).unwrap_err();
/// assert_eq!(error.fault().to_string(), "mapping key already defined at line 1");
/// assert_eq!(error.position().unwrap().line, 2);
/// ```
pub fn to_json_with(text: &str, duplicates: Duplicates) -> Result<String, Error> {
    match plain::to_json(text) {
        Some(json) => Ok(json),
        None => json::write(&parse::parse(text, Version::V2)?, duplicates),
    }
}

/// The value of a YAML document, by way of its [JSON](to_json).
///
/// # Errors
///
/// As of [`to_json`].
///
/// ```
/// assert_eq!(go_yaml::to_value("a: [yes, 0b11]")?, serde_json::json!({ "a": [true, 3] }));
/// # Ok::<(), go_yaml::Error>(())
/// ```
pub fn to_value(text: &str) -> Result<serde_json::Value, Error> {
    let json = to_json(text)?;
    Ok(serde_json::from_str(&json).expect("what is written is JSON, no deeper than can be read"))
}

/// Reads any value, as `Unmarshal` of go-yaml v3 reads into an `interface{}`.
///
/// Only the first document of the text is read; an empty one is null.
///
/// # Errors
///
/// Bytes that are no text, and a text that go-yaml refuses.
///
/// ```
/// use go_yaml::{Scalars, Value, read_value};
///
/// assert_eq!(read_value(b"0777", Scalars::Resolved)?, Value::Int(511));
/// assert_eq!(read_value(b"yes", Scalars::Resolved)?, "yes".into());
/// assert_eq!(read_value(b"1.10", Scalars::Strings)?, "1.10".into());
/// # Ok::<(), go_yaml::Error>(())
/// ```
pub fn read_value(bytes: &[u8], scalars: Scalars) -> Result<Value, Error> {
    let text = encoding::decode(bytes)?;
    decode::value(&parse::parse(&text, Version::V3)?, scalars)
}

/// Reads a mapping whose keys are strings, whatever they look like, as `Unmarshal` of go-yaml v3
/// reads into a `map[string]interface{}`. Nothing is an empty one.
///
/// # Errors
///
/// As of [`read_value`], and anything but a mapping.
///
/// ```
/// let mapping = go_yaml::read_mapping(b"1: a\nb: [1]\n", go_yaml::Scalars::Resolved)?;
/// assert_eq!(mapping.get("1"), Some(&"a".into()));
/// # Ok::<(), go_yaml::Error>(())
/// ```
pub fn read_mapping(bytes: &[u8], scalars: Scalars) -> Result<Mapping, Error> {
    let text = encoding::decode(bytes)?;
    decode::mapping(&parse::parse(&text, Version::V3)?, scalars)
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
