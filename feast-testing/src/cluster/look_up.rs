//! Answers to look-ups of rendering.

use feast_render::{Answer, Wanted, WrongAnswer};

use super::{Key, Store};

impl Store {
    /// Looks up an object for rendering.
    ///
    /// # Errors
    ///
    /// An object does not match its kind.
    pub fn look_up(&self, wanted: &Wanted) -> Result<Answer, WrongAnswer> {
        if let Some(object) = wanted.object() {
            return wanted.read(self.get(&Key::from(object)).cloned());
        }
        let objects = self.objects().iter();
        let found = objects.filter(|(key, object)| wanted.selects(&(*key).into(), object));
        wanted.read(found.map(|(_, object)| object.clone()))
    }
}
