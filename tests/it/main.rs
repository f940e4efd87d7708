//! All integration tests, a module a subject, in one program: what they share is compiled once.

mod any_order;
mod backoff;
mod both_sides;
mod calls;
mod calls_expected;
mod client;
mod conference;
mod conference_answers;
mod corpus;
mod custom;
mod display;
mod encode;
mod errors;
mod esl;
mod event_sets;
mod facts;
mod floors;
mod framing;
mod fs_commands;
mod fs_list;
mod fs_replies;
mod generator;
mod greeting;
mod http;
mod idle;
mod injection;
mod kazoo;
mod limits;
mod live;
mod machine;
mod mxml;
mod names;
mod odd_headers;
mod outcomes;
mod peer;
mod properties;
mod recording;
mod replay;
mod replaying;
mod secrets;
mod serde;
mod serde_data;
mod serde_frames;
mod server;
mod server_answers;
mod sessions;
mod sipxecs;
mod state;
mod testing;
mod typed;
mod value_roundtrip;
#[rustfmt::skip]
mod value_tables;
mod wrong_uses;

#[global_allocator]
static ALLOCATOR: ami_testkit::heap::Counting = ami_testkit::heap::Counting;
