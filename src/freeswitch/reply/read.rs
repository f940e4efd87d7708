//! Splits a reply into outcomes: recognises values, lists and usage texts, and matches other lines
//! with the rules.

use super::super::command::Name;
use super::rules::{PERSONAL_GROUP, RECEIVES_VIDEO, RULES, Rule};
use super::{Done, Outcome, ServerRefusal};
use crate::freeswitch::number;
use crate::range::part;
use crate::wire::Value;

/// Mark with which an API of the server, as opposed to a sub-command, shows its arguments.
const USAGE: &[u8] = b"-USAGE:";

/// Reads the next outcome, and returns the rest of the text. `text` is not empty.
pub(super) fn read(name: Option<Name>, text: &[u8]) -> (Outcome<'_>, &[u8]) {
    const NOTHING: &[u8] = b"";
    let (line, rest, ended) = match memchr::memchr(b'\n', text) {
        Some(end) => (part(text, ..end), part(text, end + 1..), true),
        None => (text, NOTHING, false),
    };
    match name {
        // A value has no line end; a refusal has one.
        Some(Name::Get | Name::Set | Name::GetVar) => {
            let alone = ended && rest.is_empty();
            let refused = || refusal(name, line).or_else(|| marked(line));
            match alone.then(refused).flatten().or_else(|| own_usage(name, text)) {
                Some(outcome) => (outcome, NOTHING),
                None => (Outcome::Done(Done::Value(Value::new(text))), NOTHING),
            }
        }
        Some(Name::List | Name::XmlList | Name::JsonList) => {
            let outcome = refusal(name, line).filter(|_| text.len() - line.len() < 2 || line.starts_with(b"-"));
            match outcome
                .or_else(|| none_given(line))
                .or_else(|| marked(line))
                .or_else(|| number(text).map(|count| Outcome::Done(Done::Count { count })))
            {
                Some(outcome) => (outcome, NOTHING),
                None => (Outcome::Done(Done::List(Value::new(text))), NOTHING),
            }
        }
        Some(Name::GetUuid) => {
            uuid(text).unwrap_or_else(|| (own_usage(name, text).unwrap_or_else(|| read_line(name, line)), rest))
        }
        Some(Name::Relate) if glued(line).is_some() => {
            let len = glued(line).unwrap_or_default();
            (read_line(name, part(line, ..len)), part(text, len..))
        }
        _ if !ended && is_usage(line) => (Outcome::Usage(Value::new(line)), rest),
        // The second line says what to try.
        _ if none_given(line).is_some() => {
            (Outcome::Refused(ServerRefusal::NoneGiven), rest.strip_prefix(b"Try 'help'\n").unwrap_or(rest))
        }
        _ => (read_line(name, line), rest),
    }
}

/// Reads a line that is marked as a refusal. No list begins with such a mark.
fn marked(line: &[u8]) -> Option<Outcome<'_>> {
    match (line.strip_prefix(USAGE), prefix(line)) {
        (Some(arguments), _) => Some(Outcome::Usage(Value::new(arguments.trim_ascii_start()))),
        (None, (Said::Error, text)) if line.starts_with(b"-") => {
            Some(Outcome::Refused(ServerRefusal::Other { text: Value::new(text) }))
        }
        _ => None,
    }
}

fn none_given(line: &[u8]) -> Option<Outcome<'_>> {
    (line == b"Conference command, not specified.").then_some(Outcome::Refused(ServerRefusal::NoneGiven))
}

/// Returns the length of a refusal that is followed by another line without a line end between
/// them.
fn glued(line: &[u8]) -> Option<usize> {
    let (start, end) = RECEIVES_VIDEO.split_once("{}")?;
    let (_, text) = prefix(line);
    let digits = text.strip_prefix(start.as_bytes())?;
    let behind = part(digits, digits.iter().take_while(|byte| byte.is_ascii_digit()).count()..);
    let behind = behind.strip_prefix(end.as_bytes())?;
    (!behind.is_empty()).then_some(line.len() - behind.len())
}

/// Returns whether the text shows arguments: they follow the name of a command, not always the one
/// that was sent, and have no line end.
fn is_usage(line: &[u8]) -> bool {
    let word = line.split(|byte| *byte == b' ').next().unwrap_or_default();
    word.len() < line.len() && Name::ALL.iter().any(|name| name.as_str().as_bytes() == word)
}

/// Reads a usage text of the sent command only, for commands whose answer may be any text.
fn own_usage(name: Option<Name>, text: &[u8]) -> Option<Outcome<'_>> {
    let arguments = text.strip_prefix(name?.as_str().as_bytes())?;
    arguments.starts_with(b" <").then_some(Outcome::Usage(Value::new(text)))
}

/// Reads a unique id. Several ids follow each other, with lines about moderators between them.
fn uuid(text: &[u8]) -> Option<(Outcome<'_>, &[u8])> {
    const UNDEFINED: &[u8] = b"_undef_";
    let len = if text.starts_with(UNDEFINED) { UNDEFINED.len() } else { 36 };
    let (id, rest) = text.split_at_checked(len)?;
    let hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let is_id =
        id.iter().enumerate().all(|(at, byte)| if hyphen(at) { *byte == b'-' } else { byte.is_ascii_hexdigit() });
    (is_id || id == UNDEFINED).then_some((Outcome::Done(Done::Uuid(Value::new(id))), rest))
}

/// The mark of success or failure on a line, in both forms of replies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Ok,
    Error,
    Nothing,
}

fn prefix(line: &[u8]) -> (Said, &[u8]) {
    let prefixes: [(&[u8], Said); 5] =
        [(b"+OK", Said::Ok), (b"-ERR", Said::Error), (b"OK", Said::Ok), (b"ERR", Said::Error), (b"ok", Said::Ok)];
    for (prefix, said) in prefixes {
        match line.strip_prefix(prefix) {
            Some([]) => return (said, &[]),
            Some([b' ', text @ ..]) => return (said, text),
            _ => {}
        }
    }
    (Said::Nothing, line)
}

fn read_line(name: Option<Name>, line: &[u8]) -> Outcome<'_> {
    let (said, text) = prefix(line);
    let value = Value::new(text);
    if let Some(outcome) = find(name, said, text).or_else(|| marked(line)) {
        return outcome;
    }
    match (said, name) {
        (Said::Ok, _) => Outcome::Done(Done::Other(value)),
        (Said::Error, _) => Outcome::Refused(ServerRefusal::Other { text: value }),
        // The names of layouts and images have no mark.
        (Said::Nothing, Some(Name::VidLayout | Name::VidMuteImg)) => Outcome::Done(Done::Value(value)),
        (Said::Nothing, None | Some(Name::Help)) => syntax(line).unwrap_or(Outcome::Unknown(value)),
        (Said::Nothing, _) => Outcome::Unknown(value),
    }
}

fn refusal(name: Option<Name>, line: &[u8]) -> Option<Outcome<'_>> {
    let (said, text) = prefix(line);
    find(name, said, text).filter(|outcome| matches!(outcome, Outcome::Refused(_)))
}

fn find(name: Option<Name>, said: Said, text: &[u8]) -> Option<Outcome<'_>> {
    let fits = |outcome: &Outcome<'_>| match outcome {
        Outcome::Done(Done::Now { what: PERSONAL_GROUP, .. }) => true,
        Outcome::Done(_) => said != Said::Error,
        Outcome::Refused(_) => said != Said::Ok,
        _ => true,
    };
    let of = |rule: &&Rule| rule.is_of(name);
    RULES.iter().filter(of).find_map(|rule| rule.read(text).filter(fits))
}

/// Reads a line of the help: `\t\tname arguments`, or `<conf name> name arguments`.
fn syntax(line: &[u8]) -> Option<Outcome<'_>> {
    let text = line.strip_prefix(b"\t\t").or_else(|| line.strip_prefix(b"<conf name> "));
    // The last line of the help is empty.
    let text = text.or_else(|| line.is_empty().then_some(line))?;
    let end = text.iter().position(|byte| *byte == b' ').unwrap_or(text.len());
    let (command, arguments) = text.split_at(end);
    Some(Outcome::Done(Done::Syntax {
        command: Value::new(command),
        arguments: Value::new(arguments.trim_ascii_start()),
    }))
}
