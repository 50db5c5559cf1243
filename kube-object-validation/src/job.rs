//! The Jobs of a `CronJob`.

use std::collections::BTreeSet;

use apimachinery::names;

use crate::node::Node;
use crate::pod;
use crate::refusal::Refusals;

const MOST_PARALLEL: i64 = 100_000;
const MOST_FAILED_INDEXES: i64 = 100_000;
/// With more completions, other limits are lower.
const MANY_COMPLETIONS: i64 = 100_000;
const MOST_OF_MANY: i64 = 10_000;

pub(crate) fn check_spec(spec: &Node<'_, '_>, out: &mut Refusals) {
    for field in [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ] {
        out.check_not_negative(&spec.get(field));
    }
    check_completion(spec, out);
    check_failure_policy(spec, out);
    check_replacement(spec, out);
    let template = spec.get("template");
    pod::check_template(&template, out);
    check_restart(spec, &template, out);
}

fn check_completion(spec: &Node<'_, '_>, out: &mut Refusals) {
    let (per_index, failed) = (
        spec.get("backoffLimitPerIndex"),
        spec.get("maxFailedIndexes"),
    );
    if failed.exists() && !per_index.exists() {
        out.required(&per_index, "when maxFailedIndexes is specified");
    }
    match spec.get("completionMode").text() {
        Some("Indexed") => check_indexed(spec, out),
        None | Some("NonIndexed") => {
            for field in [per_index, failed].iter().filter(|field| field.exists()) {
                out.invalid(field, "requires indexed completion mode");
            }
        }
        Some(_) => out.unsupported(&spec.get("completionMode"), &["NonIndexed", "Indexed"]),
    }
}

fn check_indexed(spec: &Node<'_, '_>, out: &mut Refusals) {
    let (completions, parallelism) = (spec.get("completions"), spec.get("parallelism"));
    let failed = spec.get("maxFailedIndexes");
    if !completions.exists() {
        out.required(&completions, "when completion mode is Indexed");
    }
    check_most(&parallelism, MOST_PARALLEL, out);
    if let Some(completions) = completions.integer() {
        check_most(&failed, completions, out);
    }
    check_most(&failed, MOST_FAILED_INDEXES, out);
    let is_many = completions.integer() > Some(MANY_COMPLETIONS);
    if is_many && spec.get("backoffLimitPerIndex").exists() {
        if !failed.exists() {
            out.required(
                &failed,
                "must be specified when completions is above 100000",
            );
        }
        check_most(&parallelism, MOST_OF_MANY, out);
        check_most(&failed, MOST_OF_MANY, out);
    }
}

fn check_most(number: &Node<'_, '_>, most: i64, out: &mut Refusals) {
    if number.integer() > Some(most) {
        out.invalid(number, &format!("must be less than or equal to {most}"));
    }
}

fn check_replacement(spec: &Node<'_, '_>, out: &mut Refusals) {
    let policy = spec.get("podReplacementPolicy");
    if spec.get("podFailurePolicy").exists() {
        out.check_one_of(&policy, &["Failed"]);
    } else {
        out.check_one_of(&policy, &["Failed", "TerminatingOrFailed"]);
    }
}

fn check_restart(spec: &Node<'_, '_>, template: &Node<'_, '_>, out: &mut Refusals) {
    let pod = template.get("spec");
    let policy = pod.get("restartPolicy");
    match policy.text_or_empty() {
        "Never" => {}
        "OnFailure" => {
            if spec.get("podFailurePolicy").exists() {
                out.invalid(
                    &policy,
                    "only \"Never\" is supported when podFailurePolicy is specified",
                );
            }
        }
        "Always" | "" => out.required(&policy, "valid values: \"OnFailure\", \"Never\""),
        _ => out.unsupported(&policy, &["OnFailure", "Never"]),
    }
}

fn check_failure_policy(spec: &Node<'_, '_>, out: &mut Refusals) {
    const MOST_RULES: usize = 20;
    let policy = spec.get("podFailurePolicy");
    let rules = policy.get("rules");
    if rules.len() > MOST_RULES {
        out.too_many(&rules, MOST_RULES);
    }
    for rule in rules.items() {
        check_action(spec, &rule.get("action"), out);
        let (codes, conditions) = (rule.get("onExitCodes"), rule.get("onPodConditions"));
        if codes.exists() {
            check_codes(spec, &codes, out);
        }
        check_conditions(&conditions, out);
        match (codes.exists(), conditions.is_empty()) {
            (true, false) => out.invalid(
                &rule,
                "specifying both OnExitCodes and OnPodConditions is not supported",
            ),
            (false, true) => out.invalid(
                &rule,
                "specifying one of OnExitCodes and OnPodConditions is required",
            ),
            _ => {}
        }
    }
}

fn check_action(spec: &Node<'_, '_>, action: &Node<'_, '_>, out: &mut Refusals) {
    const ACTIONS: [&str; 4] = ["Count", "FailIndex", "FailJob", "Ignore"];
    if !out.needs(action) {
        return;
    }
    out.check_one_of(action, &ACTIONS);
    if action.text() == Some("FailIndex") && !spec.get("backoffLimitPerIndex").exists() {
        out.invalid(action, "requires the backoffLimitPerIndex to be set");
    }
}

/// Kubernetes defaults the status to `True`.
fn check_conditions(conditions: &Node<'_, '_>, out: &mut Refusals) {
    const MOST_PATTERNS: usize = 20;
    if conditions.len() > MOST_PATTERNS {
        out.too_many(conditions, MOST_PATTERNS);
    }
    for pattern in conditions.items() {
        out.check(&pattern.get("type"), names::qualified_name);
        let status = pattern.get("status");
        if !status.is_empty() {
            out.check_one_of(&status, &["False", "True", "Unknown"]);
        }
    }
}

fn check_codes(spec: &Node<'_, '_>, codes: &Node<'_, '_>, out: &mut Refusals) {
    const MOST_VALUES: usize = 255;
    let operator = codes.get("operator");
    if out.needs(&operator) {
        out.check_one_of(&operator, &["In", "NotIn"]);
    }
    let container = codes.get("containerName");
    if container
        .text()
        .is_some_and(|name| !has_container(spec, name))
    {
        out.invalid(
            &container,
            "must be one of the container or initContainer names in the pod template",
        );
    }
    let values = codes.get("values");
    if values.is_empty() {
        out.invalid(&values, "at least one value is required");
    } else if values.len() > MOST_VALUES {
        out.too_many(&values, MOST_VALUES);
    }
    check_values(&values, operator.text() == Some("In"), out);
}

fn check_values(values: &Node<'_, '_>, is_in: bool, out: &mut Refusals) {
    let mut seen = BTreeSet::new();
    for value in values.items() {
        let number = value.integer().unwrap_or_default();
        if is_in && number == 0 {
            out.invalid(&value, "must not be 0 for the In operator");
        }
        if !seen.insert(number) {
            out.duplicate(&value);
        }
    }
    if !values.items().map(|value| value.integer()).is_sorted() {
        out.invalid(values, "must be ordered");
    }
}

fn has_container(spec: &Node<'_, '_>, name: &str) -> bool {
    let template = spec.get("template");
    let pod = template.get("spec");
    ["containers", "initContainers"].into_iter().any(|list| {
        let containers = pod.get(list);
        containers
            .items()
            .any(|container| container.get("name").text() == Some(name))
    })
}
