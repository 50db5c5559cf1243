//! The PodDisruptionBudget of a FeatureStore, for every possible number of replicas.
//!
//! Computed as Kubernetes' disruption controller does: percentages are rounded up.

use apimachinery::FieldPath;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::context::Context;

/// A PodDisruptionBudget that the operator creates.
#[derive(Clone, Debug)]
pub(crate) struct Budget<'a> {
    /// The path of its bound.
    pub(crate) path: FieldPath,
    bound: Bound<'a>,
    replicas: (i64, i64),
}

#[derive(Clone, Copy, Debug)]
enum Bound<'a> {
    Available(&'a IntOrString),
    Unavailable(&'a IntOrString),
}

/// The budget, if it has an effect.
pub(crate) fn budget<'a>(cx: &Context<'a>) -> Option<Budget<'a>> {
    let config = cx.services()?.pod_disruption_budgets.as_ref()?;
    let path = FieldPath::of("spec.services.podDisruptionBudgets");
    let (path, bound) = match (&config.min_available, &config.max_unavailable) {
        (Some(bound), _) => (path.field("minAvailable"), Bound::Available(bound)),
        (None, Some(bound)) => (path.field("maxUnavailable"), Bound::Unavailable(bound)),
        (None, None) => return None,
    };
    let (fewest, most) = cx.bounds();
    cx.is_scaling().then_some(Budget {
        path,
        bound,
        replicas: (fewest.into(), most.into()),
    })
}

impl Budget<'_> {
    /// How many of this many healthy replicas may be unavailable.
    pub(crate) fn allowed(&self, replicas: i64) -> i64 {
        let wanted = match self.bound {
            Bound::Available(bound) => scaled(bound, replicas),
            Bound::Unavailable(bound) => replicas - scaled(bound, replicas),
        };
        (replicas - wanted.max(0)).max(0)
    }

    /// Describes the possible numbers of replicas that match: `2 replicas`, `1 to 3 replicas`.
    pub(crate) fn replicas_with(&self, is_so: impl Fn(&Self, i64) -> bool) -> Option<String> {
        let (fewest, most) = self.replicas;
        // Larger numbers behave the same.
        let most = most.min(fewest.saturating_add(1000));
        let mut so = (fewest..=most).filter(|replicas| is_so(self, *replicas));
        let first = so.next()?;
        Some(match so.last() {
            Some(last) => format!("{first} to {last} replicas"),
            None if first == 1 => "1 replica".to_owned(),
            None => format!("{first} replicas"),
        })
    }
}

fn scaled(bound: &IntOrString, replicas: i64) -> i64 {
    match bound {
        IntOrString::Int(number) => (*number).into(),
        IntOrString::String(text) => {
            let percent = text.strip_suffix('%').and_then(|text| text.parse().ok());
            let percent: i64 = percent.unwrap_or_default();
            percent.saturating_mul(replicas).saturating_add(99) / 100
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(bound: Bound<'_>, replicas: i64) -> i64 {
        let budget = Budget {
            path: FieldPath::root(),
            bound,
            replicas: (1, 10),
        };
        budget.allowed(replicas)
    }

    #[test]
    fn percentages_are_rounded_up() {
        let half = IntOrString::String("50%".to_owned());
        assert_eq!(allowed(Bound::Available(&half), 3), 1);
        assert_eq!(allowed(Bound::Unavailable(&half), 3), 2);
        assert_eq!(allowed(Bound::Unavailable(&half), 1), 1);
        assert_eq!(allowed(Bound::Available(&half), 1), 0);
    }

    #[test]
    fn bounds_above_the_replicas_allow_all_or_nothing() {
        let five = IntOrString::Int(5);
        assert_eq!(allowed(Bound::Available(&five), 3), 0);
        assert_eq!(allowed(Bound::Unavailable(&five), 3), 3);
    }
}
