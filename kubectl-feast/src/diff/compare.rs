//! What happens to one FeatureStore.

use std::cell::RefCell;
use std::collections::BTreeSet;

use feast_api::{Admitted, Version};
use feast_check::check::{Around, is_about_inputs};
use feast_check::diff::{Entry, Error, Outcome, Side, diff};
use feast_check::missing;
use feast_render::{Answer, OperatorSettings, Wanted};
use feast_validate::{Rejection, Request, Validator};
use serde_json::Value;

use super::Args;
use crate::load::Loaded;

/// What all FeatureStores are compared with.
pub(super) struct Comparison<'a> {
    old: &'a Around,
    new: &'a Around,
    old_settings: OperatorSettings,
    new_settings: OperatorSettings,
    allow_missing: bool,
    change: Change,
}

/// What is done to a FeatureStore.
#[derive(Clone, Copy)]
enum Change {
    /// Nothing; operators are compared.
    None,
    /// It is updated.
    Update,
    /// It is scaled.
    Scale(i32),
}

impl<'a> Comparison<'a> {
    pub(super) fn new(old: &'a Loaded, new: Option<&'a Loaded>, args: &Args) -> Self {
        let settings = args.how.setting.settings().operator;
        let of = |operator: Option<super::Operator>| match operator {
            Some(operator) => operator.settings(settings.clone()),
            None => settings.clone(),
        };
        Self {
            old: &old.around,
            new: &new.unwrap_or(old).around,
            old_settings: of(args.from),
            new_settings: of(args.to),
            allow_missing: args.how.allow_missing,
            change: match (args.scale, new) {
                (Some(replicas), _) => Change::Scale(replicas),
                (None, Some(_)) => Change::Update,
                (None, None) => Change::None,
            },
        }
    }

    /// What happens to a FeatureStore that was and that will be, as far as it is there.
    pub(super) fn entry(&self, before: Option<&Admitted>, after: Option<&Admitted>) -> Entry {
        let store = before.or(after).expect("a pair has one of them");
        let name = format!("{}/{}", store.namespace(), store.name());
        let refused = match (before, after) {
            (Some(before), Some(after)) => self.change.refusals(before, after),
            _ => vec![],
        };
        if refused.is_empty() {
            Entry::new(name, self.outcome(before, after))
        } else {
            Entry::new(name, Outcome::Refused(refused))
        }
    }

    fn outcome(&self, before: Option<&Admitted>, after: Option<&Admitted>) -> Outcome {
        let missed = RefCell::new(BTreeSet::new());
        let lookup = |around: &Around, wanted: &Wanted| -> Answer {
            let answer = around.answer(wanted);
            if self.allow_missing {
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
            settings: &self.old_settings,
            lookup: &old,
        });
        let after = after.map(|store| Side {
            store,
            settings: &self.new_settings,
            lookup: &new,
        });
        match diff(before, after) {
            Ok(diff) => Outcome::Compared(diff),
            Err(error) if is_about_missing(&error) => {
                let missed = Vec::from_iter(missed.take());
                let hint = match &missed[..] {
                    [] => "",
                    _ => "\n  add it to the files, or use --allow-missing",
                };
                Outcome::Failed(format!("{error}{}{hint}", missed.concat()))
            }
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }
}

/// Whether what the files lack may be why the operator refuses a FeatureStore.
fn is_about_missing(error: &Error) -> bool {
    match error {
        Error::RefusedBefore(refusal) | Error::RefusedAfter(refusal) => is_about_inputs(refusal),
        _ => false,
    }
}

impl Change {
    /// What the API server has against it.
    fn refusals(self, before: &Admitted, after: &Admitted) -> Vec<String> {
        let value = |store: &Admitted| {
            serde_json::to_value(&**store).expect("a FeatureStore has text keys only")
        };
        let (old, new): (Value, Value) = (value(before), value(after));
        let request = match self {
            Self::None => return vec![],
            Self::Update => Request::update(&old, &new),
            Self::Scale(replicas) => Request::scale(&old, replicas),
        };
        let verdict = Validator::of(Version::V1).run(request);
        let violations = verdict
            .rejection()
            .into_iter()
            .flat_map(Rejection::violations);
        violations.map(ToString::to_string).collect()
    }
}
