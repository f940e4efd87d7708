//! Checks of arguments that several dialects share.

use crate::error::{EncodeError, Refusal};

/// Returns a participant's number.
pub(super) fn member_number(id: &str) -> Result<u32, EncodeError> {
    let digits = id.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { id.parse().ok() } else { None };
    number.filter(|number| *number > 0).ok_or_else(|| EncodeError::new("participant", Refusal::Member))
}

/// Returns a value that isn't empty, for servers that take an empty one for none.
pub(super) fn given<'a>(argument: &'static str, value: &'a str) -> Result<&'a str, EncodeError> {
    if value.is_empty() { Err(EncodeError::new(argument, Refusal::EmptyValue)) } else { Ok(value) }
}
