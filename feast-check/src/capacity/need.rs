//! Needed amounts of a resource, compared with the limit.

use super::limits::{Limit, Limits};
use super::measure::Measure;
use super::workload::{Database, Pods, Workload};

/// The needed amounts of a resource, and its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Need {
    /// The resource.
    pub measure: Measure,
    /// The database, for connections.
    pub database: Option<Database>,
    /// The amounts at the minimum number of replicas.
    pub min: Amounts,
    /// The amounts at the maximum number of replicas.
    pub max: Amounts,
    /// Containers that do not set the resource, and are not counted.
    pub silent: Vec<String>,
    /// Init containers that do not set it. They only count if they need more than the other
    /// containers together.
    pub silent_init: Vec<String>,
    /// The limit, if there is one.
    pub limit: Option<Limit>,
    /// The number of server pods that fit, if not all do.
    pub enough_for: Option<u64>,
}

/// Amounts of a resource, in the unit of its [`Measure`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Amounts {
    /// With all pods running.
    pub at_rest: u64,
    /// During a rolling update, while the CronJob runs.
    pub peak: u64,
}

impl Amounts {
    fn of(pods: Pods, each: u64) -> Self {
        Self {
            at_rest: pods.at_rest.saturating_mul(each),
            peak: pods.peak.saturating_mul(each),
        }
    }

    fn add(&mut self, other: Self) {
        self.at_rest = self.at_rest.saturating_add(other.at_rest);
        self.peak = self.peak.saturating_add(other.peak);
    }
}

/// A resource; for connections, with the database.
pub(super) type What = (Measure, Option<Database>);

impl Need {
    /// The maximum amount.
    pub fn peak(&self) -> u64 {
        self.min.peak.max(self.max.peak)
    }

    /// Whether it fits the limit, if there is one.
    pub fn fits(&self) -> bool {
        let is_silent = !self.silent.is_empty() || !self.silent_init.is_empty();
        self.limit
            .as_ref()
            .is_none_or(|limit| self.peak() <= limit.amount && !(is_silent && limit.is_quota))
    }

    /// Describes why it does not fit.
    pub fn misfit(&self) -> Option<String> {
        let limit = self.limit.as_ref().filter(|_| !self.fits())?;
        let Limit { source, amount, .. } = limit;
        let what = self.title();
        if self.peak() <= *amount {
            let silent = self.silent_init.iter().chain(&self.silent);
            let silent: Vec<_> = silent.map(String::as_str).collect();
            return Some(format!(
                "{what}: {source} rejects pods with containers that do not set it: {}; set it or add a \
                 LimitRange",
                silent.join(", ")
            ));
        }
        let (needed, when) = self.first_above(*amount);
        let shown = |amount| self.measure.quantity(amount);
        let enough = match self.enough_for {
            Some(0) => "; no pod fits".to_owned(),
            Some(1) => "; 1 pod fits".to_owned(),
            Some(pods) => format!("; {pods} pods fit"),
            None => String::new(),
        };
        Some(format!(
            "{what}: {} {when}, {source} is {}{enough}",
            shown(needed),
            shown(*amount),
        ))
    }

    /// The first amount above a limit, and when it is needed.
    fn first_above(&self, amount: u64) -> (u64, &'static str) {
        if self.min == self.max {
            return if self.max.at_rest > amount {
                (self.max.at_rest, "at rest")
            } else {
                (self.peak(), "at the peak")
            };
        }
        let times = [
            (self.min.at_rest, "at the minimum"),
            (self.min.peak, "at the peak of the minimum"),
            (self.max.at_rest, "at the maximum"),
        ];
        let above = times.into_iter().find(|(needed, _)| *needed > amount);
        above.unwrap_or((self.peak(), "at the peak of the maximum"))
    }

    /// Describes which containers an amount that fits does not include.
    pub(super) fn not_counted(&self) -> Option<String> {
        let is_told = self.limit.is_some() && self.fits() && !self.silent.is_empty();
        is_told.then(|| {
            let silent = self.silent.join(", ");
            format!(
                "{}: containers that do not set it are not counted: {silent}",
                self.title()
            )
        })
    }

    /// Its name for people, with the database.
    pub fn title(&self) -> String {
        let title = self.measure.title();
        match &self.database {
            None => title.to_owned(),
            Some(Database::At(address)) => format!("{title} to {address}"),
            Some(Database::Of(block)) => format!("{title} of {block}"),
        }
    }

    pub(super) fn what(&self) -> What {
        (self.measure, self.database.clone())
    }

    /// Adds the amounts of another need for the same resource.
    pub(super) fn add(&mut self, other: &Self) {
        self.min.add(other.min);
        self.max.add(other.max);
    }
}

/// The needs of workloads, for every resource that they set.
pub(super) fn needs(workloads: &[Workload]) -> Vec<Need> {
    let databases = workloads.iter().flat_map(Workload::databases);
    let databases: std::collections::BTreeSet<_> = databases.collect();
    let databases = databases.into_iter().cloned();
    let to = databases.map(|database| (Measure::Connections, Some(database)));
    let measures = Measure::ALL
        .into_iter()
        .filter(|measure| *measure != Measure::Connections);
    let all = measures.map(|measure| (measure, None)).chain(to);
    all.map(|what| need(workloads, what)).collect()
}

fn need(workloads: &[Workload], (measure, database): What) -> Need {
    let (mut min, mut max) = (Amounts::default(), Amounts::default());
    let (mut silent_init, mut silent) = (Vec::new(), Vec::new());
    for workload in workloads {
        let each = each(workload, measure, database.as_ref());
        min.add(Amounts::of(workload.min, each));
        max.add(Amounts::of(workload.max, each));
        if !matches!(measure, Measure::Pods | Measure::Connections) {
            for container in workload.silent(measure) {
                let silent = if container.is_init {
                    &mut silent_init
                } else {
                    &mut silent
                };
                silent.push(container.name.clone());
            }
        }
    }
    Need {
        measure,
        database,
        min,
        max,
        silent,
        silent_init,
        limit: None,
        enough_for: None,
    }
}

fn each(workload: &Workload, measure: Measure, database: Option<&Database>) -> u64 {
    match database {
        Some(database) => workload.per_pod_to(database),
        None => workload.per_pod(measure),
    }
}

/// Compares a need with its tightest limit.
pub(super) fn limit(need: &mut Need, workloads: &[Workload], limits: &Limits, namespace: &str) {
    let of_all = limits.of_all(need.measure);
    let limits = of_all
        .into_iter()
        .chain(limits.of_namespace(namespace, need.measure));
    need.limit = limits.min_by_key(|limit| limit.amount).cloned();
    let exceeded = need
        .limit
        .as_ref()
        .filter(|limit| need.peak() > limit.amount);
    need.enough_for = exceeded.and_then(|limit| enough_for(need, workloads, limit.amount));
}

/// The number of pods of the first workload, the servers, for which an amount is enough.
fn enough_for(need: &Need, workloads: &[Workload], amount: u64) -> Option<u64> {
    let (servers, others) = workloads.split_first()?;
    let of = |workload: &Workload| each(workload, need.measure, need.database.as_ref());
    let others = others
        .iter()
        .map(|other| other.max.peak.saturating_mul(of(other)));
    let others = others.fold(0, u64::saturating_add);
    let left = amount.checked_sub(others)?;
    let each = of(servers);
    let is_enough = |count: u64| servers.replacing.pods(count).peak.saturating_mul(each) <= left;
    // The need grows with the number of pods, so a binary search works.
    let (mut enough, mut beyond) = (0, servers.max.at_rest);
    while beyond - enough > 1 {
        let middle = u64::midpoint(enough, beyond);
        if is_enough(middle) {
            enough = middle;
        } else {
            beyond = middle;
        }
    }
    (each > 0).then_some(enough)
}
