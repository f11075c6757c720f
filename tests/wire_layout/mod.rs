//! Reads the layout of types off example values, by a serializer that notes types in place of values.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{
    self, Impossible, Serialize, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTupleVariant,
    Serializer,
};
use serde_json::{Value, json};

/// For each enum the positions of its variants and the types of their contents.
///
/// A type is a string (`"u32"`, `"text"`), `{"list": type}`, `{"option": type}`, `{"struct": [[name, type], …]}`,
/// `{"tuple": [type, …]}`, or `{"enum": name}`.
#[derive(Debug, Default)]
pub(crate) struct Layouts {
    enums: RefCell<BTreeMap<&'static str, BTreeMap<&'static str, Variant>>>,
}

#[derive(Debug, PartialEq)]
struct Variant {
    position: u32,
    /// `None` for a variant without content.
    content: Option<Value>,
}

impl Layouts {
    /// Notes the layouts of all enums in a value. Lists must not be empty and options not `None`, or their contents
    /// would stay unknown.
    pub(crate) fn add<T: Serialize>(&mut self, value: &T) {
        value.serialize(Types(self)).expect("lists and options of an example have contents");
    }

    /// Checks that no variant before a known one lacks an example.
    pub(crate) fn check_positions(&self) {
        for (name, variants) in self.enums.borrow().iter() {
            let mut positions: Vec<u32> = variants.values().map(|variant| variant.position).collect();
            positions.sort_unstable();
            assert!(
                positions.iter().copied().eq(0..positions.len() as u32),
                "{name} has an example of {positions:?} only"
            );
        }
    }

    /// Returns `{enum: {variant: {"position": number, "content": type}}}`.
    pub(crate) fn into_json(self) -> Value {
        let json = |variant: Variant| match variant.content {
            Some(content) => json!({ "position": variant.position, "content": content }),
            None => json!({ "position": variant.position }),
        };
        let variants = |variants: BTreeMap<&'static str, Variant>| {
            variants.into_iter().map(|(name, variant)| (name.to_owned(), json(variant))).collect::<Value>()
        };
        self.enums.into_inner().into_iter().map(|(name, of)| (name.to_owned(), variants(of))).collect()
    }

    fn note(&self, name: &'static str, position: u32, variant: &'static str, content: Option<Value>) -> Value {
        let noted = Variant { position, content };
        let mut enums = self.enums.borrow_mut();
        let known = enums.entry(name).or_default().entry(variant);
        let known = known.or_insert_with(|| Variant { position, content: noted.content.clone() });
        assert_eq!(*known, noted, "{name}::{variant} has two layouts");
        json!({ "enum": name })
    }
}

/// Serializes a value as its type.
#[derive(Clone, Copy)]
struct Types<'a>(&'a Layouts);

/// The types of a value's parts, as far as they have been serialized.
struct Parts<'a> {
    types: Types<'a>,
    parts: Vec<Value>,
    /// The enum's name, the variant's position and its name, for parts of a variant.
    variant: Option<(&'static str, u32, &'static str)>,
}

#[derive(Debug)]
struct Unknown(String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unknown {}

impl ser::Error for Unknown {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl<'a> Types<'a> {
    fn parts(self, variant: Option<(&'static str, u32, &'static str)>) -> Parts<'a> {
        Parts { types: self, parts: Vec::new(), variant }
    }
}

impl Parts<'_> {
    fn end(self, kind: &str) -> Value {
        let content = json!({ kind: self.parts });
        match self.variant {
            Some((name, position, variant)) => self.types.0.note(name, position, variant, Some(content)),
            None => content,
        }
    }
}

/// Methods of a serializer that return a type's name.
macro_rules! plain {
    ($($method:ident: $type:ty => $name:literal,)*) => {
        $(fn $method(self, _: $type) -> Result<Value, Unknown> {
            Ok(json!($name))
        })*
    };
}

/// Methods of a serializer for what no message has.
macro_rules! absent {
    ($($method:ident($($argument:ty),*) -> $ok:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$ok, Unknown> {
            Err(Unknown(concat!("this fixture has no layout for ", stringify!($method)).to_owned()))
        })*
    };
}

impl<'a> Serializer for Types<'a> {
    type Ok = Value;
    type Error = Unknown;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Impossible<Value, Unknown>;
    type SerializeTupleStruct = Impossible<Value, Unknown>;
    type SerializeTupleVariant = Parts<'a>;
    type SerializeMap = Impossible<Value, Unknown>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = Parts<'a>;

    plain! {
        serialize_bool: bool => "bool",
        serialize_u8: u8 => "u8",
        serialize_u32: u32 => "u32",
        serialize_u64: u64 => "u64",
        serialize_f32: f32 => "f32",
        serialize_f64: f64 => "f64",
        serialize_str: &str => "text",
    }

    absent! {
        serialize_i8(i8) -> Value;
        serialize_i16(i16) -> Value;
        serialize_i32(i32) -> Value;
        serialize_i64(i64) -> Value;
        serialize_u16(u16) -> Value;
        serialize_char(char) -> Value;
        serialize_bytes(&[u8]) -> Value;
        serialize_unit() -> Value;
        serialize_unit_struct(&'static str) -> Value;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_map(Option<usize>) -> Self::SerializeMap;
    }

    fn serialize_none(self) -> Result<Value, Unknown> {
        Err(Unknown("an option of an example is None".to_owned()))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Unknown> {
        Ok(json!({ "option": value.serialize(self)? }))
    }

    fn serialize_unit_variant(self, name: &'static str, at: u32, variant: &'static str) -> Result<Value, Unknown> {
        Ok(self.0.note(name, at, variant, None))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Value, Unknown> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        at: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Unknown> {
        let content = value.serialize(self)?;
        Ok(self.0.note(name, at, variant, Some(content)))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a>, Unknown> {
        Ok(self.parts(None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'a>, Unknown> {
        Ok(self.parts(None))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        at: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Unknown> {
        Ok(self.parts(Some((name, at, variant))))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        at: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Unknown> {
        Ok(self.parts(Some((name, at, variant))))
    }
}

impl SerializeSeq for Parts<'_> {
    type Ok = Value;
    type Error = Unknown;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unknown> {
        self.parts.push(value.serialize(self.types)?);
        Ok(())
    }

    fn end(self) -> Result<Value, Unknown> {
        let first = self.parts.first().ok_or_else(|| Unknown("a list of an example is empty".to_owned()))?;
        assert!(self.parts.iter().all(|part| part == first), "a list has parts of different types");
        Ok(json!({ "list": first }))
    }
}

impl SerializeTupleVariant for Parts<'_> {
    type Ok = Value;
    type Error = Unknown;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unknown> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value, Unknown> {
        Ok(Parts::end(self, "tuple"))
    }
}

impl SerializeStruct for Parts<'_> {
    type Ok = Value;
    type Error = Unknown;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Unknown> {
        let part = value.serialize(self.types)?;
        self.parts.push(json!([key, part]));
        Ok(())
    }

    fn end(self) -> Result<Value, Unknown> {
        Ok(Parts::end(self, "struct"))
    }
}

impl SerializeStructVariant for Parts<'_> {
    type Ok = Value;
    type Error = Unknown;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Unknown> {
        SerializeStruct::serialize_field(self, key, value)
    }

    fn end(self) -> Result<Value, Unknown> {
        Ok(Parts::end(self, "struct"))
    }
}
