//! Limits of the framing layer, and the switches for irregular framing.

use crate::error::limits;

macro_rules! define {
    ($(
        $(#[$doc:meta])* $limit:ident: $error:literal;
        $(#[$setter_doc:meta])* $setter:ident, $getter:ident = $default:expr, $most:expr;
    )+) => {
        /// Limits of the memory that a peer can make the framing layer use.
        ///
        /// The server does not limit the messages that it sends: lines and events grow with the
        /// values that the dialplan puts into variables. Therefore a reader must set limits. Each
        /// has a default far above real traffic (see each setter). A frame or stream over a limit
        /// is given up with a [`FrameError`](crate::FrameError); a larger buffer is never
        /// allocated. A limit of 0 allows nothing: the first byte, line or frame breaks it.
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
            /// Returns the default limits, which the setters document.
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
    /// Longest possible frame in bytes, under any limits.
    pub(crate) const LONGEST_FRAME: u32 = Self::new().frame(u32::MAX).frame;
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

/// The irregular framing that a stream may contain.
///
/// AMI's framing is regular except for two things that only a server sends. Disable them for a
/// stream that can't contain them (requests to a server): otherwise its first line would be read as
/// a banner.
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
    /// Framing of a server's messages: an optional banner at the start, and `Response: Follows`
    /// with its end marker (up to Asterisk 13). The default.
    pub const SERVER: Self = Self { banner: true, follows: true };

    /// Regular framing only: for a client's requests, and for frames from the middle of a stream.
    pub const PLAIN: Self = Self { banner: false, follows: false };

    /// Sets whether the first line of the stream is a banner, unless its name is `Response`,
    /// `Event`, `Action` or `ActionID`.
    ///
    /// Background: every server greets with one line that is not followed by a blank line
    /// (`Asterisk Call Manager/11.0.0`). Proxies change its text, and AMI over HTTP has none.
    /// Therefore any other first line is read as a banner. Disable it to read from the middle of a
    /// stream whose first frame may be unframed text.
    #[must_use]
    pub const fn banner(mut self, expected: bool) -> Self {
        self.banner = expected;
        self
    }

    /// Sets whether a response with the value `Follows` extends to the line that ends with
    /// `--END COMMAND--` and is followed by a blank line.
    ///
    /// Background: up to Asterisk 13 the output of a command is raw text between its three headers
    /// and that marker; it may contain blank lines, lines that look like headers, even whole frames
    /// (`manager show eventq`). If disabled, such a frame ends at its first blank line like any
    /// other.
    #[must_use]
    pub const fn follows(mut self, expected: bool) -> Self {
        self.follows = expected;
        self
    }

    /// Returns the value set with [`banner`](Self::banner).
    pub const fn expects_banner(&self) -> bool {
        self.banner
    }

    /// Returns the value set with [`follows`](Self::follows).
    pub const fn expects_follows(&self) -> bool {
        self.follows
    }
}

impl Default for Framing {
    fn default() -> Self {
        Self::SERVER
    }
}
