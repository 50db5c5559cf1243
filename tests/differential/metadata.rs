//! Random metadata.

use crate::generate::{Generator, NUMBERS};
use crate::json::Json;
use crate::random::Random;

/// The fields of `metadata`, and an unknown one.
const FIELDS: &[&str] = &[
    "name",
    "generateName",
    "namespace",
    "labels",
    "annotations",
    "finalizers",
    "ownerReferences",
    "generation",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "selfLink",
    "managedFields",
    "unknown",
    "resourceVersion",
];
const NAMES: &[&str] = &[
    "a",
    "sample",
    "a.b",
    "A",
    "a_b",
    "-a",
    "a-",
    "a/b",
    "..",
    ".",
    "a%b",
    "é",
    "",
    "a..b",
    "a-.b",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "é-",
    "x--",
];
const LABELS: &[&str] = &[
    "",
    "a",
    "app.kubernetes.io/name",
    "/a",
    "a/",
    "a/b/c",
    "A_b.c",
    "-a",
    "é",
    "UPPER/x",
    "a b",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "kubernetes",
    "orphan",
    "foregroundDeletion",
    "example.com/f",
    "x.y",
];
const TIMES: &[&str] = &[
    "2024-01-02T03:04:05Z",
    "2024-01-02T3:04:05,7+01:00",
    "0001-01-01T00:00:00Z",
    "x",
];

impl Generator<'_> {
    pub(crate) fn metadata(&mut self) -> Json {
        let mut metadata = Json::object([("name", Json::string("sample"))]);
        for _ in 0..self.random.below(3) {
            let (name, value) = self.metadata_field();
            metadata.set(name, value);
        }
        if self.random.chance(3) {
            metadata.remove("name");
        }
        metadata
    }

    fn metadata_field(&mut self) -> (&'static str, Json) {
        let name = self.random.pick(FIELDS);
        if self.random.chance(6) {
            return (name, self.any(2));
        }

        let value = match name {
            "labels" | "annotations" => {
                let count = self.random.below(4);
                let entry =
                    |random: &mut Random| (random.pick(LABELS).to_owned(), random.pick(LABELS));
                let entries = (0..count).map(|_| entry(&mut self.random));
                Json::Object(
                    entries
                        .map(|(key, value)| (key, Json::string(value)))
                        .collect(),
                )
            }
            "finalizers" => {
                let count = self.random.below(3);
                Json::Array(
                    (0..count)
                        .map(|_| Json::string(self.random.pick(LABELS)))
                        .collect(),
                )
            }
            "ownerReferences" => {
                let count = self.random.below(3);
                Json::Array((0..count).map(|_| self.owner()).collect())
            }
            "managedFields" => Json::Array(vec![Json::object([
                ("manager", Json::string("x")),
                ("time", Json::string(self.random.pick(TIMES))),
                ("fieldsV1", self.any(2)),
                (
                    self.random.pick(&["operation", "unknown"]),
                    Json::string("Update"),
                ),
            ])]),
            "generation" | "deletionGracePeriodSeconds" => Json::raw(self.random.pick(NUMBERS)),
            "creationTimestamp" | "deletionTimestamp" => Json::string(self.random.pick(TIMES)),
            "resourceVersion" => Json::string(self.random.pick(&["", "0", "1", "2"])),
            "namespace" => Json::string(
                self.random
                    .pick(&["default", "default", "a", "A", "a.b", ""]),
            ),
            _ => Json::string(self.random.pick(NAMES)),
        };
        (name, value)
    }

    fn owner(&mut self) -> Json {
        let mut owner = Json::object([
            (
                "apiVersion",
                Json::string(self.random.pick(&["v1", "apps/v1", "", "a/b/c", "/"])),
            ),
            (
                "kind",
                Json::string(self.random.pick(&["Pod", "Event", ""])),
            ),
            ("name", Json::string(self.random.pick(&["a", "<b>", ""]))),
            ("uid", Json::string(self.random.pick(&["1", "2", ""]))),
        ]);
        if self.random.chance(50) {
            owner.set(
                "controller",
                Json::raw(self.random.pick(&["true", "false", "null"])),
            );
        }
        if self.random.chance(20) {
            owner.set("unknown", Json::raw("1"));
        }
        owner
    }
}
