//! A request with the session's cookie or credentials, and the facts needed to read its response.

use core::fmt;
use core::ops::Deref;
use core::time::Duration;

use crate::http_request::Request;
use crate::wiped::WipedText;
use crate::wire::Frame;

/// A request of a [`Session`](super::Session), with its cookie or its credentials, to be sent
/// unchanged. It dereferences to a [`Request`], which has method, target and body.
///
/// `Debug` shows neither the body nor the secrets in target and headers; the getters do.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedRequest {
    request: Request,
    pub(super) context: Context,
}

impl SignedRequest {
    pub(super) fn new(request: Request, purpose: Purpose) -> Self {
        Self { request, context: Context { purpose, ..Context::default() } }
    }

    /// Returns the headers to send besides those that any HTTP client sends by itself (`Host`,
    /// `Content-Length`): `Content-Type`, and `Cookie` and `Authorization`, which are secrets.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let cookie = self.context.cookie.as_deref().map(|cookie| ("Cookie", cookie));
        let authorization = self.context.authorization.as_deref().map(|answer| ("Authorization", answer));
        self.request.headers().chain([cookie, authorization].into_iter().flatten())
    }

    /// Returns the parameters, from the query or the form, percent-encoded. They may hold a
    /// password.
    pub fn parameters(&self) -> &str {
        let form = || core::str::from_utf8(self.request.body()).unwrap_or_default();
        self.request.target().get(self.request.path().len() + 1..).unwrap_or_else(form)
    }

    /// Returns how long the server may delay the response on purpose: zero for all actions except
    /// `WaitEvent`. The HTTP client's timeout has to be longer.
    pub const fn patience(&self) -> Duration {
        self.context.patience
    }
}

impl Deref for SignedRequest {
    type Target = Request;

    fn deref(&self) -> &Request {
        &self.request
    }
}

impl fmt::Debug for SignedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.request.fmt(f)
    }
}

/// Facts about a request that the session needs to read its response.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) purpose: Purpose,
    pub(super) cookie: Option<WipedText>,
    pub(super) authorization: Option<WipedText>,
    pub(super) patience: Duration,
    /// Number given by the session, counted from 1.
    pub(super) number: u64,
    /// True if `poll_request` returned the request.
    pub(super) polled: bool,
    /// Number of times that it has been sent again with another answer to a challenge.
    #[cfg(feature = "md5")]
    pub(super) attempt: u8,
}

/// Kind of a request, which decides how its response is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Purpose {
    Challenge,
    Login,
    Logoff,
    WaitEvent,
    #[default]
    Other,
}

impl Purpose {
    /// Returns whether only a response frame is a valid answer. Other actions may be answered by
    /// text, and the body of a wait is passed on in any case.
    pub(super) const fn is_answered_by_response(self) -> bool {
        matches!(self, Self::Challenge | Self::Login | Self::Logoff)
    }

    pub(super) fn of(frame: Frame<'_>) -> Self {
        let Some(name) = frame.name() else { return Self::Other };
        [
            ("Challenge", Self::Challenge),
            ("Login", Self::Login),
            ("Logoff", Self::Logoff),
            ("WaitEvent", Self::WaitEvent),
        ]
        .into_iter()
        .find_map(|(word, purpose)| name.eq_ignore_case(word).then_some(purpose))
        .unwrap_or(Self::Other)
    }
}
