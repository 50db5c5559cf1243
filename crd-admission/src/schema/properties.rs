//! The properties of an object, with look-up by name.

use std::borrow::Cow;
use std::ops::Deref;

use super::Shared;

/// A property of an object.
#[derive(Clone, Debug)]
pub struct Property {
    /// Its name.
    pub name: Cow<'static, str>,
    /// The schema of its value.
    pub schema: Shared,
    /// It is required and has no default.
    pub is_demanded: bool,
    key: Key,
}

impl Property {
    /// For tables and the compiler.
    pub const fn new(name: Cow<'static, str>, schema: Shared, is_demanded: bool) -> Self {
        let key = match &name {
            Cow::Borrowed(name) => Key::of(name),
            Cow::Owned(name) => Key::of(name.as_str()),
        };
        Self {
            name,
            schema,
            is_demanded,
            key,
        }
    }
}

/// The properties of an object, ordered by name, with a precomputed hash table.
#[derive(Clone, Debug, Default)]
pub struct Properties {
    /// Ordered by name.
    pub list: Cow<'static, [Property]>,
    /// Indexes into the list, counted from 1; 0 is an empty slot. The length is zero, or a power of
    /// two at least twice the number of properties.
    pub slots: Cow<'static, [u16]>,
}

impl Deref for Properties {
    type Target = [Property];

    fn deref(&self) -> &[Property] {
        &self.list
    }
}

/// No object has more properties than a slot can count.
impl FromIterator<Property> for Properties {
    fn from_iter<I: IntoIterator<Item = Property>>(properties: I) -> Self {
        Self::new(properties.into_iter().collect()).unwrap_or_default()
    }
}

impl Properties {
    /// `None` if there are more properties than a slot can count.
    pub(super) fn new(mut list: Vec<Property>) -> Option<Self> {
        list.sort_by(|a, b| a.name.cmp(&b.name));
        if list.is_empty() {
            return Some(Self::default());
        }
        let mut slots = vec![0; (2 * list.len()).next_power_of_two()];
        let mask = slots.len() - 1;
        for (place, property) in (1..).zip(&list) {
            let mut at = property.key.hash() & mask;
            while slots.get(at).is_some_and(|&place| place != 0) {
                at = (at + 1) & mask;
            }
            *slots.get_mut(at)? = u16::try_from(place).ok()?;
        }
        let (list, slots) = (list.into(), slots.into());
        Some(Self { list, slots })
    }

    /// The property `name`.
    pub fn find(&self, name: &str) -> Option<&Property> {
        let key = Key::of(name);
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = key.hash();
        loop {
            let place = self.slots.get(at & mask)?.checked_sub(1)?;
            let property = self.list.get(usize::from(place))?;
            if property.key == key && (key.is_whole() || property.name == name) {
                return Some(property);
            }
            at += 1;
        }
    }
}

/// A name as numbers, which compare faster than strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    first: u64,
    last: u64,
    length: usize,
}

impl Key {
    const fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let length = bytes.len();
        let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(first), Some(last)) => (
                    u32::from_le_bytes(*first) as u64,
                    u32::from_le_bytes(*last) as u64,
                ),
                _ => match bytes {
                    [a, b, c] => (u32::from_le_bytes([*a, *b, *c, 0]) as u64, 0),
                    [a, b] => (u32::from_le_bytes([*a, *b, 0, 0]) as u64, 0),
                    [a] => (*a as u64, 0),
                    _ => (0, 0),
                },
            },
        };
        Self {
            first,
            last,
            length,
        }
    }

    /// Whether the numbers contain all bytes of the name.
    const fn is_whole(self) -> bool {
        self.length <= 16
    }

    const fn hash(self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed >> 32) as usize) ^ self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    fn properties(names: &[&str]) -> Properties {
        let property = |name: &&str| {
            let name = Cow::Owned((*name).to_owned());
            Property::new(name, Schema::default().into(), false)
        };
        Properties::new(names.iter().map(property).collect()).expect("they are few")
    }

    #[test]
    fn finds_properties_and_nothing_else() {
        let names = [
            "",
            "a",
            "b",
            "ab",
            "abc",
            "abcd",
            "abce",
            "replicas",
            "replicaz",
            "feastProject",
            "sixteen-bytes-of",
            "seventeen-bytes-o",
            "seventeen-wytes-o",
        ];
        for count in 0..=names.len() {
            let (known, unknown) = names.split_at(count);
            let properties = properties(known);
            for name in known {
                assert_eq!(properties.find(name).expect(name).name, *name);
            }
            for name in unknown {
                assert!(properties.find(name).is_none(), "{name}");
            }
        }
    }
}
