//! Names the limits of the framing layer in one table, and tells which of them a peer's stream went
//! over.

use core::fmt;

/// Hands the table of limits to a macro. A row is the variant of [`Limit`] with the attack that it
/// stops, the error in words, the setter of [`Limits`](crate::Limits), its getter, the default, and
/// the largest value that counts.
///
/// A new row makes all of these; what is left are the checks, one in `wire/scan/` and one in
/// `freeswitch/decoder.rs`. `each_limit_is_kept_by_both_decoders` in `tests/it/limits.rs` fails
/// until there are a case for it and both checks.
macro_rules! limits {
    ($define:ident) => {
        $define! {
            /// Bytes in one line: stops a line without end.
            Line: "line longer than the limit of {} bytes";
            /// Sets the most bytes in a line before its line feed. Default 1 MiB: the longest line
            /// recorded is 7,804 bytes, but `GetConfigJSON` puts a whole configuration file on one.
            line, max_line = 1 << 20, u32::MAX;

            /// Lines in one frame: stops very many short lines, which would make the index grow by
            /// 8 bytes each, doubled.
            Lines: "frame with more than the limit of {} lines";
            /// Sets the most lines in a frame, headers and others alike. Default 65,536, which
            /// bounds the index to 512 KiB: the most recorded is 596, in the output of a command,
            /// and a dialplan printed whole has some ten thousand.
            lines, max_lines = 1 << 16, u32::MAX;

            /// Bytes in one frame: stops a frame without its blank line.
            Frame: "frame longer than the limit of {} bytes";
            /// Sets the most bytes in a frame, its closing blank line included; at most 1 GiB (a
            /// larger value counts as that). Default 4 MiB: the longest recorded is 39,129 bytes,
            /// and command output has no bound in the server.
            // At most 1 GiB keeps every offset inside a frame, and a block past its end, in a u32.
            frame, max_frame = 1 << 22, 1 << 30;

            /// Bytes held by a decoder: stops a peer that sends faster than frames are taken.
            Buffer: "more than the limit of {} bytes buffered";
            /// Sets the most bytes that a [`Decoder`](crate::Decoder) holds and that have not been
            /// taken as frames. Default 8 MiB: two frames of the largest size. A smaller buffer
            /// than frame makes this the limit for frames. The allocation behind it can be up to
            /// twice as large. With 0 the first look for a frame fails, since there can never be
            /// one.
            buffer, max_buffer = 1 << 23, u32::MAX;
        }
    };
}
pub(crate) use limits;

macro_rules! define {
    ($(
        $(#[$doc:meta])* $limit:ident: $error:literal;
        $(#[$setter_doc:meta])* $setter:ident, $getter:ident = $default:expr, $most:expr;
    )+) => {
        /// Which of the [`Limits`](crate::Limits) was exceeded.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Limit {
            $($(#[$doc])* $limit,)+
        }

        impl Limit {
            /// Each limit.
            pub const ALL: &'static [Self] = &[$(Self::$limit),+];

            /// Writes that this limit, of this value, was exceeded.
            fn write(self, max: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$limit => write!(f, $error, max),)+
                }
            }
        }
    };
}

limits!(define);

/// The peer's stream went over a limit; reading it cannot go on, unless the frame is
/// [skipped](crate::Decoder::skip_frame).
///
/// Sticky: the reader that returned it returns it again at each call. Frames that were complete
/// before it have been handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FrameError {
    /// The limit.
    pub limit: Limit,
    /// Value of the limit.
    pub max: u32,
    /// Offset, in bytes from the start of the stream, of the first byte too many; for
    /// [`Limit::Lines`] of the first line too many.
    pub offset: u64,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.limit.write(self.max, f)?;
        write!(f, ", at stream offset {}", self.offset)
    }
}

impl core::error::Error for FrameError {}
