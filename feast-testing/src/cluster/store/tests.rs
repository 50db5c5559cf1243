//! Fields and their writers.

use super::*;

fn config(data: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "namespace": "ml", "name": "config" }, "data": data.clone(),
    })
}

#[test]
fn shared_fields_survive_one_manager() {
    let mut store = Store::default();
    let key = Key::of(&config(&json!({})));
    let mut apply = |manager: &str, data: &Value| {
        store.apply_as(manager, &config(data), Conflicts::Refuse)?;
        Ok::<_, Conflict>(
            store
                .get(&key)
                .map(|live| live["data"].clone())
                .unwrap_or_default(),
        )
    };
    assert_eq!(
        apply("one", &json!({ "a": 1, "b": 2 })),
        Ok(json!({ "a": 1, "b": 2 }))
    );
    assert_eq!(
        apply("two", &json!({ "b": 2, "c": 3 })),
        Ok(json!({ "a": 1, "b": 2, "c": 3 }))
    );
    assert_eq!(
        apply("one", &json!({ "a": 1 })),
        Ok(json!({ "a": 1, "b": 2, "c": 3 }))
    );
    let conflict = apply("one", &json!({ "a": 1, "c": 4 })).unwrap_err();
    assert_eq!(
        conflict.to_string(),
        "v1/ConfigMap/ml/config was not applied: others manage /data/c"
    );
    assert_eq!(apply("one", &json!({})), Ok(json!({ "b": 2, "c": 3 })));
}

#[test]
fn a_dead_operator_writes_nothing() {
    let mut store = Store::default();
    let mut writes = |left| {
        store.start_over();
        let ((), has_crashed) = store.pass(left, |store| {
            store.create(config(&json!({ "a": left })));
            store.create(
                json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "b" } }),
            );
        });
        (store.take_changes().written.len(), has_crashed)
    };
    assert_eq!(writes(0), (0, true));
    assert_eq!(writes(1), (1, true));
    // The first one exists already.
    assert_eq!(writes(1), (1, false));
    assert_eq!(writes(0), (0, false));
}

#[test]
fn a_trespass_is_seen() {
    let mut store = Store::default();
    store.put(config(&json!({ "a": 1 })));
    let key = Key::of(&config(&json!({})));
    store.pass(9, |store| store.patch(&key, &json!({ "data": { "b": 2 } })));
    assert_eq!(store.trespasses(), []);
    store.pass(9, |store| store.patch(&key, &json!({ "data": { "a": 2 } })));
    store.pass(9, |store| store.delete(&key));
    let fields: Vec<_> = store
        .trespasses()
        .iter()
        .map(|one| one.fields.join(","))
        .collect();
    assert_eq!(fields, ["/data/a", ""]);
}

#[test]
fn contents_are_not_shown() {
    let mut store = Store::default();
    store.put(config(&json!({ "a": "5ecre7" })));
    assert_eq!(format!("{store:?}"), r#"{"v1/ConfigMap/ml/config"}"#);
}
