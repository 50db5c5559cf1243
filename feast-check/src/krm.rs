//! Resource lists that kustomize and kpt pass to functions and read back (the KRM functions
//! specification, `config.kubernetes.io/v1`).

use serde_json::{Map, Value, json};

use crate::check::Checker;
use crate::finding::{Checked, Finding};
use crate::text::Text;

/// The kind of the list.
const KIND: &str = "ResourceList";
/// Annotations with the file of a resource, of newer and of older programs.
const PATHS: [&str; 2] = [
    "internal.config.kubernetes.io/path",
    "config.kubernetes.io/path",
];
/// Its position among the resources of that file.
const INDICES: [&str; 2] = [
    "internal.config.kubernetes.io/index",
    "config.kubernetes.io/index",
];

/// The input of a function: resources, and its configuration.
///
/// ```
/// use feast_check::krm::ResourceList;
/// use feast_check::{Checker, Settings};
/// use feast_render::{OperatorSettings, Time};
///
/// let list = ResourceList::parse("
/// apiVersion: config.kubernetes.io/v1
/// kind: ResourceList
/// items:
/// - apiVersion: feast.dev/v1
///   kind: FeatureStore
///   metadata: {name: shop}
///   spec: {feastProject: shop, replicas: 2}
/// ")?;
/// let now = Time("2026-01-01T00:00:00Z".parse()?);
/// let results = list.check(&Checker::new(Settings::new(OperatorSettings::reference(), now)));
/// assert_eq!(results[0].item, 0);
/// assert!(list.with_results(&results).contains("severity"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ResourceList {
    text: String,
    fields: Map<String, Value>,
}

/// Shows counts only: the resources may be Secrets.
impl std::fmt::Debug for ResourceList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct(KIND)
            .field("items", &self.items().len())
            .finish_non_exhaustive()
    }
}

/// Why a text is not a `ResourceList`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResourceListError {
    /// It is not YAML.
    #[error("not YAML: {0}")]
    Yaml(#[source] go_yaml::Error),
    /// It is another kind.
    #[error(
        "not a ResourceList of config.kubernetes.io: kustomize and kpt provide one; use `validate` for \
         manifests"
    )]
    AnotherKind,
    /// Its resources are not a list.
    #[error("`items` is not a list")]
    Items,
}

/// A finding on a resource of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Checks {
    /// The index of the resource.
    pub item: usize,
    /// The finding.
    pub checked: Checked,
}

impl ResourceList {
    /// Parses a list, in YAML or JSON.
    ///
    /// # Errors
    ///
    /// The text is not a resource list.
    pub fn parse(text: impl Into<String>) -> Result<Self, ResourceListError> {
        let text = text.into();
        let value = go_yaml::to_value(&text).map_err(ResourceListError::Yaml)?;
        let Value::Object(fields) = value else {
            return Err(ResourceListError::AnotherKind);
        };
        let version = fields.get("apiVersion").and_then(Value::as_str);
        let group = version.and_then(|version| version.split('/').next());
        if group != Some("config.kubernetes.io") || fields.get("kind") != Some(&json!(KIND)) {
            return Err(ResourceListError::AnotherKind);
        }
        match fields.get("items") {
            None | Some(Value::Null | Value::Array(_)) => Ok(Self { text, fields }),
            Some(_) => Err(ResourceListError::Items),
        }
    }

    /// The resources.
    pub fn items(&self) -> &[Value] {
        let items = self.fields.get("items").and_then(Value::as_array);
        items.map_or(&[], Vec::as_slice)
    }

    /// The configuration of the function, if it has one.
    pub fn function_config(&self) -> Option<&Value> {
        self.fields.get("functionConfig")
    }

    /// Checks the resources together.
    pub fn check(&self, checker: &Checker) -> Vec<Checks> {
        let items = self.items().iter();
        let mut read: Vec<_> = items.map(|item| checker.read(text(item))).collect();
        let around = checker.gather(read.iter_mut());
        let checks = read.into_iter().enumerate().flat_map(|(item, read)| {
            let outcomes = checker.finish(read, &around).into_iter();
            outcomes.map(move |outcome| Checks {
                item,
                checked: outcome.checked,
            })
        });
        checks.collect()
    }

    /// The list with the findings, as output of the function. The resources keep comments and
    /// layout, unless results cannot be appended to the text.
    pub fn with_results(&self, checks: &[Checks]) -> String {
        let results = checks.iter().flat_map(|checks| {
            let item = self.items().get(checks.item).unwrap_or(&Value::Null);
            let findings = checks.checked.findings.iter();
            findings.map(move |finding| result(item, finding))
        });
        let results: Vec<Value> = results.collect();
        let mut fields = self.fields.clone();
        if results.is_empty() {
            return match fields.remove("results") {
                Some(_) => Value::Object(fields).to_string(),
                None => self.text.clone(),
            };
        }
        let lines = results.iter().map(|result| format!("- {result}\n"));
        let text = format!(
            "{}\nresults:\n{}",
            self.text.trim_end(),
            lines.collect::<String>()
        );
        fields.insert("results".to_owned(), Value::Array(results));
        let whole = Value::Object(fields);
        // Results cannot be appended to a flow mapping, or to a text that already has results.
        match go_yaml::to_value(&text) {
            Ok(read) if read == whole => text,
            _ => whole.to_string(),
        }
    }
}

/// A resource as its own text, named after its file.
fn text(item: &Value) -> Text {
    let name = annotation(item, PATHS).unwrap_or("<resource>");
    Text::new(name, item.to_string())
}

/// The first of several annotations that a resource has.
fn annotation<'v>(item: &'v Value, names: [&str; 2]) -> Option<&'v str> {
    let annotations = &item["metadata"]["annotations"];
    names.iter().find_map(|name| annotations[name].as_str())
}

/// A finding in the format of the specification.
fn result(item: &Value, finding: &Finding) -> Value {
    let mut result = json!({
        "message": finding.text(),
        "severity": finding.level.name(),
        "resourceRef": reference(item),
        "tags": { "code": finding.code },
    });
    if !finding.field.is_empty() {
        result["field"] = json!({ "path": finding.field });
    }
    if !finding.help.is_empty() {
        result["tags"]["help"] = json!(finding.help.join("\n"));
    }
    if let Some(path) = annotation(item, PATHS) {
        let index = annotation(item, INDICES).and_then(|index| index.parse().ok());
        result["file"] = json!({ "path": path, "index": index.unwrap_or(0_u32) });
    }
    result
}

/// The resource.
fn reference(item: &Value) -> Value {
    let metadata = &item["metadata"];
    let mut reference = json!({
        "apiVersion": item["apiVersion"],
        "kind": item["kind"],
        "name": metadata["name"],
    });
    if let Some(namespace) = metadata["namespace"].as_str() {
        reference["namespace"] = json!(namespace);
    }
    reference
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Settings;
    use feast_render::{OperatorSettings, Time};
    use proptest::prelude::*;

    const LIST: &str = "\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: # what there is
- apiVersion: v1
  kind: Secret
  metadata: {name: stores}
  stringData: {redis: 'connection_string: redis:6379,password=hunter2'}
- apiVersion: feast.dev/v1
  kind: FeatureStore
  metadata:
    name: shop
    namespace: ml
    annotations:
      config.kubernetes.io/path: shop/store.yaml
      config.kubernetes.io/index: '1'
  spec: {feastProject: shop, replicas: 2}
";

    fn checker() -> Checker {
        let now = Time("2026-01-01T00:00:00Z".parse().unwrap());
        Checker::new(Settings::new(OperatorSettings::reference(), now))
    }

    /// The output for an input.
    fn through(text: &str) -> String {
        let list = ResourceList::parse(text).unwrap();
        list.with_results(&list.check(&checker()))
    }

    #[test]
    fn results_have_resource_field_and_file() {
        let out = through(LIST);
        let results = &go_yaml::to_value(&out).unwrap()["results"];
        let refused = results.as_array().unwrap().iter();
        let mut refused = refused.filter(|result| result["severity"] == "error");
        let first = refused.next().unwrap();
        assert_eq!(
            first["resourceRef"],
            json!({
                "apiVersion": "feast.dev/v1",
                "kind": "FeatureStore",
                "name": "shop",
                "namespace": "ml",
            })
        );
        assert_eq!(first["field"], json!({ "path": "spec" }));
        assert_eq!(
            first["file"],
            json!({ "path": "shop/store.yaml", "index": 1 })
        );
        assert_eq!(first["tags"]["code"], "scaling-online-store");
    }

    #[test]
    fn comments_and_layout_stay() {
        assert!(through(LIST).starts_with(LIST));
    }

    #[test]
    fn results_contain_no_secrets() {
        let out = through(LIST);
        let results = &go_yaml::to_value(&out).unwrap()["results"];
        assert!(!results.to_string().contains("hunter2"));
        assert!(!format!("{:?}", ResourceList::parse(LIST).unwrap()).contains("hunter2"));
    }

    #[test]
    fn earlier_results_are_replaced_and_flow_style_is_read() {
        let value = go_yaml::to_value(LIST).unwrap();
        let expected = &go_yaml::to_value(&through(LIST)).unwrap()["results"];
        for text in [
            value.to_string(),
            format!("{LIST}results: [{{message: old}}]\n"),
        ] {
            assert_eq!(
                &go_yaml::to_value(&through(&text)).unwrap()["results"],
                expected
            );
        }
    }

    #[test]
    fn a_list_without_findings_has_no_results() {
        let text = "{apiVersion: config.kubernetes.io/v1, kind: ResourceList, results: [{}]}";
        let out = go_yaml::to_value(&through(text)).unwrap();
        assert_eq!(out.get("results"), None);
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in [
            "",
            "a",
            "kind: ResourceList",
            "{apiVersion: v1, kind: List, items: []}",
            "{apiVersion: config.kubernetes.io/v1, kind: ResourceList, items: {}}",
            "\t",
        ] {
            assert!(ResourceList::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn resources_are_unchanged(
            name in "[a-z #:\\-]{0,12}", tail in "(\n|\\.\\.\\.\n|# x|\n---\n)?",
        ) {
            let item = json!({ "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
                "metadata": { "name": name }, "spec": {} });
            let text = format!(
                "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- {item}\n{tail}"
            );
            if let Ok(list) = ResourceList::parse(text) {
                let out = list.with_results(&list.check(&checker()));
                prop_assert_eq!(&go_yaml::to_value(&out).unwrap()["items"][0], &item);
            }
        }
    }
}
