//! The rules on a typed spec: the same checks, of fields instead of JSON.

#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, reason = "nobody writes this")]
mod written;

use crd_admission::compiled::Path;
use crd_admission::native::{Eval, NativeRule};
use crd_admission::{RuleFault, Violation};

pub(crate) use self::written::{check, keeps};

/// Where violations go.
type Out = Vec<Violation>;

/// Reports a rule that does not hold.
fn demand(
    out: &mut Out,
    path: &Path<'_>,
    rule: &NativeRule,
    message: &'static str,
    holds: Eval<bool>,
) {
    let fault = match holds {
        Ok(true) => return,
        Ok(false) => RuleFault::Broken { message },
        Err(why) => RuleFault::NotEvaluated { why, message },
    };
    let expression = rule.expression().into();
    out.push(Violation::of_rule(path.bracketed(), expression, fault));
}
