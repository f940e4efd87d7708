//! What the server answers: the envelope, what is in it, and its refusals.

use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::document::Conference;
use super::error::{FieldError, JsonError, Violation};
use super::json::{FromJson, FromList, Json, Object, getters, read, view};
use super::participant::Participant;

/// The body of an answer.
///
/// Servers put what was asked for into an envelope; the reference page shows it bare. Both are read.
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

/// What stands around the data of an answer. Empty for a bare answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope<'a>(Object<'a>);

view!(Envelope);

impl<'a> Envelope<'a> {
    getters! { read;
        /// `success`, `error` or `fatal`.
        status = "status": Cow<'a, str>;
        /// What happened, in words; of errors their name, such as `faulty_request` or `bad
        /// identifier`.
        message = "message": Cow<'a, str>;
        /// The number of an error, as of HTTP.
        error = "error": u32;
        /// The token that it was asked with. A secret.
        auth_token = "auth_token": Cow<'a, str>;
        /// The request's id, to look for in the server's log.
        request_id = "request_id": Cow<'a, str>;
        /// The version of the document.
        revision = "revision": Cow<'a, str>;
        /// Which server it was.
        node = "node": Cow<'a, str>;
        /// Its version.
        version = "version": Cow<'a, str>;
        /// When it was.
        timestamp = "timestamp": Cow<'a, str>;
        /// How many are on this page of a list.
        page_size = "page_size": u32;
        /// Where this page of a list begins.
        start_key = "start_key": Cow<'a, str>;
        /// Where the next one does; missing on the last.
        next_start_key = "next_start_key": Cow<'a, str>;
    }
}

impl<'a> Response<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// Where it is not JSON, or not UTF-8.
    pub fn from_slice(body: &'a [u8]) -> Result<Self, JsonError> {
        let json = Json::from_slice(body)?;
        Ok(match json.object() {
            Some(object) if object.get("data").is_some() || object.get("status").is_some() => {
                Self { data: object.get("data"), envelope: Envelope::from(object) }
            }
            _ => Self { data: Some(json), envelope: Envelope::default() },
        })
    }

    /// What stands around the data.
    pub const fn envelope(&self) -> &Envelope<'a> {
        &self.envelope
    }

    /// What was asked for; of an error its details.
    pub const fn data(&self) -> Option<Json<'a>> {
        self.data
    }

    /// Whether it says neither `error` nor `fatal`. The status of the HTTP response has the last
    /// word.
    pub fn is_success(&self) -> bool {
        !self.envelope.status().is_ok_and(|status| matches!(&*status, "error" | "fatal"))
    }

    fn read<T: FromJson<'a>>(&self) -> Result<T, FieldError> {
        read(self.data, "data")
    }

    /// The conference that was asked for, or made, or changed.
    ///
    /// # Errors
    /// When there is no object.
    pub fn conference(&self) -> Result<Conference<'a>, FieldError> {
        self.read()
    }

    /// The list of conferences.
    ///
    /// # Errors
    /// When there is no array of objects.
    pub fn conferences(&self) -> Result<Vec<Conference<'a>>, FieldError> {
        self.read()
    }

    /// Those who are in the conference.
    ///
    /// # Errors
    /// When there is no array of objects.
    pub fn participants(&self) -> Result<Vec<Participant<'a>>, FieldError> {
        self.read()
    }

    /// The one who was asked for; [`Participant::is_unknown`] where they are not there.
    ///
    /// # Errors
    /// When there is no object.
    pub fn participant(&self) -> Result<Participant<'a>, FieldError> {
        self.read()
    }

    /// What the server says that it does: `ok`, `relating participants`, `starting recording`. Some
    /// actions are answered with the conference instead.
    ///
    /// # Errors
    /// When there is no text.
    pub fn accepted(&self) -> Result<Cow<'a, str>, FieldError> {
        self.read()
    }

    /// What became of each endpoint that was to be called in.
    ///
    /// # Errors
    /// When there are none.
    pub fn dialed(&self) -> Result<Vec<Dialed<'a>>, FieldError> {
        self.read::<Object<'a>>()?.read("endpoint_responses")
    }

    /// What is wrong with which fields, of an error; empty where it is about something else.
    pub fn violations(&self) -> Vec<Violation<'a>> {
        let data = if self.is_success() { None } else { self.data.and_then(Json::object) };
        let mut violations = Vec::new();
        for (field, rules) in data.iter().flat_map(Object::iter) {
            let Some(rules) = rules.object() else { continue };
            // As long as the body, perhaps, and of as many rules.
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

    /// The server's refusal, to be passed on with `?`; `None` where it is none.
    pub fn refusal(&self) -> Option<ServerRefusal> {
        let words = || self.envelope.message().ok();
        (!self.is_success()).then(|| ServerRefusal {
            error: self.envelope.error().ok(),
            message: words().map(Cow::into_owned).unwrap_or_default(),
        })
    }
}

/// The server refused a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerRefusal {
    error: Option<u32>,
    message: alloc::string::String,
}

impl ServerRefusal {
    /// The number of the error, as of HTTP, where the body has it.
    pub const fn error(&self) -> Option<u32> {
        self.error
    }

    /// What it is, in the server's words: `validation error`, `faulty_request`; empty where it says
    /// nothing.
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

/// What became of an endpoint that was to be called in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialed<'a>(Object<'a>);

view!(Dialed);

impl<'a> FromList<'a> for Dialed<'a> {}

impl<'a> Dialed<'a> {
    getters! { read;
        /// The new call.
        call_id = "call_id": Cow<'a, str>;
        /// The endpoint, as it was asked for.
        endpoint_id = "endpoint_id": Cow<'a, str>;
        /// The media server's number for it.
        job_id = "job_id": Cow<'a, str>;
        /// What happened, in words.
        message = "message": Cow<'a, str>;
        /// `success` or `error`.
        status = "status": Cow<'a, str>;
    }
}
