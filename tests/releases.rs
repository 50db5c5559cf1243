//! What each release of Feast's operator brought: as `docs/releases.md` says it, and compared with the
//! CRDs that were published.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use feast_render::{Change, Release};
use serde_json::Value;

#[test]
fn document_is_current() {
    test_support::current("docs/releases.md", &document());
}

fn document() -> String {
    let mut text = String::from(
        "# Releases of Feast's operator\n\nWhat each release brought, since the first with horizontal \
         scaling. `--release` of `kubectl feast` renders as the operator of one of them, and \
         `kubectl feast diff --from RELEASE --to RELEASE` tells what an upgrade does.\n\nThis file is \
         generated from `feast-render`.\n",
    );
    for release in Release::ALL.iter().rev() {
        let changes = Change::ALL.iter();
        let changes: Vec<_> = changes
            .filter(|change| change.since() == *release)
            .collect();
        write!(text, "\n## {release}\n").expect("text");
        if !release.new_fields().is_empty() {
            text.push_str("\nNew fields of `spec`:\n\n");
        }
        for field in release.new_fields() {
            writeln!(text, "- `{field}`").expect("text");
        }
        if !changes.is_empty() {
            text.push_str("\nWhat it makes otherwise:\n\n");
        }
        for change in changes {
            let summary = change
                .summary()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            let source = change.pull_request().map_or_else(String::new, |number| {
                format!(" ([#{number}](https://github.com/feast-dev/feast/pull/{number}))")
            });
            writeln!(text, "- `{change}`{source}: {summary}").expect("text");
        }
        if *release == Release::ALL[0] {
            text.push_str("\nThe first that is known.\n");
        }
    }
    text
}

#[test]
fn new_fields_are_those_of_the_published_crds() {
    for pair in Release::ALL.windows(2) {
        let [before, after] = [fields(pair[0]), fields(pair[1])];
        let (Some(before), Some(after)) = (before, after) else {
            return;
        };
        let is_new = |path: &&String| !before.contains(*path);
        let added: Vec<_> = after.iter().filter(is_new).collect();
        let is_within = |path: &str| {
            let outer = |outer: &&&String| {
                let rest = path.strip_prefix(outer.as_str());
                rest.is_some_and(|rest| rest.starts_with(['.', '[']))
            };
            added.iter().any(|path| outer(&path))
        };
        let outermost = added.iter().filter(|path| !is_within(path));
        let outermost: Vec<_> = outermost.map(|path| path.as_str()).collect();
        assert_eq!(pair[1].new_fields(), outermost, "{}", pair[1]);
        let gone: Vec<_> = before.difference(&after).collect();
        assert!(gone.is_empty(), "{}: {gone:?}", pair[1]);
    }
}

/// The fields of the spec in a release's CRD; nothing where that is not there.
fn fields(release: Release) -> Option<BTreeSet<String>> {
    let name = match release {
        Release::Main => "main-03dac6f33".to_owned(),
        _ => format!("v{release}"),
    };
    let file = test_support::published(&format!("releases/{name}.json.gz"))?;
    let crd: Value = serde_json::from_str(&test_support::text(&file)).expect("a CRD");
    let versions = crd["spec"]["versions"].as_array().expect("versions");
    let version = versions.iter().find(|version| version["name"] == "v1");
    let schema = &version.expect("v1")["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let mut fields = BTreeSet::new();
    collect(schema, "", &mut fields);
    Some(fields)
}

fn collect(schema: &Value, path: &str, fields: &mut BTreeSet<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = match path {
            "" => name.clone(),
            _ => format!("{path}.{name}"),
        };
        collect(property, &path, fields);
        fields.insert(path);
    }
    if schema["items"].is_object() {
        collect(&schema["items"], &format!("{path}[]"), fields);
    }
    if schema["additionalProperties"].is_object() {
        collect(
            &schema["additionalProperties"],
            &format!("{path}{{}}"),
            fields,
        );
    }
}
