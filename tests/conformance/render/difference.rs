//! Readable differences between recorded and rendered results.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;
use similar::TextDiff;

/// A difference.
#[derive(Debug)]
pub(super) struct Difference {
    what: String,
    recorded: String,
    rendered: String,
}

impl Difference {
    /// The difference between two forms of a thing, if any.
    pub(super) fn between(
        what: impl Into<String>,
        recorded: &Value,
        rendered: &Value,
    ) -> Option<Self> {
        (recorded != rendered).then(|| Self {
            what: what.into(),
            recorded: text(recorded),
            rendered: text(rendered),
        })
    }

    /// A difference for each key that only one side has or whose values differ.
    pub(super) fn each<K: Ord + fmt::Display>(
        what: &str,
        recorded: &BTreeMap<K, Value>,
        rendered: &BTreeMap<K, Value>,
    ) -> Vec<Self> {
        let keys: BTreeSet<&K> = recorded.keys().chain(rendered.keys()).collect();
        let difference = |key| {
            let [recorded, rendered] = [recorded, rendered].map(|map| map.get(key));
            let [recorded, rendered] = [recorded, rendered].map(|v| v.unwrap_or(&Value::Null));
            Self::between(format!("{what} {key}"), recorded, rendered)
        };
        keys.into_iter().filter_map(difference).collect()
    }
}

/// JSON for a comparison by line, without the content of Secrets.
fn text(value: &Value) -> String {
    if value["kind"] == "Secret" {
        return "a Secret\n".into();
    }
    match value {
        Value::Null => String::new(),
        Value::String(text) => format!("{text}\n"),
        value => format!("{value:#}\n"),
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} (- recorded, + rendered)", self.what)?;
        let diff = TextDiff::from_lines(&self.recorded, &self.rendered);
        write!(f, "{}", diff.unified_diff().context_radius(4))
    }
}
