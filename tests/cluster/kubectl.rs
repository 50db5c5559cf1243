//! kubectl against the server under test.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

/// An API server, reached with kubectl.
pub struct Server {
    kubeconfig: String,
    kubectl: String,
}

impl Server {
    /// The server that `FEAST_KUBECONFIG` leads to, if it is set.
    pub fn from_env() -> Option<Self> {
        let kubeconfig = std::env::var("FEAST_KUBECONFIG").ok()?;
        let kubectl = std::env::var("KUBECTL").unwrap_or_else(|_| "kubectl".into());
        Some(Self {
            kubeconfig,
            kubectl,
        })
    }

    /// Runs kubectl with this input; its output, or what it complains about.
    pub fn run(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let mut child = Command::new(&self.kubectl)
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.kubectl));
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin
            .write_all(input.as_bytes())
            .expect("kubectl reads its input");
        drop(stdin);
        let output = child.wait_with_output().expect("kubectl ends");
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(format!(
                "kubectl {}: {}",
                arguments.join(" "),
                text(&output.stderr)
            ))
        }
    }

    /// Applies objects on the server's side; a field that the server does not know is an error.
    pub fn apply(&self, manager: &str, objects: &[Value]) {
        let manager = format!("--field-manager={manager}");
        let arguments = [
            "apply",
            "--server-side",
            "--force-conflicts",
            "--validate=strict",
            &manager,
            "--filename=-",
        ];
        let applied = self.run(&arguments, &list(objects));
        applied.unwrap_or_else(|refusal| panic!("{refusal}"));
    }

    /// Objects as they are on the server.
    pub fn get(&self, arguments: &[&str], input: &[Value]) -> Vec<Value> {
        let fixed = [
            "get",
            "--output=json",
            "--show-managed-fields",
            "--ignore-not-found",
        ];
        let text = self.run(&[&fixed[..], arguments].concat(), &list(input));
        let text = text.unwrap_or_else(|refusal| panic!("{refusal}"));
        if text.trim().is_empty() {
            return vec![];
        }
        let mut found: Value = serde_json::from_str(&text).expect("JSON, as asked for");
        match found["items"].take() {
            Value::Array(items) => items,
            _ => vec![found],
        }
    }

    /// Installs the CRD and waits until its objects can be made.
    pub fn install_crd(&self) {
        let crd = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/feast-api/crd/feast.dev_featurestores.yaml"
        );
        let apply = [
            "apply",
            "--server-side",
            "--force-conflicts",
            "--filename",
            crd,
        ];
        self.run(&apply, "")
            .unwrap_or_else(|refusal| panic!("{refusal}"));
        let mut last = String::new();
        for _ in 0..50 {
            match self.run(&["get", "featurestores", "--all-namespaces"], "") {
                Ok(_) => return,
                Err(refusal) => last = refusal,
            }
            sleep(Duration::from_millis(200));
        }
        panic!("the CRD is not served: {last}");
    }

    /// Makes a namespace unless it is there.
    pub fn make_namespace(&self, name: &str) {
        let namespace =
            json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        self.apply("test", &[namespace]);
    }
}

fn list(objects: &[Value]) -> String {
    json!({ "apiVersion": "v1", "kind": "List", "items": objects }).to_string()
}
