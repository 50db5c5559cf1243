use std::fmt;

/// The JSON is not a FeatureStore of the expected version, or not an object of another type.
#[derive(Debug)]
pub struct ReadError {
    pub(crate) path: String,
    pub(crate) source: serde_json::Error,
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
