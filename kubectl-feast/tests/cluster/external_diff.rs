//! `kubectl diff` with the plugin as external diff program.

use crate::program::Namespace;

/// A FeatureStore and an object of another kind.
fn objects(project: &str, value: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: other}}, data: {{key: {value}}}}}\n\
         ---\n\
         apiVersion: feast.dev/v1\n\
         kind: FeatureStore\n\
         metadata: {{name: shop}}\n\
         spec: {{feastProject: {project}}}\n"
    )
}

#[test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
fn kubectl_diff_tells_what_a_change_does() {
    let namespace = Namespace::new("external-diff");
    namespace.does(&["apply", "--filename=-"], &objects("shop", "a"));
    let kubectl = |arguments: &[&str], input: &str| namespace.kubectl(arguments, input);
    let (code, text) = kubectl(&["diff", "--filename=-"], &objects("shop", "b"));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("no change"), "{text}");
    for arguments in [
        &["diff", "--filename=-"][..],
        &["diff", "--server-side", "--filename=-"],
    ] {
        let (code, text) = kubectl(arguments, &objects("other", "a"));
        assert_eq!(code, Some(1), "{text}");
        assert!(
            text.contains("~ Deployment external-diff/feast-shop"),
            "{text}"
        );
    }
    let new = objects("new", "a").replace("name: shop", "name: new");
    let (code, text) = kubectl(&["diff", "--filename=-"], &new);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("+ Deployment external-diff/feast-new"),
        "{text}"
    );
}
