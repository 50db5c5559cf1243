//! The rendering of a FeatureStore, given the input.

use feast_api::Admitted;
use feast_render::{
    Answer, Error, Inputs, ObjectRef, OperatorSettings, Rendered, Wanted, WrongAnswer, preview,
    render, try_resolve,
};

use super::{Absent, Around, Checker};
use crate::missing::{self, Missing};

/// The rendering of a FeatureStore, or the error.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rendering {
    /// The resolved references, without placeholders.
    pub inputs: Inputs,
    /// The missing references.
    pub missing: Vec<Missing>,
    /// Objects, documents and status, with placeholders if requested.
    pub rendered: Result<Rendered, Error>,
}

impl Checker {
    /// Renders a FeatureStore as the operator would, with the objects around it.
    ///
    /// # Errors
    ///
    /// A live object does not match its kind.
    pub fn render(&self, store: Admitted, around: &Around) -> Result<Rendering, WrongAnswer> {
        let mut missing = Vec::new();
        let inputs = self.resolve(store, &self.settings.operator, |wanted| {
            let answer = self.known(wanted, around)?;
            missing.extend(missing::missing(wanted, &answer));
            Ok(answer)
        })?;
        let is_assumed = |missing: &Missing| self.assumed.contains(&missing.object);
        let is_filled = !self.reports() || missing.iter().any(is_assumed);
        let rendered = if missing.is_empty() || !is_filled {
            render(&inputs)
        } else {
            let store = inputs.store().clone();
            render(&self.completed(store, &self.settings.operator, around)?)
        };
        missing.retain(|missing| !is_assumed(missing));
        Ok(Rendering {
            inputs,
            missing,
            rendered,
        })
    }

    /// The rendering inputs before and after the upgrade, if there is one.
    pub(super) fn upgraded(&self, store: &Admitted, around: &Around) -> Option<[Inputs; 2]> {
        let after = &self.settings.operator;
        let before = OperatorSettings {
            release: self.settings.upgraded_from?,
            ..after.clone()
        };
        let inputs = |operator| self.completed(store.clone(), operator, around).ok();
        Some([inputs(&before)?, inputs(after)?])
    }

    /// The rendering inputs, with placeholders if requested.
    fn completed(
        &self,
        store: Admitted,
        operator: &OperatorSettings,
        around: &Around,
    ) -> Result<Inputs, WrongAnswer> {
        let placeholders = match self.settings.absent {
            Absent::Reported | Absent::Lacking => |_: &Wanted, answer| answer,
            Absent::Filled => missing::fill,
            Absent::Assumed => missing::assume,
        };
        self.resolve(store, operator, |wanted| {
            Ok(placeholders(wanted, self.answer(wanted, around)?))
        })
    }

    fn resolve(
        &self,
        store: Admitted,
        operator: &OperatorSettings,
        lookup: impl FnMut(&Wanted) -> Result<Answer, WrongAnswer>,
    ) -> Result<Inputs, WrongAnswer> {
        let now = &self.settings.now;
        if self.live.is_empty() {
            preview(store, operator, now, lookup)
        } else {
            try_resolve(store, operator, now, lookup)
        }
    }

    /// Whether nothing replaces missing objects.
    fn reports(&self) -> bool {
        matches!(self.settings.absent, Absent::Reported | Absent::Lacking)
    }

    /// Answers look-ups from the input or the cluster. Placeholders replace objects that are
    /// [assumed](Self::assuming) to exist.
    ///
    /// # Errors
    ///
    /// A live object does not match its kind.
    pub fn answer(&self, wanted: &Wanted, around: &Around) -> Result<Answer, WrongAnswer> {
        let answer = self.known(wanted, around)?;
        let object = wanted.object().filter(|_| !wanted.is_live());
        Ok(
            if object.is_some_and(|object| self.assumed.contains(object)) {
                missing::fill(wanted, answer)
            } else {
                answer
            },
        )
    }

    /// Known objects, without placeholders.
    fn known(&self, wanted: &Wanted, around: &Around) -> Result<Answer, WrongAnswer> {
        if wanted.is_live() {
            return wanted.among(&self.live);
        }
        let answer = around.answer(wanted);
        Ok(match wanted {
            Wanted::FeatureStore(object) if answer == Answer::Absent => self.elsewhere(object),
            _ => answer,
        })
    }

    /// A FeatureStore of the cluster that is in no text.
    fn elsewhere(&self, object: &ObjectRef) -> Answer {
        let namespace = object.namespace.clone().unwrap_or_default();
        let known = self.known.get(&(namespace, object.name.clone()));
        known.cloned().into()
    }
}
