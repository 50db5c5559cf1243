//! Error messages for a cluster that does not respond.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use feast_testing::server::{Fault, Requests, Server};

use crate::cluster::{Cluster, run};

/// The error message of a failing command.
fn said(cluster: &Cluster, arguments: &[&str]) -> String {
    let run = cluster.run(&[&["validate", "--live"], arguments].concat());
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(run.stdout, "");
    run.stderr
}

#[test]
fn without_a_kubeconfig_it_is_said_where_one_is_looked_for() {
    let run = run(&["validate", "--live"]);
    assert_eq!(run.code, Some(2));
    let expected = "error: there is no kubeconfig at /nowhere/.kube/config: set --kubeconfig or \
                    KUBECONFIG\n";
    assert_eq!(run.stderr, expected);
}

#[test]
fn a_flag_for_a_cluster_does_not_read_files() {
    let run = run(&["validate", "store.yaml", "--context", "a"]);
    let expected = "error: --context needs --live: without it, this command reads files\n";
    assert_eq!((run.code, run.stderr.as_str()), (Some(2), expected));
}

#[test]
fn a_context_that_is_not_there_is_named() {
    let said = said(&Cluster::new(), &["--context", "gone"]);
    assert!(said.contains("has no context `gone`"), "{said}");
}

#[test]
fn a_cluster_without_feature_stores_is_told_how_to_have_them() {
    let said = said(&Cluster::of(Server::new()), &[]);
    assert!(
        said.contains("kubectl feast crd | kubectl apply --server-side"),
        "{said}"
    );
}

#[test]
fn a_right_that_lacks_is_named() {
    let cluster = Cluster::new();
    cluster
        .server
        .fault(Requests::all().of("featurestores"), Fault::Forbidden);
    let expected = "error: you may not list featurestores.feast.dev in namespace ml: ask the \
                    cluster's administrator for permission\n";
    assert_eq!(said(&cluster, &[]), expected);
    let said = said(&cluster, &["-A"]);
    assert!(said.contains("in the whole cluster"), "{said}");
}

#[test]
fn a_server_that_is_silent_is_not_waited_for() {
    let cluster = Cluster::new();
    cluster.server.fault(Requests::all(), Fault::Silent);
    let start = Instant::now();
    let said = said(&cluster, &["--request-timeout", "300ms"]);
    assert!(said.contains("did not answer within 0.3 s"), "{said}");
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_login_that_fails_says_why_and_nothing_else() {
    let cluster = Cluster::new();
    let shell = "echo hunter2; echo login expired >&2; exit 3";
    for (program, expected) in [
        (
            "sh",
            "of the kubeconfig failed (exit status: 3): login expired\n",
        ),
        (
            "/nowhere/login",
            "of the kubeconfig cannot be run: No such file or directory\n",
        ),
    ] {
        cluster.log_in(program, shell);
        let said = said(&cluster, &[]);
        assert!(
            said.ends_with(expected) && !said.contains("hunter2"),
            "{said}"
        );
    }
}

#[test]
fn where_nobody_listens_the_address_is_named() {
    let cluster = Cluster::new();
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = format!("http://{}", free.expect("a port"));
    cluster.lead_to(&address);
    let said = said(&cluster, &[]);
    assert!(
        said.contains(&format!("the API server {address} cannot be reached: ")),
        "{said}"
    );
    assert!(!said.contains("os error"), "{said}");
}
