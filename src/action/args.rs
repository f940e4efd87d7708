//! Headers collected by an action's builder, and their encoding. All actions share it, so that a
//! generated builder contains only names.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use super::Arg;
use super::guard::Guarded;
use super::headers::Headers;
use crate::catalogue::ActionType;
use crate::error::{EncodeError, Refusal};
use crate::redact::{MASK, Shown, hidden_field};
use crate::value::quote_into;
use crate::wiped::{Wiped, reserve};
use crate::wire::{FrameWriter, SERVER_HEADERS, name_refusal};
use smallvec::SmallVec;

/// Longest `ActionID` in bytes that no server cuts.
///
/// Some modules write it into buffers of 80 bytes together with `ActionID: ` and the line end
/// (`ConfbridgeList`, `MeetmeList`); a longer one loses its line end there, and the next header
/// becomes part of it. Asterisk `apps/app_confbridge.c`, 10 to 23.
pub(super) const MAX_ACTION_ID: usize = 67;

/// The headers that have been set on an action.
#[derive(Clone)]
pub(super) struct Args<'a> {
    action: Arg<'a>,
    /// True if the server passes headers on unchanged, so that a blank at the start of a value is
    /// kept.
    verbatim: bool,
    /// Texts to refuse in the fields whose values the server interprets.
    guarded: Option<&'static Guarded>,
    headers: Headers<'a>,
}

#[derive(Clone)]
pub(super) struct Header<'a> {
    pub(super) name: HeaderName<'a>,
    pub(super) value: Arg<'a>,
    pub(super) secret: bool,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum HeaderName<'a> {
    /// A field of the table.
    Field(&'static str),
    /// A field of the table with a number in its name.
    Numbered(&'static str, u32),
    /// A field of the table that holds a `name=value`, and that name.
    Assignment(&'static str, Arg<'a>),
    /// A header that the caller named.
    Free(Arg<'a>),
}

impl<'a> Args<'a> {
    pub(super) fn new(action: &'static str) -> Self {
        Self::custom(action.into())
    }

    pub(super) fn custom(action: Arg<'a>) -> Self {
        Self { action, verbatim: false, guarded: None, headers: Headers::default() }
    }

    /// Returns the name of the action.
    pub(super) fn action<'b>(&'b self, digits: &'b mut [u8; 20]) -> &'b [u8] {
        self.action.bytes(digits)
    }

    /// Marks an action whose headers the server passes on unchanged.
    pub(super) fn verbatim(mut self) -> Self {
        self.verbatim = true;
        self
    }

    /// Refuses texts in these fields that a server would interpret as more than a value.
    pub(super) fn guarded(mut self, guarded: &'static Guarded) -> Self {
        self.guarded = Some(guarded);
        self
    }

    /// Accepts texts that a server would interpret as more than a value.
    pub(super) fn unguarded(mut self) -> Self {
        self.guarded = None;
        self
    }

    /// Sets a field, replacing its earlier value.
    pub(super) fn set(self, name: &'static str, value: Arg<'a>) -> Self {
        self.put(HeaderName::Field(name), value, false)
    }

    /// Sets a field whose value must not be shown, replacing its earlier value.
    pub(super) fn secret(self, name: &'static str, value: Arg<'a>) -> Self {
        self.put(HeaderName::Field(name), value, true)
    }

    /// Adds one more value of a field that repeats.
    pub(super) fn push(self, name: &'static str, value: Arg<'a>) -> Self {
        self.add(HeaderName::Field(name), value, false)
    }

    /// Adds one more `name=value` of a field that holds assignments.
    pub(super) fn assign(self, header: &'static str, name: Arg<'a>, value: Arg<'a>) -> Self {
        self.add(HeaderName::Assignment(header, name), value, false)
    }

    /// Sets a field whose name holds a number.
    pub(super) fn numbered(self, pattern: &'static str, number: u32, value: Arg<'a>) -> Self {
        self.put(HeaderName::Numbered(pattern, number), value, false)
    }

    /// Adds a header that is not in the table.
    pub(super) fn header(self, name: Arg<'a>, value: Arg<'a>) -> Self {
        self.add(HeaderName::Free(name), value, false)
    }

    /// Returns the number after the highest one that this numbered field has.
    pub(super) fn next_number(&self, pattern: &'static str) -> u32 {
        self.headers.next_number(pattern)
    }

    fn put(mut self, name: HeaderName<'a>, value: Arg<'a>, secret: bool) -> Self {
        self.headers.set(name, value, secret);
        self
    }

    fn add(mut self, name: HeaderName<'a>, value: Arg<'a>, secret: bool) -> Self {
        self.headers.push(Header { name, value, secret });
        self
    }

    /// Returns the masked value of a header that holds a secret, judged by its name or by another
    /// header.
    fn hidden(&self, name: &[u8], value: &[u8]) -> Option<Cow<'static, [u8]>> {
        hidden_field(name, value, |test| {
            self.headers.as_slice().len() > SERVER_HEADERS
                || test(b"Action", self.action.bytes(&mut [0; 20]))
                || self
                    .headers
                    .as_slice()
                    .iter()
                    .any(|header| test(header.name.write(&mut NameBuffer::default()), header.value.bytes(&mut [0; 20])))
        })
    }

    /// Writes the request; `own` is the action's type if it was made by a builder of its own.
    pub(super) fn encode(
        &self,
        own: Option<ActionType>,
        action_id: Option<&str>,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let ends = "Action: \r\nActionID: \r\n\r\n".len() + self.action.len() + action_id.map_or(0, str::len);
        let mut digits = [0; 20];
        let action = self.action.bytes(&mut digits);
        // The builder of a catalogued action has a name that servers know.
        let named = own.is_some();
        if let Some(refusal) = (!named).then(|| name_refusal(action).or_else(|| leading_blank(action))).flatten() {
            return Err(EncodeError::new(b"Action", refusal));
        }
        if let Some(guarded) = self.guarded {
            guarded.check(&self.headers)?;
        }
        reserve(out, self.headers.as_slice().iter().map(Header::room).sum::<usize>() + ends);
        let mut writer = FrameWriter::action(out, action);
        if let Some(id) = action_id {
            check_action_id(id)?;
            writer.field(b"ActionID", None, |out| out.extend_from_slice(id.as_bytes()));
        }
        for header in self.headers.as_slice() {
            header.write(&mut writer, own, self.verbatim);
        }
        writer.finish()
    }
}

impl Header<'_> {
    /// Returns the most bytes that the header takes.
    fn room(&self) -> usize {
        let name = match &self.name {
            HeaderName::Field(name) => name.len(),
            HeaderName::Numbered(name, _) => name.len() + "4294967295".len(),
            // Every byte may need quoting.
            HeaderName::Assignment(name, variable) => name.len() + 2 * variable.len() + 1 + self.value.len(),
            HeaderName::Free(name) => name.len(),
        };
        name + self.value.len() + 4
    }

    fn write(&self, writer: &mut FrameWriter<'_>, own: Option<ActionType>, verbatim: bool) {
        // The server passes on only the headers that the caller named; it reads the action's own
        // fields like those of any action.
        let verbatim = verbatim && matches!(self.name, HeaderName::Free(_));
        let blank = |value| leading_blank(value).filter(|_| !verbatim);
        let mut digits = [0; 20];
        let value = self.value.bytes(&mut digits);
        let plain = |out: &mut Vec<u8>| out.extend_from_slice(value);
        match &self.name {
            HeaderName::Field(name) => {
                let refusal = blank(value).or_else(|| needed(own, name, value));
                writer.field(name.as_bytes(), refusal, plain);
            }
            HeaderName::Assignment(name, variable) => {
                let mut digits = [0; 20];
                let variable = variable.bytes(&mut digits);
                let refusal = variable_refusal(variable).or_else(|| blank(variable));
                writer.field(name.as_bytes(), refusal, |out| {
                    quote_into(variable, out);
                    out.push(b'=');
                    quote_into(value, out);
                });
            }
            HeaderName::Numbered(..) | HeaderName::Free(_) => {
                let mut buffer = NameBuffer::default();
                let name = self.name.write(&mut buffer);
                let free = matches!(self.name, HeaderName::Free(_));
                let taken = || given(name).or_else(|| own_setter(own, name)).filter(|_| free);
                writer.field(name, name_refusal(name).or_else(taken).or_else(|| blank(value)), plain);
            }
        }
    }
}

/// Buffer for a name with a number in it, and for the digits of a number used as a name.
#[derive(Default)]
pub(super) struct NameBuffer {
    name: SmallVec<[u8; 64]>,
    digits: [u8; 20],
}

impl HeaderName<'_> {
    pub(super) fn write<'b>(&'b self, buffer: &'b mut NameBuffer) -> &'b [u8] {
        match self {
            Self::Field(name) | Self::Assignment(name, _) => name.as_bytes(),
            Self::Free(name) => name.bytes(&mut buffer.digits),
            Self::Numbered(pattern, number) => {
                let (before, rest) = pattern.split_once('{').unwrap_or((pattern, ""));
                let (hole, after) = rest.split_once('}').unwrap_or(("", rest));
                let digits = Arg::from(*number);
                let digits = digits.bytes(&mut buffer.digits);
                let width = if hole.contains(":6") { 6 } else { 0 };
                buffer.name.extend_from_slice(before.as_bytes());
                buffer.name.extend(core::iter::repeat_n(b'0', usize::saturating_sub(width, digits.len())));
                buffer.name.extend_from_slice(digits);
                buffer.name.extend_from_slice(after.as_bytes());
                &buffer.name
            }
        }
    }
}

/// Returns the refusal of a header that the builder writes in every request: the server would read
/// the first of two, and echo it.
fn given(name: &[u8]) -> Option<Refusal> {
    let is = |header: &str| name.eq_ignore_ascii_case(header.as_bytes());
    if is("Action") {
        Some(Refusal::Given { by: "the action's name (`Custom::new` takes any)" })
    } else if is("ActionID") {
        Some(Refusal::Given { by: "`send` (`send_as` takes an id of your own)" })
    } else {
        None
    }
}

/// Returns the refusal of a header that the builder has a setter for, or writes itself: the server
/// would read the first of two, or one whose quoting is wrong for it.
fn own_setter(own: Option<ActionType>, name: &[u8]) -> Option<Refusal> {
    let field = own?.fields().find(|field| field.is_written_as(name))?;
    Some(if field.is_fixed() { Refusal::Given { by: "`new`" } } else { Refusal::OwnSetter { setter: field.method() } })
}

/// Returns the refusal of an empty value where the server requires one.
fn needed(own: Option<ActionType>, name: &str, value: &[u8]) -> Option<Refusal> {
    let action = own.filter(|_| value.is_empty())?;
    let field = action.fields().find(|field| field.is_written_as(name.as_bytes()))?;
    field.refuses_empty().then_some(Refusal::Needed)
}

#[inline]
pub(super) fn check_action_id(id: &str) -> Result<(), EncodeError> {
    let refusal = if id.len() > MAX_ACTION_ID {
        Some(Refusal::ActionIdTooLong { len: id.len(), max: MAX_ACTION_ID })
    } else if id.is_empty() {
        Some(Refusal::EmptyValue)
    } else {
        leading_blank(id.as_bytes())
    };
    refusal.map_or(Ok(()), |refusal| Err(EncodeError::new(b"ActionID", refusal)))
}

/// Returns the refusal of a leading blank or control byte. The server skips these
/// (`main/manager.c`, `__astman_get_header`), so such a value does not arrive unchanged.
pub(super) fn leading_blank(value: &[u8]) -> Option<Refusal> {
    value
        .first()
        .filter(|byte| **byte <= b' ' && !matches!(byte, b'\r' | b'\n' | 0))
        .map(|byte| Refusal::LeadingBlank { byte: *byte })
}

fn variable_refusal(name: &[u8]) -> Option<Refusal> {
    (name.is_empty() || name.contains(&b'=')).then_some(Refusal::VariableName)
}

/// Shows bytes in quotation marks, with everything but printable ASCII escaped.
struct Quoted<'a>(&'a [u8]);

impl fmt::Debug for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl fmt::Debug for Args<'_> {
    /// Shows the names, and the values that are not secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 20];
        let action = self.action.bytes(&mut digits);
        let mut map = f.debug_map();
        map.entry(&"Action", &Quoted(action));
        for header in self.headers.as_slice() {
            let mut digits = [0; 20];
            let mut name = NameBuffer::default();
            let name = header.name.write(&mut name);
            let value = header.value.bytes(&mut digits);
            let assigned: Wiped;
            let value = if let HeaderName::Assignment(_, variable) = &header.name {
                let mut digits = [0; 20];
                assigned = [variable.bytes(&mut digits), b"=", value].concat().into();
                &assigned
            } else {
                value
            };
            let hidden = if header.secret { Some(Cow::Borrowed(MASK)) } else { self.hidden(name, value) };
            match hidden {
                Some(masked) => map.entry(&Quoted(name), &Shown(&masked)),
                None => map.entry(&Quoted(name), &Quoted(value)),
            };
        }
        map.finish()
    }
}
