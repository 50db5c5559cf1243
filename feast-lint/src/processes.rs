//! The processes that read `feature_store.yaml`, and the variables that each has.

use std::collections::BTreeSet;

use apimachinery::FieldPath;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use serde_json::Value;

use crate::context::Context;

/// The variable that brings the document.
const DOCUMENT: &str = "TMP_FEATURE_STORE_YAML_BASE64";
/// The init container that applies the repository, and so reads the document that the one before
/// wrote.
const APPLY: &str = "feast-apply";
/// The init container that only writes it.
const INIT: &str = "feast-init";

/// A container whose process reads a document.
#[derive(Debug)]
pub(crate) struct Process {
    /// The container.
    pub(crate) name: String,
    /// What gives it its environment.
    pub(crate) path: FieldPath,
    /// The variables that the document names and the container lacks.
    pub(crate) lacking: Vec<String>,
}

/// The processes that lack variables. Those of which not all is known, as a Secret that they take
/// their environment from is not in the input, are left out.
pub(crate) fn lacking_variables(cx: &Context<'_>) -> Vec<Process> {
    let Ok(rendered) = cx.rendered else {
        return Vec::new();
    };
    let documents = &rendered.documents;
    let mut processes = Vec::new();
    for object in rendered.plan.apply() {
        let object = object.to_value();
        if object["kind"] != "Deployment" {
            continue;
        }
        let is_lineage = object["metadata"]["name"]
            .as_str()
            .is_some_and(|name| name.ends_with("-lineage") && documents.lineage.is_some());
        let document = match &documents.lineage {
            Some(lineage) if is_lineage => lineage,
            _ => &documents.service,
        };
        let wanted = variables(document.yaml());
        let pod = &object["spec"]["template"]["spec"];
        let containers = ["initContainers", "containers"].map(|list| pod[list].as_array());
        for container in containers.into_iter().flatten().flatten() {
            processes.extend(process(cx, container, &wanted));
        }
    }
    processes
}

fn process(cx: &Context<'_>, container: &Value, wanted: &BTreeSet<&str>) -> Option<Process> {
    let name = container["name"].as_str()?;
    let set = environment(cx, container)?;
    let reads = name == APPLY || (name != INIT && set.contains(DOCUMENT));
    let lacking = wanted.iter().filter(|name| !set.contains(**name));
    let lacking: Vec<_> = lacking.map(|name| (*name).to_owned()).collect();
    (reads && !lacking.is_empty()).then(|| Process {
        name: name.to_owned(),
        path: path(cx, name),
        lacking,
    })
}

fn path(cx: &Context<'_>, container: &str) -> FieldPath {
    let servers = cx.servers();
    let server = servers.iter().find(|server| server.name == container);
    match (server, container) {
        (Some(server), _) => server.path.clone(),
        (None, APPLY) => FieldPath::of("spec.services.runFeastApplyOnInit"),
        (None, _) => FieldPath::of("spec.openlineage.consumer.lineageServer"),
    }
}

/// The names of a container's variables; `None` if not all are known.
fn environment(cx: &Context<'_>, container: &Value) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for variable in container["env"].as_array().into_iter().flatten() {
        names.insert(variable["name"].as_str()?.to_owned());
    }
    for source in container["envFrom"].as_array().into_iter().flatten() {
        let prefix = source["prefix"].as_str().unwrap_or_default();
        let keys = keys(cx, source)?;
        names.extend(keys.into_iter().map(|key| format!("{prefix}{key}")));
    }
    Some(names)
}

fn keys(cx: &Context<'_>, source: &Value) -> Option<Vec<String>> {
    match source["secretRef"]["name"].as_str() {
        Some(name) => cx.keys::<Secret>(name),
        None => cx.keys::<ConfigMap>(source["configMapRef"]["name"].as_str()?),
    }
}

/// The variables of a document, written `${NAME}`.
fn variables(document: &str) -> BTreeSet<&str> {
    let parts = document.split("${").skip(1);
    let names = parts.filter_map(|part| Some(part.split_once('}')?.0));
    names.filter(|name| is_name(name)).collect()
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_have_braces_and_names() {
        let document = "path: a://${USER}:${PASS_1}@b\nother: $HOME ${} ${1A} ${A-b} ${open";
        assert_eq!(variables(document), BTreeSet::from(["PASS_1", "USER"]));
    }
}
