//! Lists in a request, and concatenations with them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Seen, mismatch, null, raw, text};
use crate::cel::escape::escape;
use crate::cel::fault::Fault;
use crate::cel::value::{Item, List, Map, Place, Value, native_type, remade};
use crate::identity::Identity;
use crate::json::Data;
use crate::schema::{self, Schema, Types};
use crate::view::View;

/// An array in a request.
#[derive(Clone, Debug)]
pub(crate) struct Items<'a> {
    list: View<'a>,
    /// The items of both lists, after a concatenation.
    joined: Option<Arc<[Element<'a>]>>,
    place: Place,
}

/// An item as the server stores it, before the schema types it.
#[derive(Clone, Debug)]
enum Element<'a> {
    Json(View<'a>),
    /// A value that an expression computed.
    Made(Item<'a>),
}

impl<'a> Element<'a> {
    /// The stored form of an item that is added to a list.
    fn of(item: Item<'a>) -> Self {
        match item {
            Ok(Value::List(List::Data(Items {
                list, joined: None, ..
            }))) => Self::Json(list),
            Ok(Value::List(List::Json(json)) | Value::Map(Map::Json(json))) => {
                Self::Json(json.view())
            }
            Ok(Value::Map(Map::Data(fields))) => Self::Json(fields.json().view()),
            Ok(Value::Kept(view)) => Self::Json(view),
            Ok(Value::Optional(Some(item))) => Self::of((*item).clone()),
            item => Self::Made(item),
        }
    }

    /// Its identity as a key of a Go map; `None` if it equals no key.
    ///
    /// # Errors
    ///
    /// Go cannot hash it, and panics.
    fn hashed(&self) -> Result<Option<Identity<'a>>, Unhashable> {
        let value = match self {
            Self::Json(view) => return hashed(*view).map(Some),
            Self::Made(Ok(value)) => value,
            Self::Made(Err(_)) => return Ok(None),
        };
        Ok(match value {
            Value::Bool(value) => Some(Identity::Bool(*value)),
            Value::Int(number) => Some(Identity::Int(*number)),
            Value::Double(number) => Some(Identity::of_double(*number)),
            Value::String(text) => Some(Identity::Text(text.to_string().into())),
            Value::Type(ty) => Some(Identity::Text(ty.name().to_owned().into())),
            Value::Bytes(_) => return Err(Unhashable("[]uint8")),
            Value::List(List::Made(_)) => return Err(Unhashable("[]ref.Val")),
            Value::List(_) => return Err(Unhashable("[]interface {}")),
            Value::Map(_) => return Err(Unhashable("map[ref.Val]ref.Val")),
            Value::Semver(_) => return Err(Unhashable("semver.Version")),
            Value::Format(_) => return Err(Unhashable("cel.Format")),
            // A time does not equal its text.
            _ => None,
        })
    }
}

impl<'a> Items<'a> {
    pub(super) fn new(list: View<'a>) -> Self {
        Self {
            list,
            joined: None,
            place: Place::new(),
        }
    }

    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    pub(crate) fn len(&self) -> usize {
        match &self.joined {
            Some(elements) => elements.len(),
            None => self.list.node.item_count(),
        }
    }

    /// An item; a fault if it has another type than its schema.
    pub(crate) fn get(&self, index: usize) -> Option<Item<'a>> {
        match &self.joined {
            Some(elements) => elements.get(index).map(|element| self.item(element)),
            None => self
                .list
                .item_at(index)
                .map(|item| Value::of(item, Seen::Typed)),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Item<'a>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The items, without their schema.
    pub(crate) fn without_schema(&self) -> Value<'a> {
        let Some(elements) = &self.joined else {
            return raw(self.list);
        };
        let items = elements.iter().map(|element| match element {
            Element::Json(view) => Ok(raw(*view)),
            Element::Made(item) => remade(item),
        });
        items.collect::<Vec<_>>().into()
    }

    /// The Go type.
    pub(crate) fn go_type(&self) -> &'static str {
        match self.kind() {
            schema::List::Atomic => "*common.unstructuredList",
            schema::List::Set => "*common.unstructuredSetList",
            schema::List::Map(_) => "*common.unstructuredMapList",
        }
    }

    /// The Go type after conversion to a plain list.
    pub(crate) fn native_type(&self) -> &'static str {
        let items = self.list.schema.and_then(|schema| schema.items.as_deref());
        match items.map(|items| items.types) {
            Some(Types::String) => "[]string",
            _ => "[]interface {}",
        }
    }

    fn elements(&self) -> impl Iterator<Item = Element<'a>> {
        let joined = self.joined.iter().flat_map(|joined| joined.iter().cloned());
        let own = self.joined.is_none().then(|| self.list.items());
        joined.chain(own.into_iter().flatten().map(Element::Json))
    }

    fn kind(&self) -> &'a schema::List {
        let typed = self.list.schema;
        typed.map_or(&schema::List::Atomic, |schema| &schema.list)
    }

    /// An item, typed by the schema of the items.
    fn item(&self, element: &Element<'a>) -> Item<'a> {
        let schema = self.list.schema.and_then(|schema| schema.items.as_deref());
        match (element, schema) {
            (Element::Json(view), Some(schema)) => Value::of(view.with_schema(schema), Seen::Typed),
            (Element::Json(view), None) => Value::of(*view, Seen::Typed),
            (Element::Made(item), Some(schema)) => self.typed(item, schema),
            (Element::Made(item), None) => item.clone(),
        }
    }

    /// A computed item, typed by a schema, which does not recognize computed lists and maps.
    fn typed(&self, item: &Item<'a>, schema: &'a Schema) -> Item<'a> {
        let Ok(value) = item else {
            return Err(mismatch(schema.types, "*errors.errorString"));
        };
        match (schema.types, value) {
            (_, Value::Optional(None)) => null(schema),
            (Types::IntOrString { .. } | Types::Integer, Value::Int(_))
            | (Types::IntOrString { .. }, Value::String(_))
            | (Types::Boolean, Value::Bool(_))
            | (Types::Number, Value::Double(_)) => Ok(value.clone()),
            (Types::String, Value::String(shared)) => text(schema, shared),
            (Types::IntOrString { .. } | Types::String, Value::Type(_)) => {
                self.typed(&remade(item), schema)
            }
            #[expect(clippy::cast_precision_loss, reason = "as the API server does")]
            (Types::Number, Value::Int(number)) => Ok((*number as f64).into()),
            (Types::Array, Value::List(List::Data(items))) => {
                Ok(self.nested(items.elements(), schema))
            }
            (Types::Array, Value::List(List::Joined(parts))) => {
                let parts = List::Joined(Arc::clone(parts));
                Ok(self.nested(parts.iter().map(Element::of), schema))
            }
            _ => Err(mismatch(schema.types, native_type(value))),
        }
    }

    /// A list of elements with a schema, as an item of this list.
    fn nested(&self, elements: impl Iterator<Item = Element<'a>>, schema: &'a Schema) -> Value<'a> {
        let items = Self {
            joined: Some(elements.collect()),
            ..Self::new(self.list.with_schema(schema))
        };
        Value::List(items.into())
    }

    /// `self == other`: order does not matter in sets and in lists with keys.
    pub(crate) fn equal(&self, other: &List<'a>) -> Result<bool, Fault> {
        if self.len() != other.len() {
            return Ok(false);
        }
        match self.kind() {
            schema::List::Set => self.is_same_set(other),
            schema::List::Map(keys) => self.has_same_keys(keys, other),
            schema::List::Atomic => {
                for (a, b) in self.iter().zip(other.iter()) {
                    if !a?.same_item(&b)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    fn is_same_set(&self, other: &List<'a>) -> Result<bool, Fault> {
        let own = self.elements().map(|element| element.hashed());
        let own: HashSet<_> = own.collect::<Result<_, _>>()?;
        for item in other.iter() {
            let item = Element::of(item).hashed();
            let item = item.map_err(|fault| fault.in_map(own.is_empty()))?;
            if item.is_none() || !own.contains(&item) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn has_same_keys(&self, keys: &[Cow<'_, str>], other: &List<'a>) -> Result<bool, Fault> {
        let mut own = HashMap::new();
        for element in self.elements() {
            if let Some(key) = key(keys, &element)? {
                own.insert(key, element);
            }
        }
        for item in other.iter() {
            let key = key(keys, &Element::of(item.clone()));
            let key = key.map_err(|fault| fault.in_map(own.is_empty()))?;
            let Some(same) = key.and_then(|key| own.get(&key)) else {
                return Ok(false);
            };
            if !self.item(same)?.same_item(&item)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `item in self`: the fault of a comparison counts unless another item is equal.
    pub(crate) fn contains(&self, item: &Value<'a>) -> Result<bool, Fault> {
        let mut result = Ok(false);
        for own in self.iter() {
            match own.and_then(|own| own.same(item)) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(fault) => result = result.and(Err(fault)),
            }
        }
        result
    }

    /// `self + other`: a set keeps each item once; in a list with keys, items replace those with
    /// the same key.
    pub(crate) fn concat(&self, other: &List<'a>) -> Result<List<'a>, Fault> {
        let identity = |element: &Element<'a>| -> Result<_, Unhashable> {
            Ok(match self.kind() {
                schema::List::Atomic => None,
                schema::List::Set => element.hashed()?.map(|item| vec![Some(item)]),
                schema::List::Map(keys) => key(keys, element)?,
            })
        };
        let mut elements: Vec<_> = self.elements().collect();
        let mut places = HashMap::new();
        for (at, element) in elements.iter().enumerate() {
            if let Some(identity) = identity(element)? {
                places.insert(identity, at);
            }
        }
        let replaces = matches!(self.kind(), schema::List::Map(_));
        for element in other.iter().map(Element::of) {
            let identity = identity(&element);
            let identity = identity.map_err(|fault| fault.in_map(places.is_empty()))?;
            let known = identity.as_ref().and_then(|identity| places.get(identity));
            if let Some(place) = known.and_then(|&at| elements.get_mut(at)) {
                if replaces {
                    *place = element;
                }
                continue;
            }
            if let Some(identity) = identity
                && !replaces
            {
                places.insert(identity, elements.len());
            }
            elements.push(element);
        }
        Ok(List::Data(Self {
            joined: Some(elements.into()),
            ..Self::new(self.list)
        }))
    }
}

/// The Go type of a value that Go cannot hash: using it as a key of a map panics.
struct Unhashable(&'static str);

impl Unhashable {
    /// The panic. A look-up in an empty map hashes nothing, and panics with another message.
    #[cold]
    fn in_map(self, is_empty: bool) -> Fault {
        if is_empty {
            return Fault::Internal(format!("hash of unhashable type: {}", self.0).into());
        }
        self.into()
    }
}

impl From<Unhashable> for Fault {
    fn from(Unhashable(go_type): Unhashable) -> Self {
        Self::unhashable(go_type)
    }
}

/// The identity of an item as a key of a Go map.
///
/// # Errors
///
/// Go cannot hash a container, and panics.
fn hashed(item: View<'_>) -> Result<Identity<'_>, Unhashable> {
    Identity::of_scalar(item).ok_or_else(|| match item.node.data() {
        Data::Array(_) => Unhashable("[]interface {}"),
        _ => Unhashable("map[string]interface {}"),
    })
}

/// For more keys than this the API server builds a string, which is always hashable.
const HASHED_KEYS: usize = 3;

/// The keys of an item, which the API server looks up by their escaped names. Null equals a missing
/// key, and an item that is not an object has none.
fn key<'a>(
    keys: &[Cow<'_, str>],
    element: &Element<'a>,
) -> Result<Option<Vec<Option<Identity<'a>>>>, Unhashable> {
    let item = match element {
        Element::Json(view) if view.node.is_object() => *view,
        _ => return Ok(None),
    };
    let identity = |view: View<'a>| {
        if keys.len() > HASHED_KEYS {
            Ok(Identity::of(view))
        } else {
            hashed(view)
        }
    };
    let escaped = |key: &str| escape(key).map_or_else(|| key.to_owned(), Cow::into_owned);
    let value = |key: &str| {
        item.get(&escaped(key))
            .filter(|value| !value.node.is_null())
    };
    let values = keys.iter().map(|key| value(key).map(identity).transpose());
    values.collect::<Result<_, _>>().map(Some)
}
