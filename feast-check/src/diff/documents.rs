//! The `feature_store.yaml` documents that change, without what Secrets hold.

use std::collections::BTreeMap;
use std::fmt;

use feast_lint::is_parameter;
use feast_render::documents::{Document, Documents, SecretEntry, Value};
use serde::Serialize;

use super::fields::{self, FieldChange};
use super::lines::unified;

/// A `feature_store.yaml` that changes.
///
/// What a Secret holds is not in it: `<from Secret NAME>` stands for a value, `<from Secret NAME,
/// changed>` for one that is another than before. A name that is no parameter of Feast's stores may be
/// part of a secret; all such of a Secret are one line.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DocumentChange {
    /// Which document.
    pub document: StoreDocument,
    /// The lines that change, with some around them, as `diff -u` has them: `@@ -9,3 +9,3 @@`, then
    /// lines that begin with ` `, `-` or `+`.
    pub lines: Vec<String>,
}

/// Who reads a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StoreDocument {
    /// The servers, and what runs beside them.
    Service,
    /// Clients, who find it in a ConfigMap.
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

/// A document that changes, as it is shown: empty where there is none.
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

/// The text of a document without what Secrets hold. Values that are others than `before` say so.
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

/// What stands for names that are not shown.
const OTHERS: &str = "<other parameters>";

/// Where an entry is shown.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place<'d> {
    block: &'d [&'static str],
    /// Nothing if the name is not shown.
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

/// What a document has of Secrets, keys and values, by where it is shown.
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

    /// The lines of the servers' document that change if a Secret of this name holds something else,
    /// without those that stay.
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
    fn what_a_secret_holds_is_told_and_not_shown() {
        let first = "connection_string: hunter2\nhunter2: a\n";
        for (new, expected) in [
            (("db", first), &[][..]),
            // What is the same in another Secret is the same document.
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
