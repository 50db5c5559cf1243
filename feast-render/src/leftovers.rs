//! Existing objects that are no longer needed.

use std::collections::BTreeSet;

use feast_api::v1::FeatureStore;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{
    ConfigMap, PersistentVolumeClaim, Secret, Service, ServiceAccount,
};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{ClusterRoleBinding, Role, RoleBinding};
use serde_json::{Value, json};

use crate::changes::Change;
use crate::context::Context;
use crate::corrections::Correction;
use crate::inputs::Inputs;
use crate::monitoring::ServiceMonitor;
use crate::names::{
    NAME_LABEL, Names, SERVING_CERT_ANNOTATION, SERVING_SANS_ANNOTATION, TYPE_LABEL, types,
};
use crate::object_ref::ObjectRef;
use crate::objects::authorization::binding_namespace;
use crate::objects::persistent_volume_claim::persistent_volume_claim;
use crate::openshift::Route;
use crate::plan::{Object, Patch, Plan};
use crate::server::ServerType;

/// Stores that may have a claim.
const STORES: [ServerType; 3] = [
    ServerType::Offline,
    ServerType::Online,
    ServerType::Registry,
];

/// The objects to delete along with a plan, in a fixed order.
pub(crate) fn leftovers(context: &Context<'_>, plan: &Plan) -> Vec<ObjectRef> {
    if context.inputs.live().is_empty() {
        return Vec::new();
    }
    let mut wanted: BTreeSet<ObjectRef> = plan.apply().map(Object::reference).collect();
    // Existing claims are left unchanged.
    let claims = STORES
        .iter()
        .filter_map(|store| persistent_volume_claim(context, *store));
    wanted.extend(claims.map(|claim| ObjectRef::of::<PersistentVolumeClaim>(&claim.metadata)));

    let known: Vec<_> = known(context).collect();
    let labelled = labelled(context, &known);
    let owned = known
        .into_iter()
        .chain(labelled)
        .filter(|object| !is_kept(context, object, &wanted) && context.controls(object));
    let live = context.inputs.live();
    let shared = cluster_bindings(context).filter(|object| live.metadata(object).is_some());
    owned
        .chain(shared)
        .filter(|object| !wanted.contains(object))
        .collect()
}

/// Fields of other managers to remove first; server-side apply would keep them.
pub(crate) fn patches(context: &Context<'_>, plan: &Plan) -> Vec<Patch> {
    let strategy = rolling_update(context, plan).into_iter();
    strategy.chain(stale_annotations(context, plan)).collect()
}

/// The API server adds `rollingUpdate` to a Deployment's strategy by default, and rejects another
/// strategy beside it.
fn rolling_update(context: &Context<'_>, plan: &Plan) -> Option<Patch> {
    let deployment = plan.deployment.as_ref()?;
    let wanted = deployment.spec.as_ref()?.strategy.as_ref()?;
    let name = context.names.feast();
    let live = context.inputs.live().deployment(context.namespace, name)?;
    let found = live.spec.as_ref()?.strategy.as_ref()?;
    let goes = wanted.type_.as_deref() == Some("Recreate")
        && wanted.rolling_update.is_none()
        && found.rolling_update.is_some();
    goes.then(|| Patch {
        object: Object::from(deployment).reference(),
        merge: json!({ "spec": { "strategy": { "type": "Recreate", "rollingUpdate": null } } }),
    })
}

/// Patches that remove obsolete annotations, which others may have set.
fn stale_annotations(context: &Context<'_>, plan: &Plan) -> Vec<Patch> {
    if !context.corrects(Correction::StaleAnnotations) {
        return Vec::new();
    }
    let live = context.inputs.live();
    let before = context
        .store
        .status
        .as_ref()
        .and_then(|status| status.applied.as_deref());
    let before = before.and_then(|applied| applied.cron_job.as_ref()?.annotations.as_ref());
    let stale = plan.apply().filter_map(|object| {
        let wanted = object.metadata().annotations.as_ref();
        let is_stale = |key: &&String| match object {
            Object::Service(_) => {
                [SERVING_CERT_ANNOTATION, SERVING_SANS_ANNOTATION].contains(&key.as_str())
            }
            Object::CronJob(_) => before.is_some_and(|before| before.contains_key(*key)),
            _ => false,
        };
        let reference = object.reference();
        let found = live.metadata(&reference)?.annotations.as_ref()?;
        let unwanted = |key: &&String| wanted.is_none_or(|wanted| !wanted.contains_key(*key));
        let keys = found.keys().filter(is_stale).filter(unwanted);
        let nulls: serde_json::Map<_, _> = keys.map(|key| (key.clone(), Value::Null)).collect();
        (!nulls.is_empty()).then(|| Patch {
            object: reference,
            merge: json!({ "metadata": { "annotations": nulls } }),
        })
    });
    stale.collect()
}

/// All objects with fixed names that a FeatureStore can own.
pub(crate) fn owned(names: &Names<'_>, namespace: &str) -> Vec<ObjectRef> {
    let namespace = Some(namespace);
    let server = |server_type: ServerType| names.of_type(server_type.name());
    let services = ServerType::ALL.map(server).into_iter();
    let services = services.chain([names.registry_rest(), names.of_type(types::LINEAGE)]);
    let mut objects: Vec<_> = services
        .map(|name| ObjectRef::new::<Service>(namespace, name))
        .collect();
    let claims = STORES.map(server);
    objects.extend(claims.map(|name| ObjectRef::new::<PersistentVolumeClaim>(namespace, name)));
    for name in [
        names.feast().to_owned(),
        names.of_type(types::BATCH_ENGINE),
        names.of_type(types::BATCH_DRIVER),
        names.cron_job(),
    ] {
        objects.push(ObjectRef::new::<RoleBinding>(namespace, name.clone()));
        objects.push(ObjectRef::new::<Role>(namespace, name));
    }
    objects.extend([
        ObjectRef::new::<HorizontalPodAutoscaler>(namespace, names.feast()),
        ObjectRef::new::<PodDisruptionBudget>(namespace, names.feast()),
        ObjectRef::new::<Deployment>(namespace, names.of_type(types::LINEAGE)),
        ObjectRef::new::<ConfigMap>(namespace, names.client_ca()),
        ObjectRef::new::<Secret>(namespace, names.of_type(types::STORE_YAML)),
        ObjectRef::new::<ServiceAccount>(namespace, names.of_type(types::BATCH_DRIVER)),
        ObjectRef::new::<RoleBinding>(namespace, names.mlflow_integration()),
        ObjectRef::new::<Route>(namespace, server(ServerType::Ui)),
        ObjectRef::new::<ServiceMonitor>(namespace, server(ServerType::Online)),
    ]);
    objects
}

/// Objects with any name, found by label: Roles for users and ServiceAccounts of batch jobs, except
/// the expected ones.
fn labelled(context: &Context<'_>, known: &[ObjectRef]) -> Vec<ObjectRef> {
    let accounts = context.corrects(Correction::ForeignServiceAccounts);
    let selector = context.names.selector();
    let roles = context.names.typed_labels(types::AUTHORIZATION);
    let found = context.inputs.live().iter().filter(|(object, metadata)| {
        let label = |key: &str| metadata.labels.as_ref().and_then(|labels| labels.get(key));
        let of_type = |service_type| label(TYPE_LABEL).is_some_and(|found| found == service_type);
        let kind = match object.kind.as_ref() {
            // All its labels must match, so objects created before the last label existed are kept.
            "Role" => roles.iter().all(|(key, value)| label(key) == Some(value)),
            "ServiceAccount" => accounts && of_type(types::BATCH_DRIVER),
            _ => false,
        };
        kind && object.namespace.as_deref() == Some(context.namespace)
            && label(NAME_LABEL) == selector.get(NAME_LABEL)
    });
    found
        .map(|(object, _)| object.clone())
        .filter(|object| !known.contains(object))
        .collect()
}

/// Objects that the reference forgets to delete: the registry's second Service after the registry
/// is removed, and the batch driver's ServiceAccount after the engine names another.
fn is_kept(context: &Context<'_>, object: &ObjectRef, wanted: &BTreeSet<ObjectRef>) -> bool {
    let names = &context.names;
    let is_rest = object.is::<Service>()
        && object.name == names.registry_rest()
        && context.services.local_registry().is_none();
    let driver = names.of_type(types::BATCH_DRIVER);
    let is_account = object.is::<ServiceAccount>() && object.name == driver;
    let has_driver = || {
        wanted.contains(&ObjectRef::new::<RoleBinding>(
            object.namespace.as_deref(),
            &driver,
        ))
    };
    is_rest && !context.corrects(Correction::LeftoverRegistryRestService)
        || is_account && has_driver() && !context.corrects(Correction::ForeignServiceAccounts)
}

/// All objects with fixed names that the release can create, and therefore deletes.
fn known(context: &Context<'_>) -> impl Iterator<Item = ObjectRef> {
    let owned = owned(&context.names, context.namespace).into_iter();
    owned.filter(|object| is_known(context, object))
}

fn is_known(context: &Context<'_>, object: &ObjectRef) -> bool {
    let names = &context.names;
    let driver = names.of_type(types::BATCH_DRIVER);
    if object.is::<ServiceMonitor>() {
        context.has(Change::ServiceMonitors)
    } else if object.name == driver || object.name == names.of_type(types::BATCH_ENGINE) {
        context.has(Change::BatchEngineAccess)
    } else if object.name == names.mlflow_integration() {
        context.has(Change::MlflowDiscovery)
    } else if object.name == names.of_type(types::LINEAGE) {
        context.knows_lineage_server()
    } else {
        true
    }
}

/// Bindings that are deleted regardless of who created them.
pub(crate) fn cluster_bindings(context: &Context<'_>) -> impl Iterator<Item = ObjectRef> {
    let namespace = binding_namespace(context);
    let named = bindings(&context.names, namespace);
    let named = named.filter(|_| context.has(Change::OidcClusterRole));
    // Names that only a correction creates.
    let corrected = namespace.is_none().then_some(context.namespace);
    let corrected = corrected.map(|namespace| bindings(&context.names, Some(namespace)));
    named.chain(corrected.into_iter().flatten())
}

fn bindings(names: &Names<'_>, namespace: Option<&str>) -> impl Iterator<Item = ObjectRef> + use<> {
    [
        names.cluster_binding(namespace),
        names.oidc_binding(namespace),
    ]
    .into_iter()
    .map(|name| ObjectRef::new::<ClusterRoleBinding>(None, name))
}

/// The bindings of a FeatureStore, with either name.
pub(crate) fn every_cluster_binding(
    names: &Names<'_>,
    namespace: &str,
) -> impl Iterator<Item = ObjectRef> {
    bindings(names, None).chain(bindings(names, Some(namespace)))
}

/// The FeatureStore whose servers a ClusterRoleBinding grants permissions to, according to its
/// label and subject. It may not exist;
///
/// [`render_deletion`](crate::render_deletion) then deletes the binding.
///
/// ```
/// let binding = serde_json::from_value(serde_json::json!({
///     "metadata": { "name": "feast:ml:shop:cluster-binding", "labels": { "feast.dev/name": "shop" } },
///     "subjects": [{ "kind": "ServiceAccount", "namespace": "ml", "name": "feast-shop" }],
///     "roleRef": { "apiGroup": "", "kind": "ClusterRole", "name": "any" },
/// }))?;
/// let shop = feast_render::bound(&binding).expect("it is labelled");
/// assert_eq!((shop.namespace.as_deref(), &*shop.name), (Some("ml"), "shop"));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn bound(binding: &ClusterRoleBinding) -> Option<ObjectRef> {
    let name = binding.metadata.labels.as_ref()?.get(NAME_LABEL)?;
    let subject = binding.subjects.as_ref()?.first()?;
    let namespace = subject.namespace.as_deref()?;
    Some(ObjectRef::new::<FeatureStore>(Some(namespace), name))
}

/// The bindings of a deleted FeatureStore.
pub(crate) fn own_cluster_bindings(inputs: &Inputs) -> Vec<ObjectRef> {
    let store = inputs.store();
    let names = Names::of(store.name());
    let corrects = inputs
        .corrections()
        .contains(Correction::NamespacedClusterBindings);
    let namespace = Some(store.namespace()).filter(|_| corrects);
    bindings(&names, namespace)
        .filter(|object| inputs.live().metadata(object).is_some())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corrections::Corrections;
    use crate::render::render;
    use crate::testing::{admitted, given, store};

    /// The patches of a FeatureStore, given an existing object.
    fn patches(spec: &Value, applied: &Value, live: Value) -> Vec<Value> {
        let mut store = store(spec).into_inner();
        let status = json!({"applied": applied});
        store.status = serde_json::from_value(status).expect("a status");
        let given = given().objects([live]).corrections(Corrections::ALL);
        let rendered = render(&given.resolve(admitted(store))).expect("renders");
        let patches = rendered.plan.patches.into_iter();
        patches.map(|patch| patch.merge).collect()
    }

    const RBAC: &str = "rbac.authorization.k8s.io/v1";

    /// An object that belongs to the FeatureStore.
    fn controlled(api_version: &str, kind: &str, name: &str, labels: &Value) -> Value {
        json!({
            "apiVersion": api_version, "kind": kind,
            "metadata": {"name": name, "namespace": "ml", "labels": labels, "ownerReferences": [{
                "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "name": "sample", "uid": "1",
                "controller": true,
            }]},
        })
    }

    #[test]
    fn a_binding_with_a_corrected_name_is_deleted_without_the_correction() {
        let name = "feast:ml:sample:cluster-binding";
        let binding = json!({
            "apiVersion": RBAC, "kind": "ClusterRoleBinding", "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "any"},
        });
        let deleted = |corrections: Corrections| {
            let store = store(&json!({"feastProject": "a", "authz": {"kubernetes": {}}}));
            let given = given().objects([binding.clone()]).corrections(corrections);
            let rendered = render(&given.resolve(store)).expect("renders");
            let mut deletions = rendered.plan.deletions.into_iter();
            deletions.any(|object| object.is::<ClusterRoleBinding>() && object.name == name)
        };
        assert!(deleted(Corrections::NONE));
        assert!(!deleted(Corrections::ALL));
    }

    #[test]
    fn rolling_update_is_removed_for_recreate() {
        let deployment = |strategy: Value| {
            json!({
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "feast-sample", "namespace": "ml"},
                "spec": {"selector": {}, "strategy": strategy, "template": {}},
            })
        };
        let rolling = json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}});
        let spec = json!({"feastProject": "a"});
        let gone = json!({"type": "Recreate", "rollingUpdate": null});
        assert_eq!(
            patches(&spec, &spec, deployment(rolling.clone())),
            [json!({"spec": {"strategy": gone}})],
        );
        let recreated = deployment(json!({"type": "Recreate"}));
        assert!(patches(&spec, &spec, recreated).is_empty());
        let kept = json!({"feastProject": "a", "services": {"deploymentStrategy": rolling}});
        assert!(patches(&kept, &kept, deployment(rolling)).is_empty());
    }

    #[test]
    fn obsolete_annotations_of_a_cron_job_are_removed() {
        let live = json!({
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": {
                "name": "feast-sample",
                "namespace": "ml",
                "annotations": {"before": "1", "still": "1", "another's": "1"},
            },
        });
        let spec = |annotations: Value| json!({"feastProject": "a", "cronJob": {"annotations": annotations}});
        let applied = spec(json!({"before": "1", "still": "1"}));
        assert_eq!(
            patches(&spec(json!({"still": "1"})), &applied, live),
            [json!({"metadata": {"annotations": {"before": null}}})],
        );
    }

    #[test]
    fn an_account_is_deleted_when_the_engine_names_another_one() {
        let owned = |name: &str| {
            controlled(
                "v1",
                "ServiceAccount",
                name,
                &json!({
                    "feast.dev/name": "sample", "feast.dev/service-type": "batch-driver",
                }),
            )
        };
        let engine = |config: &str| {
            json!({
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": "engine", "namespace": "ml"}, "data": {"config": config},
            })
        };
        let named = "type: spark_application\nservice_account: own\n";
        let default = "feast-sample-batch-driver";
        for (config, corrections, expected) in [
            (named, Corrections::NONE, &[][..]),
            (named, Corrections::ALL, &[default, "before"]),
            ("type: ray\n", Corrections::NONE, &[default]),
            ("type: ray\n", Corrections::ALL, &[default, "before", "own"]),
        ] {
            let given = given().corrections(corrections).objects([
                engine(config),
                owned(default),
                owned("own"),
                owned("before"),
            ]);
            let spec = json!({
                "feastProject": "a", "batchEngine": {"configMapRef": {"name": "engine"}},
            });
            let plan = render(&given.inputs(&spec)).expect("renders").plan;
            let deleted = plan
                .deletions
                .iter()
                .filter(|object| object.is::<ServiceAccount>());
            let deleted: Vec<_> = deleted.map(|object| object.name.as_str()).collect();
            assert_eq!(deleted, expected, "{config}");
        }
    }

    #[test]
    fn an_unlisted_role_with_all_labels_is_deleted() {
        let role = |name: &str, managed: bool| {
            let mut labels = json!({
                "feast.dev/name": "sample", "feast.dev/service-type": "authorization",
            });
            if managed {
                labels["app.kubernetes.io/managed-by"] = "feast-operator".into();
            }
            controlled(RBAC, "Role", name, &labels)
        };
        let spec = json!({"feastProject": "a", "authz": {"kubernetes": {"roles": ["kept"]}}});
        let roles = [("kept", true), ("managed", true), ("older", false)];
        for (release, expected) in [
            ("0.62", &["managed", "older"][..]),
            ("0.63", &["managed"]),
            ("main", &["managed"]),
        ] {
            let mut given = given().objects(roles.map(|(name, managed)| role(name, managed)));
            given.settings.release = release.parse().expect("a release");
            let plan = render(&given.inputs(&spec)).expect("renders").plan;
            let deleted = plan.deletions.iter().map(|object| object.name.as_str());
            assert_eq!(deleted.collect::<Vec<_>>(), expected, "{release}");
        }
    }

    #[test]
    fn an_unlisted_role_is_deleted_even_if_later_releases_use_its_name() {
        let labels = json!({
            "feast.dev/name": "sample", "feast.dev/service-type": "authorization",
            "app.kubernetes.io/managed-by": "feast-operator",
        });
        let names = [
            "feast-sample-batch-engine",
            "feast-sample-mlflow-integration",
        ];
        for release in ["0.64", "0.65", "main"] {
            let roles = names.map(|name| controlled(RBAC, "Role", name, &labels));
            let mut given = given().objects(roles);
            given.settings.release = release.parse().expect("a release");
            let plan = render(&given.inputs(&json!({
                "feastProject": "a", "authz": {"kubernetes": {}},
            })));
            let plan = plan.expect("renders").plan;
            let deleted = plan.deletions.iter().map(|object| object.name.as_str());
            assert_eq!(deleted.collect::<Vec<_>>(), names, "{release}");
        }
    }

    #[test]
    fn objects_of_later_releases_are_kept() {
        let [deployment, service] =
            [("apps/v1", "Deployment"), ("v1", "Service")].map(|(api_version, kind)| {
                controlled(api_version, kind, "feast-sample-lineage", &json!({}))
            });
        for (release, expected) in [("0.65", 0), ("0.66", 2)] {
            let mut given = given().objects([deployment.clone(), service.clone()]);
            given.settings.release = release.parse().expect("a release");
            let rendered = render(&given.inputs(&json!({"feastProject": "a"})));
            let deletions = rendered.expect("renders").plan.deletions;
            assert_eq!(deletions.len(), expected, "{release}");
        }
    }

    #[test]
    fn objects_of_older_releases_are_deleted() {
        // Older releases bound a ClusterRole of this name, never a Role.
        let name = "feast-sample-mlflow-integration";
        let [binding, role] =
            ["RoleBinding", "Role"].map(|kind| controlled(RBAC, kind, name, &json!({})));
        let gone = ObjectRef::of_value(&binding).expect("an object");
        let inputs = given()
            .objects([binding, role])
            .inputs(&json!({"feastProject": "a"}));
        let rendered = render(&inputs).expect("renders");
        assert_eq!(rendered.plan.deletions, [gone]);
    }
}
