//! Guards of fields that are meant as a value and in which a server reads more: an application's
//! arguments, a line for the shell, a pattern.

use super::args::{HeaderName, NameBuffer};
use super::headers::Headers;
use crate::error::{EncodeError, Refusal};

/// A rule of what is refused in a field.
pub(super) struct Guard {
    /// Characters, all ASCII.
    refused: &'static str,
    /// Set where round brackets are refused as well that don't close.
    paired: bool,
    /// The numbered field of the same number that has to have this value, in any case of letters.
    only: Option<(&'static str, &'static str)>,
    /// Names the meaning that the server gives such a character.
    means: &'static str,
}

impl Guard {
    pub(super) const fn new(
        refused: &'static str,
        paired: bool,
        only: Option<(&'static str, &'static str)>,
        means: &'static str,
    ) -> Self {
        Self { refused, paired, only, means }
    }

    /// Returns the characters that are refused.
    #[cfg(feature = "conference")]
    pub(super) const fn refused(&self) -> &'static [u8] {
        self.refused.as_bytes()
    }

    /// Returns whether it holds for the field of this name.
    fn holds(&self, name: &HeaderName<'_>, headers: &Headers<'_>) -> bool {
        let (Some((field, value)), HeaderName::Numbered(_, number)) = (self.only, name) else { return true };
        let found = headers.get(&HeaderName::Numbered(field, *number));
        found.is_some_and(|found| found.bytes(&mut [0; 20]).eq_ignore_ascii_case(value.as_bytes()))
    }

    /// Returns what is wrong with a value.
    fn refusal(&self, value: &[u8]) -> Option<Refusal> {
        let interpreted = |syntax, at| Refusal::Interpreted { syntax, at, means: self.means };
        let found = value.iter().enumerate().find_map(|(at, byte)| {
            let place = self.refused.bytes().position(|refused| refused == *byte)?;
            Some(interpreted(self.refused.get(place..=place)?, at))
        });
        found.or_else(|| unpaired(value).filter(|_| self.paired).map(|(syntax, at)| interpreted(syntax, at)))
    }
}

/// Returns the first round bracket without its other one.
fn unpaired(value: &[u8]) -> Option<(&'static str, usize)> {
    let (mut open, mut depth) = (0, 0_usize);
    for (at, byte) in value.iter().enumerate() {
        match byte {
            b'(' => {
                open = if depth == 0 { at } else { open };
                depth += 1;
            }
            b')' if depth == 0 => return Some((")", at)),
            b')' => depth -= 1,
            _ => {}
        }
    }
    (depth > 0).then_some(("(", open))
}

/// The fields of an action that have a guard.
pub(super) struct Guarded(pub(super) &'static [(&'static str, &'static Guard)]);

impl Guarded {
    /// Refuses the first value that a guard refuses.
    #[inline(never)]
    pub(super) fn check(&self, headers: &Headers<'_>) -> Result<(), EncodeError> {
        headers.as_slice().iter().try_for_each(|header| {
            let name = match &header.name {
                HeaderName::Field(name) | HeaderName::Numbered(name, _) => *name,
                HeaderName::Assignment(..) | HeaderName::Free(_) => return Ok(()),
            };
            let guard = self.0.iter().find(|(guarded, _)| *guarded == name).map(|(_, guard)| guard);
            let guard = guard.filter(|guard| guard.holds(&header.name, headers));
            match guard.and_then(|guard| guard.refusal(header.value.bytes(&mut [0; 20]))) {
                Some(refusal) => Err(EncodeError::new(header.name.write(&mut NameBuffer::default()), refusal)),
                None => Ok(()),
            }
        })
    }
}
