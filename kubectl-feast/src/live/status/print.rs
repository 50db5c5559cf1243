//! Prints the state of FeatureStores for people.

use std::io::{self, Write};

use feast_api::v1::{Condition, ConditionStatus};
use feast_check::visible;

use super::state::{Autoscaler, Claim, Deviation, Server, State, What};

const GOOD: &str = "\x1b[32m";
const BAD: &str = "\x1b[31m";
const END: &str = "\x1b[0m";

pub(super) fn states(out: &mut impl Write, states: &[State], color: bool) -> io::Result<()> {
    for (index, state) in states.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        self::state(out, state, color)?;
    }
    Ok(())
}

fn state(out: &mut impl Write, state: &State, color: bool) -> io::Result<()> {
    let phase = state.phase.as_deref().unwrap_or("Unknown");
    let phase = painted(phase, phase == "Ready", color);
    write!(out, "{}  {phase}", visible(&state.feature_store))?;
    if let Some(version) = &state.feast_version {
        write!(out, "  feast {}", visible(version))?;
    }
    if let Some(replicas) = state.replicas {
        write!(out, "  {} of {} replicas", replicas.ready, replicas.desired)?;
    }
    writeln!(out)?;
    rows(out, "Servers", state.servers.iter().map(server))?;
    rows(out, "Scaled by", state.autoscalers.iter().map(autoscaler))?;
    rows(out, "Claims", state.claims.iter().map(claim))?;
    rows(out, "Conditions", state.conditions.iter().map(condition))?;
    rows(out, "Drift", state.deviations.iter().map(deviation))?;
    let problems = state.problems.iter().map(|problem| vec![problem.clone()]);
    rows(out, "Why", problems)
}

/// Prints a title and rows in columns, or nothing if there are no rows.
fn rows(
    out: &mut impl Write,
    title: &str,
    rows: impl Iterator<Item = Vec<String>>,
) -> io::Result<()> {
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}")?;
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    for row in &rows {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let cell = visible(cell).into_owned();
            format!("  {cell:width$}", width = width(column))
        });
        let line: String = cells.collect();
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn server(server: &Server) -> Vec<String> {
    let ready = match (server.ready, server.pods) {
        (Some(0), Some(0)) => "no pod".to_owned(),
        (Some(ready), Some(pods)) if ready == pods => "ready".to_owned(),
        (Some(ready), Some(pods)) => format!("{ready} of {pods} ready"),
        _ => String::new(),
    };
    vec![server.name.clone(), server.address.clone(), ready]
}

fn autoscaler(autoscaler: &Autoscaler) -> Vec<String> {
    let bound = |bound: Option<i64>| bound.map_or("?".to_owned(), |bound| bound.to_string());
    let (min, max) = (bound(autoscaler.min), bound(autoscaler.max));
    vec![
        format!("{} {}", autoscaler.kind, autoscaler.name),
        format!("{min} to {max}"),
        autoscaler.metrics.join(", "),
    ]
}

fn claim(claim: &Claim) -> Vec<String> {
    let capacity = claim.capacity.clone().unwrap_or_default();
    vec![claim.name.clone(), claim.phase.clone(), capacity]
}

fn condition(condition: &Condition) -> Vec<String> {
    let is_true = condition.status == ConditionStatus::True;
    let said = if is_true {
        String::new()
    } else {
        format!("{}: {}", condition.reason, condition.message)
    };
    let status = condition.status.as_str().to_owned();
    vec![condition.type_.clone(), status, said]
}

fn deviation(deviation: &Deviation) -> Vec<String> {
    let what = match deviation.what {
        What::Missing => "is missing".to_owned(),
        What::LeftOver => "should be deleted".to_owned(),
        What::Changed => deviation.fields.join(", "),
    };
    vec![deviation.object.clone(), what]
}

fn painted(text: &str, is_good: bool, color: bool) -> String {
    let text = visible(text);
    if !color {
        return text.into_owned();
    }
    let start = if is_good { GOOD } else { BAD };
    format!("{start}{text}{END}")
}
