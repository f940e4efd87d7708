//! Checks of arguments that several dialects share.

use super::error::RequestError;

/// Returns a participant's number.
pub(super) fn number(id: &str) -> Result<u32, RequestError> {
    let digits = id.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { id.parse().ok() } else { None };
    number.filter(|number| *number > 0).ok_or(RequestError::Argument {
        argument: "participant",
        reason: "participants are numbers from 1 here; list who is there",
    })
}

/// Returns a value that isn't empty, for servers that take an empty one for none.
pub(super) fn given<'a>(argument: &'static str, value: &'a str) -> Result<&'a str, RequestError> {
    let reason = "it is empty, and the server would take it for none";
    if value.is_empty() { Err(RequestError::Argument { argument, reason }) } else { Ok(value) }
}
