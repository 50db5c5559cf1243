use feast_lint::Patch;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{Checker, Settings, Text, manifest};

/// The text after a fix of its first document, given as a patch.
fn fixed(text: &str, patch: Value) -> Option<String> {
    let fix = Fix {
        is_safe: true,
        patch: serde_json::from_value::<Patch>(patch).unwrap(),
    };
    let document = manifest::read(text).into_iter().flatten().next()?;
    let source = Source::read(text.get(document.source.clone())?)?;
    let scene = source.scene(document.item)?;
    let edits = scene.edits(&fix)?;
    let is_made = scene.is_made(&[&fix], &edits);
    assert_eq!(is_made, scene.is_made_as_a_whole(&[&fix], &edits), "{text}");
    let edits: Vec<_> = after(document.source.start, edits).collect();
    is_made.then(|| apply(text, &edits))
}

fn replace(path: &str, value: impl Into<Value>) -> Value {
    let value = value.into();
    json!([{ "op": "replace", "path": path, "value": value }])
}

fn remove(path: &str) -> Value {
    json!([{ "op": "remove", "path": path }])
}

fn add(path: &str, value: impl Into<Value>) -> Value {
    let value = value.into();
    json!([{ "op": "add", "path": path, "value": value }])
}

fn rename(from: &str, to: &str) -> Value {
    json!([{ "op": "move", "from": from, "path": to }])
}

#[test]
fn a_fix_that_writes_credentials_is_not_shown() {
    let text = "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shop}\nspec:\n  \
                feastProject: shop\n  feastProjectDir: {git: {url: 'http://me:hunter2@a/b', ref: x}}\n";
    let is_told = |text: &str| {
        let checked = checker().check([Text::new("a.yaml", text)]);
        let findings = checked.iter().flat_map(|checked| {
            let findings = checked.findings.iter();
            findings.map(|finding| crate::format::data(checked, finding))
        });
        let finding = findings
            .into_iter()
            .find(|it| it["code"] == "git-over-plain-http");
        let finding = finding.expect("a finding");
        assert!(!finding.to_string().contains("hunter2"), "{finding}");
        finding.get("fix").is_some()
    };
    assert!(!is_told(text));
    assert!(is_told(&text.replace("me:hunter2@", "")));
}

#[test]
fn replacing_values_and_names_keeps_the_rest() {
    for (text, patch, expected) in [
        (
            "a: 1 # one\nb: 2\n",
            replace("/a", json!(3)),
            "a: 3 # one\nb: 2\n",
        ),
        ("a: 'x'\n", replace("/a", json!("it's")), "a: 'it''s'\n"),
        ("a: \"x\" # c", replace("/a", json!("y")), "a: \"y\" # c"),
        ("a: x\n", replace("/a", json!("yes")), "a: \"yes\"\n"),
        (
            "a: {b: yes, c: [d]}\n",
            replace("/a/b", json!("yes")),
            "a: {b: \"yes\", c: [d]}\n",
        ),
        ("{\"a\": \"1\"}\n", replace("/a", json!(1)), "{\"a\": 1}\n"),
        (
            "\u{feff}a:   ü # ü\r\n",
            replace("/a", json!(true)),
            "\u{feff}a:   true # ü\r\n",
        ),
        (
            "a:\n- b: 1\n- b: 2\n",
            replace("/a/1/b", json!(3)),
            "a:\n- b: 1\n- b: 3\n",
        ),
        ("'a' : {b: 1}\n", rename("/a", "/c"), "'c' : {b: 1}\n"),
        (
            "{\"a\":{\"b\":1}}",
            rename("/a/b", "/a/c"),
            "{\"a\":{\"c\":1}}",
        ),
        (
            "x: 1\na: # of many\n  b: 1\n",
            rename("/a", "/c"),
            "x: 1\nc: # of many\n  b: 1\n",
        ),
        // Other documents stay unchanged.
        (
            "a: 1\n---\na: 1\n",
            replace("/a", json!(2)),
            "a: 2\n---\na: 1\n",
        ),
    ] {
        assert_eq!(fixed(text, patch).as_deref(), Some(expected), "{text:?}");
    }
}

#[test]
fn fields_are_removed_with_their_lines() {
    for (text, path, expected) in [
        ("a: 1\nb: 2\n", "/a", "b: 2\n"),
        ("a: 1\nb: 2", "/b", "a: 1\n"),
        (
            "a:\n  b: {}\n  c: 1\n# of d\nd: 2\n",
            "/a",
            "# of d\nd: 2\n",
        ),
        (
            "a:\n  b:\n    x: 1\n\n  # of c\n  c: 1\n",
            "/a/b",
            "a:\n\n  # of c\n  c: 1\n",
        ),
        ("a: {b: 1, c: 2}\n", "/a/b", "a: {c: 2}\n"),
        ("a: {b: 1, c: 2}\n", "/a/c", "a: {b: 1}\n"),
        (
            "a: {b: 1, c: {d: [1]}, e: 2}\n",
            "/a/c",
            "a: {b: 1, e: 2}\n",
        ),
        ("{\"a\": 1,\n \"b\": 2}\n", "/b", "{\"a\": 1}\n"),
    ] {
        assert_eq!(
            fixed(text, remove(path)).as_deref(),
            Some(expected),
            "{text:?}"
        );
    }
}

#[test]
fn fields_are_added_after_the_last() {
    for (text, path, expected) in [
        (
            "a:\n  b: 1 # one\nc: 2\n",
            "/a/x",
            "a:\n  b: 1 # one\n  x: Forbid\nc: 2\n",
        ),
        (
            "a:\r\n  b: 1\r\n",
            "/a/x",
            "a:\r\n  b: 1\r\n  x: Forbid\r\n",
        ),
        (
            "a:\n  b:\n    c: 1\n\n# of d\nd: 2\n",
            "/a/x",
            "a:\n  b:\n    c: 1\n  x: Forbid\n\n# of d\nd: 2\n",
        ),
        (
            "a:\n- b: 1\n- c: 2\n",
            "/a/0/x",
            "a:\n- b: 1\n  x: Forbid\n- c: 2\n",
        ),
        ("a: {b: 1}\n", "/a/x", "a: {b: 1, x: Forbid}\n"),
        (
            "{\"a\": {\"b\": 1 }}",
            "/a/x",
            "{\"a\": {\"b\": 1, \"x\": \"Forbid\" }}",
        ),
        ("a: {x: Allow}\n", "/a/x", "a: {x: Forbid}\n"),
    ] {
        assert_eq!(
            fixed(text, add(path, json!("Forbid"))).as_deref(),
            Some(expected),
            "{text:?}"
        );
    }
}

#[test]
fn edits_with_side_effects_are_rejected() {
    for (text, patch) in [
        // Another field shares the value.
        ("a: &x 1\nb: *x\n", replace("/a", json!(2))),
        ("a: &x 1\nb: *x\n", replace("/b", json!(2))),
        (
            "a: &x {b: 1}\nc: {<<: *x, d: 2}\n",
            replace("/c/b", json!(2)),
        ),
        // Removing the last field would make a mapping null.
        ("a:\n  b: 1\n", remove("/a/b")),
        ("a: {b: 1}\n", remove("/a/b")),
        // Comments would be lost.
        ("a: 1 # why\nb: 2\n", remove("/a")),
        ("a:\n  # why\n  b: 1\nc: 2\n", remove("/a")),
        ("- a: 1\n  b: 2\n", remove("/0/a")),
        ("x:\n- a: 1\n  b: 2\n", remove("/x/0/a")),
        ("a: |\n  text\n", replace("/a", json!("b"))),
        ("a: 1\n", replace("/b", json!("b"))),
        ("a: {b: 1}\n", replace("/a", json!("b"))),
        ("a: 1\n", replace("/a", json!({}))),
        ("a: 1\nb: 2\n", rename("/a", "/b")),
        ("a: {b: 1}\n", rename("/a/b", "/b")),
        ("a: {}\n", add("/a/b", json!(1))),
        // As JSON, 1.0 would not become 1.
        (
            "{\"n\": 1.0, \"a\": {\"b\": no}}\n",
            replace("/a/b", json!(true)),
        ),
    ] {
        assert_eq!(fixed(text, patch.clone()), None, "{text:?} {patch}");
    }
}

#[test]
fn items_of_a_list_are_edited_like_documents() {
    for (item, patch, expected) in [
        ("- a: 1 # one", replace("/a", json!(3)), "- a: 3 # one"),
        (
            "-   a: 1\n    b:\n    - c: 1",
            replace("/b/0/c", json!(3)),
            "-   a: 1\n    b:\n    - c: 3",
        ),
        ("-\n  a: 1\n  b: 2", remove("/a"), "-\n  b: 2"),
        ("- a: 1\n  b: 2", remove("/b"), "- a: 1"),
        (
            "- a: {b: 1}\n  c: |+\n    text\n",
            add("/a/x", json!("Forbid")),
            "- a: {b: 1, x: Forbid}\n  c: |+\n    text\n",
        ),
        (
            "- {a: 1,\nb: '2'}",
            replace("/b", json!(2)),
            "- {a: 1,\nb: 2}",
        ),
        ("- {\"a\": 1}", rename("/a", "/b"), "- {\"b\": 1}"),
        ("- a: 1\r\n  b: 2", remove("/b"), "- a: 1\r"),
    ] {
        let list = |item| format!("apiVersion: v1\nkind: List\nitems:\n{item}\n- z: 1\n");
        let found = fixed(&list(item), patch);
        assert_eq!(found, Some(list(expected)), "{item:?}");
    }
}

#[test]
fn the_rest_of_a_list_is_not_affected() {
    for (items, patch) in [
        // Another item shares the value.
        ("- a: &x 1\n- b: *x", replace("/a", json!(2))),
        ("- a: &x {b: 1}\n- *x", replace("/a/b", json!(2))),
        // A list is fixed only if it can be read.
        ("- a: 1\n- 5", replace("/a", json!(2))),
        // The tab would be indentation.
        ("- a: {b: \"1\"\n\t, c: 1}", replace("/a/b", json!(2))),
        ("- a: 1\n  b: 2", rename("/a", "/b")),
        ("- {\"c\": 1, \"a\": 2}", rename("/c", "/a")),
    ] {
        let text = format!("apiVersion: v1\nkind: List\nitems:\n{items}\n");
        assert_eq!(fixed(&text, patch), None, "{items:?}");
    }
}

#[test]
fn titles_say_what_is_done() {
    for (patch, expected) in [
        (
            replace("/spec/a/0/b", json!("x")),
            "set spec.a[0].b to \"x\"",
        ),
        (
            replace("/a", json!("https://me:token@host/x")),
            "set a to \"https://********@host/x\"",
        ),
        (remove("/spec/a~1b"), "remove spec.a/b"),
        (rename("/spec/a", "/spec/b"), "rename spec.a to b"),
        (add("/a", json!(true)), "set a to true"),
    ] {
        let patch = serde_json::from_value(patch).unwrap();
        let fix = Fix {
            is_safe: false,
            patch,
        };
        assert_eq!(title(&fix), expected);
    }
}

fn checker() -> Checker {
    let now = feast_render::Time("2026-01-01T00:00:00Z".parse().unwrap());
    let operator = feast_render::OperatorSettings::reference();
    Checker::new(Settings::new(operator, now))
}

/// A FeatureStore after its safe fixes.
fn mended(text: &str) -> Option<String> {
    let checked = checker().check([Text::new("a.yaml", text)]);
    Some(safe(text, &checked)?.text)
}

const HEAD: &str = "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: a}\n";

#[test]
fn typos_are_safe_to_fix() {
    for (spec, expected) in [
        ("feastProjct: a", "feastProject: a"),
        ("feast-project: a", "feastProject: a"),
        (
            "feastProject: a\n  Replicas: 1",
            "feastProject: a\n  replicas: 1",
        ),
        (
            "feastProject: a\n  replicas: '1'",
            "feastProject: a\n  replicas: 1",
        ),
        ("feastProject: 17 # so", "feastProject: \"17\" # so"),
        (
            "feastProject: a\n  services: {runFeastApplyOnInit: \"no\"}",
            "feastProject: a\n  services: {runFeastApplyOnInit: false}",
        ),
        (
            "feastProject: a\n  services: {onlineStore: {server: {logLevel: INFO}}}",
            "feastProject: a\n  services: {onlineStore: {server: {logLevel: info}}}",
        ),
        // Both at once.
        ("feastProjct: 17", "feastProject: \"17\""),
    ] {
        let text = format!("{HEAD}spec:\n  {spec}\n");
        let mut found = text.clone();
        while let Some(better) = mended(&found) {
            found = better;
        }
        assert_eq!(found, format!("{HEAD}spec:\n  {expected}\n"));
    }
    let older = HEAD.replace("v1", "v1alpha1") + "spec: {feastProject: a}\n";
    assert_eq!(mended(&older), Some(older.replace("v1alpha1", "v1")));
    let kind = HEAD.replace("FeatureStore", "Featurestore") + "spec: {feastProject: a}\n";
    assert_eq!(
        mended(&kind),
        Some(kind.replace("Featurestore", "FeatureStore"))
    );
}

#[test]
fn ambiguous_problems_are_not_fixed() {
    for spec in [
        // Another name, or one of several.
        "{feastProject: a, replikation: 1}",
        "{feastProject: a, services: {scaling: {autoscaling: {mixReplicas: 1, maxReplicas: 3}}}}",
        // The field already exists.
        "{feastProject: a, feastProjct: b}",
        "{feastProject: a, replicas: two}",
        "{feastProject: a, services: {runFeastApplyOnInit: maybe}}",
        "{feastProject: [a]}",
    ] {
        let text = format!("{HEAD}spec: {spec}\n");
        assert_eq!(mended(&text), None, "{spec}");
    }
    // v1 would use a field that v1alpha1 drops.
    let older = HEAD.replace("v1", "v1alpha1") + "spec: {feastProject: a, replicas: 2}\n";
    assert_eq!(mended(&older), None);
}

/// FeatureStores with and without fixable problems.
fn feature_store() -> impl Strategy<Value = String> {
    let parts = prop::sample::subsequence(
        vec![
            "  feastProjct: shop # whose?\n",
            "  # why\n  Replicas:   '1'\n",
            "  authz: {Kubernetes: {roles: [ 17, \"b\" ]}}\n",
            "  services:\n    run_feast_apply_on_init: \"yes\"\n\n    ui: {logLevel: DEBUG} # loud\n",
            "  cronJob: {schedule: '* * * * *', suspend: \"no\"}\n",
            "  nonsense: {a: [b, {c: d}]}\n",
            "  feastProjectDir: {init: {minimal: 'true', template: Spark}}\n",
        ],
        1..=7,
    );
    let parts = parts.prop_shuffle();
    parts.prop_map(|parts| format!("{HEAD}spec:\n{}", parts.concat()))
}

/// Line ends.
fn ends() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["\n", "\r\n"])
}

/// A FeatureStore and another object, in several layouts.
fn specs() -> impl Strategy<Value = String> {
    (feature_store(), ends()).prop_map(|(text, end)| {
        let other = "---\n# another\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {x: 'y'}\n";
        format!("{text}{other}").replace('\n', end)
    })
}

/// FeatureStores as documents and as items of a `List`.
fn many() -> impl Strategy<Value = String> {
    let stores = || prop::collection::vec(feature_store(), 1..3);
    (stores(), stores(), ends()).prop_map(|(documents, items, end)| {
        let items = items.iter().map(|item| {
            let lines = item.lines().map(|line| format!("  {line}\n"));
            lines.collect::<String>().replacen(' ', "-", 1)
        });
        let list = format!(
            "apiVersion: v1\nkind: List\nitems:\n{}",
            items.collect::<String>()
        );
        let texts = [&*documents, &[list], &*documents].concat();
        texts.join("---\n").replace('\n', end)
    })
}

/// The objects of a text.
fn objects(text: &str) -> Vec<Value> {
    let documents = manifest::read(text).into_iter().flatten();
    documents.map(|document| document.value().clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// After fixing, nothing is left to fix, and everything outside the edits is unchanged.
    #[test]
    fn fixing_ends_and_changes_nothing_else(text in specs()) {
        let mut text = text;
        for _ in 0..8 {
            let checked = checker().check([Text::new("a.yaml", text.as_str())]);
            let Some(fixed) = safe(&text, &checked) else { break };
            prop_assert!(!fixed.edits.is_empty());
            let (mut old, mut new) = (0, 0);
            let mut edits = fixed.edits.clone();
            edits.sort_by_key(|edit| edit.range.start);
            for edit in &edits {
                let kept = &text[old..edit.range.start];
                prop_assert_eq!(kept, &fixed.text[new..new + kept.len()]);
                (old, new) = (edit.range.end, new + kept.len() + edit.text.len());
            }
            prop_assert_eq!(&text[old..], &fixed.text[new..]);
            text = fixed.text;
        }
        let checked = checker().check([Text::new("a.yaml", text.as_str())]);
        prop_assert!(safe(&text, &checked).is_none());
        let fixes = checked.iter().flat_map(|checked| {
            let findings = checked.findings.iter();
            findings.filter_map(move |finding| Some((checked, finding.fix.as_ref()?)))
        });
        for (checked, fix) in fixes.filter(|(_, fix)| fix.is_safe) {
            prop_assert!(Editor::of(&text).edits(checked, fix).is_none(), "{}", title(fix));
        }
    }

    /// Other documents do not matter.
    #[test]
    fn documents_are_fixed_as_if_alone(text in many()) {
        let checked = checker().check([Text::new("a.yaml", text.as_str())]);
        let mut expected = Vec::new();
        for same in checked.chunk_by(|one, other| one.source == other.source) {
            let source = same[0].source.clone();
            let mut alone = same.to_vec();
            for checked in &mut alone {
                checked.source = 0..source.len();
            }
            let fixed = safe(&text[source.clone()], &alone);
            let edits = fixed.map(|fixed| fixed.edits).unwrap_or_default();
            expected.extend(after(source.start, edits));
        }
        let found = safe(&text, &checked).map(|fixed| fixed.edits);
        prop_assert_eq!(found.unwrap_or_default(), expected);
    }

    /// An edit makes what its fix says, and nothing else.
    #[test]
    fn a_fix_changes_one_object(text in many()) {
        let checked = checker().check([Text::new("a.yaml", text.as_str())]);
        let before = objects(&text);
        prop_assert_eq!(checked.len(), before.len());
        let mut editor = Editor::of(&text);
        for (index, checked) in checked.iter().enumerate() {
            for fix in checked.findings.iter().filter_map(|finding| finding.fix.as_ref()) {
                let Some(edits) = editor.edits(checked, fix) else { continue };
                let mut expected = before.clone();
                json_patch::patch(&mut expected[index], &fix.patch).unwrap();
                prop_assert_eq!(objects(&apply(&text, &edits)), expected, "{}", title(fix));
            }
        }
    }
}
