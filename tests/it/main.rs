//! All integration tests, a module a subject, in one program: what they share is compiled once.

#[cfg(feature = "md5")]
mod both_sides;
mod calls;
mod client;
#[cfg(all(feature = "conference", feature = "xml"))]
mod conference;
#[cfg(all(feature = "conference", feature = "xml"))]
mod conference_answers;
mod corpus;
mod encode;
#[cfg(all(feature = "conference", feature = "std"))]
mod errors;
#[cfg(all(feature = "freeswitch", feature = "std"))]
mod conference;
mod conference_answers;
mod corpus;
mod encode;
mod esl;
mod event_sets;
mod facts;
mod floors;
mod framing;
mod fs_commands;
mod fs_list;
mod fs_replies;
mod generator;
mod http;
#[cfg(feature = "md5")]
mod idle;
mod injection;
mod kazoo;
mod limits;
mod live;
mod mxml;
#[cfg(feature = "md5")]
mod odd_headers;
#[cfg(feature = "std")]
mod pair;
mod peer;
mod properties;
mod recording;
#[cfg(feature = "md5")]
mod replay;
mod replaying;
mod secrets;
mod serde;
#[cfg(feature = "md5")]
mod server;
#[cfg(feature = "md5")]
mod server;
mod server_answers;
mod sessions;
mod sipxecs;
mod state;
mod typed;
mod value_roundtrip;
#[rustfmt::skip]
mod value_tables;

#[global_allocator]
static ALLOCATOR: ami_testkit::heap::Counting = ami_testkit::heap::Counting;
