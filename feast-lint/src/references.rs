//! The Secrets and ConfigMaps that a FeatureStore refers to.

use apimachinery::FieldPath;
use feast_api::references::reference;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use serde_json::Value;

use crate::context::Context;

/// A reference of a FeatureStore to a Secret or ConfigMap of its namespace.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reference<'a> {
    /// The field that has the name.
    pub path: FieldPath,
    /// `Secret` or `ConfigMap`.
    pub kind: &'static str,
    /// The name of the object.
    pub name: &'a str,
}

/// The Secrets and ConfigMaps that a FeatureStore's spec refers to, for stores, variables, volumes
/// and certificates, except optional ones.
///
/// ```
/// use serde_json::json;
///
/// let store = json!({ "spec": { "services": { "onlineStore": { "server": {
///     "envFrom": [{ "secretRef": { "name": "tokens" } }],
/// } } } } });
/// let found = feast_lint::references(&store);
/// assert_eq!((found[0].kind, found[0].name), ("Secret", "tokens"));
/// let place = "spec.services.onlineStore.server.envFrom[0].secretRef.name";
/// assert_eq!(found[0].path.to_string(), place);
/// ```
pub fn references(store: &Value) -> Vec<Reference<'_>> {
    let mut references = Vec::new();
    collect(&store["spec"], &Way::Spec, &mut references);
    references
}

/// The characters of the hashes in generated names, and their length, as in kustomize's
/// `api/hasher`.
const ALPHABET: &str = "2456789bcdfghkmt";
const LENGTH: usize = 10;

/// The name from which kustomize's generators may have made a name, by appending a hash.
///
/// ```
/// use feast_lint::generated_from;
///
/// assert_eq!(generated_from("stores-5b7t9k2m4h"), Some("stores"));
/// assert_eq!(generated_from("stores-production"), None);
/// ```
pub fn generated_from(name: &str) -> Option<&str> {
    let (from, hash) = name.rsplit_once('-')?;
    let is_hash = hash.len() == LENGTH && hash.chars().all(|c| ALPHABET.contains(c));
    is_hash.then_some(from)
}

/// The FeatureStore's references to objects that are not in the input; none if the input has no other
/// objects, with which lints could compare them.
pub(crate) fn missing<'a>(cx: &'a Context<'_>) -> Vec<Reference<'a>> {
    if cx.subject.others.is_empty() {
        return Vec::new();
    }
    let mut references = references(cx.json());
    references.retain(|reference| {
        let (namespace, name) = (cx.namespace(), reference.name);
        let is_given = match reference.kind {
            "Secret" => cx.has::<Secret>(name),
            _ => cx.has::<ConfigMap>(name),
        };
        !is_given && !of_kind(cx, reference.kind).any(|other| other == (namespace, name))
    });
    references
}

/// Namespace and name of the input's objects of a kind.
pub(crate) fn of_kind<'a>(
    cx: &Context<'a>,
    kind: &str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let namespace = cx.namespace();
    let others = cx.subject.others.iter();
    let of_kind = others.filter(move |other| other["kind"] == kind);
    of_kind.filter_map(move |other| {
        let metadata = &other["metadata"];
        let own = metadata["namespace"].as_str().filter(|own| !own.is_empty());
        Some((own.unwrap_or(namespace), metadata["name"].as_str()?))
    })
}

/// The path to a value, built lazily: most values are not references.
enum Way<'w> {
    Spec,
    Field(&'w Self, &'w str),
    Item(&'w Self, usize),
}

impl Way<'_> {
    fn path(&self) -> FieldPath {
        match *self {
            Self::Spec => FieldPath::of("spec"),
            Self::Field(parent, name) => parent.path().field(name.to_owned()),
            Self::Item(list, position) => list.path().index(position),
        }
    }
}

/// The depth of objects is bounded, because the CRD's is.
fn collect<'a>(value: &'a Value, way: &Way<'_>, out: &mut Vec<Reference<'a>>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let way = Way::Field(way, field);
                out.extend(secret_or_config_map(field, value, &way));
                collect(value, &way, out);
            }
        }
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                collect(item, &Way::Item(way, position), out);
            }
        }
        _ => {}
    }
}

fn secret_or_config_map<'a>(field: &str, value: &'a Value, way: &Way<'_>) -> Option<Reference<'a>> {
    let (kind, key) = reference(field, |key| value[key].is_string())?;
    if value["optional"] == true || !matches!(kind, "Secret" | "ConfigMap") {
        return None;
    }
    Some(Reference {
        path: way.path().field(key),
        kind,
        name: value[key].as_str().filter(|name| !name.is_empty())?,
    })
}
