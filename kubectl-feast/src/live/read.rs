//! Reads everything that FeatureStores of a cluster need.

use std::collections::{BTreeMap, BTreeSet};

use feast_api::v1::FeatureStore;
use feast_api::{Admitted, Version};
use feast_check::{Depth, Settings};
use feast_lint::Release;
use feast_render::monitoring::ServiceMonitor;
use feast_render::openshift::Route;
use feast_render::{Answer, ObjectRef, Platform, Resolution, Round, Wanted};
use k8s_openapi::Resource;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::core::params::ListParams;
use serde_json::Value;

use super::asked::{Asked, resource};
use super::error::Error;
use super::references::references;
use super::seen::{Seen, without_managers};
use super::session::{Session, each};

/// Kinds that affect FeatureStores without being referenced.
const BESIDE: [(&str, &str); 4] = [
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"),
    ("keda.sh/v1alpha1", "ScaledObject"),
    ("autoscaling.k8s.io/v1", "VerticalPodAutoscaler"),
];

/// The API of the kinds that give batch engines rights.
const RBAC: &str = "rbac.authorization.k8s.io/v1";

/// Kinds that limit what pods may use.
const LIMITS: [(&str, &str); 2] = [("v1", "LimitRange"), ("v1", "ResourceQuota")];

/// What a command needs to read.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is independent")]
pub(crate) struct Question {
    /// `None` for that of the context.
    pub(crate) namespace: Option<String>,
    pub(crate) all_namespaces: bool,
    /// Empty for all.
    pub(crate) names: Vec<String>,
    /// Whether existing objects are read.
    pub(crate) live: bool,
    /// Whether the cluster's CustomResourceDefinition is used.
    pub(crate) definition: bool,
    /// Whether ResourceQuotas and LimitRanges are read.
    pub(crate) limits: bool,
    /// How the FeatureStores are rendered.
    pub(crate) settings: Settings,
}

impl Question {
    /// The namespace for objects that set none.
    pub(super) fn namespace<'a>(&'a self, session: &'a Session) -> &'a str {
        self.namespace.as_deref().unwrap_or(session.namespace())
    }
}

/// Reads the FeatureStores of a command, and what they need.
pub(crate) async fn read(session: &Session, question: &Question) -> Result<Seen, Error> {
    let namespace = question.namespace(session);
    let scope = (!question.all_namespaces).then_some(namespace);
    let stores = stores(session, scope, &question.names).await?;
    around(session, question, stores).await
}

/// Reads what FeatureStores need.
pub(super) async fn around(
    session: &Session,
    question: &Question,
    stores: Vec<Value>,
) -> Result<Seen, Error> {
    let namespace = question.namespace(session);
    let scope = (!question.all_namespaces).then_some(namespace);
    let mut seen = Seen {
        platform: platform(session).await?,
        kubernetes: kubernetes(session).await?,
        stores,
        namespace: namespace.to_owned(),
        ..Seen::default()
    };
    if question.definition {
        definition(session, &mut seen).await?;
    }
    beside(session, scope, &BESIDE, &mut seen).await?;
    if question.limits {
        beside(session, scope, &LIMITS, &mut seen).await?;
    }
    if question.settings.depth == Depth::Lints && seen.stores.iter().any(has_engine) {
        beside(session, scope, &[(RBAC, "RoleBinding")], &mut seen).await?;
        beside(session, None, &[(RBAC, "ClusterRoleBinding")], &mut seen).await?;
    }
    resolve(session, question, &mut seen).await?;
    named_objects(session, &mut seen).await?;
    Ok(seen)
}

/// The cluster's features.
async fn platform(session: &Session) -> Result<Platform, Error> {
    let mut platform = Platform::kubernetes();
    platform.openshift = session.serves(Route::API_VERSION, Route::KIND).await?;
    platform.service_monitor = session
        .serves(ServiceMonitor::API_VERSION, ServiceMonitor::KIND)
        .await?;
    Ok(platform)
}

/// The Kubernetes release, which normally everyone may read.
async fn kubernetes(session: &Session) -> Result<Option<Release>, Error> {
    match session.version().await {
        Ok(version) => Ok(nearest(&version)),
        Err(Error::Forbidden(_) | Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The newest known release that is not newer than the server, or else the oldest.
fn nearest(version: &Value) -> Option<Release> {
    // Such as `35`, or `35+` for some distributions.
    let minor = version["minor"].as_str()?.trim_end_matches('+');
    let minor: u32 = minor.parse().ok()?;
    let older = Release::ALL.iter().filter(|known| known.minor() <= minor);
    older.max().or(Release::ALL.iter().min()).copied()
}

/// The FeatureStores of a namespace or of all, optionally only those with these names.
async fn stores(
    session: &Session,
    scope: Option<&str>,
    names: &[String],
) -> Result<Vec<Value>, Error> {
    let all = ListParams::default();
    for version in [Version::V1, Version::V1Alpha1] {
        let kind = resource(version.api_version(), feast_api::KIND);
        let Some(found) = session.list(&kind, scope, &all).await? else {
            continue;
        };
        return named(found, &kind, scope, names);
    }
    Err(Error::NoDefinition)
}

/// The FeatureStores with these names, or all.
fn named(
    found: Vec<Value>,
    kind: &kube::core::ApiResource,
    scope: Option<&str>,
    names: &[String],
) -> Result<Vec<Value>, Error> {
    let name = |store: &Value| store["metadata"]["name"].as_str().map(str::to_owned);
    let known: BTreeSet<_> = found.iter().filter_map(name).collect();
    if let Some(missing) = names.iter().find(|name| !known.contains(*name)) {
        let asked = Asked::new("get", kind).within(scope).named(missing);
        return Err(Error::NotFound(format!("FeatureStore {}", asked.place())));
    }
    let is_wanted =
        |store: &Value| names.is_empty() || name(store).is_some_and(|name| names.contains(&name));
    let found = found.into_iter().filter(is_wanted);
    Ok(found.map(without_managers).collect())
}

async fn definition(session: &Session, seen: &mut Seen) -> Result<(), Error> {
    let name = format!("featurestores.{}", feast_api::GROUP);
    let object = ObjectRef::new::<CustomResourceDefinition>(None, name);
    match session.get(&object).await {
        Ok(found) => seen.definition = found.map(without_managers),
        Err(Error::Forbidden(asked)) => seen.lack(&asked),
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Objects of these kinds, except those that an operator created for a FeatureStore.
async fn beside(
    session: &Session,
    scope: Option<&str>,
    kinds: &[(&str, &str)],
    seen: &mut Seen,
) -> Result<(), Error> {
    let found = each(kinds.iter().copied(), async |(api_version, kind)| {
        let kind = resource(api_version, kind);
        let all = ListParams::default();
        Ok(session.list(&kind, scope, &all).await)
    });
    for found in found.await? {
        match found {
            Ok(found) => {
                let found = found.into_iter().flatten();
                let others = found.filter(|object| !is_owned(object));
                seen.beside.extend(others.map(without_managers));
            }
            Err(Error::Forbidden(asked)) => seen.lack(&asked),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether a FeatureStore has a batch engine of its own.
fn has_engine(store: &Value) -> bool {
    store["spec"]["batchEngine"].is_object()
}

/// Whether a FeatureStore controls an object.
fn is_owned(object: &Value) -> bool {
    let owners = object["metadata"]["ownerReferences"].as_array();
    let mut owners = owners.into_iter().flatten();
    owners.any(|owner| owner["kind"] == feast_api::KIND && owner["controller"] == true)
}

/// Everything that rendering the FeatureStores needs. Common objects are read once.
async fn resolve(session: &Session, question: &Question, seen: &mut Seen) -> Result<(), Error> {
    let Settings { operator, now, .. } = &seen.settings(question.settings.clone());
    let stores = seen.stores.iter().cloned();
    let stores = stores.filter_map(|store| FeatureStore::from_value(store).ok());
    let stores = stores.filter_map(|store| Admitted::assume(store).ok());
    let mut resolutions: Vec<_> = stores
        .map(|store| Resolution::begin(store, operator, now))
        .collect();
    let mut answered: BTreeMap<Wanted, Answer> = BTreeMap::new();
    loop {
        let rounds = resolutions.drain(..).filter_map(asking).collect::<Vec<_>>();
        if rounds.is_empty() {
            return Ok(());
        }
        let wanted = rounds.iter().flat_map(Round::wanted);
        let wanted: BTreeSet<_> = wanted
            .filter(|wanted| !answered.contains_key(*wanted))
            .filter(|wanted| question.live || !wanted.is_live())
            .cloned()
            .collect();
        let found = each(wanted, async |wanted| {
            let found = look_up(session, &wanted).await;
            Ok((wanted, found))
        });
        for (wanted, found) in found.await? {
            let answer = match &found {
                Ok(found) => wanted.read(found.iter().cloned())?,
                Err(_) => Answer::Absent,
            };
            seen.take(&wanted, found)?;
            answered.insert(wanted, answer);
        }
        for round in rounds {
            let answers = round.wanted().iter();
            let answers = answers.map(|wanted| answered.get(wanted).cloned());
            let answers: Vec<_> = answers
                .map(|answer| answer.unwrap_or(Answer::Absent))
                .collect();
            resolutions.push(round.answer(answers)?);
        }
    }
}

/// The Secrets and ConfigMaps that FeatureStores refer to but rendering does not need: those of
/// variables and volumes, whose keys must exist.
async fn named_objects(session: &Session, seen: &mut Seen) -> Result<(), Error> {
    let named: BTreeSet<_> = seen.stores.iter().flat_map(references).collect();
    let others = named.into_iter().filter(|object| !seen.knows(object));
    let found = each(others.collect::<Vec<_>>(), async |object| {
        let found = session.get(&object).await;
        Ok((object, found))
    });
    for (object, found) in found.await? {
        match found {
            Ok(found) => found.into_iter().for_each(|object| seen.add(object, true)),
            Err(Error::Forbidden(asked)) => {
                seen.unread.insert(object);
                seen.lack(&asked);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn asking(resolution: Resolution) -> Option<Round> {
    match resolution {
        Resolution::Asking(round) => Some(round),
        Resolution::Resolved(_) => None,
    }
}

async fn look_up(session: &Session, wanted: &Wanted) -> Result<Vec<Value>, Error> {
    if let Some(object) = wanted.object() {
        return Ok(session.get(object).await?.into_iter().collect());
    }
    let (kind, namespace, params) = match wanted {
        Wanted::Labelled(selection) => (
            resource(&selection.api_version, &selection.kind),
            Some(selection.namespace.as_str()),
            ListParams::default().labels(&selection.selector()),
        ),
        _ => (
            resource("mlflow.opendatahub.io/v1", "MLflow"),
            None,
            ListParams::default(),
        ),
    };
    let found = session.list(&kind, namespace, &params).await?;
    Ok(found.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_nearest_release_is_used() {
        for (minor, expected) in [
            ("33", Some(Release::V1_33)),
            ("34+", Some(Release::V1_34)),
            ("99", Some(Release::LATEST)),
            ("19", Some(Release::V1_31)),
            ("", None),
        ] {
            let version = json!({ "major": "1", "minor": minor });
            assert_eq!(nearest(&version), expected, "{minor}");
        }
    }
}
