//! What a hostile or broken peer can do to a reader, and what stops it.
//!
//! | threat | what stops it |
//! |---|---|
//! | a line, a frame or a stream of blank-less text without end | [`Limits`](crate::Limits): the stream is given up with the limit's name and the stream offset |
//! | a frame of very many short lines, to make the index grow | `Limits::lines` bounds it: 8 bytes a line, doubling |
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
//! The error is `Copy` and sticky. Frames before it have been handed out. There is no
//! resynchronising: what follows an over-long frame can't be trusted to start where a frame starts.
//! Drop the connection.
