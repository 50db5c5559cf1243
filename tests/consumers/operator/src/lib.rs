//! An operator that runs FeatureStores next to its other work.

use std::future::{pending, ready};
use std::sync::Arc;
use std::time::Duration;

use feast_operator::configuration::Configuration;
use feast_operator::context::Context;
use feast_operator::controller;
use feast_operator::meter::{Meter, Outcome};
use feast_operator::platform::Offer;
use feast_render::OperatorSettings;
use futures::FutureExt;
use kube::Client;

/// Reports how passes ended.
#[derive(Debug)]
struct Told;

impl Meter for Told {
    fn end(&self, outcome: Outcome, duration: Duration) {
        println!("{} after {duration:?}", outcome.as_str());
    }
}

pub async fn look_after_feature_stores(client: Client) -> kube::Result<()> {
    let configuration = Configuration {
        rendering: OperatorSettings::hardened(),
        ..Configuration::default()
    };
    let offer = Offer::discover(&client).await?;
    let context = Context::metered(client, configuration, offer, Arc::new(Told));
    let shutdown = pending().boxed().shared();
    controller::run(context, ready(()), shutdown).await;
    Ok(())
}
