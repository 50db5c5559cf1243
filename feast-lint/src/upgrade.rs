//! The effect of each change of an upgrade on a FeatureStore.

use apimachinery::FieldPath;
use feast_api::Release;
use feast_render::{Change, Inputs, OperatorRelease, Rendered, render};
use serde_json::Value;

use crate::subject::Upgrade;

/// A change that an upgrade adds or removes, with the rendering before and after it.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) change: Change,
    /// Whether the upgrade adds it.
    pub(crate) comes: bool,
    pub(crate) before: Rendered,
    pub(crate) after: Rendered,
}

impl Step {
    /// The defaults that it changes: path and new value.
    pub(crate) fn defaults(&self) -> Vec<(FieldPath, Option<Value>)> {
        let [before, after] = [&self.before, &self.after]
            .map(|rendered| serde_json::to_value(rendered.applied()).unwrap_or_default());
        let mut moved = Vec::new();
        differences(&FieldPath::of("spec"), &before, &after, &mut moved);
        moved
    }

    /// Its name, such as `CronJobAccount`, or `no longer CronJobAccount`.
    pub(crate) fn name(&self) -> String {
        told(self.comes, self.change.name())
    }
}

/// The name of an added change, or `no longer` and the name of a removed one.
///
/// ```
/// assert_eq!(feast_lint::told(true, "CronJobAccount"), "CronJobAccount");
/// assert_eq!(feast_lint::told(false, "CronJobAccount"), "no longer CronJobAccount");
/// ```
pub fn told(comes: bool, what: &str) -> String {
    let no_longer = if comes { "" } else { "no longer " };
    format!("{no_longer}{what}")
}

impl Upgrade<'_> {
    /// The releases before and after.
    pub(crate) fn releases(&self) -> [OperatorRelease; 2] {
        [self.before, self.after].map(|inputs| inputs.settings().release)
    }

    /// The releases that the upgrade passes: those added, or those removed.
    pub(crate) fn passed(&self) -> impl Iterator<Item = Release> + use<> {
        let [before, after] = self.releases().map(OperatorRelease::release);
        let (lower, upper) = (before.min(after), before.max(after));
        let all = Release::ALL.iter().copied();
        all.filter(move |release| lower < *release && *release <= upper)
    }

    /// Whether it goes to a later release.
    pub(crate) fn is_forward(&self) -> bool {
        let [before, after] = self.releases();
        before < after
    }

    /// The changes that affect the rendering.
    pub(crate) fn steps(&self) -> impl Iterator<Item = Step> {
        let Self { before, after } = *self;
        let [rendered_before, rendered_after] = [before, after].map(|inputs| render(inputs).ok());
        let changes = Change::ALL.iter().copied();
        changes.filter_map(move |change| {
            let was = before.settings().release.has(change);
            let comes = after.settings().release.has(change);
            let step = |before, after| Step {
                change,
                comes,
                before,
                after,
            };
            let step = match (was, comes) {
                (false, true) => step(lacking(after, change)?, rendered_after.clone()?),
                (true, false) => step(rendered_before.clone()?, lacking(before, change)?),
                _ => return None,
            };
            (step.before != step.after).then_some(step)
        })
    }
}

fn lacking(inputs: &Inputs, change: Change) -> Option<Rendered> {
    render(&inputs.clone().without(change)).ok()
}

/// The paths where two values differ, with the new values. The depth of a spec is bounded by its
/// type.
fn differences(
    path: &FieldPath,
    old: &Value,
    new: &Value,
    found: &mut Vec<(FieldPath, Option<Value>)>,
) {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        if old != new {
            found.push((path.clone(), Some(new.clone())));
        }
        return;
    };
    for (name, value) in new {
        let path = path.clone().field(name.clone());
        match old.get(name) {
            Some(old) => differences(&path, old, value, found),
            None => found.push((path, Some(value.clone()))),
        }
    }
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    found.extend(gone.map(|name| (path.clone().field(name.clone()), None)));
}
