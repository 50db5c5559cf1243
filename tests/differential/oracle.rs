//! The API server's code as a program.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The server's code, built.
pub(crate) struct Oracle {
    program: PathBuf,
}

impl Oracle {
    /// Builds it, once for all tests.
    pub(crate) fn built() -> &'static Self {
        static BUILT: OnceLock<Oracle> = OnceLock::new();
        BUILT.get_or_init(|| {
            let folder = std::env::var_os("FEAST_ORACLE_DIR").map_or_else(
                || test_support::workspace().join("tests/oracle/admit"),
                PathBuf::from,
            );
            let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("admit");
            let built = Command::new("go")
                .current_dir(folder)
                .arg("build")
                .arg("-o")
                .arg(&program)
                .arg(".")
                .status()
                .expect("Go");
            assert!(built.success(), "the oracle builds");
            Self { program }
        })
    }

    /// The server's verdicts on requests for the CRD in a file, one per line.
    pub(crate) fn judge(&self, crd: &Path, requests: &[String]) -> Vec<String> {
        self.ask(&["-crd".as_ref(), crd.as_os_str()], requests)
    }

    /// The server's errors for definitions, as a JSON list for each.
    pub(crate) fn refusals<'d>(
        &self,
        definitions: impl IntoIterator<Item = &'d Value>,
    ) -> Vec<String> {
        let lines = definitions.into_iter().map(Value::to_string);
        self.ask(&["-definitions".as_ref()], &lines.collect::<Vec<_>>())
    }

    /// The answers to lines.
    fn ask(&self, arguments: &[&OsStr], lines: &[String]) -> Vec<String> {
        let mut child = Command::new(&self.program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts the oracle");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = lines.join("\n");
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().expect("reads answers");
        writer.join().expect("a thread").expect("writes lines");
        let text = String::from_utf8(output.stdout).expect("text");
        let answers: Vec<_> = text.lines().map(str::to_owned).collect();
        assert_eq!(
            answers.len(),
            lines.len(),
            "the oracle answers every line, asked with {arguments:?}"
        );
        answers
    }
}
