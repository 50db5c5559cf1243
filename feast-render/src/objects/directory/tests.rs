use serde_json::json;

use super::*;

fn listing(name: &str, client: Client, consumer: Wish) -> Listing {
    Listing {
        namespace: "ml".to_owned(),
        name: name.to_owned(),
        shared: "operators".to_owned(),
        labels: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
        client,
        consumer,
        keeps_advertised: true,
    }
}

fn consumer(name: &str) -> Wish {
    Wish::In(Consumer {
        url: format!("http://{name}"),
        endpoint: "api".to_owned(),
        tls: false,
    })
}

fn entered(name: &str) -> Listing {
    listing(name, Client::In, consumer(name))
}

fn leaving(name: &str) -> Listing {
    listing(name, Client::Out, Wish::Out)
}

/// The directory after its ConfigMaps are written and read back.
fn written(directory: &Directory) -> Directory {
    let maps = directory.config_maps();
    Directory::of(&maps)
}

fn texts(directory: &Directory) -> Value {
    let maps = directory.config_maps().into_iter();
    maps.map(|map| json!(map.data)).collect()
}

#[test]
fn entering_many_at_once_or_one_by_one_is_the_same() {
    let (mut at_once, mut one_by_one) = (Directory::default(), Directory::default());
    let steps = [
        entered("a"),
        entered("b"),
        entered("c"),
        leaving("a"),
        entered("b"),
        leaving("c"),
        leaving("d"),
    ];
    for step in &steps {
        at_once.enter(step);
        one_by_one.enter(step);
        // A ConfigMap that nobody needs is not written, and remains.
        let maps = one_by_one.config_maps();
        assert_eq!(maps.len(), 2);
        one_by_one = Directory::of(&maps);
        one_by_one.clients.is_called_for = true;
        one_by_one.consumers.is_called_for = true;
    }
    assert_eq!(texts(&at_once), texts(&one_by_one));
    let stores: Vec<_> = at_once.stores().map(|store| store.name).collect();
    assert_eq!(stores, ["b", "b"], "as a client and as a consumer");
    let url = &at_once.config_maps()[1]
        .data
        .as_ref()
        .map(|data| data["url"].clone());
    assert_eq!(
        url.as_deref(),
        Some("http://b"),
        "the first of those that are left"
    );
}

#[test]
fn a_listed_feature_store_changes_no_text() {
    let mut directory = Directory::default();
    for name in ["a", "b"] {
        assert_eq!(directory.as_listed(&entered(name)), None);
        directory.enter(&entered(name));
    }
    let directory = written(&directory);
    for name in ["a", "b"] {
        let maps = directory.as_listed(&entered(name)).expect("it is listed");
        let texts = maps.iter().flat_map(|map| map.data.iter().flatten());
        assert!(texts.clone().count() == 4 && texts.clone().all(|(_, text)| text.is_empty()));
        assert_eq!(directory.as_listed(&leaving(name)), None);
    }
    assert_eq!(directory.as_listed(&entered("c")), None);
    // A FeatureStore that is not listed need not be removed; the clients are needed anyway.
    let maps = directory
        .as_listed(&leaving("c"))
        .expect("it is not listed");
    assert_eq!(maps.len(), 1);
    let moved = listing("a", Client::In, consumer("elsewhere"));
    assert_eq!(directory.as_listed(&moved), None);
}

#[test]
fn an_equivalent_text_is_rewritten() {
    let map = |text: &str| {
        let map = json!({
            "metadata": { "name": REGISTRY_DISCOVERY, "namespace": "operators" },
            "data": { NAMESPACES_KEY: text },
        });
        serde_json::from_value::<ConfigMap>(map).expect("a ConfigMap")
    };
    let one = listing("a", Client::In, Wish::Leave);
    let out = listing("b", Client::Out, Wish::Leave);
    let exact = r#"{"namespaces":{"ml":["feast-a-client"]}}"#;
    for (text, is_listed, is_out) in [
        (exact, true, true),
        (r#"{"namespaces": {"ml":["feast-a-client"]}}"#, false, false),
        (r#"{"namespaces":null}"#, false, false),
        // An unreadable text is replaced on entering, and left alone on leaving.
        ("no JSON", false, true),
        ("[]", false, true),
        ("", false, false),
    ] {
        let directory = Directory::of([&map(text)]);
        assert_eq!(directory.as_listed(&one).is_some(), is_listed, "{text}");
        assert_eq!(directory.as_listed(&out).is_some(), is_out, "{text}");
        let mut with = directory.clone();
        with.enter(&one);
        assert_eq!(texts(&with), json!([{ NAMESPACES_KEY: exact }]), "{text}");
    }
}

#[test]
fn only_the_affected_feature_stores_are_lost() {
    let with = |listings: &[Listing]| {
        let mut directory = Directory::default();
        for listing in listings {
            directory.enter(listing);
        }
        written(&directory)
    };
    let lost = |before: &Directory, after: &Directory| {
        let lost = before.lost(after)?.into_iter();
        Some(lost.map(|store| store.name).collect::<Vec<_>>())
    };
    let both = with(&[entered("a"), entered("b")]);
    let names = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
    let more = with(&[entered("a"), entered("b"), entered("c")]);
    assert_eq!(lost(&both, &more), names(&[]));
    assert_eq!(lost(&more, &both), names(&["c"]));
    let moved = with(&[entered("a"), listing("b", Client::In, consumer("x"))]);
    assert_eq!(lost(&both, &moved), names(&["b"]));
    // Another consumer becomes advertised.
    assert_eq!(lost(&both, &with(&[entered("b")])), None);
}
