//! Responses that own their bytes.

use core::fmt;

use super::Response;
use crate::wire::OwnedFrame;

/// A [`Response`] kept beyond the buffer it was read from.
///
/// [`Handle::view`](crate::client::Handle::view) reads what it [lends](Self::view) as the action's
/// own response.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedResponse(OwnedFrame);

impl OwnedResponse {
    /// Lends the response again.
    pub fn view(&self) -> Response<'_> {
        self.0.view().into()
    }
}

impl Response<'_> {
    /// Copies it into storage of its own: one allocation.
    pub fn to_owned(self) -> OwnedResponse {
        OwnedResponse(self.frame().to_owned())
    }
}

/// Without a copy.
impl From<OwnedFrame> for OwnedResponse {
    fn from(frame: OwnedFrame) -> Self {
        Self(frame)
    }
}

impl fmt::Debug for OwnedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
