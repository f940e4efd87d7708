//! What FreeSWITCH answers to a conference command, read by the command: `+OK` alone proves
//! nothing, and many answers have no such word.
//!
//! A [`Reply`] is lines, each an [`Outcome`]: a command for several members has one for each. Both
//! dialects are read: from 1.8 on lines begin with `+OK` or `-ERR` (`+OK mute 1`), before it most
//! don't (`OK mute 1`, `Conference x not found`). `-ERR no reply` is how the event socket shows
//! that nothing was printed, which is what some commands do when they did what they should: such a
//! reply has no outcomes, and [`is_empty`](Reply::is_empty).
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
//! What a `+OK` proves is little: `record` and `play` to members say it before they begin, `dial`
//! whatever became of the call ([`Done::Called`]), `norecord` counts 0 files in 1.11 whatever it
//! stopped (the lines before it tell).
//!
//! The texts are those of FreeSWITCH's `conference_api.c`, and of what 1.6.20 and 1.11.2 answered.

mod outcome;
mod read;
mod rules;
#[cfg(test)]
mod tests;

use core::fmt;

use super::command::Name;
pub use outcome::{Done, Outcome, ServerRefusal};

/// The answer to a conference command. `Debug` shows how long it is: it may hold a PIN.
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
    /// The answer to this sub-command: the body of an `api/response` or of a `BACKGROUND_JOB`, or
    /// what another program made of it.
    pub const fn new(name: Name, text: &'a [u8]) -> Self {
        Self { name: Some(name), text }
    }

    /// The answer to `conference` alone, to a conference's name alone, or to a sub-command that the
    /// crate doesn't know.
    pub const fn unnamed(text: &'a [u8]) -> Self {
        Self { name: None, text }
    }

    /// What it answers.
    pub const fn name(self) -> Option<Name> {
        self.name
    }

    /// The text as it came.
    pub const fn as_bytes(self) -> &'a [u8] {
        self.text
    }

    /// Whether nothing was printed.
    pub fn is_empty(self) -> bool {
        self.printed().is_empty()
    }

    /// Line by line what became of it.
    pub fn outcomes(self) -> Outcomes<'a> {
        Outcomes { name: self.name, rest: self.printed() }
    }

    /// The first refusal. The server may have done the rest of what was asked.
    pub fn refusal(self) -> Option<ServerRefusal<'a>> {
        self.outcomes().find_map(|outcome| match outcome {
            Outcome::Refused(refusal) => Some(refusal),
            _ => None,
        })
    }

    /// The first thing that was done, or told.
    pub fn done(self) -> Option<Done<'a>> {
        self.outcomes().find_map(|outcome| match outcome {
            Outcome::Done(done) => Some(done),
            _ => None,
        })
    }

    fn printed(self) -> &'a [u8] {
        // Without its line end too: some programs cut it.
        if self.text.trim_ascii_end() == b"-ERR no reply" { b"" } else { self.text }
    }
}

/// The outcomes of a reply: [`Reply::outcomes`].
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
