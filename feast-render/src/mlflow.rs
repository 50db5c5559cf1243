//! The cluster's MLflow server.

use serde_json::Value;

/// An MLflow server found in the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MlflowServer {
    /// The tracking URI.
    pub(crate) tracking_uri: String,
    /// The user interface's URI.
    pub(crate) ui_url: Option<String>,
}

impl MlflowServer {
    pub(crate) const API_VERSION: &'static str = "mlflow.opendatahub.io/v1";
    pub(crate) const KIND: &'static str = "MLflow";

    /// The server of the first available `mlflow.opendatahub.io/v1 MLflow` object.
    ///
    /// If that object has no tracking URI, there is no server.
    pub(crate) fn discover<'a>(objects: impl IntoIterator<Item = &'a Value>) -> Option<Self> {
        let object = objects.into_iter().find(|object| is_available(object))?;
        let text = |pointer| {
            let text = object.pointer(pointer).and_then(Value::as_str);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let ui_url = text("/status/url");
        let tracking_uri = text("/status/address/url").or_else(|| ui_url.clone())?;
        Some(Self {
            tracking_uri,
            ui_url,
        })
    }
}

fn is_available(object: &Value) -> bool {
    let conditions = object
        .pointer("/status/conditions")
        .and_then(|list| list.as_array());
    conditions.into_iter().flatten().any(|condition| {
        matches!(condition["type"].as_str(), Some("Available" | "Ready"))
            && condition["status"] == "True"
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_mlflow_server_is_available() {
        let found = |kind: &str, status: &str| {
            let object = json!({"status": {
                "url": "https://mlflow.example.com",
                "conditions": [{"type": kind, "status": status}],
            }});
            MlflowServer::discover([&object]).is_some()
        };
        assert!(found("Available", "True") && found("Ready", "True"));
        assert!(!found("Available", "False") && !found("Progressing", "True"));
    }
}
