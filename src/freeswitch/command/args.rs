//! Arguments of a command: collects them, checks them and writes them as words. All commands share
//! this code, so that a generated builder has only a name and its setters.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Arguments, Write as _};

use super::reading::{BLANKS, Reads, overruns, unexpanded};
use super::{MemberRef, Members, Name, Target};
use crate::error::{EncodeError, Refusal};

/// Words for a command's arguments: FreeSWITCH reads 25 words, and two are the conference and the
/// command.
const MOST_WORDS: usize = 23;

/// Words in the place of a conference's name that FreeSWITCH reads as a command to the server,
/// unless a conference has that name.
const FOR_THE_SERVER: [&str; 6] = ["list", "count", "xml_list", "json_list", "help", "commands"];

/// Largest number of members on one side of a relation.
const MOST_LISTED: usize = 100;

/// Destination of a command's words: a line, or the path of a URL.
pub(crate) trait Words {
    /// Appends a word that needs no quoting.
    fn known(&mut self, word: Arguments<'_>) -> Result<(), EncodeError>;

    /// Appends a word from the caller.
    fn word(&mut self, argument: &'static str, word: &str) -> Result<(), EncodeError>;

    /// Appends a text from the caller, up to the end of the line.
    fn text(&mut self, argument: &'static str, text: &str) -> Result<(), EncodeError>;
}

/// Addressee of a command: one conference, or the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Conference,
    Server,
    Any,
}

/// A command with the arguments that have been set.
#[derive(Clone)]
pub struct Args<'a> {
    /// The sub-command, followed by its fixed words.
    command: &'a str,
    on: On,
    slots: &'static [Slot],
    /// Sorted by position in the line.
    set: Vec<(usize, Argument<'a>)>,
}

/// Shows the command's name only: PINs and spoken texts stay out of logs.
impl fmt::Debug for Args<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({:?})", self.command)
    }
}

/// Properties of an argument besides its value.
#[derive(Debug)]
pub(super) struct Slot {
    name: &'static str,
    after: Option<usize>,
    without: Option<usize>,
    instead: Option<&'static str>,
    secret: bool,
    not: &'static [&'static str],
}

impl Slot {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, after: None, without: None, instead: None, secret: false, not: &[] }
    }

    /// Makes the argument require the one with this number, which precedes it.
    pub(super) const fn after(self, number: usize) -> Self {
        Self { after: Some(number), ..self }
    }

    /// Excludes the argument if the one with this number, which precedes it, is set.
    pub(super) const fn without(self, number: usize) -> Self {
        Self { without: Some(number), ..self }
    }

    /// Sets the word written in place of the argument if it is unset and another argument needs it.
    pub(super) const fn instead(self, word: &'static str) -> Self {
        Self { instead: Some(word), ..self }
    }

    pub(super) const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// Refuses these words, which FreeSWITCH reads as something else.
    pub(super) const fn not(self, words: &'static [&'static str]) -> Self {
        Self { not: words, ..self }
    }
}

/// The arguments of a command that the crate doesn't know.
static FREE: Slot = Slot::new("argument").secret();

/// The value of an argument.
#[derive(Clone)]
pub(super) enum Argument<'a> {
    Known(&'static str),
    Number(i64),
    Float(f32),
    Size((u32, u32)),
    Position([f32; 3]),
    Seek(super::Seek),
    /// One word: numbers separated by colons.
    Numbers([u32; 3]),
    Target(Target<'a>),
    Member(MemberRef<'a>),
    /// One word for each member.
    Members(Members<'a>),
    /// One word: numbers separated by commas.
    List(&'a [u32]),
    Word(&'a str),
    /// A word in which the server doesn't interpret quotes.
    Bare(&'a str),
    /// A word that the server reads as more than a value.
    Read(Reads, &'a str),
    Words(&'a [&'a str]),
    /// A word that FreeSWITCH percent-decodes.
    Encoded(&'a str),
    Delimiter(&'a str),
    Text(&'a str),
    /// Text in which the server expands variables.
    ExpandedText(&'a str),
}

impl<'a> Args<'a> {
    pub(super) fn new(command: &'static str, on: On, slots: &'static [Slot]) -> Self {
        Self { command, on, slots, set: Vec::new() }
    }

    pub(super) fn custom(command: &'a str) -> Self {
        Self { command, on: On::Any, slots: &[], set: Vec::new() }
    }

    /// Sets the argument with this number, replacing an earlier value.
    pub(super) fn set(mut self, number: usize, argument: Argument<'a>) -> Self {
        let at = self.set.partition_point(|(before, _)| *before < number);
        match self.set.get_mut(at) {
            Some((there, value)) if *there == number => *value = argument,
            _ => self.set.insert(at, (number, argument)),
        }
        self
    }

    /// Appends a word after all others. In a text the server does not remove quotes from any word.
    pub(super) fn push(mut self, word: &'a str) -> Self {
        let argument = match self.name() {
            Some(Name::SayMember) if self.set.is_empty() && self.is_one_word() => Argument::Bare(word),
            Some(Name::SayMember) => Argument::ExpandedText(word),
            Some(Name::Say) => Argument::Text(word),
            _ => Argument::Word(word),
        };
        self.set.push((self.set.len(), argument));
        self
    }

    /// Returns whether the command consists of its name only.
    fn is_one_word(&self) -> bool {
        !self.command.contains(' ')
    }

    /// Returns the sub-command, followed by its fixed words.
    pub(crate) fn command(&self) -> &'a str {
        self.command
    }

    pub(super) fn name(&self) -> Option<Name> {
        self.command.split(' ').next().and_then(Name::find)
    }

    /// Returns whether an argument is secret.
    #[cfg_attr(not(feature = "sipxecs"), expect(dead_code, reason = "a line isn't shown at all"))]
    pub(crate) fn is_secret(&self) -> bool {
        self.set.iter().any(|(number, _)| self.slot(*number).secret)
    }

    /// Returns the name that FreeSWITCH searches for in the line, if the last argument is a text up
    /// to its end.
    pub(crate) fn text_behind(&self) -> Option<&'static str> {
        self.name().filter(|name| name.has_text() && !self.set.is_empty()).map(Name::as_str)
    }

    fn slot(&self, number: usize) -> &'static Slot {
        self.slots.get(number).unwrap_or(&FREE)
    }

    /// Checks three things: the command fits its addressee, a conference or the server; the
    /// conference's name is not a command to the server; and the line is not known to crash
    /// servers.
    ///
    /// # Errors
    /// If a check fails; `crash` disables the last check.
    pub(crate) fn check(&self, conference: Option<&str>, crash: bool) -> Result<(), EncodeError> {
        let taken = |word: &&str| conference.is_some_and(|name| name.eq_ignore_ascii_case(word));
        if let Some(word) = FOR_THE_SERVER.into_iter().find(taken) {
            return Err(EncodeError::new("conference", Refusal::ServerCommand { word }));
        }
        let words: usize = self.set.iter().map(|(_, argument)| argument.words()).sum();
        let words = words + self.command.split(' ').count() - 1;
        let crashes = match self.name() {
            Some(Name::CanvasAutoClear) => words > 0,
            Some(Name::VidLayer) => words > 1,
            Some(Name::FileVol) => words == 0,
            _ => false,
        };
        let reason = match self.on {
            On::Conference if conference.is_none() => Refusal::NeedsConference,
            On::Server if conference.is_some() => Refusal::ServerOnly,
            _ if crashes && !crash => Refusal::Crashes,
            _ => return Ok(()),
        };
        Err(EncodeError::new("command", reason))
    }

    /// Checks that the server reads each argument as its value, and likewise the name of a
    /// conference that the command may create.
    ///
    /// # Errors
    /// [`Refusal::Interpreted`] if the server would interpret one of them.
    pub(crate) fn check_values(&self, conference: Option<&str>) -> Result<(), EncodeError> {
        let begins = matches!(self.name(), Some(Name::Dial | Name::Bgdial));
        let name = conference.filter(|_| begins).and_then(|name| Reads::NewRoom.refuses(name));
        if let Some(refusal) = name {
            return Err(EncodeError::new("conference", refusal));
        }
        let prefix = matches!(
            (self.name(), self.set.first()),
            (Some(Name::Set), Some((_, Argument::Word(word)))) if word.eq_ignore_ascii_case("sound_prefix")
        );
        for (number, argument) in &self.set {
            let Some((reads, value)) = argument.reads(prefix && *number > 0) else { continue };
            if let Some(refusal) = reads.refuses(value) {
                return Err(EncodeError::new(self.slot(*number).name, refusal));
            }
        }
        Ok(())
    }

    /// Returns whether the server expands variables in a file that is played: it does for one
    /// member only.
    fn is_for_member(&self) -> bool {
        self.set.iter().any(|(_, argument)| matches!(argument, Argument::Member(_)))
    }

    /// Passes the command's words to `out`, then those of its arguments. Variables in them are
    /// escaped, unless `expanded` is set.
    ///
    /// # Errors
    /// If the server would read an argument as something else.
    pub(crate) fn write(&self, expanded: bool, out: &mut impl Words) -> Result<(), EncodeError> {
        // The server searches the line for the name in the spelling of its own table.
        let mut spoken = self.name().filter(|name| name.has_text());
        let bare = spoken.is_some();
        for word in self.command.split(' ') {
            if word.is_empty() || !word.bytes().all(is_of_a_name) {
                return Err(EncodeError::new("command", Refusal::CommandName));
            }
            out.known(format_args!("{}", spoken.take().map_or(word, |name| name.as_str())))?;
        }
        let mut words: usize = self.command.split(' ').count() - 1;
        for (at, (number, argument)) in self.set.iter().enumerate() {
            let slot = self.slot(*number);
            if let Some(other) = slot.without.filter(|other| self.set.iter().any(|(set, _)| set == other)) {
                return Err(EncodeError::new(slot.name, Refusal::NotWith { other: self.slot(other).name }));
            }
            if let Some(after) = slot.after.filter(|after| self.set.iter().take(at).all(|(set, _)| set != after)) {
                let before = self.slot(after);
                match before.instead {
                    Some(word) => out.known(format_args!("{word}"))?,
                    None => return Err(EncodeError::new(slot.name, Refusal::Missing { before: before.name })),
                }
                words += 1;
            }
            words += argument.words();
            if words > MOST_WORDS {
                let max = argument.words().saturating_sub(words - MOST_WORDS);
                return Err(EncodeError::new(slot.name, Refusal::TooMany { max }));
            }
            match argument.unexpanded(self.is_for_member()).filter(|_| !expanded) {
                Some(text) if matches!(argument, Argument::ExpandedText(_)) => out.text(slot.name, &text)?,
                Some(word) => out.word(slot.name, &word)?,
                None => argument.write(slot, bare, out)?,
            }
        }
        Ok(())
    }
}

fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

impl Argument<'_> {
    /// Returns the number of words.
    fn words(&self) -> usize {
        match self {
            Self::Members(members) => members.len(),
            Self::Words(words) => words.len(),
            Self::Delimiter(_) => 2,
            // The rest of the line is one word; its blanks don't matter.
            _ => 1,
        }
    }

    /// Returns the use that the server makes of the value, if it may interpret the value.
    fn reads(&self, prefix: bool) -> Option<(Reads, &str)> {
        Some(match self {
            Self::Read(reads, text) => (*reads, text),
            Self::Text(text) => (Reads::Said, text.trim_matches(BLANKS)),
            Self::ExpandedText(text) => (Reads::SaidTo, text.trim_matches(BLANKS)),
            Self::Encoded(text) => (Reads::Banner, text),
            Self::Word(text) if prefix => (Reads::Opened, text),
            _ => return None,
        })
    }

    /// Returns the text that the server expands to the value, if the server expands it and the two
    /// differ.
    fn unexpanded(&self, for_member: bool) -> Option<String> {
        match self {
            Self::Read(Reads::PlayedTo, text) => unexpanded(text),
            Self::Read(Reads::Played, text) if for_member => unexpanded(text),
            Self::ExpandedText(text) => unexpanded(text.trim_matches(BLANKS)),
            _ => None,
        }
    }

    fn write(&self, slot: &'static Slot, bare: bool, out: &mut impl Words) -> Result<(), EncodeError> {
        let error = |reason| Err(EncodeError::new(slot.name, reason));
        let word = |out: &mut _, word: &str| {
            if let Some(keyword) = slot.not.iter().find(|keyword| keyword.eq_ignore_ascii_case(word)) {
                return Err(EncodeError::new(slot.name, Refusal::Keyword { word: keyword }));
            }
            Words::word(out, slot.name, word)
        };
        match self {
            Self::Known(known) => out.known(format_args!("{known}")),
            Self::Number(number) => out.known(format_args!("{number}")),
            Self::Float(number) if number.is_finite() => out.known(format_args!("{number}")),
            Self::Numbers([a, b, c]) => out.known(format_args!("{a}:{b}:{c}")),
            Self::Size((width, height)) => out.known(format_args!("{width}x{height}")),
            Self::Position([x, y, z]) if x.is_finite() && y.is_finite() && z.is_finite() => {
                out.known(format_args!("{x}:{y}:{z}"))
            }
            Self::Float(_) | Self::Position(_) => error(Refusal::NotFinite),
            Self::Seek(super::Seek::To(to)) => out.known(format_args!("{to}")),
            Self::Seek(super::Seek::Forward(by)) => out.known(format_args!("+{by}")),
            Self::Seek(super::Seek::Back(by)) => out.known(format_args!("-{by}")),
            Self::Target(Target::Member(id)) | Self::Member(MemberRef::Id(id)) => member_word(slot.name, *id, out),
            Self::Target(Target::All) => out.known(format_args!("all")),
            Self::Target(Target::NonModerators) => out.known(format_args!("non_moderator")),
            Self::Target(Target::Last) => out.known(format_args!("last")),
            Self::Target(Target::Variable { name, value }) | Self::Member(MemberRef::Variable { name, value }) => {
                variable_word(slot.name, name, value, bare, out)
            }
            Self::Members(members) if members.len() == 0 => error(Refusal::EmptyValue),
            Self::List([]) | Self::Words([]) => error(Refusal::EmptyValue),
            Self::Members(Members::Ids(ids)) => ids.iter().try_for_each(|id| member_word(slot.name, *id, out)),
            Self::Members(Members::Chosen(members)) => {
                members.iter().try_for_each(|member| Self::Member(*member).write(slot, bare, out))
            }
            Self::List(members) if members.len() > MOST_LISTED => error(Refusal::TooMany { max: MOST_LISTED }),
            Self::List(members) if members.contains(&0) => error(Refusal::Member),
            Self::List(members) => {
                let mut list = String::new();
                for (number, member) in members.iter().enumerate() {
                    // Writing to a `String` can't fail.
                    let _ = write!(list, "{}{member}", if number == 0 { "" } else { "," });
                }
                out.known(format_args!("{list}"))
            }
            Self::Word(text) | Self::Read(_, text) => word(out, text),
            Self::Bare(text) => bare_word(slot.name, text, out),
            Self::Words(words) => words.iter().try_for_each(|text| word(out, text)),
            Self::Encoded(text) => word(out, &text.replace('%', "%25")),
            Self::Delimiter(delimiter) if delimiter.starts_with('"') => error(Refusal::Quote { byte: b'"' }),
            Self::Delimiter(delimiter) => {
                out.known(format_args!("delim"))?;
                word(out, delimiter)
            }
            Self::Text(text) | Self::ExpandedText(text) if overruns(text.trim_matches(BLANKS)) => {
                error(Refusal::Overrun)
            }
            Self::Text(text) | Self::ExpandedText(text) => out.text(slot.name, text),
        }
    }
}

fn member_word(argument: &'static str, member: u32, out: &mut impl Words) -> Result<(), EncodeError> {
    if member == 0 {
        return Err(EncodeError::new(argument, Refusal::Member));
    }
    out.known(format_args!("{member}"))
}

fn variable_word(
    argument: &'static str,
    name: &str,
    value: &str,
    bare: bool,
    out: &mut impl Words,
) -> Result<(), EncodeError> {
    let named = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if !named || name.contains('=') {
        return Err(EncodeError::new(argument, Refusal::VariableName));
    }
    let word = format!("{name}={value}");
    if bare { bare_word(argument, &word, out) } else { out.word(argument, &word) }
}

/// Appends a word that the server ends at the first blank, without regard to quotes. At the ends of
/// a text it would lose its blanks.
fn bare_word(argument: &'static str, word: &str, out: &mut impl Words) -> Result<(), EncodeError> {
    match word.bytes().find(|byte| BLANKS.contains(&char::from(*byte))) {
        Some(byte) => Err(EncodeError::new(argument, Refusal::Splits { byte })),
        None => out.text(argument, word),
    }
}
