//! Compares label selectors with Kubernetes' own code.
//!
//! `data/selectors.jsonl` has the answers of `k8s.io/apimachinery` 0.35.10 to texts. With Go,
//! `cargo test -p apimachinery --test selectors -- --ignored differential` compares new ones;
//! `SELECTORS` sets their number, `SELECTORS_SEED` their seed. `-- --ignored record` records new
//! answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use apimachinery::labels::Selector;
use serde::{Deserialize, Serialize};

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/selectors.jsonl");

/// Texts that rarely occur at random.
const CHOSEN: [&str; 12] = [
    "",
    " ",
    "x in (foo,,baz),y,z notin ()",
    "feast.dev/team=ml,tier!=dev",
    "app == feast , !experimental",
    "count>-1",
    "count>9223372036854775808",
    "a in (in,notin)",
    "in notin (in)",
    "a=b c",
    "a=b,",
    "a/b/c=d",
];

/// The parts of random texts.
const PARTS: [&str; 29] = [
    "a",
    "b",
    "in",
    "notin",
    "a/b",
    "feast.dev/x",
    "A_b.c",
    "-",
    "ü",
    "10",
    "2",
    "\0",
    "=",
    "==",
    "!=",
    "!",
    "(",
    ")",
    ",",
    ",",
    ">",
    "<",
    " ",
    "a=10,",
    "b!=a,",
    "!in,",
    "a in (2,10),",
    "b>2,",
    "in notin (a,",
];

type Labels = BTreeMap<String, String>;

#[derive(Clone, Deserialize, Serialize)]
struct Question {
    text: String,
    labels: Vec<Labels>,
}

#[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
struct Answer {
    #[serde(skip_serializing_if = "String::is_empty")]
    shown: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matches: Vec<bool>,
    #[serde(skip_serializing_if = "String::is_empty")]
    error: String,
}

#[derive(Deserialize, Serialize)]
struct Record {
    #[serde(flatten)]
    question: Question,
    #[serde(flatten)]
    answer: Answer,
}

fn own(Question { text, labels }: &Question) -> Answer {
    match text.parse::<Selector>() {
        Ok(selector) => Answer {
            shown: selector.to_string(),
            matches: labels.iter().map(|set| selector.matches(set)).collect(),
            error: String::new(),
        },
        Err(error) => Answer {
            error: error.to_string(),
            ..Answer::default()
        },
    }
}

/// Kubernetes' answer without the `<nil>` path, and with a comma in the one message that lacks it.
fn plain(answer: &Answer) -> Answer {
    let error = answer.error.replace(": <nil>: ", ": ");
    Answer {
        error: error.replace("' expected: '('", "', expected: '('"),
        shown: answer.shown.clone(),
        matches: answer.matches.clone(),
    }
}

fn question(random: &mut fastrand::Rng) -> Question {
    let parts = (0..random.usize(1..8)).map(|_| PARTS[random.usize(..PARTS.len())]);
    let text = parts.collect();
    let labels = (0..3).map(|_| {
        let labels = ["a", "b", "in"].into_iter().filter_map(|key| {
            let value = ["", "a", "10", "2", "in", "-1"].get(random.usize(..9))?;
            Some((key.to_owned(), (*value).to_owned()))
        });
        labels.collect()
    });
    let labels = labels.collect();
    Question { text, labels }
}

/// Kubernetes' answers.
fn ask(questions: &[Question]) -> Vec<Answer> {
    let program = concat!(env!("CARGO_TARGET_TMPDIR"), "/apimachinery-oracle");
    let built = Command::new("go")
        .args(["build", "-o", program, "."])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle"))
        .status();
    assert!(built.expect("go").success(), "the oracle does not build");
    let mut program = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle starts");
    let mut input = program.stdin.take().expect("input");
    let lines = BufReader::new(program.stdout.take().expect("output")).lines();
    let answers = std::thread::scope(|scope| {
        scope.spawn(move || {
            for question in questions {
                let question = serde_json::to_string(question).expect("a question");
                writeln!(input, "{question}").expect("the oracle listens");
            }
        });
        let answers = lines.map(|line| {
            let line = line.expect("the oracle answers");
            serde_json::from_str(&line).expect("an answer")
        });
        answers.collect()
    });
    program.wait().expect("the oracle ends");
    answers
}

fn compare<'a>(all: impl Iterator<Item = (&'a Question, &'a Answer)>) -> String {
    let mut differences = String::new();
    for (question, answer) in all {
        let (own, answer) = (own(question), plain(answer));
        if own != answer {
            writeln!(differences, "{:?}\n  {own:?}\n  {answer:?}", question.text).expect("text");
        }
    }
    differences
}

#[test]
fn selectors_are_read_as_kubernetes_read_them() {
    let file = fs::read_to_string(RECORDED).expect("recorded answers");
    let records: Vec<Record> = file
        .lines()
        .map(|line| serde_json::from_str(line).expect("a record"))
        .collect();
    assert!(records.len() > 500, "{} records", records.len());
    let differences = compare(
        records
            .iter()
            .map(|record| (&record.question, &record.answer)),
    );
    assert!(differences.is_empty(), "{differences}");
}

fn number(variable: &str, default: u64) -> u64 {
    let value = std::env::var(variable).ok();
    value.map_or(default, |value| value.parse().expect(variable))
}

#[test]
#[ignore = "needs Go"]
fn differential() {
    let mut random = fastrand::Rng::with_seed(number("SELECTORS_SEED", 1));
    let questions: Vec<_> = (0..number("SELECTORS", 100_000))
        .map(|_| question(&mut random))
        .collect();
    let answers = ask(&questions);
    assert_eq!(answers.len(), questions.len());
    let differences = compare(questions.iter().zip(&answers));
    assert!(differences.is_empty(), "{differences}");
}

#[test]
#[ignore = "needs Go, and rewrites what is on record"]
fn record() {
    let mut random = fastrand::Rng::with_seed(2);
    let chosen = CHOSEN.into_iter().map(|text| Question {
        text: text.to_owned(),
        ..question(&mut random.clone())
    });
    let mut questions: Vec<_> = chosen.collect();
    questions.extend((0..600).map(|_| question(&mut random)));
    let answers = ask(&questions);
    let mut file = String::new();
    for (question, answer) in questions.into_iter().zip(answers) {
        let record = serde_json::to_string(&Record { question, answer });
        writeln!(file, "{}", record.expect("a record")).expect("text");
    }
    fs::write(RECORDED, file).expect("a file");
}
