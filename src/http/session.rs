//! Session with the manager on a web server: cookie, login, and the wait for events.
//!
//! | where it is | what [`poll_request`](Session::poll_request) gives | what its answer leads to |
//! |---|---|---|
//! | out | `Login`; `Challenge` where the secret isn't to be sent | in; over after `Authentication failed` |
//! | in | `WaitEvent`, when the one before it has been answered | in |
//! | in, cookie run out or not known any more | `Login` | in |
//! | over: refused, or logged off | nothing | |
//!
//! A session with a digest endpoint is logged in from the start: each request carries its
//! credentials.

use alloc::string::ToString;
use core::fmt;
use core::time::Duration;
use std::time::Instant;

use super::cookie::Cookie;
use super::credentials::Credentials;
#[cfg(feature = "md5")]
use super::digest::{Asked, Digest};
use super::signed_request::{Purpose, SignedRequest};
use super::{Body, Endpoint, HttpError, RequestError};
use crate::action::{Action, Login, Logoff, WaitEvent};
#[cfg(feature = "md5")]
use crate::digest::login_key;
#[cfg(feature = "md5")]
use crate::http_request::refuse_control;
use crate::response::Response;
use crate::wiped::WipedText;
use crate::wire::{FrameKind, Limits};

/// Time before the expiry of the session at which the server ends a `WaitEvent` (Asterisk
/// `main/manager.c`, `action_waitevent`).
const MARGIN: Duration = Duration::from_secs(10);
/// The server's default `httptimeout`. A digest endpoint does not send its value.
const DEFAULT_AGE: Duration = Duration::from_secs(60);
/// Time between two `WaitEvent`s. The server looks for events once a second; asking more often
/// finds none.
const PAUSE: Duration = Duration::from_secs(1);
/// Most challenges answered for one request: the first, and one after a nonce that was stale by the
/// time its answer arrived.
#[cfg(feature = "md5")]
const ATTEMPTS: u8 = 2;

/// Result of a response.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<'body> {
    /// The frames of the response, including those with `Response: Error`.
    Answer(Body<'body>),
    /// The response is a challenge. Send this request in place of the one that was answered.
    Send(SignedRequest),
    /// A `WaitEvent` was ended by a newer one in the same session, which receives the events.
    Superseded,
    /// The server does not know the cookie that was sent: the session has expired, or the server
    /// was restarted. Events may have been missed. [`Session::poll_request`] logs in again; the
    /// request has not been carried out.
    SessionLost,
}

/// A session with the manager over HTTP, see the [module](super).
///
/// Several requests may be under way at once, each on its own connection: a `WaitEvent`, and
/// actions meanwhile.
#[derive(Clone)]
pub struct Session {
    endpoint: Endpoint,
    credentials: Credentials,
    limits: Limits,
    wait: Option<Duration>,
    place: Place,
    /// Value of the cookie, and the time at which the server forgets it.
    cookie: Option<WipedText>,
    expires: Option<Instant>,
    max_age: Option<Duration>,
    /// Number of the request from `poll_request` that has no response yet.
    polled: Option<u64>,
    /// Time at which `poll_request` returned its last request.
    asked: Option<Instant>,
    /// Time before which `poll_request` returns no request.
    pause: Option<Instant>,
    /// True if there was no successful `WaitEvent` since the last login.
    logged_in_anew: bool,
    requests: u64,
    #[cfg(feature = "md5")]
    digest: Option<Digest>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Out,
    In,
    Over,
}

impl Session {
    /// Creates a session that is not logged in.
    pub fn new(endpoint: Endpoint, credentials: Credentials) -> Self {
        Self {
            endpoint,
            credentials,
            limits: Limits::new(),
            wait: None,
            place: Place::Out,
            cookie: None,
            expires: None,
            max_age: None,
            polled: None,
            asked: None,
            pause: None,
            logged_in_anew: false,
            requests: 0,
            #[cfg(feature = "md5")]
            digest: None,
        }
    }

    /// Uses `/arawman` or `/amxml`: no login, but an answer to the server's challenge with every
    /// request. The first request always comes back as [`Outcome::Send`]. Needs the feature `md5`.
    ///
    /// `cnonce` is the client's share of the answers: any text that an attacker cannot guess, such
    /// as 16 random hexadecimal digits. If it or the user's name contains a control character no
    /// request can be made, since both stand in a header.
    #[cfg(feature = "md5")]
    #[must_use]
    pub fn with_digest(mut self, cnonce: &str) -> Self {
        self.endpoint.digest = true;
        self.place = Place::In;
        self.digest = Some(Digest::new(cnonce));
        self
    }

    /// Sets the limits for the bodies. Default: [`Limits::new`].
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how long a `WaitEvent` may wait at most. Default: as long as the server allows, which
    /// is 10 s less than the session lives.
    #[must_use]
    pub fn with_wait(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Returns whether the session is logged in, as far as is known.
    pub fn is_logged_in(&self, now: Instant) -> bool {
        self.place == Place::In && !self.has_expired(now)
    }

    /// Returns whether the session is over: the login was refused, or it was logged off.
    /// [`poll_request`](Self::poll_request) returns no more requests then.
    pub fn is_over(&self) -> bool {
        self.place == Place::Over
    }

    /// Returns when the server forgets the session unless another request is sent before. `None` if
    /// the session has no cookie yet.
    pub fn expires(&self) -> Option<Instant> {
        self.expires
    }

    /// Returns the request for an action, with the cookie or credentials of the session.
    ///
    /// # Errors
    /// The errors of [`Endpoint::request`]; with a digest, also if user name or cnonce cannot stand
    /// in a header.
    pub fn request(&mut self, action: &impl Action, action_id: Option<&str>) -> Result<SignedRequest, RequestError> {
        let mut request = self.endpoint.unsigned(action, action_id)?;
        if request.context.purpose == Purpose::WaitEvent {
            request.context.patience = self.longest_wait();
        }
        self.sign(request)
    }

    /// Returns the request for a `Logoff`, which ends the session.
    ///
    /// # Errors
    /// The prefix, or with a digest the user name or cnonce, cannot be sent.
    pub fn logoff(&mut self) -> Result<SignedRequest, RequestError> {
        self.request(&Logoff::new(), None)
    }

    /// Returns the next request that is due: the login, or the next `WaitEvent`. Two `WaitEvent`s
    /// are at least a second apart, since the server looks for events once a second. There is a
    /// pause of one second after a `WaitEvent` without success, and after each login but the first
    /// if no `WaitEvent` succeeded since the login before. Returns `None` if the last request has
    /// no response yet, [`poll_timeout`](Self::poll_timeout) has not come, or the session is over.
    ///
    /// Call it again after [`handle`](Self::handle), after [`fail`](Self::fail), and at the time of
    /// `poll_timeout`.
    ///
    /// # Errors
    /// The prefix, user name, secret or cnonce cannot be sent.
    pub fn poll_request(&mut self, now: Instant) -> Result<Option<SignedRequest>, RequestError> {
        if self.place == Place::Over || self.polled.is_some() || self.pause.is_some_and(|pause| now < pause) {
            return Ok(None);
        }
        if self.has_expired(now) {
            self.lose();
        }
        let request = if self.place == Place::In { self.wait_event() } else { self.login() }?;
        self.polled = Some(request.context.number);
        self.asked = Some(now);
        self.pause = None;
        Ok(Some(request))
    }

    /// Returns when to call [`poll_request`](Self::poll_request) again even if nothing has been
    /// handled. `None` if there is no such time.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.pause.filter(|_| self.polled.is_none() && self.place != Place::Over)
    }

    /// Takes the response to a request: its status, all its headers (names in any case), and its
    /// body.
    ///
    /// # Errors
    /// The response is not one that the manager sends. [`HttpError::Unauthorized`] ends the
    /// session. After any other error it stays usable, and a polled request is due again after a
    /// second.
    pub fn handle<'body, N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        now: Instant,
        request: &SignedRequest,
        status: u16,
        headers: impl IntoIterator<Item = (N, V)>,
        body: &'body [u8],
    ) -> Result<Outcome<'body>, HttpError> {
        let polled = self.settle(request);
        let mut cookie = None;
        #[cfg(feature = "md5")]
        let mut challenge = None;
        for (name, value) in headers {
            let (name, value) = (name.as_ref(), value.as_ref());
            if name.eq_ignore_ascii_case(b"Set-Cookie") {
                cookie = Cookie::parse(value)
                    .map(|cookie| (WipedText::from(cookie.id.to_string()), cookie.max_age))
                    .or(cookie);
            }
            #[cfg(feature = "md5")]
            if name.eq_ignore_ascii_case(b"WWW-Authenticate") {
                challenge = Asked::parse(value).or(challenge);
            }
        }
        let outcome = match status {
            200 => self.answer(now, request, polled, cookie, body),
            #[cfg(feature = "md5")]
            401 => self.challenged(request, challenge).map(Outcome::Send),
            #[cfg(not(feature = "md5"))]
            401 => Err(self.unauthorized()),
            403 => Err(HttpError::Forbidden),
            other => Err(HttpError::Status(other)),
        };
        if polled && outcome.is_err() {
            self.pause = now.checked_add(PAUSE);
        }
        outcome
    }

    /// Reports that a request got no response: the connection failed, or the caller gave it up. A
    /// polled request is due again after a second.
    pub fn fail(&mut self, now: Instant, request: &SignedRequest) {
        if self.settle(request) {
            self.pause = now.checked_add(PAUSE);
        }
    }

    fn answer<'body>(
        &mut self,
        now: Instant,
        request: &SignedRequest,
        polled: bool,
        cookie: Option<(WipedText, Option<Duration>)>,
        bytes: &'body [u8],
    ) -> Result<Outcome<'body>, HttpError> {
        // A response to a request from before a new login must not bring the old cookie back, and a
        // response after the end must not begin a new session.
        let current = self.place != Place::Over && request.context.cookie == self.cookie_header();
        let unknown = cookie
            .as_ref()
            .zip(request.context.cookie.as_deref())
            .is_some_and(|((id, _), sent)| *sent != *Cookie::header(id));
        if let Some((id, max_age)) = cookie.filter(|_| current && !self.endpoint.digest) {
            self.cookie = Some(id);
            self.max_age = max_age;
            self.expires = max_age.and_then(|age| now.checked_add(age));
        }
        let waited = request.context.purpose == Purpose::WaitEvent;
        if waited && bytes.trim_ascii().is_empty() {
            self.pause = now.checked_add(PAUSE);
            return Ok(Outcome::Superseded);
        }
        let mut body = Body::of(self.endpoint.format(), bytes, self.limits)?;
        let first = body.next_frame()?.filter(|frame| frame.kind() == FrameKind::Response).map(Response::from);
        if first.is_none() && request.context.purpose.is_answered_by_response() {
            return Err(HttpError::NoResponse);
        }
        let success = first.is_some_and(|first| first.is_success());
        let denied =
            !success && first.and_then(|first| first.message()).is_some_and(|text| text == "Permission denied");
        let lost = unknown && denied && request.context.purpose != Purpose::Login;
        let in_vain = if waited { !success || self.longest_wait().is_zero() } else { lost && request.context.polled };
        if in_vain {
            self.pause = now.checked_add(PAUSE);
        } else if waited && polled {
            // Without this pause, a server that ends each wait at once would be asked without end.
            // The clock may have gone back.
            let due = self.asked.map_or(now, |asked| asked.min(now)).checked_add(PAUSE);
            self.pause = due.filter(|due| now < *due);
        }
        if lost {
            if current {
                self.place = Place::Out;
            }
            return Ok(Outcome::SessionLost);
        }
        match request.context.purpose {
            #[cfg(feature = "md5")]
            Purpose::Challenge if request.context.polled && current => {
                let challenge = first.and_then(|first| first.frame().get("Challenge"));
                if let Some(challenge) = challenge.filter(|_| success).and_then(|value| value.as_str().ok()) {
                    return self.prove(challenge).map(Outcome::Send);
                }
                self.place = Place::Over;
            }
            Purpose::Login if current => {
                self.place = if success { Place::In } else { Place::Over };
                // A login after which no `WaitEvent` succeeds leads to the next login.
                if core::mem::replace(&mut self.logged_in_anew, true) {
                    self.pause = now.checked_add(PAUSE);
                }
            }
            Purpose::WaitEvent if success => self.logged_in_anew = false,
            Purpose::Logoff if current => self.place = Place::Over,
            _ => {}
        }
        body.rewind();
        Ok(Outcome::Answer(body))
    }

    /// Records that the request is not under way any more, and returns whether it was the polled
    /// one.
    fn settle(&mut self, request: &SignedRequest) -> bool {
        let polled = self.polled == Some(request.context.number);
        if polled {
            self.polled = None;
        }
        polled
    }

    fn login(&mut self) -> Result<SignedRequest, RequestError> {
        let Credentials { username, secret, hashed } = &self.credentials;
        let request = if *hashed {
            self.endpoint.unsigned(&crate::action::Challenge::new(), None)
        } else {
            self.endpoint.unsigned(&Login::new(username).secret(&**secret), None)
        };
        self.poll(request?)
    }

    /// Makes the second request of a login that does not send the secret.
    #[cfg(feature = "md5")]
    fn prove(&mut self, challenge: &str) -> Result<SignedRequest, HttpError> {
        let key = login_key(challenge.as_bytes(), self.credentials.secret.as_bytes());
        let request = {
            let action = Login::new(&self.credentials.username).auth_type("MD5").key(key);
            self.endpoint.unsigned(&action, None)?
        };
        let request = self.poll(request)?;
        self.polled = Some(request.context.number);
        Ok(request)
    }

    fn wait_event(&mut self) -> Result<SignedRequest, RequestError> {
        let wait = self.longest_wait();
        let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
        let mut request = self.endpoint.unsigned(&WaitEvent::new(seconds), None)?;
        request.context.patience = wait;
        self.poll(request)
    }

    fn poll(&mut self, request: SignedRequest) -> Result<SignedRequest, RequestError> {
        let mut request = self.sign(request)?;
        request.context.polled = true;
        Ok(request)
    }

    /// Returns the whole seconds that a `WaitEvent` asks for.
    fn longest_wait(&self) -> Duration {
        let most = self.max_age.unwrap_or(DEFAULT_AGE).saturating_sub(MARGIN);
        Duration::from_secs(self.wait.map_or(most, |wait| wait.min(most)).as_secs())
    }

    /// Adds the cookie or the credentials to a request.
    #[cfg_attr(not(feature = "md5"), expect(clippy::unnecessary_wraps, reason = "only a digest refuses"))]
    fn sign(&mut self, mut request: SignedRequest) -> Result<SignedRequest, RequestError> {
        #[cfg(feature = "md5")]
        if let Some(digest) = &self.digest {
            refuse_control("username", self.credentials.username())?;
            refuse_control("cnonce", &digest.cnonce)?;
        }
        self.requests += 1;
        request.context.number = self.requests;
        request.context.cookie = self.cookie_header();
        #[cfg(feature = "md5")]
        if let Some(digest) = &mut self.digest {
            let answer = digest.authorize(&self.credentials, request.method().as_str(), request.target());
            request.context.authorization = answer.map(Into::into);
        }
        Ok(request)
    }

    #[cfg(feature = "md5")]
    fn challenged(&mut self, request: &SignedRequest, challenge: Option<Asked>) -> Result<SignedRequest, HttpError> {
        let Some(digest) = &mut self.digest else { return Err(self.unauthorized()) };
        let challenge = challenge.ok_or(HttpError::Challenge)?;
        let refused = request.context.authorization.is_some() && !challenge.is_stale();
        if refused || request.context.attempt >= ATTEMPTS {
            return Err(self.unauthorized());
        }
        digest.challenged(challenge);
        let mut next = self.sign(request.clone())?;
        next.context.attempt += 1;
        if next.context.polled {
            self.polled = Some(next.context.number);
        }
        Ok(next)
    }

    fn unauthorized(&mut self) -> HttpError {
        self.place = Place::Over;
        HttpError::Unauthorized
    }

    fn cookie_header(&self) -> Option<WipedText> {
        self.cookie.as_deref().map(Cookie::header)
    }

    fn has_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| now >= expires)
    }

    /// Forgets a cookie that the server has forgotten.
    fn lose(&mut self) {
        self.cookie = None;
        self.expires = None;
        if !self.endpoint.digest {
            self.place = Place::Out;
        }
    }
}

impl fmt::Debug for Session {
    /// Hides secret, cookie and challenge.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("endpoint", &self.endpoint)
            .field("credentials", &self.credentials)
            .field("place", &self.place)
            .field("cookie", &self.cookie.is_some())
            .field("expires", &self.expires)
            .field("polled", &self.polled)
            .field("pause", &self.pause)
            .finish_non_exhaustive()
    }
}
