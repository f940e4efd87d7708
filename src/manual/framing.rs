//! The framing rules of every version from 11 to 23, and the way in which the crate finds frames.
//!
//! "Seen" below means on recordings of real servers; the repository's corpus has a file for each
//! case.
//!
//! # The rules
//!
//! 1. A line ends with LF; one CR before it belongs to the line end. Both kinds of line end are
//!    seen in one stream, even in one frame (`Message: Park successful\n`,
//!    `CallStarted: 1795225606\n`). A CR elsewhere is data: command output has `\r\r\n`.
//! 2. A frame ends with the first blank line after its first line. Blank lines between frames are
//!    skipped: some sixty messages of the server have one too many.
//! 3. The first line of the stream is its banner, a single line without a blank line after it,
//!    unless the line's name is `Response`, `Event`, `Action` or `ActionID`. So a proxy's banner
//!    with another text is recognised too, and a stream without a banner (AMI over HTTP) needs no
//!    setting.
//! 4. The first line that isn't an `ActionID` header decides the kind of the frame; later lines
//!    don't change it: `Response:` occurs inside events (`OriginateResponse`), `Event:` inside
//!    `ResourceListDetail`. Asterisk 11 and 12 begin `VoicemailUserEntry` with its `ActionID`.
//! 5. If that line has no colon, or has another name, the frame is text. `Queues` (up to 14) and
//!    `IAXnetstats` answer with text without any header; the blank line at its end closes it, so
//!    the next frame is complete.
//! 6. A name ends at the first colon. One blank after the colon is syntax, further blanks belong to
//!    the value: command output is indented with them. Blanks at the end of a value are kept,
//!    because servers compare them.
//! 7. A line without a colon is kept as a line (`No categories found`).
//!
//! # `Response: Follows`
//!
//! Up to Asterisk 13 the output of a command comes unescaped between `Response: Follows`,
//! `Privilege: Command`, an optional `ActionID`, and an end marker:
//!
//! ```text
//! Response: Follows\r\n
//! Privilege: Command\r\n
//! ActionID: 7\r\n
//! any text\nname: like a header\n\nEvent: like a frame\r\n\r\n
//! --END COMMAND--\r\n
//! \r\n
//! ```
//!
//! The text is the command's output, so it can contain blank lines, whole frames
//! (`manager show eventq`) and the marker itself (`database show`). Output without a final line
//! feed has the marker at the end of its last line. Therefore the body ends at a blank line whose
//! preceding line ends with the marker. A user who may set a value that a command prints can forge
//! even that, see [`injection`](super::injection). [`Framing::follows`](crate::Framing::follows)
//! turns the rule off.
//!
//! # Ambiguous input
//!
//! - Two frames without a blank line between them are one frame: `SKINNYdevices` and `SKINNYlines`
//!   join the last item to the end of the list. A second `Event:` header alone is not a boundary,
//!   since it is an ordinary field elsewhere (rule 4).
//! - A value that contains CR LF CR LF ends its frame. Versions from 13 escape some values and not
//!   others, see [`injection`](super::injection).
//!
//! # The implementation
//!
//! One pass over blocks of 64 bytes builds a bit mask of line feeds and one of colons; the source
//! of [`Scanner`](crate::wire::Scanner) explains it. The result is a flat list of offsets, two for
//! each line; a frame is a slice of that list.
