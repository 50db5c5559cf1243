//! feast-render alone.

use feast_api::Admitted;
use feast_render::{Answer, Error, OperatorSettings, Time, WrongAnswer, render, resolve};

/// The servers' document of a FeatureStore.
pub fn document(store: Admitted, now: &Time) -> Result<Result<String, Error>, WrongAnswer> {
    let inputs = resolve(store, &OperatorSettings::reference(), now, |_| Answer::Absent)?;
    Ok(render(&inputs).map(|rendered| rendered.documents.service.yaml().to_owned()))
}
