//! Changes of `feature_store.yaml` documents, without Secret data.

use std::collections::BTreeMap;
use std::fmt;

use feast_lint::is_parameter;
use feast_render::documents::{Document, Documents, SecretEntry, Value};
use serde::Serialize;

use super::fields::{self, FieldChange};
use super::lines::unified;

/// A change of a `feature_store.yaml`.
///
/// It has no Secret data: `<from Secret NAME>` replaces a value, `<from Secret NAME, changed>` a
/// changed one. Names that are not parameters of Feast's stores may be part of a secret, so all
/// such entries of a Secret are one line.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DocumentChange {
    /// The document.
    pub document: StoreDocument,
    /// The changed lines with context, as in `diff -u`: `@@ -9,3 +9,3 @@`, then lines that start
    /// with ` `, `-` or `+`.
    pub lines: Vec<String>,
}

/// The reader of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StoreDocument {
    /// The servers, and the containers beside them.
    Service,
    /// Clients, which find it in a ConfigMap.
    Client,
    /// The lineage server.
    Lineage,
}

/// Such as `feature_store.yaml of clients`.
impl fmt::Display for StoreDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Service => "feature_store.yaml of the servers",
            Self::Client => "feature_store.yaml of clients",
            Self::Lineage => "feature_store.yaml of the lineage server",
        })
    }
}

/// A changed document as shown; empty if it does not exist.
pub(super) struct Shown {
    pub(super) document: StoreDocument,
    pub(super) old: String,
    pub(super) new: String,
}

impl Shown {
    /// The documents that change.
    pub(super) fn of(before: &Documents, after: &Documents) -> Vec<Self> {
        let pairs = [
            (
                StoreDocument::Service,
                Some(&before.service),
                Some(&after.service),
            ),
            (
                StoreDocument::Client,
                Some(&before.client),
                Some(&after.client),
            ),
            (
                StoreDocument::Lineage,
                before.lineage.as_ref(),
                after.lineage.as_ref(),
            ),
        ];
        let text = |document: Option<&Document>, before| {
            document.map_or_else(String::new, |document| shown(document, before))
        };
        let changed = pairs.into_iter().filter(|(_, old, new)| {
            let [old, new] = [old, new].map(|document| document.map(Document::yaml));
            old != new
        });
        let shown = changed.map(|(document, old, new)| Self {
            document,
            old: text(old, None),
            new: text(new, old),
        });
        shown.collect()
    }

    /// The change, line by line.
    pub(super) fn change(&self) -> DocumentChange {
        DocumentChange {
            document: self.document,
            lines: unified(&self.old, &self.new),
        }
    }

    /// The change, field by field.
    pub(super) fn fields(&self) -> Vec<FieldChange> {
        let read = |text| go_yaml::to_value(text).unwrap_or_default();
        fields::compare(&read(&self.old), &read(&self.new))
    }
}

/// The text of a document without Secret data. Values that differ from `before` are marked as
/// changed.
fn shown(document: &Document, before: Option<&Document>) -> String {
    let old = before.map(entries).unwrap_or_default();
    let new = entries(document);
    let shown = document.without_secrets(|entry| {
        let place = Place::of(entry);
        let is_same = |old| new.get(&place) == Some(old);
        let changed = match old.get(&place) {
            Some(old) if !is_same(old) => ", changed",
            _ => "",
        };
        let value = format!("<from Secret {}{changed}>", entry.secret);
        let key = place.key.cloned().unwrap_or_else(|| OTHERS.into());
        (key, value.into())
    });
    shown.yaml().to_owned()
}

/// Replaces names that are not shown.
const OTHERS: &str = "<other parameters>";

/// The position of an entry.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place<'d> {
    block: &'d [&'static str],
    /// The shown key; `None` if it is hidden.
    key: Option<&'d Value>,
    secret: &'d str,
}

impl<'d> Place<'d> {
    fn of(entry: &'d SecretEntry) -> Self {
        let is_shown = entry.is_named || entry.key.as_str().is_some_and(is_parameter);
        Self {
            block: &entry.block,
            key: is_shown.then_some(&entry.key),
            secret: &entry.secret,
        }
    }
}

/// A document's entries from Secrets, keys and values, by their position.
fn entries(document: &Document) -> BTreeMap<Place<'_>, Vec<(&Value, &Value)>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (entry, value) in document.secrets() {
        let there = found.entry(Place::of(entry)).or_default();
        there.push((&entry.key, value));
    }
    found
}

#[cfg(test)]
mod tests {
    use feast_api::Admitted;
    use feast_api::v1::FeatureStore;
    use feast_render::{Answer, Found, OperatorSettings, Wanted};
    use k8s_openapi::ByteString;
    use k8s_openapi::api::core::v1::Secret;
    use serde_json::json;

    use crate::diff::{Side, diff};

    /// The changed lines of the servers' document, without context, if a Secret of this name gets
    /// other data.
    fn lines(old: (&str, &str), new: (&str, &str)) -> Vec<String> {
        let settings = OperatorSettings::reference();
        let sides = [old, new].map(|(name, text)| {
            let store = json!({ "type": "redis", "secretRef": { "name": name } });
            let store: FeatureStore = serde_json::from_value(json!({
                "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
                "metadata": { "name": "shop", "namespace": "ml" },
                "spec": { "feastProject": "shop", "services": {
                    "onlineStore": { "persistence": { "store": store } },
                } },
            }))
            .expect("a FeatureStore");
            let secret = Secret {
                data: Some([("redis".to_owned(), ByteString(text.into()))].into()),
                ..Secret::default()
            };
            let lookup = move |wanted: &Wanted| match wanted {
                Wanted::Secret(_) => Answer::Found(Found::Secret(Box::new(secret.clone()))),
                _ => Answer::Absent,
            };
            (Admitted::assume(store).expect("a place"), lookup)
        });
        let [before, after] = sides.each_ref().map(|(store, lookup)| {
            Some(Side {
                store,
                settings: &settings,
                lookup,
            })
        });
        let documents = diff(before, after).expect("right answers").documents;
        let lines = documents.into_iter().flat_map(|change| change.lines);
        lines.filter(|line| line.starts_with(['+', '-'])).collect()
    }

    #[test]
    fn changes_of_secret_data_are_reported_but_not_shown() {
        let first = "connection_string: hunter2\nhunter2: a\n";
        for (new, expected) in [
            (("db", first), &[][..]),
            // The same data in another Secret gives the same document.
            (("other", first), &[]),
            (
                ("db", "connection_string: correct horse\nhunter2: a\n"),
                &[
                    "-    connection_string: \"<from Secret db>\"",
                    "+    connection_string: \"<from Secret db, changed>\"",
                ],
            ),
            (
                ("db", "connection_string: hunter2\nhunter3: a\n"),
                &[
                    "-    \"<other parameters>\": \"<from Secret db>\"",
                    "+    \"<other parameters>\": \"<from Secret db, changed>\"",
                ],
            ),
            (
                ("db", "connection_string: hunter2\nkey_ttl_seconds: 5\n"),
                &[
                    "-    \"<other parameters>\": \"<from Secret db>\"",
                    "+    key_ttl_seconds: \"<from Secret db>\"",
                ],
            ),
        ] {
            assert_eq!(lines(("db", first), new), expected, "{new:?}");
        }
    }
}
