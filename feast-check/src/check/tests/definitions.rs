//! Validation of other kinds with their CRDs.

use super::*;

/// A CRD whose `spec` has a number, and a rule.
fn definition(group: &str, kind: &str, spec: &str) -> String {
    format!(
        "---\n{{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, \
         metadata: {{name: {plural}.{group}}}, spec: {{group: {group}, scope: Namespaced, \
         names: {{kind: {kind}, plural: {plural}}}, versions: [{{name: v1, served: true, \
         storage: true, schema: {{openAPIV3Schema: {{type: object, properties: \
         {{spec: {spec}}}}}}}}}]}}}}\n",
        plural = format!("{}s", kind.to_lowercase()),
    )
}

const COUNTED: &str = "{type: object, properties: {count: {type: integer}}, \
     x-kubernetes-validations: [{rule: self.count < 9}]}";

fn thing(version: &str, count: &str) -> String {
    format!(
        "---\n{{apiVersion: example.com/{version}, kind: Thing, metadata: {{name: a}}, \
         spec: {{count: {count}}}}}\n"
    )
}

#[test]
fn a_resource_is_validated_by_a_crd_in_any_text() {
    let crd = definition("example.com", "Thing", COUNTED);
    let texts = [crd.clone() + &thing("v1", "10"), thing("v1", "10") + &crd];
    for text in &texts {
        let found = found(|_| {}, text);
        assert_eq!(
            found,
            ["broken-rule spec: Invalid value: failed rule: self.count < 9"]
        );
    }
    let checked = checker(|_| {}).check(texts.map(|text| Text::new("test.yaml", text)));
    let names: Vec<_> = checked.iter().filter_map(Checked::name).collect();
    let [a, crd] = [
        "Thing default/a",
        "CustomResourceDefinition things.example.com",
    ];
    assert_eq!(names, [crd, a, a, crd]);
    let other = definition("example.com", "Other", COUNTED) + &thing("v1", "ten");
    assert_eq!(found(|_| {}, &other), Vec::<String>::new());
}

#[test]
fn what_a_text_waits_for_can_be_in_another() {
    let checker = checker(|settings| settings.depth = Depth::Verdict);
    let texts = [
        thing("v1", "ten"),
        definition("example.com", "Thing", COUNTED),
        store(""),
    ];
    let mut read: Vec<_> = texts
        .map(|text| checker.read(Text::new("test.yaml", text)))
        .into();
    let mut waiting: Vec<_> = read.iter_mut().filter_map(Read::take_waiting).collect();
    assert_eq!(waiting.len(), 2);
    let none = Around::default();
    let codes = |outcomes: Vec<Outcome>| -> Vec<String> {
        let findings = outcomes
            .into_iter()
            .flat_map(|outcome| outcome.checked.findings);
        findings.map(|finding| finding.code).collect()
    };
    for read in read {
        assert_eq!(codes(checker.finish(read, &none)), Vec::<String>::new());
    }
    let around = checker.gather(waiting.iter_mut());
    let late: Vec<_> = waiting
        .into_iter()
        .flat_map(|read| codes(checker.finish(read, &around)))
        .collect();
    assert_eq!(late, ["wrong-type", "rules-not-checked"]);
}

#[test]
fn versions_that_a_crd_does_not_serve_are_reported() {
    let text = definition("example.com", "Thing", COUNTED) + &thing("v2", "1");
    let unknown = "unknown-version apiVersion: unknown version example.com/v2: the \
                   CustomResourceDefinition serves example.com/v1";
    assert_eq!(found(|_| {}, &text), [unknown]);
}

#[test]
fn deprecated_versions_are_reported_as_by_the_server() {
    let crd = definition("example.com", "Thing", COUNTED);
    let crd = crd.replace("served: true", "served: true, deprecated: true");
    let codes = |checker: &Checker, text: String| -> Vec<_> {
        let documents = checker.check([Text::new("test.yaml", text)]).into_iter();
        let findings = documents.flat_map(|checked| checked.findings);
        findings.map(|finding| finding.text()).collect()
    };
    let told = codes(&checker(|_| {}), crd + &thing("v1", "1"));
    assert_eq!(told, ["apiVersion: example.com/v1 Thing is deprecated"]);

    // For a FeatureStore only once: by a lint, or as the server does.
    let alpha = || store("").replace("feast.dev/v1", "feast.dev/v1alpha1");
    let is_told = |told: Vec<String>| {
        let told = told
            .iter()
            .filter(|text| text.contains("v1alpha1 is deprecated"));
        told.count()
    };
    assert_eq!(is_told(codes(&checker(|_| {}), alpha())), 1);
    let allowed = checker(|settings| settings.lints.set("all", LintLevel::Allow).unwrap());
    assert_eq!(is_told(codes(&allowed, alpha())), 1);
}

#[test]
fn a_given_crd_validates_feature_stores() {
    let spec = "{type: object, properties: {feastProject: {type: string, maxLength: 3}}}";
    let crd = definition("feast.dev", "FeatureStore", spec);
    let mut checker = checker(|settings| settings.depth = Depth::Verdict);
    let text = |content: String| Text::new("test.yaml", content);
    let codes = |checker: &Checker| -> Vec<_> {
        let alpha = store("").replace("feast.dev/v1", "feast.dev/v1alpha1");
        let input = text(format!("{crd}---\n{}{alpha}", store("")));
        let documents = checker.check([input]).into_iter();
        let findings = documents.flat_map(|checked| checked.findings);
        findings.map(|finding| finding.code).collect()
    };
    // A CRD in the input does not.
    assert_eq!(codes(&checker), ["deprecated-version", "repeated-object"]);
    assert!(checker.add_crds(&text(crd.clone()))[0].findings.is_empty());
    assert_eq!(
        codes(&checker),
        ["too-long", "unknown-field", "unknown-version"]
    );
}

#[test]
fn errors_in_a_crd_point_at_the_cause() {
    let spec = COUNTED.replace("self.count", "self.cuont");
    let found = found(|_| {}, &definition("example.com", "Thing", &spec));
    let [refused] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert!(
        refused.starts_with("invalid-value spec.validation.openAPIV3Schema"),
        "{refused}"
    );
    assert!(refused.contains("undefined field 'cuont'"), "{refused}");
}

/// The CRD that KEDA published.
#[test]
fn the_scaled_object_of_a_feature_store_is_validated() {
    let Some(crd) = test_support::published("crds/keda-scaledobject.json.gz") else {
        return;
    };
    let mut checker = checker(|_| {});
    let crd = checker.add_crds(&Text::new("crd.json", test_support::text(&crd)));
    assert!(crd[0].findings.is_empty(), "{crd:?}");
    let scaled = "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: shop, \
                  namespace: ml}, spec: {scaleTargetRef: {kind: FeatureStore, name: shop}, \
                  minReplicaCount: one, triggers: [{type: cron}]}}";
    let documents = checker.check([Text::new("test.yaml", store("") + scaled)]);
    let findings: Vec<_> = documents
        .iter()
        .filter(|checked| checked.object.is_some())
        .flat_map(|checked| &checked.findings)
        .map(|finding| (finding.code.as_str(), finding.field.as_str()))
        .collect();
    assert_eq!(
        findings,
        [
            ("wrong-type", "spec.minReplicaCount"),
            ("required-value", "spec.triggers[0].metadata"),
            ("rules-not-checked", ""),
        ]
    );
}
