//! Properties that the fuzz targets check for every input.

use feast_kube::api::Admitted;
use feast_kube::render::{self, Answer, Inputs, OperatorSettings, Rendered, Time, Wanted};
use feast_kube::validate::{FieldValidation, Request, Validator, Verdict};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};

/// The prefix of secrets in [`inputs`], and of nothing else.
pub const SECRET_MARK: &str = "5ecre7";

/// All ways to validate a request agree.
pub fn is_coherent(validator: Validator, request: Request<'_>) -> Verdict {
    let verdict = validator.run(request);
    let strict = validator.run(request.field_validation(FieldValidation::Strict));
    if strict.is_allowed() {
        assert!(verdict.is_allowed(), "strict is stricter");
        assert_eq!(strict.stored(), verdict.stored());
    }
    if let Some(rejection) = verdict.rejection() {
        assert!(!rejection.violations().is_empty());
        for violation in rejection {
            assert!(!violation.to_string().is_empty());
        }
        let status = serde_json::to_value(rejection.to_status("sample")).expect("text keys");
        assert_eq!(status["status"], "Failure");
    }
    verdict
}

/// A stored object is admitted again, and stored unchanged.
pub fn is_at_rest(validator: Validator, stored: &Value) {
    let again = validator.create(stored);
    assert_eq!(again.stored(), Some(stored), "{:?}", again.outcome);
    assert!(again.unknown_fields.is_empty());
}

/// Renders twice, with the same result.
pub fn renders(inputs: &Inputs) -> Result<Rendered, render::Error> {
    let rendered = render::render(inputs);
    assert!(rendered == render::render(inputs), "rendering is not deterministic");
    rendered
}

/// Renders; texts for people contain no secrets, unless the FeatureStore does.
pub fn renders_soberly(inputs: &Inputs) {
    let rendered = renders(inputs);
    let told = match &rendered {
        Ok(rendered) => {
            let objects = rendered.plan.apply().map(render::Object::to_value);
            let others = objects.filter(|object| object["kind"] != "Secret");
            format!("{rendered:?}{}", others.collect::<Value>())
        }
        Err(error) => {
            let status = json!(render::failed(inputs, error));
            format!("{error:?}{error}{status}")
        }
    };
    let is_theirs = json!(**inputs.store()).to_string().contains(SECRET_MARK);
    assert!(is_theirs || !told.contains(SECRET_MARK), "{told}");
}

/// Metadata in the namespace `feast`.
pub fn metadata(name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.into()),
        namespace: Some("feast".into()),
        ..ObjectMeta::default()
    }
}

/// A Secret with this content under one key.
pub fn secret(name: &str, key: &str, content: &[u8]) -> Secret {
    Secret {
        metadata: metadata(name),
        data: Some([(key.to_owned(), ByteString(content.to_vec()))].into()),
        ..Secret::default()
    }
}

/// A ConfigMap with this content under one key.
pub fn config_map(name: &str, key: &str, content: &str) -> ConfigMap {
    ConfigMap {
        metadata: metadata(name),
        data: Some([(key.to_owned(), content.to_owned())].into()),
        ..ConfigMap::default()
    }
}

/// Resolves a FeatureStore with its settings and these answers.
pub fn resolved(
    store: &Admitted,
    settings: &OperatorSettings,
    lookup: impl FnMut(&Wanted) -> Answer,
) -> Inputs {
    let now = Time(Timestamp::UNIX_EPOCH);
    render::resolve(store.clone(), settings, &now, lookup).expect("what was wanted")
}

/// Inputs with all Secrets and ConfigMaps that a FeatureStore refers to, with each key.
pub fn inputs(store: &Admitted, corrections: render::Corrections) -> Inputs {
    let yaml = format!("password: {SECRET_MARK}1\nport: 5432\n");
    let settings = OperatorSettings {
        platform: render::Platform::openshift(),
        corrections,
        ..OperatorSettings::hardened()
    };
    resolved(store, &settings, |wanted| match wanted {
        Wanted::Secret(reference) => {
            let mut secret = secret(&reference.object.name, "postgres", yaml.as_bytes());
            let data = secret.data.get_or_insert_default();
            for key in &reference.keys {
                data.insert(key.key.clone(), ByteString(yaml.clone().into_bytes()));
            }
            Answer::found(secret)
        }
        Wanted::ConfigMap(reference) => {
            Answer::found(config_map(&reference.object.name, "config", "type: local\n"))
        }
        _ => Answer::Absent,
    })
}
