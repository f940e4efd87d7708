//! Frames, events and lists of FreeSWITCH's event socket.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::frame::Text;
use super::{As, Secretive, Secrets, masked, object};
use crate::catalogue::Datum;
use crate::freeswitch::event::{self, ConferenceEvent, Event, OwnedEvent};
use crate::freeswitch::list::{self, Conference, List, Member, Recording};
use crate::freeswitch::{Frame, OwnedFrame, mask, mask_header};
use crate::value::Encoded;
use crate::wire::Value;

masked! {
    Frame<'_>, OwnedFrame, Event<'_>, OwnedEvent, ConferenceEvent<'_>, List<'_>, Conference<'_>, Member<'_>,
    Recording<'_>,
}

impl Secrets {
    /// A text as it may be shown.
    fn text(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        if self == Self::Shown { Cow::Borrowed(bytes) } else { mask(bytes) }
    }

    /// A header's value as it may be shown.
    fn header<'a>(self, name: &[u8], value: &'a [u8]) -> Cow<'a, [u8]> {
        if self == Self::Shown { Cow::Borrowed(value) } else { mask_header(name, value) }
    }

    /// A text as it may be shown, to be serialised.
    pub(super) fn mask(self, value: Value<'_>) -> Text<'_> {
        Text(self.text(value.as_bytes()))
    }

    /// Returns whether an event holds something that is not to be shown.
    fn hides(self, event: Event<'_>) -> bool {
        let mut headers = event.headers().map(|(name, value)| (name, value.decode()));
        *self.text(event.body()) != *event.body()
            || headers.any(|(name, value)| self.header(name.as_bytes(), &value) != value)
    }

    /// Names and values of headers whose values are encoded.
    fn pairs<'a>(self, headers: impl Iterator<Item = (Value<'a>, Encoded<'a>)>) -> Vec<(Value<'a>, Text<'a>)> {
        headers.map(|(name, value)| (name, self.decoded(name, value))).collect()
    }

    fn decoded<'a>(self, name: Value<'_>, value: Encoded<'a>) -> Text<'a> {
        let value = value.decode();
        let masked = Some(self.header(name.as_bytes(), &value)).filter(|masked| *masked != value);
        let masked = masked.map(|masked| Cow::Owned(masked.into_owned()));
        Text(masked.unwrap_or(value))
    }
}

impl Secretive for Frame<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        // An event that hides something hides it in its raw form too, in any encoding.
        let hidden = self.event().is_some_and(|event| secrets.hides(event)) && !self.body().is_empty();
        let body = if hidden { Text(Cow::Borrowed(b"***")) } else { secrets.mask(Value::new(self.body())) };
        let headers = self.headers().map(|(name, value)| {
            let plain = Encoded::new(value.as_bytes()).decode();
            let hidden = secrets.header(name.as_bytes(), &plain) != plain;
            // Encoded, it would not be recognised.
            let whole = hidden && plain != value.as_bytes();
            (name, Text(if whole { Cow::Borrowed(b"***") } else { secrets.header(name.as_bytes(), value.as_bytes()) }))
        });
        let command = self.command();
        let mut object = serializer.serialize_struct("Frame", 6 + usize::from(command.is_some()))?;
        object.serialize_field("offset", &self.offset())?;
        object.serialize_field("len", &self.as_bytes().len())?;
        object.serialize_field("content_type", &self.get("Content-Type"))?;
        object.serialize_field("headers", &headers.collect::<Vec<_>>())?;
        object.serialize_field("body", &body)?;
        object.serialize_field("event", &self.event().map(|event| As(event, secrets)))?;
        if let Some(command) = command {
            object.serialize_field("command", &secrets.mask(command))?;
        }
        object.end()
    }
}

impl Secretive for OwnedFrame {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().write(secrets, serializer)
    }
}

impl Secretive for Event<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        let decoded = |value: Encoded<'_>| Text(Cow::Owned(value.decode().into_owned()));
        object!(serializer, "Event", {
            "name": self.name().map(decoded),
            "subclass": self.subclass().map(decoded),
            "action": self.action().map(decoded),
            "headers": secrets.pairs(self.headers()),
            "body": secrets.mask(Value::new(self.body())),
        })
    }
}

impl Secretive for OwnedEvent {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().write(secrets, serializer)
    }
}

/// A value as its field has it.
enum Content<'buf> {
    Text(Text<'buf>),
    Datum(Datum<'buf>),
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::Datum(datum) => datum.serialize(serializer),
        }
    }
}

struct Fields<'buf>(Vec<(&'static str, Content<'buf>)>);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, content)| (name, content)))
    }
}

/// A value that is not of its field's kind.
struct Invalid<'buf>(&'static str, Text<'buf>);

impl Serialize for Invalid<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "Invalid", { "header": self.0, "value": self.1, })
    }
}

impl Secretive for ConferenceEvent<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        let (mut fields, mut invalid) = (Vec::new(), Vec::new());
        for (name, found) in self.fields() {
            let decoded = |value| secrets.decoded(Value::from(name), value);
            match found {
                Ok(Datum::Text(value)) => fields.push((name, Content::Text(decoded(Encoded::new(value.as_bytes()))))),
                Ok(datum) => fields.push((name, Content::Datum(datum))),
                Err(error) => {
                    let value = self.event().get(error.name()).unwrap_or(Encoded::new(b""));
                    invalid.push(Invalid(error.name(), decoded(value)));
                }
            }
        }
        object!(serializer, "ConferenceEvent", {
            "type": self.type_name(),
            "fields": Fields(fields),
            "rest": secrets.pairs(self.rest()),
            "invalid": invalid,
        })
    }
}

macro_rules! events {
    ($($name:ident,)+) => {
        masked! { $(event::$name<'_>,)+ }

        $(impl Secretive for event::$name<'_> {
            fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
                ConferenceEvent::from(self.event()).write(secrets, serializer)
            }
        })+
    };
}

event::each_view!(events);

/// As a [`Value`].
impl Serialize for list::Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// Names and values of a list.
pub(super) struct Pairs<'a>(pub(super) &'a [(list::Text<'a>, list::Text<'a>)], pub(super) Secrets);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(pairs, secrets) = self;
        let pair = |(name, value): &'_ (list::Text<'_>, list::Text<'_>)| {
            (
                Text(Cow::Owned(name.as_bytes().into())),
                Text(secrets.header(name.as_bytes(), value.as_bytes()).into_owned().into()),
            )
        };
        serializer.collect_seq(pairs.iter().map(pair))
    }
}

impl Secretive for List<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "List", {
            "conferences": self.conferences.iter().map(|conference| As(conference, secrets)).collect::<Vec<_>>(),
            "unread": self.unread.iter().map(|line| secrets.mask(*line)).collect::<Vec<_>>(),
        })
    }
}

impl Secretive for Conference<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "Conference", {
            "name": self.name,
            "member_count": self.member_count,
            "ghost_count": self.ghost_count,
            "rate": self.rate,
            "uuid": self.uuid,
            "run_time": self.run_time,
            "flags": self.flags,
            "variables": Pairs(&self.variables, secrets),
            "members": self.members.iter().map(|member| As(member, secrets)).collect::<Vec<_>>(),
            "recordings": self.recordings.iter().map(|recording| As(recording, secrets)).collect::<Vec<_>>(),
            "other": Pairs(&self.other, secrets),
        })
    }
}

impl Secretive for Member<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "Member", {
            "id": self.id,
            "channel": self.channel,
            "uuid": self.uuid,
            "caller_name": self.caller_name,
            "caller_number": self.caller_number,
            "flags": self.flags,
            "volume_in": self.volume_in,
            "volume_out": self.volume_out,
            "agc_volume_in": self.agc_volume_in,
            "energy": self.energy,
            "join_time": self.join_time,
            "last_talking": self.last_talking,
            "other": Pairs(&self.other, secrets),
        })
    }
}

impl Secretive for Recording<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "Recording", {
            "file": self.file,
            "paused": self.paused,
            "since": self.since,
            "other": Pairs(&self.other, secrets),
        })
    }
}
