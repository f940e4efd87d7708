//! Converts commands to requests. Only this file writes the service's paths, and it refuses texts
//! that they can't carry.

use alloc::string::{String, ToString};
use core::fmt;

use super::RecordAction;
use crate::error::{EncodeError, Refusal};
use crate::freeswitch::command::{ConferenceCommand, Name, Words};
use crate::http_request::{Method, Request, control, is_dot_segment, refuse_splits};
use crate::percent::push_encoded;
use crate::wiped::WipedText;

/// A conference of the service, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conference<'a> {
    name: &'a str,
    method: Method,
}

impl<'a> Conference<'a> {
    /// Creates the conference of this name.
    pub const fn new(name: &'a str) -> Self {
        Self { name, method: Method::Get }
    }

    /// Sets the HTTP method; the default is GET.
    ///
    /// Background: the reference page asks for PUT, but the service's handler answers GET
    /// (`represent`, and not modifiable) and should refuse PUT with 405; most samples on the page
    /// are GETs. A service that does require PUT answers GET with 405.
    #[must_use]
    pub const fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Makes the request for a command of FreeSWITCH. Its answer is due within 60 s.
    ///
    /// ```
    /// use ami_proto::error::Refusal;
    /// use ami_proto::freeswitch::command::{Dial, Kick, Target};
    /// use ami_proto::sipxecs::Conference;
    ///
    /// let conference = Conference::new("Conf400");
    /// let request = conference.request(&Kick::new(Target::All))?;
    /// assert_eq!(request.path(), "/sipxconfig/rest/my/conference/Conf400/kick&all");
    ///
    /// let dial = Dial::new("sofia/default/1000@softswitch");
    /// let refused = conference.request(&dial).unwrap_err();
    /// assert_eq!((refused.field(), refused.refusal()), ("endpoint", Refusal::Splits { byte: b'/' }));
    /// # Ok::<(), ami_proto::EncodeError>(())
    /// ```
    ///
    /// # Errors
    /// If the server would read an argument, or the conference's name, as something else: the
    /// argument and the reason. `record` is refused, because the service's own recorder would
    /// intercept it: see [`record`](Self::record).
    pub fn request(&self, command: &(impl ConferenceCommand + ?Sized)) -> Result<Request, EncodeError> {
        if command.name() == Some(Name::Record) {
            return Err(EncodeError::new("command", Refusal::OwnRecorder));
        }
        let mut path = self.path()?;
        let args = command.args();
        args.check(Some(self.name), false)?;
        args.check_values(Some(self.name))?;
        if args.text_behind().is_some_and(|command| self.name.contains(command)) {
            return Err(EncodeError::new("conference", Refusal::HidesText));
        }
        let shown = path.len() + args.command().len();
        args.write(false, &mut Segment(&mut path))?;
        let request = Request::new(self.method, path);
        Ok(if args.is_secret() { request.secret_after(shown) } else { request })
    }

    /// Makes the request to call a user into the conference; `user@host` calls an address of
    /// another domain.
    ///
    /// # Errors
    /// If the server would read the user, or the conference's name, as something else.
    pub fn invite(&self, user: &str) -> Result<Request, EncodeError> {
        // The user becomes the address to call: parameters and headers of the address are not for
        // the caller to set.
        refuse_splits("user", user, b"?;,<>\"")?;
        self.own("invite", |segment| segment.word("user", user))
    }

    /// Makes the request to call the user with this instant-message id into the conference.
    ///
    /// # Errors
    /// If the server would read the id, or the conference's name, as something else.
    pub fn invite_im(&self, id: &str) -> Result<Request, EncodeError> {
        self.own("inviteim", |segment| segment.word("instant-message id", id))
    }

    /// Makes a request to the service's recorder; `None` starts a recording.
    /// [`Reply::recorder`](super::Reply::recorder) reads the answer.
    ///
    /// # Errors
    /// If the server would read the conference's name as something else.
    pub fn record(&self, action: Option<RecordAction>) -> Result<Request, EncodeError> {
        // The service writes the name unchanged into a query of its own.
        refuse_splits("conference", self.name, b"&#?+%=;")?;
        self.own("record", |segment| action.map_or(Ok(()), |action| segment.known(format_args!("{}", action.as_str()))))
    }

    /// Makes the request for a command that the service handles itself.
    fn own(
        &self,
        command: &str,
        argument: impl FnOnce(&mut Segment<'_>) -> Result<(), EncodeError>,
    ) -> Result<Request, EncodeError> {
        let mut path = self.path()?;
        let mut segment = Segment(&mut path);
        segment.push(command);
        argument(&mut segment)?;
        Ok(Request::new(self.method, path))
    }

    /// Returns the path up to the command.
    fn path(&self) -> Result<WipedText, EncodeError> {
        check_name(self.name)?;
        let mut path = WipedText::from("/sipxconfig/rest/my/conference/");
        push_encoded(path.within(3 * self.name.len()), self.name.as_bytes());
        path.push_str("/");
        Ok(path)
    }

    /// Requests the details of the conference: extension, description, lock state, members. The
    /// answer is XML or JSON, according to the caller's header `Accept`; status 406 if the
    /// conference is not active.
    ///
    /// # Errors
    /// If the server would read the conference's name as something else.
    pub fn details(&self) -> Result<Request, EncodeError> {
        check_name(self.name)?;
        let mut path = String::from("/sipxconfig/rest/my/conferencedetails/");
        push_encoded(&mut path, self.name.as_bytes());
        Ok(Request::new(Method::Get, path))
    }
}

/// The path of a command. Only this type joins words with `&`.
struct Segment<'path>(&'path mut WipedText);

impl Segment<'_> {
    fn push(&mut self, word: &str) {
        if !self.0.ends_with('/') {
            self.0.push_str("&");
        }
        push_encoded(self.0.within(3 * word.len()), word.as_bytes());
    }
}

impl Words for Segment<'_> {
    fn known(&mut self, word: fmt::Arguments<'_>) -> Result<(), EncodeError> {
        self.push(&word.to_string());
        Ok(())
    }

    fn word(&mut self, argument: &'static str, word: &str) -> Result<(), EncodeError> {
        if let Some(reason) = bad(word).or_else(|| bad_in_word(word)) {
            return Err(EncodeError::new(argument, reason));
        }
        self.push(word);
        Ok(())
    }

    fn text(&mut self, argument: &'static str, text: &str) -> Result<(), EncodeError> {
        let blank = || text.trim_ascii().is_empty().then_some(Refusal::EmptyValue);
        if let Some(reason) = bad(text).or_else(blank) {
            return Err(EncodeError::new(argument, reason));
        }
        self.push(text);
        Ok(())
    }
}

fn check_name(name: &str) -> Result<(), EncodeError> {
    let error = |reason| Err(EncodeError::new("conference", reason));
    if is_dot_segment(name) {
        return error(Refusal::DotSegment);
    }
    if name.starts_with("^^") {
        return error(Refusal::OtherDelimiter);
    }
    // The name is a path segment of its own.
    match bad(name).filter(|reason| *reason != Refusal::Splits { byte: b'&' }).or_else(|| bad_in_word(name)) {
        None => Ok(()),
        Some(reason) => error(reason),
    }
}

/// Returns the reason to refuse this text as a word and as a text.
pub(super) fn bad(text: &str) -> Option<Refusal> {
    if text.is_empty() {
        return Some(Refusal::EmptyValue);
    }
    if let Some(byte) = control(text) {
        return Some(Refusal::Control { byte });
    }
    if text.contains('/') {
        return Some(Refusal::Splits { byte: b'/' });
    }
    // Checked last, because a conference's name may contain it.
    text.contains('&').then_some(Refusal::Splits { byte: b'&' })
}

/// Returns the further reason to refuse this text as a word; [`bad`] has the others.
fn bad_in_word(word: &str) -> Option<Refusal> {
    word.bytes().find_map(|byte| match byte {
        b' ' => Some(Refusal::Splits { byte: b' ' }),
        b'\'' | b'\\' => Some(Refusal::Quote { byte }),
        _ => None,
    })
}
