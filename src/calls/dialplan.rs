//! Places in the dialplan: where a leg began, and where it is.

use super::OwnedValue;
use super::history::Leg;

impl Leg {
    /// Returns where it began in the dialplan: the extension and context that it began with or,
    /// where it had no extension then, those of its first step with one. It has a priority only
    /// where its first step was there.
    pub const fn first_place(&self) -> DialplanPlace<'_> {
        let priority = priority(self.priorities.0);
        DialplanPlace { exten: self.exten.as_ref(), context: self.context.as_ref(), priority }
    }

    /// Returns where it is in the dialplan, or was at last: extension, context and priority of its
    /// last step.
    pub fn place(&self) -> DialplanPlace<'_> {
        let priority = priority(self.priorities.1);
        match &self.moved {
            Some(moved) => {
                let [exten, context] =
                    [&moved.exten, &moved.context].map(|text| Some(text).filter(|text| !text.as_bytes().is_empty()));
                DialplanPlace { exten, context, priority }
            }
            None => DialplanPlace { priority, ..self.first_place() },
        }
    }
}

const fn priority(told: u32) -> Option<u32> {
    if told == 0 { None } else { Some(told) }
}

/// A place in the dialplan. Extension and context of a channel that has run no step are those that
/// it began with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DialplanPlace<'a> {
    /// The extension.
    pub exten: Option<&'a OwnedValue>,
    /// Context of the extension.
    pub context: Option<&'a OwnedValue>,
    /// The priority, from 1; none where no step there was told.
    pub priority: Option<u32>,
}

/// An extension and its context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) exten: OwnedValue,
    pub(super) context: OwnedValue,
}
