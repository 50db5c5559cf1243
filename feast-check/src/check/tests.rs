mod definitions;
mod examples;

use feast_lint::Level as LintLevel;

use feast_render::{OperatorSettings, Time};

use super::*;

/// Findings on a text, as `code field: message`.
fn found(settings: impl FnOnce(&mut Settings), text: &str) -> Vec<String> {
    let checked = checker(settings).check([Text::new("test.yaml", text)]);
    let findings = checked.iter().flat_map(|checked| &checked.findings);
    let findings = findings.filter(|finding| finding.level == Level::Error);
    findings
        .map(|finding| format!("{} {}: {}", finding.code, finding.field, finding.message))
        .collect()
}

fn checker(settings: impl FnOnce(&mut Settings)) -> Checker {
    let now = Time("2026-01-01T00:00:00Z".parse().unwrap());
    let mut all = Settings::new(OperatorSettings::reference(), now);
    settings(&mut all);
    Checker::new(all)
}

fn secret(data: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Secret, metadata: {{name: db, namespace: ml}}, {data}}}\n---\n"
    )
}

fn store(services: &str) -> String {
    format!(
        "{{apiVersion: feast.dev/v1, kind: FeatureStore, metadata: {{name: shop, namespace: ml}}, \
         spec: {{feastProject: shop, services: {{{services}}}}}}}\n---\n"
    )
}

const SQL: &str = "registry: {local: {persistence: {store: {type: sql, secretRef: {name: db}}}}}";
const SQL_REF: &str = "spec.services.registry.local.persistence.store.secretRef";

#[test]
fn operator_errors_point_at_the_reference_and_hide_secrets() {
    for (data, says) in [
        ("stringData: {sql: 'hunter2@db'}", "key sql of Secret db"),
        ("stringData: {sql: 'type: hunter2'}", "key sql of Secret db"),
        (
            "stringData: {other: 'path: hunter2'}",
            "secret key sql doesn't exist",
        ),
    ] {
        let found = found(|_| {}, &(secret(data) + &store(SQL)));
        let [refused] = found.as_slice() else {
            panic!("{data}: {found:?}");
        };
        assert!(
            refused.starts_with(&format!("not-renderable {SQL_REF}: ")),
            "{refused}"
        );
        assert!(refused.contains(says), "{refused}");
        assert!(!refused.contains("hunter2"), "{refused}");
    }
}

#[test]
fn missing_objects_are_assumed_unless_reported() {
    let empty = secret("type: Opaque");
    for text in [store(SQL), empty + &store(SQL)] {
        assert_eq!(found(|_| {}, &text), Vec::<String>::new());
        let reported = found(
            |settings| {
                settings.depth = Depth::Rendering;
                settings.absent = Absent::Reported;
            },
            &text,
        );
        let missing = format!("missing-input {SQL_REF}: missing: Secret ml/db with the key sql");
        assert_eq!(reported, [missing]);
    }
}

#[test]
fn objects_missing_from_a_cluster_are_errors_unless_unreadable() {
    let lacking = checker(|settings| settings.absent = Absent::Lacking);
    let found = |checker: &Checker| -> Vec<String> {
        let checked = checker.check([Text::new("test.yaml", store(SQL))]);
        let findings = checked.into_iter().flat_map(|checked| checked.findings);
        let errors = findings.filter(|finding| finding.level == Level::Error);
        errors
            .map(|finding| format!("{} {}", finding.code, finding.message))
            .collect()
    };
    let missing = "missing-input missing: Secret ml/db with the key sql";
    assert_eq!(found(&lacking), [missing]);
    let db = ObjectRef {
        api_version: "v1".into(),
        kind: "Secret".into(),
        namespace: Some("ml".to_owned()),
        name: "db".to_owned(),
    };
    assert_eq!(found(&lacking.assuming([db])), [""; 0]);
}

#[test]
fn a_registry_that_is_not_served_is_reported_at_the_reference() {
    let owner = store(SQL).replace("name: shop", "name: owner");
    let team = store("registry: {remote: {feastRef: {name: owner, namespace: ml}}}")
        .replace("namespace: ml}, spec", "namespace: team}, spec");
    let served = owner.replace("{local: {", "{local: {server: {}, ");
    let found = |owner: &str| found(|_| {}, &format!("{owner}{team}"));
    assert_eq!(found(&served), Vec::<String>::new());
    let refused = found(&owner);
    let field = "not-renderable spec.services.registry.remote.feastRef: ";
    assert!(refused[0].starts_with(field), "{refused:?}");
}

#[test]
fn the_operators_environment_can_be_set() {
    let text = store("registry: {local: {server: {}}}")
        .replace("services:", "authz: {oidc: {}}, services:");
    let refused = found(|_| {}, &text);
    assert!(
        refused[0].starts_with("not-renderable spec.authz.oidc: "),
        "{refused:?}"
    );
    assert!(refused[0].contains("OIDC_ISSUER_URL"), "{refused:?}");
    let issuer = |settings: &mut Settings| {
        let issuer = &mut settings.operator.environment.oidc_issuer_url;
        *issuer = Some("https://issuer.example.com".to_owned());
    };
    assert_eq!(found(issuer, &text), Vec::<String>::new());
}

#[test]
fn a_feature_store_does_not_clash_with_itself() {
    let text = store("").replace(", namespace: ml", "");
    let clashes = |settings: &mut Settings| {
        settings.namespace = "ml".to_owned();
        let lints = &mut settings.lints.lints;
        lints.insert("clashing-names".to_owned(), LintLevel::Deny);
    };
    assert_eq!(found(clashes, &text), Vec::<String>::new());
    let checked = checker(clashes).check([Text::new("test.yaml", text)]);
    assert_eq!(checked[0].feature_store.as_deref(), Some("ml/shop"));
}

#[test]
fn duplicate_feature_stores_are_found() {
    let text = store("") + &store("");
    let checked = checker(|_| {}).check([Text::new("test.yaml", text)]);
    let repeated = |checked: &Checked| {
        let is_repeated = |finding: &&Finding| finding.code == "repeated-object";
        checked.findings.iter().find(is_repeated).cloned()
    };
    assert_eq!(repeated(&checked[0]), None);
    let message = repeated(&checked[1]).unwrap().message;
    assert_eq!(message, "duplicate FeatureStore ml/shop: first on line 1");
}

#[test]
fn the_uid_of_a_live_feature_store_is_that_of_its_objects() {
    let deployment = serde_json::json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "feast-shop", "namespace": "ml", "ownerReferences": [{
            "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "name": "shop",
            "uid": "4711", "controller": true,
        }] },
        "spec": { "selector": {}, "template": {} },
    });
    let reference = ObjectRef::of_value(&deployment).unwrap();
    let checker = checker(|settings| settings.depth = Depth::Rendering)
        .observing(Live::from([(reference, deployment)]), []);
    let read = checker.read(Text::new("test.yaml", store("")));
    assert_eq!(read.admitted().next().unwrap().uid(), Some("4711"));
    let outcomes = checker.finish(read, &Around::default());
    assert!(outcomes[0].rendered.is_some(), "{outcomes:?}");
}

#[test]
fn lints_compare_with_feature_stores_of_a_cluster() {
    let owner = serde_json::json!({
        "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
        "metadata": { "name": "owner", "namespace": "ml" },
        "spec": { "feastProject": "shop" },
    });
    let owner = FeatureStore::from_value(owner).unwrap();
    let text = store("registry: {remote: {feastRef: {name: owner}}}");
    let is_found = |checker: Checker| {
        let checked = checker.check([Text::new("test.yaml", &*text)]);
        let mut findings = checked[0].findings.iter();
        findings.any(|finding| finding.code == "two-stores-apply-one-project")
    };
    assert!(!is_found(checker(|_| {})));
    assert!(is_found(checker(|_| {}).observing(Live::new(), [owner])));
}

/// The result for a text found in a folder: codes of findings, and skipped documents.
fn in_folder(text: &str) -> (Vec<String>, Vec<String>) {
    let checker = checker(|_| {});
    let read = checker.read(Text::new("test.yaml", text).found(true));
    let findings = read.checked().flat_map(|checked| checked.findings);
    let codes = findings.map(|finding| finding.code).collect();
    (codes, read.passed_by().collect())
}

#[test]
fn only_manifests_of_a_folder_are_checked() {
    let none = Vec::<String>::new();
    for (text, passed_by) in [
        ("feast.dev: in values\n", "not a Kubernetes object"),
        (
            "- op: replace\n  path: /spec\n  value: feast.dev\n",
            "not a Kubernetes object",
        ),
        (
            "x: !!python/name:feast.dev.x [\n",
            "not a Kubernetes object",
        ),
        (
            "kind: FeatureStore\nspec:\n{{- toYaml .Values | nindent 2 }}\n",
            "a template: render it first",
        ),
        (
            "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: '{{ .Release.Name }}'}\n",
            "a template: render it first",
        ),
    ] {
        let expected = [format!("test.yaml:1: {passed_by}")];
        let (codes, found) = in_folder(text);
        assert_eq!(codes, none, "{text}");
        let without_line = |passed: &String| passed.rsplit(": ").next().map(str::to_owned);
        assert_eq!(
            found.iter().map(without_line).collect::<Vec<_>>(),
            expected.iter().map(without_line).collect::<Vec<_>>(),
            "{text}"
        );
        let named = checker(|_| {}).read(Text::new("test.yaml", text));
        assert_ne!(named.checked().count(), 0, "{text}");
    }
    let broken = "apiVersion: feast.dev/v1\nkind: FeatureStore\nspec: [\n";
    assert_eq!(
        in_folder(broken),
        (vec!["unreadable-document".to_owned()], none)
    );
}

#[test]
fn a_template_that_is_named_gets_a_hint() {
    let checked = checker(|_| {}).check([Text::new("test.yaml", "spec:\n{{ x }}: [\n")]);
    assert!(checked[0].findings[0].help[0].contains("helm template"));
}

#[test]
fn the_items_of_a_list_of_feature_stores_are_checked() {
    let item = store("").replace("---\n", "");
    let text = format!("apiVersion: feast.dev/v1\nkind: FeatureStoreList\nitems:\n- {item}\n");
    let checked = checker(|_| {}).check([Text::new("test.yaml", text)]);
    assert_eq!(checked[0].feature_store.as_deref(), Some("ml/shop"));
}

#[test]
fn rules_that_could_not_be_checked_are_no_error() {
    let text = store("onlineStore: {server: {logLevel: loud}}");
    let checked = checker(|_| {}).check([Text::new("test.yaml", text)]);
    let levels = checked[0].findings.iter();
    let levels: Vec<_> = levels
        .map(|finding| (finding.code.as_str(), finding.level))
        .collect();
    let expected = [
        ("unsupported-value", Level::Error),
        ("rules-not-checked", Level::Warning),
    ];
    assert_eq!(levels, expected);
}

/// Positions of findings, as `code line:column`.
fn places(text: &str) -> Vec<String> {
    let checked = checker(|_| {}).check([Text::new("test.yaml", text)]);
    let place = |checked: &Checked, finding: &Finding| {
        let at = checked.position(finding);
        format!("{} {}:{}", finding.code, at.line, at.column)
    };
    let places = checked.iter().flat_map(|checked| {
        let findings = checked.findings.iter();
        findings
            .map(|finding| place(checked, finding))
            .collect::<Vec<_>>()
    });
    places.collect()
}

#[test]
fn findings_without_a_field_point_at_the_nearest_field() {
    let head = "# first\napiVersion: feast.dev/v1\nkind: FeatureStore\n";
    for (text, expected) in [
        (
            format!("{head}metadata: {{name: a, finalizers: [b]}}\nspec: {{feastProject: p}}\n"),
            &["admission-warning 4:21"][..],
        ),
        (
            format!(
                "{head}metadata:\n  name: a\n  labels: {{good: a, bad: 'b c'}}\nspec:\n  feastProject: 1\n"
            ),
            &[
                "invalid-value 6:26",
                "wrong-type 8:17",
                "rules-not-checked 7:1",
            ],
        ),
        (
            format!(
                "{head}metadata:\n  name: a\n  labels: {{b c: a}}\nspec: {{feastProject: p}}\n"
            ),
            &["invalid-value 6:12"],
        ),
        (
            format!("{head}metadata: {{name: a, generateName: 1}}\nspec: {{feastProject: p}}\n"),
            &["bad-request 4:18"],
        ),
        (
            "kind: Secret\nmetadata:\n  name: s\n".to_owned(),
            &["no-kubernetes-object 3:9"],
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  a: YQ==\n  b: '!'\n"
                .to_owned(),
            &["unreadable-object 6:6"],
        ),
    ] {
        let found = places(&text);
        let found: Vec<_> = found
            .iter()
            .filter(|place| {
                expected
                    .iter()
                    .any(|wanted| wanted.split(' ').next() == place.split(' ').next())
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn no_line_of_a_secret_is_shown() {
    for text in [
        "{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: hunter2!}}",
        "{kind: Secret, metadata: {name: s}, data: {a: hunter2}}",
    ] {
        let checked = checker(|_| {}).check([Text::new("test.yaml", text)]);
        assert_eq!(checked.len(), 1);
        assert!(checked[0].excerpt.is_none(), "{text}");
    }
}

#[test]
fn objects_that_a_reference_may_mean_are_found() {
    for (name, namespace, lint) in [
        ("db", "ml", None),
        ("db-5b7t9k2m4h", "ml", Some("kustomize-generated-secret")),
        ("db", "other", Some("reference-to-another-namespace")),
    ] {
        let secret = format!(
            "{{apiVersion: v1, kind: Secret, metadata: {{name: {name}, namespace: {namespace}}}, \
             stringData: {{sql: 'path: postgresql+psycopg://u@db/x'}}}}\n---\n"
        );
        let found = found(|_| {}, &(secret + &store(SQL)));
        let codes: Vec<_> = found
            .iter()
            .filter_map(|text| text.split(' ').next())
            .collect();
        assert_eq!(codes, Vec::from_iter(lint), "{found:?}");
    }
}

#[test]
fn unselected_feature_stores_only_serve_references() {
    let labelled = |name: &str, version: &str, spec: &str| {
        format!(
            "{{apiVersion: feast.dev/{version}, kind: FeatureStore, metadata: {{name: {name}, \
             namespace: ml, labels: {{team: {name}}}}}, spec: {{feastProject: shop{spec}}}}}\n---\n"
        )
    };
    let text = [
        labelled(
            "shop",
            "v1",
            ", services: {registry: {remote: {feastRef: {name: central}}}}",
        ),
        labelled(
            "central",
            "v1",
            ", services: {registry: {local: {server: {}}}}",
        ),
        labelled("broken", "v1", ", replicas: none"),
        labelled("unknown", "v2", ""),
    ]
    .concat();
    for depth in [Depth::Verdict, Depth::Lints, Depth::Rendering] {
        let checker = checker(|settings| {
            settings.selector = "team in (shop)".parse().unwrap();
            settings.depth = depth;
            settings.absent = Absent::Reported;
        });
        let mut read = [checker.read(Text::new("test.yaml", text.as_str()))];
        assert_eq!(read[0].passed_by().count(), 3);
        let around = checker.gather(&mut read);
        let found = read.map(|read| checker.findings(read, &around)).concat();
        let [shop] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(shop.feature_store.as_deref(), Some("ml/shop"));
        assert_eq!(shop.count(Level::Error), 0, "{:?}", shop.findings);
    }
}

#[test]
fn findings_come_in_the_order_of_the_text() {
    let text = "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shop, namespace: ml}\n\
                spec:\n  services:\n    onlineStore: {persistence: {file: {path: a/b}}}\n  \
                replicas: 3\n  feastProject: credit scoring\n";
    let found = checker(|_| {}).check([Text::new("test.yaml", text)]);
    let lines: Vec<_> = found[0]
        .findings
        .iter()
        .map(|finding| found[0].position(finding).line)
        .collect();
    assert!(lines.len() > 1 && lines.is_sorted(), "{lines:?}");
    assert_eq!(lines.last(), Some(&8));
}

/// In other texts, too, before and after, and each with the lint's finding only where it belongs.
#[test]
fn lints_compare_the_feature_stores_of_the_input() {
    let text = |name: &str, namespace: &str, registry: &str| {
        Text::new(
            format!("{namespace}-{name}.yaml"),
            format!(
                "{{apiVersion: feast.dev/v1, kind: FeatureStore, metadata: {{name: {name}, \
                 namespace: {namespace}}}, spec: {{feastProject: shop, services: {{registry: \
                 {registry}}}}}}}"
            ),
        )
    };
    for (code, registry, owner) in [
        (
            "two-stores-apply-one-project",
            "{remote: {feastRef: {name: owner}}}",
            "ml",
        ),
        (
            "registry-host-with-container-port",
            "{remote: {hostname: 'feast-owner-registry.ml.svc.cluster.local:6570'}}",
            "ml",
        ),
        (
            "registry-without-its-tls",
            "{remote: {hostname: 'feast-owner-registry.ml.svc.cluster.local:443'}}",
            "ml",
        ),
        (
            "registry-in-another-namespace",
            "{remote: {feastRef: {name: owner}}}",
            "platform",
        ),
    ] {
        let server = match code {
            "registry-without-its-tls" => "{tls: {secretRef: {name: certificate}}}",
            _ => "{}",
        };
        let owner = || text("owner", owner, &format!("{{local: {{server: {server}}}}}"));
        let user = || text("user", "ml", registry);
        let alone = || text("alone", "ml", "{local: {server: {}}}");
        for texts in [[owner(), user(), alone()], [user(), alone(), owner()]] {
            let checked = checker(|_| {}).check(texts);
            let has = |checked: &&Checked| checked.findings.iter().any(|found| found.code == code);
            let found: Vec<_> = checked
                .iter()
                .filter(has)
                .map(|checked| &*checked.file)
                .collect();
            // Both stores of one project delete what the other has applied.
            let expected = match code {
                "two-stores-apply-one-project" => 2,
                _ => 1,
            };
            assert_eq!(found.len(), expected, "{code}: {found:?}");
            assert!(found.contains(&"ml-user.yaml"), "{code}: {found:?}");
        }
    }
}

/// Hundreds of FeatureStores may share one registry and project; each is told of a few others.
#[test]
fn a_feature_store_is_told_of_a_few_others() {
    let texts = (0..30).map(|number| {
        Text::new(
            format!("{number}.yaml"),
            format!(
                "{{apiVersion: feast.dev/v1, kind: FeatureStore, metadata: {{name: s{number}}}, spec: \
                 {{feastProject: shop, services: {{registry: {{remote: {{hostname: 'a:80'}}}}}}}}}}"
            ),
        )
    });
    for checked in checker(|_| {}).check(texts) {
        let mut told = checked.findings.iter();
        let told = told.find(|found| found.code == "two-stores-apply-one-project");
        let told = told.map(|found| found.message.as_str()).unwrap_or_default();
        assert!(told.contains(" and others have applied"), "{told}");
    }
}

#[test]
fn a_binding_of_a_group_concerns_its_members() {
    let engine = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: engine, namespace: ml}\n\
                  data: {config: '{type: k8s, namespace: ml}'}\n---\n\
                  apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shop, namespace: ml}\n\
                  spec: {feastProject: shop, batchEngine: {configMapRef: {name: engine}}}\n";
    let is_found = |groups: &[&str]| {
        let bindings = groups.iter().map(|group| {
            format!(
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n\
                 metadata: {{name: engines, namespace: ml}}\n\
                 roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: engines}}\n\
                 subjects: [{{kind: Group, name: '{group}'}}]\n---\n"
            )
        });
        let text = bindings.collect::<String>() + engine;
        let checked = checker(|_| {}).check([Text::new("test.yaml", text)]);
        let mut findings = checked.iter().flat_map(|checked| &checked.findings);
        findings.any(|finding| finding.code == "engine-without-rights")
    };
    assert!(is_found(&[]));
    assert!(is_found(&[
        "system:serviceaccounts:other",
        "system:masters"
    ]));
    assert!(!is_found(&[
        "system:serviceaccounts:other",
        "system:serviceaccounts:ml"
    ]));
}
