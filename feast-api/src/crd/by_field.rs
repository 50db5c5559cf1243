//! Rules as JSON Schema that reports errors at the field, where CEL reports them at its parent.
//!
//! Unneeded and wrong values are reported at the value; missing ones at their parent.

use serde_json::{Value, json};

use crate::rules::{self, Rule};

/// The JSON Schema of a CRD rule at its position; `None` for transition rules and for rules of
/// other releases.
pub(super) fn schema(expression: &str) -> Option<Value> {
    let rule = rules::of_expression(expression).filter(|rule| rule.expression == expression)?;
    let is = |other: &Rule| rule.name == other.name;
    let says = Says(rule.message);
    let schema = if is(&rules::SCALING_REPLICAS_OR_AUTOSCALING) {
        when(&field(AUTOSCALING), &at(&["replicas"], &says.not(&many())))
    } else if is(&rules::SCALING_ONLINE_STORE) {
        let store = ["services", "onlineStore", "persistence", "store"];
        when(&not(&field(&store)), &says.no_scaling())
    } else if is(&rules::SCALING_OFFLINE_STORE) {
        let store = ["services", "offlineStore", "persistence", "store"];
        let is_local = all(&[&field(&store[..2]), &not(&field(&store))]);
        when(&is_local, &says.no_scaling())
    } else if is(&rules::SCALING_REGISTRY) {
        when(&not(&shared_registry()), &says.no_scaling())
    } else if is(&rules::AUTHZ_ONE_OF) {
        says.one_of(&["kubernetes", "oidc", "noAuth"])
    } else if is(&rules::PROJECT_DIR_ONE_OF) {
        says.one_of(&["git", "init", "packaged"])
    } else if is(&rules::PERSISTENCE_ONE_OF) {
        says.one_of(&["file", "store"])
    } else if is(&rules::PVC_ONE_OF) {
        says.one_of(&["ref", "create"])
    } else if is(&rules::PDB_ONE_OF) {
        says.one_of(&["minAvailable", "maxUnavailable"])
    } else if is(&rules::REGISTRY_ONE_OF) {
        says.one_of(&["local", "remote"])
    } else if is(&rules::REGISTRY_REMOTE_ONE_OF) {
        says.one_of(&["hostname", "feastRef"])
    } else if is(&rules::GIT_REPO_PATH) {
        at(&["featureRepoPath"], &says.not(&text("^/")))
    } else if is(&rules::PACKAGED_REPO_PATH) {
        at(
            &["featureRepoPath"],
            // No part may be `.` or `..`. Many programs, such as those in Go, lack look-ahead.
            &says.like(r"^(/([^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+))+$"),
        )
    } else if is(&rules::MLFLOW_EXTRA_CONFIG) {
        let typed = TYPED_IN_MLFLOW.iter();
        let typed = typed.map(|name| at(&[name], &says.nothing()));
        at(
            &["extraConfig"],
            &json!({ "allOf": typed.collect::<Vec<_>>() }),
        )
    } else if is(&rules::TLS_SECRET_REF) {
        let is_on = not(&is_set("disable", true));
        when(&is_on, &says.has("secretRef"))
    } else if is(&rules::PVC_MOUNT_PATH) {
        at(&["mountPath"], &says.like("^/[^:]*$"))
    } else if is(&rules::ONLINE_FILE_ABSOLUTE) {
        when(&not(&field(&["pvc"])), &at(&["path"], &says.like("^/")))
    } else if is(&rules::REGISTRY_FILE_ABSOLUTE) {
        let path = says.like("^(/|s3://|gs://)");
        when(&not(&field(&["pvc"])), &at(&["path"], &path))
    } else if is(&rules::FILE_PVC_PATH) {
        when(&field(&["pvc"]), &at(&["path"], &says.not(&text("^/"))))
    } else if is(&rules::ONLINE_FILE_NO_OBJECT_STORE) {
        at(&["path"], &says.not(&text(OBJECT_STORE)))
    } else if is(&rules::REGISTRY_PVC_NO_OBJECT_STORE) {
        let path = says.not(&text(OBJECT_STORE));
        when(&field(&["pvc"]), &at(&["path"], &path))
    } else if is(&rules::REGISTRY_S3_SETTINGS) {
        let elsewhere = all(&[&field(&["path"]), &at(&["path"], &not(&text("^s3://")))]);
        when(&elsewhere, &at(&["s3_additional_kwargs"], &says.nothing()))
    } else if is(&rules::REGISTRY_SERVER_PROTOCOL) {
        let off = says.not(&json!({ "const": false }));
        when(&not(&is_set("restAPI", true)), &at(&["grpc"], &off))
    } else if is(&rules::REGISTRY_SERVER_MCP) {
        let on = says.not(&json!({ "const": true }));
        let mcp = at(&["mcp", "enabled"], &on);
        when(&not(&is_set("restAPI", true)), &mcp)
    } else {
        return None;
    };
    Some(schema)
}

const AUTOSCALING: &[&str] = &["services", "scaling", "autoscaling"];

/// The URI schemes of object stores.
const OBJECT_STORE: &str = "^(s3|gs)://";

/// The typed fields of MLflow settings.
const TYPED_IN_MLFLOW: [&str; 9] = [
    "enabled",
    "tracking_uri",
    "ui_url",
    "tracking_auth",
    "auto_log",
    "auto_log_entity_df",
    "entity_df_max_rows",
    "log_operations",
    "ops_experiment_suffix",
];

/// The message of a broken rule.
struct Says(&'static str);

impl Says {
    fn with(&self, mut schema: Value) -> Value {
        schema["errorMessage"] = json!(self.0);
        schema
    }

    /// The value must not match.
    fn not(&self, schema: &Value) -> Value {
        self.with(json!({ "not": schema }))
    }

    /// The value must be absent.
    fn nothing(&self) -> Value {
        self.not(&json!({}))
    }

    /// The value, if it is a string, must match the pattern.
    fn like(&self, pattern: &str) -> Value {
        self.with(json!({ "pattern": pattern }))
    }

    fn has(&self, field: &str) -> Value {
        self.with(json!({ "required": [field] }))
    }

    /// Exactly one of the fields is set; if two are, the error is at the second.
    fn one_of(&self, fields: &[&str]) -> Value {
        let each = fields.iter().map(|field| json!({ "required": [field] }));
        let mut all = vec![self.with(json!({ "anyOf": each.collect::<Vec<_>>() }))];
        for (index, first) in fields.iter().enumerate() {
            let others = fields.iter().skip(index + 1);
            let others = others.map(|other| ((*other).to_owned(), self.nothing()));
            let others: serde_json::Map<_, _> = others.collect();
            if !others.is_empty() {
                all.push(when(&field(&[first]), &json!({ "properties": others })));
            }
        }
        json!({ "allOf": all })
    }

    /// There is one replica.
    fn no_scaling(&self) -> Value {
        let replicas = at(&["replicas"], &self.not(&many()));
        let autoscaling = at(AUTOSCALING, &self.nothing());
        all(&[&replicas, &autoscaling])
    }
}

/// More than one replica.
fn many() -> Value {
    json!({ "type": "number", "exclusiveMinimum": 1 })
}

/// A string with a pattern.
fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn not(schema: &Value) -> Value {
    json!({ "not": schema })
}

fn all(schemas: &[&Value]) -> Value {
    json!({ "allOf": schemas })
}

fn when(condition: &Value, schema: &Value) -> Value {
    json!({ "if": condition, "then": schema })
}

/// If the field at the path is set, it matches.
fn at(path: &[&str], schema: &Value) -> Value {
    path.iter().rev().fold(
        schema.clone(),
        |schema, name| json!({ "properties": { *name: schema } }),
    )
}

/// The field at the path is set.
fn field(path: &[&str]) -> Value {
    has(path, json!({}))
}

/// The field at the path is set and matches.
fn has(path: &[&str], schema: Value) -> Value {
    path.iter().rev().fold(schema, |schema, name| {
        json!({ "type": "object", "required": [name], "properties": { *name: schema } })
    })
}

/// A boolean is set to a value.
fn is_set(name: &str, value: bool) -> Value {
    has(&[name], json!({ "const": value }))
}

/// A registry that replicas share.
fn shared_registry() -> Value {
    let persistence = ["services", "registry", "local", "persistence"];
    let in_persistence = |path: &[&'static str]| [&persistence, path].concat();
    json!({ "anyOf": [
        field(&["services", "registry", "remote"]),
        field(&in_persistence(&["store"])),
        has(&in_persistence(&["file", "path"]), text(OBJECT_STORE)),
    ] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RULES;

    #[test]
    fn rules_on_a_single_object_are_translated() {
        for rule in RULES {
            let is_told = schema(rule.expression).is_some();
            assert_eq!(is_told, !rule.is_transition(), "{}", rule.name);
        }
        assert_eq!(schema("self.x == 1"), None);
    }
}
