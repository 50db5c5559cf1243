//! Why pods do not become ready.

use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, Pod};

/// The first failing container, init containers first within each pod.
pub(crate) fn first_failure<'a>(pods: impl IntoIterator<Item = &'a Pod>) -> Option<String> {
    pods.into_iter().find_map(|pod| {
        let status = pod.status.as_ref()?;
        let init = status
            .init_container_statuses
            .as_deref()
            .unwrap_or_default();
        let main = status.container_statuses.as_deref().unwrap_or_default();
        let init = init
            .iter()
            .find_map(|status| failure("Init container", STARTING_INIT, status));
        init.or_else(|| {
            main.iter()
                .find_map(|status| failure("Container", STARTING, status))
        })
    })
}

/// The normal waiting reason of an init container.
const STARTING_INIT: &str = "PodInitializing";
/// The normal waiting reason of a container.
const STARTING: &str = "ContainerCreating";

fn failure(what: &str, starting: &str, status: &ContainerStatus) -> Option<String> {
    let ContainerState {
        waiting,
        terminated,
        ..
    } = status.state.as_ref()?;
    let name = &status.name;
    if let Some(waiting) = waiting {
        let reason = waiting
            .reason
            .as_deref()
            .filter(|reason| !reason.is_empty());
        if let Some(reason) = reason.filter(|reason| *reason != starting) {
            let message = suffix(waiting.message.as_deref());
            return Some(format!("{what} '{name}' waiting: {reason}{message}"));
        }
    }
    let terminated = terminated
        .as_ref()
        .filter(|terminated| terminated.exit_code != 0)?;
    let message = suffix(terminated.message.as_deref());
    Some(format!(
        "{what} '{name}' failed with exit code {}{message}",
        terminated.exit_code
    ))
}

fn suffix(message: Option<&str>) -> String {
    let message = message.filter(|message| !message.is_empty());
    message.map_or_else(String::new, |message| format!(" - {message}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn containers_that_failed_or_wait_are_reported() {
        for (state, expected) in [
            (
                json!({"waiting": {"reason": "ErrImagePull", "message": "not found"}}),
                Some("Container 'online' waiting: ErrImagePull - not found"),
            ),
            (
                json!({"terminated": {"exitCode": 1, "message": "broken"}}),
                Some("Container 'online' failed with exit code 1 - broken"),
            ),
            (
                json!({"terminated": {"exitCode": 2, "message": ""}}),
                Some("Container 'online' failed with exit code 2"),
            ),
            (json!({"terminated": {"exitCode": 0}}), None),
            (json!({"waiting": {"reason": "ContainerCreating"}}), None),
            (json!({"running": {}}), None),
        ] {
            let status = json!({
                "name": "online", "image": "", "imageID": "", "ready": false, "restartCount": 0,
                "state": state,
            });
            let pod = json!({"metadata": {}, "status": {"containerStatuses": [status]}});
            let pod: Pod = serde_json::from_value(pod).expect("a Pod");
            assert_eq!(first_failure([&pod]).as_deref(), expected);
        }
    }
}
