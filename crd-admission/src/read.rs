//! Decodes a body as the API server does before validation.

use serde_json::Value;

use crate::crd::Crd;
use crate::embedded::{self, Origin};
use crate::error::{ErrorType, Violation};
use crate::json::{Data, Fields, Node, Tree, decode};
use crate::metadata::{self, Metadata};
use crate::prune::{self, Known};
use crate::request::Body;
use crate::resource::Resource;
use crate::validator::Validator;
use crate::verdict::UnknownField;
use crate::view::{Mode, View};

/// Maximum size of a body.
const MAX_BODY: usize = 3 * 1024 * 1024;

/// A decoded body.
pub(crate) enum Document<'a> {
    Tree(Tree<'a>, Vec<String>),
    Value(&'a Value),
    /// A copy, with embedded resources as stored.
    Coerced(Value, Coerced),
}

/// Findings about a document that is a copy.
#[derive(Default)]
pub(crate) struct Coerced {
    duplicates: Vec<String>,
    /// Unknown fields in the metadata of embedded resources.
    unknown: Vec<String>,
}

impl<'a> Document<'a> {
    pub(crate) fn decode(body: Body<'a>) -> Result<Self, Violation> {
        let bytes = match body {
            Body::Value(value) => return Ok(Self::Value(value)),
            Body::Bytes(bytes) => bytes,
        };
        if bytes.len() > MAX_BODY {
            let detail = format!("Request entity too large: limit is {MAX_BODY}");
            return Err(Violation::request(ErrorType::TooLarge, detail));
        }
        match decode(bytes) {
            Ok(decoded) => Ok(Self::Tree(decoded.tree, decoded.duplicates)),
            Err(fault) => Err(Violation::bad_request(format!(
                "not readable as JSON: {fault}"
            ))),
        }
    }

    pub(crate) fn node(&self) -> Node<'_> {
        match self {
            Self::Tree(tree, _) => tree.into(),
            Self::Value(value) => Node::Value(value),
            Self::Coerced(value, _) => Node::Value(value),
        }
    }

    /// Decodes the embedded resources, if the object is of this resource and can have any.
    pub(crate) fn coerce(self, crd: &Crd, origin: Origin) -> Result<Self, Violation> {
        // Most resources have no embedded resources in any version.
        let mut versions = crd.versions.iter();
        if !versions.any(|version| version.schema.has_embedded) {
            return Ok(self);
        }
        let node = self.node();
        let text = |name| node.get(name).and_then(Node::as_str).unwrap_or_default();
        let version = text("apiVersion").split_once('/');
        let version = version
            .filter(|(group, _)| *group == crd.group && text("kind") == crd.kind)
            .and_then(|(_, version)| crd.stored_or_served(version));
        let Some(version) = version.filter(|version| version.schema.has_embedded) else {
            return Ok(self);
        };
        let mut value = node.to_value();
        let unknown = embedded::coerce(&mut value, &version.schema, origin)?;
        let duplicates = self.duplicates().to_vec();
        Ok(Self::Coerced(
            value,
            Coerced {
                duplicates,
                unknown,
            },
        ))
    }

    /// The type of the root.
    ///
    /// Go matches the names of the type fields in any case, and fails if they are not strings.
    pub(crate) fn head(&self) -> Result<Head<'_>, Violation> {
        if !matches!(self.node().data(), Data::Object(_) | Data::Null) {
            return Err(Violation::bad_request("the body is not a JSON object"));
        }
        let mut head = Head::default();
        let mut go_version = "";
        for (name, value) in self.root_entries() {
            match name {
                "kind" => head.kind = value.as_str().unwrap_or_default(),
                "apiVersion" => head.api_version = Some(value),
                "metadata" => head.metadata = Some(value),
                _ => {}
            }
            let is_version = folds_to(name, "apiversion");
            if !is_version && !folds_to(name, "kind") {
                continue;
            }
            match value.data() {
                Data::String(text) if is_version => go_version = text,
                Data::String(_) | Data::Null => {}
                _ => return Err(Violation::bad_request(format!("`{name}` is not a string"))),
            }
        }
        if go_version.bytes().filter(|&byte| byte == b'/').count() > 1 {
            let detail = format!("unexpected GroupVersion string: {go_version}");
            return Err(Violation::bad_request(detail));
        }
        if head.kind.is_empty() {
            return Err(Violation::bad_request("the object has no `kind`"));
        }
        Ok(head)
    }

    pub(crate) fn duplicates(&self) -> &[String] {
        match self {
            Self::Tree(_, duplicates) => duplicates,
            Self::Value(_) => &[],
            Self::Coerced(_, coerced) => &coerced.duplicates,
        }
    }

    /// Unknown fields in the metadata of embedded resources.
    fn unknown(&self) -> &[String] {
        match self {
            Self::Coerced(_, coerced) => &coerced.unknown,
            _ => &[],
        }
    }

    /// Fields of the root, including duplicates: the last one is used.
    fn root_entries(&self) -> impl Iterator<Item = (&str, Node<'_>)> {
        let (entries, fields) = match self {
            Self::Tree(tree, _) => (Some(tree.root_entries()), Fields::None),
            Self::Value(value) => (None, Node::Value(value).fields()),
            Self::Coerced(value, _) => (None, Node::Value(value).fields()),
        };
        entries.into_iter().flatten().chain(fields)
    }
}

/// Type and metadata of an object, as written.
#[derive(Default)]
pub(crate) struct Head<'a> {
    kind: &'a str,
    api_version: Option<Node<'a>>,
    metadata: Option<Node<'a>>,
}

/// Decodes the object of a request.
pub(crate) struct Incoming<'a> {
    pub(crate) kind: &'a str,
    pub(crate) api_version: &'a str,
    pub(crate) metadata: Metadata<'a>,
    node: Node<'a>,
    /// Unknown fields of the metadata.
    unknown: Vec<String>,
    /// Unknown metadata fields of embedded resources.
    unknown_embedded: &'a [String],
}

impl<'a> Incoming<'a> {
    /// Decodes an object with its type and metadata.
    pub(crate) fn read(document: &'a Document<'_>, head: &Head<'a>) -> Result<Self, Violation> {
        let kind = head.kind;
        let api_version = match head.api_version.map(Node::data) {
            None => "",
            Some(Data::String(text)) => text,
            Some(_) => return Err(Violation::bad_request("`apiVersion` is not a string")),
        };
        let (metadata, unknown) = match head.metadata {
            None => Default::default(),
            Some(metadata) => metadata::decode_request(metadata).map_err(|fault| {
                Violation::bad_request(format!("{kind} in version \"{api_version}\": {fault}"))
            })?,
        };
        Ok(Self {
            kind,
            api_version,
            metadata,
            node: document.node(),
            unknown,
            unknown_embedded: document.unknown(),
        })
    }

    /// Dropped fields, if the object is of this resource.
    pub(crate) fn unknown_fields(&self, validator: Validator<'_>) -> Vec<UnknownField> {
        let crd = validator.crd;
        let unhinted = |path: &String| UnknownField {
            path: path.clone(),
            hint: None,
            is_slip: false,
        };
        let metadata = self.unknown.iter().map(unhinted);
        let group_and_version = self.api_version.split_once('/');
        let version =
            group_and_version.filter(|(group, _)| *group == crd.group && self.kind == crd.kind);
        let Some((_, version)) = version else {
            return metadata.collect();
        };
        let version = crd.stored_or_served(version);
        let storage = crd.storage_version();
        let is_other = |name: &str| version.is_some_and(|version| version.name != name);
        let other = storage
            .filter(|storage| is_other(&storage.name))
            .map(|storage| (&*storage.schema, storage.name.as_ref()));
        let known = Known::new(version.map(|version| &*version.schema), other);
        metadata
            .chain(prune::unknown_fields(self.node, known))
            .chain(self.unknown_embedded.iter().map(unhinted))
            .collect()
    }

    /// The object, pruned and defaulted if it has the right kind.
    pub(crate) fn into_resource(self, validator: Validator<'a>) -> Resource<'a> {
        let mode = if self.kind == validator.crd.kind {
            Mode::Defaulted
        } else {
            Mode::Raw
        };
        let root = View::new(self.node, &validator.version.schema, mode);
        Resource::new(self.kind, self.metadata, root)
    }
}

/// Whether names are equal except for case; two non-ASCII letters have an ASCII equivalent.
fn folds_to(name: &str, lower: &str) -> bool {
    if name.is_ascii() {
        return name.eq_ignore_ascii_case(lower);
    }
    let folded = name.chars().map(|c| match c {
        '\u{212a}' => 'k',
        '\u{17f}' => 's',
        c => c.to_ascii_lowercase(),
    });
    folded.eq(lower.chars())
}

/// A stored object.
pub(crate) enum Stored<'a> {
    /// In the version of the request.
    Same(Document<'a>),
    /// In another version: pruned and defaulted with its schema.
    Converted(Value),
}

impl<'a> Stored<'a> {
    pub(crate) fn read(body: Body<'a>, validator: Validator<'_>) -> Result<Self, Violation> {
        let document = Document::decode(body)
            .and_then(|document| document.coerce(validator.crd, Origin::Storage))
            .map_err(|fault| not_stored(&fault.detail))?;
        let crd = validator.crd;
        let node = document.node();
        let text = |name| node.get(name).and_then(Node::as_str).unwrap_or_default();
        let version = text("apiVersion").split_once('/');
        let version = version
            .filter(|(group, _)| *group == crd.group && text("kind") == crd.kind)
            .and_then(|(_, version)| crd.stored_or_served(version))
            .ok_or_else(|| not_stored("it is not of this resource"))?;
        if version.name == validator.version.name {
            return Ok(Self::Same(document));
        }
        let view = View::new(node, &version.schema, Mode::Defaulted);
        let mut value = view.to_value();
        // The schema does not cover metadata.
        if let (Some(fields), Some(metadata)) = (value.as_object_mut(), node.get("metadata")) {
            fields.insert("metadata".to_owned(), metadata.to_value());
        }
        Ok(Self::Converted(value))
    }

    pub(crate) fn resource<'b>(
        &'b self,
        validator: Validator<'b>,
    ) -> Result<Resource<'b>, Violation> {
        let (node, mode) = match self {
            Self::Same(document) => (document.node(), Mode::Defaulted),
            Self::Converted(value) => (Node::Value(value), Mode::Pruned),
        };
        let metadata = node
            .get("metadata")
            .map(metadata::decode_stored)
            .transpose();
        let mut metadata = metadata
            .map_err(|fault| not_stored(&fault.to_string()))?
            .unwrap_or_default();
        if metadata.generation == 0 {
            metadata.generation = 1;
        }
        let root = View::new(node, &validator.version.schema, mode);
        Ok(Resource::new(&validator.crd.kind, metadata, root))
    }
}

#[cold]
fn not_stored(why: &str) -> Violation {
    Violation::request(
        ErrorType::Internal,
        format!("the old object is not a stored one: {why}"),
    )
}

/// The request's namespace, with fallbacks; `None` if cluster-scoped.
pub(crate) fn namespace_or<'a>(crd: &Crd, given: Option<&'a str>, own: &'a str) -> &'a str {
    if !crd.is_namespaced {
        return "";
    }
    let given = given.filter(|given| !given.is_empty());
    given.unwrap_or(if own.is_empty() { "default" } else { own })
}
