//! Builds the comma list of `NAME=value` that parameters such as `Variable` of Originate take.

use super::comma_list::quote_into;
use super::{CommaList, ToWire};
use crate::error::{EncodeError, Refusal};
use alloc::vec::Vec;
use core::fmt;

/// Channel variables to send in one header, quoted so that the server sets exactly these values.
///
/// One header has room for 63: the server doesn't unquote a 64th. `Variable` may be repeated, so
/// more go into another list. A line that is sent may have 1022 bytes, which this list doesn't
/// check. (Asterisk `main/manager.c`.)
///
/// ```
/// use ami_proto::value::{Assignments, ToWire};
///
/// let mut variables = Assignments::new();
/// variables.set("CALLER", "Doe, J.")?.set("CHANNEL(language)", "de")?;
///
/// let mut out = Vec::new();
/// variables.to_wire(&mut out);
/// assert_eq!(out, br"CALLER=Doe\, J.,CHANNEL\(language\)=de");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Assignments {
    list: Vec<u8>,
    len: usize,
}

impl Assignments {
    /// How many go into one list.
    pub const MAX: usize = CommaList::MAX_ITEMS - 1;

    /// An empty list.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self { list: Vec::new(), len: 0 }
    }

    /// Adds a variable, or a function such as `CHANNEL(language)`.
    ///
    /// The order is kept. Where a name occurs twice it is the server's action that decides which
    /// one holds.
    ///
    /// # Errors
    /// Where the server could not read it back; the list is then as it was. The field is the
    /// variable's name.
    ///
    /// ```
    /// use ami_proto::error::Refusal;
    /// use ami_proto::value::Assignments;
    ///
    /// let error = Assignments::new().set("A=B", "1").unwrap_err();
    /// assert_eq!((error.field(), error.refusal()), ("A=B", Refusal::VariableName));
    /// ```
    #[inline]
    pub fn set(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Result<&mut Self, EncodeError> {
        let name = name.as_ref();
        if name.is_empty() || name.contains(&b'=') {
            return Err(EncodeError::new(name, Refusal::VariableName));
        }
        if self.len >= Self::MAX {
            return Err(EncodeError::new(name, Refusal::ListFull { max: Self::MAX }));
        }
        if self.len > 0 {
            self.list.push(b',');
        }
        quote_into(name, &mut self.list);
        self.list.push(b'=');
        quote_into(value.as_ref(), &mut self.list);
        self.len += 1;
        Ok(self)
    }

    /// How many variables are in it.
    #[must_use]
    #[inline]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The list as it goes on the wire.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.list
    }
}

impl ToWire for Assignments {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.list);
    }
}

impl fmt::Debug for Assignments {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Assignments(\"{}\")", self.list.escape_ascii())
    }
}
