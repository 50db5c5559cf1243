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

/// Show on one screen how a FeatureStore of a cluster is
///
/// Its phase and conditions, its servers with their addresses, replicas and autoscalers, claims, what
/// differs from what should be there, and why it is not ready. What should be there is what Feast's
/// operator of the release in the status makes, unless --release, --hardened and the like say
/// otherwise. The cluster is only read, as far as you may.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast status shop
  kubectl feast status shop --namespace ml --context prod
  kubectl feast status --all-namespaces
  kubectl feast status shop -o json

Exit codes: 0 all is as it should be, 1 something is not, 2 the cluster gives no answer, or there is no
FeatureStore (see --allow-empty).")]
pub(crate) struct Args {
    /// Names of FeatureStores [default: all of the namespace]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Form of the output, if it is not for people
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
        settings: args.how.settings(&Selection::default()),
    };
    let is_release_given = setting.release.is_some();
    let work =
        async |session: Session| collect::collect(&session, &question, is_release_given).await;
    let (states, seen) = session::with(&args.target, work)?;
    // Nobody is left to tell if this fails.
    let _ = seen.tell();
    Ok(states)
}
