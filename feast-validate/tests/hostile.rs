//! Hostile input: any bytes give a verdict, without a panic. The engine's own tests measure how
//! work grows with the input.

use feast_validate::{ErrorType, Request, Validator, Verdict};

const HEAD: &str = r#"{"apiVersion":"feast.dev/v1","kind":"FeatureStore","metadata":{"name":"a"},"#;

/// Validates bytes, as an object and as both sides of an update.
fn judge(bytes: &[u8]) -> Verdict {
    for validator in [Validator::v1(), Validator::v1alpha1()] {
        let _ = validator.run(Request::update(bytes, bytes));
        let _ = validator.run(Request::update_status(bytes, bytes));
        let _ = validator.run(Request::scale(bytes, 3));
        assert_eq!(
            validator.is_valid(bytes),
            validator.create(bytes).is_allowed()
        );
    }
    Validator::v1().create(bytes)
}

fn object(spec: &str) -> Vec<u8> {
    format!("{HEAD}\"spec\":{spec}}}").into_bytes()
}

fn kinds(verdict: &Verdict) -> Vec<ErrorType> {
    let violations = verdict.rejection().into_iter().flatten();
    violations.map(|violation| violation.error_type).collect()
}

#[test]
fn nesting() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [100, 9_990, 10_001, 1_000_000] {
            let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let verdict = judge(&object(&format!(
                "{{\"feastProject\":\"a\",\"x\":{nested}}}"
            )));
            assert_eq!(verdict.is_allowed(), depth < 10_000, "{depth}");
            let verdict = judge(&object(&format!("{{\"feastProject\":{nested}}}")));
            assert!(!verdict.is_allowed());
        }
        judge(open.repeat(1_000_000).as_bytes());
    }
}

#[test]
fn wide_objects() {
    let keys: Vec<_> = (0..100_000).map(|i| format!("\"k{i}\":\"v\",")).collect();
    let keys = keys.concat();
    let verdict = judge(&object(&format!("{{{keys}\"feastProject\":\"a\"}}")));
    assert_eq!(verdict.unknown_fields.len(), 100_000);
    let selector = format!("{{{}}}", keys.trim_end_matches(','));
    let services =
        format!("{{\"services\":{{\"nodeSelector\":{selector}}},\"feastProject\":\"a\"}}");
    assert!(judge(&object(&services)).is_allowed());
    let same: String = "\"k\":1,".repeat(100_000);
    let verdict = judge(&object(&format!("{{{same}\"feastProject\":\"a\"}}")));
    assert_eq!(verdict.duplicate_fields, ["spec.k"]);
}

#[test]
fn long_lists() {
    let item = |i: usize| format!("{{\"name\":\"n{}\"}}", i % 50_000);
    let items: Vec<_> = (0..60_000).map(item).collect();
    let claims = format!("{{\"resourceClaims\":[{}]}}", items.join(","));
    let verdict = judge(&object(&format!(
        "{{\"feastProject\":\"a\",\"services\":{claims}}}"
    )));
    assert_eq!(kinds(&verdict), vec![ErrorType::Duplicate; 10_000]);
}

#[test]
fn long_texts() {
    for text in ["a", "a-", "-", "a.", "0", "é", "/", "9e", "a,"] {
        let long = text.repeat(1_000_000 / text.len());
        let limits = format!("{{\"limits\":{{\"cpu\":\"{long}\"}}}}");
        judge(&object(&format!("{{\"feastProject\":\"{long}\"}}")));
        judge(&object(&format!(
            "{{\"feastProject\":\"a\",\"services\":{{\"ui\":{{\"resources\":{limits}}}}}}}"
        )));
        judge(format!("{{\"apiVersion\":\"feast.dev/v1\",\"kind\":\"FeatureStore\",\"metadata\":{{\"name\":\"{long}\"}}}}").as_bytes());
    }
}

#[test]
fn long_keys_and_numbers() {
    let key = "k".repeat(1_000_000);
    let verdict = judge(&object(&format!("{{\"feastProject\":\"a\",\"{key}\":1}}")));
    assert!(verdict.is_allowed());
    let digits = "9".repeat(1_000_000);
    for number in [
        digits.clone(),
        format!("0.{digits}"),
        format!("1e{digits}"),
        format!("-{digits}.5"),
    ] {
        judge(&object(&format!(
            "{{\"feastProject\":\"a\",\"replicas\":{number}}}"
        )));
    }
    let verdict = judge(&object("{\"feastProject\":\"a\",\"x\":1e400}"));
    assert_eq!(kinds(&verdict), [ErrorType::BadRequest]);
}

#[test]
fn bytes_without_an_object_are_rejected() {
    for bytes in [
        &b"\xff\xfe"[..],
        b"\x00",
        b"\"\xff\"",
        b"{\"\xff\":1}",
        b"",
        b"null",
        b"\xef\xbb\xbf{}",
    ] {
        assert_eq!(kinds(&judge(bytes)), [ErrorType::BadRequest]);
    }
    let mut spec =
        b"{\"feastProject\":\"a\",\"services\":{\"nodeSelector\":{\"a\":\"\xff\xc3\"}}}".to_vec();
    spec.push(b' ');
    let bytes = [HEAD.as_bytes(), b"\"spec\":", &spec, b"}"].concat();
    let verdict = judge(&bytes);
    let stored = verdict.stored().expect("is allowed");
    assert_eq!(
        stored["spec"]["services"]["nodeSelector"]["a"],
        "\u{fffd}\u{fffd}"
    );
}

#[test]
fn too_large_a_body() {
    let large = vec![b' '; 3 * 1024 * 1024 + 1];
    assert_eq!(
        kinds(&Validator::v1().create(&large)),
        [ErrorType::TooLarge]
    );
}

#[test]
fn every_prefix_of_an_object() {
    let whole =
        object("{\"feastProject\":\"a\\u00e9\",\"replicas\":-1.5e3,\"authz\":{\"noAuth\":true}}");
    for end in 0..whole.len() {
        assert_eq!(
            kinds(&Validator::v1().create(&whole[..end])),
            [ErrorType::BadRequest]
        );
    }
}
