//! Looks after FeatureStores for as long as it is asked to.

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

/// A future that several wait for: the end is near.
pub type Shutdown = Shared<BoxFuture<'static, ()>>;

/// The Lease was lost in the middle of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lease is lost")]
#[non_exhaustive]
pub struct Lost;

/// As [`run`], when an election is won and only as long as the Lease can be counted on.
///
/// # Errors
///
/// [`Lost`]: another operator may be about to begin. Passes were cut off in the middle.
pub async fn run_elected(
    context: Arc<Context>,
    election: &Election,
    shutdown: Shutdown,
) -> Result<(), Lost> {
    let (won, is_won) = oneshot::channel();
    let turn = async {
        // Nobody waits when the operator ends.
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

/// Fills the caches, waits until it is this operator's turn, and then looks after FeatureStores
/// until the shutdown, after which passes that are under way come to their end.
///
/// It is [ready](crate::health::Health::ready) as soon as the caches are full: another operator may
/// already be at work.
pub async fn run(context: Arc<Context>, turn: impl Future<Output = ()>, shutdown: Shutdown) {
    let mut watches = watch::start(&context);
    let begin = async {
        watches.synced().await;
        tracing::info!("all that exists is known");
        context.hands.health.synced();
        turn.await;
    };
    tokio::select! {
        () = begin => {}
        () = shutdown.clone() => return,
    }
    tracing::info!("looking after FeatureStores");
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
            // What failed is told by `retry`.
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
        // It ends before the passes that are under way: another operator looks, too.
        () = departed::clean(&context).then(|()| pending()) => {}
    }
}
