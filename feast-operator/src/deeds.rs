//! What a pass did, for reports.

use std::collections::BTreeMap;

use feast_render::ObjectRef;

/// What was done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Deed {
    /// It was taken over from the reference operator.
    Adopted,
    /// It was created.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
}

impl Deed {
    /// Reason of the event that reports it.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Adopted => "Adopted",
            Self::Created => "Created",
            Self::Updated => "Updated",
            Self::Deleted => "Deleted",
        }
    }
}

/// What a pass did to which objects, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deeds(BTreeMap<Deed, Vec<ObjectRef>>);

impl Deeds {
    /// Records what was done, if anything.
    pub fn add(&mut self, object: &ObjectRef, deed: Option<Deed>) {
        if let Some(deed) = deed {
            self.0.entry(deed).or_default().push(object.clone());
        }
    }

    /// For each kind of action, a note with kinds and names of the objects, but not their contents.
    pub fn notes(&self) -> impl Iterator<Item = (Deed, String)> {
        self.0.iter().map(|(deed, objects)| {
            let names = objects.iter();
            let names = names.map(|object| format!("{} {}", object.kind, object.name));
            (*deed, names.collect::<Vec<_>>().join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::apps::v1::Deployment;
    use k8s_openapi::api::core::v1::Service;

    #[test]
    fn a_note_for_each_kind_of_action() {
        let (one, two) = (
            ObjectRef::new::<Service>(Some("ml"), "one"),
            ObjectRef::new::<Deployment>(Some("ml"), "two"),
        );
        let mut deeds = Deeds::default();
        deeds.add(&two, Some(Deed::Deleted));
        deeds.add(&one, Some(Deed::Created));
        deeds.add(&one, None);
        deeds.add(&two, Some(Deed::Created));
        let notes: Vec<_> = deeds.notes().collect();
        let created = (Deed::Created, "Service one, Deployment two".to_owned());
        assert_eq!(
            notes,
            [created, (Deed::Deleted, "Deployment two".to_owned())]
        );
    }
}
