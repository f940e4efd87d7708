//! FreeSWITCH: its event socket, its conference commands and what comes back.
//!
//! | you have | take |
//! |---|---|
//! | a connection to port 8021, or one that the server has made | `Connection` (feature `std`): login, commands, jobs, events, deadlines |
//! | a stream, or a recording of one | [`Decoder`]: frames |
//! | an event | [`Event`]: headers and a body, whatever its encoding; [`event::ConferenceEvent`]: its type |
//!
//! ```
//! use ami_proto::freeswitch::event::ConferenceEvent;
//! use ami_proto::freeswitch::{Decoder, LIMITS};
//!
//! # let event = "Event-Subclass: conference%3A%3Amaintenance\nConference-Name: board%20room\nMember-ID: 3\nAction: start-talking\n\n";
//! # let stream = format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{event}", event.len());
//! let mut decoder = Decoder::new(LIMITS);
//! decoder.push(stream.as_bytes());
//! while let Some(frame) = decoder.next_frame()? {
//!     if let Some(ConferenceEvent::StartTalking(talks)) = frame.event().map(ConferenceEvent::from) {
//!         println!("member {} of {} talks", talks.member_id()?, talks.conference_name()?);
//!     }
//! }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # What the wire is like
//!
//! From recordings of 1.11.2 and 1.6.20, which frame alike:
//!
//! - A frame is header lines that end in LF, a blank line, and as many bytes as `Content-Length`
//!   says. Headers come in any order; a notice may have a length of 0; the answer to `connect` has
//!   none, and its headers are the event.
//! - Answers come in the order of the commands; events and log lines come in between, but not while
//!   an `api` is at work. An `api` that the user may not use is answered by a `command/reply`.
//! - Values in plain and XML events are percent-encoded, and `%` with two digits in the original is
//!   not: only JSON tells these apart ([`Encoded`](crate::value::Encoded)).
//! - In JSON a header may come twice, as it may in the other encodings, and bytes that are no UTF-8
//!   pass.
//! - The headers of an event that a client has raised, and variables of a conference, have names
//!   that their author chose: a header may be forged. The first of a name counts here.
//!
//! # Conferences
//!
//! [`command`] writes the sub-commands of `conference`, [`reply`] reads what became of them, and
//! [`list`] who is there; `record` (feature `xml`) reads the record of a conference that has ended.
//!
//! ```
//! use ami_proto::freeswitch::command::{ConferenceCommand, List};
//! use ami_proto::freeswitch::reply::{Done, Reply};
//! use ami_proto::freeswitch::list::{self, Format};
//!
//! let mut line = Vec::new();
//! List::new().delimiter(">,<").to("room 1").api(&mut line)?;
//! assert_eq!(line, b"api conference 'room 1' list delim >,<\n\n");
//!
//! let body = b"7>,<sofia/internal/1001>,<1ba2e4d8-731b-496c-9471-d1a356b7406e>,<Bob>,<1001>,<hear|speak>,<0>,<0>,<100\n";
//! if let Some(Done::List(text)) = Reply::new(List::NAME, body).done() {
//!     let list = list::List::parse(text.as_bytes(), &Format::new().delimiter(">,<"));
//!     assert_eq!(list.conferences[0].members[0].caller_name, "Bob");
//! }
//! # Ok::<(), ami_proto::EncodeError>(())
//! ```

pub mod command;
#[cfg(feature = "std")]
mod connection;
mod decoder;
pub mod event;
mod frame;
pub mod list;
#[cfg(feature = "xml")]
pub mod record;
pub mod reply;
#[cfg(feature = "xml")]
mod xml;

pub use crate::owned_value::OwnedValue;
pub use crate::redact::event_socket::{mask, mask_header};
#[cfg(feature = "std")]
pub use connection::{
    Asked, Config, Connection, ConnectionEvent, Credentials, Ending, EventFormat, Events, Id, Message,
    OwnedConnectionEvent, OwnedEnding, Reached, ReconnectReport, Unanswered,
};
pub use decoder::{Decoder, LIMITS};
pub use event::Event;
pub use frame::{ContentType, EventError, Frame, OwnedFrame};

/// Returns the number that a text is, digits alone but for a sign, as the server prints it.
fn number<T: core::str::FromStr>(text: &[u8]) -> Option<T> {
    core::str::from_utf8(text).ok()?.parse().ok()
}
