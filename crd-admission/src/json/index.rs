//! Indexes of large containers, to look up entries in constant or logarithmic time.

use super::decode::{Token, Tree};

/// Up to this many entries, a linear search is as fast.
pub(super) const FEW: usize = 16;

/// The large containers of a tree, each kind ordered by position.
#[derive(Debug, Default)]
pub(super) struct Indexes {
    arrays: Vec<(u32, Box<[u32]>)>,
    objects: Vec<(u32, Keys)>,
}

/// The effective keys of an object.
#[derive(Debug)]
pub(super) struct Keys {
    /// Their positions, ordered by name.
    pub(super) places: Box<[u32]>,
    /// How many of them have a null value.
    pub(super) nulls: usize,
}

impl Indexes {
    pub(super) fn of(tree: &Tree<'_>) -> Self {
        let mut indexes = Self::default();
        for (at, token) in (0..).zip(&tree.tokens) {
            match *token {
                Token::Array { end } if is_long(at, end) => {
                    let items: Box<[u32]> = tree.items(at).collect();
                    if items.len() > FEW {
                        indexes.arrays.push((at, items));
                    }
                }
                Token::Object { end } if is_long(at, end) => {
                    let keys: Box<[u32]> = tree.fields(at).collect();
                    if keys.len() > FEW {
                        indexes.objects.push((at, Keys::new(tree, keys)));
                    }
                }
                _ => {}
            }
        }
        indexes
    }

    /// Positions of the items of the array at `at`, if it is large.
    pub(super) fn items(&self, at: u32) -> Option<&[u32]> {
        find(&self.arrays, at).map(|items| &**items)
    }

    /// The keys of the object at `at`, if it is large.
    pub(super) fn keys(&self, at: u32) -> Option<&Keys> {
        find(&self.objects, at)
    }
}

/// Whether the container may have more than a few entries.
const fn is_long(at: u32, end: u32) -> bool {
    end.saturating_sub(at) as usize > FEW
}

fn find<T>(containers: &[(u32, T)], at: u32) -> Option<&T> {
    let found = containers.binary_search_by_key(&at, |(at, _)| *at).ok()?;
    containers.get(found).map(|(_, found)| found)
}

impl Keys {
    fn new(tree: &Tree<'_>, mut places: Box<[u32]>) -> Self {
        places.sort_unstable_by_key(|&key| tree.name(key));
        let is_null = |key: &&u32| matches!(tree.token(*key + 1), Token::Null);
        let nulls = places.iter().filter(is_null).count();
        Self { places, nulls }
    }

    /// The position of the key `name`.
    pub(super) fn find(&self, tree: &Tree<'_>, name: &str) -> Option<u32> {
        let found = self
            .places
            .binary_search_by_key(&name, |&key| tree.name(key));
        self.places.get(found.ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::{Data, Node, decode};

    /// A large object and a large array, nested in each other.
    fn large(count: usize) -> Value {
        let entry = |at: usize| match at % 3 {
            0 => Value::Null,
            1 => json!(at),
            _ => json!({"a": [at, {}], "b": (0..at % 40).collect::<Vec<_>>()}),
        };
        let fields = (0..count).map(|at| (format!("k{}", at * 7 % count), entry(at)));
        let fields: serde_json::Map<_, _> = fields.collect();
        let items: Vec<_> = (0..count).map(entry).collect();
        json!({"object": fields, "array": items, "few": [1, {"a": 2}]})
    }

    fn assert_same(tree: Node<'_>, value: Node<'_>) {
        match (tree.data(), value.data()) {
            (Data::Array(items), Data::Array(others)) => {
                let count = items.count();
                assert_eq!(count, tree.item_count());
                assert_eq!(count, value.item_count());
                for (at, other) in others.enumerate() {
                    assert_same(tree.item(at).expect("an item"), other);
                }
                assert!(tree.item(count).is_none());
            }
            (Data::Object(fields), Data::Object(others)) => {
                let fields: Vec<_> = fields.collect();
                let nulls = fields.iter().filter(|(_, value)| value.is_null()).count();
                for node in [tree, value] {
                    assert_eq!(fields.len(), node.field_count());
                    assert_eq!(nulls, node.null_count());
                    assert!(node.get("no such field").is_none());
                }
                for (name, other) in others {
                    assert_same(tree.get(name).expect("a field"), other);
                }
            }
            _ => assert_eq!(tree.to_value(), value.to_value()),
        }
    }

    #[test]
    fn look_ups_find_every_entry() {
        for count in [0, 1, FEW, FEW + 1, 100, 1000] {
            let value = large(count);
            let text = value.to_string();
            let decoded = decode(text.as_bytes()).expect("it is JSON");
            assert_same((&decoded.tree).into(), (&value).into());
        }
    }

    #[test]
    fn the_last_of_duplicate_names_counts() {
        let fields: Vec<_> = (0..100)
            .map(|at| format!("\"k{}\": {at}", at % 40))
            .collect();
        let text = format!("{{{}}}", fields.join(", "));
        let decoded = decode(text.as_bytes()).expect("it is JSON");
        let node = Node::from(&decoded.tree);
        assert_eq!(node.field_count(), 40);
        let value = |name| node.get(name).map(Node::to_value);
        assert_eq!(value("k19"), Some(json!(99)));
        assert_eq!(value("k20"), Some(json!(60)));
    }
}
