//! Limits: given ones, and those of `ResourceQuotas`.

use std::collections::BTreeMap;

use apimachinery::quantity::ParseQuantityError;
use feast_render::ObjectRef;
use serde_json::{Map, Value};

use super::measure::Measure;

/// The limits that FeatureStores must fit into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    given: Vec<(Measure, Limit)>,
    quotas: Vec<Quota>,
    /// The requests and limits of containers that set none, by namespace.
    pub(super) defaults: BTreeMap<String, Defaults>,
    /// Quotas that are ignored, with the reason.
    pub(super) notes: Vec<String>,
}

/// A limit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// What sets it, such as `--max-cpu` or `ResourceQuota ml/compute`.
    pub source: String,
    /// The maximum, in the unit of its [`Measure`].
    pub amount: u64,
    /// Whether it is a `ResourceQuota`, which rejects pods with a container that does not set the
    /// resource.
    pub is_quota: bool,
}

/// A `ResourceQuota`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Quota {
    namespace: String,
    hard: Vec<(Measure, Limit)>,
}

/// The default requests and limits of containers, from `LimitRanges`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Defaults(BTreeMap<Measure, u64>);

impl Defaults {
    pub(super) fn of(&self, measure: Measure) -> Option<u64> {
        self.0.get(&measure).copied()
    }
}

/// A `ResourceQuota` or `LimitRange` with an invalid amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{object}: {field}: {fault}")]
#[non_exhaustive]
pub struct UnreadableLimit {
    /// The object, as kind, namespace and name.
    pub object: String,
    /// The invalid field.
    pub field: String,
    /// The error.
    pub fault: ParseQuantityError,
}

impl Limits {
    /// Adds a limit for all FeatureStores together; for connections, it applies to each database.
    #[must_use]
    pub fn at_most(mut self, measure: Measure, amount: u64, source: impl Into<String>) -> Self {
        let source = source.into();
        let limit = Limit {
            source,
            amount,
            is_quota: false,
        };
        self.given.push((measure, limit));
        self
    }

    /// The tightest limit for all FeatureStores together.
    pub(super) fn of_all(&self, measure: Measure) -> Option<&Limit> {
        tightest(&self.given, measure)
    }

    /// The tightest quota of a namespace.
    pub(super) fn of_namespace(&self, namespace: &str, measure: Measure) -> Option<&Limit> {
        let quotas = self.quotas.iter();
        let quotas = quotas.filter(|quota| quota.namespace == namespace);
        tightest(quotas.flat_map(|quota| &quota.hard), measure)
    }

    /// Adds an object, if it is a `ResourceQuota` or a `LimitRange`. `namespace` is the one for
    /// objects that set none.
    ///
    /// # Errors
    ///
    /// An invalid amount.
    pub fn add(&mut self, object: &Value, namespace: &str) -> Result<(), UnreadableLimit> {
        let Some(mut reference) = ObjectRef::of_value(object) else {
            return Ok(());
        };
        let namespace = reference
            .namespace
            .get_or_insert_with(|| namespace.to_owned());
        let namespace = namespace.clone();
        let name = format!("{} {}", reference.kind, reference.place());
        match &*reference.kind {
            "ResourceQuota" => self.quota(&name, namespace, &object["spec"]),
            "LimitRange" => self.range(&name, namespace, &object["spec"]),
            _ => Ok(()),
        }
    }

    fn quota(
        &mut self,
        name: &str,
        namespace: String,
        spec: &Value,
    ) -> Result<(), UnreadableLimit> {
        if ["scopes", "scopeSelector"]
            .iter()
            .any(|field| !spec[field].is_null())
        {
            self.notes
                .push(format!("{name} is not counted: it has scopes"));
            return Ok(());
        }
        let hard = amounts(name, "spec.hard", &spec["hard"], Measure::of_quota)?;
        let limit = |amount| Limit {
            source: name.to_owned(),
            amount,
            is_quota: true,
        };
        let hard = hard
            .into_iter()
            .map(|(measure, amount)| (measure, limit(amount)));
        let hard = hard.collect();
        self.quotas.push(Quota { namespace, hard });
        Ok(())
    }

    fn range(
        &mut self,
        name: &str,
        namespace: String,
        spec: &Value,
    ) -> Result<(), UnreadableLimit> {
        let limits = spec["limits"].as_array();
        let of_containers = |limit: &&Value| limit["type"] == "Container";
        let defaults = &mut self.defaults.entry(namespace).or_default().0;
        for limit in limits.into_iter().flatten().filter(of_containers) {
            let field = "spec.limits.default";
            let most = amounts(name, field, &limit["default"], |key| match key {
                "cpu" => Some(Measure::CpuLimits),
                "memory" => Some(Measure::MemoryLimits),
                _ => None,
            })?;
            let field = "spec.limits.defaultRequest";
            let requests = amounts(name, field, &limit["defaultRequest"], |key| {
                Measure::of_quota(key).filter(|_| matches!(key, "cpu" | "memory"))
            })?;
            // Requests default to limits.
            let implied = most.iter().map(|(measure, amount)| match measure {
                Measure::CpuLimits => (Measure::CpuRequests, *amount),
                _ => (Measure::MemoryRequests, *amount),
            });
            defaults.extend(implied);
            defaults.extend(most);
            defaults.extend(requests);
        }
        Ok(())
    }
}

fn tightest<'l>(
    limits: impl IntoIterator<Item = &'l (Measure, Limit)>,
    measure: Measure,
) -> Option<&'l Limit> {
    let limits = limits.into_iter().filter(|(of, _)| *of == measure);
    limits
        .map(|(_, limit)| limit)
        .min_by_key(|limit| limit.amount)
}

/// The amounts in a mapping for which there is a measure.
fn amounts(
    object: &str,
    field: &str,
    values: &Value,
    measure: impl Fn(&str) -> Option<Measure>,
) -> Result<Vec<(Measure, u64)>, UnreadableLimit> {
    let entries = values.as_object().into_iter().flat_map(Map::iter);
    let measured = entries.filter_map(|(key, value)| Some((key, measure(key)?, value)));
    let amounts = measured.map(|(key, measure, value)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let amount = measure.read(&text).map_err(|fault| UnreadableLimit {
            object: object.to_owned(),
            field: format!("{field}.{key}"),
            fault,
        })?;
        Ok((measure, amount))
    });
    amounts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn quota(spec: &Value) -> Value {
        json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": spec})
    }

    #[test]
    fn a_quota_with_scopes_is_reported_as_ignored() {
        let mut limits = Limits::default();
        let spec = json!({"hard": {"pods": 1}, "scopes": ["BestEffort"]});
        limits.add(&quota(&spec), "ml").unwrap();
        assert!(limits.quotas.is_empty());
        assert_eq!(
            limits.notes,
            ["ResourceQuota ml/q is not counted: it has scopes"]
        );
    }

    #[test]
    fn an_invalid_amount_is_named() {
        let error = Limits::default().add(&quota(&json!({"hard": {"cpu": "many"}})), "ml");
        let error = error.unwrap_err().to_string();
        assert!(
            error.starts_with("ResourceQuota ml/q: spec.hard.cpu: "),
            "{error}"
        );
    }

    #[test]
    fn requests_default_to_limits() {
        let mut limits = Limits::default();
        let range = json!({
            "apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "r", "namespace": "ml"},
            "spec": {"limits": [
                {"type": "Pod", "max": {"cpu": "1"}},
                {"type": "Container", "default": {"cpu": "1", "memory": "1Gi"},
                 "defaultRequest": {"memory": "512Mi"}},
            ]},
        });
        limits.add(&range, "default").unwrap();
        let defaults = &limits.defaults["ml"];
        let of = |measure: Measure| defaults.of(measure).map(|amount| measure.quantity(amount));
        assert_eq!(of(Measure::CpuRequests).as_deref(), Some("1"));
        assert_eq!(of(Measure::MemoryRequests).as_deref(), Some("512Mi"));
        assert_eq!(of(Measure::MemoryLimits).as_deref(), Some("1Gi"));
    }
}
