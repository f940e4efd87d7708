//! The server's response: the envelope, its data, and refusals.

use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::document::Conference;
use super::error::{FieldError, JsonError, Violation};
use super::json::{FromJson, FromList, Json, Object, getters, read, view};
use super::participant::Participant;

/// The body of a response.
///
/// Servers put the requested data into an envelope; the reference page shows the data alone. Both
/// forms are read.
///
/// ```
/// use ami_proto::kazoo::Response;
///
/// let body = br#"{"data": [{"id": "c1", "name": "Conf", "members": 2}], "status": "success", "page_size": 1}"#;
/// let response = Response::from_slice(body)?;
/// let conferences = response.conferences()?;
/// assert_eq!(conferences[0].realtime().members()?, 2);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response<'a> {
    envelope: Envelope<'a>,
    data: Option<Json<'a>>,
}

/// The fields around the data of a response. Empty if the response has no envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope<'a>(Object<'a>);

view!(Envelope);

impl<'a> Envelope<'a> {
    getters! { read;
        /// Returns `success`, `error` or `fatal`.
        status = "status": Cow<'a, str>;
        /// Returns a message in words; for an error its name, such as `faulty_request` or
        /// `bad identifier`.
        message = "message": Cow<'a, str>;
        /// Returns the number of an error, in the meaning of HTTP status codes.
        error = "error": u32;
        /// Returns the token that the request carried. A secret.
        auth_token = "auth_token": Cow<'a, str>;
        /// Returns the request's id, for a search in the server's log.
        request_id = "request_id": Cow<'a, str>;
        /// Returns the version of the document.
        revision = "revision": Cow<'a, str>;
        /// Returns the name of the server that answered.
        node = "node": Cow<'a, str>;
        /// Returns the server's version.
        version = "version": Cow<'a, str>;
        /// Returns the time of the response.
        timestamp = "timestamp": Cow<'a, str>;
        /// Returns the number of items on this page of a list.
        page_size = "page_size": u32;
        /// Returns the key of the first item on this page of a list.
        start_key = "start_key": Cow<'a, str>;
        /// Returns the key of the first item on the next page; missing on the last page.
        next_start_key = "next_start_key": Cow<'a, str>;
    }
}

impl<'a> Response<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// If the body is not JSON or not UTF-8.
    pub fn from_slice(body: &'a [u8]) -> Result<Self, JsonError> {
        let json = Json::from_slice(body)?;
        Ok(match json.object() {
            Some(object) if object.get("data").is_some() || object.get("status").is_some() => {
                Self { data: object.get("data"), envelope: Envelope::from(object) }
            }
            _ => Self { data: Some(json), envelope: Envelope::default() },
        })
    }

    /// Returns the fields around the data.
    pub const fn envelope(&self) -> &Envelope<'a> {
        &self.envelope
    }

    /// Returns the requested data, or the details of an error.
    pub const fn data(&self) -> Option<Json<'a>> {
        self.data
    }

    /// Returns whether the status is neither `error` nor `fatal`. The status code of the HTTP
    /// response takes precedence.
    pub fn is_success(&self) -> bool {
        !self.envelope.status().is_ok_and(|status| matches!(&*status, "error" | "fatal"))
    }

    fn read<T: FromJson<'a>>(&self) -> Result<T, FieldError> {
        read(self.data, "data")
    }

    /// Returns the conference that was requested, created or changed.
    ///
    /// # Errors
    /// If the data is not an object.
    pub fn conference(&self) -> Result<Conference<'a>, FieldError> {
        self.read()
    }

    /// Returns the list of conferences.
    ///
    /// # Errors
    /// If the data is not an array of objects.
    pub fn conferences(&self) -> Result<Vec<Conference<'a>>, FieldError> {
        self.read()
    }

    /// Returns the list of participants.
    ///
    /// # Errors
    /// If the data is not an array of objects.
    pub fn participants(&self) -> Result<Vec<Participant<'a>>, FieldError> {
        self.read()
    }

    /// Returns the requested participant; [`Participant::is_unknown`] tells if they are not in the
    /// conference.
    ///
    /// # Errors
    /// If the data is not an object.
    pub fn participant(&self) -> Result<Participant<'a>, FieldError> {
        self.read()
    }

    /// Returns the server's word for the accepted action: `ok`, `relating participants`,
    /// `starting recording`. Some actions are answered with the conference instead.
    ///
    /// # Errors
    /// If the data is not a string.
    pub fn accepted(&self) -> Result<Cow<'a, str>, FieldError> {
        self.read()
    }

    /// Returns the outcome of each endpoint that was called.
    ///
    /// # Errors
    /// If the response has no such outcomes.
    pub fn dialed(&self) -> Result<Vec<Dialed<'a>>, FieldError> {
        self.read::<Object<'a>>()?.read("endpoint_responses")
    }

    /// Returns the complaints about single fields, for an error; empty if the error is about
    /// something else.
    pub fn violations(&self) -> Vec<Violation<'a>> {
        let data = if self.is_success() { None } else { self.data.and_then(Json::object) };
        let mut violations = Vec::new();
        for (field, rules) in data.iter().flat_map(Object::iter) {
            let Some(rules) = rules.object() else { continue };
            // The field's name may be as long as the body and have many rules, so all of them share
            // it.
            let field = Arc::<str>::from(field);
            violations.reserve(rules.len());
            for (rule, details) in rules.iter() {
                if let Some(details) = details.object() {
                    violations.push(Violation { field: Arc::clone(&field), rule: Cow::Owned(rule.into()), details });
                }
            }
        }
        violations
    }

    /// Returns the server's refusal, to be passed on with `?`; `None` if the response is not a
    /// refusal.
    pub fn refusal(&self) -> Option<ServerRefusal> {
        let words = || self.envelope.message().ok();
        (!self.is_success()).then(|| ServerRefusal {
            error: self.envelope.error().ok(),
            message: words().map(Cow::into_owned).unwrap_or_default(),
        })
    }
}

/// Reports that the server refused a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerRefusal {
    error: Option<u32>,
    message: alloc::string::String,
}

impl ServerRefusal {
    /// Returns the number of the error, in the meaning of HTTP status codes; `None` if the body has
    /// none.
    pub const fn error(&self) -> Option<u32> {
        self.error
    }

    /// Returns the error in the server's words: `validation error`, `faulty_request`; empty if the
    /// server gives no words.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ServerRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server refuses")?;
        if let Some(error) = self.error {
            write!(f, " with {error}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl core::error::Error for ServerRefusal {}

/// The outcome of calling one endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialed<'a>(Object<'a>);

view!(Dialed);

impl<'a> FromList<'a> for Dialed<'a> {}

impl<'a> Dialed<'a> {
    getters! { read;
        /// Returns the id of the new call.
        call_id = "call_id": Cow<'a, str>;
        /// Returns the endpoint as the request named it.
        endpoint_id = "endpoint_id": Cow<'a, str>;
        /// Returns the media server's id of the job.
        job_id = "job_id": Cow<'a, str>;
        /// Returns the outcome in words.
        message = "message": Cow<'a, str>;
        /// Returns `success` or `error`.
        status = "status": Cow<'a, str>;
    }
}
