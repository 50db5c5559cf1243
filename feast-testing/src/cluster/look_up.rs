//! What a cluster answers to whoever renders.

use feast_render::{Answer, Wanted, WrongAnswer};

use super::{Key, Store};

impl Store {
    /// What there is of what rendering asks for.
    ///
    /// # Errors
    ///
    /// An object that is not what its kind says.
    pub fn look_up(&self, wanted: &Wanted) -> Result<Answer, WrongAnswer> {
        if let Some(object) = wanted.object() {
            return wanted.read(self.get(&Key::from(object)).cloned());
        }
        let objects = self.objects().iter();
        let found = objects.filter(|(key, object)| wanted.selects(&(*key).into(), object));
        wanted.read(found.map(|(_, object)| object.clone()))
    }
}
