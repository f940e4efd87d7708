//! Names the result codes of AGI commands.

use super::open::open_number;

open_number! {
    /// Result code of an AGI command: `ResultCode` of `AGIExecEnd`. Asynchronous AGI tells, in the
    /// `Result` of `AsyncAGIExec`, an [`AgiAnswer`](super::AgiAnswer), which begins with one.
    ///
    /// Takes any number that fits a C `int` (Asterisk `res/res_agi.c`).
    ///
    /// ```
    /// use ami_proto::value::{AgiResultCode, FromWire};
    ///
    /// let result = AgiResultCode::from_wire(b"510")?;
    /// assert_eq!(result, AgiResultCode::UNKNOWN_COMMAND);
    /// assert_eq!(result.description(), Some("Invalid or unknown command"));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    AgiResultCode
}

impl AgiResultCode {
    /// The command failed, mostly because the channel hung up.
    pub const FAILURE: Self = Self(-1);
    /// The command was carried out.
    pub const SUCCESS: Self = Self(200);
    /// There is no such command.
    pub const UNKNOWN_COMMAND: Self = Self(510);
    /// The command needs a channel that has not hung up.
    pub const DEAD_CHANNEL: Self = Self(511);
    /// The command has the wrong arguments.
    pub const USAGE: Self = Self(520);

    /// Says the result in words; `None` for a number that isn't listed.
    #[must_use]
    #[inline]
    pub const fn description(self) -> Option<&'static str> {
        Some(match self {
            Self::FAILURE => "Failure",
            Self::SUCCESS => "Success",
            Self::UNKNOWN_COMMAND => "Invalid or unknown command",
            Self::DEAD_CHANNEL => "Not permitted on a dead channel",
            Self::USAGE => "Usage",
            _ => return None,
        })
    }
}
