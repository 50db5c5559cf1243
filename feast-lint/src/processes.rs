//! The processes that read `feature_store.yaml`, and their variables.

use std::collections::BTreeSet;

use apimachinery::FieldPath;
use feast_render::{ObjectRef, Rendered};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Container, EnvFromSource, Secret};

use crate::context::Context;

/// The variable with the document.
const DOCUMENT: &str = "TMP_FEATURE_STORE_YAML_BASE64";
/// The init container that runs `feast apply`, and therefore reads the document.
const APPLY: &str = "feast-apply";
/// The init container that only writes the document.
const INIT: &str = "feast-init";

/// A container whose process reads a document.
#[derive(Debug)]
pub(crate) struct Process {
    /// The container.
    pub(crate) name: String,
    /// The field that sets its environment.
    pub(crate) path: FieldPath,
    /// The variables in the document that the container lacks.
    pub(crate) lacking: Vec<String>,
}

/// The processes that lack variables. Skips processes whose environment comes from a Secret that is
/// not in the input.
pub(crate) fn lacking_variables(cx: &Context<'_>) -> Vec<Process> {
    let Ok(Rendered {
        plan, documents, ..
    }) = cx.rendered
    else {
        return Vec::new();
    };
    let servers = plan.deployment.as_ref();
    let servers = servers.map(|deployment| (deployment, &documents.service));
    let lineage = plan.lineage_deployment.as_ref();
    let lineage = lineage.zip(documents.lineage.as_ref());
    let mut processes = Vec::new();
    for (deployment, document) in servers.into_iter().chain(lineage) {
        let wanted = variables(document.yaml());
        if wanted.is_empty() {
            continue;
        }
        let containers = containers(deployment);
        processes.extend(containers.filter_map(|container| process(cx, container, &wanted)));
    }
    processes
}

/// The containers of the pods, init containers first.
fn containers(deployment: &Deployment) -> impl Iterator<Item = &Container> {
    let pod = deployment
        .spec
        .as_ref()
        .and_then(|spec| spec.template.spec.as_ref());
    pod.into_iter().flat_map(|pod| {
        let first = pod.init_containers.iter().flatten();
        first.chain(&pod.containers)
    })
}

fn process(cx: &Context<'_>, container: &Container, wanted: &BTreeSet<&str>) -> Option<Process> {
    let name = container.name.as_str();
    let set = Environment::of(cx, container)?;
    let reads = name == APPLY || (name != INIT && set.has(cx, DOCUMENT));
    let lacking = wanted.iter().filter(|name| !set.has(cx, name));
    let lacking: Vec<_> = lacking.map(|name| (*name).to_owned()).collect();
    (reads && !lacking.is_empty()).then(|| Process {
        name: name.to_owned(),
        path: path(cx, name),
        lacking,
    })
}

fn path(cx: &Context<'_>, container: &str) -> FieldPath {
    let mut servers = cx.servers.iter();
    let server = servers.find(|server| server.name == container);
    match (server, container) {
        (Some(server), _) => server.path.clone(),
        (None, APPLY) => FieldPath::of("spec.services.runFeastApplyOnInit"),
        (None, _) => FieldPath::of("spec.openlineage.consumer.lineageServer"),
    }
}

/// The variables of a container.
struct Environment<'c> {
    own: BTreeSet<&'c str>,
    /// Prefixes of names, and the objects whose keys follow them.
    sources: Vec<(&'c str, ObjectRef)>,
}

impl<'c> Environment<'c> {
    /// `None` if the input lacks a source.
    fn of(cx: &Context<'_>, container: &'c Container) -> Option<Self> {
        let own = container.env.iter().flatten();
        let sources = container.env_from.iter().flatten().map(|source| {
            let object = object(cx.namespace(), source)?;
            cx.subject.has_key(&object, "")?;
            Some((source.prefix.as_deref().unwrap_or_default(), object))
        });
        Some(Self {
            own: own.map(|variable| variable.name.as_str()).collect(),
            sources: sources.collect::<Option<_>>()?,
        })
    }

    fn has(&self, cx: &Context<'_>, name: &str) -> bool {
        let is_from = |(prefix, object): &(&str, ObjectRef)| {
            let key = name.strip_prefix(prefix);
            key.and_then(|key| cx.subject.has_key(object, key)) == Some(true)
        };
        self.own.contains(name) || self.sources.iter().any(is_from)
    }
}

fn object(namespace: &str, source: &EnvFromSource) -> Option<ObjectRef> {
    let namespace = Some(namespace);
    match (&source.secret_ref, &source.config_map_ref) {
        (Some(secret), _) => Some(ObjectRef::new::<Secret>(namespace, &secret.name)),
        (None, Some(config_map)) => Some(ObjectRef::new::<ConfigMap>(namespace, &config_map.name)),
        (None, None) => None,
    }
}

/// The variables in a document, written as `${NAME}`.
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
