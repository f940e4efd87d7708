//! The endpoints of Kazoo's Conferences API: one method for each request.

use alloc::format;
use alloc::string::{String, ToString};

use super::action::{ConferenceAction, Envelope, ParticipantAction, ParticipantsAction, Parts, quoted};
use super::document::Draft;
use super::validate;
use super::write::object;
use crate::error::{EncodeError, Refusal};
use crate::http_request::{Method, Request, is_dot_segment, refuse_control, refuse_splits};
use crate::percent::push_encoded;
use crate::wiped::WipedText;

const JSON: &str = "application/json";

/// An account, with the requests about its conferences.
///
/// The caller adds scheme and host, and the header `X-Auth-Token`, which every request needs; and
/// [`Request::content_type`] for a request with a body. [`Request::query`] asks for a page of a
/// list: `start_key`, `page_size`, `paginate=false`.
///
/// The server invents a conference for an id that it doesn't know: neither [`get`](Self::get) nor
/// [`act`](Self::act) tells whether a conference exists.
///
/// ```
/// use ami_proto::kazoo::{Account, ConferenceAction};
///
/// let request = Account::new("4b8c6fec4b2597882c0390202d195419").act("c1", &ConferenceAction::Lock)?;
/// assert_eq!(request.method().as_str(), "PUT");
/// assert_eq!(request.path(), "/v2/accounts/4b8c6fec4b2597882c0390202d195419/conferences/c1");
/// assert_eq!(request.body(), br#"{"data": {"action": "lock"}}"#);
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account<'a> {
    id: &'a str,
    envelope: Envelope,
}

impl<'a> Account<'a> {
    /// Creates the account of this id.
    pub const fn new(id: &'a str) -> Self {
        Self { id, envelope: Envelope::InData }
    }

    /// Sets the place of actions in the body.
    #[must_use]
    pub const fn envelope(mut self, envelope: Envelope) -> Self {
        self.envelope = envelope;
        self
    }

    /// Requests all conferences, with their realtime data.
    ///
    /// # Errors
    /// If the account's id can't be part of a path.
    pub fn list(&self) -> Result<Request, EncodeError> {
        Ok(Request::new(Method::Get, self.path(&[])?))
    }

    /// Creates a conference.
    ///
    /// # Errors
    /// If the account's id can't be part of a path, or if the server would refuse the document.
    pub fn create(&self, document: &Draft) -> Result<Request, EncodeError> {
        document.check()?;
        Ok(Request::new(Method::Put, self.path(&[])?).with_body(JSON, in_data(&document.json())))
    }

    /// Requests a conference, with its realtime data.
    ///
    /// # Errors
    /// If an id can't be part of a path.
    pub fn get(&self, conference: &str) -> Result<Request, EncodeError> {
        Ok(Request::new(Method::Get, self.path(&[("conference", conference)])?))
    }

    /// Replaces the conference's document.
    ///
    /// # Errors
    /// If an id can't be part of a path, or if the server would refuse the document.
    pub fn replace(&self, conference: &str, document: &Draft) -> Result<Request, EncodeError> {
        document.check()?;
        let path = self.path(&[("conference", conference)])?;
        Ok(Request::new(Method::Post, path).with_body(JSON, in_data(&document.json())))
    }

    /// Changes those fields of the conference's document that `changes` has; `null` removes a
    /// field.
    ///
    /// # Errors
    /// If an id can't be part of a path, or if the server would refuse the document.
    pub fn merge(&self, conference: &str, changes: &Draft) -> Result<Request, EncodeError> {
        validate::document(&changes.json(), true)?;
        let path = self.path(&[("conference", conference)])?;
        Ok(Request::new(Method::Patch, path).with_body(JSON, in_data(&changes.json())))
    }

    /// Deletes the conference.
    ///
    /// # Errors
    /// If an id can't be part of a path.
    pub fn delete(&self, conference: &str) -> Result<Request, EncodeError> {
        Ok(Request::new(Method::Delete, self.path(&[("conference", conference)])?))
    }

    /// Performs an action on a conference.
    ///
    /// The server may answer a repeated equal request with 304, without acting: Kazoo's pages
    /// advise to add a random parameter, as in `request.query("random", "7f3a")`. Don't name a
    /// parameter `action` or `data`: the server would read it in place of the body's field.
    ///
    /// # Errors
    /// If an id can't be part of a path or of the server's line for FreeSWITCH (because of a blank
    /// or a quote), or if the server would refuse the arguments.
    pub fn act(&self, conference: &str, action: &ConferenceAction<'_>) -> Result<Request, EncodeError> {
        one_word(conference)?;
        let path = self.path(&[("conference", conference)])?;
        self.put(path, action.parts()?)
    }

    /// Requests the participants of a conference.
    ///
    /// # Errors
    /// If an id can't be part of a path.
    pub fn participants(&self, conference: &str) -> Result<Request, EncodeError> {
        Ok(Request::new(Method::Get, self.participants_path(conference)?))
    }

    /// Requests one participant of a conference, by number.
    ///
    /// # Errors
    /// If an id can't be part of a path.
    pub fn participant(&self, conference: &str, participant: u32) -> Result<Request, EncodeError> {
        let path = self.participants_path(conference)?;
        Ok(Request::new(Method::Get, format!("{path}/{participant}")))
    }

    /// Performs an action on all participants of a conference. See [`act`](Self::act) about
    /// repeated requests.
    ///
    /// # Errors
    /// If an id can't be part of a path, or if the server would refuse the arguments.
    pub fn act_on_all(&self, conference: &str, action: &ParticipantsAction<'_>) -> Result<Request, EncodeError> {
        one_word(conference)?;
        let path = self.participants_path(conference)?;
        self.put(path, action.parts()?)
    }

    /// Performs an action on one participant of a conference. See [`act`](Self::act) about repeated
    /// requests.
    ///
    /// # Errors
    /// If an id can't be part of a path, or if the server would refuse the arguments.
    pub fn act_on(
        &self,
        conference: &str,
        participant: u32,
        action: &ParticipantAction<'_>,
    ) -> Result<Request, EncodeError> {
        one_word(conference)?;
        let path = self.participants_path(conference)?;
        self.put(format!("{path}/{participant}"), action.parts()?)
    }

    fn put(&self, path: String, action: Parts<'_>) -> Result<Request, EncodeError> {
        Ok(Request::new(Method::Put, path).with_body(JSON, self.envelope.wrap(action)?))
    }

    fn participants_path(&self, conference: &str) -> Result<String, EncodeError> {
        Ok(self.path(&[("conference", conference)])? + "/participants")
    }

    fn path(&self, rest: &[(&'static str, &str)]) -> Result<String, EncodeError> {
        let mut path = "/v2/accounts/".to_string();
        push_segment(&mut path, "account", self.id)?;
        path.push_str("/conferences");
        for (field, segment) in rest {
            path.push('/');
            push_segment(&mut path, field, segment)?;
        }
        Ok(path)
    }
}

/// Refuses an id that would be several words in the server's line for FreeSWITCH.
fn one_word(conference: &str) -> Result<(), EncodeError> {
    quoted("conference", conference)?;
    refuse_splits("conference", conference, b" ")
}

fn push_segment(path: &mut String, field: &'static str, segment: &str) -> Result<(), EncodeError> {
    if segment.is_empty() {
        return Err(EncodeError::new(field, Refusal::EmptyValue));
    }
    if is_dot_segment(segment) {
        return Err(EncodeError::new(field, Refusal::DotSegment));
    }
    refuse_control(field, segment)?;
    push_encoded(path, segment.as_bytes());
    Ok(())
}

fn in_data(json: &str) -> WipedText {
    object([("data", json)])
}
