//! Keeps what a lost connection leaves: the requests that it has not answered, for the report, and
//! the outcomes that the next one may still hear, since a server tells them to every session that
//! may read them.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Id;
use super::reconnect::Unanswered;
use super::reply_plan::{Answers, is_named, names_answer};
use crate::wire::Frame;

/// See the module. Takes up next to nothing where nothing is left.
#[derive(Debug, Default)]
pub(super) struct LastConnection(Option<Box<Left>>);

#[derive(Debug, Default)]
struct Left {
    unanswered: Vec<Unanswered>,
    /// The requests whose outcomes are still to come, and the events that these are, by their
    /// `ActionID`s.
    outcomes: BTreeMap<Box<str>, (Id, Event)>,
    /// Which events those are.
    answers: Answers,
    /// Bytes held of both.
    held: [usize; 2],
    /// The next connection has been logged in.
    heard: bool,
}

/// The name of an event.
type Event = Cow<'static, str>;

/// Bytes of a request whose outcome is still to come, but for its `ActionID` and a name of the
/// caller's.
const OUTCOME: usize = size_of::<(Box<str>, (Id, Event))>();

/// Bytes of a request whose outcome is still to come.
fn size(action_id: &str, event: &Event) -> usize {
    OUTCOME + action_id.len() + if let Cow::Owned(name) = event { name.len() } else { 0 }
}

impl LastConnection {
    /// Bytes that a request leaves at the most, but for its `ActionID`, which is held twice.
    pub(super) const EACH: usize = size_of::<Unanswered>() + OUTCOME;

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.0.as_ref().map_or(0, |left| left.held.iter().sum())
    }

    /// Returns which events may be outcomes that are still to come.
    pub(super) fn answers(&self) -> Answers {
        self.0.as_ref().map_or(Answers::None, |left| left.answers)
    }

    /// Returns whether the outcome of a request with this `ActionID` is still to come.
    pub(super) fn awaits(&self, action_id: &str) -> bool {
        self.0.as_ref().is_some_and(|left| left.outcomes.contains_key(action_id))
    }

    /// The next connection is logged in, and hears what may still come.
    pub(super) fn logged_in(&mut self) {
        if let Some(left) = &mut self.0 {
            left.heard = true;
        }
    }

    /// A connection is over, which comes before what it leaves. What the one before it has left has
    /// had its time, if this one was logged in.
    pub(super) fn over(&mut self) {
        if self.0.as_ref().is_some_and(|left| left.heard) {
            self.0 = None;
        }
        self.take_unanswered();
    }

    /// It leaves this request, of which the outcome may still come if that is an event.
    pub(super) fn push(&mut self, request: Unanswered, outcome: Option<Event>) {
        let left = self.0.get_or_insert_default();
        if let Some(event) = outcome {
            let known = names_answer((&*event).into());
            left.answers = left.answers.max(if known { Answers::Known } else { Answers::Any });
            left.held[1] += size(&request.action_id, &event);
            left.outcomes.insert(request.action_id.clone(), (request.id, event));
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

    /// Takes out the request with this `ActionID`, if the frame is its outcome.
    pub(super) fn take_outcome(&mut self, action_id: &[u8], frame: Frame<'_>) -> Option<Id> {
        let left = self.0.as_mut().filter(|left| !left.outcomes.is_empty())?;
        let action_id = core::str::from_utf8(action_id).ok()?;
        left.outcomes.get(action_id).filter(|(_, event)| is_named(frame, event))?;
        let (id, event) = left.outcomes.remove(action_id)?;
        left.held[1] -= size(action_id, &event);
        self.tidy();
        Some(id)
    }

    fn tidy(&mut self) {
        if self.held() == 0 {
            self.0 = None;
        }
    }
}
