//! A simulated editor.

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::{Value, json};

/// A running server, with the messages it sent. Violations of the protocol fail the test.
pub(crate) struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next: i32,
    /// Notifications not yet requested by the test.
    told: VecDeque<Value>,
    /// Requests of the server, which were answered.
    pub(crate) asked: Vec<Value>,
}

impl Editor {
    /// An editor with an open folder and these capabilities.
    pub(crate) fn in_folder(folder: &Path, capabilities: &Value) -> Self {
        let mut editor = Self::start(&[]);
        let folder = json!({ "uri": uri(folder), "name": "test" });
        let answer = editor.request(
            "initialize",
            &json!({ "processId": null, "capabilities": capabilities, "workspaceFolders": [folder] }),
        );
        assert!(answer["result"]["capabilities"].is_object(), "{answer}");
        editor.notify("initialized", &json!({}));
        editor
    }

    /// An editor that only supports the first version of the protocol.
    pub(crate) fn plain() -> Self {
        let mut editor = Self::start(&[]);
        editor.request("initialize", &json!({ "capabilities": {} }));
        editor.notify("initialized", &json!({}));
        editor
    }

    /// An editor that has not sent anything yet.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
            .arg("lsp")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().expect("a pipe")),
            child,
            next: 0,
            told: VecDeque::new(),
            asked: Vec::new(),
        }
    }

    /// Sends a request, and returns the response, which may be an error.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.read();
            if message.get("method").is_some() {
                self.hear(message);
                continue;
            }
            assert_eq!(message["id"], id, "{message}");
            let has = |key| usize::from(message.get(key).is_some());
            assert_eq!(has("result") + has("error"), 1, "{message}");
            return message;
        }
    }

    /// The result of a request; errors fail the test.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let answer = self.request(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let content = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{content}", content.len()).as_bytes());
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("it is not closed");
        input
            .write_all(bytes)
            .and_then(|()| input.flush())
            .expect("the server reads");
    }

    /// The next response to an invalid message.
    pub(crate) fn next_answer(&mut self) -> Value {
        loop {
            let message = self.read();
            if message.get("method").is_none() {
                return message;
            }
            self.hear(message);
        }
    }

    /// The next diagnostics of a document, with their version.
    pub(crate) fn diagnostics(&mut self, uri: &str) -> (Value, Vec<Value>) {
        loop {
            let Some(message) = self.told.pop_front() else {
                let message = self.read();
                self.hear(message);
                continue;
            };
            let params = &message["params"];
            if message["method"] == "textDocument/publishDiagnostics" && params["uri"] == uri {
                let found = params["diagnostics"].as_array().expect("a list");
                return (params["version"].clone(), found.clone());
            }
        }
    }

    /// The next message for the user.
    pub(crate) fn message(&mut self) -> String {
        loop {
            let shown = |message: &Value| message["method"] == "window/showMessage";
            if let Some(place) = self.told.iter().position(shown) {
                let message = self.told.remove(place).expect("it is there");
                return message["params"]["message"]
                    .as_str()
                    .expect("a text")
                    .to_owned();
            }
            let message = self.read();
            self.hear(message);
        }
    }

    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    pub(crate) fn change(&mut self, uri: &str, version: i32, changes: &Value) {
        self.notify(
            "textDocument/didChange",
            &json!({
                "textDocument": { "uri": uri, "version": version },
                "contentChanges": changes,
            }),
        );
    }

    /// Stops the server as an editor does, and waits for its exit.
    pub(crate) fn stop(mut self) -> ExitStatus {
        let answer = self.request("shutdown", &Value::Null);
        assert_eq!(answer["result"], Value::Null, "{answer}");
        self.notify("exit", &Value::Null);
        self.child.wait().expect("the server ends")
    }

    /// Closes the stream, and waits for the exit.
    pub(crate) fn leave(mut self) -> ExitStatus {
        self.input = None;
        self.child.wait().expect("the server ends")
    }

    /// Handles a message that the server sends on its own.
    fn hear(&mut self, message: Value) {
        if let Some(id) = message.get("id") {
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
            self.asked.push(message);
        } else {
            self.told.push_back(message);
        }
    }

    fn read(&mut self) -> Value {
        let mut length = None;
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).expect("a header");
            let line = line.strip_suffix("\r\n").expect("a line of a header");
            if line.is_empty() {
                break;
            }
            let value = line
                .strip_prefix("Content-Length: ")
                .expect("no other header");
            assert_eq!(length, None, "a second length");
            length = Some(value.parse().expect("a number"));
        }
        let mut content = vec![0; length.expect("a length")];
        self.output.read_exact(&mut content).expect("the content");
        let message: Value = serde_json::from_slice(&content).expect("JSON");
        assert_eq!(message["jsonrpc"], "2.0", "{message}");
        message
    }
}

/// A separate folder with files.
pub(crate) fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("lsp")
        .join(name);
    let folder = test_support::folder(folder, files);
    // Configurations above it are ignored.
    fs::create_dir(folder.join(".git")).expect("a folder");
    folder
}

/// The URI of a file.
pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// Applies the edits of an action to an ASCII text.
pub(crate) fn apply(text: &str, action: &Value, uri: &str) -> String {
    let edits = action["edit"]["changes"][uri].as_array().expect("edits");
    let byte = |position: &Value| {
        let number = |key: &str| {
            let number = position[key].as_u64().expect("a number");
            usize::try_from(number).expect("a small one")
        };
        let lines = text.split_inclusive('\n').take(number("line"));
        lines.map(str::len).sum::<usize>() + number("character")
    };
    let mut edits: Vec<_> = edits
        .iter()
        .map(|edit| {
            (
                byte(&edit["range"]["start"]),
                byte(&edit["range"]["end"]),
                &edit["newText"],
            )
        })
        .collect();
    edits.sort_by_key(|(start, end, _)| (*start, *end));
    let mut result = text.to_owned();
    for (start, end, new) in edits.iter().rev() {
        result.replace_range(*start..*end, new.as_str().expect("a text"));
    }
    result
}

pub(crate) fn codes(diagnostics: &[Value]) -> Vec<&str> {
    let codes = diagnostics.iter().map(|found| found["code"].as_str());
    codes.map(|code| code.unwrap_or("")).collect()
}

/// The parameters for a position.
pub(crate) fn at(uri: &str, line: u32, character: u32) -> Value {
    json!({
        "textDocument": { "uri": uri },
        "position": { "line": line, "character": character },
    })
}
