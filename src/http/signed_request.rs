//! A request with what the session adds: the headers that prove who asks, and what its answer will
//! mean.

use core::fmt;
use core::ops::Deref;
use core::time::Duration;

use crate::http_request::Request;
use crate::wiped::WipedText;
use crate::wire::Frame;

/// A request of a [`Session`](super::Session), with its cookie or its credentials. It is for
/// sending as it is: what it dereferences to, a [`Request`], tells method, target and body.
///
/// `Debug` shows neither the body nor what is secret in target and headers; the getters do.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedRequest {
    request: Request,
    pub(super) context: Context,
}

impl SignedRequest {
    pub(super) fn new(request: Request, purpose: Purpose) -> Self {
        Self { request, context: Context { purpose, ..Context::default() } }
    }

    /// Returns the headers that have to be sent beside those that any HTTP client sends by itself
    /// (`Host`, `Content-Length`): `Content-Type`; and `Cookie` and `Authorization`, which are
    /// secrets.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let cookie = self.context.cookie.as_deref().map(|cookie| ("Cookie", cookie));
        let authorization = self.context.authorization.as_deref().map(|answer| ("Authorization", answer));
        self.request.headers().chain([cookie, authorization].into_iter().flatten())
    }

    /// Returns the parameters wherever they travel, in the query or as a form, percent-encoded.
    /// They may hold a password.
    pub fn parameters(&self) -> &str {
        let form = || core::str::from_utf8(self.request.body()).unwrap_or_default();
        self.request.target().get(self.request.path().len() + 1..).unwrap_or_else(form)
    }

    /// Returns how long the server may hold back the answer on purpose: nothing but for
    /// `WaitEvent`. A client's own deadline has to be longer.
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

/// What the session notes on a request, to know what its answer means.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) purpose: Purpose,
    pub(super) cookie: Option<WipedText>,
    pub(super) authorization: Option<WipedText>,
    pub(super) patience: Duration,
    /// Given by the session, from 1.
    pub(super) number: u64,
    /// Whether the session itself asked for it.
    pub(super) polled: bool,
    /// How often it has been sent again with another answer to a challenge.
    #[cfg(feature = "md5")]
    pub(super) attempt: u8,
}

/// What the session has to know about a request when its answer comes.
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
    /// Returns whether only a response moves the session on. Other actions may be answered by text,
    /// and the body of a wait is handed on in any case.
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
