//! `kubectl feast status`.

mod autoscaler;
mod collect;
mod deviation;
mod pods;
mod print;
mod state;

use std::io;
use std::process::ExitCode;

use serde_json::json;

use self::state::State;
use super::Target;
use super::read::Question;
use super::session::{self, Session};
use crate::color::Color;
use crate::format::{Documents, Format};
use crate::input::Unreadable;
use crate::load::How;
use crate::selection::Selection;
use crate::stdout;

/// Show the state of FeatureStores in a cluster
///
/// Shows phase and conditions, servers with addresses, replicas and autoscalers, claims, drift, and why
/// a FeatureStore is not ready. Drift is any difference from the objects that Feast's operator creates in the
/// release that the status names; --release, --hardened and similar flags override that. Only reads the
/// cluster, within your rights.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast status shop
  kubectl feast status shop --namespace ml --context prod
  kubectl feast status --all-namespaces
  kubectl feast status shop -o json

Exit codes: 0: everything is as expected; 1: something is not; 2: the cluster does not answer, or
there is no FeatureStore (see --allow-empty).")]
pub(crate) struct Args {
    /// Names of FeatureStores [default: all in the namespace]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Output format for programs
    #[arg(short, long, value_enum)]
    output: Option<Format>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    target: Target,
}

pub(crate) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    let states = match states(args) {
        Ok(states) => states,
        Err(error) => return crate::fail(&error.0),
    };
    if states.is_empty() && !args.how.allow_empty {
        return crate::load::nothing("show");
    }
    stdout::write(|out| match args.output {
        Some(format) => {
            let mut out = Documents::new(out, format);
            states.iter().try_for_each(|state| out.write(&json!(state)))
        }
        None => print::states(out, &states, color.on_stdout().is_on()),
    })?;
    let is_fine = states.iter().all(State::is_fine);
    Ok(ExitCode::from(u8::from(!is_fine)))
}

fn states(args: &Args) -> Result<Vec<State>, Unreadable> {
    let names = args.names.iter().map(|name| super::args::name(name));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let setting = &args.how.setting;
    let question = Question {
        namespace: setting.namespace.clone(),
        all_namespaces: args.target.all_namespaces && names.is_empty(),
        names,
        live: true,
        definition: setting.release.is_none(),
        limits: false,
        settings: args.how.settings(&Selection::default()),
    };
    let is_release_given = setting.release.is_some();
    let work =
        async |session: Session| collect::collect(&session, &question, is_release_given).await;
    let (states, seen) = session::with(&args.target, work)?;
    // If this fails, there is nowhere to report it.
    let _ = seen.tell();
    Ok(states)
}
