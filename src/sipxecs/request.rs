//! Commands to requests: the only place that writes the service's paths, and that refuses what they can't carry.

use alloc::string::String;
use core::fmt::{self, Write as _};

use super::command::{Command, Level, RecordAction, Relation, Stop, Target};
use crate::http_request::{Method, Request, push_encoded};

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
    /// Background: reference 001 asks for PUT, the service's handler answers to GET (`represent`, and not
    /// modifiable) and should refuse PUT with 405; most samples of the page are GETs. A service that does want PUT
    /// answers GET with 405.
    #[must_use]
    pub const fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// What to send for a command. Its answer is due within 60 s.
    ///
    /// ```
    /// use ami_proto::sipxecs::{Command, Conference, Reason};
    ///
    /// let conference = Conference::new("Conf400");
    /// assert_eq!(conference.request(&Command::Invite("401"))?.path(), "/sipxconfig/rest/my/conference/Conf400/invite&401");
    ///
    /// let dial = Command::Dial { endpoint: "sofia/default/1000@softswitch", caller: None };
    /// let refused = conference.request(&dial).unwrap_err();
    /// assert_eq!((refused.argument(), refused.reason()), ("endpoint", Reason::Slash));
    /// # Ok::<(), ami_proto::sipxecs::RequestError>(())
    /// ```
    ///
    /// # Errors
    /// Where an argument, or the conference's name, would arrive as something else: which, and why.
    pub fn request(&self, command: &Command<'_>) -> Result<Request, RequestError> {
        check_name(self.name)?;
        if matches!(command, Command::Say(_) | Command::SayMember(..)) && self.name.contains(command.name()) {
            return Err(RequestError::new("conference", Reason::HidesText));
        }
        let mut path = String::from("/sipxconfig/rest/my/conference/");
        push_encoded(&mut path, self.name.as_bytes());
        path.push('/');
        check_word("command", command.name())?;
        if matches!(command.name(), "." | "..") {
            return Err(RequestError::new("command", Reason::DotSegment));
        }
        push_encoded(&mut path, command.name().as_bytes());
        let shown = path.len();
        Arguments(&mut path).write(command)?;
        let request = Request::new(self.method, path);
        Ok(match command {
            Command::Pin(_) | Command::Custom { .. } => request.secret_after(shown),
            _ => request,
        })
    }

    /// What to send for the conference's details: extension, description, whether it is locked, members. XML or JSON,
    /// as the caller's header `Accept` says; 406 when the conference is not active.
    ///
    /// # Errors
    /// Where the conference's name would arrive as something else.
    pub fn details(&self) -> Result<Request, RequestError> {
        check_name(self.name)?;
        let mut path = String::from("/sipxconfig/rest/my/conferencedetails/");
        push_encoded(&mut path, self.name.as_bytes());
        Ok(Request::new(Method::Get, path))
    }
}

/// What to send to the call controller (by default on port 6667, with the digest of `from`) to have `from` called, and
/// when they answer, `to`.
///
/// ```
/// let request = ami_proto::sipxecs::click_to_call("5001", "101", true)?;
/// assert_eq!(request.target(), "/callcontroller/5001/101?isForwardingAllowed=true");
/// # Ok::<(), ami_proto::sipxecs::RequestError>(())
/// ```
///
/// # Errors
/// Where one of them is empty or would change the path.
pub fn click_to_call(from: &str, to: &str, forwarding: bool) -> Result<Request, RequestError> {
    let mut path = String::from("/callcontroller");
    for (argument, user) in [("from", from), ("to", to)] {
        check_text(argument, user)?;
        if matches!(user, "." | "..") {
            return Err(RequestError::new(argument, Reason::DotSegment));
        }
        path.push('/');
        push_encoded(&mut path, user.as_bytes());
    }
    Ok(Request::new(Method::Post, path).query("isForwardingAllowed", if forwarding { "true" } else { "false" }))
}

/// FreeSWITCH reads 25 words: the conference, the command, where members are sent, and 22 of these.
const MOST_MEMBERS: usize = 22;

struct Arguments<'path>(&'path mut String);

impl Arguments<'_> {
    fn write(&mut self, command: &Command<'_>) -> Result<(), RequestError> {
        match *command {
            Command::Lock | Command::Unlock | Command::NoPin | Command::XmlList | Command::List { delimiter: None } => {
                Ok(())
            }
            Command::Deaf(target)
            | Command::Undeaf(target)
            | Command::Mute(target)
            | Command::Unmute(target)
            | Command::Kick(target)
            | Command::Hup(target) => self.target(target),
            Command::Dial { endpoint, caller } | Command::Bgdial { endpoint, caller } => {
                self.word("endpoint", endpoint)?;
                let Some((number, name)) = caller else { return Ok(()) };
                self.word("caller number", number)?;
                self.word("caller name", name)
            }
            Command::Dtmf(target, digits) => {
                self.target(target)?;
                self.word("digits", digits)
            }
            Command::Energy(target, level) | Command::VolumeIn(target, level) | Command::VolumeOut(target, level) => {
                self.target(target)?;
                match level {
                    None => {}
                    Some(Level::To(level)) => self.number(level),
                    Some(Level::Up) => self.known("up"),
                    Some(Level::Down) => self.known("down"),
                }
                Ok(())
            }
            Command::Invite(user) => self.word("user", user),
            Command::InviteIm(id) => self.word("instant-message id", id),
            Command::List { delimiter: Some(delimiter) } => {
                self.known("delim");
                self.word("delimiter", delimiter)
            }
            Command::NoRecord(None) => {
                self.known("all");
                Ok(())
            }
            Command::NoRecord(Some(file)) => self.word("file", file),
            Command::Pin(pin) => self.word("pin", pin.0),
            Command::Play { file, member, asynchronous } => {
                self.word("file", file)?;
                if let Some(member) = member {
                    self.member(member)?;
                }
                if asynchronous {
                    self.known("async");
                }
                Ok(())
            }
            Command::Record(action) => {
                match action {
                    None => {}
                    Some(RecordAction::Start) => self.known("start"),
                    Some(RecordAction::Stop) => self.known("stop"),
                    Some(RecordAction::Status) => self.known("status"),
                    Some(RecordAction::Duration) => self.known("duration"),
                }
                Ok(())
            }
            Command::Relate { member, other, relation } => {
                self.member(member)?;
                self.member(other)?;
                self.known(match relation {
                    Relation::NoSpeak => "nospeak",
                    Relation::NoHear => "nohear",
                    Relation::Clear => "clear",
                });
                Ok(())
            }
            Command::Say(text) => self.text("text", text),
            Command::SayMember(member, text) => {
                self.member(member)?;
                self.text("text", text)
            }
            Command::Stop { what, member } => {
                match (what, member) {
                    (None, None) => {}
                    (None | Some(Stop::All), _) => self.known("all"),
                    (Some(Stop::Current), _) => self.known("current"),
                    (Some(Stop::Async), _) => self.known("async"),
                }
                member.map_or(Ok(()), |member| self.member(member))
            }
            Command::Transfer { conference, members } => {
                self.word("other conference", conference)?;
                if members.is_empty() {
                    return Err(RequestError::new("members", Reason::Empty));
                }
                if members.len() > MOST_MEMBERS {
                    return Err(RequestError::new("members", Reason::TooMany { max: MOST_MEMBERS }));
                }
                members.iter().try_for_each(|member| self.member(*member))
            }
            Command::Custom { arguments, .. } => {
                arguments.iter().try_for_each(|argument| self.word("argument", argument))
            }
        }
    }

    fn target(&mut self, target: Target) -> Result<(), RequestError> {
        match target {
            Target::Member(member) => return self.member(member),
            Target::All => self.known("all"),
            Target::Last => self.known("last"),
            Target::NonModerators => self.known("non_moderator"),
        }
        Ok(())
    }

    fn member(&mut self, member: u32) -> Result<(), RequestError> {
        if member == 0 {
            return Err(RequestError::new("member", Reason::NoMember));
        }
        self.number(member);
        Ok(())
    }

    fn word(&mut self, argument: &'static str, word: &str) -> Result<(), RequestError> {
        check_word(argument, word)?;
        self.known("");
        push_encoded(self.0, word.as_bytes());
        Ok(())
    }

    fn text(&mut self, argument: &'static str, text: &str) -> Result<(), RequestError> {
        check_text(argument, text)?;
        self.known("");
        push_encoded(self.0, text.as_bytes());
        Ok(())
    }

    fn number(&mut self, number: impl fmt::Display) {
        // Writing to a String can't fail.
        let _ = write!(self.0, "&{number}");
    }

    fn known(&mut self, word: &str) {
        self.0.push('&');
        self.0.push_str(word);
    }
}

fn check_name(name: &str) -> Result<(), RequestError> {
    let error = |reason| Err(RequestError::new("conference", reason));
    if matches!(name, "." | "..") {
        return error(Reason::DotSegment);
    }
    if name.starts_with("^^") {
        return error(Reason::OtherDelimiter);
    }
    // A name stands in a segment of its own.
    match bad(name).filter(|reason| *reason != Reason::Ampersand).or_else(|| bad_in_word(name)) {
        None => Ok(()),
        Some(reason) => error(reason),
    }
}

fn check_word(argument: &'static str, word: &str) -> Result<(), RequestError> {
    bad(word).or_else(|| bad_in_word(word)).map_or(Ok(()), |reason| Err(RequestError::new(argument, reason)))
}

fn check_text(argument: &'static str, text: &str) -> Result<(), RequestError> {
    let blank = || text.trim_ascii().is_empty().then_some(Reason::Empty);
    bad(text).or_else(blank).map_or(Ok(()), |reason| Err(RequestError::new(argument, reason)))
}

/// What neither a word nor a text may hold.
fn bad(text: &str) -> Option<Reason> {
    if text.is_empty() {
        return Some(Reason::Empty);
    }
    let broken = text.bytes().find_map(|byte| match byte {
        b'/' => Some(Reason::Slash),
        0..0x20 | 0x7f => Some(Reason::Control { byte }),
        _ => None,
    });
    // Last, for a conference's name may hold it.
    broken.or_else(|| text.contains('&').then_some(Reason::Ampersand))
}

/// What a word may not hold besides.
fn bad_in_word(word: &str) -> Option<Reason> {
    word.bytes().find_map(|byte| match byte {
        b' ' => Some(Reason::Blank),
        b'\'' | b'\\' => Some(Reason::Quote { byte }),
        _ => None,
    })
}

/// A request was not made because one of its arguments would have arrived as something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestError {
    argument: &'static str,
    reason: Reason,
}

impl RequestError {
    const fn new(argument: &'static str, reason: Reason) -> Self {
        Self { argument, reason }
    }

    /// Which argument; `conference` is the conference's own name.
    pub const fn argument(&self) -> &'static str {
        self.argument
    }

    /// Why.
    pub const fn reason(&self) -> Reason {
        self.reason
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} refused: {}", self.argument, self.reason)
    }
}

impl core::error::Error for RequestError {}

/// Why an argument was refused. Values are never quoted here: they may be PINs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// There is none. The service drops empty arguments, and those behind them would take their places.
    Empty,
    /// It has a `/`, which the service replaces with a blank; FreeSWITCH then reads two arguments.
    Slash,
    /// It has a `&`, at which the service splits.
    Ampersand,
    /// It has a control character: CR and LF would end the line that the service sends to FreeSWITCH.
    Control {
        /// The character.
        byte: u8,
    },
    /// It has a blank, at which FreeSWITCH splits.
    Blank,
    /// It has a quote or backslash, with which FreeSWITCH joins words.
    Quote {
        /// Which.
        byte: u8,
    },
    /// It begins with `^^`, which tells FreeSWITCH to split elsewhere.
    OtherDelimiter,
    /// It is `.` or `..`, which HTTP takes for a step in the path.
    DotSegment,
    /// The conference's name holds the name of the command; FreeSWITCH would take what follows there for the text.
    HidesText,
    /// 0 is no member's number.
    NoMember,
    /// There are more than FreeSWITCH reads.
    TooMany {
        /// The most that it reads.
        max: usize,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty => {
                f.write_str("it is empty, and the service would drop it; give it, or leave out what needs it")
            }
            Self::Slash => {
                f.write_str("it has a `/`, which the service turns into a blank; this service can't carry it")
            }
            Self::Ampersand => f.write_str("it has a `&`, at which the service splits; this service can't carry it"),
            Self::Control { byte } => {
                write!(f, "it has the control character {byte:#04x}, which could end the line; leave it out")
            }
            Self::Blank => f.write_str("it has a blank, at which FreeSWITCH splits; leave it out"),
            Self::Quote { byte } => {
                write!(f, "it has a {:?}, with which FreeSWITCH joins words; leave it out", char::from(byte))
            }
            Self::OtherDelimiter => f.write_str("it begins with `^^`, which FreeSWITCH takes for another delimiter"),
            Self::DotSegment => f.write_str("it is `.` or `..`, which HTTP takes for a step in the path"),
            Self::HidesText => f.write_str(
                "it holds the name of the command, where FreeSWITCH would look for the text; it can't be said there",
            ),
            Self::NoMember => f.write_str("0 is no member's number"),
            Self::TooMany { max } => write!(f, "FreeSWITCH reads {max} of them; split the command"),
        }
    }
}
