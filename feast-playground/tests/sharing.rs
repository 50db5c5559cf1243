//! Links never carry the data of Secrets.

use feast_playground::share;

const SECRET: &str = "hunter2";

/// All ways to write or mistype a Secret.
#[test]
fn no_form_of_a_secret_is_shared() {
    for text in [
        "kind: Secret\nstringData: {a: hunter2}\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: hunter2\n",
        "kind: Secret # hunter2\n",
        "# hunter2\nkind: Secret\n",
        "{\"kind\": \"Secret\", \"stringData\": {\"a\": \"hunter2\"}}",
        "kind: \"Secret\"\nmetadata:\n  annotations: {last-applied: hunter2}\n",
        "kind: secret\nstringData: {a: hunter2}\n",
        "kind: Sceret\nstringData: {a: hunter2}\n",
        "kind: Secret\nstringData:\n  a hunter2\n",
        "kind: Secret\nstringData: {a: hunter2\n",
        "kind: Secret\nstringData:\n\ta: hunter2\n",
        "kind: List\nitems:\n- kind: Secret\n  data: {a: hunter2}\n- kind: A\n",
        "kind: SecretList\nitems:\n- metadata: {name: a}\n  data: {a: hunter2}\n",
        "apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  data: {a: hunter2}\n- kind: A\n",
        "apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: a}\n  data: {a: hunter2}\n",
        "kind: A\n---\nkind: Secret\ndata: {a: hunter2}\n---\nkind: B\n",
        "kind: A\n--- {kind: Secret, data: {a: hunter2}}\n",
        "kind: A\n---  # hunter2\nkind: Secret\n",
        "kind: A\nurl: postgresql://feast:hunter2@db/feast\n",
        "kind: A\n...\nkind: Secret\ndata: {a: hunter2}\n",
        "{\"kind\": \"A\"}\n{\"kind\": \"Secret\", \"data\": {\"a\": \"hunter2\"}}\n",
        "kind: A\n# kind: Secret\n# data: {a: hunter2}\n",
        "kind: Secret\nname: a\ndata: {a: hunter2}\n",
        "kind: A\r\n---\r\nkind: Secret\r\ndata: {a: hunter2}\r\n",
        "kind: Secret\ndata: {a: hunter2}\nkind: A\n",
    ] {
        let shared = share(text);
        assert!(!shared.text.contains(SECRET), "{text:?}: {}", shared.text);
        assert!(!shared.left_out.concat().contains(SECRET), "{text:?}");
    }
}

#[test]
fn documents_without_secrets_are_shared_unchanged() {
    for text in [
        "",
        "# nothing yet\n",
        "kind: FeatureStore # as agreed\nspec:   {a: 1}\n",
        "---\nkind: A\n---\nkind: B",
        "kind: A\r\n---\r\nkind: B\r\n",
        "spec: {secretRef: {name: a}}\n",
        include_str!("../../examples/minimal.yaml"),
        include_str!("../../tests/data/unshared.yaml"),
    ] {
        let shared = share(text);
        assert_eq!((shared.text.as_str(), shared.left_out.len()), (text, 0));
    }
}

/// References to a Secret contain none of its data.
#[test]
fn references_stay() {
    let shared = share("kind: A\nspec:\n  ref: {kind: Secret, name: db}\n");
    assert!(shared.text.contains("name: db"), "{}", shared.text);
    assert!(shared.left_out.is_empty());
}

#[test]
fn the_name_of_a_secret_is_shared() {
    let shared = share(include_str!("../../examples/production.yaml"));
    for name in [
        "prod-stores",
        "feast-credentials",
        "feast-oidc",
        "feast-tls",
    ] {
        assert!(shared.text.contains(&format!("name: {name}")), "{name}");
        assert!(
            shared
                .left_out
                .contains(&format!("the data of Secret {name}"))
        );
    }
    assert!(!shared.text.contains("change-me") && !shared.text.contains("stringData"));
    assert!(shared.text.contains("  feastProject: credit_scoring\n"));
}
