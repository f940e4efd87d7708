//! Text of a peer, made fit for a terminal. A name can hold what sets a window's title, clears the
//! screen, or turns the direction of writing; all that is printed from the wire goes through here.

use std::fmt::{self, Write as _};

/// Shows bytes of a peer without control and formatting characters: these, and what is not UTF-8,
/// are written as escapes. At most 72 characters are shown, or as many as the precision says
/// (`{:.200}`); a `…` stands for the rest.
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: AsRef<[u8]>> fmt::Display for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = f.precision().unwrap_or(72);
        for chunk in self.0.as_ref().utf8_chunks() {
            for char in chunk.valid().chars() {
                if left == 0 {
                    return f.write_char('…');
                }
                left -= 1;
                match char {
                    '"' | '\'' => f.write_char(char)?,
                    char => write!(f, "{}", char.escape_debug())?,
                }
            }
            for byte in chunk.invalid() {
                if left == 0 {
                    return f.write_char('…');
                }
                left -= 1;
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}
