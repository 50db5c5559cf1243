//! Ratcheting: an update is not rejected for values that it does not change.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::identity::Identity;
use crate::json::Data;
use crate::schema::{List, Schema};
use crate::view::View;

/// A value and its old value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Correlation<'a> {
    pub(crate) new: View<'a>,
    pub(crate) old: View<'a>,
}

impl Correlation<'_> {
    /// Whether nothing has changed. Reordering a keyed list is not a change.
    pub(crate) fn is_unchanged(self) -> bool {
        let Self { new, old } = self;
        match (new.node.data(), old.node.data()) {
            (Data::Array(new_items), Data::Array(old_items)) => {
                let same_length = new_items.count() == old_items.count();
                same_length && self.has_unchanged_items()
            }
            (Data::Object(_), Data::Object(_)) => self.has_unchanged_fields(),
            _ => new.is_identical(old),
        }
    }

    fn has_unchanged_items(self) -> bool {
        if list_keys(self.new.schema).is_none() {
            return self.new.is_identical(self.old);
        }
        let Some(old) = OldItems::of(Some(self)) else {
            return true;
        };
        let mut items = self.new.items();
        items.all(|item| old.correlate(item).is_some_and(Correlation::is_unchanged))
    }

    fn has_unchanged_fields(self) -> bool {
        let mut count = 0;
        let unchanged = self.new.fields().all(|(name, field)| {
            count += 1;
            let field = self.field(name, field);
            field.is_some_and(Correlation::is_unchanged)
        });
        unchanged && count == self.old.field_count()
    }
}

impl<'a> Correlation<'a> {
    /// A field, and its old value, if there was one.
    pub(crate) fn field(self, name: &str, new: View<'a>) -> Option<Self> {
        new.schema?;
        let old = self.old.get(name)?;
        Some(Self { new, old })
    }
}

/// The known old state of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Former<'a> {
    /// The old value, if it can be identified.
    pub(crate) old: Option<View<'a>>,
    /// The value that decides whether a broken rule is ignored: itself or, if its old value cannot
    /// be identified, the nearest parent.
    nearest: Option<Correlation<'a>>,
}

impl<'a> Former<'a> {
    pub(crate) fn of(correlation: Option<Correlation<'a>>) -> Self {
        Self {
            old: correlation.map(|correlation| correlation.old),
            nearest: correlation,
        }
    }

    /// The old state of a part of the value.
    pub(crate) fn part(&self, correlation: Option<Correlation<'a>>) -> Self {
        Self {
            old: correlation.map(|correlation| correlation.old),
            nearest: correlation.or(self.nearest),
        }
    }

    pub(crate) fn correlation(&self, new: View<'a>) -> Option<Correlation<'a>> {
        let old = self.old?;
        Some(Correlation { new, old })
    }

    /// Whether a broken rule is ignored.
    pub(crate) fn forgives(&self) -> bool {
        self.nearest.is_some_and(Correlation::is_unchanged)
    }
}

/// The items of the old list, by key.
pub(crate) struct OldItems<'a> {
    keys: &'a [Cow<'static, str>],
    by_key: HashMap<Vec<Identity<'a>>, View<'a>>,
}

impl<'a> OldItems<'a> {
    /// `None` if the items have no keys: they cannot be identified.
    pub(crate) fn of(correlation: Option<Correlation<'a>>) -> Option<Self> {
        let old = correlation?.old;
        let keys = list_keys(old.schema)?;
        let mut by_key = HashMap::new();
        for item in old.items() {
            if let Some(key) = composite_key(keys, item) {
                by_key.entry(key).or_insert(item);
            }
        }
        Some(Self { keys, by_key })
    }

    pub(crate) fn get(&self, new: View<'a>) -> Option<View<'a>> {
        let key = composite_key(self.keys, new)?;
        self.by_key.get(&key).copied()
    }

    pub(crate) fn correlate(&self, new: View<'a>) -> Option<Correlation<'a>> {
        let old = self.get(new)?;
        Some(Correlation { new, old })
    }
}

fn list_keys(schema: Option<&Schema>) -> Option<&[Cow<'static, str>]> {
    match &schema?.list {
        List::Map(keys) => Some(keys),
        List::Atomic | List::Set => None,
    }
}

/// The keys of an item, if all are present and scalar.
fn composite_key<'a>(keys: &[Cow<'static, str>], item: View<'a>) -> Option<Vec<Identity<'a>>> {
    keys.iter()
        .map(|key| match Identity::of_scalar(item.get(key)?)? {
            Identity::Null => None,
            identity => Some(identity),
        })
        .collect()
}
