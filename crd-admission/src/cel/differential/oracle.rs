//! The program that answers like the API server.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use crate::cel::environment::OldSelf;

/// An expression, with a value and its schema.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) schema: Json,
    pub(super) resource_root: bool,
    pub(super) expression: String,
    pub(super) this: Json,
    pub(super) old_self: Option<Json>,
    pub(super) optional_old_self: bool,
    /// The minor version of the oldest server that must support the expression.
    pub(super) compatible: u32,
    pub(super) limit: u64,
}

/// The result of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) compile_error: String,
    pub(super) estimated: u64,
    pub(super) value: String,
    pub(super) error: String,
    pub(super) cost: u64,
}

impl Answer {
    pub(super) fn refused(compile_error: String) -> Self {
        Self {
            compile_error,
            ..Self::default()
        }
    }

    fn read(line: &str) -> Self {
        let json: Json = serde_json::from_str(line).expect("an answer is JSON");
        let text = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| json[key].as_u64().unwrap_or_default();
        Self {
            compile_error: text("compileError"),
            estimated: number("estimated"),
            value: text("value"),
            error: text("error"),
            cost: number("cost"),
        }
    }
}

impl Request {
    /// The form of `oldSelf`.
    pub(super) fn old(&self) -> OldSelf {
        if self.optional_old_self {
            OldSelf::Optional
        } else {
            OldSelf::Plain
        }
    }

    fn line(&self) -> String {
        let mut json = json!({
            "schema": self.schema,
            "resourceRoot": self.resource_root,
            "expression": self.expression,
            "self": self.this,
            "optionalOldSelf": self.optional_old_self,
            "compatible": self.compatible,
            "limit": self.limit,
        });
        if let Some(old_self) = &self.old_self {
            json["oldSelf"] = old_self.clone();
        }
        json.to_string()
    }
}

pub(super) struct Oracle;

impl Oracle {
    /// The answers to requests.
    pub(super) fn ask(requests: &[Request]) -> Vec<Answer> {
        let mut child = Command::new(&*PROGRAM)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the oracle starts");
        let mut stdin = child.stdin.take().expect("there is an input");
        let lines: Vec<_> = requests.iter().map(Request::line).collect();
        let writer = std::thread::spawn(move || {
            for line in lines {
                writeln!(stdin, "{line}").expect("the oracle reads");
            }
        });
        let output = child.wait_with_output().expect("the oracle ends");
        writer.join().expect("all is written");
        let text = String::from_utf8(output.stdout).expect("answers are UTF-8");
        text.lines().map(Answer::read).collect()
    }
}

/// The oracle, built once, next to the test executable.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/cel");
    let test = std::env::current_exe().expect("a test runs");
    let program = test.with_file_name("crd-admission-cel-oracle");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg(".")
        .current_dir(source)
        .status();
    assert!(built.expect("Go is there").success(), "the oracle builds");
    program
});
