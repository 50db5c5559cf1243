//! The conditions of a FeatureStore.

use feast_api::v1::{Condition, ConditionStatus, FeatureStoreStatus};

use crate::condition_type::ConditionType;

const READY: &str = "Ready";
const NOT_AVAILABLE: &str = "DeploymentNotAvailable";

/// The conditions of a new status, under construction.
#[derive(Debug)]
pub(crate) struct Conditions<'a> {
    previous: &'a [Condition],
    now: &'a str,
    oidc: bool,
    set: Vec<Condition>,
}

impl<'a> Conditions<'a> {
    /// Starts from the previous conditions. `now` is the transition time of changed ones.
    pub(crate) fn new(previous: Option<&'a FeatureStoreStatus>, now: &'a str, oidc: bool) -> Self {
        let previous = previous.and_then(|status| status.conditions.as_deref());
        Self {
            previous: previous.unwrap_or_default(),
            now,
            oidc,
            set: Vec::new(),
        }
    }

    pub(crate) fn complete(&mut self, condition: ConditionType) {
        let message = condition.complete(self.oidc).to_owned();
        self.set(condition, ConditionStatus::True, READY, message);
    }

    pub(crate) fn fail(&mut self, condition: ConditionType, message: String) {
        let reason = condition.failure(self.oidc);
        self.set(condition, ConditionStatus::False, reason, message);
    }

    /// The Deployment is not available; `why` is the reason, if known.
    pub(crate) fn wait(&mut self, why: Option<String>) {
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        let message = format!("Deployment is not available{why}");
        let condition = ConditionType::FeatureStore;
        self.set(condition, ConditionStatus::Unknown, NOT_AVAILABLE, message);
    }

    /// Keeps a previous condition.
    pub(crate) fn keep(&mut self, condition: ConditionType) {
        self.set.extend(self.before(condition).cloned());
    }

    /// The conditions, including previous ones of other controllers.
    pub(crate) fn finish(mut self) -> Vec<Condition> {
        let is_others = |condition: &&Condition| ConditionType::of(&condition.type_).is_none();
        let others = self.previous.iter().filter(is_others);
        self.set.extend(others.cloned());
        self.set
    }

    fn before(&self, condition: ConditionType) -> Option<&'a Condition> {
        self.previous
            .iter()
            .find(|before| before.type_ == condition.as_str())
    }

    /// The time only changes with the condition's status.
    fn set(
        &mut self,
        condition: ConditionType,
        status: ConditionStatus,
        reason: &str,
        message: String,
    ) {
        let before = self
            .before(condition)
            .filter(|before| before.status == status);
        let time = before.map_or(self.now, |before| &before.last_transition_time);
        self.set.push(Condition {
            last_transition_time: time.to_owned(),
            message,
            observed_generation: None,
            reason: reason.to_owned(),
            status,
            type_: condition.as_str().to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_changes_with_the_status() {
        let mut first = Conditions::new(None, "t1", false);
        first.complete(ConditionType::Client);
        first.wait(None);
        let status = FeatureStoreStatus {
            conditions: Some(first.finish()),
            ..FeatureStoreStatus::default()
        };
        let mut second = Conditions::new(Some(&status), "t2", false);
        second.complete(ConditionType::Client);
        second.complete(ConditionType::FeatureStore);
        let times: Vec<_> = second
            .finish()
            .into_iter()
            .map(|condition| condition.last_transition_time)
            .collect();
        assert_eq!(times, ["t1", "t2"]);
    }

    #[test]
    fn conditions_of_others_stay() {
        let other = Condition {
            type_: "Backup".to_owned(),
            ..Condition::default()
        };
        let status = FeatureStoreStatus {
            conditions: Some(vec![other.clone()]),
            ..FeatureStoreStatus::default()
        };
        assert_eq!(Conditions::new(Some(&status), "t", false).finish(), [other]);
    }
}
