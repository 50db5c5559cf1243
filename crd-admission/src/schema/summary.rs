//! Facts about a node that follow from its descendants.

use std::collections::BTreeSet;
use std::ops::Deref;

use super::{List, Property, Schema};
use crate::rule::{Evaluator, PlacedRule};

impl Schema {
    /// Sets those fields.
    pub(super) fn sum_up(&mut self) {
        let has_default =
            |(at, property): (usize, &Property)| property.schema.default.is_some().then_some(at);
        self.defaulted = self
            .properties
            .iter()
            .enumerate()
            .filter_map(has_default)
            .collect();
        let required: BTreeSet<_> = self.required.iter().collect();
        let is_defaulted = |name: &str| {
            let property = self.property(name);
            property.is_some_and(|property| property.default.is_some())
        };
        let demanded = required.into_iter().filter(|name| !is_defaulted(name));
        self.demanded = demanded.count();
        self.is_narrowed = self.format.is_some()
            || self.pattern.is_some()
            || self.min_length.is_some()
            || self.max_length.is_some()
            || self.minimum.is_some()
            || self.has_more()
            || !self.one_of_values.is_empty();
        let is_compiled = |rule: &PlacedRule| matches!(rule.evaluator, Evaluator::Compiled(_));
        self.has_compiled_rules =
            self.rules.iter().any(is_compiled) || self.parts().any(|part| part.has_compiled_rules);
        self.has_rules = !self.rules.is_empty() || self.parts().any(|part| part.has_rules);
        self.has_unique_lists =
            self.list != List::Atomic || self.parts().any(|part| part.has_unique_lists);
        self.has_embedded = self.is_embedded || self.parts().any(|part| part.has_embedded);
    }

    fn parts(&self) -> impl Iterator<Item = &Self> {
        let properties = self.properties.iter().map(|property| &property.schema);
        let others = self.items.iter().chain(&self.additional);
        properties.chain(others).map(Deref::deref)
    }
}
