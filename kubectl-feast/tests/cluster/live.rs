//! The plugin with users of different permissions.

use crate::program::Namespace;

const SHOP: &str = "
apiVersion: feast.dev/v1
kind: FeatureStore
metadata: {name: shop}
spec:
  feastProject: shop
  services:
    registry:
      local:
        persistence: {store: {type: sql, secretRef: {name: db}}}
        server: {}
---
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {sql: 'path: postgresql+psycopg://user:hunter2@db/feast'}
";

/// A user with the permissions of `view`, and one that may only read FeatureStores.
fn rights(namespace: &str) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: feast-view, labels: {{rbac.authorization.k8s.io/aggregate-to-view: 'true'}}}}
rules: [{{apiGroups: [feast.dev], resources: [featurestores], verbs: [get, list]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: viewer, namespace: {namespace}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: User, name: viewer}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: reader, namespace: {namespace}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: feast-view}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: User, name: reader}}]
"
    )
}

/// Aggregating roles takes a moment, so wait until the API server reports the permission.
fn wait_for_rights(namespace: &Namespace) {
    let may = [
        "auth",
        "can-i",
        "list",
        "featurestores.feast.dev",
        "--as=viewer",
    ];
    while namespace.kubectl(&may, "").0 != Some(0) {}
}

#[test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
fn it_tells_what_its_user_may_know() {
    let namespace = Namespace::new("live");
    namespace.does(&["apply", "--filename=-"], SHOP);
    namespace.does(&["apply", "--filename=-"], &rights("live"));
    let plugin = |arguments: &[&str]| {
        let (code, text) = namespace.plugin(arguments, "");
        assert!(!text.contains("hunter2"), "{text}");
        (code, text)
    };

    let (code, text) = plugin(&["validate", "--live", "--allow", "all"]);
    assert_eq!(
        (code, text.as_str()),
        (Some(0), "1 FeatureStore checked: no errors\n")
    );

    wait_for_rights(&namespace);
    for user in ["--as=viewer", "--as=reader"] {
        let (code, text) = plugin(&["validate", "--live", "--allow", "all", user]);
        assert_eq!(code, Some(0), "{text}");
        let secret = "note: you may not get secrets in namespace live (db): assumed to be correct";
        let crd = "note: you may not get customresourcedefinitions.apiextensions.k8s.io: using the CRD of \
                   --release instead";
        assert!(text.contains(secret) && text.contains(crd), "{text}");
    }
    let (code, text) = plugin(&["validate", "--live", "--all-namespaces", "--as=viewer"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("you may not list featurestores.feast.dev in the whole cluster"),
        "{text}"
    );

    let (code, text) = plugin(&["render", "--live", "shop", "--document", "client"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("path: feast-shop-registry.live.svc.cluster.local:80"),
        "{text}"
    );
    let (code, text) = plugin(&["graph", "--live", "--as=reader"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("Deployment"), "{text}");

    let (code, text) = plugin(&["status", "shop", "--as=viewer"]);
    assert_eq!(code, Some(1), "{text}");
    for expected in [
        "live/shop",
        "Deployment feast-shop",
        "is missing",
        "it has no status yet",
    ] {
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
fn it_asks_the_server_what_a_file_would_do() {
    let namespace = Namespace::new("live-diff");
    namespace.does(&["apply", "--filename=-"], SHOP);
    namespace.does(&["apply", "--filename=-"], &rights("live-diff"));
    // Fields set by others are kept, regardless of the file.
    let cron = r#"{"spec":{"cronJob":{"suspend":true}}}"#;
    namespace.does(
        &[
            "patch",
            "featurestore",
            "shop",
            "--type=merge",
            "--patch",
            cron,
        ],
        "",
    );
    let diff = |file: &str, more: &[&str]| {
        namespace.plugin(&[&["diff", "-", "--live"], more].concat(), file)
    };

    let (code, text) = diff(SHOP, &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("no change"), "{text}");
    let changed = SHOP.replace("feastProject: shop", "feastProject: store");
    let (code, text) = diff(&changed, &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("~ Deployment live-diff/feast-shop"), "{text}");
    assert!(
        !text.contains("suspend") && !text.contains("CronJob live-diff"),
        "{text}"
    );
    let without = SHOP.replace("        server: {}\n", "");
    let (code, text) = diff(&without, &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("- Service live-diff/feast-shop-registry"),
        "{text}"
    );
    let refused = SHOP.replace("feastProject: shop", "feastProject: a b");
    let (code, text) = diff(&refused, &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("rejected by the API server") && text.contains("a b"),
        "{text}"
    );
    let new = SHOP.replace("name: shop", "name: other");
    let (code, text) = diff(&new, &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("+ Deployment live-diff/feast-other"),
        "{text}"
    );

    // A user who may not patch is told so, and gets the merge that kubectl would do.
    wait_for_rights(&namespace);
    let (code, text) = diff(&changed, &["--as=viewer"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("you may not patch featurestores.feast.dev in namespace live-diff"),
        "{text}"
    );
    assert!(text.contains("~ Deployment live-diff/feast-shop"), "{text}");
    assert!(!text.contains("CronJob live-diff"), "{text}");
}
