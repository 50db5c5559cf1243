//! The rules on a typed spec: the same checks on fields instead of JSON.

#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, reason = "nobody writes this")]
mod written;

use crd_admission::compiled::Path;
use crd_admission::native::eval::Missing;
use crd_admission::native::{Fault, NativeRule};
use crd_admission::{RuleFault, Violation};
use feast_api::v1::FeatureStoreSpec;

pub(crate) use self::written::{check, keeps};

/// Receives the results of a spec's rules.
pub(crate) trait Out {
    /// Why a rule cannot be evaluated.
    type Fault: Missing;

    fn demand(
        &mut self,
        path: &Path<'_>,
        rule: &NativeRule,
        message: &'static str,
        holds: Result<bool, Self::Fault>,
    );
}

/// Whether all rules hold, without details; most specs are valid.
pub(crate) fn hold(spec: &FeatureStoreSpec) -> bool {
    let mut all = All(true);
    check(spec, &Path::ROOT, &mut all);
    all.0
}

struct All(bool);

impl Out for All {
    type Fault = ();

    #[inline]
    fn demand(&mut self, _: &Path<'_>, _: &NativeRule, _: &'static str, holds: Result<bool, ()>) {
        self.0 &= holds == Ok(true);
    }
}

/// Collects the violations.
impl Out for Vec<Violation> {
    type Fault = Fault;

    fn demand(
        &mut self,
        path: &Path<'_>,
        rule: &NativeRule,
        message: &'static str,
        holds: Result<bool, Fault>,
    ) {
        let fault = match holds {
            Ok(true) => return,
            Ok(false) => RuleFault::Broken { message },
            Err(why) => RuleFault::NotEvaluated { why, message },
        };
        let expression = rule.expression().into();
        self.push(Violation::of_rule(path.bracketed(), expression, fault));
    }
}
