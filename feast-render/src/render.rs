//! From a FeatureStore to everything that it calls for.

use std::time::Duration;

use feast_api::v1::{FeatureStore, FeatureStoreSpec, FeatureStoreStatus};

use crate::context::Context;
use crate::defaults;
use crate::deviations::Deviation;
use crate::documents::Documents;
use crate::error::{Error, Stage};
use crate::inputs::Inputs;
use crate::leftovers;
use crate::live::ObjectRef;
use crate::objects::{
    authorization, batch_engine, config_map, cron_job, deployment, discovery,
    horizontal_pod_autoscaler, lineage, persistent_volume_claim, pod_disruption_budget, route,
    secret, service, service_account, service_monitor,
};
use crate::plan::{Object, Plan};
use crate::pod;
use crate::server::ServerType;
use crate::status::{self, Metric};
use crate::stores;

/// When to look again at a FeatureStore that is refused or not yet available.
pub const REQUEUE: Duration = Duration::from_secs(5);

/// Everything that a FeatureStore calls for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rendered {
    /// What is to be done to the cluster.
    pub plan: Plan,
    /// The `feature_store.yaml` documents.
    pub store_yaml: StoreYamlDocuments,
    /// The status to report; its `applied` is the spec with everything filled in.
    pub status: FeatureStoreStatus,
    /// When to look again without being told of a change.
    pub requeue_after: Option<Duration>,
    /// Labels of the info metric.
    pub metric: Metric,
}

impl Rendered {
    /// The spec with everything filled in.
    pub fn applied(&self) -> &FeatureStoreSpec {
        self.status.applied.as_deref().expect("every status has it")
    }
}

/// The `feature_store.yaml` documents as texts. They may hold credentials.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreYamlDocuments {
    /// What the servers read.
    pub service: String,
    /// What clients read.
    pub client: String,
    /// What the lineage server reads, if there is one.
    pub lineage: Option<String>,
}

/// Shows which documents there are, not what they say.
impl std::fmt::Debug for StoreYamlDocuments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lineage = self.lineage.as_ref().map(|_| "lineage");
        f.debug_set()
            .entries(["service", "client"].into_iter().chain(lineage))
            .finish()
    }
}

/// Renders a FeatureStore that was admitted.
///
/// # Errors
///
/// Whatever the reference refuses, in its words and its order; nothing is rendered then.
/// [`failed`](crate::failed) gives the status.
pub fn render(store: &FeatureStore, inputs: &Inputs) -> Result<Rendered, Error> {
    let mut applied = Box::new(defaults::applied(store, inputs));
    defaults::fill_tls(&mut applied, store, inputs)?;
    let hostnames = status::hostnames(store, &applied, inputs)?;
    let context = Context::new(store, &applied, &hostnames, inputs);
    let mut plan = Plan::default();
    let documents = fill(&mut plan, &context)?;
    let (status, available) = status::rendered(&context);
    let metric = Metric::of(store, &applied);
    Ok(Rendered {
        plan,
        store_yaml: StoreYamlDocuments {
            service: documents.service,
            client: documents.client,
            lineage: documents.lineage,
        },
        requeue_after: (!available).then_some(REQUEUE),
        status: status::finish(status, applied, hostnames),
        metric,
    })
}

/// What the deletion of a FeatureStore asks for, besides what Kubernetes' garbage collection does:
/// nobody owns what several FeatureStores share.
pub fn render_deletion(store: &FeatureStore, inputs: &Inputs) -> Plan {
    let mut plan = Plan::default();
    discovery::withdraw(store, inputs, &mut plan);
    if inputs
        .deviations()
        .contains(Deviation::LeftoverClusterBindings)
    {
        plan.deletions = leftovers::own_cluster_bindings(store, inputs);
    }
    plan
}

/// Makes objects in the order of the reference, so that the first fault is the one that it finds.
fn fill(plan: &mut Plan, context: &Context<'_>) -> Result<Documents, Error> {
    authorization::add(context, plan)?;
    add_servers(context, plan)?;
    plan.route = route::route(context)?;
    lineage::check(context)?;
    plan.service_accounts
        .push(service_account::service_account(context)?);
    batch_engine::add(context, plan)?;
    pod::check(context)?;
    let documents = Documents::of(context)?;
    plan.secret = secret::secret(context, &documents)?;
    plan.deployment = Some(deployment::deployment(context, &documents)?);
    plan.horizontal_pod_autoscaler = horizontal_pod_autoscaler::horizontal_pod_autoscaler(context);
    plan.pod_disruption_budget = pod_disruption_budget::pod_disruption_budget(context);
    plan.service_monitor = service_monitor::service_monitor(context);
    lineage::add(context, &documents, plan)?;
    plan.config_maps
        .push(config_map::client(context, documents.client.clone())?);
    discovery::add(context, plan);
    cron_job::add(context, plan)?;
    plan.patches = leftovers::patches(context, plan);
    plan.deletions = leftovers::leftovers(context, plan);
    Ok(documents)
}

/// Stores and servers: what they need, and their Services.
fn add_servers(context: &Context<'_>, plan: &mut Plan) -> Result<(), Error> {
    let core = context
        .servers
        .iter()
        .any(|server| server.kind != ServerType::Ui);
    if !core {
        return Err(Error::NoServer);
    }
    plan.config_maps.extend(config_map::client_ca(context)?);
    for (server_type, stage) in [
        (ServerType::Offline, Stage::OfflineStore),
        (ServerType::Online, Stage::OnlineStore),
        (ServerType::Registry, Stage::Registry),
        (ServerType::Ui, Stage::Ui),
    ] {
        stores::check(context, server_type)?;
        let claim = persistent_volume_claim::persistent_volume_claim(context, server_type);
        let exists = |object: &ObjectRef| context.inputs.live().metadata(object).is_some();
        let claim = claim.filter(|claim| !exists(&Object::from(claim).reference()));
        plan.persistent_volume_claims.extend(claim);
        if let Some(server) = context.server(server_type) {
            if !server.grpc && !server.rest {
                return Err(Error::RegistryWithoutApi);
            }
            plan.services
                .extend(service::services(context, stage, server)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::store;

    #[test]
    fn what_is_rendered_tells_the_spec_and_hides_the_documents() {
        let store = store(&json!({"feastProject": "s3cret"}));
        let rendered = render(&store, &Inputs::default()).expect("renders");
        assert_eq!(rendered.applied().feast_project, "s3cret");
        assert!(rendered.store_yaml.client.contains("s3cret"));
        assert_eq!(
            format!("{:?}", rendered.store_yaml),
            r#"{"service", "client"}"#
        );
    }
}
