//! The call controller of sipXecs: one party is called, and when they answer, the other.

use alloc::string::{String, ToString};

use super::request::bad;
use crate::error::{EncodeError, Refusal};
use crate::http_request::{Method, Request, is_dot_segment, refuse_splits};
use crate::percent::push_encoded;

/// The method of SIP by which the call controller sets a call up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SipMethod {
    /// The first party's phone is told to call the second, the service's default.
    Refer,
    /// The service calls both and stays between them: a later [`transfer`](Call::transfer) needs
    /// it.
    Invite,
}

impl SipMethod {
    /// Returns the word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refer => "refer",
            Self::Invite => "invite",
        }
    }
}

/// A call that the call controller makes, is asked for or transfers. It is by default on port 6667,
/// with the digest of [`agent`](Self::agent), or of the first party where there is none.
///
/// Parties are users or numbers of the service, or addresses (`user@host`). The service knows a
/// call by agent and both parties: [`state`](Self::state) and [`transfer`](Self::transfer) need the
/// same three, and the same [`sip_method`](Self::sip_method).
///
/// ```
/// use ami_proto::sipxecs::Call;
///
/// let call = Call::new("5001", "101").forwarding(true);
/// assert_eq!(call.make()?.target(), "/callcontroller/5001/101?isForwardingAllowed=true");
/// assert_eq!(call.state()?.target(), "/callcontroller/5001/101");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Call<'a> {
    from: &'a str,
    to: &'a str,
    agent: Option<&'a str>,
    sip_method: Option<SipMethod>,
    forwarding: Option<bool>,
    subject: Option<&'a str>,
    timeout: Option<u32>,
    conference_pin: Option<&'a str>,
    result_cache_time: Option<u32>,
}

impl<'a> Call<'a> {
    /// Returns the call of `from`, who is called first, to `to`.
    #[must_use]
    pub const fn new(from: &'a str, to: &'a str) -> Self {
        Self {
            from,
            to,
            agent: None,
            sip_method: None,
            forwarding: None,
            subject: None,
            timeout: None,
            conference_pin: None,
            result_cache_time: None,
        }
    }

    /// Makes the call in the name of another user, whose digest is asked for then.
    #[must_use]
    pub const fn agent(mut self, user: &'a str) -> Self {
        self.agent = Some(user);
        self
    }

    /// Sets the call up by this method of SIP.
    #[must_use]
    pub const fn sip_method(mut self, method: SipMethod) -> Self {
        self.sip_method = Some(method);
        self
    }

    /// Sets whether a forwarding of the first party's is followed. The service's default is no.
    #[must_use]
    pub const fn forwarding(mut self, allowed: bool) -> Self {
        self.forwarding = Some(allowed);
        self
    }

    /// Sets the header `Subject` of the call.
    #[must_use]
    pub const fn subject(mut self, subject: &'a str) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Sets for how many seconds the service tries, up to 2,147,483,647; 180 unless it is told.
    #[must_use]
    pub const fn timeout(mut self, seconds: u32) -> Self {
        self.timeout = Some(seconds);
        self
    }

    /// Sets the PIN that a conference asks for which is called: digits. A secret.
    #[must_use]
    pub const fn conference_pin(mut self, pin: &'a str) -> Self {
        self.conference_pin = Some(pin);
        self
    }

    /// Sets for how many seconds the service remembers what became of the call, up to
    /// 2,147,483,647; 180 unless it is told.
    #[must_use]
    pub const fn result_cache_time(mut self, seconds: u32) -> Self {
        self.result_cache_time = Some(seconds);
        self
    }

    /// Returns what to send to make the call. The service answers with an empty body, before any
    /// phone rings.
    ///
    /// # Errors
    /// Where a party, the agent, the subject or the PIN is empty, or would arrive as something
    /// else, or a time is out of its range.
    pub fn make(&self) -> Result<Request, EncodeError> {
        self.request(Method::Post)
    }

    /// Returns what to send to ask how the call gets on. The answer is XML: `<status-lines>` with a
    /// `<status>` for each message of SIP (`timestamp` in milliseconds since 1970, `call-id`,
    /// `method`, `status-line`); by [`SipMethod::Invite`] `<dialogs>` with a `<dialog>` for each
    /// leg (`dialog-id`, `local-party`, `remote-party`, `dialog-state`). Of a call that the service
    /// doesn't remember there are none.
    ///
    /// # Errors
    /// As [`make`](Self::make).
    pub fn state(&self) -> Result<Request, EncodeError> {
        self.request(Method::Get)
    }

    /// Returns what to send to transfer the first party of a call that goes on. 406 where there is
    /// no such call.
    ///
    /// # Errors
    /// As [`make`](Self::make), also of the target.
    pub fn transfer(&self, target: &str) -> Result<Request, EncodeError> {
        party("target", target)?;
        Ok(self.request(Method::Post)?.query("action", "transfer").query("target", target))
    }

    fn request(&self, method: Method) -> Result<Request, EncodeError> {
        let mut path = String::from("/callcontroller");
        for (argument, user) in [("from", self.from), ("to", self.to)] {
            party(argument, user)?;
            path.push('/');
            push_encoded(&mut path, user.as_bytes());
        }
        let mut request = Request::new(method, path);
        if let Some(agent) = self.agent {
            party("agent", agent)?;
            request = request.query("agent", agent);
        }
        if let Some(method) = self.sip_method {
            request = request.query("sipMethod", method.as_str());
        }
        if method == Method::Get {
            return Ok(request);
        }
        if let Some(allowed) = self.forwarding {
            request = request.query("isForwardingAllowed", if allowed { "true" } else { "false" });
        }
        if let Some(pin) = self.conference_pin {
            // It becomes a header of the second party's address.
            if pin.is_empty() || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(EncodeError::new("confpin", Refusal::Kind { expected: "digits alone" }));
            }
            request = request.query("confpin", pin);
        }
        if let Some(subject) = self.subject {
            if let Some(reason) = bad(subject).filter(|reason| !matches!(reason, Refusal::Splits { .. })) {
                return Err(EncodeError::new("subject", reason));
            }
            request = request.query("subject", subject);
        }
        for (name, seconds) in [("timeout", self.timeout), ("resultCacheTime", self.result_cache_time)] {
            let Some(seconds) = seconds else { continue };
            if i32::try_from(seconds).is_err() {
                return Err(EncodeError::new(name, Refusal::Range { min: 0, max: i32::MAX.into() }));
            }
            request = request.query(name, &seconds.to_string());
        }
        Ok(request)
    }
}

/// Refuses what is no user, number or address: parameters and headers of one select what is called,
/// and how.
fn party(argument: &'static str, party: &str) -> Result<(), EncodeError> {
    if let Some(reason) = bad(party).or_else(|| is_dot_segment(party).then_some(Refusal::DotSegment)) {
        return Err(EncodeError::new(argument, reason));
    }
    refuse_splits(argument, party, b" ?;,<>\"#%")
}

/// Hides the PIN.
impl core::fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Call")
            .field("from", &self.from)
            .field("to", &self.to)
            .field("agent", &self.agent)
            .field("sip_method", &self.sip_method)
            .field("conference_pin", &self.conference_pin.map(|_| format_args!("***")))
            .finish_non_exhaustive()
    }
}
