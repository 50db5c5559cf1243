//! Capacity for a terminal.

use std::fmt::Write as _;

use super::measure::Measure;
use super::need::{Amounts, Need};
use super::section::Section;
use super::workload::{Container, Workload};
use crate::visible;

const GOOD: &str = "\x1b[32m";
const BAD: &str = "\x1b[31m";
const END: &str = "\x1b[0m";

/// Length of a bar in characters.
const CELLS: u128 = 20;
/// The parts of a bar, from the left.
const LEGEND: &str = "█ minimum  ▓ maximum  ▒ peak: rolling update and job  · free";

pub(super) fn text(sections: &[Section], notes: &[String], color: bool) -> String {
    let mut text = String::new();
    for section in sections {
        let _ = writeln!(text, "{}", visible(&section.title));
        let _ = writeln!(text, "  {}\n", visible(&section.about));
        lines(&mut text, "  ", &needs(section, color));
        for workload in &section.workloads {
            containers(&mut text, workload);
        }
        let silent = section.needs.iter().filter_map(Need::not_counted);
        for silent in silent {
            let _ = writeln!(text, "\n  note: {}", visible(&silent));
        }
        let misfits = section.needs.iter().filter_map(Need::misfit);
        for (index, misfit) in misfits.enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            let misfit = format!("! {}", visible(&misfit));
            let _ = writeln!(text, "{gap}  {}", painted(&misfit, BAD, color));
        }
        text.push('\n');
    }
    for note in notes {
        let _ = writeln!(text, "note: {}", visible(note));
    }
    if !sections.is_empty() {
        let _ = writeln!(text, "{LEGEND}");
    }
    text
}

/// A row of a table: cells, right-aligned except the first, and trailing text.
struct Row {
    cells: Vec<String>,
    rest: String,
}

/// Aligns rows in columns.
fn lines(text: &mut String, indent: &str, rows: &[Row]) {
    let count = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.cells.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..count).map(width).collect();
    for row in rows {
        let mut line = indent.to_owned();
        for (index, (cell, width)) in row.cells.iter().zip(widths.iter().copied()).enumerate() {
            let _ = if index == 0 {
                write!(line, "{cell:width$}")
            } else {
                write!(line, "  {cell:>width$}")
            };
        }
        if !row.rest.is_empty() {
            let _ = write!(line, "  {}", row.rest);
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

fn needs(section: &Section, color: bool) -> Vec<Row> {
    let is_fixed = section.is_fixed();
    let has_limit = section.needs.iter().any(|need| need.limit.is_some());
    let [min, max] = section.heads.clone();
    let peak = || "peak".to_owned();
    let mut heads = vec![String::new()];
    if !is_fixed {
        heads.extend([min, peak()]);
    }
    heads.extend([max, peak()]);
    heads.extend(has_limit.then(|| "limit".to_owned()));
    let head = Row {
        cells: heads,
        rest: String::new(),
    };
    let rows = section.needs.iter().map(|need| {
        let shown = |amount| need.measure.shown(amount).to_string();
        let both = |amounts: Amounts| [shown(amounts.at_rest), shown(amounts.peak)];
        let mut cells = vec![visible(&need.title()).into_owned()];
        if !is_fixed {
            cells.extend(both(need.min));
        }
        cells.extend(both(need.max));
        let limit = need.limit.as_ref().map(|limit| shown(limit.amount));
        cells.extend(has_limit.then(|| limit.unwrap_or_default()));
        let rest = bar(need, color);
        Row { cells, rest }
    });
    std::iter::once(head).chain(rows).collect()
}

/// The needed amounts as a part of the limit.
fn bar(need: &Need, color: bool) -> String {
    let limit = need.limit.as_ref().map(|limit| limit.amount);
    let whole = u128::from(limit.unwrap_or(0).max(need.peak()).max(1));
    let cells = |amount: u64| (u128::from(amount) * CELLS).div_ceil(whole);
    let part = |cell: u128| match cell {
        _ if limit
            .is_some_and(|limit| need.peak() > limit && cell == cells(limit).min(CELLS - 1)) =>
        {
            '|'
        }
        _ if cell < cells(need.min.at_rest) => '█',
        _ if cell < cells(need.max.at_rest) => '▓',
        _ if cell < cells(need.peak()) => '▒',
        _ => '·',
    };
    let bar: String = (0..CELLS).map(part).collect();
    let Some(limit) = limit else {
        return bar;
    };
    if !need.fits() {
        return painted(&format!("{bar}  does not fit"), BAD, color);
    }
    let percent = (u128::from(need.peak()) * 100).checked_div(u128::from(limit));
    let percent = percent.map_or_else(String::new, |percent| format!("  {percent}%"));
    painted(&format!("{bar}{percent}"), GOOD, color)
}

/// The resources of each container, if any are set.
fn containers(text: &mut String, workload: &Workload) {
    let says = |container: &&Container| {
        !container.resources.is_empty() || !container.connections.is_empty()
    };
    let containers: Vec<_> = workload.containers.iter().filter(says).collect();
    let measures = Measure::ALL.into_iter();
    let measures: Vec<_> = measures
        .filter(|measure| containers.iter().any(|it| amount(it, *measure).is_some()))
        .collect();
    if measures.is_empty() {
        return;
    }
    let object = &workload.object;
    let title = format!("each pod of {} {}", object.kind, object.name);
    let mut head = vec![visible(&title).into_owned()];
    head.extend(measures.iter().map(|measure| measure.title().to_owned()));
    let mut rows = vec![head];
    for container in containers {
        let amounts = measures.iter().map(|measure| {
            let amount = amount(container, *measure);
            amount.map_or_else(
                || "-".to_owned(),
                |amount| measure.shown(amount).to_string(),
            )
        });
        let name = format!("  {}", visible(&container.name));
        rows.push(std::iter::once(name).chain(amounts).collect());
    }
    let rows = rows.into_iter().map(|cells| Row {
        cells,
        rest: String::new(),
    });
    text.push('\n');
    lines(text, "  ", &rows.collect::<Vec<_>>());
}

fn amount(container: &Container, measure: Measure) -> Option<u64> {
    if measure != Measure::Connections {
        return container.resources.get(&measure).copied();
    }
    let held = container.connections.values();
    (!container.connections.is_empty())
        .then(|| held.fold(0_u64, |sum, more| sum.saturating_add(*more)))
}

fn painted(text: &str, start: &str, color: bool) -> String {
    if color {
        format!("{start}{text}{END}")
    } else {
        text.to_owned()
    }
}
