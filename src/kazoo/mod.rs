//! The Conferences API of Kazoo (crossbar's `conferences`), and the events of its WebSocket
//! (blackhole).
//!
//! | you want | take |
//! |---|---|
//! | to ask or tell the server something | [`Account`]: gives method, path and body; the HTTP is the caller's |
//! | to read what it answers | [`Response`], and in it [`Conference`], [`Realtime`], [`Participant`] |
//! | to make or change a conference | [`Draft`] |
//! | to be told what happens | [`Subscription`], [`SocketMessage`], [`ParticipantEvent`] |
//!
//! What is read is a view over the body: strings are borrowed, a field is looked at when it is
//! asked for, and one that is odd is an error of its getter alone. Every view has
//! [`object()`](Conference::object) with all fields in order, unknown ones too, as the JSON text
//! that they came as. What is sent is checked first: lengths, ranges and patterns of the server's
//! schema, with an [`EncodeError`](crate::EncodeError) that names the field. PINs, passwords and
//! tokens are masked in `Debug`.
//!
//! ```
//! use ami_proto::error::Refusal;
//! use ami_proto::kazoo::{Account, Draft, Response, SideDraft};
//!
//! let account = Account::new("4b8c6fec4b2597882c0390202d195419");
//! let refused = account.create(&Draft::new().name("Conf").owner_id("me")).unwrap_err();
//! assert_eq!((refused.field(), refused.refusal()), ("owner_id", Refusal::Length { len: 2, min: 32, max: 32 }));
//!
//! let request = account.create(&Draft::new().name("Conf").member(&SideDraft::new().pins(["1234"])))?;
//! assert_eq!(request.body(), br#"{"data": {"name": "Conf", "member": {"pins": ["1234"]}}}"#);
//!
//! let body = br#"{"data": {"id": "c1", "_read_only": {"members": 1, "participants": [{"participant_id": 7}]}}}"#;
//! let conference = Response::from_slice(body)?.conference()?;
//! for participant in conference.realtime().participants()? {
//!     assert_eq!(participant.participant_id()?, 7);
//! }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Where the reference page and the server differ
//!
//! Reading accepts both. What is sent is what the server's code (4.0 to master) understands.
//!
//! | the page “Conferences API” | the server | here |
//! |---|---|---|
//! | conferences and lists stand bare in the answer | in an envelope, as `data` | both: [`Response`] |
//! | `name` is required | it is not | neither is it here; 1 to 128 characters if there |
//! | `profile` is a text | an object from 4.2 on, its name is `profile_name` | both: [`ProfileField`]; a text is sent as it was read, or set with [`Draft::profile_text`] |
//! | moderators join muted unless told otherwise | they do not | no default is assumed |
//! | numbers and PINs are texts | of digits; no number twice | checked before sending |
//! | realtime data of lists on top | under `_read_only` from 4.0 on | both: [`Realtime`] |
//! | `admins` | `moderators` | both: [`Realtime::moderators`] |
//! | flags and energy of a participant on top | from 4.0 on in `conference_channel_vars` | both: [`Participant`], [`ParticipantEvent`] |
//! | `current_energy` | not from 4.0 to 4.3; from master on | [`Participant::current_energy`] is missing there |
//! | `join_time` is an "epoch" | seconds since the year 0 | [`JoinTime`] |
//! | actions in `data` | on top or in `data` | in `data` unless told otherwise: [`Envelope`] |
//! | conferences: `lock`, `unlock`; participants: five | `play`, `record`, `dial`; `play`, `relate` besides, from 4.2 on | all |
//! | `mute` all: all but moderators | of those, whoever can speak | the server's affair |
//! | events are `participant_event` | newer servers: `event` | both: [`ParticipantEvent`] |
//! | names in lower case, values typed | what passed through the message bus may have `Call-ID`, `"true"`, `"20"` | both |
//! | several bindings in one message, or none to end all | one `binding` a message | [`Subscription::one_by_one`] |
//!
//! # serde
//!
//! Views implement serde's `Deserialize` and `Serialize` for use with `serde_json`, from slices and
//! strings: keeping a value's text is a thing between serde and `serde_json`, and other formats
//! answer with an error.

mod action;
mod dial;
mod document;
mod draft;
mod error;
mod event;
mod fields;
mod json;
mod participant;
mod realtime;
mod request;
mod response;
mod socket;
mod validate;
mod write;

pub use crate::http_request::{Method, Request};
pub use action::{ActionBody, ConferenceAction, Envelope, ParticipantAction, ParticipantsAction, Relate, Relationship};
pub use dial::{Dial, ParticipantFlag};
pub use document::{Conference, Draft, Profile, ProfileDraft, ProfileField, Side, SideDraft, Tone};
pub use error::{FieldError, JsonError, Violation};
pub use event::{ChannelVars, Happening, ParticipantEvent};
pub use json::{Json, Object};
pub use participant::{JoinTime, Participant};
pub use realtime::Realtime;
pub use request::Account;
pub use response::{Dialed, Envelope as ResponseEnvelope, Response, ServerRefusal};
pub use socket::{Binding, Ping, SocketEvent, SocketMessage, SocketReply, Subscription};
