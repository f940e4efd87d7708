//! Typed views, all by one rule: what the tables at run time say of a frame's headers.

use alloc::vec::Vec;
use serde::{Serialize, Serializer};

use super::{Secretive, Secrets, as_lent, masked, object, objects};
use crate::describe::{Content, Described, Invalid};
use crate::event::{self, Event, OwnedEvent};
use crate::request::{self, Request};
use crate::response::{self, OwnedResponse, Response};

/// Secrets are masked as `***`, unless [`Described::with_secrets`] has been asked for.
impl Serialize for Described<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "Described", {
            "type": self.type_name(),
            "fields": Fields(self),
            "uncovered": self.uncovered().collect::<Vec<_>>(),
            "invalid": self.invalid().collect::<Vec<_>>(),
        })
    }
}

struct Fields<'a, 'buf>(&'a Described<'buf>);

impl Serialize for Fields<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.fields())
    }
}

objects! {
    Invalid<'_> as "Invalid", |found| { "header": found.header, "value": found.value, }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(datum) => datum.serialize(serializer),
            Self::Many(data) => serializer.collect_seq(data),
            Self::Named(data) => serializer.collect_seq(data),
        }
    }
}

fn write<S: Serializer>(described: Described<'_>, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
    if secrets == Secrets::Shown { described.with_secrets() } else { described }.serialize(serializer)
}

masked! { Event<'_>, Request<'_>, Response<'_>, }

as_lent! { OwnedEvent, OwnedResponse, }

impl Secretive for Event<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        let frame = self.frame();
        let described =
            self.event_type().map_or_else(|| Described::other(frame), |event| Described::event(frame, event));
        write(described, secrets, serializer)
    }
}

impl Secretive for Request<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        write(Described::request(self.frame(), self.action_type()), secrets, serializer)
    }
}

impl Secretive for Response<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        write(Described::response(self.frame()), secrets, serializer)
    }
}

macro_rules! events {
    ($($name:ident,)+) => {
        masked! { $(event::$name<'_>,)+ }

        $(impl Secretive for event::$name<'_> {
            fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
                write(Described::event(self.frame(), Self::TYPE), secrets, serializer)
            }
        })+
    };
}

event::each_view!(events);

macro_rules! requests {
    ($($name:ident,)+) => {
        masked! { $(request::$name<'_>,)+ }

        $(impl Secretive for request::$name<'_> {
            fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
                write(Described::request(self.frame(), Some(Self::TYPE)), secrets, serializer)
            }
        })+
    };
}

request::each_view!(requests);

macro_rules! responses {
    ($($name:ident,)+) => {
        masked! { $(response::$name<'_>,)+ }

        $(impl Secretive for response::$name<'_> {
            fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
                write(Described::reply(self.frame(), Self::TYPE), secrets, serializer)
            }
        })+
    };
}

response::each_view!(responses);
