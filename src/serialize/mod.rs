//! `Serialize` for what comes off the wire and what is made of it, and `Deserialize` for frames
//! that are kept. What `ami inspect --json` prints is made by these.
//!
//! The page `manual::json` has the forms. A type that may hold secrets is [`Secretive`] and stands
//! in [`masked!`]; all others have an `impl`, mostly by a macro.

mod calls;
#[cfg(feature = "std")]
mod client;
#[cfg(feature = "conference")]
mod conference;
mod described;
mod frame;
#[cfg(feature = "freeswitch")]
mod freeswitch;
#[cfg(all(feature = "freeswitch", feature = "std"))]
mod freeswitch_connection;
#[cfg(all(feature = "freeswitch", feature = "xml"))]
mod freeswitch_record;
#[cfg(feature = "freeswitch")]
mod freeswitch_reply;
#[cfg(feature = "kazoo")]
mod kazoo;
mod read_frame;
#[cfg(feature = "std")]
mod server;
mod state;
mod value;

use core::time::Duration;
use serde::{Serialize, Serializer};

use crate::redact::WithSecrets;

/// Says how secrets are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    Masked,
    Shown,
}

/// A type that may hold secrets.
pub trait Secretive {
    /// Serialises it, with its secrets or without.
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error>;
}

impl<T: Secretive> Secretive for &T {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).write(secrets, serializer)
    }
}

impl<T: Secretive> Serialize for WithSecrets<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(Secrets::Shown, serializer)
    }
}

/// Serialises what it wraps with its secrets, or without.
#[cfg(any(feature = "std", feature = "freeswitch"))]
struct As<T>(T, Secrets);

#[cfg(any(feature = "std", feature = "freeswitch"))]
impl<T: Secretive> Serialize for As<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(self.1, serializer)
    }
}

/// Has types that may hold secrets serialised without.
macro_rules! masked {
    ($($type:ty,)+) => {$(
        /// Secrets are masked as `***`, unless
        /// [`WithSecrets`](crate::redact::WithSecrets) wraps it.
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::serialize::Secretive::write(self, $crate::serialize::Secrets::Masked, serializer)
            }
        }
    )+};
}
use masked;

/// Has owned twins of such types serialised as what they lend.
macro_rules! as_lent {
    ($($type:ty,)+) => {
        $crate::serialize::masked! { $($type,)+ }

        $(impl $crate::serialize::Secretive for $type {
            fn write<S: serde::Serializer>(
                &self,
                secrets: $crate::serialize::Secrets,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $crate::serialize::Secretive::write(&self.view(), secrets, serializer)
            }
        })+
    };
}
use as_lent;

/// Serialises these values under these keys.
macro_rules! object {
    ($serializer:expr, $name:literal, { $($key:literal: $value:expr,)+ }) => {{
        let mut object = serde::Serializer::serialize_struct($serializer, $name, [$($key),+].len())?;
        $(serde::ser::SerializeStruct::serialize_field(&mut object, $key, &$value)?;)+
        serde::ser::SerializeStruct::end(object)
    }};
}
use object;

/// Has types without secrets serialised as objects.
macro_rules! objects {
    ($($type:ty as $name:literal, |$this:ident| { $($fields:tt)+ })+) => {$(
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $this = self;
                $crate::serialize::object!(serializer, $name, { $($fields)+ })
            }
        }
    )+};
}
use objects;

/// Has enums serialised as their words.
macro_rules! as_words {
    ($($type:ty,)+) => {$(
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    )+};
}
use as_words;

/// A sequence that can be serialised as often as its iterator can be cloned.
struct Seq<I>(I);

impl<I: Iterator<Item: Serialize> + Clone> Serialize for Seq<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

/// Returns a time in seconds.
fn seconds(time: impl Into<Option<Duration>>) -> Option<f64> {
    time.into().map(|time| time.as_secs_f64())
}
