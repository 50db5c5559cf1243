//! Reads a FeatureStore's objects and determines its state.

use std::collections::BTreeSet;

use feast_api::v1::{FeatureStore, ServiceHostnames};
use feast_api::{Admitted, Release};
use feast_check::check::{Live, Outcome};
use feast_check::{Checker, Level, Settings};
use feast_render::drift::own_fields;
use feast_render::{NAME_LABEL, Object, ObjectRef, Rendered};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use kube::core::params::ListParams;
use serde_json::Value;

use super::state::{Claim, Replicas, Server, State};
use super::{autoscaler, deviation, pods};
use crate::live::asked::{Asked, resource, resource_of};
use crate::live::error::Error;
use crate::live::read::{Question, read};
use crate::live::seen::{Seen, place};
use crate::live::session::{Session, each};

/// Reads FeatureStores and everything that belongs to them.
pub(super) async fn collect(
    session: &Session,
    question: &Question,
    is_release_given: bool,
) -> Result<(Vec<State>, Seen), Error> {
    let mut seen = read(session, question).await?;
    let mut states = Vec::new();
    for store in seen.stores.clone() {
        let settings = seen.settings(question.settings.clone());
        let settings = if is_release_given {
            settings
        } else {
            of_its_release(settings, &store)
        };
        let (rendered, refused) = rendered(&seen, &store, settings);
        let around = Around::read(session, &store, rendered.as_ref(), &mut seen).await?;
        states.push(around.state(&store, rendered.as_ref(), refused, &seen));
    }
    Ok((states, seen))
}

/// An object with the operator's field set instead of its `managedFields`.
fn with_own_fields(mut object: Value) -> Value {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        own_fields(metadata);
    }
    object
}

/// The settings of the operator that reports the status.
fn of_its_release(settings: Settings, store: &Value) -> Settings {
    let version = store["status"]["feastVersion"].as_str();
    match version.and_then(|version| version.parse::<Release>().ok()) {
        Some(release) => settings.of_release(release),
        None => settings,
    }
}

/// The rendering of a FeatureStore, or the error.
fn rendered(
    seen: &Seen,
    store: &Value,
    settings: Settings,
) -> (Option<(Admitted, Rendered)>, Vec<String>) {
    let checker = seen.inform(Checker::new(settings));
    let texts = seen.texts().into_iter().flatten();
    let mut read: Vec<_> = texts.map(|text| checker.read(text)).collect();
    let around = checker.gather(read.iter_mut());
    let outcomes = read
        .into_iter()
        .flat_map(|read| checker.finish(read, &around));
    let place = place(store);
    let is_it = |outcome: &Outcome| outcome.checked.feature_store.as_ref() == Some(&place);
    let Some(outcome) = outcomes.into_iter().find(is_it) else {
        return (None, Vec::new());
    };
    let findings = outcome.checked.findings.into_iter();
    let errors = findings.filter(|finding| finding.level == Level::Error);
    let refused = errors.map(|finding| finding.message).collect();
    (outcome.rendered.map(|rendered| *rendered), refused)
}

/// The objects of a FeatureStore.
struct Around {
    /// Its existing objects, current and former.
    objects: Live,
    /// Those that could not be read.
    unread: BTreeSet<ObjectRef>,
    /// `None` if they could not be read.
    pods: Option<Vec<Pod>>,
    events: Vec<Value>,
}

impl Around {
    async fn read(
        session: &Session,
        store: &Value,
        rendered: Option<&(Admitted, Rendered)>,
        seen: &mut Seen,
    ) -> Result<Self, Error> {
        let text = |field: &str| store["metadata"][field].as_str().unwrap_or_default();
        let (namespace, name) = (text("namespace"), text("name"));
        let plan = rendered
            .into_iter()
            .flat_map(|(_, rendered)| rendered.plan.apply());
        let wanted: BTreeSet<_> = plan.map(Object::reference).collect();
        let claims = claims(rendered, namespace);
        let wanted = wanted.into_iter().chain(claims).collect::<BTreeSet<_>>();
        let found = each(wanted, async |object| {
            let found = session.get(&object).await;
            Ok((object, found))
        });
        let mut around = Self {
            objects: Live::new(),
            unread: BTreeSet::new(),
            pods: None,
            events: Vec::new(),
        };
        for (object, found) in found.await? {
            match found {
                Ok(Some(found)) => {
                    around.objects.insert(object, with_own_fields(found));
                }
                Ok(None) => {}
                Err(Error::Forbidden(_)) => {
                    let asked = Asked::new("get", &resource_of(&object));
                    let asked = asked.within(object.namespace.as_deref());
                    seen.lack(&asked.named(&object.name));
                    around.unread.insert(object);
                }
                Err(error) => return Err(error),
            }
        }
        let labelled = ListParams::default().labels(&format!("{NAME_LABEL}={name}"));
        let found = session
            .list(&resource("v1", "Pod"), Some(namespace), &labelled)
            .await;
        around.pods = readable(found, seen)?.map(|pods| {
            let pods = pods.into_iter();
            pods.filter_map(|pod| feast_api::from_value(&pod).ok())
                .collect()
        });
        let all = ListParams::default();
        let found = session
            .list(&resource("v1", "Event"), Some(namespace), &all)
            .await;
        around.events = readable(found, seen)?.unwrap_or_default();
        Ok(around)
    }

    fn state(
        &self,
        store: &Value,
        rendered: Option<&(Admitted, Rendered)>,
        refused: Vec<String>,
        seen: &Seen,
    ) -> State {
        let status = FeatureStore::from_value(store.clone());
        let status = status
            .ok()
            .and_then(|store| store.status)
            .unwrap_or_default();
        let namespace = store["metadata"]["namespace"].as_str().unwrap_or_default();
        let deviations = rendered.map(|(_, rendered)| {
            let is_read = |object: &ObjectRef| !self.unread.contains(object);
            deviation::deviations(rendered, namespace, &self.objects, is_read)
        });
        State {
            feature_store: place(store),
            servers: self.servers(status.service_hostnames.as_ref()),
            replicas: self.replicas(rendered),
            autoscalers: self.autoscalers(store, seen),
            claims: self.claims(),
            deviations: deviations.unwrap_or_default(),
            problems: self.problems(store, rendered, refused),
            phase: status.phase,
            feast_version: status.feast_version,
            conditions: status.conditions.unwrap_or_default(),
        }
    }

    /// The addresses in the status, with the pods behind them.
    fn servers(&self, hostnames: Option<&ServiceHostnames>) -> Vec<Server> {
        let Some(hostnames) = hostnames else {
            return Vec::new();
        };
        let all = [
            ("offline", "offline", &hostnames.offline_store),
            ("online", "online", &hostnames.online_store),
            ("registry", "registry", &hostnames.registry),
            ("registry-rest", "registry", &hostnames.registry_rest),
            ("ui", "ui", &hostnames.ui),
            ("lineage", "lineage", &hostnames.lineage),
        ];
        let there = all.into_iter().filter_map(|(name, container, address)| {
            let address = address.clone().filter(|address| !address.is_empty())?;
            let states = self.pods.iter().flatten().filter_map(|pod| {
                let statuses = pod.status.as_ref()?.container_statuses.as_ref()?;
                let status = statuses.iter().find(|status| status.name == container)?;
                Some(status.ready)
            });
            let states: Vec<_> = states.collect();
            let is_known = self.pods.is_some();
            Some(Server {
                name: name.to_owned(),
                address,
                ready: is_known.then(|| states.iter().filter(|ready| **ready).count()),
                pods: is_known.then_some(states.len()),
            })
        });
        there.collect()
    }

    fn replicas(&self, rendered: Option<&(Admitted, Rendered)>) -> Option<Replicas> {
        let (_, rendered) = rendered?;
        let deployment = rendered.plan.deployment.as_ref()?;
        let deployment = self.objects.get(&Object::from(deployment).reference())?;
        Some(Replicas {
            ready: deployment["status"]["readyReplicas"].as_i64().unwrap_or(0),
            desired: deployment["spec"]["replicas"].as_i64().unwrap_or(1),
        })
    }

    /// The operator's autoscalers, and those that scale the FeatureStore itself.
    fn autoscalers(&self, store: &Value, seen: &Seen) -> Vec<super::state::Autoscaler> {
        let name = &store["metadata"]["name"];
        let namespace = &store["metadata"]["namespace"];
        let scales = |target: &Value| target["kind"] == feast_api::KIND && target["name"] == *name;
        let others = seen.beside.iter();
        let others = others.filter(|other| other["metadata"]["namespace"] == *namespace);
        let others = others.filter_map(|other| autoscaler::of(other, scales));
        let own = self.objects.values();
        own.filter_map(|own| autoscaler::of(own, |_| true))
            .chain(others)
            .collect()
    }

    fn claims(&self) -> Vec<Claim> {
        let claims = self.objects.values();
        let claims = claims.filter(|object| object["kind"] == "PersistentVolumeClaim");
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let claims = claims.map(|claim| Claim {
            name: text(&claim["metadata"]["name"]).unwrap_or_default(),
            phase: text(&claim["status"]["phase"]).unwrap_or_else(|| "Pending".to_owned()),
            capacity: text(&claim["status"]["capacity"]["storage"]),
        });
        claims.collect()
    }

    /// Why it is not ready.
    fn problems(
        &self,
        store: &Value,
        rendered: Option<&(Admitted, Rendered)>,
        refused: Vec<String>,
    ) -> Vec<String> {
        let mut problems = refused;
        if store["metadata"]["deletionTimestamp"].is_string() {
            problems.push("it is being deleted".to_owned());
        }
        if store["status"]["conditions"]
            .as_array()
            .is_none_or(Vec::is_empty)
        {
            let why = "it has no status yet: is Feast's operator running, and does it watch this \
                       namespace?";
            problems.push(why.to_owned());
        } else if rendered.is_some_and(|(store, rendered)| is_behind(store, rendered)) {
            problems.push("the operator has not processed the last change yet".to_owned());
        }
        let is_ready = store["status"]["phase"] == "Ready";
        problems.extend(pods::problems(self.pods.as_deref().unwrap_or_default()));
        if !is_ready {
            problems.extend(pods::warnings(&self.events, |object| {
                self.is_own(object, store)
            }));
        }
        problems
    }

    /// Whether an event is about a FeatureStore or one of its objects.
    fn is_own(&self, involved: &Value, store: &Value) -> bool {
        let kind = involved["kind"].as_str().unwrap_or_default();
        let name = involved["name"].as_str().unwrap_or_default();
        let is_pod = || {
            let mut pods = self.pods.iter().flatten();
            pods.any(|pod| pod.metadata.name.as_deref() == Some(name))
        };
        let is_object = || {
            let mut objects = self.objects.keys();
            objects.any(|object| object.kind == kind && object.name == name)
        };
        match kind {
            feast_api::KIND => store["metadata"]["name"] == name,
            "Pod" => is_pod(),
            // A ReplicaSet of an existing Deployment.
            "ReplicaSet" => name.rsplit_once('-').is_some_and(|(deployment, _)| {
                let mut objects = self.objects.keys();
                objects.any(|object| object.kind == "Deployment" && object.name == deployment)
            }),
            _ => is_object(),
        }
    }
}

/// Whether the operator's last report is about another spec.
fn is_behind(store: &Admitted, rendered: &Rendered) -> bool {
    let reported = store
        .status
        .as_ref()
        .and_then(|status| status.applied.as_ref());
    reported.is_some_and(|reported| Some(reported) != rendered.status.applied.as_ref())
}

/// The claims that the servers use.
fn claims(rendered: Option<&(Admitted, Rendered)>, namespace: &str) -> Vec<ObjectRef> {
    let deployment = rendered.and_then(|(_, rendered)| rendered.plan.deployment.as_ref());
    let spec = deployment.and_then(|deployment| deployment.spec.as_ref());
    let pod = spec.and_then(|spec| spec.template.spec.as_ref());
    let volumes = pod.into_iter().flat_map(|pod| pod.volumes.iter().flatten());
    let claims = volumes.filter_map(|volume| volume.persistent_volume_claim.as_ref());
    let claims = claims
        .map(|claim| ObjectRef::new::<PersistentVolumeClaim>(Some(namespace), &claim.claim_name));
    claims.collect()
}

/// The result of a look-up; `None` if the user may not read the object, which is recorded.
fn readable<T>(found: Result<Option<T>, Error>, seen: &mut Seen) -> Result<Option<T>, Error> {
    match found {
        Err(Error::Forbidden(asked)) => {
            seen.lack(&asked);
            Ok(None)
        }
        found => found,
    }
}
