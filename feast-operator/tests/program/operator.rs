//! The operator, in a process of its own. `FEAST_OPERATOR` names another build of it.

use std::process::{Child, Command, Stdio};
use std::{env, fs};

use crate::cluster::Cluster;

/// The flag for an operator whose health nobody asks for.
pub(crate) const ANYWHERE: &str = "--listen=127.0.0.1:0";

/// A running operator; it is killed when it is dropped.
pub(crate) struct Operator(pub(crate) Child);

impl Drop for Operator {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Operator {
    /// Starts it with its defaults.
    pub(crate) fn start(cluster: &Cluster) -> Self {
        Self::start_with(cluster, |command| command.arg(ANYWHERE))
    }

    /// Starts it with further flags and variables; one of the flags says where it listens.
    pub(crate) fn start_with(
        cluster: &Cluster,
        tell: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Self {
        let program = env::var_os("FEAST_OPERATOR");
        let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_feast-operator").into());
        let mut command = Command::new(program);
        command.args(["run", "--hardened", "--no-leader-election", "--log=warn"]);
        command.arg("--operator-namespace=operators");
        command.arg("--kubeconfig").arg(cluster.kubeconfig());
        let started = tell(&mut command).stdin(Stdio::null()).spawn();
        Self(started.unwrap())
    }

    /// Tells it to end, as a cluster does, and waits until it has.
    pub(crate) fn end(mut self) {
        let id = self.0.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.unwrap().success());
        assert!(self.0.wait().unwrap().success(), "it ends well");
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.0.id())).unwrap()
    }

    /// Processor time so far, in microseconds.
    pub(crate) fn processor(&self) -> u64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.0.id())).unwrap();
        let spent = tasks.map(|task| {
            let told = fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
            let nanoseconds = told.split(' ').next().unwrap();
            nanoseconds.parse::<u64>().unwrap() / 1_000
        });
        spent.sum()
    }

    /// Memory at most so far, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = self.file("status");
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}
