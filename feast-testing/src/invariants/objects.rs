//! Invariants of the operator's objects.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Broken, OwnerFault};
use crate::cluster::{Key, Store};

/// Every object of the operator in a FeatureStore's namespace has an owner, and owners exist in the
/// same namespace, one of them controlling.
///
/// Kubernetes deletes objects whose owner is in another namespace.
///
/// # Errors
///
/// [`Broken::Owner`].
pub fn owned(cluster: &impl AsRef<Store>) -> Result<(), Broken> {
    let store = cluster.as_ref();
    let feature_stores = store.of_kind("feast.dev/v1", "FeatureStore");
    let namespaces: BTreeSet<&str> = feature_stores.map(|(key, _)| &key.namespace[..]).collect();
    for (key, object) in store.made() {
        let owners: Vec<&Value> = list(&object["metadata"]["ownerReferences"]).collect();
        let controllers = owners.iter().filter(|owner| owner["controller"] == true);
        let is_homeless = namespaces.contains(&key.namespace[..]) && owners.is_empty();
        let fault = if is_homeless {
            OwnerFault::None
        } else if !owners.iter().all(|owner| is_there(store, key, owner)) {
            OwnerFault::Gone
        } else if controllers.count() > 1 {
            OwnerFault::ManyControllers
        } else {
            continue;
        };
        return Err(Broken::Owner {
            object: key.clone(),
            fault,
        });
    }
    Ok(())
}

fn is_there(store: &Store, of: &Key, owner: &Value) -> bool {
    let is_near = |key: &Key| key.namespace.is_empty() || key.namespace == of.namespace;
    let mut objects = store.objects().iter();
    objects.any(|(key, object)| {
        is_near(key) && object["metadata"]["uid"] == owner["uid"] && !owner["uid"].is_null()
    })
}

/// Every object of the operator has this label.
///
/// # Errors
///
/// [`Broken::Label`].
pub fn labelled(cluster: &impl AsRef<Store>, key: &str, value: &str) -> Result<(), Broken> {
    let mut made = cluster.as_ref().made();
    match made.find(|(_, object)| object["metadata"]["labels"][key] != value) {
        None => Ok(()),
        Some((object, _)) => Err(Broken::Label {
            object: object.clone(),
            label: format!("{key}={value}"),
        }),
    }
}

/// For every Service with a selector, each selected kind of pod has a container with the target
/// port, and there is at least one such kind.
///
/// # Errors
///
/// [`Broken::Service`].
pub fn services_reach_containers(cluster: &impl AsRef<Store>) -> Result<(), Broken> {
    let services = cluster
        .as_ref()
        .made()
        .filter(|(key, _)| key.kind == "Service");
    for (key, service) in services {
        let Some(selector) = service["spec"]["selector"].as_object() else {
            continue;
        };
        let pods = pod_templates(cluster.as_ref()).filter(|(workload, template)| {
            let labels = &template["metadata"]["labels"];
            workload.namespace == key.namespace
                && selector
                    .iter()
                    .all(|(label, value)| labels[label] == *value)
        });
        let open: Vec<BTreeSet<String>> =
            pods.map(|(_, template)| ports(&template["spec"])).collect();
        for port in list(&service["spec"]["ports"]) {
            let target = port.get("targetPort").unwrap_or(&port["port"]).to_string();
            if open.is_empty() || !open.iter().all(|open| open.contains(&target)) {
                return Err(Broken::Service {
                    service: key.clone(),
                    port: target,
                });
            }
        }
    }
    Ok(())
}

/// The container ports of a pod by number and name, as JSON.
fn ports(pod: &Value) -> BTreeSet<String> {
    let ports = containers(pod).flat_map(|container| list(&container["ports"]));
    ports
        .flat_map(|port| [port["containerPort"].to_string(), port["name"].to_string()])
        .collect()
}

/// Every mounted volume is a volume of the pod, unless a FeatureStore asks for the mount, which may
/// be the user's mistake.
///
/// # Errors
///
/// [`Broken::Mount`].
pub fn mounts_have_volumes(cluster: &impl AsRef<Store>) -> Result<(), Broken> {
    let mut asked = BTreeSet::new();
    for (_, fs) in cluster.as_ref().of_kind("feast.dev/v1", "FeatureStore") {
        collect_mounts(&fs["spec"], &mut asked);
    }
    for (key, template) in pod_templates(cluster.as_ref()) {
        let pod = &template["spec"];
        let volumes: BTreeSet<_> = list(&pod["volumes"])
            .map(|volume| volume["name"].as_str())
            .collect();
        for mount in containers(pod).flat_map(|container| list(&container["volumeMounts"])) {
            let name = mount["name"].as_str();
            if !volumes.contains(&name) && !asked.contains(&name) {
                let volume = name.unwrap_or_default().to_owned();
                return Err(Broken::Mount {
                    workload: key.clone(),
                    volume,
                });
            }
        }
    }
    Ok(())
}

/// The volumes whose mounts a user asked for.
fn collect_mounts<'a>(value: &'a Value, found: &mut BTreeSet<Option<&'a str>>) {
    match value {
        Value::Object(fields) => {
            for mount in fields.get("volumeMounts").into_iter().flat_map(list) {
                found.insert(mount["name"].as_str());
            }
            fields.values().for_each(|part| collect_mounts(part, found));
        }
        Value::Array(items) => items.iter().for_each(|part| collect_mounts(part, found)),
        _ => {}
    }
}

/// Scale targets, bound roles and service accounts exist.
///
/// # Errors
///
/// [`Broken::Dangling`].
pub fn references_resolve(cluster: &impl AsRef<Store>) -> Result<(), Broken> {
    for (key, object) in cluster.as_ref().made() {
        for wanted in wanted(key, object) {
            if cluster.as_ref().get(&wanted).is_none() {
                return Err(Broken::Dangling {
                    object: key.clone(),
                    wanted,
                });
            }
        }
    }
    Ok(())
}

/// The objects that an object requires.
fn wanted(key: &Key, object: &Value) -> Vec<Key> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let near = |api_version: &str, kind: &str, name: &Value| {
        Key::new(api_version, kind, &key.namespace, &text(name))
    };
    match key.kind.as_str() {
        "HorizontalPodAutoscaler" => {
            let target = &object["spec"]["scaleTargetRef"];
            vec![near(
                &text(&target["apiVersion"]),
                &text(&target["kind"]),
                &target["name"],
            )]
        }
        "RoleBinding" | "ClusterRoleBinding" => {
            let (role, group) = (&object["roleRef"], "rbac.authorization.k8s.io/v1");
            let namespace = if role["kind"] == "Role" {
                &key.namespace[..]
            } else {
                ""
            };
            vec![Key::new(
                group,
                &text(&role["kind"]),
                namespace,
                &text(&role["name"]),
            )]
        }
        _ => {
            let account =
                pod_template(object).map(|template| &template["spec"]["serviceAccountName"]);
            let account = account.filter(|name| name.as_str().is_some_and(|name| !name.is_empty()));
            account
                .map(|name| near("v1", "ServiceAccount", name))
                .into_iter()
                .collect()
        }
    }
}

/// The operator changes no fields and deletes no objects of others.
///
/// # Errors
///
/// [`Broken::Trespass`].
pub fn stays_away(cluster: &impl AsRef<Store>) -> Result<(), Broken> {
    match cluster.as_ref().trespasses() {
        [] => Ok(()),
        [first, ..] => Err(Broken::Trespass {
            object: first.object.clone(),
            fields: first.fields.clone(),
        }),
    }
}

/// The pod templates of the operator's objects.
fn pod_templates(store: &Store) -> impl Iterator<Item = (&Key, &Value)> {
    store
        .made()
        .filter_map(|(key, object)| Some((key, pod_template(object)?)))
}

fn pod_template(object: &Value) -> Option<&Value> {
    let places = ["/spec/template", "/spec/jobTemplate/spec/template"];
    places.into_iter().find_map(|place| object.pointer(place))
}

fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    list(&pod["initContainers"]).chain(list(&pod["containers"]))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{cluster, made, owned as object};
    use super::*;

    fn deployment(pod: &Value) -> Value {
        let template = json!({ "metadata": { "labels": { "app": "a" } }, "spec": pod });
        object(
            "apps/v1",
            "Deployment",
            &json!({ "spec": { "template": template } }),
        )
    }

    #[test]
    fn owners_are_there() {
        let good = object("v1", "ConfigMap", &json!({}));
        assert_eq!(owned(&made(std::slice::from_ref(&good))), Ok(()));
        let fault = |change: fn(&mut Value)| {
            let mut object = good.clone();
            change(&mut object["metadata"]);
            match owned(&made(&[object])) {
                Err(Broken::Owner { fault, .. }) => Some(fault),
                _ => None,
            }
        };
        assert_eq!(
            fault(|it| it["ownerReferences"] = json!([])),
            Some(OwnerFault::None)
        );
        assert_eq!(
            fault(|it| it["ownerReferences"][0]["uid"] = json!("2")),
            Some(OwnerFault::Gone)
        );
        assert_eq!(
            fault(|it| it["namespace"] = json!("other")),
            Some(OwnerFault::Gone)
        );
        let twice = |it: &mut Value| {
            let owner = it["ownerReferences"][0].clone();
            it["ownerReferences"] = json!([owner, owner]);
        };
        assert_eq!(fault(twice), Some(OwnerFault::ManyControllers));
    }

    #[test]
    fn labels_are_there() {
        let mut good = object("v1", "ConfigMap", &json!({}));
        assert!(labelled(&made(std::slice::from_ref(&good)), "app", "a").is_err());
        good["metadata"]["labels"] = json!({ "app": "a" });
        assert_eq!(labelled(&made(&[good]), "app", "a"), Ok(()));
    }

    #[test]
    fn a_service_leads_somewhere() {
        let pod = json!({ "containers": [{ "ports": [{ "name": "http", "containerPort": 80 }] }] });
        let verdict = |port: &Value, label: &str| {
            let spec = json!({ "selector": { "app": label }, "ports": [port] });
            let service = object("v1", "Service", &json!({ "spec": spec }));
            services_reach_containers(&made(&[service, deployment(&pod)]))
        };
        assert_eq!(
            verdict(&json!({ "port": 1, "targetPort": "http" }), "a"),
            Ok(())
        );
        assert_eq!(verdict(&json!({ "port": 80 }), "a"), Ok(()));
        let broken = verdict(&json!({ "port": 80, "targetPort": 81 }), "a").unwrap_err();
        assert_eq!(
            broken.to_string(),
            "v1/Service/ml/sample: no container of its pods has the port 81"
        );
        assert!(verdict(&json!({ "port": 80 }), "b").is_err());
    }

    #[test]
    fn a_mount_has_its_volume() {
        let pod = |volume: &str| {
            json!({
                "initContainers": [{ "volumeMounts": [{ "name": "data" }] }],
                "volumes": [{ "name": volume }],
            })
        };
        assert_eq!(
            mounts_have_volumes(&made(&[deployment(&pod("data"))])),
            Ok(())
        );
        let broken = mounts_have_volumes(&made(&[deployment(&pod("other"))]));
        assert!(matches!(broken, Err(Broken::Mount { volume, .. }) if volume == "data"));
    }

    #[test]
    fn references_are_looked_up() {
        let pod = json!({ "serviceAccountName": "sample" });
        let account = object("v1", "ServiceAccount", &json!({}));
        assert_eq!(
            references_resolve(&made(&[deployment(&pod), account])),
            Ok(())
        );
        let broken = references_resolve(&made(&[deployment(&pod)])).unwrap_err();
        assert_eq!(
            broken.to_string(),
            "apps/v1/Deployment/ml/sample needs v1/ServiceAccount/ml/sample, which does not exist"
        );
    }

    #[test]
    fn fields_of_others_are_protected() {
        let mut cluster =
            cluster(|store, key| store.patch(key, &json!({ "spec": { "replicas": 3 } })));
        assert_eq!(
            stays_away(&cluster.settle().unwrap()),
            Ok(()),
            "nobody gave replicas"
        );
        let mut fs = super::super::testing::feature_store();
        fs["spec"]["replicas"] = json!(1);
        cluster.put(&fs).unwrap();
        let broken = stays_away(&cluster.settle().unwrap()).unwrap_err();
        assert_eq!(
            broken.to_string(),
            "feast.dev/v1/FeatureStore/ml/sample: the operator changed /spec/replicas of others"
        );
    }
}
