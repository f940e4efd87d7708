//! What a hostile or broken peer can do to a reader, and what stops it.
//!
//! | threat | what stops it |
//! |---|---|
//! | what each [`Limit`](crate::error::Limit) names: lines, frames and streams without end, too many lines | [`Limits`](crate::Limits): the frame, or the stream, is given up with the limit's name and the stream offset |
//! | bytes one at a time, to make every read rescan | what has been masked of a frame is not masked again, whatever the reads |
//! | a million blank lines between frames | skipped in one pass; they are counted, not kept |
//! | an unwanted event that comes near a limit, so that its lines are indexed after all | once a frame at the most is it read again from its start |
//! | a `Follows` that never ends, full of blank lines | what the frame is has been decided at its first blank line; each further one costs one comparison |
//! | reading faster than frames are taken | `Limits::buffer`; [`Decoder::room`](crate::Decoder::room) tells when to stop reading, which hands the pressure back to the peer |
//! | a list of more items than a client may keep | [`Config::ceiling`](crate::client::Config::ceiling): reading stops until the program takes items, for as long as an answer may take; then the list fails and all else goes on. An item that can't fit at all fails its list at once. [`AtCeiling`](crate::client::AtCeiling) |
//! | items and text without `ActionID`, to make the client look for whom they are | found in time logarithmic in the requests in flight |
//!
//! # The same answer, however it is cut
//!
//! Which frames come out and which limit is broken where does not depend on how the bytes were
//! split into reads: of two limits that a frame breaks, the one that is broken first is reported. A
//! line or a frame breaks its limit with the first byte too many, a line too many with its line
//! feed. Where that line feed is also the first byte too many of the frame,
//! [`Limits::lines`](crate::Limits::lines) is reported. The buffer's limit is the exception by
//! nature: it depends on when frames are taken.
//!
//! # After an error
//!
//! The error is `Copy` and sticky. Frames before it have been handed out. Drop the connection, or
//! [skip](crate::Decoder::skip_frame) the frame: its rest goes by in bounded memory, to the end that
//! it would have had. A frame of more than 1 GiB is not skipped, nor is one that had no room in the
//! buffer.
//!
//! A [`Client`](crate::client::Client) that is logged in skips. Where the first lines of the frame
//! say that it answers a request (the output of a command, an item of a list), that request ends with
//! [`Ending::Oversized`](crate::client::Ending::Oversized), and nothing else is concerned; else
//! it is told as [`ClientEvent::Oversized`](crate::client::ClientEvent::Oversized). Where they say
//! neither that nor that it is an event for all (there is no `ActionID` among them, and no
//! `Privilege` of an event that answers nothing), and a request is open, the connection is given up:
//! a list that lacks an item must not end as a whole one. FreeSWITCH's
//! `freeswitch::Connection` skips a body that is too long, since its length is
//! known, and gives up a head that is too long.
//!
//! A server gives its client up: what Asterisk takes for a request has 128 lines of 1,022 bytes at
//! the most, so one over the default limits is no mistake.
