//! Plan of how a request will be answered and what ends it, as far as that is known when it is
//! sent.
//!
//! An answer can have these forms:
//!
//! - a response;
//! - a response that announces a list, then items, then the end. From 13 on the response says
//!   `EventList: start`, and the end `EventList: Complete`. Up to 12 many responses and ends say
//!   neither: then the response's message ends in "will follow" on every recording of 11 and 12
//!   (and on no response without a list), and the catalogue names the end. Some empty lists are a
//!   response alone, often an error; the catalogue has its message;
//! - a response and one event, without an end (`FAXStats`, `FAXSession`);
//! - a response, then an event that reports the outcome (`Originate` with `Async`, `WaitEvent`,
//!   `SIPqualifypeer` from 12 on); `DataGet` sends the event and no response;
//! - text without a frame and without `ActionID`, or nothing but blank lines. Its end is not
//!   marked, so the client sends a `Ping` after the request: a session's requests are answered in
//!   order, so the text ends where the ping is answered. This holds for `Queues`, `IAXnetstats`,
//!   `SKINNYshowdevice`, `SKINNYshowline`, and `SIPqualifypeer` up to 11.

use alloc::borrow::Cow;
use alloc::string::String;
use core::time::Duration;

use super::entry::Awaits;
use crate::action::Answer;
use crate::catalogue::{ANNOUNCEMENTS, ANSWERS, ActionType, Again, EventType, READY, ReplyStyle, Role, find_event};
use crate::parse::leading_number;
use crate::range::part;
use crate::response::Response;
use crate::value::{Classes, FromWire};
use crate::wiped::Wiped;
use crate::wire::{Frame, Value};

/// Expected answer of a request.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Plan {
    pub(super) action: Option<ActionType>,
    /// Name of the event that ends the list.
    pub(super) end: Option<Cow<'static, str>>,
    /// Name of the event that reports the outcome.
    pub(super) outcome: Option<Cow<'static, str>>,
    /// True if the caller has declared the answer: then every success begins the list, and every
    /// event with the request's `ActionID` is an item.
    said: bool,
    /// True if the end of the answer has to be found with a ping.
    pub(super) probes: bool,
    /// True if the server answers nothing else in this session meanwhile.
    pub(super) blocks: bool,
    /// Number of item types that occur in this list only.
    pub(super) kinds: usize,
    /// True if items and end of the list come in one frame (Asterisk 11 to 20). In other answers a
    /// second `Event` header is an ordinary header, which may come from another user.
    pub(super) glues: bool,
    /// True if the arguments of the request change the plan.
    asks: bool,
    /// Time that the response takes on top of the usual time; `None`: no limit.
    pub(super) longer: Option<Duration>,
    /// Time that the outcome takes on top of the usual time; `None`: no limit.
    pub(super) outcome_longer: Option<Duration>,
}

impl Plan {
    /// The plan of an unknown action: it has a response.
    pub(super) const UNKNOWN: Self = Self {
        action: None,
        end: None,
        outcome: None,
        said: false,
        probes: false,
        blocks: false,
        kinds: 0,
        glues: false,
        asks: false,
        longer: Some(Duration::ZERO),
        outcome_longer: Some(Duration::ZERO),
    };

    /// Returns the plan of a request for this action, to a server of this release if it is known;
    /// `said` is the answer that the caller declares. [`refine`](Self::refine) adds the effects of
    /// the arguments.
    pub(super) fn of(action: Option<ActionType>, said: Option<&Answer<'_>>, release: Option<u32>) -> Self {
        let Some(said) = said else { return action.map_or(Self::UNKNOWN, |action| Self::known(action, release)) };
        let asks = action.is_some_and(|action| action.reply().has_more());
        let plan = Self { action, said: true, asks, ..Self::UNKNOWN };
        let named = |name: &Cow<'_, str>| Some(Cow::Owned(String::from(&**name)));
        match said {
            Answer::Reply => plan,
            Answer::List { end } => Self { end: named(end), ..plan },
            Answer::Text => Self { probes: true, ..plan },
            Answer::Outcome { event } => Self { outcome: named(event), ..plan },
        }
    }

    /// Returns the plan of a request from the catalogue's description of the action.
    fn known(action: ActionType, release: Option<u32>) -> Self {
        let reply = action.reply();
        let outcome = || reply.outcome().or_else(|| reply.items().next().filter(|_| reply.end().is_none()));
        let mut plan = Self {
            action: Some(action),
            end: reply.end().map(Cow::Borrowed),
            outcome: outcome().map(Cow::Borrowed),
            probes: reply.style() == ReplyStyle::Text,
            ..Self::UNKNOWN
        };
        plan.kinds = plan.items().count();
        if reply.has_more() {
            let until = reply.text_until().map(|branch| u32::from(branch.major()));
            plan.probes |= until.zip(release).is_some_and(|(until, release)| release <= until);
            (plan.glues, plan.asks) = (reply.is_glued(), true);
        }
        let since = outcome().and_then(|name| find_event(name.as_bytes())).map(EventType::new);
        let since = since.and_then(EventType::since).map(|branch| u32::from(branch.major()));
        if since.zip(release).is_some_and(|(since, release)| since > release) {
            plan.outcome = None;
        }
        plan
    }

    /// Adapts the plan to the arguments of the request, if the answer depends on them.
    ///
    /// Reads the request's bytes, since an action may have been encoded ahead, or by another
    /// client. Requests whose answer depends on no argument, by the spec, are not read.
    pub(super) fn refine(&mut self, request: &[u8]) {
        let named = || written_header(request, "Action").and_then(crate::catalogue::find_action).map(ActionType::new);
        debug_assert_eq!(named(), self.action, "the action's type is not that of what it wrote");
        let Some(reply) = self.action.filter(|_| self.asks).map(ActionType::reply) else { return };
        let takes = reply.takes();
        let longer = takes.map_or(Some(Duration::ZERO), |takes| match int(request, takes.parameter) {
            Some(number) => u64::try_from(number).ok().map(takes.unit),
            None => takes.otherwise,
        });
        let is_true = |name| written_header(request, name).is_some_and(|value| bool::from_wire(value) == Ok(true));
        let asked = reply.outcome_if().map(is_true);
        // A request with a later report is answered at once, any other when it is over.
        if asked == Some(true) {
            self.outcome_longer = longer;
        } else {
            if asked.is_some() && !self.said {
                self.outcome = None;
            }
            self.longer = longer;
            self.blocks = takes.is_some_and(|takes| takes.blocks);
        }
    }

    /// Returns the classes of events that a session must read, all of them, to receive the outcome.
    /// `None` if no event reports it.
    pub(super) fn outcome_classes(&self) -> Option<Classes> {
        let known = find_event(self.outcome.as_ref()?.as_bytes()).map(EventType::new);
        Some(known.map_or(Classes::NONE, EventType::classes))
    }

    /// Returns the part of the request that is valid for one connection only, and so has to be set
    /// again.
    pub(super) fn again(&self) -> Option<Again> {
        self.action.filter(|_| self.asks).and_then(|action| action.reply().again())
    }

    /// Returns whether the request sets the event mask.
    pub(super) fn sets_mask(&self) -> bool {
        matches!(self.again(), Some(Again::Value(_)))
    }

    /// Returns the part of the request to repeat after a reconnect, if the request is accepted.
    pub(super) fn restores(&self, request: &[u8]) -> Option<Wiped> {
        match self.again()? {
            Again::Value(name) => written_header(request, name).map(Into::into),
            // The bytes after Action and ActionID.
            Again::Request => request.splitn(3, |byte| *byte == b'\n').nth(2).map(Into::into),
        }
    }

    /// Returns whether a list follows this successful response.
    pub(super) fn starts_list(&self, response: Response<'_>) -> bool {
        let expected = self.end.is_some() && (self.said || response.message().is_some_and(announces));
        expected || response.starts_list()
    }

    /// Returns whether this response says that the list is empty, with the message that the
    /// catalogue has for that.
    pub(super) fn says_none(&self, response: Response<'_>) -> bool {
        let reply = self.end.as_ref().and(self.action).map(ActionType::reply);
        reply.zip(response.message()).is_some_and(|(reply, message)| reply.says_none(message))
    }

    /// Returns whether this event, which has the request's `ActionID` and ends no list, belongs to
    /// the request.
    pub(super) fn takes(&self, frame: Frame<'_>) -> bool {
        self.end.is_none() || self.said || may_answer(frame) || self.has_item(frame)
    }

    /// Returns which events of the request may still come, or come again, once it has ended.
    pub(super) fn events(&self, begun: bool) -> Answers {
        match self.action {
            Some(_) if !self.said && (self.end.is_some() || !begun) => Answers::Known,
            _ => Answers::Any,
        }
    }

    /// Returns the bytes that the plan owns.
    pub(super) fn size(&self) -> usize {
        let owned = |name: &Option<Cow<'static, str>>| match name {
            Some(Cow::Owned(name)) => name.len(),
            _ => 0,
        };
        self.kinds * size_of::<(Awaits, u64)>() + owned(&self.end) + owned(&self.outcome)
    }

    /// Returns `Some` if this frame ends the list: `true` if the server broke the list off.
    pub(super) fn ends_list(&self, frame: Frame<'_>) -> Option<bool> {
        let said = frame.get("EventList");
        let cancelled = said.is_some_and(|said| said.eq_ignore_case("cancelled"));
        let ends = cancelled
            || said.is_some_and(|said| said.eq_ignore_case("Complete"))
            || self.end.as_deref().is_some_and(|end| is_named(frame, end));
        ends.then_some(cancelled)
    }

    /// Returns whether the event reports the outcome.
    pub(super) fn has_outcome(&self, frame: Frame<'_>) -> bool {
        self.outcome.as_deref().is_some_and(|outcome| is_named(frame, outcome))
    }

    /// Returns whether the catalogue has this event among the items of the list.
    fn has_item(&self, frame: Frame<'_>) -> bool {
        self.action.is_some_and(|action| action.reply().has_item(frame))
    }

    /// Returns the item types that occur in this list only, by the numbers of their event types.
    pub(super) fn items(&self) -> impl Iterator<Item = usize> + use<> {
        let action = self.action.filter(|_| !self.said);
        let items = action.into_iter().flat_map(|action| action.reply().items());
        let types = items.filter_map(|item| find_event(item.as_bytes())).map(EventType::new);
        types.filter(|event| event.role() == Role::Item).map(EventType::number)
    }
}

/// Returns whether the frame is the event that reports that the server has started.
pub(super) fn is_ready(frame: Frame<'_>) -> bool {
    frame.name().and_then(|name| find_event(name.as_bytes())) == Some(READY)
}

/// Returns whether the frame is the event of this name.
pub(super) fn is_named(frame: Frame<'_>, wanted: &str) -> bool {
    frame.name().is_some_and(|name| name.eq_ignore_case(wanted))
}

/// Returns the number of the event's type, if it only ever comes as an item of a list.
pub(super) fn item(frame: Frame<'_>) -> Option<usize> {
    let event = frame.name().and_then(|name| find_event(name.as_bytes())).map(EventType::new);
    event.filter(|event| event.role() == Role::Item).map(EventType::number)
}

/// Set of events that may answer a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answers {
    /// No event.
    #[default]
    None,
    /// Events that the catalogue knows as answers.
    Known,
    /// Any event.
    Any,
}

/// Returns whether the catalogue knows an event of this name as an item, an end or an outcome.
pub(super) fn names_answer(name: Value<'_>) -> bool {
    let bit = |number: usize| ANSWERS.get(number / 64).is_some_and(|bits| bits >> (number % 64) & 1 != 0);
    find_event(name.as_bytes()).is_some_and(bit)
}

/// Returns whether the event is an item, an end or an outcome by its name.
pub(super) fn is_answer(frame: Frame<'_>) -> bool {
    frame.name().is_some_and(names_answer)
}

/// Returns whether the event answers a request, or has answered one, if it has the request's
/// `ActionID`.
pub(super) fn may_answer(frame: Frame<'_>) -> bool {
    frame.get("EventList").is_some() || is_answer(frame)
}

fn announces(message: Value<'_>) -> bool {
    let message = message.as_bytes().trim_ascii_end();
    ANNOUNCEMENTS.iter().any(|words| {
        let end = message.len().checked_sub(words.len()).map(|start| part(message, start..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(words.as_bytes()))
    })
}

/// Returns the value of a header in a request that this crate has written.
fn written_header<'a>(request: &'a [u8], name: &str) -> Option<&'a [u8]> {
    request.split(|byte| *byte == b'\n').find_map(|line| {
        let (start, rest) = line.split_at_checked(name.len())?;
        let value = rest.strip_prefix(b": ")?;
        start.eq_ignore_ascii_case(name.as_bytes()).then(|| value.strip_suffix(b"\r").unwrap_or(value))
    })
}

/// Returns a header that the server reads as an `int`: the number at its beginning, or the largest
/// `int` if the number is larger. A time below zero means no limit.
fn int(request: &[u8], name: &str) -> Option<i32> {
    let value = written_header(request, name)?;
    let sign = if value.first() == Some(&b'-') { -1 } else { 1 };
    let digits = value.strip_prefix(b"-").or_else(|| value.strip_prefix(b"+")).unwrap_or(value);
    Some(sign * i32::try_from(leading_number(digits)?).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::client::glued::tests::frame;
    use alloc::vec::Vec;

    /// Otherwise a repeated answer would be skipped when the configuration leaves its event out.
    #[test]
    fn what_ends_a_request_is_a_known_answer() {
        for action in catalogue::actions() {
            let plan = Plan::of(Some(action), None, None);
            for name in plan.end.iter().chain(&plan.outcome) {
                assert!(names_answer((&**name).into()), "{name} of {}", action.name());
            }
        }
        let outcomes: Vec<_> = catalogue::actions().filter_map(|action| action.reply().outcome()).collect();
        for event in catalogue::events() {
            let is_outcome = outcomes.iter().any(|name| find_event(name.as_bytes()) == Some(event.number()));
            let expected = event.role() != Role::Unsolicited || is_outcome;
            assert_eq!(names_answer(event.name().into()), expected, "{}", event.name());
        }
        assert!(!names_answer("Newchannel".into()) && !names_answer("NewInTheNextVersion".into()));
    }

    #[test]
    fn kinds_of_items() {
        let plan =
            |action: &str| Plan::of(crate::catalogue::find_action(action.as_bytes()).map(ActionType::new), None, None);
        let kinds = ["Ping", "IAXpeers", "QueueStatus", "PJSIPShowEndpoint"].map(|action| plan(action).kinds);
        assert_eq!(kinds, [0, 1, 3, 6]);
        // With several item types, any is an item; but a type that also comes unsolicited is an
        // item only under the list's ActionID.
        let is_item = |action: &str, event: &str| {
            frame(&alloc::format!("Event: {event}\r\n\r\n"), |frame| {
                (plan(action).has_item(frame), plan(action).items().any(|kind| item(frame) == Some(kind)))
            })
        };
        assert_eq!(
            ["QueueParams", "queuemember", "QueueEntry"].map(|event| is_item("QueueStatus", event)),
            [(true, true); 3]
        );
        assert_eq!(is_item("QueueStatus", "AorDetail"), (false, false));
        assert_eq!(is_item("DeviceStateList", "DeviceStateChange"), (true, false));
    }
}
