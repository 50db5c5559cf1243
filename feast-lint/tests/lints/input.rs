//! Reads YAML in the format of the lints' documentation.

use std::collections::BTreeMap;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_lint::{Config, Neighbour, Patch, Report, Subject, check};
use feast_render::{
    Answer, Corrections, ObjectRef, OperatorRelease, OperatorSettings, Time, Wanted, try_resolve,
};
use k8s_openapi::jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The documents of one input.
pub(crate) struct Input {
    /// The FeatureStore as written.
    written: Value,
    /// The FeatureStore before a change.
    old: Option<Value>,
    others: Vec<Value>,
    neighbours: Vec<Neighbour>,
    /// The releases of an upgrade.
    upgrade: Option<[OperatorRelease; 2]>,
}

impl Input {
    /// Documents without `kind` are FeatureStores, by default `ml/sample`. The last one is checked;
    /// an earlier one of the same name is its old version. A first line such as
    /// `# from 0.65 to 0.66` is an upgrade of the operator.
    pub(crate) fn read(yaml: &str) -> Self {
        let upgrade = yaml.trim_start().strip_prefix("# from ").map(|rest| {
            let line = rest.lines().next().unwrap_or_default();
            let (from, to) = line.split_once(" to ").expect("two releases");
            [from, to].map(|release| release.trim().parse().expect("a release"))
        });
        let documents = yaml.split("\n---\n").map(|text| {
            let document = go_yaml::to_value(text).expect("YAML");
            completed(document)
        });
        let (mut stores, others): (Vec<Value>, Vec<Value>) =
            documents.partition(|document| document["kind"] == "FeatureStore");
        let written = stores.pop().expect("a FeatureStore");
        let id = |store: &Value| {
            let metadata = &store["metadata"];
            [metadata["namespace"].clone(), metadata["name"].clone()]
        };
        let is_old = |store: &Value| id(store) == id(&written);
        let old = stores.pop_if(|store| is_old(store));
        let neighbour = |store: &Value| {
            let [namespace, name] = id(store).map(|text| text.as_str().expect("a text").to_owned());
            Neighbour::from_spec(&store["spec"].to_string(), &namespace, &name)
                .expect("a FeatureStore")
        };
        Self {
            written,
            old,
            others,
            neighbours: stores.iter().map(neighbour).collect(),
            upgrade,
        }
    }

    /// Edits the FeatureStore.
    pub(crate) fn patch(&mut self, patch: &Patch) {
        json_patch::patch(&mut self.written, patch).expect("the patch fits");
    }

    pub(crate) fn check(&self, config: &Config) -> Report {
        self.check_with(config, Corrections::NONE)
    }

    /// Checks as with an operator that has all corrections.
    pub(crate) fn check_corrected(&self, config: &Config) -> Report {
        self.check_with(config, Corrections::ALL)
    }

    fn check_with(&self, config: &Config, corrections: Corrections) -> Report {
        let store = Admitted::assume(typed(&self.written)).expect("name and namespace");
        let old = self.old.as_ref().map(typed);
        let objects: BTreeMap<_, _> = self
            .others
            .iter()
            .filter_map(|object| Some((ObjectRef::of_value(object)?, stored(object))))
            .collect();
        let [before, inputs] =
            self.upgrade
                .unwrap_or([OperatorRelease::NEWEST; 2])
                .map(|release| {
                    let settings = OperatorSettings {
                        corrections,
                        release,
                        ..OperatorSettings::reference()
                    };
                    let now = Time(Timestamp::UNIX_EPOCH);
                    let inputs =
                        try_resolve(store.clone(), &settings, &now, |wanted| match wanted {
                            Wanted::Secret(_) | Wanted::ConfigMap(_) => wanted.among(&objects),
                            _ => Ok(Answer::Absent),
                        });
                    inputs.expect("objects of their kinds")
                });
        let keys = |object: &ObjectRef, key: &str| {
            let object = objects.get(object)?;
            Some(object["data"].get(key).is_some())
        };
        let others: Vec<_> = self.others.iter().collect();
        let neighbours: Vec<_> = self.neighbours.iter().collect();
        let mut subject = Subject::new(&inputs)
            .keys(&keys)
            .written(&self.written)
            .others(&others)
            .neighbours(&neighbours);
        if let Some(old) = &old {
            subject = subject.old(old);
        }
        if self.upgrade.is_some() {
            subject = subject.upgraded(&before, &inputs);
        }
        check(&subject, config)
    }
}

/// A Secret as it is stored, with base64 data.
fn stored(object: &Value) -> Value {
    let mut object = object.clone();
    let Some(texts) = object["stringData"].as_object().cloned() else {
        return object;
    };
    let encode = |(key, text): (String, Value)| {
        let text = text.as_str().expect("a text").to_owned();
        let bytes = k8s_openapi::ByteString(text.into_bytes());
        (key, serde_json::to_value(bytes).expect("base64"))
    };
    let data: Map<_, _> = texts.into_iter().map(encode).collect();
    object["data"] = data.into();
    object
}

fn typed(value: &Value) -> FeatureStore {
    let mut value = value.clone();
    make_whole(&mut value);
    value["apiVersion"] = "feast.dev/v1".into();
    serde_json::from_value(value).expect("a FeatureStore")
}

/// Octal numbers of YAML 1.1, such as file modes, are read as floats.
fn make_whole(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(make_whole),
        Value::Object(fields) => fields.values_mut().for_each(make_whole),
        Value::Number(number) if number.is_f64() => {
            let digits = number.to_string();
            let whole = digits
                .strip_suffix(".0")
                .map(|digits| i64::from_str_radix(digits, 8));
            if let Some(Ok(whole)) = whole {
                *value = whole.into();
            }
        }
        _ => {}
    }
}

fn completed(mut document: Value) -> Value {
    let object = document.as_object_mut().expect("an object");
    let defaults = [("apiVersion", "feast.dev/v1"), ("kind", "FeatureStore")];
    if !object.contains_key("kind") {
        for (field, value) in defaults {
            object.entry(field).or_insert_with(|| value.into());
        }
        let metadata = object.entry("metadata").or_insert_with(|| json!({}));
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.entry("name").or_insert_with(|| "sample".into());
        }
    }
    let metadata = document["metadata"].as_object_mut().expect("metadata");
    metadata.entry("namespace").or_insert_with(|| "ml".into());
    document
}
