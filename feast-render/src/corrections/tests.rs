//! Compares each correction with the reference.

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use serde_json::{Value, json};

use super::{Correction, Corrections};
use crate::inputs::Inputs;
use crate::object_ref::ObjectRef;
use crate::plan::Plan;
use crate::release::OperatorRelease;
use crate::render::{Rendered, render, render_deletion};
use crate::settings::{Environment, Platform};
use crate::testing::{Given, given};

/// A FeatureStore that a correction affects.
struct Case {
    spec: Value,
    annotations: Value,
    inputs: Given,
    /// The corrected part of the rendering.
    shown: fn(&Inputs) -> Value,
    reference: Value,
    corrected: Value,
}

impl Case {
    fn new(spec: Value, shown: fn(&Inputs) -> Value) -> Self {
        Self {
            spec,
            annotations: Value::Null,
            inputs: given(),
            shown,
            reference: Value::Null,
            corrected: Value::Null,
        }
    }

    fn inputs(self, inputs: impl FnOnce(Given) -> Given) -> Self {
        let inputs = inputs(self.inputs);
        Self { inputs, ..self }
    }

    fn live(self, objects: impl IntoIterator<Item = Value>) -> Self {
        self.inputs(|inputs| inputs.objects(objects))
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

    fn feature_store(&self) -> Admitted {
        let mut spec = self.spec.clone();
        spec["feastProject"] = "scoring".into();
        let metadata = json!({
            "name": "sample", "namespace": "ml", "uid": "1", "annotations": self.annotations,
        });
        let store = FeatureStore::from_value(json!({
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": metadata,
            "spec": spec,
        }));
        Admitted::assume(store.unwrap()).unwrap()
    }

    fn show(&self, corrections: Corrections) -> Value {
        // Some corrections only affect what the newest operator creates.
        let mut given = self.inputs.clone().corrections(corrections);
        given.settings.release = OperatorRelease::MAIN;
        (self.shown)(&given.resolve(self.feature_store()))
    }
}

#[test]
fn each_correction_does_what_it_says() {
    for correction in Correction::ALL {
        let case = case(*correction);
        assert_ne!(case.reference, case.corrected, "{correction}");
        assert_eq!(case.show(Corrections::NONE), case.reference, "{correction}");
        let alone = Corrections::NONE.with(*correction);
        assert_eq!(case.show(alone), case.corrected, "{correction} alone");
    }
}

#[test]
fn a_set_has_each_correction_once() {
    assert!(Corrections::ALL.iter().eq(Correction::ALL.iter().copied()));
    for correction in Correction::ALL {
        assert_eq!(Corrections::ALL.with(*correction), Corrections::ALL);
        assert_eq!(correction.to_string(), correction.name());
    }
}

#[allow(clippy::too_many_lines, reason = "a case for each correction")]
fn case(correction: Correction) -> Case {
    match correction {
        Correction::QuotedInitScripts => Case::new(
            json!({ "feastProjectDir": { "git": {
                "url": "https://example.com/x.git", "configs": { "user.name": "a b" },
            } } }),
            |inputs| line(&init_script(inputs), "if "),
        )
        .becomes(
            "if [[ ! -d /feast-data/scoring/feature_repo ]]; then git -c user.name=a b clone \
             https://example.com/x.git /feast-data/scoring; fi;",
            "if [[ ! -d /feast-data/scoring/feature_repo ]]; then git -c \"user.name=a b\" clone \
             https://example.com/x.git /feast-data/scoring; fi;",
        ),
        Correction::FailingInitScripts => {
            Case::new(json!({}), |inputs| line(&init_script(inputs), "set "))
                .becomes(Value::Null, "set -euo pipefail")
        }
        Correction::LeftoverRegistryRestService => Case::new(json!({}), deletions)
            .live([owned("v1", "Service", "feast-sample-registry-rest")])
            .becomes(
                json!([]),
                json!(["v1/Service/ml/feast-sample-registry-rest"]),
            ),
        Correction::ForeignServiceAccounts => {
            let mut account = owned("v1", "ServiceAccount", "spark");
            account["metadata"]["labels"] = json!({
                "feast.dev/name": "sample", "feast.dev/service-type": "batch-driver",
            });
            Case::new(json!({}), deletions)
                .live([account])
                .becomes(json!([]), json!(["v1/ServiceAccount/ml/spark"]))
        }
        Correction::NamespacedClusterBindings => Case::new(json!({}), |inputs| {
            let plan = plan(inputs);
            plan.cluster_role_bindings[0].metadata.name.clone().into()
        })
        .becomes(
            "feast-sample-cluster-binding",
            "feast:ml:sample:cluster-binding",
        ),
        Correction::LeftoverClusterBindings => Case::new(json!({}), |inputs| {
            texts(&render_deletion(inputs).deletions)
        })
        .live([cluster_binding("feast-sample-cluster-binding")])
        .becomes(
            json!([]),
            json!([
                "rbac.authorization.k8s.io/v1/ClusterRoleBinding//feast-sample-cluster-binding"
            ]),
        ),
        Correction::LeftoverDiscovery => {
            let case = Case::new(json!({}), |inputs| {
                let maps = plan(inputs).discovery_config_maps;
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
        Correction::SharedDiscovery => {
            let consumer = json!({ "url": "http://a", "endpoint": "api/v1/lineage", "tls": false });
            let endpoints = json!({ "consumers": { "other/store": consumer } });
            let spec = json!({
                "services": { "ui": {} },
                "openlineage": { "enabled": true, "consumer": { "enabled": true } },
            });
            Case::new(spec, |inputs| {
                let plan = json!(plan(inputs).discovery_config_maps);
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
        Correction::DiscoveryNamespace => Case::new(json!({}), |inputs| {
            let plan = plan(inputs);
            let roles = plan.roles.iter().map(|role| &role.metadata);
            let maps = plan.discovery_config_maps.iter().map(|map| &map.metadata);
            let shared = roles
                .chain(maps)
                .filter(|metadata| metadata.owner_references.is_none());
            shared.map(|metadata| json!(metadata.namespace)).collect()
        })
        .inputs(|mut inputs| {
            inputs.settings.namespace = Some("feast".to_owned());
            inputs
        })
        .becomes(
            json!(["feast-operator-system", "feast-operator-system"]),
            json!(["feast", "feast"]),
        ),
        Correction::StaleAnnotations => {
            const CERTIFICATE: &str = "service.beta.openshift.io/serving-cert-secret-name";
            let mut service = owned("v1", "Service", "feast-sample-online");
            service["metadata"]["annotations"] = json!({ CERTIFICATE: "old" });
            Case::new(json!({}), |inputs| {
                let plan = plan(inputs);
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
        Correction::RegistryHostname => Case::new(
            json!({ "services": { "registry": { "local": {
                "server": { "restAPI": true, "grpc": false },
            } } } }),
            |inputs| hostname(inputs, "registry"),
        )
        .becomes("feast-sample-registry.ml.svc.cluster.local:80", Value::Null),
        Correction::RemoteRegistryHostnames => Case::new(
            json!({ "services": {
                "registry": { "remote": { "hostname": "registry.example.com:80" } },
                "ui": {},
            } }),
            |inputs| hostname(inputs, "ui"),
        )
        .becomes(Value::Null, "feast-sample-ui.ml.svc.cluster.local:80"),
        Correction::LineageRegistryAddress => lineage(&json!({}), |inputs| {
            let document = rendered(inputs).documents.lineage.unwrap();
            line(document.yaml(), "    path: ")
        })
        .becomes(
            "    path: feast-sample-registry.ml.svc.cluster.local:6570",
            "    path: feast-sample-registry.ml.svc.cluster.local:80",
        ),
        Correction::LineageTls => lineage(
            &json!({ "server": { "tls": { "secretRef": { "name": "certificate" } } } }),
            |inputs| {
                let plan = plan(inputs);
                let service = plan
                    .services
                    .last()
                    .and_then(|service| service.spec.as_ref());
                let port = &service.and_then(|service| service.ports.as_ref()).unwrap()[0];
                json!([port.name, port.port, port.target_port])
            },
        )
        .becomes(json!(["http", 80, 6580]), json!(["https", 443, 6581])),
        Correction::LineagePod => lineage(&json!({}), |inputs| {
            let deployment = json!(plan(inputs).lineage_deployment);
            deployment["spec"]["template"]["spec"]["serviceAccountName"].clone()
        })
        .becomes(Value::Null, "feast-sample"),
        Correction::LineageWithoutAuthz => {
            let mut case = lineage(&json!({}), outcome);
            case.spec["authz"] = json!({ "noAuth": true });
            case.spec["services"] = json!({});
            case.becomes(
                "lineageServer with authz requires a registry (local or remote) so the lineage \
                 server can connect for RBAC checks",
                "rendered",
            )
        }
        Correction::LineageServerRefused => {
            let mut case = lineage(&json!({}), outcome);
            case.spec["openlineage"]["consumer"]["enabled"] = false.into();
            case.becomes("rendered", "lineageServer requires consumer.enabled")
        }
        Correction::EmptyImageVariables => Case::new(json!({}), |inputs| {
            let deployment = json!(plan(inputs).deployment);
            deployment["spec"]["template"]["spec"]["containers"][0]["image"].clone()
        })
        .inputs(|inputs| {
            inputs.environment(Environment {
                feature_server_image: Some(String::new()),
                ..Environment::default()
            })
        })
        .becomes(Value::Null, OperatorRelease::MAIN.feature_server_image()),
        Correction::ClientRegistry => Case::new(json!({}), |inputs| {
            line(rendered(inputs).documents.client.yaml(), "registry:")
        })
        .becomes(Value::Null, "registry:"),
        Correction::YamlFloats => online_store("timeout: 0.0000001\n", |inputs| {
            line(rendered(inputs).documents.service.yaml(), "    timeout: ")
        })
        .becomes("    timeout: 1e-07", "    timeout: 1.0e-07"),
        Correction::OidcStrings => Case::new(
            json!({ "authz": { "oidc": {
                "issuerUrl": "https://idp.example.com", "secretRef": { "name": "oidc" },
            } } }),
            |inputs| line(rendered(inputs).documents.service.yaml(), "    client_id: "),
        )
        .secret("oidc", &[("client_id", "5")])
        .becomes("    client_id: 5", "    client_id: \"5\""),
        Correction::StoreParameters => Case::new(
            json!({ "services": { "registry": { "local": { "persistence": { "store": {
                "type": "sql", "secretRef": { "name": "registry" },
            } } } } } }),
            |inputs| {
                let document = rendered(inputs).documents.service;
                let document = document.yaml();
                let other_type = document.contains("    type: sql\n");
                json!([other_type, line(document, "    cache_ttl_seconds: ")])
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
fn a_corrected_lineage_pod_has_all_its_settings() {
    let server = json!({
        "envFrom": [{ "secretRef": { "name": "more" } }],
        "imagePullPolicy": "Always",
        "nodeSelector": { "disk": "ssd" },
        "resources": { "limits": { "cpu": "1" } },
        "volumeMounts": [{ "name": "own", "mountPath": "/own" }],
    });
    let mut case = lineage(&json!({ "server": server }), |inputs| {
        json!(plan(inputs).lineage_deployment)["spec"]["template"]["spec"].take()
    });
    let whole = json!({
        "securityContext": { "runAsNonRoot": true },
        "tolerations": [{ "operator": "Exists" }],
        "volumes": [{ "name": "own", "emptyDir": {} }],
    });
    let services = case.spec["services"].as_object_mut().unwrap();
    services.extend(whole.as_object().unwrap().clone());
    services.insert("nodeSelector".into(), json!({ "zone": "a" }));

    let pod = case.show(Corrections::ALL);
    for key in ["envFrom", "imagePullPolicy", "resources", "volumeMounts"] {
        assert_eq!(pod["containers"][0][key], server[key], "{key}");
    }
    for (key, value) in whole.as_object().unwrap() {
        assert_eq!(pod[key], *value, "{key}");
    }
    assert_eq!(pod["nodeSelector"], json!({ "disk": "ssd", "zone": "a" }));
}

#[test]
fn a_shared_config_map_keeps_its_resource_version() {
    let case = Case::new(json!({}), |inputs| {
        json!(
            plan(inputs).discovery_config_maps[0]
                .metadata
                .resource_version
        )
    })
    .inputs(|mut inputs| {
        inputs.settings.namespace = Some("feast".to_owned());
        inputs.platform(Platform::openshift())
    })
    .live([json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "feast-configs-registry", "namespace": "feast", "resourceVersion": "7",
        },
    })]);
    assert_eq!(case.show(Corrections::NONE), "7");
}

/// A lineage server beside a registry server.
fn lineage(server: &Value, shown: fn(&Inputs) -> Value) -> Case {
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
fn online_store(parameters: &str, shown: fn(&Inputs) -> Value) -> Case {
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

fn rendered(inputs: &Inputs) -> Rendered {
    render(inputs).unwrap()
}

fn plan(inputs: &Inputs) -> Plan {
    *rendered(inputs).plan
}

fn outcome(inputs: &Inputs) -> Value {
    let refusal = render(inputs).err().map(|error| error.to_string());
    refusal.unwrap_or_else(|| "rendered".to_owned()).into()
}

fn deletions(inputs: &Inputs) -> Value {
    texts(&plan(inputs).deletions)
}

fn texts(objects: &[ObjectRef]) -> Value {
    objects.iter().map(ToString::to_string).collect()
}

fn hostname(inputs: &Inputs, server: &str) -> Value {
    json!(rendered(inputs).status.service_hostnames)[server].clone()
}

fn init_script(inputs: &Inputs) -> String {
    let deployment = json!(plan(inputs).deployment);
    let init = &deployment["spec"]["template"]["spec"]["initContainers"][0];
    init["args"][0].as_str().unwrap().to_owned()
}

/// The first line with this start.
fn line(text: &str, start: &str) -> Value {
    text.lines().find(|line| line.starts_with(start)).into()
}
