//! The schema's information for the checker: types of fields, and maximum sizes of values.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::escape::escape;
use super::types::Type;

/// Maximum size of a request's body.
pub(crate) const LARGEST_REQUEST: i64 = 3 * 1024 * 1024;

/// The schema's information about a value.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    pub(crate) ty: Type,
    pub(crate) inside: Inside,
    /// Maximum number of characters, items or entries; 0 if the type has none.
    pub(crate) largest: u64,
    /// Minimum size of its JSON in bytes.
    smallest_json: i64,
}

/// The content of a value.
#[derive(Clone, Debug)]
pub(crate) enum Inside {
    Nothing,
    Items(Arc<Declaration>),
    /// The values of a map whose keys are strings.
    Values(Arc<Declaration>),
    /// The fields of an object, by their escaped names.
    Fields(BTreeMap<String, Declaration>),
}

/// The type name of objects that no schema names.
const ROOT: &str = "selfType";

impl Declaration {
    /// The declaration of a structural schema (`openAPIV3Schema`, or one within); `None` if
    /// expressions cannot see such values. The root of a resource has the fields that every
    /// resource has.
    pub(crate) fn of(schema: &Json, is_resource_root: bool) -> Option<Self> {
        named(Schema::of(schema)?, is_resource_root, ROOT)
    }

    /// The schema of a field, by its escaped name.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        match &self.inside {
            Inside::Fields(fields) => fields.get(name),
            _ => None,
        }
    }

    pub(crate) fn element(&self) -> Option<&Self> {
        match &self.inside {
            Inside::Items(element) | Inside::Values(element) => Some(element),
            _ => None,
        }
    }

    /// The maximum number of such values in a request.
    pub(crate) fn cardinality(&self) -> u64 {
        (LARGEST_REQUEST / (self.smallest_json + 1)).unsigned_abs()
    }

    /// The objects with fields, here and below, by type name.
    pub(crate) fn objects(&self) -> BTreeMap<&str, &Self> {
        let mut objects = BTreeMap::new();
        let mut left = vec![self];
        while let Some(declaration) = left.pop() {
            left.extend(declaration.element());
            if let (Inside::Fields(fields), Type::Object(name)) =
                (&declaration.inside, &declaration.ty)
            {
                objects.insert(&**name, declaration);
                left.extend(fields.values());
            }
        }
        objects
    }

    fn simple(ty: Type, largest: i64, smallest_json: i64) -> Self {
        Self {
            ty,
            inside: Inside::Nothing,
            largest: largest.max(0).unsigned_abs(),
            smallest_json,
        }
    }
}

fn named(schema: Schema<'_>, is_resource_root: bool, name: &str) -> Option<Declaration> {
    if schema.flag("x-kubernetes-int-or-string") {
        let largest = schema
            .bound("maxLength")
            .map_or(LARGEST_REQUEST - 2, in_bytes);
        return Some(Declaration::simple(Type::Dyn, largest, 1));
    }
    match schema.text("type") {
        "array" => list(schema, name),
        "object" => match schema.additional() {
            Some(values) => map(schema, values, name),
            None => Some(object(schema, is_resource_root, name)),
        },
        "string" => Some(string(schema)),
        "boolean" => Some(Declaration::simple(Type::Bool, 0, 4)),
        "number" => Some(Declaration::simple(Type::Double, 0, 1)),
        "integer" => Some(Declaration::simple(Type::Int, 0, 1)),
        _ => None,
    }
}

fn list(schema: Schema<'_>, name: &str) -> Option<Declaration> {
    let items = schema.part("items")?;
    let item = named(items, items.is_embedded(), &format!("{name}.@idx"))?;
    let most = (LARGEST_REQUEST - 2) / (item.smallest_json + 1);
    let largest = schema.bound("maxItems").unwrap_or(most);
    Some(Declaration {
        ty: Type::list(item.ty.clone()),
        inside: Inside::Items(Arc::new(item)),
        largest: largest.max(0).unsigned_abs(),
        smallest_json: 2,
    })
}

fn map(schema: Schema<'_>, values: Schema<'_>, name: &str) -> Option<Declaration> {
    let value = named(values, values.is_embedded(), &format!("{name}.@elem"))?;
    let most = (LARGEST_REQUEST - 2) / (value.smallest_json + 6);
    let largest = schema.bound("maxProperties").unwrap_or(most);
    Some(Declaration {
        ty: Type::map(Type::String, value.ty.clone()),
        inside: Inside::Values(Arc::new(value)),
        largest: largest.max(0).unsigned_abs(),
        smallest_json: 2,
    })
}

fn object(schema: Schema<'_>, is_resource_root: bool, name: &str) -> Declaration {
    let required = schema.required();
    let mut smallest_json = 2;
    let mut fields = BTreeMap::new();
    let mut add = |field: &str, schema: Schema<'_>| {
        let Some(escaped) = escape(field) else {
            // Expressions cannot name it, but it takes space in the JSON.
            if let Some(declared) = named(schema, schema.is_embedded(), name) {
                smallest_json += least(field, schema, &required, &declared);
            }
            return;
        };
        let path = format!("{name}.{escaped}");
        let Some(declared) = named(schema, schema.is_embedded(), &path) else {
            return;
        };
        smallest_json += least(field, schema, &required, &declared);
        fields.insert(escaped.into_owned(), declared);
    };
    let adds_meta = is_resource_root && !has_meta(schema);
    for (field, schema) in schema.properties() {
        if !adds_meta || !META.contains(&field) {
            add(field, schema);
        }
    }
    if adds_meta {
        let string = string_schema();
        let metadata = metadata_schema();
        for field in META {
            let schema = if field == "metadata" {
                &metadata
            } else {
                &string
            };
            add(field, Schema { fields: schema });
        }
    }
    Declaration {
        ty: Type::Object(name.into()),
        inside: Inside::Fields(fields),
        largest: 0,
        smallest_json,
    }
}

/// The minimum number of bytes that a field adds to its object's JSON.
fn least(field: &str, schema: Schema<'_>, required: &[&str], declared: &Declaration) -> i64 {
    if !required.contains(&field) || schema.has_default() {
        return 0;
    }
    i64::try_from(field.len()).unwrap_or(i64::MAX / 2) + declared.smallest_json + 4
}

/// The fields of every resource.
const META: [&str; 3] = ["kind", "apiVersion", "metadata"];

/// Whether a schema itself declares the fields that every resource has.
fn has_meta(schema: Schema<'_>) -> bool {
    let has = |schema: Schema<'_>, field: &str, ty: &str| {
        schema
            .property(field)
            .is_some_and(|field| field.text("type") == ty)
    };
    let metadata = schema.property("metadata");
    has(schema, "kind", "string")
        && has(schema, "apiVersion", "string")
        && has(schema, "metadata", "object")
        && metadata.is_some_and(|metadata| {
            has(metadata, "name", "string") && has(metadata, "generateName", "string")
        })
}

fn string_schema() -> Map<String, Json> {
    Map::from_iter([("type".to_owned(), "string".into())])
}

fn metadata_schema() -> Map<String, Json> {
    let properties = ["name", "generateName"].map(|name| (name.to_owned(), string_schema().into()));
    Map::from_iter([
        ("type".to_owned(), "object".into()),
        ("properties".to_owned(), Map::from_iter(properties).into()),
    ])
}

fn string(schema: Schema<'_>) -> Declaration {
    let limit = schema.bound("maxLength");
    match schema.text("format") {
        "byte" => {
            let largest = limit.unwrap_or(LARGEST_REQUEST - 2);
            Declaration::simple(Type::Bytes, largest, 2)
        }
        "duration" => Declaration::simple(Type::Duration, 32, 3),
        "date" => Declaration::simple(Type::Timestamp, 12, 12),
        "date-time" => Declaration::simple(Type::Timestamp, 32, 21),
        _ => {
            let largest = limit.map_or_else(
                || schema.longest_choice().unwrap_or(LARGEST_REQUEST - 2),
                in_bytes,
            );
            Declaration::simple(Type::String, largest, 2)
        }
    }
}

/// The maximum number of bytes in this many characters.
fn in_bytes(characters: i64) -> i64 {
    characters.max(0).saturating_mul(4)
}

/// A schema, as in the CRD.
#[derive(Clone, Copy)]
struct Schema<'s> {
    fields: &'s Map<String, Json>,
}

impl<'s> Schema<'s> {
    fn of(schema: &'s Json) -> Option<Self> {
        let fields = schema.as_object()?;
        Some(Self { fields })
    }

    fn part(self, keyword: &str) -> Option<Self> {
        Self::of(self.fields.get(keyword)?)
    }

    fn text(self, keyword: &str) -> &'s str {
        let text = self.fields.get(keyword).and_then(Json::as_str);
        text.unwrap_or_default()
    }

    fn flag(self, keyword: &str) -> bool {
        self.fields.get(keyword).and_then(Json::as_bool) == Some(true)
    }

    fn bound(self, keyword: &str) -> Option<i64> {
        self.fields.get(keyword)?.as_i64()
    }

    fn is_embedded(self) -> bool {
        self.flag("x-kubernetes-embedded-resource")
    }

    fn additional(self) -> Option<Self> {
        self.part("additionalProperties")
    }

    fn has_default(self) -> bool {
        self.fields
            .get("default")
            .is_some_and(|default| !default.is_null())
    }

    fn property(self, name: &str) -> Option<Self> {
        self.part("properties")?.part(name)
    }

    fn properties(self) -> impl Iterator<Item = (&'s str, Self)> {
        let properties = self.part("properties");
        let fields = properties
            .into_iter()
            .flat_map(|properties| properties.fields);
        fields.filter_map(|(name, schema)| Some((name.as_str(), Self::of(schema)?)))
    }

    fn required(self) -> Vec<&'s str> {
        let required = self.fields.get("required").and_then(Json::as_array);
        let names = required.into_iter().flatten();
        names.filter_map(Json::as_str).collect()
    }

    /// The size of the longest string in an `enum`; `None` without an enum.
    fn longest_choice(self) -> Option<i64> {
        let choices = self.fields.get("enum")?.as_array()?;
        let lengths = choices
            .iter()
            .map(|choice| choice.as_str().map_or(0, str::len));
        i64::try_from(lengths.max()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_resource_has_name_and_generate_name() {
        let schema = json!({
            "type": "object",
            "required": ["spec"],
            "properties": {
                "metadata": {"type": "object"},
                "spec": {
                    "type": "object",
                    "properties": {
                        "x-y": {"type": "string", "maxLength": 3},
                        "any": {"x-kubernetes-preserve-unknown-fields": true},
                    },
                },
            },
        });
        let root = Declaration::of(&schema, true).expect("it is an object");
        let metadata = root.field("metadata").expect("it is there");
        assert!(metadata.field("name").is_some() && metadata.field("labels").is_none());
        let spec = root.field("spec").expect("it is there");
        assert!(spec.field("any").is_none());
        assert_eq!(
            spec.field("x__dash__y").map(|field| field.largest),
            Some(12)
        );
        assert_eq!(root.smallest_json, 2 + 4 + 2 + 4);
        assert_eq!(root.cardinality(), 3 * 1024 * 1024 / 13);
        let names: Vec<_> = root.objects().into_keys().collect();
        assert_eq!(names, ["selfType", "selfType.metadata", "selfType.spec"]);
    }

    #[test]
    fn sizes_are_bounded_by_the_schema_or_the_request() {
        let largest = |schema| Declaration::of(&schema, false).map(|declared| declared.largest);
        assert_eq!(
            largest(json!({"type": "string"})),
            Some(3 * 1024 * 1024 - 2)
        );
        assert_eq!(
            largest(json!({"type": "string", "enum": ["a", "abc"]})),
            Some(3)
        );
        assert_eq!(
            largest(json!({"type": "string", "format": "date-time"})),
            Some(32)
        );
        let list = json!({"type": "array", "items": {"type": "integer"}});
        assert_eq!(largest(list), Some((3 * 1024 * 1024 - 2) / 2));
        assert_eq!(largest(json!({"type": "array", "items": {}})), None);
    }
}
