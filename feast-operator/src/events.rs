//! Events for people, at constant cost per event.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use k8s_openapi::api::core::v1::ObjectReference;
use kube::Client;
use kube::runtime::events::{Event, Recorder, Reporter};

/// Number of events after which earlier ones are forgotten. Until then, repeated events become a
/// series. The recorder scans everything it remembers for each event.
const REMEMBERED: usize = 256;

/// Publishes events.
pub struct Events {
    client: Client,
    reporter: Reporter,
    current: Mutex<Current>,
}

struct Current {
    recorder: Recorder,
    published: usize,
}

impl Events {
    /// Publishes events as this reporter.
    pub fn new(client: Client, reporter: Reporter) -> Self {
        let recorder = Recorder::new(client.clone(), reporter.clone());
        Self {
            client,
            reporter,
            current: Mutex::new(Current {
                recorder,
                published: 0,
            }),
        }
    }

    /// Publishes an event about an object.
    ///
    /// # Errors
    ///
    /// The request failed.
    pub async fn publish(&self, event: &Event, about: &ObjectReference) -> kube::Result<()> {
        let recorder = self.recorder();
        recorder.publish(event, about).await
    }

    fn recorder(&self) -> Recorder {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.published == REMEMBERED {
            current.published = 0;
            current.recorder = Recorder::new(self.client.clone(), self.reporter.clone());
        }
        current.published += 1;
        current.recorder.clone()
    }
}

/// Omits the client.
impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
