//! Each correction beside the reference.

use feast_api::v1::FeatureStore;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use serde_json::{Value, json};

use super::{Deviation, Deviations};
use crate::inputs::{Environment, Inputs, InputsBuilder, Platform};
use crate::live::{Live, ObjectRef};
use crate::plan::Plan;
use crate::render::{Rendered, render, render_deletion};

/// A FeatureStore with which a correction matters.
struct Case {
    spec: Value,
    annotations: Value,
    inputs: InputsBuilder,
    /// The part of what is made that is corrected.
    shown: fn(&FeatureStore, &Inputs) -> Value,
    reference: Value,
    corrected: Value,
}

impl Case {
    fn new(spec: Value, shown: fn(&FeatureStore, &Inputs) -> Value) -> Self {
        Self {
            spec,
            annotations: Value::Null,
            inputs: Inputs::builder(),
            shown,
            reference: Value::Null,
            corrected: Value::Null,
        }
    }

    fn inputs(self, inputs: impl FnOnce(InputsBuilder) -> InputsBuilder) -> Self {
        let inputs = inputs(self.inputs);
        Self { inputs, ..self }
    }

    fn live(self, objects: impl IntoIterator<Item = Value>) -> Self {
        let live = objects.into_iter().fold(Live::default(), |live, object| {
            live.with_value(object).unwrap()
        });
        self.inputs(|inputs| inputs.live(live))
    }

    fn secret(self, name: &str, data: &[(&str, &str)]) -> Self {
        let mut secret = Secret::default();
        secret.metadata.name = Some(name.to_owned());
        secret.metadata.namespace = Some("ml".to_owned());
        let entry = |(key, text): &(&str, &str)| ((*key).to_owned(), ByteString((*text).into()));
        secret.data = Some(data.iter().map(entry).collect());
        self.inputs(|inputs| inputs.secrets([secret]))
    }

    fn becomes(self, reference: impl Into<Value>, corrected: impl Into<Value>) -> Self {
        Self {
            reference: reference.into(),
            corrected: corrected.into(),
            ..self
        }
    }

    fn feature_store(&self) -> FeatureStore {
        let mut spec = self.spec.clone();
        spec["feastProject"] = "scoring".into();
        let metadata = json!({
            "name": "sample", "namespace": "ml", "uid": "1", "annotations": self.annotations,
        });
        FeatureStore::from_value(json!({
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": metadata,
            "spec": spec,
        }))
        .unwrap()
    }

    fn show(&self, deviations: Deviations) -> Value {
        let inputs = self.inputs.clone().deviations(deviations).build();
        (self.shown)(&self.feature_store(), &inputs)
    }
}

#[test]
fn each_correction_does_what_it_says() {
    for deviation in Deviation::ALL {
        let case = case(*deviation);
        assert_ne!(case.reference, case.corrected, "{deviation}");
        assert_eq!(case.show(Deviations::NONE), case.reference, "{deviation}");
        let alone = Deviations::NONE.with(*deviation);
        assert_eq!(case.show(alone), case.corrected, "{deviation} alone");
    }
}

#[test]
fn a_set_has_each_correction_once() {
    assert!(Deviations::ALL.iter().eq(Deviation::ALL.iter().copied()));
    for deviation in Deviation::ALL {
        assert_eq!(Deviations::ALL.with(*deviation), Deviations::ALL);
        assert_eq!(deviation.to_string(), deviation.name());
    }
}

#[allow(clippy::too_many_lines, reason = "a case for each correction")]
fn case(deviation: Deviation) -> Case {
    match deviation {
        Deviation::QuotedInitScripts => Case::new(
            json!({ "feastProjectDir": { "git": {
                "url": "https://example.com/x.git", "configs": { "user.name": "a b" },
            } } }),
            |fs, inputs| line(&init_script(fs, inputs), "if "),
        )
        .becomes(
            "if [[ ! -d /feast-data/scoring/feature_repo ]]; then git -c user.name=a b clone \
             https://example.com/x.git /feast-data/scoring; fi;",
            "if [[ ! -d /feast-data/scoring/feature_repo ]]; then git -c \"user.name=a b\" clone \
             https://example.com/x.git /feast-data/scoring; fi;",
        ),
        Deviation::FailingInitScripts => Case::new(json!({}), |fs, inputs| {
            line(&init_script(fs, inputs), "set ")
        })
        .becomes(Value::Null, "set -euo pipefail"),
        Deviation::LeftoverRegistryRestService => Case::new(json!({}), deletions)
            .live([owned("v1", "Service", "feast-sample-registry-rest")])
            .becomes(
                json!([]),
                json!(["v1/Service/ml/feast-sample-registry-rest"]),
            ),
        Deviation::ForeignServiceAccounts => {
            let mut account = owned("v1", "ServiceAccount", "spark");
            account["metadata"]["labels"] = json!({
                "feast.dev/name": "sample", "feast.dev/service-type": "batch-driver",
            });
            Case::new(json!({}), deletions)
                .live([account])
                .becomes(json!([]), json!(["v1/ServiceAccount/ml/spark"]))
        }
        Deviation::NamespacedClusterBindings => Case::new(json!({}), |fs, inputs| {
            let plan = plan(fs, inputs);
            plan.cluster_role_bindings[0].metadata.name.clone().into()
        })
        .becomes(
            "feast-sample-cluster-binding",
            "feast:ml:sample:cluster-binding",
        ),
        Deviation::LeftoverClusterBindings => Case::new(json!({}), |fs, inputs| {
            texts(&render_deletion(fs, inputs).deletions)
        })
        .live([cluster_binding("feast-sample-cluster-binding")])
        .becomes(
            json!([]),
            json!([
                "rbac.authorization.k8s.io/v1/ClusterRoleBinding//feast-sample-cluster-binding"
            ]),
        ),
        Deviation::LeftoverDiscovery => {
            let case = Case::new(json!({}), |fs, inputs| {
                let maps = plan(fs, inputs).discovery_config_maps;
                maps.iter().map(|map| json!(map.data)).collect()
            });
            let case = Case {
                annotations: json!({ "feast.dev/protected-project": "true" }),
                ..case
            };
            let known = json!({ "namespaces": { "ml": ["feast-sample-client"] } });
            case.live([json!({
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {
                    "name": "feast-configs-registry", "namespace": "feast-operator-system",
                },
                "data": { "namespaces": known.to_string() },
            })])
            .becomes(json!([]), json!([{ "namespaces": r#"{"namespaces":{}}"# }]))
        }
        Deviation::SharedDiscovery => {
            let consumer = json!({ "url": "http://a", "endpoint": "api/v1/lineage", "tls": false });
            let endpoints = json!({ "consumers": { "other/store": consumer } });
            let spec = json!({
                "services": { "ui": {} },
                "openlineage": { "enabled": true, "consumer": { "enabled": true } },
            });
            Case::new(spec, |fs, inputs| {
                let plan = json!(plan(fs, inputs).discovery_config_maps);
                json!([
                    plan[1]["metadata"]["labels"]["feast.dev/name"],
                    plan[1]["data"]["url"]
                ])
            })
            .live([json!({
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {
                    "name": "feast-openlineage-config", "namespace": "feast-operator-system",
                },
                "data": { "endpoints": endpoints.to_string(), "url": "http://a" },
            })])
            .becomes(
                json!(["sample", "http://feast-sample-ui.ml.svc.cluster.local:80"]),
                json!([null, "http://a"]),
            )
        }
        Deviation::StaleAnnotations => {
            const CERTIFICATE: &str = "service.beta.openshift.io/serving-cert-secret-name";
            let mut service = owned("v1", "Service", "feast-sample-online");
            service["metadata"]["annotations"] = json!({ CERTIFICATE: "old" });
            Case::new(json!({}), |fs, inputs| {
                let plan = plan(fs, inputs);
                let service = &plan.services[0].metadata;
                let patches: Vec<_> = plan.patches.iter().map(|patch| &patch.merge).collect();
                json!({ "annotations": service.annotations, "patches": patches })
            })
            .live([service])
            .becomes(
                json!({ "annotations": { CERTIFICATE: "old" }, "patches": [] }),
                json!({
                    "annotations": null,
                    "patches": [{ "metadata": { "annotations": { CERTIFICATE: null } } }],
                }),
            )
        }
        Deviation::RegistryHostname => Case::new(
            json!({ "services": { "registry": { "local": {
                "server": { "restAPI": true, "grpc": false },
            } } } }),
            |fs, inputs| hostname(fs, inputs, "registry"),
        )
        .becomes("feast-sample-registry.ml.svc.cluster.local:80", Value::Null),
        Deviation::RemoteRegistryHostnames => Case::new(
            json!({ "services": {
                "registry": { "remote": { "hostname": "registry.example.com:80" } },
                "ui": {},
            } }),
            |fs, inputs| hostname(fs, inputs, "ui"),
        )
        .becomes(Value::Null, "feast-sample-ui.ml.svc.cluster.local:80"),
        Deviation::LineageRegistryAddress => lineage(&json!({}), |fs, inputs| {
            let document = rendered(fs, inputs).store_yaml.lineage.unwrap();
            line(&document, "    path: ")
        })
        .becomes(
            "    path: feast-sample-registry.ml.svc.cluster.local:6570",
            "    path: feast-sample-registry.ml.svc.cluster.local:80",
        ),
        Deviation::LineageTls => lineage(
            &json!({ "server": { "tls": { "secretRef": { "name": "certificate" } } } }),
            |fs, inputs| {
                let plan = plan(fs, inputs);
                let service = plan
                    .services
                    .last()
                    .and_then(|service| service.spec.as_ref());
                let port = &service.and_then(|service| service.ports.as_ref()).unwrap()[0];
                json!([port.name, port.port, port.target_port])
            },
        )
        .becomes(json!(["http", 80, 6580]), json!(["https", 443, 6581])),
        Deviation::LineagePod => lineage(&json!({}), |fs, inputs| {
            let deployment = json!(plan(fs, inputs).lineage_deployment);
            deployment["spec"]["template"]["spec"]["serviceAccountName"].clone()
        })
        .becomes(Value::Null, "feast-sample"),
        Deviation::LineageWithoutAuthz => {
            let mut case = lineage(&json!({}), outcome);
            case.spec["authz"] = json!({ "noAuth": true });
            case.spec["services"] = json!({});
            case.becomes(
                "lineageServer with authz requires a registry (local or remote) so the lineage \
                 server can connect for RBAC checks",
                "rendered",
            )
        }
        Deviation::LineageServerRefused => {
            let mut case = lineage(&json!({}), outcome);
            case.spec["openlineage"]["consumer"]["enabled"] = false.into();
            case.becomes("rendered", "lineageServer requires consumer.enabled")
        }
        Deviation::EmptyImageVariables => Case::new(json!({}), |fs, inputs| {
            let deployment = json!(plan(fs, inputs).deployment);
            deployment["spec"]["template"]["spec"]["containers"][0]["image"].clone()
        })
        .inputs(|inputs| {
            inputs.environment(Environment {
                feature_server_image: Some(String::new()),
                ..Environment::default()
            })
        })
        .becomes(Value::Null, "quay.io/feastdev/feature-server:0.66.0"),
        Deviation::ClientRegistry => Case::new(json!({}), |fs, inputs| {
            line(&rendered(fs, inputs).store_yaml.client, "registry:")
        })
        .becomes(Value::Null, "registry:"),
        Deviation::YamlFloats => online_store("timeout: 0.0000001\n", |fs, inputs| {
            line(&rendered(fs, inputs).store_yaml.service, "    timeout: ")
        })
        .becomes("    timeout: 1e-07", "    timeout: 1.0e-07"),
        Deviation::OidcStrings => Case::new(
            json!({ "authz": { "oidc": {
                "issuerUrl": "https://idp.example.com", "secretRef": { "name": "oidc" },
            } } }),
            |fs, inputs| line(&rendered(fs, inputs).store_yaml.service, "    client_id: "),
        )
        .secret("oidc", &[("client_id", "5")])
        .becomes("    client_id: 5", "    client_id: \"5\""),
        Deviation::StoreParameters => Case::new(
            json!({ "services": { "registry": { "local": { "persistence": { "store": {
                "type": "sql", "secretRef": { "name": "registry" },
            } } } } } }),
            |fs, inputs| {
                let document = rendered(fs, inputs).store_yaml.service;
                let other_type = document.contains("    type: sql\n");
                json!([other_type, line(&document, "    cache_ttl_seconds: ")])
            },
        )
        .secret(
            "registry",
            &[("sql", "type: sql\ncache_ttl_seconds: \"60\"\n")],
        )
        .becomes(
            json!([true, null]),
            json!([false, "    cache_ttl_seconds: 60"]),
        ),
    }
}

#[test]
fn a_corrected_lineage_pod_has_all_that_it_is_given() {
    let server = json!({
        "envFrom": [{ "secretRef": { "name": "more" } }],
        "imagePullPolicy": "Always",
        "nodeSelector": { "disk": "ssd" },
        "resources": { "limits": { "cpu": "1" } },
        "volumeMounts": [{ "name": "own", "mountPath": "/own" }],
    });
    let mut case = lineage(&json!({ "server": server }), |fs, inputs| {
        json!(plan(fs, inputs).lineage_deployment)["spec"]["template"]["spec"].take()
    });
    let whole = json!({
        "securityContext": { "runAsNonRoot": true },
        "tolerations": [{ "operator": "Exists" }],
        "volumes": [{ "name": "own", "emptyDir": {} }],
    });
    let services = case.spec["services"].as_object_mut().unwrap();
    services.extend(whole.as_object().unwrap().clone());
    services.insert("nodeSelector".into(), json!({ "zone": "a" }));

    let pod = case.show(Deviations::ALL);
    for key in ["envFrom", "imagePullPolicy", "resources", "volumeMounts"] {
        assert_eq!(pod["containers"][0][key], server[key], "{key}");
    }
    for (key, value) in whole.as_object().unwrap() {
        assert_eq!(pod[key], *value, "{key}");
    }
    assert_eq!(pod["nodeSelector"], json!({ "disk": "ssd", "zone": "a" }));
}

#[test]
fn a_shared_config_map_is_changed_as_it_was_read() {
    let case = Case::new(json!({}), |fs, inputs| {
        json!(
            plan(fs, inputs).discovery_config_maps[0]
                .metadata
                .resource_version
        )
    })
    .inputs(|inputs| {
        inputs
            .platform(Platform::openshift())
            .operator_namespace("feast")
    })
    .live([json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "feast-configs-registry", "namespace": "feast", "resourceVersion": "7",
        },
    })]);
    assert_eq!(case.show(Deviations::NONE), "7");
}

/// A lineage server beside a registry server.
fn lineage(server: &Value, shown: fn(&FeatureStore, &Inputs) -> Value) -> Case {
    let spec = json!({
        "services": { "registry": { "local": { "server": { "grpc": true } } } },
        "openlineage": { "enabled": true, "consumer": {
            "enabled": true,
            "connectionStringSecretRef": { "name": "lineage" },
            "lineageServer": server,
        } },
    });
    Case::new(spec, shown).secret(
        "lineage",
        &[("connection_string", "postgresql://db/lineage")],
    )
}

/// An online store with these parameters.
fn online_store(parameters: &str, shown: fn(&FeatureStore, &Inputs) -> Value) -> Case {
    let spec = json!({ "services": { "onlineStore": { "persistence": { "store": {
        "type": "redis", "secretRef": { "name": "stores" },
    } } } } });
    Case::new(spec, shown).secret("stores", &[("redis", parameters)])
}

/// An object that the FeatureStore controls.
fn owned(api_version: &str, kind: &str, name: &str) -> Value {
    json!({
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": "ml",
            "ownerReferences": [{
                "apiVersion": "feast.dev/v1",
                "kind": "FeatureStore",
                "name": "sample",
                "uid": "1",
                "controller": true,
            }],
        },
    })
}

fn cluster_binding(name: &str) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": { "name": name },
    })
}

fn rendered(fs: &FeatureStore, inputs: &Inputs) -> Rendered {
    render(fs, inputs).unwrap()
}

fn plan(fs: &FeatureStore, inputs: &Inputs) -> Plan {
    rendered(fs, inputs).plan
}

fn outcome(fs: &FeatureStore, inputs: &Inputs) -> Value {
    let refusal = render(fs, inputs).err().map(|error| error.to_string());
    refusal.unwrap_or_else(|| "rendered".to_owned()).into()
}

fn deletions(fs: &FeatureStore, inputs: &Inputs) -> Value {
    texts(&plan(fs, inputs).deletions)
}

fn texts(objects: &[ObjectRef]) -> Value {
    objects.iter().map(ToString::to_string).collect()
}

fn hostname(fs: &FeatureStore, inputs: &Inputs, server: &str) -> Value {
    json!(rendered(fs, inputs).status.service_hostnames)[server].clone()
}

fn init_script(fs: &FeatureStore, inputs: &Inputs) -> String {
    let deployment = json!(plan(fs, inputs).deployment);
    let init = &deployment["spec"]["template"]["spec"]["initContainers"][0];
    init["args"][0].as_str().unwrap().to_owned()
}

/// The first line that begins so.
fn line(text: &str, start: &str) -> Value {
    text.lines().find(|line| line.starts_with(start)).into()
}
