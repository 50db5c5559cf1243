//! Maps fields of rendered objects to fields of the FeatureStore.

use apimachinery::{FieldPath, Segment};
use serde_json::Value;

/// The field of the FeatureStore that sets a field of a rendered object, or else its name. `store`
/// is the FeatureStore as JSON.
pub(crate) fn of(store: &Value, object: &Value, path: &FieldPath) -> FieldPath {
    let path = path.segments();
    let found = match object["kind"].as_str().unwrap_or_default() {
        "Deployment" if is_lineage(store, object) => lineage(path),
        "Deployment" => deployment(store, object, path),
        "CronJob" => cron_job(path),
        "HorizontalPodAutoscaler" => below(path, &["spec"], "spec.services.scaling.autoscaling"),
        "PodDisruptionBudget" => below(path, &["spec"], "spec.services.podDisruptionBudgets"),
        "PersistentVolumeClaim" => claim(object, path),
        "Role" => role(store, object),
        _ => None,
    };
    found.unwrap_or_else(|| FieldPath::of("metadata.name"))
}

/// The leading fields below `above`, at `place`.
fn below(path: &[Segment], above: &[&'static str], place: &'static str) -> Option<FieldPath> {
    Some(FieldPath::of(place).join(rest(path, above)?.to_vec()))
}

/// The remaining path after these fields.
fn rest<'p>(path: &'p [Segment], above: &[&str]) -> Option<&'p [Segment]> {
    let mut rest = path;
    for field in above {
        let (first, tail) = rest.split_first()?;
        if name(first) != Some(field) {
            return None;
        }
        rest = tail;
    }
    Some(rest)
}

fn name(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Field(name) => Some(name),
        Segment::Key(_) | Segment::Index(_) => None,
    }
}

/// A list, an index in it, and the rest.
fn item<'p>(path: &'p [Segment], list: &str) -> Option<(usize, &'p [Segment])> {
    match rest(path, &[list])? {
        [Segment::Index(index), tail @ ..] => Some((*index, tail)),
        _ => None,
    }
}

fn is_lineage(store: &Value, object: &Value) -> bool {
    let name = store["metadata"]["name"].as_str().unwrap_or_default();
    object["metadata"]["name"] == format!("feast-{name}-lineage")
        && object["spec"]["template"]["spec"]["containers"][0]["name"] == "lineage"
}

fn lineage(path: &[Segment]) -> Option<FieldPath> {
    let pod = rest(path, &["spec", "template", "spec"])?;
    let (_, field) = item(pod, "containers")?;
    let server = FieldPath::of("spec.openlineage.consumer.lineageServer.server");
    Some(server.join(field.to_vec()))
}

fn deployment(store: &Value, object: &Value, path: &[Segment]) -> Option<FieldPath> {
    let spec = rest(path, &["spec"])?;
    if let Some(field) = rest(spec, &["strategy"]) {
        return Some(FieldPath::of("spec.services.deploymentStrategy").join(field.to_vec()));
    }
    if let Some(path) = below(spec, &["replicas"], "spec.replicas") {
        return Some(path);
    }
    let template = rest(spec, &["template"])?;
    if let Some(path) = below(
        template,
        &["metadata", "annotations"],
        "spec.services.podAnnotations",
    ) {
        return Some(path);
    }
    pod(store, object, rest(template, &["spec"])?)
}

fn pod(store: &Value, object: &Value, path: &[Segment]) -> Option<FieldPath> {
    const SAME: [&str; 6] = [
        "affinity",
        "nodeSelector",
        "resourceClaims",
        "securityContext",
        "tolerations",
        "topologySpreadConstraints",
    ];
    let first = name(path.first()?)?;
    if SAME.contains(&first) {
        return Some(FieldPath::of("spec.services").join(path.to_vec()));
    }
    let spec = &object["spec"]["template"]["spec"];
    if let Some((index, field)) = item(path, "volumes") {
        return volume(store, &spec["volumes"][index], field);
    }
    if let Some((index, field)) = item(path, "containers") {
        return container(store, &spec["containers"][index], field);
    }
    let (index, field) = item(path, "initContainers")?;
    init_container(store, &spec["initContainers"][index], field)
}

/// Paths of the servers, by container name.
const SERVERS: [(&str, &str); 4] = [
    ("registry", "spec.services.registry.local.server"),
    ("online", "spec.services.onlineStore.server"),
    ("offline", "spec.services.offlineStore.server"),
    ("ui", "spec.services.ui"),
];

/// Paths of the stores, by the suffix of their claims' names.
const STORES: [(&str, &str); 3] = [
    ("registry", "spec.services.registry.local"),
    ("online", "spec.services.onlineStore"),
    ("offline", "spec.services.offlineStore"),
];

fn container(store: &Value, container: &Value, field: &[Segment]) -> Option<FieldPath> {
    let kind = container["name"].as_str()?;
    let (_, server) = SERVERS.iter().find(|(name, _)| *name == kind)?;
    in_server(store, server, container, field)
        .or_else(|| mounted(store, container, field))
        .or_else(|| Some(FieldPath::of(server)))
}

fn init_container(store: &Value, container: &Value, field: &[Segment]) -> Option<FieldPath> {
    if name(field.first()?) == Some("image") {
        return Some(FieldPath::of("spec.services.initImage"));
    }
    let servers = SERVERS.iter().map(|(_, server)| *server);
    let mut all = servers.chain(["spec.feastProjectDir.git"]);
    all.find_map(|server| in_server(store, server, container, field))
        .or_else(|| mounted(store, container, field))
}

/// A container field in the server's settings, where variables and mounts have another order.
fn in_server(
    store: &Value,
    server: &'static str,
    container: &Value,
    field: &[Segment],
) -> Option<FieldPath> {
    const SAME: [&str; 4] = ["envFrom", "image", "imagePullPolicy", "resources"];
    let path = FieldPath::of(server);
    let settings = store.pointer(&path.pointer())?;
    for (list, key) in [("env", "name"), ("volumeMounts", "mountPath")] {
        let Some((index, below)) = item(field, list) else {
            continue;
        };
        let wanted = &container[list][index];
        let items = settings[list].as_array()?;
        // The last one with this name is the duplicate. A mount with this path may also be one that
        // the operator adds.
        let same = items.iter().rposition(|item| item == wanted);
        let index = same.or_else(|| items.iter().rposition(|item| item[key] == wanted[key]))?;
        return Some(path.field(list).index(index).join(below.to_vec()));
    }
    let first = name(field.first()?)?;
    (SAME.contains(&first) && !settings[first].is_null()).then(|| path.join(field.to_vec()))
}

/// A mount that the operator adds, for a claim or a certificate.
fn mounted(store: &Value, container: &Value, field: &[Segment]) -> Option<FieldPath> {
    let (index, _) = item(field, "volumeMounts")?;
    made_volume(store, container["volumeMounts"][index]["name"].as_str()?)
}

fn volume(store: &Value, volume: &Value, field: &[Segment]) -> Option<FieldPath> {
    let wanted = volume["name"].as_str()?;
    let path = FieldPath::of("spec.services.volumes");
    let listed = store.pointer(&path.pointer()).and_then(Value::as_array);
    let same = |listed: &Vec<Value>| listed.iter().rposition(|listed| listed["name"] == wanted);
    match listed.and_then(same) {
        Some(index) => Some(path.index(index).join(field.to_vec())),
        None => made_volume(store, wanted),
    }
}

/// The purpose of a volume, by its name.
fn made_volume(store: &Value, volume: &str) -> Option<FieldPath> {
    if volume == "oidc-ca-cert" {
        return Some(FieldPath::of("spec.authz.oidc.caCertConfigMap"));
    }
    if let Some(kind) = volume.strip_suffix("-tls") {
        let (_, server) = SERVERS.iter().find(|(name, _)| *name == kind)?;
        return Some(FieldPath::of(server).field("tls"));
    }
    let name = store["metadata"]["name"].as_str().unwrap_or_default();
    let kind = volume.strip_prefix(&format!("feast-{name}-"))?;
    claim_of(kind)
}

fn claim_of(kind: &str) -> Option<FieldPath> {
    let (_, place) = STORES.iter().find(|(name, _)| *name == kind)?;
    let store = FieldPath::of(place).field("persistence");
    Some(store.field("file").field("pvc"))
}

fn claim(object: &Value, path: &[Segment]) -> Option<FieldPath> {
    let field = rest(path, &["spec"])?;
    let (_, kind) = object["metadata"]["name"].as_str()?.rsplit_once('-')?;
    Some(claim_of(kind)?.field("create").join(field.to_vec()))
}

fn cron_job(path: &[Segment]) -> Option<FieldPath> {
    if let Some(path) = below(
        path,
        &["metadata", "annotations"],
        "spec.cronJob.annotations",
    ) {
        return Some(path);
    }
    let spec = rest(path, &["spec"])?;
    let Some(job) = rest(spec, &["jobTemplate", "spec"]) else {
        return Some(FieldPath::of("spec.cronJob").join(spec.to_vec()));
    };
    let Some(template) = rest(job, &["template"]) else {
        return Some(FieldPath::of("spec.cronJob.jobSpec").join(job.to_vec()));
    };
    if let Some(path) = below(
        template,
        &["metadata", "annotations"],
        "spec.cronJob.jobSpec.podTemplateAnnotations",
    ) {
        return Some(path);
    }
    let pod = rest(template, &["spec"])?;
    let (_, field) = item(pod, "containers").or_else(|| item(pod, "initContainers"))?;
    Some(FieldPath::of("spec.cronJob.containerConfigs").join(field.to_vec()))
}

fn role(store: &Value, object: &Value) -> Option<FieldPath> {
    let path = FieldPath::of("spec.authz.kubernetes.roles");
    let roles = store.pointer(&path.pointer())?.as_array()?;
    let role = roles
        .iter()
        .position(|role| *role == object["metadata"]["name"])?;
    Some(path.index(role))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(object: &Value, path: &FieldPath, expected: &str) {
        let store = json!({
            "metadata": { "name": "sample" },
            "spec": {
                "authz": { "kubernetes": { "roles": ["a", "b/c"] } },
                "services": {
                    "volumes": [{ "name": "v" }],
                    "onlineStore": { "server": {
                        "env": [{ "name": "A" }],
                        "resources": {},
                        "volumeMounts": [{ "name": "v", "mountPath": "/v" }],
                    } },
                },
            },
        });
        assert_eq!(of(&store, object, path).to_string(), expected);
    }

    #[test]
    fn container_fields_map_to_server_fields() {
        let object = json!({
            "kind": "Deployment",
            "metadata": { "name": "feast-sample" },
            "spec": { "template": { "spec": {
                "containers": [{
                    "name": "online",
                    "env": [{ "name": "TMP" }, { "name": "A" }],
                    "volumeMounts": [
                        { "name": "v", "mountPath": "/v" },
                        { "name": "feast-sample-offline", "mountPath": "/o" },
                    ],
                }],
                "volumes": [{ "name": "feast-data" }, { "name": "v" }],
            } } },
        });
        let container = FieldPath::of("spec.template.spec.containers").index(0);
        let server = "spec.services.onlineStore.server";
        let mounts = container.clone().field("volumeMounts");
        for (path, expected) in [
            (
                container.clone().field("env").index(1).field("name"),
                format!("{server}.env[0].name"),
            ),
            (
                container.clone().field("resources").field("requests"),
                format!("{server}.resources.requests"),
            ),
            (
                mounts.clone().index(0).field("name"),
                format!("{server}.volumeMounts[0].name"),
            ),
            (
                mounts.index(1).field("name"),
                "spec.services.offlineStore.persistence.file.pvc".to_owned(),
            ),
            (container.field("image"), server.to_owned()),
            (
                FieldPath::of("spec.template.spec.volumes")
                    .index(1)
                    .field("nfs"),
                "spec.services.volumes[0].nfs".to_owned(),
            ),
            (
                FieldPath::of("spec.template.spec.affinity.nodeAffinity"),
                "spec.services.affinity.nodeAffinity".to_owned(),
            ),
            (FieldPath::of("metadata.name"), "metadata.name".to_owned()),
        ] {
            check(&object, &path, &expected);
        }
    }

    #[test]
    fn fields_of_other_objects_are_mapped() {
        let object = |kind: &str, name: &str| json!({ "kind": kind, "metadata": { "name": name } });
        for (object, path, expected) in [
            (
                object("HorizontalPodAutoscaler", "feast-sample"),
                "spec.maxReplicas",
                "spec.services.scaling.autoscaling.maxReplicas",
            ),
            (
                object("PodDisruptionBudget", "feast-sample"),
                "spec.minAvailable",
                "spec.services.podDisruptionBudgets.minAvailable",
            ),
            (
                object("PersistentVolumeClaim", "feast-sample-online"),
                "spec.accessModes",
                "spec.services.onlineStore.persistence.file.pvc.create.accessModes",
            ),
            (
                object("CronJob", "feast-sample-cronjob"),
                "spec.jobTemplate.spec.completions",
                "spec.cronJob.jobSpec.completions",
            ),
            (
                object("CronJob", "feast-sample-cronjob"),
                "spec.schedule",
                "spec.cronJob.schedule",
            ),
            (
                object("Role", "b/c"),
                "metadata.name",
                "spec.authz.kubernetes.roles[1]",
            ),
            (
                object("Service", "feast-sample-online"),
                "metadata.name",
                "metadata.name",
            ),
        ] {
            check(&object, &FieldPath::of(path), expected);
        }
    }
}
