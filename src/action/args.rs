//! What a builder collects, and the way onto the wire: one for all actions, so that a generated
//! builder is a name and nothing else.

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

/// The longest `ActionID` that no server cuts.
///
/// Modules write it into buffers of 80 bytes together with `ActionID: ` and the line end
/// (`ConfbridgeList`, `MeetmeList`); a longer one loses its line end there, and the next header is
/// glued to it. Asterisk `apps/app_confbridge.c`, 10 to 23.
pub(super) const MAX_ACTION_ID: usize = 67;

/// The headers that an action has so far.
#[derive(Clone)]
pub(super) struct Args<'a> {
    action: Arg<'a>,
    /// Whether the server passes on headers as they stand, so that a blank at the start of a value
    /// is one.
    verbatim: bool,
    /// What is refused in the fields that a server reads more in than a value.
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
    /// What the caller named.
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

    /// The same for an action that hands its headers on as they stand.
    pub(super) fn verbatim(mut self) -> Self {
        self.verbatim = true;
        self
    }

    /// Refuses what a server would read beside a value in these fields.
    pub(super) fn guarded(mut self, guarded: &'static Guarded) -> Self {
        self.guarded = Some(guarded);
        self
    }

    /// Refuses none of that.
    pub(super) fn unguarded(mut self) -> Self {
        self.guarded = None;
        self
    }

    /// Sets a field, in place of what it was set to before.
    pub(super) fn set(self, name: &'static str, value: Arg<'a>) -> Self {
        self.put(HeaderName::Field(name), value, false)
    }

    /// The same for what must not be shown.
    pub(super) fn secret(self, name: &'static str, value: Arg<'a>) -> Self {
        self.put(HeaderName::Field(name), value, true)
    }

    /// Adds one more of a field that repeats.
    pub(super) fn push(self, name: &'static str, value: Arg<'a>) -> Self {
        self.add(HeaderName::Field(name), value, false)
    }

    /// Adds one more `name=value` of a field that holds such.
    pub(super) fn assign(self, header: &'static str, name: Arg<'a>, value: Arg<'a>) -> Self {
        self.add(HeaderName::Assignment(header, name), value, false)
    }

    /// Sets a field whose name holds a number.
    pub(super) fn numbered(self, pattern: &'static str, number: u32, value: Arg<'a>) -> Self {
        self.put(HeaderName::Numbered(pattern, number), value, false)
    }

    /// Adds a header that isn't in the table.
    pub(super) fn header(self, name: Arg<'a>, value: Arg<'a>) -> Self {
        self.add(HeaderName::Free(name), value, false)
    }

    /// Returns the number behind the highest one that this numbered field has.
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

    /// Returns the masked value of a header that holds a secret, by its name or by what another
    /// header says.
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

    /// Writes the request: of this type, where a builder of its own has made it.
    pub(super) fn encode(
        &self,
        own: Option<ActionType>,
        action_id: Option<&str>,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let ends = "Action: \r\nActionID: \r\n\r\n".len() + self.action.len() + action_id.map_or(0, str::len);
        let mut digits = [0; 20];
        let action = self.action.bytes(&mut digits);
        // A builder of its own has a name that servers know.
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
    /// The most bytes that it takes.
    fn room(&self) -> usize {
        let name = match &self.name {
            HeaderName::Field(name) => name.len(),
            HeaderName::Numbered(name, _) => name.len() + "4294967295".len(),
            // All of it may need quoting.
            HeaderName::Assignment(name, variable) => name.len() + 2 * variable.len() + 1 + self.value.len(),
            HeaderName::Free(name) => name.len(),
        };
        name + self.value.len() + 4
    }

    fn write(&self, writer: &mut FrameWriter<'_>, own: Option<ActionType>, verbatim: bool) {
        // What it hands on is what the caller named; its own fields it reads as any action does.
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

/// Room for a name with a number in it, and for the digits of a number that stands for a name.
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

/// Returns the refusal of a header that every request has from its builder: the server would read
/// the first, and echo it.
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

/// Returns the refusal of a header that the builder has a setter for, or writes by itself: the
/// server would read the first of two, or one that isn't quoted as it unquotes it.
fn own_setter(own: Option<ActionType>, name: &[u8]) -> Option<Refusal> {
    let field = own?.fields().find(|field| field.is_written_as(name))?;
    Some(if field.is_fixed() { Refusal::Given { by: "`new`" } } else { Refusal::OwnSetter { setter: field.method() } })
}

/// Returns the refusal of an empty value that the server refuses.
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

/// The server skips these (`main/manager.c`, `__astman_get_header`), so a value that begins with
/// one doesn't arrive as it was sent.
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
    /// The names, and the values that are no secrets.
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
