//! Runs passes over FeatureStores until the shutdown.

use std::future::pending;
use std::sync::Arc;

use feast_api::v1::FeatureStore;
use feast_render::ObjectRef;
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{BoxFuture, Shared};
use futures::stream::{self, StreamExt, select_all};
use kube::runtime::controller::{self, Config, Controller};

use crate::context::{Context, key};
use crate::leader::Election;
use crate::reconcile::{reconcile, retry};
use crate::turn::UNDER_WAY;
use crate::{departed, platform, watch};

/// Resolves on shutdown; can be awaited by several.
pub type Shutdown = Shared<BoxFuture<'static, ()>>;

/// The Lease was lost during work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lease was lost")]
#[non_exhaustive]
pub struct Lost;

/// Like [`run`], but only from winning the election until the Lease can no longer be relied on.
///
/// # Errors
///
/// [`Lost`]: another operator may be about to start. Running passes were cancelled.
pub async fn run_elected(
    context: Arc<Context>,
    election: &Election,
    shutdown: Shutdown,
) -> Result<(), Lost> {
    let (won, is_won) = oneshot::channel();
    let turn = async {
        // The receiver is dropped on shutdown.
        let _ = won.send(election.win().await);
    };
    let lost = async {
        match is_won.await {
            Ok(held) => election.keep(held).await,
            Err(_) => pending().await,
        }
    };
    tokio::select! {
        biased;
        () = lost => return Err(Lost),
        () = run(context, turn, shutdown) => {}
    }
    election.release().await;
    Ok(())
}

/// Fills the caches, waits for `turn`, and then reconciles FeatureStores until the shutdown;
/// running passes are completed.
///
/// It is [ready](crate::health::Health::ready) as soon as the caches are full, even if another
/// operator is active.
pub async fn run(context: Arc<Context>, turn: impl Future<Output = ()>, shutdown: Shutdown) {
    let mut watches = watch::start(&context);
    let begin = async {
        watches.synced().await;
        tracing::info!("caches are filled");
        context.hands.health.synced();
        turn.await;
    };
    tokio::select! {
        () = begin => {}
        () = shutdown.clone() => return,
    }
    tracing::info!("reconciling FeatureStores");
    context.hands.meter.leads(true);
    let scopes = std::mem::take(&mut watches.scopes);
    for store in scopes.iter().flat_map(|(_, stores)| stores.state()) {
        context.hands.wait(&key(&store));
    }
    let under_way = context.known.configuration.concurrency;
    let under_way = under_way.saturating_mul(UNDER_WAY);
    let running = scopes.into_iter().map(|(scope, store)| {
        let everything = stream::once(std::future::ready(()));
        Controller::for_stream_with(stream::empty(), store, platform::feature_store())
            .reconcile_on(context.hands.triggers(scope))
            .reconcile_all_on(everything)
            .with_config(Config::default().concurrency(under_way))
            .graceful_shutdown_on(shutdown.clone())
            .run(reconcile, retry, Arc::clone(&context))
            .boxed()
    });
    let running = select_all(running).for_each(|result| async {
        match result {
            // `retry` has reported the failure.
            Ok(_) | Err(controller::Error::ReconcilerFailed(..)) => {}
            Err(controller::Error::ObjectNotFound(gone)) => {
                let namespace = gone.namespace.as_deref();
                let gone = ObjectRef::new::<FeatureStore>(namespace, gone.name);
                context.hands.begin(&gone);
            }
            Err(error) => tracing::warn!(%error, "controller"),
        }
    });
    tokio::select! {
        () = running => {}
        // Cleaning ends before running passes do: another operator cleans, too.
        () = departed::clean(&context).then(|()| pending()) => {}
    }
}
