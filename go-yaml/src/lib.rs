//! YAML as [go-yaml] parses it, with spans.
//!
//! kubectl, controllers and most of the Kubernetes ecosystem parse YAML with one of two versions of
//! go-yaml. They differ from each other and from other parsers. This crate accepts and rejects the
//! same texts, with the same results and errors:
//!
//! - [`to_json`] is `YAMLToJSON` of `sigs.k8s.io/yaml`, which kubectl and other Kubernetes clients
//!   use: go-yaml v2, where `yes` is a boolean, converted to JSON.
//! - [`documents`] splits a file into documents as kubectl does, JSON or YAML.
//! - [`read_value`] and [`read_mapping`] are `Unmarshal` of go-yaml v3, which operators in Go use
//!   for the content of Secrets and ConfigMaps.
//! - [`Spans`] finds the position of a field in the text.
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
//! Input may be hostile, so this crate has stricter limits than go-yaml:
//!
//! - Collections nest [`MAX_DEPTH`] levels; go-yaml allows 10,000.
//! - Aliases may repeat 16 MiB of text; go-yaml only counts nodes, which this crate does, too.
//! - Duplicate keys can be rejected ([`Duplicates`]). Otherwise the last one wins. Between `1` and
//!   `"1"` it always does: they are two keys to `sigs.k8s.io/yaml`, which picks one at random.
//! - Errors never contain content of the text, and report the first of several duplicate keys.
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

use tree::Tree;

/// Maximum nesting of collections, the same as in `serde_json`.
pub const MAX_DEPTH: usize = 127;

/// A version of go-yaml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V2,
    V3,
}

/// What happens to duplicate keys in a mapping.
///
/// Exhaustive: duplicates are either rejected or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// They are an error, as in `YAMLToJSONStrict`; but merged keys may be replaced, and `1` and
    /// `"1"` are two keys.
    Refused,
    /// The last one wins, as in `YAMLToJSON` and kubectl.
    #[default]
    LastWins,
}

/// How scalars are decoded.
///
/// Exhaustive: a scalar is resolved or kept as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scalars {
    /// To the value that they represent.
    #[default]
    Resolved,
    /// To their text; but null stays null.
    Strings,
}

/// Converts a YAML document to JSON, as `YAMLToJSON` of `sigs.k8s.io/yaml` with go-yaml v2. Fields
/// keep their order.
///
/// Reads only the first document of the text.
///
/// # Errors
///
/// If go-yaml rejects the text, or if it has no JSON, such as infinities and null keys.
///
/// ```
/// assert_eq!(go_yaml::to_json("a: yes\nb: 1.0\nc: ~\nb: 'x'\n")?, r#"{"a":true,"c":null,"b":"x"}"#);
/// # Ok::<(), go_yaml::Error>(())
/// ```
pub fn to_json(text: &str) -> Result<String, Error> {
    to_json_with(text, Duplicates::LastWins)
}

/// The same, with a choice to reject duplicate keys.
///
/// # Errors
///
/// As [`to_json`], and for duplicate keys if they are rejected.
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

/// The value of a YAML document, through its [JSON](to_json).
///
/// # Errors
///
/// As [`to_json`].
///
/// ```
/// assert_eq!(go_yaml::to_value("a: [yes, 0b11]")?, serde_json::json!({ "a": [true, 3] }));
/// # Ok::<(), go_yaml::Error>(())
/// ```
pub fn to_value(text: &str) -> Result<serde_json::Value, Error> {
    let json = to_json(text)?;
    Ok(serde_json::from_str(&json).expect("what is written is JSON, no deeper than can be read"))
}

/// Decodes any value, as `Unmarshal` of go-yaml v3 does into an `interface{}`.
///
/// Reads only the first document of the text; an empty one is null.
///
/// # Errors
///
/// If the bytes are not text, or if go-yaml rejects the text.
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
    decode::value(&nodes(&text, Version::V3)?, scalars)
}

/// Decodes a mapping with string keys, whatever they look like, as `Unmarshal` of go-yaml v3 does
/// into a `map[string]interface{}`. An empty document is an empty mapping.
///
/// # Errors
///
/// As [`read_value`], or if it is not a mapping.
///
/// ```
/// let mapping = go_yaml::read_mapping(b"1: a\nb: [1]\n", go_yaml::Scalars::Resolved)?;
/// assert_eq!(mapping.get("1"), Some(&"a".into()));
/// # Ok::<(), go_yaml::Error>(())
/// ```
pub fn read_mapping(bytes: &[u8], scalars: Scalars) -> Result<Mapping, Error> {
    let text = encoding::decode(bytes)?;
    decode::mapping(&nodes(&text, Version::V3)?, scalars)
}

/// The nodes of the first document of a text.
fn nodes(text: &str, version: Version) -> Result<Tree<'_>, Error> {
    plain::to_tree(text).map_or_else(|| parse::parse(text, version), Ok)
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
