//! Whether a field may be set, without serializing what is not on its path.

use std::fmt::Error;

use serde::ser::{Impossible, Serialize, SerializeSeq, SerializeStruct, Serializer};

use super::split;

/// Whether a value may have a field at a path, in which `[]` stands for each list element. False only
/// if it has none.
pub(super) fn may_have(value: &impl Serialize, path: &str) -> bool {
    value.serialize(Step::Field(path)).unwrap_or(true)
}

/// What to look for in a value.
#[derive(Clone, Copy)]
enum Step<'p> {
    /// A path below an object.
    Field(&'p str),
    /// A path below each element of a list.
    Elements(&'p str),
}

/// A list or object that is searched.
struct Search<'p> {
    step: Step<'p>,
    found: bool,
}

impl<'p> Step<'p> {
    fn search(self) -> Search<'p> {
        Search {
            step: self,
            found: false,
        }
    }
}

/// Values that have no fields.
macro_rules! nothing {
    ($($method:ident($($type:ty),*))+) => {$(
        fn $method(self, $(_: $type),*) -> Result<bool, Error> {
            Ok(false)
        }
    )+};
}

/// Forms of values that are not searched: what looks for a field there may find it.
macro_rules! impossible {
    ($($method:ident($($type:ty),*))+) => {$(
        fn $method(self, $(_: $type),*) -> Result<Impossible<bool, Error>, Error> {
            Err(Error)
        }
    )+};
}

impl<'p> Serializer for Step<'p> {
    type Ok = bool;
    type Error = Error;
    type SerializeSeq = Search<'p>;
    type SerializeTuple = Impossible<bool, Error>;
    type SerializeTupleStruct = Impossible<bool, Error>;
    type SerializeTupleVariant = Impossible<bool, Error>;
    type SerializeMap = Impossible<bool, Error>;
    type SerializeStruct = Search<'p>;
    type SerializeStructVariant = Impossible<bool, Error>;

    nothing! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32)
        serialize_i64(i64) serialize_u8(u8) serialize_u16(u16) serialize_u32(u32)
        serialize_u64(u64) serialize_f32(f32) serialize_f64(f64) serialize_char(char)
        serialize_str(&str) serialize_bytes(&[u8]) serialize_none() serialize_unit()
        serialize_unit_struct(&'static str) serialize_unit_variant(&'static str, u32, &'static str)
    }

    impossible! {
        serialize_map(Option<usize>) serialize_tuple(usize)
        serialize_tuple_struct(&'static str, usize)
        serialize_tuple_variant(&'static str, u32, &'static str, usize)
        serialize_struct_variant(&'static str, u32, &'static str, usize)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<bool, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<bool, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<bool, Error> {
        Err(Error)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Search<'p>, Error> {
        Ok(self.search())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Search<'p>, Error> {
        Ok(self.search())
    }
}

impl SerializeSeq for Search<'_> {
    type Ok = bool;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        if let Step::Elements(below) = self.step {
            self.found |= value.serialize(Step::Field(below))?;
        }
        Ok(())
    }

    fn end(self) -> Result<bool, Error> {
        Ok(self.found)
    }
}

impl SerializeStruct for Search<'_> {
    type Ok = bool;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let Step::Field(path) = self.step else {
            return Ok(());
        };
        let (name, is_list, below) = split(path);
        if name == key {
            self.found |= match below {
                None => true,
                Some(below) if is_list => value.serialize(Step::Elements(below))?,
                Some(below) => value.serialize(Step::Field(below))?,
            };
        }
        Ok(())
    }

    fn end(self) -> Result<bool, Error> {
        Ok(self.found)
    }
}
