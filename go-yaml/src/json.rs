//! Writes nodes as JSON, like `sigs.k8s.io/yaml` with go-yaml v2.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::iter::successors;
use std::ops::Range;

use crate::budget::Budget;
use crate::error::{Error, Fault};
use crate::resolve::{Resolved, is_merge, scalar};
use crate::tree::{Content, Node, NodeId, Tree};
use crate::{Duplicates, Version, number};

/// With more fields than this, a mapping gets an index.
const FEW: usize = 16;

/// The JSON text of a document, with fields in their original order.
pub(crate) fn write(tree: &Tree<'_>, duplicates: Duplicates) -> Result<String, Error> {
    let Some(root) = tree.root else {
        return Ok("null".to_owned());
    };
    let mut writer = Writer {
        tree,
        duplicates,
        budget: Budget::new(),
        out: String::with_capacity(tree.nodes.len() * 8),
        fields: Vec::new(),
        late: Vec::new(),
    };
    writer.value(root)?;
    match writer.late.iter().min_by_key(|late| late.rank) {
        Some(late) => Err(late.error),
        None => Ok(writer.out),
    }
}

struct Writer<'a> {
    tree: &'a Tree<'a>,
    duplicates: Duplicates,
    budget: Budget,
    out: String,
    /// The fields so far of all open mappings.
    fields: Vec<Field>,
    late: Vec<Late>,
}

/// An error that go-yaml only reports after decoding everything.
struct Late {
    error: Error,
    /// Errors with the lowest rank take precedence.
    rank: u8,
    /// Position in the output. An error in a replaced field does not count.
    at: usize,
}

/// A field of a mapping in the output.
struct Field {
    /// Its key, with quotes.
    key: Range<usize>,
    /// The end of its value.
    end: usize,
    /// The mapping that contains it, which may be a merged one.
    origin: NodeId,
    node: NodeId,
    value: NodeId,
    identity: Identity,
    /// The field with the same key that this one replaces.
    replaces: Option<usize>,
    is_replaced: bool,
}

/// The identity of a key in Go: `1` and `"1"` differ. `None` for a string.
type Identity = Option<Resolved>;

/// A mapping being written.
struct Draft {
    /// The index of its first field.
    first: usize,
    /// Fields by quoted key, if there are more than a few.
    index: HashMap<String, usize>,
    has_replaced: bool,
}

impl Writer<'_> {
    fn value(&mut self, id: NodeId) -> Result<(), Error> {
        let tree = self.tree;
        self.budget.enter(tree, id)?;
        let node = tree.node(id);
        match &node.content {
            Content::Scalar { text, is_plain } => self.scalar(node, text, *is_plain)?,
            Content::Sequence(items) => {
                self.out.push('[');
                for (index, item) in tree.items(items).iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    self.value(*item)?;
                }
                self.out.push(']');
            }
            Content::Mapping(_) => self.mapping(id)?,
            Content::Alias(target) => self.value(*target)?,
        }
        self.budget.leave(tree, id);
        Ok(())
    }

    /// Records an error that is only reported at the end.
    fn later(&mut self, rank: u8, error: Error) {
        let at = self.out.len();
        self.late.push(Late { error, rank, at });
    }

    fn scalar(&mut self, node: &Node<'_>, text: &str, is_plain: bool) -> Result<(), Error> {
        let resolved = scalar(node, text, is_plain, Version::V2)?;
        if !write_scalar(&mut self.out, &resolved, text) {
            self.later(2, Error::of(Fault::NotFinite, node.start));
        }
        Ok(())
    }

    fn mapping(&mut self, id: NodeId) -> Result<(), Error> {
        let mut draft = Draft {
            first: self.fields.len(),
            index: HashMap::new(),
            has_replaced: false,
        };
        self.out.push('{');
        self.fill(id, &mut draft)?;
        if draft.has_replaced {
            self.drop_replaced(&draft);
        }
        self.fields.truncate(draft.first);
        self.out.push('}');
        Ok(())
    }

    /// Writes the fields of a mapping, and those it merges, at the position of the merge.
    fn fill(&mut self, origin: NodeId, draft: &mut Draft) -> Result<(), Error> {
        let tree = self.tree;
        let Content::Mapping(children) = &tree.node(origin).content else {
            return Ok(());
        };
        for (key, value) in tree.pairs(children.clone()) {
            if self.is_merge(key) {
                self.merge(value, draft)?;
                continue;
            }
            if self.fields.len() > draft.first {
                self.out.push(',');
            }
            let start = self.out.len();
            let identity = self.key(key)?;
            let key_end = self.out.len();
            self.out.push(':');
            self.value(value)?;
            let field = Field {
                key: start..key_end,
                end: self.out.len(),
                origin,
                node: key,
                value,
                identity,
                replaces: None,
                is_replaced: false,
            };
            self.add(field, draft);
        }
        Ok(())
    }

    fn is_merge(&self, key: NodeId) -> bool {
        let node = self.tree.node(key);
        match &node.content {
            Content::Scalar { text, is_plain } => is_merge(node, text, *is_plain, Version::V2),
            _ => false,
        }
    }

    /// Adds a field, which replaces one with the same key.
    fn add(&mut self, mut field: Field, draft: &mut Draft) {
        field.replaces = self.replace(&field, draft);
        if let Some(known) = field.replaces {
            self.fields[known].is_replaced = true;
            draft.has_replaced = true;
        }
        if self.duplicates == Duplicates::Refused
            && let Some(first) = self.same(&field)
        {
            let [first, second, value] =
                [first.node, field.node, field.value].map(|id| self.tree.node(id).start);
            self.later(0, Error::duplicate(first, second, value.line + 1));
        }
        self.fields.push(field);
    }

    /// The last previous field whose key is the same in Go. Merged fields may be replaced.
    fn same(&self, field: &Field) -> Option<&Field> {
        let replaced = |field: &Field| field.replaces.map(|known| &self.fields[known]);
        successors(replaced(field), |known| replaced(known))
            .take_while(|known| known.origin == field.origin)
            .find(|known| known.identity == field.identity)
    }

    /// The current field with the key.
    fn replace(&self, field: &Field, draft: &mut Draft) -> Option<usize> {
        let number = self.fields.len();
        let key = self.out.get(field.key.clone()).unwrap_or("");
        let fields = self.fields.get(draft.first..).unwrap_or_default();
        if fields.len() < FEW {
            let is_same =
                |known: &Field| !known.is_replaced && self.out.get(known.key.clone()) == Some(key);
            return fields
                .iter()
                .position(is_same)
                .map(|known| known + draft.first);
        }
        if draft.index.is_empty() {
            let fields = fields.iter().zip(draft.first..);
            let keys = fields
                .filter(|(known, _)| !known.is_replaced)
                .map(|(known, number)| {
                    (
                        self.out.get(known.key.clone()).unwrap_or("").to_owned(),
                        number,
                    )
                });
            draft.index = keys.collect();
        }
        draft.index.insert(key.to_owned(), number)
    }

    /// Removes replaced fields from the output.
    fn drop_replaced(&mut self, draft: &Draft) {
        let fields = self.fields.get(draft.first..).unwrap_or_default();
        let Some(start) = fields.first().map(|field| field.key.start) else {
            return;
        };
        self.late.retain_mut(|late| {
            let next = fields.partition_point(|field| field.key.start <= late.at);
            let field = next.checked_sub(1).and_then(|last| fields.get(last));
            let is_replaced = field.is_some_and(|field| field.is_replaced && late.at <= field.end);
            late.at = late.at.min(start);
            late.rank == 0 || !is_replaced
        });
        let kept = fields.iter().filter(|field| !field.is_replaced);
        let kept = kept.filter_map(|field| self.out.get(field.key.start..field.end));
        let kept = kept.collect::<Vec<_>>().join(",");
        self.out.truncate(start);
        self.out.push_str(&kept);
    }

    fn merge(&mut self, id: NodeId, draft: &mut Draft) -> Result<(), Error> {
        let tree = self.tree;
        if let Content::Sequence(items) = &tree.node(id).content {
            // The first one takes precedence, so it comes last.
            let mut items = tree.items(items).iter().rev();
            return items.try_for_each(|item| self.merge_mapping(*item, draft));
        }
        self.merge_mapping(id, draft)
    }

    fn merge_mapping(&mut self, id: NodeId, draft: &mut Draft) -> Result<(), Error> {
        let tree = self.tree;
        if !matches!(tree.target(id).content, Content::Mapping(_)) {
            return Err(Error::of(Fault::InvalidMerge, tree.node(id).start));
        }
        self.budget.enter(tree, id)?;
        if let Content::Alias(target) = tree.node(id).content {
            self.merge_mapping(target, draft)?;
        } else {
            self.fill(id, draft)?;
        }
        self.budget.leave(tree, id);
        Ok(())
    }

    /// Writes a key.
    fn key(&mut self, id: NodeId) -> Result<Identity, Error> {
        let tree = self.tree;
        self.budget.enter(tree, id)?;
        let node = tree.node(id);
        let identity = match &node.content {
            Content::Alias(target) => self.key(*target)?,
            Content::Scalar { text, is_plain } => {
                let resolved = scalar(node, text, *is_plain, Version::V2)?;
                match key_text(&resolved, text) {
                    Some(text) => write_text(&mut self.out, &text),
                    // It is not written.
                    None => self.later(1, Error::of(Fault::UnsupportedKey, node.start)),
                }
                identity(resolved)
            }
            Content::Sequence(_) | Content::Mapping(_) => {
                // Errors within it come first.
                self.value(id)?;
                return Err(Error::of(Fault::CollectionAsKey, node.start));
            }
        };
        self.budget.leave(tree, id);
        Ok(identity)
    }
}

/// The JSON text of a key; `None` for null and large integers.
fn key_text<'t>(key: &Resolved, text: &'t str) -> Option<Cow<'t, str>> {
    match key {
        Resolved::Timestamp(_) | Resolved::Text => Some(text.into()),
        Resolved::Bool(value) => Some(value.to_string().into()),
        Resolved::Int(value) if i64::try_from(*value).is_ok() => Some(value.to_string().into()),
        Resolved::Float(value) => Some(number::key(*value).into()),
        Resolved::Binary(bytes) => Some(lossy(bytes).into()),
        Resolved::Null | Resolved::Int(_) => None,
    }
}

fn identity(key: Resolved) -> Identity {
    match key {
        Resolved::Timestamp(_) | Resolved::Text => None,
        Resolved::Binary(bytes) if str::from_utf8(&bytes).is_ok() => None,
        other => Some(other),
    }
}

/// Bytes as a string; invalid ones are replaced.
fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

/// Appends the value of a scalar. Returns false for infinities, which JSON does not have.
#[must_use]
pub(crate) fn write_scalar(out: &mut String, resolved: &Resolved, text: &str) -> bool {
    match resolved {
        Resolved::Null => out.push_str("null"),
        Resolved::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Resolved::Int(value) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "{value}");
        }
        Resolved::Float(value) if value.is_finite() => out.push_str(&number::json(*value)),
        Resolved::Float(_) => return false,
        Resolved::Timestamp(_) | Resolved::Text => write_text(out, text),
        Resolved::Binary(bytes) => write_text(out, &lossy(bytes)),
    }
    true
}

/// Appends a quoted string.
pub(crate) fn write_text(out: &mut String, text: &str) {
    let is_special = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.as_bytes().iter().position(is_special) {
        let (plain, after) = rest.split_at(at);
        let (special, after) = after.split_at(1);
        out.push_str(plain);
        match special {
            "\"" | "\\" => {
                out.push('\\');
                out.push_str(special);
            }
            "\n" => out.push_str("\\n"),
            "\t" => out.push_str("\\t"),
            other => {
                let code = other.bytes().next().unwrap_or(0);
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{code:04x}");
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use crate::{Duplicates, Fault, to_json, to_json_with};

    #[test]
    fn keys_that_go_tells_apart_are_not_refused() {
        for (text, json) in [
            ("1: a\n'1': b", r#"{"1":"b"}"#),
            ("'true': a\nyes: b", r#"{"true":"b"}"#),
            ("1.0: a\n1: b", r#"{"1":"b"}"#),
            ("1.00000001: a\n1.0: b", r#"{"1":"b"}"#),
            ("1: a\n'1': b\n1.0: c", r#"{"1":"c"}"#),
        ] {
            assert_eq!(to_json(text).as_deref(), Ok(json), "{text}");
            assert_eq!(
                to_json_with(text, Duplicates::Refused).as_deref(),
                Ok(json),
                "{text}"
            );
        }
    }

    #[test]
    fn keys_that_are_one_to_go_are_refused_wherever_they_are() {
        for (text, line) in [
            ("1: a\n0x1: b", 2),
            ("yes: a\ntrue: b", 2),
            ("!!binary YQ==: a\na: b", 2),
            ("1: a\n'1': b\n1: c", 3),
            ("'1': a\n1: b\n1.0: c\n\"1\": d", 4),
            ("2001-01-01: a\n'2001-01-01': b", 2),
        ] {
            let error = to_json_with(text, Duplicates::Refused).expect_err(text);
            assert!(
                matches!(error.fault(), Fault::DuplicateKey { .. }),
                "{text}: {error}"
            );
            assert_eq!(error.position().map(|at| at.line), Some(line), "{text}");
        }
    }

    #[test]
    fn large_numbers_are_not_keys_and_not_duplicates() {
        let text = "9223372036854775808: a\n9223372036854775809: b";
        let error = to_json_with(text, Duplicates::Refused).expect_err(text);
        assert_eq!(error.fault(), Fault::UnsupportedKey);
    }
}
