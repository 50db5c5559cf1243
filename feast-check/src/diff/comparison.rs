//! Effects of changes of FeatureStores, one by one.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use feast_api::{Admitted, Version};
use feast_render::{Answer, Wanted};
use feast_validate::{Rejection, Request, Validator};
use serde_json::Value;

use super::{Diff, Entry, Outcome, Refusal, Refusals, Side, Upgrade, diff};
use crate::check::{Around, Checker, is_about_inputs};
use crate::{Absent, missing};

/// The context of FeatureStores before and after a change: the operator and the API server, as a
/// [`Checker`], and the objects in the texts.
///
/// ```
/// use feast_check::diff::{Comparison, Pair, Report};
/// use feast_check::{Checker, Settings, Text};
/// use feast_render::{OperatorSettings, Time};
///
/// let checker = Checker::new(Settings::new(OperatorSettings::reference(), Time(Default::default())));
/// let read = |project: &str| checker.read(Text::new("shop.yaml", format!("
/// apiVersion: feast.dev/v1
/// kind: FeatureStore
/// metadata: {{name: shop}}
/// spec: {{feastProject: {project}}}
/// ")));
/// let (mut old, mut new) = (read("shop"), read("store"));
/// let around = [&mut old, &mut new].map(|read| checker.gather([read]));
///
/// let comparison = Comparison::new([(&checker, &around[0]), (&checker, &around[1])]);
/// let pairs = Pair::of(old.admitted(), new.admitted());
/// let report: Report = pairs.iter().map(|pair| comparison.update(pair)).collect();
/// assert_eq!(report.summary().to_string(), "1 of 1 FeatureStore changes, 1 restarts");
/// ```
pub struct Comparison<'a> {
    before: (&'a Checker, &'a Around),
    after: (&'a Checker, &'a Around),
}

/// Shows the settings of both sides, but not the objects.
impl fmt::Debug for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Comparison")
            .field("before", self.before.0)
            .field("after", self.after.0)
            .finish_non_exhaustive()
    }
}

/// A FeatureStore before and after a change; one side is absent if it is created or deleted.
#[derive(Clone, Debug)]
pub struct Pair {
    name: String,
    before: Option<Admitted>,
    after: Option<Admitted>,
}

impl Pair {
    /// Pairs FeatureStores by namespace and name: the old ones in order, then the new ones.
    pub fn of<'s>(
        old: impl IntoIterator<Item = &'s Admitted>,
        new: impl IntoIterator<Item = &'s Admitted>,
    ) -> Vec<Self> {
        let name = |store: &Admitted| format!("{}/{}", store.namespace(), store.name());
        let new: Vec<_> = new.into_iter().collect();
        let mut after: BTreeMap<_, _> = new.iter().map(|store| (name(store), *store)).collect();
        let mut pairs = Vec::new();
        for store in old {
            let name = name(store);
            pairs.push(Self {
                before: Some(store.clone()),
                after: after.remove(&name).cloned(),
                name,
            });
        }
        let added = new.into_iter().filter_map(|store| {
            let name = name(store);
            let after = Some(after.remove(&name)?.clone());
            let before = None;
            Some(Self {
                name,
                before,
                after,
            })
        });
        pairs.extend(added);
        pairs
    }

    /// The FeatureStore before and after the change, if it exists there.
    pub fn stores(&self) -> impl Iterator<Item = &Admitted> {
        self.before.iter().chain(&self.after)
    }
}

impl<'a> Comparison<'a> {
    /// A comparison with these contexts before and after.
    pub fn new([before, after]: [(&'a Checker, &'a Around); 2]) -> Self {
        Self { before, after }
    }

    /// The effect of an update, creation or deletion of a FeatureStore.
    pub fn update(&self, pair: &Pair) -> Entry {
        let refused = pair.before.as_ref().zip(pair.after.as_ref());
        let refused = refused.map(|(before, after)| {
            let (old, new) = (value(before), value(after));
            self.refusals(Request::update(&old, &new))
        });
        let refused = refused.unwrap_or_default();
        let stores = (pair.before.as_ref(), pair.after.as_ref());
        self.unless_refused(pair.name.clone(), refused, stores)
    }

    /// Like [`update`](Self::update), for a change that the API server has already admitted.
    pub fn change(&self, pair: &Pair) -> Entry {
        let stores = (pair.before.as_ref(), pair.after.as_ref());
        Entry::new(pair.name.clone(), self.outcome(stores))
    }

    /// The effect of replacing the operator, scaling, or both.
    pub fn upgrade(&self, upgrade: &Upgrade, scale: Option<i32>) -> Entry {
        let Upgrade {
            feature_store: name,
            before,
            after,
            ..
        } = upgrade;
        let Some(after) = after else {
            return Entry::new(name, Outcome::Refused(upgrade.refusals.clone()));
        };
        let (refused, after) = match scale {
            None => (vec![], after.clone()),
            Some(replicas) => (
                self.refusals(Request::scale(&value(after), replicas)),
                scaled(after, replicas),
            ),
        };
        self.unless_refused(name.clone(), refused, (before.as_ref(), Some(&after)))
            .admission(upgrade.admission.clone())
    }

    fn unless_refused(
        &self,
        name: String,
        refused: Vec<String>,
        stores: (Option<&Admitted>, Option<&Admitted>),
    ) -> Entry {
        if refused.is_empty() {
            Entry::new(name, self.outcome(stores))
        } else {
            Entry::new(name, Outcome::Refused(refused))
        }
    }

    /// The API server's errors about a request, with the new release's CRD.
    fn refusals(&self, request: Request<'_>) -> Vec<String> {
        let release = self.after.0.settings().release;
        let validator = Validator::of_release(release, Version::V1);
        let verdict = validator.unwrap_or_else(Validator::v1).run(request);
        let violations = verdict
            .rejection()
            .into_iter()
            .flat_map(Rejection::violations);
        violations.map(ToString::to_string).collect()
    }

    fn outcome(&self, (before, after): (Option<&Admitted>, Option<&Admitted>)) -> Outcome {
        let missed = RefCell::new(BTreeSet::new());
        let lookup = |(checker, around): (&Checker, &Around), wanted: &Wanted| -> Answer {
            // Wrong answers were already reported.
            let answer = checker.answer(wanted, around).unwrap_or(Answer::Absent);
            match self.after.0.settings().absent {
                Absent::Filled => return missing::fill(wanted, answer),
                Absent::Assumed => return missing::assume(wanted, answer),
                Absent::Reported | Absent::Lacking => {}
            }
            let missing = missing::missing(wanted, &answer).into_iter();
            let lines = missing.map(|missing| format!("\n  missing: {missing}"));
            missed.borrow_mut().extend(lines);
            answer
        };
        let old = |wanted: &Wanted| lookup(self.before, wanted);
        let new = |wanted: &Wanted| lookup(self.after, wanted);
        let before = before.map(|store| Side {
            store,
            settings: &self.before.0.settings().operator,
            lookup: &old,
        });
        let after = after.map(|store| Side {
            store,
            settings: &self.after.0.settings().operator,
            lookup: &new,
        });
        match diff(before, after) {
            Ok(diff) => match lacking(&diff) {
                Some((when, refusal)) if !missed.borrow().is_empty() => {
                    let missed = Vec::from_iter(missed.take()).concat();
                    Outcome::Failed(format!(
                        "the operator rejects it {when} the change: {}{missed}\n  add it to the \
                         files, or use --allow-missing",
                        refusal.reason
                    ))
                }
                _ => Outcome::Compared(diff),
            },
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }
}

/// The operator's error, if it may be due to objects that the files lack.
fn lacking(diff: &Diff) -> Option<(&'static str, &Refusal)> {
    let Refusals { before, after, .. } = &diff.refusals;
    let before = before.iter().map(|refusal| ("before", &**refusal));
    let after = after.iter().map(|refusal| ("after", &**refusal));
    let mut refusals = before.chain(after);
    refusals.find(|(_, refusal)| is_about_inputs(&refusal.reason))
}

fn value(store: &Admitted) -> Value {
    serde_json::to_value(&**store).expect("a FeatureStore has string keys")
}

fn scaled(store: &Admitted, replicas: i32) -> Admitted {
    let mut spec = store.spec.clone();
    spec.replicas = Some(replicas);
    store.clone().with_spec(spec)
}
