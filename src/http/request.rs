//! A request as the caller's HTTP client wants it, in parts.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use super::Method;
use crate::wire::Frame;

/// A request in parts: what to send, and nothing sent. Its answer goes to [`Session::handle`](super::Session::handle) together with it.
#[derive(Clone)]
pub struct Request {
    method: Method,
    /// Path, and the query where there is one.
    target: String,
    path_len: usize,
    /// The form; empty for a query.
    form: String,
    /// The parameters without secrets, to be shown.
    masked: String,
    pub(super) purpose: Purpose,
    pub(super) cookie: Option<String>,
    pub(super) authorization: Option<String>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Challenge,
    Login,
    Logoff,
    WaitEvent,
    Other,
}

impl Purpose {
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

impl Request {
    pub(super) fn new(method: Method, path: String, parameters: String, masked: String, purpose: Purpose) -> Self {
        let path_len = path.len();
        let (target, form) = match method {
            Method::Get => (format!("{path}?{parameters}"), String::new()),
            Method::Post => (path, parameters),
        };
        Self {
            method,
            target,
            path_len,
            form,
            masked,
            purpose,
            cookie: None,
            authorization: None,
            patience: Duration::ZERO,
            number: 0,
            polled: false,
            #[cfg(feature = "md5")]
            attempt: 0,
        }
    }

    /// `GET` or `POST`.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// What stands in the request line: the path, and the query of a GET.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The path alone.
    pub fn path(&self) -> &str {
        self.target.get(..self.path_len).unwrap_or_default()
    }

    /// The parameters, percent-encoded, wherever they travel. They may hold a password.
    pub fn parameters(&self) -> &str {
        match self.method {
            Method::Get => self.target.get(self.path_len + 1..).unwrap_or_default(),
            Method::Post => &self.form,
        }
    }

    /// The body: the form of a POST, nothing for a GET.
    pub fn body(&self) -> &[u8] {
        self.form.as_bytes()
    }

    /// The headers that have to be sent beside those that any HTTP client sends by itself (`Host`, `Content-Length`): `Content-Type`, `Cookie`, `Authorization`, where there are such. The latter two
    /// are secrets.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let form = (self.method == Method::Post).then_some(("Content-Type", "application/x-www-form-urlencoded"));
        let cookie = self.cookie.as_deref().map(|cookie| ("Cookie", cookie));
        let authorization = self.authorization.as_deref().map(|answer| ("Authorization", answer));
        [form, cookie, authorization].into_iter().flatten()
    }

    /// How long the server may hold back the answer on purpose: nothing but for `WaitEvent`. A client's own deadline has to be longer.
    pub const fn patience(&self) -> Duration {
        self.patience
    }
}

impl fmt::Debug for Request {
    /// Without password, cookie and credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method.as_str())
            .field("path", &self.path())
            .field("parameters", &self.masked)
            .field("cookie", &self.cookie.is_some())
            .field("authorization", &self.authorization.is_some())
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
