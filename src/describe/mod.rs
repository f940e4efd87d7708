//! Frames as data: every header with its entry in the catalogue, for programs that choose fields at
//! run time.

mod replies;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

#[cfg(feature = "serde")]
use crate::catalogue::Fields;
use crate::catalogue::{ActionType, Datum, EventType, Field, Named, ReplySpec};
use crate::event::Event;
use crate::redact::{MASK, hidden};
use crate::value::ValueError;
use crate::wire::{Frame, Header, Value};

pub use replies::Replies;

/// Describes the headers of an event by the catalogue. Returns `None` if the crate does not know
/// the event, or the frame is not an event.
///
/// For responses, which do not name the action that they answer, see [`Replies`].
///
/// ```
/// use ami_proto::catalogue::Datum;
/// use ami_proto::describe::{Content, describe};
/// use ami_proto::{Decoder, Limits, Value};
///
/// let mut decoder = Decoder::new(Limits::new());
/// decoder.push(b"Event: Hangup\r\nUniqueid: 1795225161.570\r\nCause: 16\r\nX-Odd: 1\r\n\r\n");
/// let hangup = describe(decoder.next_frame()?.unwrap()).unwrap();
/// assert_eq!(hangup.type_name(), "Hangup");
/// assert_eq!(hangup.fields()[2], ("cause".to_owned(), Content::One(Datum::Int(16))));
/// assert_eq!(hangup.uncovered().collect::<Vec<_>>(), [ami_proto::Value::from("X-Odd")]);
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
pub fn describe(frame: Frame<'_>) -> Option<Described<'_>> {
    Event::from(frame).event_type().map(|event| Described::event(frame, event))
}

/// A frame's headers, each with its entry in the catalogue. Secrets are masked, unless
/// [`with_secrets`](Self::with_secrets) is used.
#[derive(Clone)]
pub struct Described<'buf> {
    type_name: &'static str,
    frame: Frame<'buf>,
    headers: Vec<Entry<'buf>>,
    show_secrets: bool,
}

#[derive(Clone)]
struct Entry<'buf> {
    header: Header<'buf>,
    meaning: Meaning<'buf>,
    /// The value with its secrets masked, if it has any.
    masked: Option<Cow<'static, [u8]>>,
}

#[derive(Clone)]
enum Meaning<'buf> {
    Field(Field, Result<Option<Datum<'buf>>, ValueError>),
    /// A header without a field, where the tables allow any header.
    Rest,
    Uncovered,
}

/// Values of one field in a frame.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Content<'buf> {
    /// The value of a field that occurs once. If a frame repeats it, which servers do by mistake,
    /// it is the first, as with the field's method.
    One(Datum<'buf>),
    /// The values of a field that repeats.
    Many(Vec<Datum<'buf>>),
    /// The values of a numbered or keyed field, or of headers with any name, each with its name on
    /// the wire.
    Named(Vec<(Value<'buf>, Datum<'buf>)>),
}

/// A value that is not of its field's kind.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Invalid<'buf> {
    /// Name of the header on the wire.
    pub header: Value<'buf>,
    /// Value of the header.
    pub value: Value<'buf>,
    /// Field of the header.
    pub field: Field,
    /// Fault of the value.
    pub error: ValueError,
}

impl<'buf> Described<'buf> {
    /// Describes the frame as this event.
    pub(crate) fn event(frame: Frame<'buf>, event: EventType) -> Self {
        Self::new(frame, event.rust_name(), event.fields(), event.rest().is_some())
    }

    /// Describes the frame as an event that the tables do not know: only the headers that any event
    /// may carry have a field.
    #[cfg(feature = "serde")]
    pub(crate) fn other(frame: Frame<'buf>) -> Self {
        Self::new(frame, "Other", EventType::common_fields(), true)
    }

    /// Describes the frame as a request for this action; `None` for one that the tables do not
    /// know, whose parameters have no field.
    #[cfg(feature = "serde")]
    pub(crate) fn request(frame: Frame<'buf>, action: Option<ActionType>) -> Self {
        let Some(action) = action else { return Self::new(frame, "Other", Fields::of_requests(), true) };
        let fields = Fields::of_requests().chain(action.fields());
        Self::new(frame, action.rust_name(), fields, action.rest().is_some())
    }

    /// Describes the frame as the response to this action.
    pub(crate) fn reply(frame: Frame<'buf>, action: ActionType) -> Self {
        let fields = ReplySpec::common_fields().chain(action.reply().fields());
        Self::new(frame, action.rust_name(), fields, action.reply().rest().is_some())
    }

    /// Describes the frame as the response to an unknown action: only the headers that every
    /// response may carry have a field.
    pub(crate) fn response(frame: Frame<'buf>) -> Self {
        Self::new(frame, "Response", ReplySpec::common_fields(), true)
    }

    fn new(frame: Frame<'buf>, type_name: &'static str, fields: impl Iterator<Item = Field>, rest: bool) -> Self {
        let fields: Vec<Named> = fields.map(Named::new).collect();
        let entry = |(header, line): (Header<'buf>, &'buf [u8])| {
            let found = fields.iter().find_map(|named| Some((named.header(header, line)?, named.field)));
            let (header, field) = found.map_or((header, None), |(header, field)| (header, Some(field)));
            let secret = field.is_some_and(Field::is_secret) && !header.value().is_empty();
            let masked = if secret { Some(Cow::Borrowed(MASK)) } else { hidden(frame, header) };
            let meaning = match field {
                Some(field) => Meaning::Field(field, field.read(header.value())),
                None if rest => Meaning::Rest,
                None => Meaning::Uncovered,
            };
            Entry { header, meaning, masked }
        };
        let mut headers = frame.headers();
        let headers = core::iter::from_fn(|| headers.next_with_line()).map(entry).collect();
        Self { type_name, frame, headers, show_secrets: false }
    }

    /// Shows passwords, keys and challenge answers unmasked.
    #[must_use]
    pub fn with_secrets(self) -> Self {
        Self { show_secrets: true, ..self }
    }

    /// Returns the name of the frame's type in [`event`](crate::event) or
    /// [`response`](crate::response).
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Returns the described frame.
    pub fn frame(&self) -> Frame<'buf> {
        self.frame
    }

    /// Returns the fields by their [`key`](Field::key), in the order of the frame. The key `rest`
    /// has the headers that belong to no field, if the type may have such headers.
    ///
    /// Values that mean that there is none, and values that cannot be read, are left out.
    pub fn fields(&self) -> Vec<(String, Content<'_>)> {
        let mut found: Vec<(Option<Field>, Content<'_>)> = Vec::new();
        // Fields that occur once, but whose value is missing or cannot be read: a later header does
        // not replace it.
        let mut empty: Vec<Field> = Vec::new();
        for entry in &self.headers {
            let (field, datum) = match &entry.meaning {
                Meaning::Field(field, Ok(Some(datum))) => (Some(*field), *datum),
                Meaning::Field(field, _) => {
                    if !empty.contains(field) {
                        empty.push(*field);
                    }
                    continue;
                }
                Meaning::Rest => (None, Datum::Text(entry.header.value())),
                Meaning::Uncovered => continue,
            };
            let datum = self.masked(entry).map_or(datum, Datum::Text);
            let name = Value::new(entry.header.name());
            match (found.iter_mut().find(|(other, _)| *other == field), field) {
                (Some((_, Content::One(_))), _) => {}
                (Some((_, Content::Many(data))), _) => data.push(datum),
                (Some((_, Content::Named(data))), _) => data.push((name, datum)),
                (None, Some(one)) if !one.is_indexed() && one.repeats() => {
                    found.push((field, Content::Many([datum].into())));
                }
                (None, Some(one)) if !one.is_indexed() => {
                    if !empty.contains(&one) {
                        found.push((field, Content::One(datum)));
                    }
                }
                (None, _) => found.push((field, Content::Named([(name, datum)].into()))),
            }
        }
        found.into_iter().map(|(field, content)| (field.map_or_else(|| "rest".into(), Field::key), content)).collect()
    }

    /// Returns the names of the headers that the tables do not have.
    pub fn uncovered(&self) -> impl Iterator<Item = Value<'buf>> {
        let uncovered = |entry: &&Entry<'buf>| matches!(entry.meaning, Meaning::Uncovered);
        self.headers.iter().filter(uncovered).map(|entry| Value::new(entry.header.name()))
    }

    /// Returns the values that are not of their field's kind.
    pub fn invalid(&self) -> impl Iterator<Item = Invalid<'_>> {
        self.headers.iter().filter_map(|entry| match entry.meaning {
            Meaning::Field(field, Err(error)) => {
                let value = self.masked(entry).unwrap_or(entry.header.value());
                Some(Invalid { header: Value::new(entry.header.name()), value, field, error })
            }
            _ => None,
        })
    }

    fn masked<'a>(&self, entry: &'a Entry<'buf>) -> Option<Value<'a>> {
        entry.masked.as_deref().filter(|_| !self.show_secrets).map(Value::new)
    }
}

impl core::fmt::Debug for Described<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Described").field("type", &self.type_name).field("frame", &self.frame).finish_non_exhaustive()
    }
}
