//! The Go program that runs go-yaml.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::answer::Answer;

pub(crate) struct Oracle {
    program: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    /// Builds and starts the program.
    pub(crate) fn start() -> Self {
        let program = concat!(env!("CARGO_TARGET_TMPDIR"), "/go-yaml-oracle");
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
        Self {
            input: program.stdin.take(),
            output: BufReader::new(program.stdout.take().expect("output")),
            program,
        }
    }

    pub(crate) fn ask(&mut self, text: &str) -> Answer {
        let input = self.input.as_mut().expect("input");
        writeln!(input, "{}", STANDARD.encode(text)).expect("the oracle listens");
        let mut line = String::new();
        self.output
            .read_line(&mut line)
            .expect("the oracle answers");
        serde_json::from_str(&line).expect("an answer")
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.program.wait();
    }
}
