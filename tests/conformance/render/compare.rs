//! Compares the rendering of a step with its recording.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use feast_testing::cluster::Key;
use serde_json::{Value, json};

use super::corpus::Outcome;
use super::difference::Difference;
use super::play::{Objects, Played};
use super::{canonical, secrets, yaml};

/// The differences after a step; `recorded` are the expected objects.
pub(super) fn good(expect: &Outcome, recorded: &Objects, played: &Played) -> Vec<Difference> {
    let documents = Difference::each(
        "document",
        &loaded(&expect.feature_store_yaml),
        &loaded(&played.documents),
    );
    let status = canonical::status(expect.status.clone());
    let parts = [
        Difference::between("status", &status, &canonical::status(played.status.clone())),
        Difference::between("metric", &expect.metric, &played.metric),
        Difference::between("requeues", &expect.requeues, &played.requeues),
    ];
    let objects = Difference::each("object", &canonical(recorded), &marked(played));
    let outcome = outcome(expect, played).into_iter();
    outcome
        .chain(parts.into_iter().flatten())
        .chain(documents)
        .chain(objects)
        .collect()
}

/// The differences after a step with an error, recorded or rendered.
///
/// Rendering creates all objects or none, so the objects that Feast's operator created before its
/// error are compared after the next step without one.
pub(super) fn refused(expect: &Outcome, played: &Played) -> Vec<Difference> {
    let [recorded, rendered] =
        [&expect.status, &played.status].map(|status| canonical::status(status.clone()));
    let recorded = secrets::cut(&recorded, &rendered, &played.objects);
    let status = Difference::between("status", &recorded, &rendered);
    outcome(expect, played).into_iter().chain(status).collect()
}

/// The differences in deletions.
pub(super) fn deletions(expect: &Outcome, played: &Played) -> Option<Difference> {
    Difference::between("deleted", &json!(expect.deleted), &json!(played.deleted))
}

/// The differences in the outcome of the pass.
fn outcome(expect: &Outcome, played: &Played) -> Vec<Difference> {
    let error = json!(played.error);
    let recorded = secrets::cut(&json!(expect.error), &error, &played.objects);
    let parts = [
        Difference::between("error", &recorded, &error),
        Difference::between(
            "requeueAfterSeconds",
            &json!(expect.requeue_after_seconds),
            &json!(played.requeue_after_seconds),
        ),
    ];
    parts.into_iter().flatten().collect()
}

fn canonical(objects: &Objects) -> Objects {
    let canonical =
        |(key, object): (&Key, &Value)| (key.clone(), canonical::object(object.clone()));
    objects.iter().map(canonical).collect()
}

fn loaded(documents: &BTreeMap<String, String>) -> BTreeMap<String, Value> {
    let load = |text: &String| yaml::load(text).unwrap_or_else(|error| json!({ error: text }));
    documents
        .iter()
        .map(|(name, text)| (name.clone(), load(text)))
        .collect()
}

/// The canonical objects of a cluster, with marks in place of documents.
fn marked(played: &Played) -> Objects {
    let mut objects = canonical(&played.objects);
    let feast = format!("feast-{}", played.feature_store.name);
    let key = |api_version, kind, suffix: &str| {
        let name = format!("{feast}{suffix}");
        Key::new(api_version, kind, &played.feature_store.namespace, &name)
    };
    for (suffix, variable, document) in [
        ("", "TMP_FEATURE_STORE_YAML_BASE64", "service"),
        ("-lineage", "FEATURE_STORE_YAML_BASE64", "lineage"),
    ] {
        if let Some(deployment) = objects.get_mut(&key("apps/v1", "Deployment", suffix)) {
            for value in values_of(deployment, variable) {
                let text = value.as_str().and_then(decoded);
                mark(value, text, document, played);
            }
        }
    }
    if let Some(config_map) = objects.get_mut(&key("v1", "ConfigMap", "-client"))
        && let Some(value) = config_map.pointer_mut("/data/feature_store.yaml")
    {
        let text = value.as_str().map(str::to_owned);
        mark(value, text, "client", played);
    }
    objects
}

/// Replaces a document's text by its mark.
fn mark(value: &mut Value, text: Option<String>, document: &str, played: &Played) {
    if let Some(text) = text
        && played.documents.get(document) == Some(&text)
    {
        *value = format!("@{document}").into();
    }
}

fn decoded(text: &str) -> Option<String> {
    String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()
}

/// The values of a variable in all containers of a Deployment.
fn values_of<'a>(deployment: &'a mut Value, variable: &str) -> Vec<&'a mut Value> {
    let Some(Value::Object(pod)) = deployment.pointer_mut("/spec/template/spec") else {
        return vec![];
    };
    let lists = pod.iter_mut().filter(|(key, _)| key.ends_with("ontainers"));
    let containers = lists.filter_map(|(_, list)| list.as_array_mut()).flatten();
    let variables = containers.filter_map(|container| container.get_mut("env")?.as_array_mut());
    variables
        .flatten()
        .filter(|entry| entry["name"] == variable)
        .filter_map(|entry| entry.get_mut("value"))
        .collect()
}
