//! Reports rendered objects that an API server rejects.

use std::collections::BTreeSet;

use crate::context::Context;
use crate::finding::Findings;
use crate::refusals::{Cause, Refused};

/// Reports the rejections with this cause, once for each field.
pub(crate) fn refused(cx: &Context<'_>, cause: Cause, out: &mut Findings, help: &str) {
    let mut seen = BTreeSet::new();
    for refused in cx.refused.iter().filter(|refused| refused.cause == cause) {
        let Refused {
            object,
            refusal,
            path,
            ..
        } = refused;
        if seen.insert((path, refusal.kind, object)) {
            let message = format!("the API server rejects {object}: {refusal}");
            out.add(path.clone(), message).help(help);
        }
    }
}
