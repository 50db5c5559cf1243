//! What happens to one FeatureStore.

use std::cell::RefCell;
use std::collections::BTreeSet;

use feast_api::{Admitted, Version};
use feast_check::check::is_about_inputs;
use feast_check::diff::{Diff, Entry, Outcome, Refusal, Refusals, Side, Upgrade, diff};
use feast_check::{Absent, Settings, missing};
use feast_render::{Answer, Wanted};
use feast_validate::{Rejection, Request, Validator};
use serde_json::Value;

use crate::load::Loaded;

/// What all FeatureStores are compared with.
pub(super) struct Comparison<'a> {
    old: &'a Loaded,
    new: &'a Loaded,
    sides: &'a [Settings; 2],
}

impl<'a> Comparison<'a> {
    pub(super) fn new([old, new]: [&'a Loaded; 2], sides: &'a [Settings; 2]) -> Self {
        Self { old, new, sides }
    }

    /// What happens to a FeatureStore that was and that will be, as far as it is there.
    pub(super) fn update(&self, before: Option<&Admitted>, after: Option<&Admitted>) -> Entry {
        let store = before.or(after).expect("a pair has one of them");
        let name = format!("{}/{}", store.namespace(), store.name());
        let refused = before.zip(after).map(|(before, after)| {
            let (old, new) = (value(before), value(after));
            self.refusals(Request::update(&old, &new))
        });
        self.unless_refused(name, refused.unwrap_or_default(), before, after)
    }

    /// The same where the API server has been asked.
    #[cfg(feature = "live")]
    pub(super) fn change(&self, before: Option<&Admitted>, after: Option<&Admitted>) -> Entry {
        let store = before.or(after).expect("a pair has one of them");
        let name = format!("{}/{}", store.namespace(), store.name());
        Entry::new(name, self.outcome(before, after))
    }

    /// What happens to a FeatureStore if the operator is another one, or it is scaled, or both.
    pub(super) fn upgrade(&self, upgrade: &Upgrade, scale: Option<i32>) -> Entry {
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
        self.unless_refused(name.clone(), refused, before.as_ref(), Some(&after))
            .admission(upgrade.admission.clone())
    }

    fn unless_refused(
        &self,
        name: String,
        refused: Vec<String>,
        before: Option<&Admitted>,
        after: Option<&Admitted>,
    ) -> Entry {
        if refused.is_empty() {
            Entry::new(name, self.outcome(before, after))
        } else {
            Entry::new(name, Outcome::Refused(refused))
        }
    }

    /// What the API server has against a request, with the new release's CRD.
    fn refusals(&self, request: Request<'_>) -> Vec<String> {
        let [_, new] = self.sides;
        let validator = Validator::of_release(new.release, Version::V1);
        let verdict = validator.unwrap_or_else(Validator::v1).run(request);
        let violations = verdict
            .rejection()
            .into_iter()
            .flat_map(Rejection::violations);
        violations.map(ToString::to_string).collect()
    }

    fn outcome(&self, before: Option<&Admitted>, after: Option<&Admitted>) -> Outcome {
        let missed = RefCell::new(BTreeSet::new());
        let [old_side, new_side] = self.sides;
        let lookup = |loaded: &Loaded, wanted: &Wanted| -> Answer {
            let answer = loaded.answer(wanted);
            if new_side.absent == Absent::Filled {
                return missing::fill(wanted, answer);
            }
            let missing = missing::missing(wanted, &answer).into_iter();
            let lines = missing.map(|missing| format!("\n  missing: {missing}"));
            missed.borrow_mut().extend(lines);
            answer
        };
        let old = |wanted: &Wanted| lookup(self.old, wanted);
        let new = |wanted: &Wanted| lookup(self.new, wanted);
        let before = before.map(|store| Side {
            store,
            settings: &old_side.operator,
            lookup: &old,
        });
        let after = after.map(|store| Side {
            store,
            settings: &new_side.operator,
            lookup: &new,
        });
        match diff(before, after) {
            Ok(diff) => match lacking(&diff) {
                Some((when, refusal)) if !missed.borrow().is_empty() => {
                    let missed = Vec::from_iter(missed.take()).concat();
                    Outcome::Failed(format!(
                        "{when} the change the operator refuses it: {}{missed}\n  add it to the \
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

/// What the operator refuses that may be in what the files lack.
fn lacking(diff: &Diff) -> Option<(&'static str, &Refusal)> {
    let Refusals { before, after, .. } = &diff.refusals;
    let before = before.iter().map(|refusal| ("before", &**refusal));
    let after = after.iter().map(|refusal| ("after", &**refusal));
    let mut refusals = before.chain(after);
    refusals.find(|(_, refusal)| is_about_inputs(&refusal.reason))
}

fn value(store: &Admitted) -> Value {
    serde_json::to_value(&**store).expect("a FeatureStore has text keys only")
}

fn scaled(store: &Admitted, replicas: i32) -> Admitted {
    let mut spec = store.spec.clone();
    spec.replicas = Some(replicas);
    store.clone().with_spec(spec)
}
