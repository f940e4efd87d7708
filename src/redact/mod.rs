//! Hides passwords, PINs, keys and challenge answers: names of secrets, their places in messages,
//! and the masked `Display` of frames.
//!
//! All protocols share one list of secret names, in `names.rs`. `wire` knows none of them.

#[cfg(feature = "freeswitch")]
pub(crate) mod event_socket;
mod headers;
mod log_line;
mod names;
mod uris;

use core::fmt;

use crate::wire::{Frame, OwnedFrame, Value};

pub(crate) use headers::{hidden, hidden_field};
pub use headers::{is_secret, is_secret_line, mask_line, mask_value};
#[cfg(feature = "freeswitch")]
pub(crate) use log_line::LogLine;
#[cfg(feature = "std")]
pub(crate) use log_line::Written;
#[cfg(any(feature = "std", feature = "freeswitch"))]
pub(crate) use log_line::{Escaped, log_line};
pub(crate) use names::is_secret_name;
pub(crate) use uris::mask_uris;

/// Text that replaces a secret.
pub(crate) const MASK: &[u8] = b"***";

/// Shows a masked value: `***` if nothing else is left of it, otherwise the rest in quotation
/// marks.
pub(crate) struct Shown<'a>(pub(crate) &'a [u8]);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == MASK { f.write_str("***") } else { Value::new(self.0).fmt(f) }
    }
}

/// Serialises the wrapped value with its secrets, which are masked otherwise. `Debug` still masks
/// them.
///
/// Works for frames, typed views, the events of a [`client`](crate::client) and of FreeSWITCH's
/// `Connection`, FreeSWITCH's lists and replies, and references to them. No other type masks
/// secrets.
///
/// ```
/// use ami_proto::redact::WithSecrets;
/// use ami_proto::{Decoder, Limits};
///
/// let mut decoder = Decoder::new(Limits::new());
/// decoder.push(b"Action: Login\r\nSecret: s3cret\r\n\r\n");
/// let frame = decoder.next_frame()?.expect("a whole frame");
/// assert!(serde_json::to_string(&frame)?.contains(r#"["Secret","***"]"#));
/// assert!(serde_json::to_string(&WithSecrets(frame))?.contains(r#"["Secret","s3cret"]"#));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[cfg(feature = "serde")]
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a wrapper is what it wraps")]
pub struct WithSecrets<T>(pub T);

impl fmt::Debug for Frame<'_> {
    /// Writes headers with secrets masked, and only the number of lines, since command output can
    /// hold any text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Masked<'a>(Frame<'a>);
        impl fmt::Debug for Masked<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut map = f.debug_map();
                for header in self.0.headers() {
                    let name = Value::new(header.name());
                    match hidden(self.0, header) {
                        Some(masked) => map.entry(&name, &Shown(&masked)),
                        None => map.entry(&name, &header.value()),
                    };
                }
                map.finish()
            }
        }
        f.debug_struct("Frame")
            .field("kind", &self.kind())
            .field("offset", &self.offset())
            .field("len", &self.as_bytes().len())
            .field("headers", &Masked(*self))
            .field("lines", &self.lines().count())
            .finish()
    }
}

impl fmt::Debug for OwnedFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
