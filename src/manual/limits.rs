//! Attacks by a hostile or broken peer, and the limits that stop them.
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
//! # Errors don't depend on how input is split
//!
//! The split of the bytes into reads changes neither the frames nor the position and kind of a
//! broken limit: if a frame breaks two limits, the one that is broken first is reported. A line or
//! a frame breaks its limit with the first excess byte, the number of lines with the line feed of
//! the first excess line. If that line feed is also the first excess byte of the frame,
//! [`Limits::lines`](crate::Limits::lines) is reported. Only the buffer's limit depends on the time
//! at which frames are taken.
//!
//! # After an error
//!
//! The error is `Copy` and sticky. Frames before it have been returned. Drop the connection, or
//! [skip](crate::Decoder::skip_frame) the frame: its remaining bytes are discarded in bounded
//! memory, up to its regular end. A frame of more than 1 GiB can't be skipped, and neither can a
//! frame that had no room in the buffer.
//!
//! A [`Client`](crate::client::Client) that is logged in skips. If the first lines of the frame
//! show that it answers a request (the output of a command, an item of a list), that request ends
//! with [`Ending::Oversized`](crate::client::Ending::Oversized), and nothing else is affected.
//! Otherwise the frame is reported as
//! [`ClientEvent::Oversized`](crate::client::ClientEvent::Oversized).
//!
//! There is one exception. If those lines have neither an `ActionID` nor the `Privilege` of an
//! event that answers no request, and a request is open, the connection is given up: a list that
//! lacks an item must not end as a complete one.
//!
//! FreeSWITCH's `freeswitch::Connection` skips an oversized body, since its length is known, and
//! gives up the connection on an oversized head.
//!
//! A server gives up an oversized client: Asterisk accepts requests of at most 128 lines of 1,022
//! bytes, so a request over the default limits is no accident.
