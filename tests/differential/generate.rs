//! Random requests: objects that more or less match the CRD's schema.

use std::ops::Range;

use serde_json::Value;

use crate::json::Json;
use crate::literals::Literals;
use crate::random::Random;

/// Texts with a meaning somewhere.
pub(crate) const TEXTS: &[&str] = &[
    "",
    "a",
    "/",
    "/data",
    "/data/x",
    "//",
    "/a/",
    "/a:b",
    "data.db",
    "s3://b/k",
    "gs://b",
    "s3:/",
    "sql",
    "file",
    "postgres",
    "redis",
    "1",
    "1Gi",
    "100m",
    "1e3",
    "-1",
    "1 Gi",
    "50%",
    "True",
    "None",
    "https://x",
    "https://",
    "https://a b",
    "2024-01-02T03:04:05Z",
    "2024-02-30T03:04:05Z",
    "2024-01-02t03:04:05.5+01:00",
    "yesterday",
    "a.b/c",
    "a b",
    "é",
    "😀'",
    "\u{a0}",
    "\u{200b}",
    "<&>",
    "\u{2028}",
    "\"\\\n",
    "\u{7f}",
    "feast",
    "my_project",
    "-a",
    "my-project-1",
    "a_b-",
    "debug",
];
/// Numbers as text, at limits that matter to the server.
pub(crate) const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "-0",
    "1.0",
    "2.0",
    "-1.0",
    "0.0",
    "-0.0",
    "1.5",
    "0.5",
    "1e0",
    "1e2",
    "1E-2",
    "1e21",
    "1e-7",
    "123456789.5",
    "2147483647",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "9007199254740991.0",
    "9007199254740992.0",
    "9007199254740993",
    "1.0000000001",
    "1.00000001",
    "-1.0000000001",
    "1e30",
    "1e300",
    "0.1",
    "100000000000000000000",
    "1152921504606846976.0",
    "5e-324",
    "65",
    "10",
    "65536",
];
pub(crate) const KEYS: &[&str] = &[
    "a",
    "b",
    "enabled",
    "tracking_uri",
    "x.y/z",
    "",
    "metadata",
    "kind",
    "cpu",
    "memory",
    "é",
    "a.b",
];

/// Requests for resources of a CRD.
pub(crate) struct Requests<'s> {
    crd: &'s Value,
    literals: Literals,
}

impl<'s> Requests<'s> {
    pub(crate) fn new(crd: &'s Value) -> Self {
        let literals = Literals::of(crd);
        Self { crd, literals }
    }

    /// A request for each seed.
    pub(crate) fn made(&self, seeds: Range<u64>) -> Vec<String> {
        let request = |seed| Generator::new(seed, self).request(seed);
        seeds.map(request).collect()
    }
}

/// Generates a request for one version of a resource.
pub(crate) struct Generator<'s> {
    pub(crate) random: Random,
    pub(crate) literals: &'s Literals,
    crd: &'s Value,
    version: &'s Value,
    /// Invalid values per thousand.
    pub(crate) wildness: usize,
}

impl<'s> Generator<'s> {
    fn new(seed: u64, requests: &'s Requests<'s>) -> Self {
        let Requests { crd, literals } = requests;
        let mut random = Random::new(seed);
        for _ in 0..4 {
            random.next();
        }
        let versions = crd["spec"]["versions"].as_array().expect("versions");
        let served: Vec<_> = versions
            .iter()
            .filter(|version| version["served"] == true)
            .collect();
        let is_other = random.chance(20);
        let version = served[if is_other {
            random.below(served.len())
        } else {
            0
        }];
        let wildness = [0, 0, 2, 10, 40][random.below(5)];
        Self {
            random,
            literals,
            crd,
            version,
            wildness,
        }
    }

    fn kind(&self) -> &'s str {
        self.crd["spec"]["names"]["kind"].as_str().expect("a kind")
    }

    fn api_version(&self, version: &str) -> String {
        format!(
            "{}/{version}",
            self.crd["spec"]["group"].as_str().expect("a group")
        )
    }

    fn own_api_version(&self) -> String {
        self.api_version(self.version["name"].as_str().expect("a name"))
    }

    /// The API version of any version of the CRD, served or not.
    fn any_api_version(&mut self) -> String {
        let versions = self.crd["spec"]["versions"].as_array().expect("versions");
        let version = &versions[self.random.below(versions.len())]["name"];
        self.api_version(version.as_str().expect("a name"))
    }

    fn has_status(&self) -> bool {
        self.version["subresources"]["status"].is_object()
    }

    /// The fields of this kind's root, with their schemas.
    fn fields(&self) -> impl Iterator<Item = (&'s str, &'s Value)> + use<'s> {
        let schema = &self.version["schema"]["openAPIV3Schema"];
        let fields = schema["properties"].as_object().into_iter().flatten();
        let fields = fields.map(|(name, schema)| (name.as_str(), schema));
        fields.filter(|(name, _)| !["apiVersion", "kind", "metadata"].contains(name))
    }

    /// A field that an update of the object or its status may change.
    fn field(&mut self, is_status: bool) -> &'s str {
        let names = self.fields().map(|(name, _)| name);
        let names: Vec<_> = names
            .filter(|name| (*name == "status") == is_status)
            .collect();
        names
            .get(self.random.below(names.len()))
            .copied()
            .unwrap_or("spec")
    }

    /// A request, as a line for the oracle.
    fn request(&mut self, id: u64) -> String {
        let object = self.root();
        if self.random.chance(45) {
            return format!("{{\"id\":{id},\"object\":{object}}}");
        }
        let is_status = self.random.chance(if self.has_status() { 35 } else { 0 });
        let (old, mut new) = self.pair(object, is_status);
        if self.random.chance(97) {
            let version = old
                .get("metadata")
                .and_then(|old| old.get("resourceVersion"))
                .cloned();
            if let Some(metadata) = new.get("metadata").cloned() {
                let mut metadata = metadata;
                metadata.set(
                    "resourceVersion",
                    version.unwrap_or_else(|| Json::string("1")),
                );
                new.set("metadata", metadata);
            }
        }
        let subresource = if is_status {
            ",\"subresource\":\"status\""
        } else {
            ""
        };
        format!("{{\"id\":{id},\"object\":{new},\"oldObject\":{old}{subresource}}}")
    }

    /// An old object, and a new one with a few differences.
    fn pair(&mut self, mut old: Json, is_status: bool) -> (Json, Json) {
        old.set("kind", Json::string(self.kind()));
        old.set("apiVersion", Json::string(&self.own_api_version()));
        if !matches!(old.get("metadata"), Some(Json::Object(_))) {
            // The oracle fails on a stored object without metadata.
            old.set("metadata", Json::object([("name", Json::string("sample"))]));
        }
        if self.random.chance(50) {
            let status = self.property("status");
            old.set("status", status);
        }
        let mut new = old.clone();
        for _ in 0..self.random.below(4) {
            let part = self.field(is_status);
            let schema = self.field_schema(part);
            if let Json::Object(fields) = &mut new
                && let Some((_, value)) = fields.iter_mut().find(|(name, _)| name == part)
            {
                self.edit(value, schema, 1);
            }
        }
        if self.random.chance(15) {
            let part = self.field(is_status);
            let value = self.property(part);
            new.set(part, value);
        }
        if self.random.chance(15) {
            let name = old
                .get("metadata")
                .and_then(|metadata| metadata.get("name"))
                .cloned();
            let mut metadata = self.metadata();
            if let (Some(name), true) = (name, self.random.chance(90)) {
                metadata.set("name", name);
            }
            new.set("metadata", metadata);
        }
        if self.random.chance(4) {
            new.set("kind", Json::string("Other"));
        }
        if self.random.chance(5) {
            let other = self.any_api_version();
            old.set("apiVersion", Json::string(&other));
        }
        (old, new)
    }

    fn root(&mut self) -> Json {
        let mut root = Json::object([
            ("apiVersion", Json::string(&self.own_api_version())),
            ("kind", Json::string(self.kind())),
        ]);
        let metadata = self.metadata();
        root.set("metadata", metadata);
        for (name, schema) in self.fields() {
            if self.random.chance(if name == "status" { 10 } else { 98 }) {
                let value = self.value(schema, 1);
                root.set(name, value);
            }
        }
        if self.random.chance(7) {
            self.spoil_root(&mut root);
        }
        if self.random.chance(3) {
            let place = root.somewhere(&mut self.random);
            repeat_a_key(place, &mut self.random);
        }
        root
    }

    fn spoil_root(&mut self, root: &mut Json) {
        let value = match self.random.below(9) {
            0 => {
                return root.remove(
                    self.random
                        .pick(&["kind", "apiVersion", "metadata", "spec"]),
                );
            }
            1 => return root.set("Kind", self.scalar()),
            2 => return root.set("unknown", self.any(2)),
            3 => {
                return root.set(
                    "kind",
                    Json::string(self.random.pick(&["Other", "", "featurestore", "status"])),
                );
            }
            4 => {
                let (unknown, own) = (self.api_version("v77"), self.any_api_version());
                let other = [&unknown, &own, "x/y/z", "v1", "", "feast.io/v1"];
                return root.set("apiVersion", Json::string(self.random.pick(&other)));
            }
            5 => Json::raw("null"),
            _ => self.any(2),
        };
        root.set(
            self.random
                .pick(&["kind", "apiVersion", "metadata", "spec", "spec", "items"]),
            value,
        );
    }

    fn field_schema(&self, name: &str) -> &'s Value {
        &self.version["schema"]["openAPIV3Schema"]["properties"][name]
    }

    fn property(&mut self, name: &str) -> Json {
        self.value(self.field_schema(name), 1)
    }

    fn scalar(&mut self) -> Json {
        match self.random.below(4) {
            0 => Json::raw(self.random.pick(&["true", "false", "null"])),
            1 => Json::raw(self.random.pick(NUMBERS)),
            _ => Json::string(self.random.pick(TEXTS)),
        }
    }

    /// Anything.
    pub(crate) fn any(&mut self, depth: usize) -> Json {
        anything(&mut self.random, depth)
    }
}

pub(crate) fn anything(random: &mut Random, depth: usize) -> Json {
    match random.below(if depth == 0 { 5 } else { 8 }) {
        0 => Json::raw("null"),
        1 => Json::raw(random.pick(&["true", "false"])),
        2 => Json::raw(random.pick(NUMBERS)),
        3 | 4 => Json::string(random.pick(TEXTS)),
        5 => {
            let count = random.below(3);
            Json::Array((0..count).map(|_| anything(random, depth - 1)).collect())
        }
        _ => {
            let count = random.below(3);
            let field =
                |random: &mut Random| (random.pick(KEYS).to_owned(), anything(random, depth - 1));
            Json::Object((0..count).map(|_| field(random)).collect())
        }
    }
}

/// Duplicates a key of an object.
fn repeat_a_key(value: &mut Json, random: &mut Random) {
    if let Json::Object(fields) = value
        && !fields.is_empty()
    {
        let name = fields[random.below(fields.len())].0.clone();
        fields.push((name, anything(random, 1)));
    }
}
