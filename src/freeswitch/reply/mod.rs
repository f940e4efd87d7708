//! Replies of FreeSWITCH to conference commands. A reply is read by its command: `+OK` alone proves
//! nothing, and many replies have no such mark.
//!
//! A [`Reply`] consists of lines, each an [`Outcome`]: a command for several members has one line
//! for each. Both forms are read: from 1.8 on lines begin with `+OK` or `-ERR` (`+OK mute 1`),
//! before 1.8 most don't (`OK mute 1`, `Conference x not found`). `-ERR no reply` is the event
//! socket's text for a command that printed nothing, as some successful commands do: such a reply
//! has no outcomes, and [`is_empty`](Reply::is_empty) returns `true`.
//!
//! ```
//! use ami_proto::freeswitch::command::{Kick, Name};
//! use ami_proto::freeswitch::reply::{Done, Outcome, ServerRefusal, Reply};
//!
//! let reply = Reply::new(Kick::NAME, b"+OK kicked 7\nSkipping moderator (member id 3).\n");
//! let outcomes: Vec<Outcome<'_>> = reply.outcomes().collect();
//! assert_eq!(outcomes, [Outcome::Done(Done::Member { what: "kicked".into(), member: 7 }), Outcome::Skipped { member: 3 }]);
//!
//! let old = Reply::new(Name::Mute, b"Non-Existant ID 9\n");
//! assert_eq!(old.refusal(), Some(ServerRefusal::NoMember { member: Some("9".into()) }));
//! ```
//!
//! A `+OK` proves little: `record` and `play` to members print it before they begin, `dial` prints
//! it for any outcome of the call ([`Done::Called`]), and `norecord` of 1.11 counts 0 files even if
//! it stopped some (the lines before it tell).
//!
//! The texts are from FreeSWITCH's `conference_api.c`, and from the answers of 1.6.20 and 1.11.2.

mod outcome;
mod read;
mod rules;
#[cfg(test)]
mod tests;

use core::fmt;

use super::command::Name;
pub use outcome::{Done, Outcome, ServerRefusal};

/// The reply to a conference command. `Debug` shows only its length: it may contain a PIN.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reply<'a> {
    name: Option<Name>,
    text: &'a [u8],
}

impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({:?}, {} bytes)", self.name, self.text.len())
    }
}

impl<'a> Reply<'a> {
    /// Creates the reply to this sub-command from the body of an `api/response` or of a
    /// `BACKGROUND_JOB`, or from another program's copy of it.
    pub const fn new(name: Name, text: &'a [u8]) -> Self {
        Self { name: Some(name), text }
    }

    /// Creates the reply to `conference` alone, to a conference's name alone, or to a sub-command
    /// that the crate doesn't know.
    pub const fn unnamed(text: &'a [u8]) -> Self {
        Self { name: None, text }
    }

    /// Returns the sub-command that is answered.
    pub const fn name(self) -> Option<Name> {
        self.name
    }

    /// Returns the text as it came.
    pub const fn as_bytes(self) -> &'a [u8] {
        self.text
    }

    /// Returns whether the command printed nothing.
    pub fn is_empty(self) -> bool {
        self.printed().is_empty()
    }

    /// Yields the outcomes, line by line.
    pub fn outcomes(self) -> Outcomes<'a> {
        Outcomes { name: self.name, rest: self.printed() }
    }

    /// Returns the first refusal. The server may have performed other parts of the command.
    pub fn refusal(self) -> Option<ServerRefusal<'a>> {
        self.outcomes().find_map(|outcome| match outcome {
            Outcome::Refused(refusal) => Some(refusal),
            _ => None,
        })
    }

    /// Returns the first outcome that is not a refusal.
    pub fn done(self) -> Option<Done<'a>> {
        self.outcomes().find_map(|outcome| match outcome {
            Outcome::Done(done) => Some(done),
            _ => None,
        })
    }

    fn printed(self) -> &'a [u8] {
        // Some programs cut the line end, so it is optional.
        if self.text.trim_ascii_end() == b"-ERR no reply" { b"" } else { self.text }
    }
}

/// Iterator over the outcomes of a reply, returned by [`Reply::outcomes`].
#[derive(Clone)]
pub struct Outcomes<'a> {
    name: Option<Name>,
    rest: &'a [u8],
}

impl fmt::Debug for Outcomes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outcomes({:?}, {} bytes)", self.name, self.rest.len())
    }
}

impl<'a> Iterator for Outcomes<'a> {
    type Item = Outcome<'a>;

    fn next(&mut self) -> Option<Outcome<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let (outcome, rest) = read::read(self.name, self.rest);
        self.rest = rest;
        Some(outcome)
    }
}
