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

/// The directory as it is when its ConfigMaps are written and read again.
fn written(directory: &Directory) -> Directory {
    let maps = directory.config_maps();
    Directory::of(&maps)
}

fn texts(directory: &Directory) -> Value {
    let maps = directory.config_maps().into_iter();
    maps.map(|map| json!(map.data)).collect()
}

#[test]
fn many_at_once_are_entered_as_one_after_the_other() {
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
        // What nobody called for is not written, and stays.
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
fn what_is_listed_already_changes_no_text() {
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
    // Of what is not there nothing has to be taken out; the clients are looked at all the same.
    let maps = directory
        .as_listed(&leaving("c"))
        .expect("it is not listed");
    assert_eq!(maps.len(), 1);
    let moved = listing("a", Client::In, consumer("elsewhere"));
    assert_eq!(directory.as_listed(&moved), None);
}

#[test]
fn a_text_that_says_the_same_in_other_letters_is_written_anew() {
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
        // What cannot be read is given up for whoever comes, and left by whoever goes.
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
fn what_an_entry_loses_is_told_of_it_alone() {
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
    // Another consumer is advertised.
    assert_eq!(lost(&both, &with(&[entered("b")])), None);
}
