//! The answers to the page's questions.

use feast_playground::{Against, Error, Options, changes, draw, examine, hover, render};

const SHARED: &str = include_str!("../../examples/scaling-hpa.yaml");
const FAULTS: &str = include_str!("../../tests/data/unshared.yaml");

fn options(release: &str) -> Options {
    let mut options = Options::default();
    release.clone_into(&mut options.release);
    options
}

/// A part of a text by UTF-16 offsets, as in JavaScript.
fn part(text: &str, from: usize, to: usize) -> String {
    let units: Vec<_> = text.encode_utf16().collect();
    String::from_utf16_lossy(&units[from..to])
}

#[test]
fn findings_have_utf16_offsets() {
    let text = format!("# 𝄞 ü\n{FAULTS}");
    let answer = examine(&text, &Options::default()).unwrap();
    let found = answer.findings.iter();
    let found: Vec<_> = found
        .map(|found| (found.code.as_str(), part(&text, found.from, found.to)))
        .collect();
    let expected = [
        ("invalid-value", "credit scoring"),
        ("scaling-online-store", "3"),
    ];
    assert_eq!(found, expected.map(|(code, text)| (code, text.to_owned())));
    let related = &answer.findings[1].related[0];
    assert_eq!(part(&text, related.from, related.to), "file");
    // A rejected FeatureStore is not rendered.
    assert!(render(&text, &Options::default()).unwrap().is_empty());
    assert!(draw(&text, &Options::default()).unwrap().is_none());
    assert_eq!((answer.feature_stores, answer.objects), (1, 0));
}

#[test]
fn a_fix_is_edits() {
    let text = "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: ü}\n\
                spec:\n  feast_project: shop\n";
    let answer = examine(text, &Options::default()).unwrap();
    let fix = answer.findings.iter().find_map(|found| found.fix.as_ref());
    let fix = fix.unwrap();
    let [edit] = fix.edits.as_slice() else {
        panic!("{fix:?}");
    };
    assert_eq!(part(text, edit.from, edit.to), "feast_project");
    assert_eq!((edit.insert.as_str(), fix.is_safe), ("feastProject", true));
}

#[test]
fn a_feature_store_becomes_objects_documents_a_status_and_a_graph() {
    let stores = render(SHARED, &Options::default()).unwrap();
    let [store] = stores.as_slice() else {
        panic!("{stores:?}");
    };
    let answer = examine(SHARED, &Options::default()).unwrap();
    assert_eq!(answer.objects, store.objects.len());
    let deployment = store.objects.iter().find(|it| it.kind == "Deployment");
    let deployment = deployment.unwrap();
    assert!(
        deployment
            .yaml
            .starts_with("apiVersion: apps/v1\nkind: Deployment\n")
    );
    assert_eq!(deployment.group, "serving");
    let names: Vec<_> = store.documents.iter().map(|it| it.name).collect();
    assert_eq!(names, ["service", "client"]);
    assert!(store.status.contains("phase:"), "{}", store.status);
    let rights = |rights| {
        let mut options = Options::default();
        options.rights = rights;
        draw(SHARED, &options).unwrap().unwrap()
    };
    assert!(rights(true).contains("RoleBinding") && !rights(false).contains("RoleBinding"));
}

#[test]
fn upgrades_and_scaling_are_compared() {
    let upgrade = Against::Release {
        release: "0.66.0".to_owned(),
    };
    let upgraded = changes(SHARED, &options("0.65.0"), &upgrade).unwrap();
    let notes = &upgraded.stores[0].notes;
    assert!(
        notes.iter().any(|note| note.text.contains("since 0.66.0")),
        "{notes:?}"
    );
    let same = changes(SHARED, &options("0.66.0"), &upgrade).unwrap();
    assert!(same.stores[0].objects.is_empty() && same.stores[0].notes.is_empty());

    let text = include_str!("../../examples/scaling-static.yaml");
    let scale = |replicas| changes(text, &Options::default(), &Against::Replicas { replicas });
    let scaled = scale(5).unwrap();
    let deployment = &scaled.stores[0].objects[0];
    assert_eq!(deployment.effects, ["scales: 3 pods -> 5 pods"]);
    let refused = scale(-1).unwrap();
    assert_eq!(refused.stores[0].notes[0].level, "error");
}

#[test]
fn what_is_not_there_says_so() {
    let error = examine("", &options("9.9")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown release `9.9`: choose one of the list"
    );
    let against = Against::Release {
        release: "0.42.0".to_owned(),
    };
    let error = changes(SHARED, &Options::default(), &against).unwrap_err();
    assert!(matches!(error, Error::NotRendered(_)), "{error}");
    let mut timeless = Options::default();
    "today".clone_into(&mut timeless.now);
    assert!(matches!(examine("", &timeless), Err(Error::Time(_))));
    assert!(hover("a: 1", 0).is_none());
}

/// Before 0.61 there is only a verdict.
#[test]
fn an_old_release_judges() {
    let answer = examine(FAULTS, &options("0.42.0")).unwrap();
    assert!(!answer.findings.is_empty() && answer.objects == 0);
}
