//! The API server's warning about deprecated versions.

use std::cmp::Reverse;

use crate::definition::{Definition, Node};

/// The warning for a deprecated version: its own text, or one that names the version to use.
pub(crate) fn warning(version: Node<'_>, definition: &Definition<'_>) -> Option<String> {
    if !version.flag("deprecated") {
        return None;
    }
    if let Some(warning) = version.optional_text("deprecationWarning") {
        return Some(warning.to_owned());
    }
    let group = definition.spec.text("group");
    let kind = definition
        .spec
        .part("names")
        .map_or("", |names| names.text("kind"));
    let name = |version: Node<'_>| format!("{group}/{} {kind}", version.text("name"));
    let versions = definition.versions.iter().copied();
    let others = versions.filter(|other| other.flag("served") && !other.flag("deprecated"));
    let best = others.max_by_key(|other| precedence(other.text("name")));
    Some(match best {
        Some(best) => format!("{} is deprecated; use {}", name(version), name(best)),
        None => format!("{} is deprecated", name(version)),
    })
}

/// The stability of a version.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Alpha,
    Beta,
    General,
}

/// A sort key for versions by name: `v2` is greater than `v1`, which is greater than `v1beta1`.
/// Names of another form are lower, in reverse alphabetical order.
fn precedence(name: &str) -> (Option<(Stage, i64, i64)>, Reverse<&str>) {
    (parts(name), Reverse(name))
}

fn parts(name: &str) -> Option<(Stage, i64, i64)> {
    let rest = name.strip_prefix('v')?;
    let (major, rest) = number(rest)?;
    if rest.is_empty() {
        return Some((Stage::General, major, 0));
    }
    let stages = [("alpha", Stage::Alpha), ("beta", Stage::Beta)];
    let mut stages = stages.into_iter();
    let (rest, stage) = stages.find_map(|(word, stage)| Some((rest.strip_prefix(word)?, stage)))?;
    let (minor, rest) = number(rest)?;
    rest.is_empty().then_some((stage, major, minor))
}

/// The number at the start of a text, and the rest.
fn number(text: &str) -> Option<(i64, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::precedence;
    use crate::Crd;
    use crate::testing::definition;

    #[test]
    fn versions_have_an_order() {
        let sorted = [
            "foo10", "foo1", "v1alpha1", "v2alpha1", "v1beta1", "v1beta2", "v10beta3", "v1", "v2",
            "v10",
        ];
        let mut found = sorted;
        found.reverse();
        found.sort_by_key(|name| precedence(name));
        assert_eq!(found, sorted);
    }

    #[test]
    fn warnings_are_the_servers() {
        let version = |name: &str, more: Value| {
            let mut version = json!({
                "name": name, "served": true, "storage": name == "v1",
                "schema": { "openAPIV3Schema": { "type": "object" } },
            });
            for (field, value) in more.as_object().into_iter().flatten() {
                version[field] = value.clone();
            }
            version
        };
        let deprecated = || json!({ "deprecated": true });
        let own = json!({ "deprecated": true, "deprecationWarning": "no longer" });
        for (versions, expected) in [
            (vec![version("v1", json!({}))], None),
            (
                vec![version("v1", deprecated())],
                Some("example.com/v1 Thing is deprecated"),
            ),
            (
                vec![
                    version("v1", deprecated()),
                    version("v2beta1", json!({})),
                    version("v2", json!({})),
                    version("v3", json!({ "served": false })),
                ],
                Some("example.com/v1 Thing is deprecated; use example.com/v2 Thing"),
            ),
            (vec![version("v1", own)], Some("no longer")),
        ] {
            let crd = Crd::compile(&definition(&versions), &[]).expect("a CRD");
            let validator = crd.version("v1").expect("served");
            assert_eq!(validator.deprecation(), expected, "{versions:?}");
        }
    }
}
