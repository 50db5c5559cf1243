//! `kubectl feast lsp`: findings, documentation and completion in editors.
//!
//! A thin layer over the path of all programs: texts go to a [`Checker`](feast_check::Checker), and
//! its findings to the editor. `wire` reads and writes messages, `server` answers them, and
//! `workspace` has the files beside the open texts.

mod actions;
mod client;
mod completion;
mod diagnostics;
mod documents;
mod hover;
mod position;
mod server;
mod uri;
mod wire;
mod workspace;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;

use self::server::Server;
use self::wire::Incoming;
use self::workspace::Workspace;
use crate::config::Flags;
use crate::setting::Setting;

/// Start a language server for editors: findings, documentation, completion and fixes
///
/// Speaks the Language Server Protocol on standard input and output; an editor starts it
/// (docs/editors.md has settings for some). Reports the findings of `validate`, with the same
/// .feast-lint.yaml, for the unsaved text in the editor, and uses the Secrets, ConfigMaps, FeatureStores
/// and CustomResourceDefinitions in the workspace folder.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    flags: Flags,
    /// Files or folders with CustomResourceDefinitions, to validate resources of their kinds; one for
    /// FeatureStore replaces the built-in one
    #[arg(long, value_name = "FILE")]
    crd: Vec<PathBuf>,
    /// Reject unknown fields, as `kubectl apply` does by default, instead of warning
    #[arg(long)]
    strict: bool,
    /// Accepted because editors pass it to every server
    #[arg(long, hide = true)]
    stdio: bool,
    #[command(flatten)]
    setting: Setting,
}

/// Maximum number of waiting messages.
const WAITING: usize = 64;

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    let workspace = match Workspace::new(args) {
        Ok(workspace) => workspace,
        Err(error) => return crate::fail(&error.0),
    };
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        while let Some(incoming) = wire::read(&mut input) {
            let is_end = matches!(incoming, Incoming::Broken(_));
            if sender.send(incoming).is_err() || is_end {
                return;
            }
        }
    });
    serve(Server::new(workspace, io::stdout().lock()), &receiver)
}

/// Answers messages until the client disconnects. Findings are published when no message is
/// waiting, so that only the last of several keystrokes counts.
fn serve<W: Write>(
    mut server: Server<'_, W>,
    incoming: &Receiver<Incoming>,
) -> io::Result<ExitCode> {
    loop {
        let next = match incoming.try_recv() {
            Err(TryRecvError::Empty) => {
                server.publish()?;
                incoming.recv().ok()
            }
            next => next.ok(),
        };
        // A client that disconnects without `exit` has failed.
        let Some(next) = next else {
            return Ok(ExitCode::FAILURE);
        };
        if let Some(code) = server.take(next)? {
            return Ok(code);
        }
    }
}
