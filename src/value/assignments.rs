//! Builds the comma list of `NAME=value` that parameters such as `Variable` of Originate take.

use super::comma_list::quote_into;
use super::{CommaList, ToWire};
use crate::error::{EncodeError, Refusal};
use alloc::vec::Vec;
use core::fmt;

/// Channel variables to send in one header, quoted so that the server sets exactly these values.
///
/// One header has room for 63 variables: the server does not unquote a 64th. `Variable` may be
/// repeated, so more variables go into another list. A line that is sent may have 1022 bytes, which
/// this list does not check. (Asterisk `main/manager.c`.)
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
    /// Most variables in one list.
    pub const MAX: usize = CommaList::MAX_ITEMS - 1;

    /// Creates an empty list.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self { list: Vec::new(), len: 0 }
    }

    /// Adds a variable, or a function such as `CHANNEL(language)`.
    ///
    /// The list keeps the order. If a name occurs twice, the server's action decides which value is
    /// used.
    ///
    /// # Errors
    /// The server could not read the variable back; the list is then unchanged. The error's field
    /// is the variable's name.
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

    /// Returns the number of variables in the list.
    #[must_use]
    #[inline]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Returns whether the list is empty.
    #[must_use]
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the list in its wire form.
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
