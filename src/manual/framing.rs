//! What a frame is on the wire of every version from 11 to 23, and how it is found.
//!
//! "Seen" below means on recordings of real servers; the corpus of the repository has a file for
//! each.
//!
//! # The rules
//!
//! 1. A line ends with LF; one CR before it belongs to the end of the line. Both kinds of ending
//!    are seen in one stream, even in one frame (`Message: Park successful\n`, `CallStarted:
//!    1795225606\n`). A CR elsewhere is data: command output has `\r\r\n`.
//! 2. A frame ends with the first blank line after it. Blank lines between frames are skipped: some
//!    sixty messages of the server have one too many.
//! 3. The first line of the stream is its banner, one line with no blank line after it, unless its
//!    name is `Response`, `Event`, `Action` or `ActionID`. So a proxy's banner of another text is
//!    one as well, and a stream without any (AMI over HTTP) needs no announcement.
//! 4. A frame is what its first line says that isn't an `ActionID` header, whatever stands further
//!    down: `Response:` occurs inside events (`OriginateResponse`), `Event:` inside
//!    `ResourceListDetail`. Asterisk 11 and 12 begin `VoicemailUserEntry` with its `ActionID`.
//! 5. A frame of which that line has no colon or another name is text. `Queues` (up to 14) and
//!    `IAXnetstats` answer with text that has no header at all; the blank line at its end closes
//!    it, so the frame after it is whole.
//! 6. Names end at the first colon. One blank after the colon is syntax, any more is value: command
//!    output is indented with them. Blanks at the end of a value are kept, servers compare them.
//! 7. A line without a colon is kept as a line (`No categories found`).
//!
//! # `Response: Follows`
//!
//! Up to Asterisk 13 a command's output comes raw between `Response: Follows`, `Privilege:
//! Command`, perhaps `ActionID`, and an end marker:
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
//! The text is what the command printed, so it can hold blank lines, whole frames (`manager show
//! eventq`) and the marker itself (`database show`). Without a final line feed it has the marker
//! glued to its last line. So the body ends at a blank line whose line before it ends in the
//! marker. Somebody who may set a value that a command prints can forge even that, see
//! [`injection`](super::injection). [`Framing::follows`](crate::Framing::follows) turns the rule
//! off.
//!
//! # What can't be told apart
//!
//! - Two frames with no blank line between them are one frame: `SKINNYdevices` and `SKINNYlines`
//!   glue the last item to the end of the list. A second `Event:` header is not a boundary by
//!   itself, since it is a plain field elsewhere (rule 4).
//! - A value with CR LF CR LF inside ends its frame. Versions from 13 escape some values and pass
//!   others on, see [`injection`](super::injection).
//!
//! # How it is found
//!
//! One pass over blocks of 64 bytes with a bit mask of line feeds and one of colons; the source of
//! [`Scanner`](crate::wire::Scanner) tells how. The result is a flat list of offsets, two a line; a
//! frame is a slice of it.
