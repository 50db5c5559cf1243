//! Health and metrics of the operator.

use feast_operator::health::Ailment;
use feast_testing::server::{Fault, Requests, Verb};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::rig::{Rig, key};
use crate::stores;

impl Rig {
    /// Whether the operator is ready.
    fn ready(&self) -> Result<(), Ailment> {
        self.context().hands.health.ready(Timestamp::now())
    }

    /// The value of a metric, by its line without the value.
    fn metric(&self, name: &str) -> Option<i64> {
        let text = self.metrics();
        let mut lines = text.lines();
        lines.find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_ready_when_all_is_known() {
    let mut rig = Rig::start().await;
    let services = Requests::to(Verb::List).of("services");
    rig.server.fault(services, Fault::Unavailable);
    rig.restart().await;
    Rig::seconds(600).await;
    assert_eq!(rig.ready(), Err(Ailment::Reading));
    assert_eq!(rig.metric("feast_operator_leading"), Some(0));
    let broken = "feast_operator_watch_interruptions_total{kind=\"Service\"}";
    assert!(rig.metric(broken).is_some_and(|count| count > 1));
    rig.server.recover();
    rig.rests().await;
    assert_eq!(rig.ready(), Ok(()));
    assert_eq!(rig.context().hands.health.live(), Ok(()));
    assert_eq!(rig.metric("feast_operator_leading"), Some(1));
    let heard = "feast_operator_watch_heard_timestamp_seconds{path=\"/api/v1/services\"}";
    assert!(rig.metric(heard).is_some_and(|time| time > 0));
}

#[tokio::test(start_paused = true)]
async fn a_webhook_without_a_certificate_is_not_ready() {
    let rig = Rig::start().await;
    rig.rests().await;
    rig.context().hands.health.with_webhook();
    let hour = SignedDuration::from_hours(1);
    for (end, expected) in [
        (None, Err(Ailment::NoCertificate)),
        (Some(Timestamp::now() - hour), Err(Ailment::Expired)),
        (Some(Timestamp::now() + hour), Ok(())),
    ] {
        if let Some(end) = end {
            rig.context().hands.health.certificate(end);
        }
        assert_eq!(rig.ready(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn each_feature_store_is_told_of_until_it_is_gone() {
    let rig = Rig::start().await;
    let labels = r#"{namespace="ml",name="a""#;
    let is_ready = || rig.metric(&format!("feast_operator_feature_store_ready{labels}}}"));
    let succeeded = format!("feast_operator_feature_store_success_timestamp_seconds{labels}}}");
    let succeeded = || rig.metric(&succeeded);
    let phase = |phase| {
        let metric = format!("feast_operator_feature_store_phase{labels},phase=\"{phase}\"}}");
        rig.metric(&metric)
    };
    rig.put_store("a", &stores::minimal());
    rig.rests().await;
    assert_eq!(
        (is_ready(), phase("Ready"), phase("Failed")),
        (Some(1), Some(1), None)
    );
    assert!(succeeded().is_some_and(|time| time > 0));
    let refused = Fault::Invalid("spec: as the test wants it".into());
    rig.server
        .fault(Requests::writes().of("deployments"), refused);
    rig.put_store("a", &json!({ "feastProject": "another" }));
    Rig::seconds(60).await;
    assert_eq!(
        (is_ready(), phase("Ready"), phase("Failed")),
        (Some(0), None, Some(1))
    );
    let errors = rig.metric(r#"feast_operator_errors_total{reason="refused"}"#);
    assert!(errors.is_some_and(|count| count > 1));
    rig.delete(&key("a"));
    rig.server.recover();
    rig.rests().await;
    assert_eq!(
        (is_ready(), phase("Ready"), phase("Failed")),
        (None, None, None)
    );
    assert_eq!(succeeded(), None);
}

#[tokio::test(start_paused = true)]
async fn it_tells_how_many_wait() {
    let mut rig = Rig::start().await;
    rig.kill();
    for number in 0..20 {
        rig.put_store(&format!("store-{number}"), &stores::minimal());
    }
    rig.restart().await;
    rig.server.fault(Requests::writes(), Fault::Silent);
    Rig::seconds(5).await;
    let depth = "feast_operator_queue_depth";
    assert_eq!(rig.metric(depth), Some(4), "16 have their pass");
    rig.delete(&key("store-19"));
    rig.server.recover();
    rig.rests().await;
    assert_eq!(rig.metric(depth), Some(0));
}
