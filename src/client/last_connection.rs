//! Keeps what a lost connection leaves: the requests that it has not answered, for the report, and
//! the outcomes that the next one may still hear, since a server tells them to every session that
//! may read them.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Id;
use super::reconnect::Unanswered;

/// See the module. Takes up next to nothing where nothing is left.
#[derive(Debug, Default)]
pub(super) struct LastConnection(Option<Box<Left>>);

#[derive(Debug, Default)]
struct Left {
    unanswered: Vec<Unanswered>,
    /// The requests whose outcomes are still to come, by their `ActionID`s.
    outcomes: BTreeMap<Box<str>, Id>,
    /// Bytes held of both.
    held: [usize; 2],
}

/// Bytes of a request whose outcome is still to come, but for its `ActionID`.
const OUTCOME: usize = size_of::<(Box<str>, Id)>();

impl LastConnection {
    /// Bytes that a request leaves at the most, but for its `ActionID`, which is held twice.
    pub(super) const EACH: usize = size_of::<Unanswered>() + OUTCOME;

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.0.as_ref().map_or(0, |left| left.held.iter().sum())
    }

    /// Returns whether outcomes are still to come.
    pub(super) fn awaits_outcomes(&self) -> bool {
        self.0.as_ref().is_some_and(|left| !left.outcomes.is_empty())
    }

    /// A connection is over, which comes before what it leaves. What the one before it has left has
    /// had its time, if this one was logged in.
    pub(super) fn over(&mut self, logged_in: bool) {
        if logged_in {
            self.0 = None;
        }
        self.take_unanswered();
    }

    /// It leaves this request, of which the outcome may still come.
    pub(super) fn push(&mut self, request: Unanswered, has_outcome: bool) {
        let left = self.0.get_or_insert_default();
        if has_outcome {
            left.held[1] += OUTCOME + request.action_id.len();
            left.outcomes.insert(request.action_id.clone(), request.id);
        }
        left.held[0] += size_of::<Unanswered>() + request.action_id.len();
        left.unanswered.push(request);
    }

    pub(super) fn take_unanswered(&mut self) -> Vec<Unanswered> {
        let Some(left) = &mut self.0 else { return Vec::new() };
        left.held[0] = 0;
        let unanswered = core::mem::take(&mut left.unanswered);
        self.tidy();
        unanswered
    }

    /// Takes out the request with this `ActionID`: its outcome has come.
    pub(super) fn take_outcome(&mut self, action_id: &[u8]) -> Option<Id> {
        let left = self.0.as_mut()?;
        let (action_id, id) = left.outcomes.remove_entry(core::str::from_utf8(action_id).ok()?)?;
        left.held[1] -= OUTCOME + action_id.len();
        self.tidy();
        Some(id)
    }

    fn tidy(&mut self) {
        if self.held() == 0 {
            self.0 = None;
        }
    }
}
