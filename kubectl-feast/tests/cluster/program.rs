//! Runs kubectl and the plugin in a namespace of an API server.

use std::env;
use std::path::Path;
use std::process::Command;

/// The result of a run: exit code and output.
pub(crate) type Run = (Option<i32>, String);

/// A namespace of an API server with FeatureStores.
pub(crate) struct Namespace(&'static str);

impl Namespace {
    /// A new namespace, replacing one of an earlier run.
    pub(crate) fn new(name: &'static str) -> Self {
        let namespace = Self(name);
        let crd = command(
            env!("CARGO_BIN_EXE_kubectl-feast"),
            &["crd", "--output=json"],
            "",
        );
        let install = [
            "apply",
            "--server-side",
            "--force-conflicts",
            "--filename=-",
        ];
        let definition = "crd/featurestores.feast.dev";
        for (arguments, input) in [
            (&install[..], crd.1.as_str()),
            (&["wait", "--for=condition=Established", definition], ""),
            (&["delete", "namespace", name, "--ignore-not-found"], ""),
            (&["create", "namespace", name], ""),
        ] {
            namespace.does(arguments, input);
        }
        namespace
    }

    /// Runs kubectl, which must succeed.
    pub(crate) fn does(&self, arguments: &[&str], input: &str) {
        let (code, text) = self.kubectl(arguments, input);
        assert_eq!(code, Some(0), "{arguments:?}: {text}");
    }

    /// Runs kubectl.
    pub(crate) fn kubectl(&self, arguments: &[&str], input: &str) -> Run {
        let kubectl = env::var("KUBECTL").unwrap_or_else(|_| "kubectl".to_owned());
        self.run(&kubectl, arguments, input)
    }

    /// Runs the plugin.
    #[cfg(feature = "live")]
    pub(crate) fn plugin(&self, arguments: &[&str], input: &str) -> Run {
        self.run(env!("CARGO_BIN_EXE_kubectl-feast"), arguments, input)
    }

    fn run(&self, program: &str, arguments: &[&str], input: &str) -> Run {
        let kubeconfig = env::var("FEAST_KUBECONFIG");
        let kubeconfig = kubeconfig.expect("FEAST_KUBECONFIG leads to an API server");
        let reach = ["--kubeconfig", &kubeconfig, "--namespace", self.0];
        command(program, &[arguments, &reach].concat(), input)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        self.kubectl(&["delete", "namespace", self.0, "--wait=false"], "");
    }
}

fn command(program: &str, arguments: &[&str], input: &str) -> Run {
    let plugin = Path::new(env!("CARGO_BIN_EXE_kubectl-feast"));
    let folder = plugin.parent().expect("a folder").to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([folder].into_iter().chain(env::split_paths(&path)));
    let mut program = Command::new(program);
    program
        .args(arguments)
        .env("PATH", path.expect("a path"))
        .env("KUBECTL_EXTERNAL_DIFF", "kubectl-feast diff --color=never");
    let output = test_support::fed(&mut program, input);
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (output.status.code(), text)
}
