use std::fmt;

use serde::de::{DeserializeOwned, Deserializer};

/// The JSON is not a FeatureStore of the expected version.
#[derive(Debug)]
pub struct ReadError {
    path: String,
    source: serde_json::Error,
}

impl ReadError {
    /// Path of the field, such as `spec.replicas` or `spec.services.volumes[0].name`; empty if no
    /// single field is wrong.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.source.fmt(f)
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Reads JSON text completely.
pub(crate) fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, ReadError> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = read(&mut deserializer)?;
    deserializer.end().map_err(|source| ReadError {
        path: String::new(),
        source,
    })?;
    Ok(value)
}

/// Reads JSON, with the path of an error.
pub(crate) fn read<'de, T, D>(deserializer: D) -> Result<T, ReadError>
where
    T: DeserializeOwned,
    D: Deserializer<'de, Error = serde_json::Error>,
{
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        ReadError {
            path: if path == "." { String::new() } else { path },
            source: error.into_inner(),
        }
    })
}

/// The text is not a value of the enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownValue {
    pub(crate) expected: &'static [&'static str],
}

impl UnknownValue {
    /// The allowed values.
    pub fn expected(&self) -> &'static [&'static str] {
        self.expected
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown value: use one of {}", self.expected.join(", "))
    }
}

impl std::error::Error for UnknownValue {}

#[cfg(test)]
mod tests {
    use crate::v1::FeatureStore;

    #[test]
    fn a_read_error_says_where() {
        for (object, path) in [
            (
                r#"{"apiVersion": "feast.dev/v1", "kind": "FeatureStore", "spec": {"replicas": "1"}}"#,
                "spec.replicas",
            ),
            (
                r#"{"apiVersion": "feast.dev/v2", "kind": "FeatureStore"}"#,
                "apiVersion",
            ),
            (
                r#"{"apiVersion": "feast.dev/v1", "kind": "FeatureStore"} {}"#,
                "",
            ),
            ("[", ""),
        ] {
            let error = FeatureStore::from_json(object.as_bytes()).expect_err("a fault");
            assert_eq!(error.path(), path, "{error}");
            let source = std::error::Error::source(&error)
                .expect("a source")
                .to_string();
            let told = if path.is_empty() {
                source
            } else {
                format!("{path}: {source}")
            };
            assert_eq!(error.to_string(), told);
        }
    }
}
