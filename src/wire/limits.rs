//! What the framing layer accepts at the most, and which of the protocol's irregularities it looks
//! for.

use crate::error::limits;

macro_rules! define {
    ($(
        $(#[$doc:meta])* $limit:ident: $error:literal;
        $(#[$setter_doc:meta])* $setter:ident, $getter:ident = $default:expr, $most:expr;
    )+) => {
        /// Ceilings on what a peer can make the framing layer hold.
        ///
        /// The server itself sets none on what it sends: lines and events grow with what the dialplan puts
        /// in a variable. A reader must therefore set its own, and each of these has a default that real
        /// traffic stays far below (see each setter). Over one of them the frame, or the stream, is
        /// given up with a [`FrameError`](crate::FrameError); no larger buffer is ever allocated. A
        /// limit of 0 allows nothing: the first byte, line or frame breaks it.
        ///
        /// ```
        /// use ami_proto::Limits;
        ///
        /// let limits = Limits::new().line(64 * 1024).frame(1024 * 1024);
        /// assert_eq!(limits.max_line(), 65536);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Limits {
            $($setter: u32,)+
        }

        impl Limits {
            /// Returns the defaults, which the setters name.
            pub const fn new() -> Self {
                Self { $($setter: $default,)+ }
            }

            $(
                $(#[$setter_doc])*
                #[must_use]
                pub const fn $setter(mut self, most: u32) -> Self {
                    self.$setter = if most > $most { $most } else { most };
                    self
                }

                #[doc = concat!("Returns the value set with [`", stringify!($setter), "`](Self::", stringify!($setter), ").")]
                pub const fn $getter(&self) -> u32 {
                    self.$setter
                }
            )+
        }
    };
}

limits!(define);

impl Limits {
    /// Bytes that a frame can have at the most, whatever is set.
    pub(crate) const LONGEST_FRAME: u32 = Self::new().frame(u32::MAX).frame;
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

/// Which irregular shapes of the protocol a stream can hold.
///
/// AMI's framing is regular but for two things that only a server sends. A stream that cannot hold
/// them (requests on their way to a server) is better read without: its first line would else pass
/// for a banner.
///
/// ```
/// use ami_proto::{Decoder, FrameKind, Framing, Limits};
///
/// let mut requests = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
/// requests.push(b"Foo: bar\r\nAction: Ping\r\n\r\n");
/// // A server would answer "Missing action in request"; the frame is kept whole for whoever wants to.
/// let frame = requests.next_frame()?.expect("a whole frame");
/// assert_eq!(frame.kind(), FrameKind::Text);
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framing {
    banner: bool,
    follows: bool,
}

impl Framing {
    /// What a server sends on a connection: a banner first (or none), and `Response: Follows` with
    /// its end marker (up to Asterisk 13). The default.
    pub const SERVER: Self = Self { banner: true, follows: true };

    /// Neither: what a client sends, and frames out of the middle of a stream.
    pub const PLAIN: Self = Self { banner: false, follows: false };

    /// Whether the first line of the stream is its banner unless its name is `Response`, `Event`,
    /// `Action` or `ActionID`.
    ///
    /// Background: every server greets with one line that no blank line closes (`Asterisk Call
    /// Manager/11.0.0`). Proxies change its text, AMI over HTTP has none. So any other first line
    /// is taken for it. Turn it off to read from the middle of a stream whose first frame may be
    /// unframed text.
    #[must_use]
    pub const fn banner(mut self, expected: bool) -> Self {
        self.banner = expected;
        self
    }

    /// Whether a response whose value is `Follows` runs to the line that ends in `--END COMMAND--`
    /// and is followed by a blank line.
    ///
    /// Background: up to Asterisk 13 the output of a command is raw text between its three headers
    /// and that marker; it holds blank lines, lines that look like headers, even whole frames
    /// (`manager show eventq`). Turned off, such a frame ends at its first blank line like any
    /// other.
    #[must_use]
    pub const fn follows(mut self, expected: bool) -> Self {
        self.follows = expected;
        self
    }

    /// The value set with [`banner`](Self::banner).
    pub const fn expects_banner(&self) -> bool {
        self.banner
    }

    /// The value set with [`follows`](Self::follows).
    pub const fn expects_follows(&self) -> bool {
        self.follows
    }
}

impl Default for Framing {
    fn default() -> Self {
        Self::SERVER
    }
}
