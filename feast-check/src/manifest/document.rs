//! One object of a manifest.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use apimachinery::labels::Selector;
use feast_api::Version;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Position, Spans, Unrecognized};

/// One object of a manifest.
#[derive(Clone)]
#[non_exhaustive]
pub struct Document {
    /// Position among the text's documents, from 1. The items of a `List` share one.
    pub number: usize,
    /// Position among the items of a `List`, from 0.
    pub item: Option<usize>,
    /// Line on which the document starts, from 1.
    pub line: usize,
    /// Byte range of the document in the text.
    pub source: Range<usize>,
    /// The object as JSON text: unchanged if it was JSON, so that a validator sees repeated keys
    /// and the spelling of numbers.
    pub json: String,
    head: Box<Head>,
    /// An object, parsed on first use.
    value: OnceLock<Value>,
}

/// The object's identity, as far as the fields are strings, and where its spec and its status are.
#[derive(Clone, Default)]
struct Head {
    api_version: Option<Box<str>>,
    kind: Option<Box<str>>,
    name: Option<Box<str>>,
    namespace: Option<Box<str>>,
    uid: Option<Box<str>>,
    spec: Option<Range<usize>>,
    status: Option<Range<usize>>,
}

impl Head {
    fn read(json: &str) -> Self {
        let fields = fields(json);
        let metadata = fields
            .get("metadata")
            .map(|metadata| self::fields(metadata.get()));
        let metadata = metadata.unwrap_or_default();
        Self {
            api_version: text(&fields, "apiVersion"),
            kind: text(&fields, "kind"),
            name: text(&metadata, "name"),
            namespace: text(&metadata, "namespace"),
            uid: text(&metadata, "uid"),
            spec: fields.get("spec").map(|spec| range(json, spec.get())),
            status: fields.get("status").map(|status| range(json, status.get())),
        }
    }
}

/// The bytes of a part of a text.
fn range(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - text.as_ptr().addr();
    start..start + part.len()
}

/// The source texts of an object's fields; empty if it is not an object.
fn fields(json: &str) -> BTreeMap<String, &RawValue> {
    serde_json::from_str(json).unwrap_or_default()
}

fn text(fields: &BTreeMap<String, &RawValue>, name: &str) -> Option<Box<str>> {
    serde_json::from_str(fields.get(name)?.get()).ok()
}

/// Shows which object it is, not its contents, which may be a Secret.
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

impl feast_lint::Written for Document {
    fn api_version(&self) -> Option<&str> {
        self.api_version()
    }

    /// Does not parse the values.
    fn has(&self, path: &[&str]) -> bool {
        let within = |json, path: &[&str]| {
            let mut path = path.iter();
            let field = path.try_fold(json, |json, name| Some(fields(json).get(*name)?.get()));
            field.is_some()
        };
        match path {
            ["spec", path @ ..] => self.spec().is_some_and(|spec| within(spec, path)),
            _ => within(&self.json, path),
        }
    }

    fn object(&self) -> &Value {
        self.value()
    }
}

impl Document {
    /// A document whose text is a JSON object.
    pub(super) fn new(
        number: usize,
        item: Option<usize>,
        line: usize,
        source: Range<usize>,
        json: String,
        value: Option<Value>,
    ) -> Self {
        let value = value.filter(Value::is_object);
        Self {
            number,
            item,
            line,
            source,
            head: Box::new(Head::read(&json)),
            json,
            value: value.map_or_else(OnceLock::new, OnceLock::from),
        }
    }

    /// The object, parsed on the first call.
    pub fn value(&self) -> &Value {
        let read = || serde_json::from_str(&self.json).expect("a document is JSON");
        self.value.get_or_init(read)
    }

    /// The fields of the object, parsed on the first call.
    pub fn object(&self) -> &Map<String, Value> {
        let fields = self.value().as_object();
        fields.expect("a document is an object")
    }

    /// The text of the object's spec, if it has one, in JSON.
    pub(crate) fn spec(&self) -> Option<&str> {
        self.json.get(self.head.spec.clone()?)
    }

    /// The text of the object's status, if it has one, in JSON.
    pub(crate) fn status(&self) -> Option<&str> {
        self.json.get(self.head.status.clone()?)
    }

    /// The positions of the object's fields in the source.
    ///
    /// ```
    /// let text = "kind: A\n---\nkind: B\nspec: {a: 1}\n";
    /// let document = feast_check::manifest::read(text).remove(1)?;
    /// let place = document.spans(text).find("spec.a");
    /// assert_eq!(place.mark().start.line, 4);
    /// # Ok::<(), feast_check::manifest::DocumentError>(())
    /// ```
    pub fn spans(&self, text: &str) -> Spans {
        let source = text.get(self.source.clone()).unwrap_or("");
        let before = text.get(..self.source.start).unwrap_or("");
        let line = before.rsplit('\n').next().unwrap_or("");
        let start = Position {
            line: self.line,
            column: line.chars().count() + 1,
        };
        let spans = Spans::of(source, start);
        match self.item {
            Some(item) => spans.item(item),
            None => spans,
        }
    }

    /// The object's `apiVersion`, if it is a string.
    pub fn api_version(&self) -> Option<&str> {
        self.head.api_version.as_deref()
    }

    /// The object's `kind`, if it is a string.
    pub fn kind(&self) -> Option<&str> {
        self.head.kind.as_deref()
    }

    /// The object's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.head.name.as_deref().filter(|name| !name.is_empty())
    }

    /// The object's own namespace, if it sets one.
    pub fn namespace(&self) -> Option<&str> {
        let namespace = self.head.namespace.as_deref();
        namespace.filter(|namespace| !namespace.is_empty())
    }

    /// The object's uid, if it has one.
    pub fn uid(&self) -> Option<&str> {
        self.head.uid.as_deref()
    }

    /// Whether the object has a status.
    pub fn has_status(&self) -> bool {
        self.head.status.is_some()
    }

    /// Whether a selector matches the object's labels. As in kubectl, the object has no labels if
    /// one of them is not a string.
    ///
    /// ```
    /// let [shop] = &feast_check::manifest::read("metadata: {labels: {team: ml}}")[..] else {
    ///     panic!();
    /// };
    /// let shop = shop.as_ref().unwrap();
    /// assert!(shop.is_selected(&"team in (ml, risk)".parse()?));
    /// assert!(!shop.is_selected(&"!team".parse()?));
    /// # Ok::<(), feast_check::apimachinery::labels::ParseSelectorError>(())
    /// ```
    pub fn is_selected(&self, selector: &Selector) -> bool {
        if selector.is_everything() {
            return true;
        }
        let metadata = self.object().get("metadata");
        let labels = metadata.and_then(|metadata| metadata.get("labels"));
        let labels = labels.and_then(|labels| BTreeMap::deserialize(labels).ok());
        selector.matches(&labels.unwrap_or_default())
    }

    /// Whether this is a FeatureStore, of any version.
    pub(crate) fn is_feature_store(&self) -> bool {
        self.kind() == Some(feast_api::KIND)
    }

    /// Whether this is a `v1 List`, as `kubectl get -o yaml` prints, or the API server's list of
    /// FeatureStores.
    pub(super) fn is_list(&self) -> bool {
        let version = self.api_version().unwrap_or_default();
        match self.kind() {
            Some("List") => version == "v1",
            Some("FeatureStoreList") => Version::from_api_version(version).is_some(),
            _ => false,
        }
    }

    /// The texts of the items of a list.
    pub(super) fn items(&self) -> Vec<&RawValue> {
        let fields = fields(&self.json);
        let items = fields
            .get("items")
            .map(|items| serde_json::from_str(items.get()));
        items.and_then(Result::ok).unwrap_or_default()
    }

    /// The version of the FeatureStore; `None` for other kinds.
    ///
    /// # Errors
    ///
    /// The object lacks its identity, or has a FeatureStore kind or version that does not exist.
    ///
    /// ```
    /// let [document] = &feast_check::manifest::read("{apiVersion: feast.dev/v2, kind: FeatureStore}")[..] else {
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

#[cfg(test)]
mod tests {
    use feast_lint::Written;

    use super::*;

    #[test]
    fn a_field_is_found_without_parsing() {
        for spec in [
            "{}",
            "3",
            "null",
            r#"{"replicas": null}"#,
            r#"{"replicas": 1, "b": {"replicas": 2}}"#,
            r#"{"a": {"replicas": 1}, "\u0072eplicas": 3}"#,
        ] {
            let json = format!(r#"{{"spec": {spec}}}"#);
            let document = Document::new(1, None, 1, 0..json.len(), json, None);
            for path in [
                &["spec"][..],
                &["spec", "replicas"],
                &["spec", "b", "replicas"],
                &["a"],
            ] {
                let parsed = document.object();
                let expected = Value::from(parsed.clone()).has(path);
                assert_eq!(document.has(path), expected, "{spec} {path:?}");
            }
        }
    }
}
