//! Resolves everything that rendering a FeatureStore needs.

use feast_api::Admitted;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::inputs::Inputs;
use crate::known;
use crate::references::{further, live, references_of};
use crate::settings::OperatorSettings;
use crate::wanted::{Answer, Wanted, WrongAnswer};

/// Looks up everything that rendering a FeatureStore needs. `now` is the transition time of changed
/// conditions.
///
/// `lookup` answers each question; an answer can lead to further questions. Use [`try_resolve`] if
/// a look-up can fail, and [`Resolution`] if it is asynchronous.
///
/// ```
/// use feast_api::Admitted;
/// use feast_api::v1::FeatureStore;
/// use feast_render::{Answer, OperatorSettings, Time, render, resolve};
///
/// let store = Admitted::assume(FeatureStore::from_json(br#"{
///     "apiVersion": "feast.dev/v1",
///     "kind": "FeatureStore",
///     "metadata": { "name": "sample", "namespace": "ml" },
///     "spec": { "feastProject": "credit_scoring" }
/// }"#)?)?;
/// let now = Time("2026-01-01T00:00:00Z".parse()?);
/// // A preview: the cluster is empty.
/// let inputs = resolve(store, &OperatorSettings::hardened(), &now, |_| Answer::Absent)?;
/// assert!(render(&inputs)?.plan.deployment.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`WrongAnswer`]: an answer does not match its question.
pub fn resolve(
    store: Admitted,
    settings: &OperatorSettings,
    now: &Time,
    mut lookup: impl FnMut(&Wanted) -> Answer,
) -> Result<Inputs, WrongAnswer> {
    try_resolve(store, settings, now, |wanted| Ok(lookup(wanted)))
}

/// Like [`resolve`], with a look-up that can fail.
///
/// # Errors
///
/// The first failure of `lookup`, or [`WrongAnswer`].
pub fn try_resolve<E: From<WrongAnswer>>(
    store: Admitted,
    settings: &OperatorSettings,
    now: &Time,
    lookup: impl FnMut(&Wanted) -> Result<Answer, E>,
) -> Result<Inputs, E> {
    settle(Resolution::begin(store, settings, now), lookup)
}

/// Like [`try_resolve`], for a FeatureStore of which the cluster has no objects: asks only for what
/// it refers to. The result is the same as if every [live](Wanted::is_live) object was absent, in
/// less time.
///
/// ```
/// use feast_api::Admitted;
/// use feast_api::v1::FeatureStore;
/// use feast_render::{Answer, OperatorSettings, Time, WrongAnswer, preview, render};
///
/// let store = Admitted::assume(FeatureStore::from_json(br#"{
///     "apiVersion": "feast.dev/v1",
///     "kind": "FeatureStore",
///     "metadata": { "name": "sample", "namespace": "ml" },
///     "spec": { "feastProject": "credit_scoring" }
/// }"#)?)?;
/// let now = Time("2026-01-01T00:00:00Z".parse()?);
/// let inputs = preview(store, &OperatorSettings::reference(), &now, |wanted| {
///     assert!(!wanted.is_live());
///     Ok::<_, WrongAnswer>(Answer::Absent)
/// })?;
/// assert!(render(&inputs)?.plan.deployment.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The first failure of `lookup`, or [`WrongAnswer`].
pub fn preview<E: From<WrongAnswer>>(
    store: Admitted,
    settings: &OperatorSettings,
    now: &Time,
    mut lookup: impl FnMut(&Wanted) -> Result<Answer, E>,
) -> Result<Inputs, E> {
    let round = Round::of_references(store, settings, now);
    settle(Resolution::Asking(round), |wanted| {
        // An answer can lead to an account, which is live.
        if wanted.is_live() {
            return Ok(Answer::Absent);
        }
        lookup(wanted)
    })
}

fn settle<E: From<WrongAnswer>>(
    mut resolution: Resolution,
    mut lookup: impl FnMut(&Wanted) -> Result<Answer, E>,
) -> Result<Inputs, E> {
    loop {
        let round = match resolution {
            Resolution::Resolved(inputs) => return Ok(*inputs),
            Resolution::Asking(round) => round,
        };
        let answers = round.wanted().iter().map(&mut lookup);
        let answers = answers.collect::<Result<Vec<_>, E>>()?;
        resolution = round.answer(answers)?;
    }
}

/// Resolves [`Inputs`] in a few rounds; the look-ups of a round can run concurrently.
///
/// ```
/// use feast_render::{Answer, Inputs, OperatorSettings, Resolution, Time, Wanted, WrongAnswer};
/// # use feast_api::Admitted;
///
/// # async fn join_all<F: Future>(all: impl IntoIterator<Item = F>) -> Vec<F::Output> {
/// #     let mut done = vec![];
/// #     for one in all { done.push(one.await); }
/// #     done
/// # }
/// async fn inputs(
///     store: Admitted,
///     settings: &OperatorSettings,
///     now: &Time,
///     fetch: impl AsyncFn(&Wanted) -> Answer,
/// ) -> Result<Inputs, WrongAnswer> {
///     let mut resolution = Resolution::begin(store, settings, now);
///     loop {
///         resolution = match resolution {
///             Resolution::Asking(round) => {
///                 let answers = join_all(round.wanted().iter().map(|wanted| fetch(wanted))).await;
///                 round.answer(answers)?
///             }
///             Resolution::Resolved(inputs) => return Ok(*inputs),
///         }
///     }
/// }
/// ```
///
/// Exhaustive: there are look-ups to do or there are none.
#[derive(Clone, Debug)]
pub enum Resolution {
    /// There are look-ups to do.
    Asking(Round),
    /// Everything is resolved.
    Resolved(Box<Inputs>),
}

/// The next look-ups; never empty.
#[derive(Clone, Debug)]
#[must_use]
pub struct Round {
    inputs: Box<Inputs>,
    /// The look-ups of earlier rounds.
    asked: Vec<Wanted>,
    wanted: Vec<Wanted>,
}

impl Resolution {
    /// The first round for a FeatureStore.
    pub fn begin(store: Admitted, settings: &OperatorSettings, now: &Time) -> Self {
        let mut round = Round::of_references(store, settings, now);
        round.wanted.extend(live(round.inputs.store(), settings));
        Self::Asking(round)
    }
}

impl Round {
    /// The first one, without live objects.
    fn of_references(store: Admitted, settings: &OperatorSettings, now: &Time) -> Self {
        let store = known::seen_by(settings.release, store);
        let wanted = references_of(&store, settings.release);
        Self {
            inputs: Box::new(Inputs::new(store, settings.clone(), now)),
            asked: Vec::new(),
            wanted,
        }
    }

    /// The look-ups, in any order.
    pub fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }

    /// Takes the answers, in the order of [`wanted`](Self::wanted).
    ///
    /// # Errors
    ///
    /// [`WrongAnswer`]: an answer does not match its question, or is missing.
    pub fn answer(
        self,
        answers: impl IntoIterator<Item = Answer>,
    ) -> Result<Resolution, WrongAnswer> {
        let Self {
            mut inputs,
            mut asked,
            wanted,
        } = self;
        let mut answers = answers.into_iter();
        for wanted in wanted {
            let Some(answer) = answers.next() else {
                return Err(WrongAnswer::missing(&wanted));
            };
            inputs.take(&wanted, answer)?;
            asked.push(wanted);
        }
        let mut wanted = further(&inputs);
        wanted.retain(|wanted| !asked.contains(wanted));
        Ok(if wanted.is_empty() {
            Resolution::Resolved(inputs)
        } else {
            Resolution::Asking(Round {
                inputs,
                asked,
                wanted,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::{ConfigMap, Secret};
    use k8s_openapi::jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::store;

    fn now() -> Time {
        Time(Timestamp::UNIX_EPOCH)
    }

    /// The look-ups of each round, in a cluster with these objects.
    fn rounds(spec: &Value, objects: &[Value]) -> Vec<Vec<String>> {
        let objects = objects.iter().map(|object| {
            let key = crate::ObjectRef::of_value(object).expect("an object");
            (key, object.clone())
        });
        let objects = objects.collect();
        let settings = OperatorSettings::reference();
        let mut resolution = Resolution::begin(store(spec), &settings, &now());
        let mut rounds = Vec::new();
        while let Resolution::Asking(round) = resolution {
            rounds.push(round.wanted().iter().map(ToString::to_string).collect());
            let answers = round.wanted().iter().map(|wanted| wanted.among(&objects));
            let answers: Vec<_> = answers.collect::<Result<_, _>>().expect("readable");
            resolution = round.answer(answers).expect("what was wanted");
        }
        rounds
    }

    #[test]
    fn everything_is_asked_for_once() {
        let spec = json!({"feastProject": "a", "services": {"registry": {"remote": {
            "feastRef": {"name": "other", "namespace": "elsewhere"},
        }}}});
        let rounds = rounds(&spec, &[]);
        assert_eq!(rounds.len(), 1);
        let mut wanted = rounds[0].clone();
        for name in [
            "FeatureStore elsewhere/other",
            "MLflow servers",
            "ConfigMap ml/odh-trusted-ca-bundle",
            "ConfigMap feast-operator-system/feast-configs-registry",
            "Role of namespace ml with feast.dev/name=sample",
            "ClusterRoleBinding feast-sample-cluster-binding",
        ] {
            assert!(wanted.iter().any(|wanted| wanted == name), "{name}");
        }
        wanted.sort();
        wanted.dedup();
        assert_eq!(wanted.len(), rounds[0].len());
    }

    #[test]
    fn answers_lead_to_further_questions() {
        let spec =
            json!({"feastProject": "a", "batchEngine": {"configMapRef": {"name": "engine"}}});
        let engine = json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "engine", "namespace": "ml"},
            "data": {"config": "type: spark_application\nservice_account: jobs\n"},
        });
        let deployment = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "feast-sample", "namespace": "ml"},
            "status": {"replicas": 1},
        });
        let rounds = rounds(&spec, &[engine, deployment]);
        let second = [
            "ServiceAccount ml/jobs",
            "Pod of namespace ml with feast.dev/name=sample",
        ];
        assert_eq!(rounds[1..], [second.map(str::to_owned)]);
    }

    #[test]
    fn user_roles_are_looked_up_by_name() {
        let authz = json!({"kubernetes": {"roles": ["reader"]}});
        let rounds = rounds(&json!({"feastProject": "a", "authz": authz}), &[]);
        assert!(rounds[0].contains(&"Role ml/reader".to_owned()));
    }

    #[test]
    fn wrong_answers_are_rejected() {
        let settings = OperatorSettings::reference();
        let spec = json!({"feastProject": "a"});
        let wrong = resolve(store(&spec), &settings, &now(), |wanted| match wanted {
            Wanted::ConfigMap(_) => Answer::found(Secret::default()),
            _ => Answer::Absent,
        });
        let message = "ConfigMap ml/odh-trusted-ca-bundle was answered with another type";
        assert_eq!(wrong.expect_err("a Secret").to_string(), message);
        let right = resolve(store(&spec), &settings, &now(), |wanted| match wanted {
            Wanted::ConfigMap(_) => Answer::found(ConfigMap::default()),
            _ => Answer::Absent,
        });
        assert!(right.is_ok());
        let Resolution::Asking(round) = Resolution::begin(store(&spec), &settings, &now()) else {
            panic!("there is always something to ask");
        };
        assert!(round.answer([]).is_err());
    }
}
