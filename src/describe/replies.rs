//! Finds the action that a response answers by the response's headers.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use smallvec::SmallVec;

use super::Described;
use crate::catalogue::{self, ActionType, Field, ReplySpec};
use crate::wire::{Frame, FrameKind};

type Actions = SmallVec<[ActionType; 4]>;

/// Index of the headers of all replies, to guess which action a response answers if only the
/// server's stream is available. Make it once.
///
/// A program that has sent the action needs no guess:
/// [`Action::Response`](crate::action::Action::Response) names the type.
///
/// ```
/// use ami_proto::describe::Replies;
/// use ami_proto::{Decoder, Limits};
///
/// let replies = Replies::new();
/// let mut decoder = Decoder::new(Limits::new());
/// decoder.push(b"Response: Success\r\nCoreStartupDate: 2026-11-21\r\nCoreCurrentCalls: 3\r\n\r\n");
/// assert_eq!(replies.describe(decoder.next_frame()?.unwrap()).unwrap().type_name(), "CoreStatus");
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Replies {
    /// Actions by the lower-case name of a header in their reply.
    names: BTreeMap<Vec<u8>, Actions>,
    /// Reply headers whose name contains a number or a key.
    patterns: Vec<(Field, ActionType)>,
    /// Actions whose reply has names of actions as headers.
    of_action_names: Actions,
}

impl Replies {
    /// Creates the index.
    pub fn new() -> Self {
        let mut new = Self { names: BTreeMap::new(), patterns: Vec::new(), of_action_names: Actions::new() };
        for action in catalogue::actions() {
            let reply = action.reply();
            for field in reply.fields() {
                if field.is_indexed() {
                    new.patterns.push((field, action));
                    continue;
                }
                for name in field.aliases().chain([field.name()]) {
                    let name = [field.prefix(), name].concat().to_ascii_lowercase().into_bytes();
                    new.names.entry(name).or_default().push(action);
                }
            }
            if reply.rest().is_some() {
                new.of_action_names.push(action);
            }
        }
        for field in ReplySpec::common_fields() {
            new.names.remove(field.name().to_ascii_lowercase().as_bytes());
        }
        new
    }

    /// Describes a response as the reply that covers all its headers; of several such replies, as
    /// the one with the fewest fields. Returns `None` if there is none, or the frame is not a
    /// response.
    ///
    /// A response without a header of its own is described as
    /// [`Response`](crate::response::Response).
    pub fn describe<'buf>(&self, frame: Frame<'buf>) -> Option<Described<'buf>> {
        if frame.kind() != FrameKind::Response {
            return None;
        }
        let common: SmallVec<[Field; 8]> = ReplySpec::common_fields().collect();
        let mut own = 0_usize;
        let mut named_for_actions = 0;
        let mut candidates: Option<Actions> = None;
        for header in frame.headers() {
            if common.iter().any(|field| field.is_named(header.name())) {
                continue;
            }
            own += 1;
            named_for_actions += usize::from(catalogue::find_action(header.name()).is_some());
            match &mut candidates {
                None => candidates = Some(self.with(header.name())),
                Some(some) if some.is_empty() => {}
                Some(some) => {
                    let with = self.with(header.name());
                    some.retain(|action| with.contains(action));
                }
            }
        }
        let action = match candidates {
            None => return Some(Described::response(frame)),
            Some(some) => some.into_iter().min_by_key(|action| action.reply().fields().count()),
        };
        let lists_actions = || self.of_action_names.first().copied().filter(|_| named_for_actions * 2 > own);
        action.or_else(lists_actions).map(|action| Described::reply(frame, action))
    }

    /// Returns the actions whose reply has a header of this name.
    fn with(&self, name: &[u8]) -> Actions {
        let lower: SmallVec<[u8; 64]> = name.iter().map(u8::to_ascii_lowercase).collect();
        let patterns = self.patterns.iter().filter(|(field, _)| field.is_named(name)).map(|(_, action)| *action);
        self.names.get(lower.as_slice()).into_iter().flatten().copied().chain(patterns).collect()
    }
}

impl Default for Replies {
    fn default() -> Self {
        Self::new()
    }
}
