//! Why pods are not ready, according to their status and events.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, Pod};
use serde_json::Value;

/// Maximum length of messages.
const LONGEST: usize = 160;
/// Maximum number of events.
const MOST_EVENTS: usize = 5;

/// Why pods are not ready, each reason once.
pub(super) fn problems(pods: &[Pod]) -> Vec<String> {
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    for reason in pods.iter().flat_map(reasons) {
        *all.entry(reason).or_default() += 1;
    }
    let told = |(reason, count)| match count {
        1 => reason,
        count => format!("{reason} ({count} pods)"),
    };
    all.into_iter().map(told).collect()
}

/// Why a pod is not ready.
fn reasons(pod: &Pod) -> Vec<String> {
    let Some(status) = &pod.status else {
        return Vec::new();
    };
    let conditions = status.conditions.iter().flatten();
    let unscheduled = conditions
        .filter(|condition| condition.type_ == "PodScheduled" && condition.status == "False");
    let unscheduled = unscheduled.map(|condition| {
        let reason = condition.reason.as_deref().unwrap_or("Unschedulable");
        said("pod", reason, condition.message.as_deref())
    });
    let init = status.init_container_statuses.iter().flatten();
    let init = init.filter_map(|container| of_container("init container", container));
    let main = status.container_statuses.iter().flatten();
    let main = main.filter_map(|container| of_container("container", container));
    unscheduled.chain(init).chain(main).collect()
}

/// Why a container is not ready, if it is not.
fn of_container(what: &str, container: &ContainerStatus) -> Option<String> {
    let state = container.state.as_ref()?;
    let name = format!("{what} {}", container.name);
    let before = ended(container.last_state.as_ref());
    let restarts = match container.restart_count {
        0 => String::new(),
        count => format!(", restarted {count} times"),
    };
    let before = before.map(|before| format!(", before that {before}"));
    let before = before.unwrap_or_default();
    if let Some(waiting) = &state.waiting {
        let reason = waiting.reason.as_deref().unwrap_or("waiting");
        let is_usual = matches!(reason, "ContainerCreating" | "PodInitializing");
        let text = said(&name, reason, waiting.message.as_deref());
        return (!is_usual || !before.is_empty()).then(|| format!("{text}{before}{restarts}"));
    }
    if let Some(ended) = ended(Some(state)) {
        return Some(format!("{name}: {ended}{restarts}"));
    }
    let is_up = container.ready || what.starts_with("init");
    (!is_up && state.running.is_some())
        .then(|| format!("{name}: running, not ready{before}{restarts}"))
}

/// How a container ended, if it failed.
fn ended(state: Option<&ContainerState>) -> Option<String> {
    let terminated = state?.terminated.as_ref()?;
    let code = terminated.exit_code;
    let reason = terminated.reason.as_deref().unwrap_or("Error");
    (code != 0).then(|| format!("{reason} (exit code {code})"))
}

/// The last warnings about objects, each once.
pub(super) fn warnings(events: &[Value], is_ours: impl Fn(&Value) -> bool) -> Vec<String> {
    let warnings = events.iter().filter(|event| event["type"] == "Warning");
    let mut warnings: Vec<_> = warnings
        .filter(|event| is_ours(&event["involvedObject"]))
        .collect();
    warnings.sort_by(|one, other| time(other).cmp(time(one)));
    let mut told = Vec::new();
    for event in warnings {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let kind = text(&event["involvedObject"]["kind"]);
        let reason = text(&event["reason"]);
        let line = said(&kind, &reason, event["message"].as_str());
        if !told.contains(&line) {
            told.push(line);
        }
    }
    told.truncate(MOST_EVENTS);
    told
}

/// When an event was last seen. RFC 3339 times in UTC sort chronologically.
fn time(event: &Value) -> &str {
    let times = ["lastTimestamp", "eventTime"].map(|field| event[field].as_str());
    let made = event["metadata"]["creationTimestamp"].as_str();
    times
        .into_iter()
        .flatten()
        .next()
        .or(made)
        .unwrap_or_default()
}

/// A short message.
fn said(what: &str, reason: &str, message: Option<&str>) -> String {
    let message = message.unwrap_or_default();
    let message = message.lines().next().unwrap_or_default().trim();
    let short: String = message.chars().take(LONGEST).collect();
    let dots = if short.len() < message.len() {
        "…"
    } else {
        ""
    };
    match short.as_str() {
        "" => format!("{what}: {reason}"),
        short => format!("{what}: {reason}: {short}{dots}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A pod with one container.
    fn pod(container: Value) -> Pod {
        let mut container = container;
        for (field, value) in [
            ("name", json!("online")),
            ("image", json!("")),
            ("imageID", json!("")),
        ] {
            container[field] = value;
        }
        let pod = json!({ "metadata": {}, "status": { "containerStatuses": [container] } });
        serde_json::from_value(pod).expect("a Pod")
    }

    #[test]
    fn containers_have_reasons() {
        let waiting =
            json!({ "waiting": { "reason": "ErrImagePull", "message": "not found\nmore" } });
        let crashing = json!({ "waiting": { "reason": "CrashLoopBackOff" } });
        let killed = json!({ "terminated": { "exitCode": 137, "reason": "OOMKilled" } });
        let running = json!({ "running": {} });
        let starting = json!({ "waiting": { "reason": "ContainerCreating" } });
        for (state, last, restarts, ready, expected) in [
            (
                &waiting,
                &json!({}),
                0,
                false,
                &["container online: ErrImagePull: not found"][..],
            ),
            (
                &crashing,
                &killed,
                4,
                false,
                &[
                    "container online: CrashLoopBackOff, before that OOMKilled (exit code 137), \
                   restarted 4 times",
                ],
            ),
            (
                &killed,
                &json!({}),
                0,
                false,
                &["container online: OOMKilled (exit code 137)"],
            ),
            (
                &running,
                &json!({}),
                0,
                false,
                &["container online: running, not ready"],
            ),
            (&running, &killed, 1, true, &[]),
            (&starting, &json!({}), 0, false, &[]),
        ] {
            let pod = pod(json!({
                "state": state, "lastState": last, "restartCount": restarts, "ready": ready,
            }));
            assert_eq!(problems(&[pod]), expected);
        }
    }

    #[test]
    fn a_common_reason_is_reported_once() {
        let failed = json!({ "state": { "waiting": { "reason": "ErrImagePull" } },
            "restartCount": 0, "ready": false });
        let pods = [pod(failed.clone()), pod(failed)];
        assert_eq!(problems(&pods), ["container online: ErrImagePull (2 pods)"]);
    }

    #[test]
    fn the_last_warnings_are_reported() {
        let event = |time: &str, kind: &str, type_: &str, message: &str| {
            json!({
                "type": type_, "reason": "Failed", "message": message, "lastTimestamp": time,
                "involvedObject": { "kind": kind },
            })
        };
        let events = [
            event("2026-01-01T00:00:01Z", "Pod", "Warning", "first"),
            event("2026-01-01T00:00:03Z", "Pod", "Normal", "no warning"),
            event("2026-01-01T00:00:02Z", "Pod", "Warning", "second"),
            event("2026-01-01T00:00:00Z", "Pod", "Warning", "second"),
            event("2026-01-01T00:00:04Z", "Node", "Warning", "of others"),
        ];
        let told = warnings(&events, |object| object["kind"] == "Pod");
        assert_eq!(told, ["Pod: Failed: second", "Pod: Failed: first"]);
    }
}
