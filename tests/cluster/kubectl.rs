//! kubectl against the server under test.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use feast_render::ObjectRef;
use serde_json::{Value, json};

/// An API server, reached with kubectl.
pub(crate) struct Server {
    kubeconfig: String,
    kubectl: String,
    /// Tests run one at a time, because all of them write the shared objects.
    _turn: MutexGuard<'static, ()>,
}

impl Server {
    /// The server of `FEAST_KUBECONFIG`; `KUBECTL` names another kubectl than that on the `PATH`.
    pub(crate) fn from_env() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let kubeconfig =
            std::env::var("FEAST_KUBECONFIG").expect("FEAST_KUBECONFIG leads to an API server");
        let kubectl = std::env::var("KUBECTL").unwrap_or_else(|_| "kubectl".into());
        Self {
            kubeconfig,
            kubectl,
            _turn: TURN.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Installs the CRD, and creates the operators' namespace.
    pub(crate) fn prepare(&self) {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            self.install_crd();
            self.make_namespace("feast-operator-system");
        });
    }

    /// Runs kubectl with an input; returns its output or its error.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Result<String, String> {
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
        // A kubectl that rejects its arguments does not read, and reports that itself.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("kubectl ends");
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            let complaint = text(&output.stderr);
            Err(format!("kubectl {}: {complaint}", arguments.join(" ")))
        }
    }

    /// Applies objects server-side; an unknown field is an error.
    pub(crate) fn apply(&self, manager: &str, objects: &[Value]) {
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

    /// Sends a merge patch.
    pub(crate) fn patch(&self, object: &ObjectRef, merge: &Value) {
        let file = json!({
            "apiVersion": object.api_version,
            "kind": object.kind,
            "metadata": { "name": object.name, "namespace": object.namespace },
        });
        let patch = format!("--patch={merge}");
        let arguments = ["patch", "--type=merge", &patch, "--filename=-"];
        let patched = self.run(&arguments, &file.to_string());
        patched.unwrap_or_else(|refusal| panic!("{refusal}"));
    }

    /// Objects on the server, in the order of the input.
    pub(crate) fn get(&self, arguments: &[&str], input: &[Value]) -> Vec<Value> {
        self.read(&[&["--filename=-"], arguments].concat(), &list(input))
    }

    /// Objects on the server, by kind, name or selector.
    pub(crate) fn list(&self, arguments: &[&str]) -> Vec<Value> {
        self.read(arguments, "")
    }

    fn read(&self, arguments: &[&str], input: &str) -> Vec<Value> {
        let fixed = [
            "get",
            "--output=json",
            "--show-managed-fields",
            "--ignore-not-found",
        ];
        let text = self.run(&[&fixed[..], arguments].concat(), input);
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

    fn install_crd(&self) {
        let crd = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/feast-api/crd/feast.dev_featurestores.yaml"
        );
        let arguments = [
            "apply",
            "--server-side",
            "--force-conflicts",
            "--filename",
            crd,
        ];
        let applied = self.run(&arguments, "");
        applied.unwrap_or_else(|refusal| panic!("{refusal}"));
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

    /// Creates a namespace unless it exists.
    pub(crate) fn make_namespace(&self, name: &str) {
        let namespace =
            json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        self.apply("test", &[namespace]);
    }
}

fn list(objects: &[Value]) -> String {
    json!({ "apiVersion": "v1", "kind": "List", "items": objects }).to_string()
}
