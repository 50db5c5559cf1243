//! Secret data stays in Secrets.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::Broken;
use crate::cluster::Store;
use crate::strategies::SECRET_MARK;

/// Secret data is nowhere else, plain or base64-encoded. It is recognized by [`SECRET_MARK`], which
/// all generated secrets have.
///
/// # Errors
///
/// [`Broken::Secret`].
pub fn secrets_stay(cluster: &impl AsRef<Store>) -> Result<(), Broken> {
    let objects = cluster.as_ref().objects().iter();
    for (key, object) in objects.filter(|(key, _)| key.kind != "Secret") {
        if let Some(field) = leak(object) {
            return Err(Broken::Secret {
                object: key.clone(),
                field,
            });
        }
    }
    Ok(())
}

/// The JSON pointer of a field with secret data.
fn leak(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => fields.iter().find_map(|(name, part)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            if name.contains(SECRET_MARK) {
                return Some(format!("/{name}"));
            }
            Some(format!("/{name}{}", leak(part)?))
        }),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(place, part)| Some(format!("/{place}{}", leak(part)?)))
        }
        Value::String(text) => {
            let decoded = BASE64_STANDARD.decode(text).unwrap_or_default();
            let is_leak = text.contains(SECRET_MARK)
                || String::from_utf8_lossy(&decoded).contains(SECRET_MARK);
            is_leak.then(String::new)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{made, owned};
    use super::*;

    #[test]
    fn a_leak_is_seen() {
        let secret = format!("password: {SECRET_MARK}0");
        let encoded = BASE64_STANDARD.encode(&secret);
        assert_eq!(
            leak(&json!({ "env": [{ "value": encoded }] })),
            Some("/env/0/value".into())
        );
        assert_eq!(
            leak(&json!({ SECRET_MARK: 1 })),
            Some(format!("/{SECRET_MARK}"))
        );
        assert_eq!(leak(&json!({ "env": [{ "value": "5ecret" }] })), None);
        let data = json!({ "data": { "password": encoded } });
        assert_eq!(secrets_stay(&made(&[owned("v1", "Secret", &data)])), Ok(()));
        let broken = secrets_stay(&made(&[owned("v1", "ConfigMap", &data)])).unwrap_err();
        assert_eq!(
            broken.to_string(),
            "v1/ConfigMap/ml/sample: /data/password contains secret data"
        );
    }
}
