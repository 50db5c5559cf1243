//! A decoded object: metadata apart, the rest as stored.

use serde_json::{Map, Value};

use crate::crd::{Crd, Version};
use crate::embedded::{self, Origin};
use crate::error::Violation;
use crate::field_path::FieldPath;
use crate::fits::fits;
use crate::metadata::Metadata;
use crate::path::Path;
use crate::prune::TYPE_AND_METADATA;
use crate::ratchet::{Correlation, Former};
use crate::scale::Root;
use crate::schema::At;
use crate::view::{Mode, View};
use crate::walk::{Checks, Until, Walk};
use crate::whole;

const STATUS: &str = "status";

/// A decoded object.
#[derive(Clone, Debug)]
pub(crate) struct Resource<'a> {
    pub(crate) kind: &'a str,
    pub(crate) metadata: Metadata<'a>,
    /// The root; its type, metadata and status are not checked here.
    pub(crate) root: View<'a>,
    pub(crate) status: Option<View<'a>>,
    /// Whether it is known to have no unknown fields, except in its status.
    pub(crate) is_whole: bool,
}

impl<'a> Resource<'a> {
    /// An object with its own status, if `has_status` allows it.
    pub(crate) fn new(kind: &'a str, metadata: Metadata<'a>, root: View<'a>) -> Self {
        Self {
            kind,
            metadata,
            root,
            status: root.get(STATUS),
            is_whole: false,
        }
    }

    /// Every field except type and metadata.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'a str, View<'a>)> + use<'a> {
        others(self.root).chain(self.status.map(|status| (STATUS, status)))
    }

    fn field(&self, name: &str) -> Option<View<'a>> {
        match name {
            STATUS => self.status,
            name if TYPE_AND_METADATA.contains(&name) => None,
            name => self.root.get(name),
        }
    }

    /// The old value of a field of the new object.
    fn correlate(&self, name: &str, new: View<'a>) -> Option<Correlation<'a>> {
        new.schema?;
        let old = self.field(name)?;
        Some(Correlation { new, old })
    }

    /// Whether anything except the metadata differs.
    pub(crate) fn differs_from(&self, old: &Self) -> bool {
        let is_same = |(name, field): (&str, View<'a>)| {
            let old = old.field(name);
            old.is_some_and(|old| field.is_identical(old))
        };
        let counts = [self, old].map(|resource| resource.fields().count());
        self.kind != old.kind || counts[0] != counts[1] || !self.fields().all(is_same)
    }

    /// The rest is checked only for objects of the right kind.
    pub(crate) fn check_kind(&self, crd: &Crd) -> Result<(), Violation> {
        if self.kind == crd.kind {
            return Ok(());
        }
        let value = crate::error::BadValue::text(self.kind);
        let detail = format!("must be {}", crd.kind);
        Err(Violation::invalid(
            FieldPath::of_fields("kind"),
            value,
            detail,
        ))
    }

    /// Checks all values except type and metadata, against those of `old`.
    pub(crate) fn walk(&self, version: &Version, old: Option<&Self>, walk: &mut Walk<'_>) {
        if version.judges_root {
            return self.walk_whole(version, old, walk);
        }
        for (name, field) in self.fields() {
            let former = old.map(|old| Former::of(old.correlate(name, field)));
            walk.value(field, former.as_ref(), &Path::ROOT.field(name));
        }
        if walk.checks.schema {
            let missing = self.missing(version);
            let missing =
                missing.map(|name| Violation::required(Path::ROOT.field(name).bracketed(), ""));
            walk.found.schema.extend(missing);
        }
    }

    /// Checks all values, with type and metadata as stored.
    fn walk_whole(&self, version: &Version, old: Option<&Self>, walk: &mut Walk<'_>) {
        let new = self.to_whole(version);
        let old = old.map(|old| old.to_whole(version));
        let view = View::new(&new, &version.schema, Mode::Raw);
        let former = old.as_ref().map(|old| {
            let old = View::new(old, &version.schema, Mode::Raw);
            Former::of(Some(Correlation { new: view, old }))
        });
        walk.value(view, former.as_ref(), &Path::ROOT);
    }

    fn to_whole(&self, version: &Version) -> Value {
        let mut object = self.copy_fields();
        object.insert("apiVersion".to_owned(), version.gv.as_ref().into());
        object.insert("kind".to_owned(), self.kind.into());
        object.insert("metadata".to_owned(), self.metadata.to_value());
        let mut object = object.into();
        let read = embedded::coerce(&mut object, &version.schema, Origin::Storage);
        debug_assert!(read.is_ok(), "stored metadata is valid");
        object
    }

    /// Missing fields of embedded resources.
    pub(crate) fn check_embedded(&self, version: &Version, out: &mut Vec<Violation>) {
        if version.schema.has_embedded {
            for (name, field) in self.fields() {
                embedded::check(field, &Path::ROOT.field(name), out);
            }
        }
    }

    /// Whether a new object is valid.
    pub(crate) fn fits(&self, version: &Version, checks: Checks) -> bool {
        if version.judges_root {
            return false;
        }
        let mut fields = self.fields();
        let all_fit = fields.all(
            |(
                _,
                View {
                    node, schema, mode, ..
                },
            )| {
                mode == Mode::Defaulted && schema.is_none_or(|schema| fits(node, schema, checks))
            },
        );
        all_fit && (!checks.schema || self.missing(version).next().is_none())
    }

    /// Missing required fields.
    fn missing<'v>(&self, version: &'v Version) -> impl Iterator<Item = &'v str> {
        let required = version.schema.required.iter().map(|name| &**name);
        required.filter(|name| !TYPE_AND_METADATA.contains(name) && self.field(name).is_none())
    }

    /// Schema violations of the status.
    pub(crate) fn check_status(&self, old: Option<&Self>) -> Vec<Violation> {
        let mut walk = Walk::new(Checks::SCHEMA, Until::End).from(At { prefix: STATUS });
        // For Go, a null equals a missing field, so it is unchanged.
        let is_news = |status: &View<'_>| {
            !status.node.is_null() || old.is_none_or(|old| old.status.is_some())
        };
        if let Some(status) = self.status.filter(is_news) {
            let former = old.map(|old| Former::of(old.correlate(STATUS, status)));
            walk.value(status, former.as_ref(), &Path::ROOT);
        }
        walk.found.schema
    }

    /// The object as read from storage.
    pub(crate) fn to_stored(&self, crd: &Crd, version: &Version) -> Value {
        let storage = crd.storage_version();
        let other = storage.filter(|storage| storage.name != version.name);
        let mut object = match other {
            None => self.copy_stored(),
            Some(storage) => self.copy_through(storage, version),
        };
        object.insert("apiVersion".to_owned(), version.gv.as_ref().into());
        object.insert("kind".to_owned(), self.kind.into());
        object.insert("metadata".to_owned(), self.metadata.to_value());
        let mut object = object.into();
        let read = embedded::coerce(&mut object, &version.schema, Origin::Storage);
        debug_assert!(read.is_ok(), "stored metadata is valid");
        object
    }

    /// The object after being stored in another version, which drops that version's unknown fields
    /// and adds its defaults.
    fn copy_through(&self, storage: &Version, version: &Version) -> Map<String, Value> {
        let written = Value::Object(self.copy_fields());
        let stored = View::new(&written, &storage.schema, Mode::Defaulted).to_value();
        match View::new(&stored, &version.schema, Mode::Pruned).to_stored() {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }

    fn default_status(&self) -> Option<View<'a>> {
        let schema = self.root.schema?.property(STATUS)?;
        let default = schema.default.as_ref()?.get();
        Some(View::new(default, schema, Mode::Defaulted))
    }

    fn copy_stored(&self) -> Map<String, Value> {
        let root = self.root.with_mode(Mode::Defaulted);
        let mut fields = Map::new();
        for (name, field) in others(root) {
            let copy = if self.is_whole {
                whole::to_stored(field.node, field.schema)
            } else {
                field.to_stored()
            };
            fields.insert(name.to_owned(), copy);
        }
        // The status of an object of another kind, and a null, were not processed yet.
        let status = self
            .status
            .and_then(|status| root.field(STATUS, status.node));
        // An object that is read back has the default of a status that nobody set.
        if let Some(status) = status.or_else(|| self.default_status()) {
            fields.insert(STATUS.to_owned(), status.to_stored());
        }
        fields
    }

    /// A copy of every field except type and metadata.
    pub(crate) fn copy_fields(&self) -> Map<String, Value> {
        let fields = self.fields();
        fields
            .map(|(name, field)| (name.to_owned(), field.to_value()))
            .collect()
    }
}

/// Every field of an object except type, metadata and status.
fn others(root: View<'_>) -> impl Iterator<Item = (&str, View<'_>)> {
    root.fields_except(&["apiVersion", "kind", "metadata", STATUS])
}

impl<'a> Root<'a> for &Resource<'a> {
    fn field(self, name: &str) -> Option<View<'a>> {
        Resource::field(self, name)
    }
}
