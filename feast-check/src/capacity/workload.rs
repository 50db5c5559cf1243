//! The pods of a FeatureStore: their number, and what each needs.

use std::collections::{BTreeMap, BTreeSet};

use feast_api::v1::FeatureStoreSpec;
use feast_lint::{Pool, pools, server_processes};
use feast_render::{ObjectRef, Rendered, strategy};
use k8s_openapi::api::apps::v1::{Deployment, DeploymentStrategy};
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::core::v1::{Container as PodContainer, PodSpec, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::limits::Defaults;
use super::measure::Measure;

/// Identical pods.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Workload {
    /// The object that creates them: a Deployment or a `CronJob`.
    pub object: ObjectRef,
    /// Their number at the minimum of the autoscaler.
    pub min: Pods,
    /// Their number at its maximum.
    pub max: Pods,
    /// The containers of each.
    pub containers: Vec<Container>,
    pub(super) replacing: Replacing,
}

/// Numbers of pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pods {
    /// With all pods running.
    pub at_rest: u64,
    /// During a rolling update, while the CronJob runs.
    pub peak: u64,
}

/// A container with its needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Whether it is an init container.
    pub is_init: bool,
    /// CPU and memory, as far as they are set.
    pub resources: BTreeMap<Measure, u64>,
    /// Maximum connections of its processes, by database.
    pub connections: BTreeMap<Database, u64>,
}

/// A database whose connections are counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Database {
    /// A database with a known host and port, which stores of several FeatureStores may share.
    At(String),
    /// The database of a store, by the store's block in `feature_store.yaml`.
    Of(&'static str),
}

/// How pods are replaced.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Replacing {
    /// As the Deployment for this spec does, at a given number of replicas.
    AsScaled(Box<FeatureStoreSpec>),
    /// As a Deployment does.
    As(Option<DeploymentStrategy>),
    /// As those of a job, which run besides the others and end.
    Job,
}

/// The pods of a FeatureStore, with the number of server pods that an autoscaler keeps.
pub(super) fn workloads(
    rendered: &Rendered,
    scaled: Scaled,
    defaults: &Defaults,
    namespace: &str,
) -> Vec<Workload> {
    let plan = &rendered.plan;
    let containers = |pod: Option<&PodSpec>, connections: &Connections<'_>| {
        containers(pod, defaults, connections)
    };
    let mut all = Vec::new();
    if let Some(deployment) = &plan.deployment {
        let pools = located(&pools(&rendered.documents.service), namespace);
        let processes: BTreeMap<_, _> = server_processes(rendered.applied()).into_iter().collect();
        let connections = |name: &str| held(&pools, *processes.get(name).unwrap_or(&0));
        let replacing = if scaled.sets_spec {
            Replacing::AsScaled(Box::new(rendered.applied().clone()))
        } else {
            Replacing::As(Some(strategy(rendered.applied())))
        };
        let containers = containers(pod(deployment), &connections);
        all.push(Workload::new(
            reference(deployment),
            scaled.bounds,
            replacing,
            containers,
        ));
    }
    if let Some(deployment) = &plan.lineage_deployment {
        let document = rendered.documents.lineage.as_ref();
        let pools = located(&document.map(pools).unwrap_or_default(), namespace);
        let spec = deployment.spec.as_ref();
        let replicas = count(spec.and_then(|spec| spec.replicas));
        let replacing = Replacing::As(spec.and_then(|spec| spec.strategy.clone()));
        let containers = containers(pod(deployment), &|_: &str| held(&pools, 1));
        let bounds = (replicas, replicas);
        all.push(Workload::new(
            reference(deployment),
            bounds,
            replacing,
            containers,
        ));
    }
    if let Some((job, runs)) = plan
        .cron_job
        .as_ref()
        .and_then(|job| Some((job, runs(job)?)))
    {
        let template = job
            .spec
            .as_ref()
            .and_then(|spec| spec.job_template.spec.as_ref());
        let pod = template.and_then(|spec| spec.template.spec.as_ref());
        // The job's containers run their commands in a server.
        let containers = containers(pod, &|_: &str| BTreeMap::new());
        all.push(Workload::new(
            reference(job),
            (runs, runs),
            Replacing::Job,
            containers,
        ));
    }
    all
}

/// The number of server pods, and what sets it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scaled {
    pub(super) bounds: (u64, u64),
    /// Whether the number is written to the FeatureStore's spec.
    pub(super) sets_spec: bool,
}

type Connections<'a> = dyn Fn(&str) -> BTreeMap<Database, u64> + 'a;

impl Workload {
    fn new(
        object: ObjectRef,
        (min, max): (u64, u64),
        replacing: Replacing,
        containers: Vec<Container>,
    ) -> Self {
        Self {
            object,
            min: replacing.pods(min),
            max: replacing.pods(max),
            containers,
            replacing,
        }
    }

    /// What each pod needs: the sum of its containers, or an init container if that needs more.
    pub(super) fn per_pod(&self, measure: Measure) -> u64 {
        if measure == Measure::Pods {
            return 1;
        }
        let of = |container: &Container| container.resources.get(&measure).copied();
        let (first, rest) = self.parted();
        let first = first.filter_map(of).max().unwrap_or(0);
        rest.filter_map(of).fold(0, u64::saturating_add).max(first)
    }

    /// The maximum connections of each pod to a database.
    pub(super) fn per_pod_to(&self, database: &Database) -> u64 {
        let held = self.containers.iter();
        let held = held.filter_map(|container| container.connections.get(database));
        held.fold(0, |sum, more| sum.saturating_add(*more))
    }

    /// The databases to which its pods connect.
    pub(super) fn databases(&self) -> BTreeSet<&Database> {
        let containers = self.containers.iter();
        containers
            .flat_map(|container| container.connections.keys())
            .collect()
    }

    /// The containers that do not set a resource.
    pub(super) fn silent(&self, measure: Measure) -> impl Iterator<Item = &Container> {
        let containers = self.containers.iter();
        containers.filter(move |container| !container.resources.contains_key(&measure))
    }

    fn parted(
        &self,
    ) -> (
        impl Iterator<Item = &Container>,
        impl Iterator<Item = &Container>,
    ) {
        let is_init = |container: &&Container| container.is_init;
        (
            self.containers.iter().filter(is_init),
            self.containers
                .iter()
                .filter(move |container| !is_init(container)),
        )
    }
}

impl Replacing {
    /// This many pods, and their number at the peak.
    pub(super) fn pods(&self, count: u64) -> Pods {
        match self {
            Self::AsScaled(spec) => {
                let mut spec = FeatureStoreSpec::clone(spec);
                spec.replicas = Some(i32::try_from(count).unwrap_or(i32::MAX));
                rolled(count, Some(&strategy(&spec)))
            }
            Self::As(strategy) => rolled(count, strategy.as_ref()),
            Self::Job => Pods {
                at_rest: 0,
                peak: count,
            },
        }
    }
}

/// This many pods, and their maximum number while all are replaced.
fn rolled(count: u64, strategy: Option<&DeploymentStrategy>) -> Pods {
    let is_recreated =
        strategy.is_some_and(|strategy| strategy.type_.as_deref() == Some("Recreate"));
    let rolling = strategy.and_then(|strategy| strategy.rolling_update.as_ref());
    let surge = match rolling.and_then(|rolling| rolling.max_surge.as_ref()) {
        _ if is_recreated => 0,
        Some(IntOrString::Int(more)) => u64::try_from(*more).unwrap_or(0),
        Some(IntOrString::String(share)) => {
            let percent = share.strip_suffix('%').and_then(|share| share.parse().ok());
            part(count, percent.unwrap_or(0))
        }
        // The API server's default.
        None => part(count, 25),
    };
    // Without pods there is nothing to replace.
    let surge = if count == 0 { 0 } else { surge };
    Pods {
        at_rest: count,
        peak: count.saturating_add(surge),
    }
}

/// A percentage of pods, rounded up as Kubernetes' deployment controller does.
fn part(count: u64, percent: u64) -> u64 {
    count.saturating_mul(percent).div_ceil(100)
}

fn pod(deployment: &Deployment) -> Option<&PodSpec> {
    deployment.spec.as_ref()?.template.spec.as_ref()
}

fn reference<K>(object: &K) -> ObjectRef
where
    K: k8s_openapi::Metadata<Ty = k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta>,
{
    let metadata = object.metadata();
    ObjectRef::new::<K>(
        metadata.namespace.as_deref(),
        metadata.name.clone().unwrap_or_default(),
    )
}

/// The number of replicas; 1 if unset.
fn count(replicas: Option<i32>) -> u64 {
    u64::try_from(replicas.unwrap_or(1)).unwrap_or(0)
}

/// The number of pods of a `CronJob`'s run; `None` if it is suspended.
fn runs(job: &CronJob) -> Option<u64> {
    let spec = job.spec.as_ref()?;
    let runs = spec.job_template.spec.as_ref()?.parallelism;
    (spec.suspend != Some(true)).then(|| count(runs))
}

/// Each pool with its database. A host without dots is in the namespace.
fn located(pools: &[Pool], namespace: &str) -> Vec<(Database, u64)> {
    let database = |pool: &Pool| match &pool.address {
        None => Database::Of(pool.block),
        Some(address) => match address.split_once(':') {
            Some((host, port)) if !host.contains('.') && !address.starts_with('[') => {
                Database::At(format!("{host}.{namespace}:{port}"))
            }
            _ => Database::At(address.clone()),
        },
    };
    let pools = pools.iter().map(|pool| (database(pool), pool.connections));
    pools.collect()
}

/// The connections of this many processes, by database.
fn held(pools: &[(Database, u64)], processes: u64) -> BTreeMap<Database, u64> {
    let mut held = BTreeMap::<_, u64>::new();
    for (database, connections) in pools.iter().filter(|_| processes > 0) {
        let sum = held.entry(database.clone()).or_default();
        *sum = sum.saturating_add(processes.saturating_mul(*connections));
    }
    held
}

fn containers(
    pod: Option<&PodSpec>,
    defaults: &Defaults,
    connections: &Connections<'_>,
) -> Vec<Container> {
    let Some(pod) = pod else {
        return Vec::new();
    };
    let container = |container: &PodContainer, is_init| Container {
        name: container.name.clone(),
        is_init,
        resources: resources(container.resources.as_ref(), defaults),
        connections: connections(&container.name),
    };
    let first = pod.init_containers.iter().flatten();
    let first = first.map(|each| container(each, true));
    let rest = pod.containers.iter().map(|each| container(each, false));
    first.chain(rest).collect()
}

/// CPU and memory of a container. Requests default to limits, and both to those of a `LimitRange`.
fn resources(
    resources: Option<&ResourceRequirements>,
    defaults: &Defaults,
) -> BTreeMap<Measure, u64> {
    let mut found = BTreeMap::new();
    let requests = resources.and_then(|resources| resources.requests.as_ref());
    let limits = resources.and_then(|resources| resources.limits.as_ref());
    for (name, request, limit) in [
        ("cpu", Measure::CpuRequests, Measure::CpuLimits),
        ("memory", Measure::MemoryRequests, Measure::MemoryLimits),
    ] {
        let max = limits.and_then(|limits| limit.read(&limits.get(name)?.0).ok());
        let requested = requests.and_then(|requests| request.read(&requests.get(name)?.0).ok());
        let requested = requested.or(max).or_else(|| defaults.of(request));
        found.extend(requested.map(|amount| (request, amount)));
        let max = max.or_else(|| defaults.of(limit));
        found.extend(max.map(|amount| (limit, amount)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rolling_update_adds_the_surge_of_its_deployment() {
        for (strategy, count, peak) in [
            (json!(null), 3, 4),
            (json!(null), 0, 0),
            (json!({"type": "Recreate"}), 3, 3),
            (json!({"type": "RollingUpdate"}), 5, 7),
            (json!({"rollingUpdate": {"maxSurge": 2}}), 1, 3),
            (json!({"rollingUpdate": {"maxSurge": "50%"}}), 3, 5),
            (json!({"rollingUpdate": {"maxSurge": 0}}), 3, 3),
            (json!({"rollingUpdate": {"maxUnavailable": 1}}), 4, 5),
        ] {
            let read: Option<DeploymentStrategy> =
                serde_json::from_value(strategy.clone()).unwrap();
            assert_eq!(
                rolled(count, read.as_ref()).peak,
                peak,
                "{strategy} {count}"
            );
        }
    }

    #[test]
    fn a_limit_implies_a_request() {
        let read = json!({"limits": {"cpu": "1"}, "requests": {"memory": "1Gi"}});
        let read: ResourceRequirements = serde_json::from_value(read).unwrap();
        let found = resources(Some(&read), &Defaults::default());
        let names: Vec<_> = found.keys().map(|measure| measure.name()).collect();
        assert_eq!(names, ["requests.cpu", "limits.cpu", "requests.memory"]);
    }
}
