//! Renders a FeatureStore.

use std::time::Duration;

use feast_api::v1::{FeatureStoreSpec, FeatureStoreStatus};

use crate::changes::Change;
use crate::context::Context;
use crate::corrections::Correction;
use crate::defaults;
use crate::documents::Documents;
use crate::error::Error;
use crate::inputs::Inputs;
use crate::leftovers;
use crate::object_ref::ObjectRef;
use crate::objects::{
    authorization, batch_engine, config_map, cron_job, deployment, discovery,
    horizontal_pod_autoscaler, lineage, persistent_volume_claim, pod_disruption_budget, route,
    secret, service, service_account, service_monitor,
};
use crate::plan::{Object, Plan};
use crate::pod;
use crate::server::{Server, ServerType};
use crate::status::{self, Metric};
use crate::stores;

/// When to reconcile again a FeatureStore that failed or is not yet available.
pub const REQUEUE: Duration = Duration::from_secs(5);

/// The result of rendering a FeatureStore.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rendered {
    /// The changes to make in the cluster. It is large, and so not moved with the rest.
    pub plan: Box<Plan>,
    /// The `feature_store.yaml` documents, as data and as text.
    pub documents: Documents,
    /// The status to set; its `applied` is the spec with defaults.
    pub status: FeatureStoreStatus,
    /// When to reconcile again even if nothing changes.
    pub requeue_after: Option<Duration>,
    /// Labels of the info metric; `None` in releases without it.
    pub metric: Option<Metric>,
}

impl Rendered {
    /// The spec with defaults.
    pub fn applied(&self) -> &FeatureStoreSpec {
        self.status
            .applied
            .as_deref()
            .expect("every rendered status has it")
    }
}

/// Renders a FeatureStore.
///
/// # Errors
///
/// The reference's error, with its message; if several apply, the one that the reference reports.
/// [`failed`](crate::failed) gives the status.
pub fn render(inputs: &Inputs) -> Result<Rendered, Error> {
    let mut applied = Box::new(defaults::applied(inputs));
    defaults::fill_tls(&mut applied, inputs)?;
    let hostnames = status::hostnames(&applied, inputs)?;
    let context = Context::new(&applied, &hostnames, inputs);
    let mut plan = Box::<Plan>::default();
    let documents = fill(&mut plan, &context)?;
    let (status, available) = status::rendered(&context);
    let metric = inputs
        .has(Change::InfoMetric)
        .then(|| Metric::of(inputs.store(), &applied));
    Ok(Rendered {
        plan,
        documents,
        requeue_after: (!available).then_some(REQUEUE),
        status: status::finish(status, applied, hostnames),
        metric,
    })
}

/// The changes to make when a FeatureStore is deleted, besides Kubernetes' garbage collection:
/// shared objects have no owner.
pub fn render_deletion(inputs: &Inputs) -> Plan {
    let mut plan = Plan::default();
    discovery::withdraw(inputs, &mut plan);
    if inputs
        .corrections()
        .contains(Correction::LeftoverClusterBindings)
    {
        plan.deletions = leftovers::own_cluster_bindings(inputs);
    }
    plan
}

/// Creates objects in the reference's order, so that the first error is the same.
fn fill(plan: &mut Plan, context: &Context<'_>) -> Result<Documents, Error> {
    authorization::add(context, plan)?;
    add_servers(context, plan)?;
    plan.route = route::route(context)?;
    plan.services.extend(lineage::service(context)?);
    plan.service_accounts
        .push(service_account::service_account(context)?);
    batch_engine::add(context, plan)?;
    pod::check(context)?;
    let documents = Documents::of(&context.facts())?;
    plan.secret = secret::secret(context, &documents)?;
    plan.deployment = Some(deployment::deployment(context, &documents)?);
    plan.horizontal_pod_autoscaler = horizontal_pod_autoscaler::horizontal_pod_autoscaler(context);
    plan.pod_disruption_budget = pod_disruption_budget::pod_disruption_budget(context);
    plan.service_monitor = service_monitor::service_monitor(context);
    plan.lineage_deployment = lineage::deployment(context, &documents)?;
    plan.config_maps
        .push(config_map::client(context, documents.client.yaml())?);
    discovery::add(context, plan);
    cron_job::add(context, plan)?;
    plan.keep_last();
    plan.patches = leftovers::patches(context, plan);
    plan.deletions = leftovers::leftovers(context, plan);
    Ok(documents)
}

/// Rejects a FeatureStore without servers, and a registry server without protocols.
fn check_servers(servers: &[Server<'_>]) -> Result<(), Error> {
    if servers.iter().all(|server| server.kind == ServerType::Ui) {
        return Err(Error::NoServer);
    }
    if servers.iter().any(|server| !server.grpc && !server.rest) {
        return Err(Error::RegistryWithoutApi);
    }
    Ok(())
}

/// Checks stores and servers, and adds their Services.
fn add_servers(context: &Context<'_>, plan: &mut Plan) -> Result<(), Error> {
    check_servers(&context.servers)?;
    plan.config_maps.extend(config_map::client_ca(context)?);
    for server_type in [
        ServerType::Offline,
        ServerType::Online,
        ServerType::Registry,
        ServerType::Ui,
    ] {
        stores::check(context, server_type)?;
        let claim = persistent_volume_claim::persistent_volume_claim(context, server_type);
        let exists = |object: &ObjectRef| context.inputs.live().metadata(object).is_some();
        let claim = claim.filter(|claim| !exists(&Object::from(claim).reference()));
        plan.persistent_volume_claims.extend(claim);
        if let Some(server) = context.server(server_type) {
            plan.services.extend(service::services(context, server)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use k8s_openapi::Metadata;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
    use serde_json::json;

    use super::*;
    use crate::names::{OPERATOR_NAMESPACE, TYPE_LABEL};
    use crate::stage::Stage;
    use crate::testing::{admitted, given, store};

    #[test]
    fn without_a_uid_objects_have_no_owner() {
        let owners = |uid: Option<&str>| {
            let store = store(&json!({"feastProject": "a"}));
            let inputs = given().resolve(store.with_uid(uid.map(str::to_owned)));
            let plan = render(&inputs).expect("renders").plan;
            let owners = plan.apply().flat_map(|object| {
                let owners = object.metadata().owner_references.as_ref();
                owners.into_iter().flatten()
            });
            owners.map(|owner| owner.uid.clone()).collect::<Vec<_>>()
        };
        assert!(owners(None).is_empty());
        let named = owners(Some("7"));
        assert!(!named.is_empty() && named.iter().all(|uid| uid == "7"));
    }

    /// The plan of a FeatureStore with Roles of these names, and a batch engine whose jobs have
    /// this ServiceAccount.
    fn named(release: &str, namespace: &str, roles: &[&str], account: Option<&str>) -> Plan {
        let engine = account.map(|account| {
            let config = format!("type: spark_application\nservice_account: {account}\n");
            json!({
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": "engine", "namespace": namespace}, "data": {"config": config},
            })
        });
        let mut spec = json!({"feastProject": "a", "authz": {"kubernetes": {"roles": roles}}});
        if engine.is_some() {
            spec["batchEngine"] = json!({"configMapRef": {"name": "engine"}});
        }
        let mut given = given().objects(engine);
        given.settings.release = release.parse().expect("a release");
        let mut store = store(&spec).into_inner();
        store.metadata.namespace = Some(namespace.to_owned());
        let plan = render(&given.resolve(admitted(store)))
            .expect("renders")
            .plan;
        let references: BTreeSet<_> = plan.apply().map(Object::reference).collect();
        assert_eq!(references.len(), plan.apply().count(), "{plan:#?}");
        *plan
    }

    /// The purpose of objects with one name, by their label.
    fn purposes<K: Metadata<Ty = ObjectMeta>>(objects: &[K], name: &str) -> Vec<String> {
        let named = objects.iter().map(Metadata::metadata);
        let named = named.filter(|metadata| metadata.name.as_deref() == Some(name));
        let purpose = |metadata: &ObjectMeta| {
            let purpose = metadata.labels.as_ref()?.get(TYPE_LABEL);
            purpose.cloned()
        };
        named
            .map(|named| purpose(named).unwrap_or_default())
            .collect()
    }

    #[test]
    fn the_last_role_of_a_name_wins() {
        let roles = [
            "reader",
            "feast-sample",
            "feast-sample-cronjob",
            "feast-sample-batch-engine",
            "feast-sample-batch-driver",
        ];
        let plan = named("main", "ml", &roles, Some("jobs"));
        let expected = [
            "authorization",
            "authorization",
            "cronjob",
            "batch-engine",
            "batch-driver",
        ];
        for (name, purpose) in roles.into_iter().zip(expected) {
            assert_eq!(purposes(&plan.roles, name), [purpose], "{name}");
        }
        let listed = plan
            .roles
            .iter()
            .find(|role| role.metadata.name.as_deref() == Some("feast-sample"));
        assert_eq!(listed.and_then(|role| role.rules.as_deref()), Some(&[][..]));
        // A reader Role has no owner.
        let reader = "feast-configs-registry-reader";
        let plan = named("main", OPERATOR_NAMESPACE, &[reader], None);
        assert_eq!(purposes(&plan.roles, reader), [""]);
    }

    #[test]
    fn without_an_engine_roles_with_its_names_are_dropped() {
        let roles = ["feast-sample-batch-engine", "feast-sample-batch-driver"];
        for (release, expected) in [
            ("0.64", &["authorization"][..]),
            ("0.65", &[]),
            ("main", &[]),
        ] {
            let plan = named(release, "ml", &roles, None);
            for name in roles {
                assert_eq!(purposes(&plan.roles, name), expected, "{release}: {name}");
            }
        }
    }

    #[test]
    fn jobs_share_an_existing_account() {
        for (account, purpose) in [
            ("feast-sample", "batch-driver"),
            // The CronJob's account is created later, and only has its own labels.
            ("feast-sample-cronjob", "cronjob"),
            ("jobs", "batch-driver"),
        ] {
            let plan = named("main", "ml", &[], Some(account));
            assert_eq!(
                purposes(&plan.service_accounts, account),
                [purpose],
                "{account}"
            );
        }
    }

    #[test]
    fn a_registry_without_an_api_is_rejected_first() {
        let server = json!({"restAPI": false, "grpc": false});
        let missing = json!({"store": {"type": "redis", "secretRef": {"name": "missing"}}});
        let inputs = given().inputs(&json!({
            "feastProject": "a",
            "services": {
                "onlineStore": {"persistence": missing},
                "registry": {"local": {"server": server}},
            },
        }));
        let refused = render(&inputs).expect_err("it is refused");
        assert_eq!(refused, Error::RegistryWithoutApi);
        let status = status::failed(&inputs, &refused);
        let types = status.conditions.iter().flatten();
        let types: Vec<_> = types.map(|condition| condition.type_.as_str()).collect();
        assert_eq!(types, ["Authorization", "FeatureStore"]);
    }

    #[test]
    fn the_service_of_the_lineage_server_comes_before_the_servers() {
        let taken = ["Service", "ServiceAccount"].map(|kind| {
            let name = if kind == "Service" {
                "feast-sample-lineage"
            } else {
                "feast-sample"
            };
            json!({
                "apiVersion": "v1", "kind": kind,
                "metadata": {"name": name, "namespace": "ml", "ownerReferences": [{
                    "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "name": "other",
                    "uid": "2", "controller": true,
                }]},
            })
        });
        let consumer = json!({
            "enabled": true, "lineageServer": {}, "connectionStringSecretRef": {"name": "lineage"},
        });
        let inputs = given().objects(taken).inputs(&json!({
            "feastProject": "a",
            "services": {"registry": {"local": {"server": {}}}},
            "openlineage": {"enabled": true, "consumer": consumer},
        }));
        let refused = render(&inputs).expect_err("it is taken");
        assert_eq!(refused.stage(), Stage::Lineage, "{refused}");
    }

    #[test]
    fn a_rendering_has_the_spec_and_hides_the_documents() {
        let inputs = given().inputs(&json!({"feastProject": "s3cret"}));
        let rendered = render(&inputs).expect("renders");
        assert_eq!(rendered.applied().feast_project, "s3cret");
        assert!(rendered.documents.client.yaml().contains("s3cret"));
        assert!(!format!("{:?}", rendered.documents).contains("s3cret"));
    }
}
