//! The fields that an apply would change, for people.

use serde_json::{Map, Value};

use super::settled::{has_all, has_keys, is_empty, is_installed, keys, wants_all};

/// The fields of `live` that applying `wanted` would change, such as `spec.replicas` or
/// `spec.template.spec.containers[online].image`; empty if it [is settled](super::is_settled).
/// Values are omitted, because some are secret.
pub fn differences(live: &Value, wanted: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if is_installed(wanted) {
        changed(&live["rules"], &wanted["rules"], None, "rules", &mut found);
        return found;
    }
    let owned = live["metadata"]["managedFields"][0].as_object();
    changed(live, wanted, owned, "", &mut found);
    if let Some(owned) = owned {
        left_out(wanted, owned, "", &mut found);
    }
    found
}

/// Whether applying a Deployment would restart its pods, because its template differs.
pub fn restarts_pods(live: &Value, wanted: &Value) -> bool {
    let owned = &live["metadata"]["managedFields"][0]["f:spec"]["f:template"];
    let (live, wanted) = (&live["spec"]["template"], &wanted["spec"]["template"]);
    let owned = owned.as_object();
    let mut gone = Vec::new();
    if let Some(owned) = owned {
        left_out(wanted, owned, "", &mut gone);
    }
    let is_gone = |field: &String| {
        let name = field.rsplit('.').next();
        !name.is_some_and(|name| FILLED_IN.contains(&name))
    };
    !has_all(live, wanted, owned) || gone.iter().any(is_gone)
}

/// Fields of a template that the server sets by default. Feast's Go operator owns them, because it
/// uses updates; giving them up changes nothing.
const FILLED_IN: [&str; 19] = [
    "apiVersion",
    "creationTimestamp",
    "defaultMode",
    "dnsPolicy",
    "failureThreshold",
    "imagePullPolicy",
    "periodSeconds",
    "protocol",
    "resources",
    "restartPolicy",
    "schedulerName",
    "scheme",
    "securityContext",
    "serviceAccount",
    "successThreshold",
    "terminationGracePeriodSeconds",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "timeoutSeconds",
];

/// Adds the fields that differ.
fn changed(
    live: &Value,
    wanted: &Value,
    owned: Option<&Map<String, Value>>,
    at: &str,
    found: &mut Vec<String>,
) {
    if has_all(live, wanted, owned) || live.is_null() && is_empty(wanted) {
        return;
    }
    let before = found.len();
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) => {
            for (name, wanted) in wanted {
                let owned = owned.and_then(|owned| owned.get(&format!("f:{name}"))?.as_object());
                let live = live.get(name).unwrap_or(&Value::Null);
                changed(live, wanted, owned, &below(at, name), found);
            }
        }
        (Value::Array(live), Value::Array(wanted)) => {
            for item in wanted.iter().filter(|item| item["name"].is_string()) {
                let same = live.iter().find(|live| live["name"] == item["name"]);
                let owned = owned.and_then(|owned| member(owned, item));
                let at = format!("{at}[{}]", item["name"].as_str().unwrap_or_default());
                changed(same.unwrap_or(&Value::Null), item, owned, &at, found);
            }
        }
        _ => {}
    }
    if found.len() == before {
        found.push(at.to_owned());
    }
}

/// The owned fields of a list item.
fn member<'o>(owned: &'o Map<String, Value>, item: &Value) -> Option<&'o Map<String, Value>> {
    let is_its = |member: &str| keys(member).is_some_and(|keys| has_keys(item, &keys));
    let mut members = owned.iter();
    let (_, owned) = members.find(|(member, _)| is_its(member))?;
    owned.as_object()
}

/// Adds owned fields that are no longer wanted.
fn left_out(wanted: &Value, owned: &Map<String, Value>, at: &str, found: &mut Vec<String>) {
    if wants_all(wanted, owned) {
        return;
    }
    for (member, owned) in owned {
        let (wanted, at) = match member.split_once(':') {
            Some(("f", name)) => (wanted.get(name), below(at, name)),
            Some(("k", named)) => {
                let keys = keys(member).unwrap_or_default();
                let mut items = wanted.as_array().into_iter().flatten();
                let name = keys.get("name").and_then(Value::as_str);
                let at = format!("{at}[{}]", name.unwrap_or(named));
                (items.find(|item| has_keys(item, &keys)), at)
            }
            Some(("v", text)) => {
                let value: Option<Value> = serde_json::from_str(text).ok();
                let mut items = wanted.as_array().into_iter().flatten();
                (
                    items.find(|item| Some(*item) == value.as_ref()),
                    at.to_owned(),
                )
            }
            _ => continue,
        };
        match (wanted, owned.as_object()) {
            (Some(wanted), Some(owned)) => left_out(wanted, owned, &at, found),
            (Some(_), None) => {}
            (None, _) => found.push(at),
        }
    }
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.to_owned()
    } else {
        format!("{at}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_most_specific_fields_are_named() {
        let containers = json!({ "k:{\"name\":\"a\"}": {
            ".": {}, "f:name": {}, "f:image": {}, "f:args": {},
        } });
        let fields = json!({ "f:spec": {
            "f:replicas": {}, "f:paused": {}, "f:containers": containers,
        } });
        let live = json!({
            "metadata": { "managedFields": [fields] },
            "spec": {
                "replicas": 1, "paused": true,
                "containers": [{ "name": "a", "image": "a:1", "args": ["x"], "others": 1 }],
            },
        });
        let wanted = |spec: Value| json!({ "spec": spec });
        let same = wanted(json!({
            "replicas": 1, "paused": true,
            "containers": [{ "name": "a", "image": "a:1", "args": ["x"] }],
        }));
        assert_eq!(differences(&live, &same), [""; 0]);
        let other = wanted(json!({
            "replicas": 2,
            "containers": [{ "name": "a", "image": "a:2" }, { "name": "b", "image": "b:1" }],
        }));
        let expected = [
            "spec.containers[a].image",
            "spec.containers[b]",
            "spec.replicas",
            "spec.containers[a].args",
            "spec.paused",
        ];
        assert_eq!(differences(&live, &other), expected);
    }

    #[test]
    fn pods_restart_when_their_template_changes() {
        let owned = json!({ "f:replicas": {}, "f:template": { "f:spec": {
            "f:dnsPolicy": {},
            "f:containers": { "k:{\"name\":\"online\"}": {
                "f:name": {}, "f:image": {}, "f:imagePullPolicy": {}, "f:env": {},
            } },
        } } });
        let live = json!({
            "metadata": { "managedFields": [{ "f:spec": owned }] },
            "spec": { "replicas": 1, "template": { "spec": {
                "dnsPolicy": "ClusterFirst",
                "containers": [{
                    "name": "online", "image": "a", "imagePullPolicy": "Always", "env": [],
                }],
            } } },
        });
        let restarts = |container: Value| {
            let template = json!({ "spec": { "containers": [container] } });
            restarts_pods(
                &live,
                &json!({ "spec": { "replicas": 2, "template": template } }),
            )
        };
        // The server sets the same defaults again.
        assert!(!restarts(
            json!({ "name": "online", "image": "a", "env": [] })
        ));
        assert!(restarts(
            json!({ "name": "online", "image": "b", "env": [] })
        ));
        assert!(restarts(json!({ "name": "online", "image": "a" })));
    }
}
