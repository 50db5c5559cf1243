//! Differences from the expected objects.

use feast_check::check::Live;
use feast_render::drift::{differences, is_installed};
use feast_render::{ObjectRef, Rendered};
use serde_json::Value;

use super::state::{Deviation, What};

/// The differences from a plan, as far as objects could be read.
pub(super) fn deviations(
    rendered: &Rendered,
    namespace: &str,
    live: &Live,
    is_read: impl Fn(&ObjectRef) -> bool,
) -> Vec<Deviation> {
    let plan = &rendered.plan;
    let wanted = plan.apply().filter_map(|object| {
        let reference = object.reference();
        if !is_read(&reference) {
            return None;
        }
        let deviation = |what, fields| Deviation {
            object: name(&reference, namespace),
            what,
            fields,
        };
        let Some(there) = live.get(&reference) else {
            return Some(deviation(What::Missing, Vec::new()));
        };
        let fields = differences(there, &compared(object.to_value()));
        (!fields.is_empty()).then(|| deviation(What::Changed, fields))
    });
    let left = plan.delete().map(|object| Deviation {
        object: name(object, namespace),
        what: What::LeftOver,
        fields: Vec::new(),
    });
    wanted.chain(left).collect()
}

/// An object without the fields that are only for applying.
fn compared(mut wanted: Value) -> Value {
    if !is_installed(&wanted)
        && let Some(metadata) = wanted.get_mut("metadata").and_then(Value::as_object_mut)
    {
        metadata.remove("resourceVersion");
    }
    wanted
}

/// `Kind name`, with the namespace if it differs.
fn name(object: &ObjectRef, home: &str) -> String {
    let ObjectRef {
        kind,
        namespace,
        name,
        ..
    } = object;
    match namespace.as_deref().filter(|namespace| *namespace != home) {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    }
}
