//! Commands to requests: the only place that writes the service's paths, and that refuses what they
//! can't carry.

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
    /// The conference of this name.
    pub const fn new(name: &'a str) -> Self {
        Self { name, method: Method::Get }
    }

    /// Asks with another method than GET.
    ///
    /// Background: the reference page asks for PUT, the service's handler answers to GET (`represent`,
    /// and not modifiable) and should refuse PUT with 405; most samples of the page are GETs. A
    /// service that does want PUT answers GET with 405.
    #[must_use]
    pub const fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// What to send for a command of FreeSWITCH. Its answer is due within 60 s.
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
    /// Where an argument, or the conference's name, would arrive as something else: which, and why.
    /// `record` is refused, for the service's own recorder would take it: see
    /// [`record`](Self::record).
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

    /// What to send to have the service call a user in; `user@host` calls an address of another
    /// domain.
    ///
    /// # Errors
    /// Where the user, or the conference's name, would arrive as something else.
    pub fn invite(&self, user: &str) -> Result<Request, EncodeError> {
        // It becomes the address that is told to call: parameters and headers are not the caller's.
        refuse_splits("user", user, b"?;,<>\"")?;
        self.own("invite", |segment| segment.word("user", user))
    }

    /// What to send to have the service call in the user who has this instant-message id.
    ///
    /// # Errors
    /// Where the id, or the conference's name, would arrive as something else.
    pub fn invite_im(&self, id: &str) -> Result<Request, EncodeError> {
        self.own("inviteim", |segment| segment.word("instant-message id", id))
    }

    /// What to send to the service's recorder; `None` begins a recording. Its answers:
    /// [`Reply::recorder`](super::Reply::recorder).
    ///
    /// # Errors
    /// Where the conference's name would arrive as something else.
    pub fn record(&self, action: Option<RecordAction>) -> Result<Request, EncodeError> {
        // The service writes the name into a query of its own, as it stands.
        refuse_splits("conference", self.name, b"&#?+%=;")?;
        self.own("record", |segment| action.map_or(Ok(()), |action| segment.known(format_args!("{}", action.as_str()))))
    }

    /// A command that the service doesn't hand on.
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

    /// The path up to the command.
    fn path(&self) -> Result<WipedText, EncodeError> {
        check_name(self.name)?;
        let mut path = WipedText::from("/sipxconfig/rest/my/conference/");
        push_encoded(path.within(3 * self.name.len()), self.name.as_bytes());
        path.push_str("/");
        Ok(path)
    }

    /// What to send for the conference's details: extension, description, whether it is locked,
    /// members. XML or JSON, as the caller's header `Accept` says; 406 when the conference is not
    /// active.
    ///
    /// # Errors
    /// Where the conference's name would arrive as something else.
    pub fn details(&self) -> Result<Request, EncodeError> {
        check_name(self.name)?;
        let mut path = String::from("/sipxconfig/rest/my/conferencedetails/");
        push_encoded(&mut path, self.name.as_bytes());
        Ok(Request::new(Method::Get, path))
    }
}

/// The path of a command, and the only place that joins words with `&`.
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
    // A name stands in a segment of its own.
    match bad(name).filter(|reason| *reason != Refusal::Splits { byte: b'&' }).or_else(|| bad_in_word(name)) {
        None => Ok(()),
        Some(reason) => error(reason),
    }
}

/// What neither a word nor a text may hold.
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
    // Last, for a conference's name may hold it.
    text.contains('&').then_some(Refusal::Splits { byte: b'&' })
}

/// What a word may not hold besides.
fn bad_in_word(word: &str) -> Option<Refusal> {
    word.bytes().find_map(|byte| match byte {
        b' ' => Some(Refusal::Splits { byte: b' ' }),
        b'\'' | b'\\' => Some(Refusal::Quote { byte }),
        _ => None,
    })
}
