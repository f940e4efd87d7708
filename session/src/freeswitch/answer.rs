//! Answers of FreeSWITCH.

use std::borrow::Cow;
use std::fmt;

use ami_proto::freeswitch::command::Name;
use ami_proto::freeswitch::reply::Reply;
use ami_proto::freeswitch::{Ending, OwnedEnding};

/// The text that the server has answered with, or a job has printed. `Display` is that text.
#[derive(Clone)]
pub struct Answer(OwnedEnding);

impl Answer {
    pub(super) fn new(ending: OwnedEnding) -> Self {
        Self(ending)
    }

    /// Returns what was printed, as it came.
    pub fn output(&self) -> &[u8] {
        self.0.view().output().unwrap_or_default()
    }

    /// Returns what was printed, with U+FFFD for what is no UTF-8.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.output())
    }

    /// Returns whether it begins as the server's words for a failure do: `-ERR`, `-USAGE`.
    pub fn is_error(&self) -> bool {
        let output = self.output();
        output.starts_with(b"-ERR") || output.starts_with(b"-USAGE")
    }

    /// Returns how the request ended.
    pub fn ending(&self) -> Ending<'_> {
        self.0.view()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

/// The ending in words, masked.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Answer").field(&format_args!("{}", self.0)).finish()
    }
}

/// The answer to a command to a conference.
#[derive(Clone, Debug)]
pub struct CommandAnswer {
    answer: Answer,
    name: Option<Name>,
}

impl CommandAnswer {
    pub(super) fn new(answer: Answer, name: Option<Name>) -> Self {
        Self { answer, name }
    }

    /// Returns it as the command's own.
    pub fn reply(&self) -> Reply<'_> {
        let text = self.answer.output();
        self.name.map_or_else(|| Reply::unnamed(text), |name| Reply::new(name, text))
    }

    /// Returns it as text.
    pub fn answer(&self) -> &Answer {
        &self.answer
    }
}
