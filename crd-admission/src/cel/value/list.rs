//! Lists.

use std::sync::Arc;

use super::key::whole;
use super::{Item, Value};
use crate::cel::data::{Items, Json};
use crate::cel::fault::Fault;

/// A list in the request, or a computed one.
#[derive(Clone, Debug)]
pub(crate) enum List<'a> {
    Data(Items<'a>),
    /// One without a schema.
    Json(Json<'a>),
    Made(Arc<Vec<Item<'a>>>),
    /// A concatenation: the lists, each with the index after its last item.
    Joined(Arc<[(usize, List<'a>)]>),
}

/// A concatenation of this many parts becomes one part of the next: memory for repeated
/// concatenation grows with the operations, not with the items.
const PARTS: usize = 64;

impl<'a> From<Items<'a>> for List<'a> {
    fn from(items: Items<'a>) -> Self {
        Self::Data(items)
    }
}

impl<'a> List<'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Data(items) => items.len(),
            Self::Json(json) => json.view().node.item_count(),
            Self::Made(items) => items.len(),
            Self::Joined(parts) => parts.last().map_or(0, |(end, _)| *end),
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<Item<'a>> {
        #[cfg(test)]
        crate::work::count();
        match self {
            Self::Data(items) => items.get(index),
            Self::Json(json) => json.item(index).map(Ok),
            Self::Made(items) => items.get(index).cloned(),
            Self::Joined(parts) => {
                let at = parts.partition_point(|(end, _)| *end <= index);
                let before = at.checked_sub(1).and_then(|before| parts.get(before));
                let start = before.map_or(0, |(end, _)| *end);
                parts.get(at)?.1.get(index.checked_sub(start)?)
            }
        }
    }

    /// The items; one with another type than its schema is a fault.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = Item<'a>> + ExactSizeIterator {
        (0..self.len()).map(|index| self.get(index).unwrap_or(Ok(Value::Null)))
    }

    /// `self[index]`; `None` beyond the end.
    pub(crate) fn at(&self, index: &Value<'a>) -> Result<Option<Value<'a>>, Fault> {
        let position = match (self, index) {
            (_, Value::Int(index)) => usize::try_from(*index).ok(),
            (Self::Data(_), _) => return Err(Fault::text(format!("unsupported index: {index}"))),
            (_, Value::Uint(index)) if i64::try_from(*index).is_ok() => {
                usize::try_from(*index).ok()
            }
            (_, Value::Double(number)) => match whole(*number) {
                Some(index) => usize::try_from(index).ok(),
                None => return Err(unsupported_index(index)),
            },
            (_, Value::Uint(_)) => return Err(unsupported_index(index)),
            _ => {
                let ty = index.type_name();
                return Err(Fault::text(format!(
                    "unsupported index type '{ty}' in list"
                )));
            }
        };
        position.and_then(|position| self.get(position)).transpose()
    }

    /// The fault for an index out of range.
    #[cold]
    pub(crate) fn no_index(&self, index: &Value<'a>) -> Fault {
        if let Self::Data(_) = self {
            return Fault::text(format!("index out of bounds: {index}"));
        }
        let size = self.len();
        Fault::text(format!(
            "index '{index}' out of range in list size '{size}'"
        ))
    }

    /// `self + other`, in constant time: computed lists are not copied.
    pub(crate) fn concat(&self, other: &Self) -> Result<Self, Fault> {
        if let Self::Data(items) = self {
            return items.concat(other);
        }
        if self.len() == 0 {
            return Ok(other.clone());
        }
        if other.len() == 0 {
            return Ok(self.clone());
        }
        let mut parts = Vec::new();
        for list in [self, other] {
            let start: usize = parts.last().map_or(0, |(end, _)| *end);
            match list {
                Self::Joined(more) if more.len() < PARTS => {
                    let moved =
                        |(end, list): &(usize, Self)| (start.saturating_add(*end), list.clone());
                    parts.extend(more.iter().map(moved));
                }
                list => parts.push((start.saturating_add(list.len()), list.clone())),
            }
        }
        Ok(Self::Joined(parts.into()))
    }
}

#[cold]
fn unsupported_index(index: &Value<'_>) -> Fault {
    Fault::text(format!("unsupported index value {index} in list"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(list: &List<'_>, index: usize) -> Option<i64> {
        match list.get(index)? {
            Ok(Value::Int(number)) => Some(number),
            _ => None,
        }
    }

    fn made(numbers: impl IntoIterator<Item = i64>) -> List<'static> {
        let items = numbers.into_iter().map(|number| Ok(Value::Int(number)));
        List::Made(Arc::new(items.collect()))
    }

    #[test]
    fn a_list_may_be_added_to_itself_again_and_again() {
        let mut list = made([0, 1, 2]);
        for _ in 0..70 {
            list = list.concat(&list).expect("lists can be added");
        }
        assert_eq!(list.len(), usize::MAX);
        for index in [0, 1, 2, 3, 4, 1 << 50] {
            assert_eq!(number(&list, index), i64::try_from(index % 3).ok());
        }
    }

    #[test]
    fn lists_that_are_added_one_by_one_keep_their_order() {
        let mut list = made([0]);
        for next in 1..1_000 {
            list = list.concat(&made([next])).expect("lists can be added");
        }
        let found: Vec<_> = (0..=list.len()).map(|at| number(&list, at)).collect();
        let expected: Vec<_> = (0..1_000).map(Some).chain([None]).collect();
        assert_eq!(found, expected);
    }
}
