//! Names the results of a reload, which the wire has as numbers from 12 on and as words up to 11.

use super::bytes::trim;
use super::open::open_words;
use super::{FromWire, ValueError};

open_words! {
    /// Result of a reload: `Status` of `Reload`.
    ///
    /// The numbers are those of Asterisk's `include/asterisk/module.h`, from 12 on. Up to 11 a
    /// module says whether it is enabled now. Anything else survives as `Other`.
    ///
    /// ```
    /// use ami_proto::value::{FromWire, ReloadStatus};
    ///
    /// let status = ReloadStatus::from_wire(b"2")?;
    /// assert_eq!(status, ReloadStatus::NotFound);
    /// assert_eq!(status.description(), Some("No such module"));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    ReloadStatus {
        /// The module has been reloaded.
        Done = b"0",
        /// The reload comes later: the server is still starting.
        Queued = b"1",
        /// There is no such module, or it is not loaded.
        NotFound = b"2",
        /// The module could not be reloaded.
        Error = b"3",
        /// Another reload is going on.
        InProgress = b"4",
        /// The module has not been started, so that it has nothing to reload.
        Uninitialized = b"5",
        /// The module can't be reloaded.
        NotSupported = b"6",
        /// Up to 11: the module was read again, and is enabled.
        Enabled = b"Enabled",
        /// Up to 11: the module was read again, and is disabled.
        Disabled = b"Disabled",
    }
}

impl ReloadStatus<'_> {
    /// Says the result in words; `None` for what isn't listed.
    #[must_use]
    #[inline]
    pub const fn description(self) -> Option<&'static str> {
        Some(match self {
            Self::Done => "Reloaded",
            Self::Queued => "Queued",
            Self::NotFound => "No such module",
            Self::Error => "Failed",
            Self::InProgress => "Another reload is in progress",
            Self::Uninitialized => "Module not started",
            Self::NotSupported => "Module can't be reloaded",
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::Other(_) => return None,
        })
    }
}

/// Never fails; blanks around a known word don't count.
impl<'a> FromWire<'a> for ReloadStatus<'a> {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        Ok(Self::known(trim(bytes).1).unwrap_or(Self::Other(bytes)))
    }
}
