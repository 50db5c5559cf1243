//! Compares this crate with go-yaml itself.
//!
//! `cargo test` compares recorded results of go-yaml. With Go, `cargo test --test go -- --ignored
//! differential` compares new texts; `GO_YAML_TEXTS` sets their number, `GO_YAML_SEED` their seed.
//! `cargo test --test go -- --ignored record` records new results.

mod answer;
mod generate;
mod oracle;

use std::fmt::Write as _;
use std::fs;

use answer::{Answer, compare};
use oracle::Oracle;
use serde::{Deserialize, Serialize};

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/go/recorded.jsonl");

/// A text and go-yaml's result.
#[derive(Deserialize, Serialize)]
struct Record {
    text: String,
    answer: Answer,
}

fn recorded() -> Vec<Record> {
    let file = fs::read_to_string(RECORDED).expect("recorded answers");
    let records = file.lines().map(serde_json::from_str);
    records.collect::<Result<_, _>>().expect("records")
}

#[test]
fn texts_are_read_as_go_yaml_read_them() {
    let records = recorded();
    assert!(records.len() > 1000, "{} records", records.len());
    let mut differences = String::new();
    for Record { text, answer } in &records {
        for difference in compare(text, answer) {
            writeln!(differences, "{text:?}\n{difference}\n").unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn number(variable: &str, default: u64) -> u64 {
    let value = std::env::var(variable).ok();
    value.map_or(default, |value| value.parse().expect(variable))
}

#[test]
#[ignore = "needs Go"]
fn differential() {
    let mut oracle = Oracle::start();
    let mut random = fastrand::Rng::with_seed(number("GO_YAML_SEED", 1));
    let mut found = Vec::new();
    for _ in 0..number("GO_YAML_TEXTS", 10_000) {
        let text = generate::text(&mut random);
        if compare(&text, &oracle.ask(&text)).is_empty() {
            continue;
        }
        let text = shortest(text, |text| !compare(text, &oracle.ask(text)).is_empty());
        let differences = compare(&text, &oracle.ask(&text)).join("\n");
        found.push(format!("{text:?}\n{differences}"));
        if found.len() == 20 {
            break;
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

#[test]
#[ignore = "needs Go, and rewrites what is on record"]
fn record() {
    let mut oracle = Oracle::start();
    let texts = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/go/texts.yaml"));
    let texts = texts.expect("texts");
    let mut random = fastrand::Rng::with_seed(2);
    let chosen = texts.split("\n=====\n").map(str::to_owned);
    let generated = (0..1_000).map(|_| generate::text(&mut random));
    let mut file = String::new();
    for text in chosen.chain(generated) {
        let answer = oracle.ask(&text);
        // Long texts would make the file large and add little.
        if !answer.is_random() && text.len() < 1_500 {
            let record = serde_json::to_string(&Record { text, answer });
            writeln!(file, "{}", record.unwrap()).unwrap();
        }
    }
    fs::write(RECORDED, file).unwrap();
}

/// Removes parts of a text for as long as it stays bad.
fn shortest(mut text: String, mut is_bad: impl FnMut(&str) -> bool) -> String {
    let mut width = text.chars().count() / 2;
    while width > 0 {
        let mut start = 0;
        while start < text.chars().count() {
            let kept = |(at, _): &(usize, char)| *at < start || *at >= start + width;
            let shorter: String = text
                .chars()
                .enumerate()
                .filter(kept)
                .map(|(_, c)| c)
                .collect();
            if is_bad(&shorter) {
                text = shorter;
            } else {
                start += width;
            }
        }
        width /= 2;
    }
    text
}
