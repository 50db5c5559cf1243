//! What a FeatureStore renders to, with what the input has and lacks.

use feast_api::Admitted;
use feast_render::{
    Answer, Error, Inputs, OperatorSettings, Rendered, Wanted, WrongAnswer, render, try_resolve,
};

use super::{Absent, Around, Checker};
use crate::missing::{self, Missing};

/// What a FeatureStore renders to, or why it does not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rendering {
    /// What is known of what it refers to, without placeholders.
    pub inputs: Inputs,
    /// What it refers to in vain.
    pub missing: Vec<Missing>,
    /// Its objects, documents and status, with placeholders if that is asked for.
    pub rendered: Result<Rendered, Error>,
}

impl Checker {
    /// Renders a FeatureStore as the operator would, with the objects around it.
    ///
    /// # Errors
    ///
    /// An object of the cluster that is not what its kind says.
    pub fn render(&self, store: Admitted, around: &Around) -> Result<Rendering, WrongAnswer> {
        let mut missing = Vec::new();
        let inputs = self.resolve(store, |wanted| {
            let answer = self.answer(wanted, around)?;
            missing.extend(missing::missing(wanted, &answer));
            Ok(answer)
        })?;
        let rendered = if missing.is_empty() || self.settings.absent == Absent::Reported {
            render(&inputs)
        } else {
            let store = inputs.store().clone();
            render(&self.completed(store, &self.settings.operator, around)?)
        };
        Ok(Rendering {
            inputs,
            missing,
            rendered,
        })
    }

    /// What a FeatureStore is rendered with before and after the upgrade, if there is one.
    pub(super) fn upgraded(&self, store: &Admitted, around: &Around) -> Option<[Inputs; 2]> {
        let after = &self.settings.operator;
        let before = OperatorSettings {
            release: self.settings.upgraded_from?,
            ..after.clone()
        };
        let inputs = |operator| self.completed(store.clone(), operator, around).ok();
        Some([inputs(&before)?, inputs(after)?])
    }

    /// What a FeatureStore is rendered with, with placeholders if they are asked for.
    fn completed(
        &self,
        store: Admitted,
        operator: &OperatorSettings,
        around: &Around,
    ) -> Result<Inputs, WrongAnswer> {
        let placeholders = match self.settings.absent {
            Absent::Reported => |_: &Wanted, answer| answer,
            Absent::Filled => missing::fill,
            Absent::Assumed => missing::assume,
        };
        try_resolve(store, operator, &self.settings.now, |wanted| {
            Ok(placeholders(wanted, self.answer(wanted, around)?))
        })
    }

    fn resolve(
        &self,
        store: Admitted,
        lookup: impl FnMut(&Wanted) -> Result<Answer, WrongAnswer>,
    ) -> Result<Inputs, WrongAnswer> {
        try_resolve(store, &self.settings.operator, &self.settings.now, lookup)
    }

    fn answer(&self, wanted: &Wanted, around: &Around) -> Result<Answer, WrongAnswer> {
        if wanted.is_live() {
            wanted.among(&self.live)
        } else {
            Ok(around.answer(wanted))
        }
    }
}
