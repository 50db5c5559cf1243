//! `CronJob`s.

use apimachinery::names;

use crate::job;
use crate::metadata;
use crate::node::Node;
use crate::refusal::Refusals;
use crate::schedule;
use crate::time_zone;

/// A Job's name is the CronJob's with a time appended, at most 63 characters together.
const LONGEST_NAME: usize = 52;

pub(crate) fn check(object: &Node<'_, '_>, out: &mut Refusals) {
    metadata::check(object, names::dns_subdomain, out);
    let metadata = object.get("metadata");
    let name = metadata.get("name");
    if name.len() > LONGEST_NAME {
        out.invalid(&name, "must be no more than 52 characters");
    }
    let spec = object.get("spec");
    check_schedule(&spec.get("schedule"), out);
    for field in [
        "startingDeadlineSeconds",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
    ] {
        out.check_not_negative(&spec.get(field));
    }
    check_time_zone(&spec.get("timeZone"), out);
    let policy = spec.get("concurrencyPolicy");
    // Kubernetes defaults a missing or empty one.
    if !policy.is_empty() {
        out.check_one_of(&policy, &["Allow", "Forbid", "Replace"]);
    }
    let template = spec.get("jobTemplate");
    job::check_spec(&template.get("spec"), out);
}

fn check_schedule(schedule: &Node<'_, '_>, out: &mut Refusals) {
    if !out.needs(schedule) {
        return;
    }
    let text = schedule.text_or_empty();
    if let Err(error) = schedule::check(text) {
        out.invalid(schedule, &error.to_string());
    }
    if text.contains("TZ") {
        out.invalid(
            schedule,
            "cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
        );
    }
}

fn check_time_zone(zone: &Node<'_, '_>, out: &mut Refusals) {
    let Some(name) = zone.text() else {
        return;
    };
    if name.is_empty() {
        out.invalid(zone, "timeZone must be nil or non-empty string");
    } else if name.eq_ignore_ascii_case("local") {
        out.invalid(
            zone,
            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
        );
    } else if !time_zone::exists(name) {
        out.invalid(zone, &format!("unknown time zone {name}"));
    }
}
