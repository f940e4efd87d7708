//! Macros for three kinds of open values: bytes, a number with names, and a set of words. They keep
//! unknown values.

/// Defines a newtype over the value's bytes that takes and prints any bytes. The type's own file
/// adds the getters of the parts.
macro_rules! open_bytes {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<'a>(&'a [u8]);

        impl<'a> $name<'a> {
            /// Takes the bytes unchanged.
            #[must_use]
            #[inline]
            pub const fn new(bytes: &'a [u8]) -> Self {
                Self(bytes)
            }

            /// Returns the bytes unchanged.
            #[must_use]
            #[inline]
            pub const fn as_bytes(self) -> &'a [u8] {
                self.0
            }

            /// Returns the bytes as text.
            ///
            /// # Errors
            /// The bytes are not UTF-8; servers pass other encodings on.
            #[inline]
            pub const fn as_str(self) -> Result<&'a str, core::str::Utf8Error> {
                core::str::from_utf8(self.0)
            }
        }

        impl<'a> From<&'a [u8]> for $name<'a> {
            #[inline]
            fn from(bytes: &'a [u8]) -> Self {
                Self(bytes)
            }
        }

        impl<'a> From<&'a str> for $name<'a> {
            #[inline]
            fn from(text: &'a str) -> Self {
                Self(text.as_bytes())
            }
        }

        impl AsRef<[u8]> for $name<'_> {
            #[inline]
            fn as_ref(&self) -> &[u8] {
                self.0
            }
        }

        /// Never fails.
        impl<'a> crate::value::FromWire<'a> for $name<'a> {
            #[inline]
            fn from_wire(bytes: &'a [u8]) -> Result<Self, crate::value::ValueError> {
                Ok(Self(bytes))
            }
        }

        impl crate::value::ToWire for $name<'_> {
            #[inline]
            fn to_wire(&self, out: &mut alloc::vec::Vec<u8>) {
                out.extend_from_slice(self.0);
            }
        }

        impl core::fmt::Debug for $name<'_> {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "(\"{}\")"), self.0.escape_ascii())
            }
        }

        /// Writes the bytes, with U+FFFD in place of invalid UTF-8.
        impl core::fmt::Display for $name<'_> {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                crate::value::bytes::fmt_lossy(self.0, f)
            }
        }
    };
}
pub(super) use open_bytes;

/// Defines a newtype over a C `int` whose known numbers are constants.
macro_rules! open_number {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i32);

        impl $name {
            /// Takes any number, known or not.
            #[must_use]
            #[inline]
            pub const fn new(number: i32) -> Self {
                Self(number)
            }

            /// Returns the number on the wire.
            #[must_use]
            #[inline]
            pub const fn get(self) -> i32 {
                self.0
            }
        }

        impl From<i32> for $name {
            #[inline]
            fn from(number: i32) -> Self {
                Self(number)
            }
        }

        impl From<$name> for i32 {
            #[inline]
            fn from(value: $name) -> Self {
                value.0
            }
        }

        /// Reads any number that fits a C `int`.
        impl<'a> crate::value::FromWire<'a> for $name {
            #[inline]
            fn from_wire(bytes: &'a [u8]) -> Result<Self, crate::value::ValueError> {
                i32::from_wire(bytes).map(Self)
            }
        }

        impl crate::value::ToWire for $name {
            #[inline]
            fn to_wire(&self, out: &mut alloc::vec::Vec<u8>) {
                self.0.to_wire(out);
            }
        }

        /// Writes the number in decimal.
        impl core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
pub(super) use open_number;

/// Makes an open number a bit mask: these constants are its flags, smallest first.
macro_rules! flags {
    ($name:ident: $($flag:ident),+) => {
        impl $name {
            /// Returns whether every flag of `flags` is set; never for negative numbers on either
            /// side.
            #[must_use]
            #[inline]
            pub const fn contains(self, flags: Self) -> bool {
                self.0 >= 0 && flags.0 >= 0 && self.0 & flags.0 == flags.0
            }

            /// Returns the named flags that are set, smallest first; none of zero and of negative
            /// numbers.
            #[inline]
            pub fn flags(self) -> impl Iterator<Item = Self> {
                [$(Self::$flag),+].into_iter().filter(move |&flag| self.contains(flag))
            }
        }
    };
}
pub(super) use flags;

/// Defines an enum of words with `Other` for unknown ones. The type's own file reads the value.
macro_rules! open_words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name<'a> {
            $($(#[$vmeta])* $variant,)+
            /// A value that this crate does not know, byte for byte.
            Other(&'a [u8]),
        }

        impl<'a> $name<'a> {
            /// Returns the word on the wire, in the server's spelling.
            #[must_use]
            #[inline]
            pub const fn word(self) -> &'a [u8] {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(bytes) => bytes,
                }
            }

            /// Returns the value of a known word, in any case.
            fn known(word: &[u8]) -> Option<Self> {
                $(if word.eq_ignore_ascii_case($word) {
                    return Some(Self::$variant);
                })+
                None
            }
        }

        impl crate::value::ToWire for $name<'_> {
            #[inline]
            fn to_wire(&self, out: &mut alloc::vec::Vec<u8>) {
                out.extend_from_slice(self.word());
            }
        }

        impl core::fmt::Debug for $name<'_> {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self {
                    $(Self::$variant => f.write_str(stringify!($variant)),)+
                    Self::Other(bytes) => write!(f, "Other(\"{}\")", bytes.escape_ascii()),
                }
            }
        }

        /// Writes the word, with U+FFFD in place of invalid UTF-8.
        impl core::fmt::Display for $name<'_> {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                crate::value::bytes::fmt_lossy(self.word(), f)
            }
        }
    };
}
pub(super) use open_words;
