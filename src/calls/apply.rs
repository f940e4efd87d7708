//! Applies events to the calls of a tracker, for Asterisk 11 to 23.

use core::time::Duration;

use super::call::Call;
use super::history::{Dial, Span};
use super::marks::{FACTS, Fact};
use super::{OwnedValue, Tracker, apply_features};
use crate::event::{ChannelBlock, Event};
use crate::facts::{self, Bridged, ChannelSeen, Dialled, DialledKind, Told};
use crate::value::{CallerIdPart, ChannelState, Escaped, UniqueId};
use crate::wire::Value;

/// The way to treat an event about an unknown channel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// The channel begins with this event.
    Begins,
    /// The channel existed before.
    Joins,
    /// The event doesn't prove that the channel still exists, so it stays unknown.
    Stays,
}

pub(super) fn apply(tracker: &mut Tracker, event: &Event<'_>, at: Duration) {
    match event {
        Event::Newchannel(view) => see(tracker, **view, Unknown::Begins, at),
        Event::Newstate(view) => see(tracker, **view, Unknown::Joins, at),
        Event::CoreShowChannel(view) => see(tracker, **view, Unknown::Joins, at),
        Event::Status(view) => see(tracker, **view, Unknown::Joins, at),
        Event::Newexten(view) => {
            see(tracker, **view, Unknown::Stays, at);
            if let Some(unique_id) = id(tracker, **view) {
                apply_features::runs(tracker, unique_id, view);
            }
        }
        Event::NewCallerId(view) => see(tracker, **view, Unknown::Stays, at),
        Event::NewConnectedLine(view) => see(tracker, **view, Unknown::Stays, at),
        Event::NewAccountCode(view) => see(tracker, **view, Unknown::Stays, at),
        Event::Rename(view) => {
            if let (Ok(unique_id), Ok(name)) = (view.unique_id(), view.new_name()) {
                tracker.rename(unique_id.as_bytes(), name.as_bytes());
            }
        }
        Event::HangupRequest(view) => leaving(tracker, **view),
        // Here the cause is a set of flags; with 2 the channel continues elsewhere.
        Event::SoftHangupRequest(view) if view.frame().get("Cause").is_none_or(|flags| flags != "2") => {
            leaving(tracker, **view);
        }
        Event::Hangup(view) => {
            see(tracker, **view, Unknown::Stays, at);
            if let Some(unique_id) = id(tracker, **view).filter(|_| !facts::is_internal(**view)) {
                tracker.hang_up(unique_id, view.cause().ok(), at);
            }
        }
        Event::Pickup(view) => {
            see(tracker, **view, Unknown::Stays, at);
            see(tracker, view.target(), Unknown::Stays, at);
            if let (Some(one), Some(two)) = (id(tracker, **view), id(tracker, view.target())) {
                tracker.unite(one, two);
            }
        }
        Event::Shutdown(_) => tracker.down = Some(at),
        // The server has restarted: its channels are gone, without a hangup for each.
        Event::FullyBooted(_) => {
            if let Some(down) = tracker.down.take() {
                tracker.give_up_before(down);
            }
        }
        _ => match Told::of(event) {
            Some(told) => apply_told(tracker, event, told, at),
            None => apply_features::apply(tracker, event, at),
        },
    }
}

fn apply_told(tracker: &mut Tracker, event: &Event<'_>, told: Told<'_>, at: Duration) {
    match told {
        Told::Bridged(bridged) => bridge(tracker, bridged, at),
        Told::Dialled(dialled) => dial(tracker, dialled, at),
        Told::Held { channel, on } => {
            see(tracker, channel, Unknown::Stays, at);
            if let Some(unique_id) = id(tracker, channel) {
                tracker.hold(unique_id, on, at);
            }
        }
        Told::Halves(halves) => {
            if let Event::LocalBridge(view) = event {
                see(tracker, view.local_one(), Unknown::Stays, at);
                see(tracker, view.local_two(), Unknown::Stays, at);
            }
            if let Some((one, two)) = halves {
                tracker.unite(one, two);
            }
        }
        Told::Replaced { clone, original } => {
            let [clone, original] = [clone, original].map(|name| tracker.books.named(name).cloned());
            if let (Some(clone), Some(original)) = (clone, original) {
                tracker.masquerade(clone.as_bytes(), original.as_bytes(), at);
            }
        }
        Told::Queue(step) => apply_features::queue(tracker, step, at),
        Told::Parked(parked) => apply_features::park(tracker, parked, event, at),
    }
}

/// Returns the unique id in a block, if it has one that can be a key.
pub(super) fn id<'buf>(tracker: &mut Tracker, block: ChannelBlock<'buf>) -> Option<&'buf [u8]> {
    block.unique_id().ok().map(UniqueId::as_bytes).filter(|id| tracker.is_id(id))
}

fn leaving(tracker: &mut Tracker, block: ChannelBlock<'_>) {
    if let Some(leg) = block.unique_id().ok().and_then(|unique_id| tracker.leg(unique_id.as_bytes())) {
        leg.leaving = true;
    }
}

/// Applies the description of a channel: its existence, its call, its state, its caller.
pub(super) fn see(tracker: &mut Tracker, block: ChannelBlock<'_>, unknown: Unknown, at: Duration) {
    let Some(seen) = ChannelSeen::of(block).filter(|seen| tracker.is_id(seen.unique_id)) else { return };
    let (unique_id, linked_id) = (seen.unique_id, seen.linked_id.filter(|id| tracker.is_id(id)));
    let mut begins = false;
    let linked = linked_id.is_some();
    if unknown == Unknown::Begins && seen.name.is_some_and(|name| tracker.is_another(unique_id, name)) {
        tracker.hang_up(unique_id, None, at);
    }
    // Most channels are known, and belong to the call that the event names.
    let same = |(call, _): (&mut Call, _)| linked_id.is_none_or(|id| call.linked_id.as_bytes() == id);
    match (tracker.channel_mut(unique_id).map(same), linked_id) {
        (None, _) if unknown != Unknown::Stays && !facts::is_internal(block) => {
            let (linked_id, name) = (linked_id.unwrap_or(unique_id), seen.name.unwrap_or_default());
            begins = tracker.appear(unique_id, (linked_id, linked), name, unknown == Unknown::Begins, at);
        }
        (Some(false), Some(linked_id)) => tracker.relink(unique_id, linked_id),
        _ => {}
    }
    let Some((call, channel)) = tracker.channel_mut(unique_id) else { return };
    call.heard = at;
    let Some(leg) = call.legs.get_mut(channel.leg) else { return };
    // Events may wait for the end of a list: its items then come before the beginning of the
    // channel.
    if unknown == Unknown::Begins && !leg.from_start {
        (leg.from_start, begins) = (true, true);
    }
    leg.calls |= seen.state == Some(ChannelState::RING);
    match seen.state {
        Some(ChannelState::RING | ChannelState::RINGING) => {
            leg.ringing.get_or_insert(at);
        }
        Some(ChannelState::UP) => {
            leg.answered.get_or_insert(at);
        }
        _ => {}
    }
    let mut news = FACTS.map(|fact| (fact, told(block, fact, begins)));
    for (fact, news) in &mut news {
        *news = news.filter(|text| leg.fact(*fact).is_none_or(|known| known.as_bytes() != *text));
    }
    for (fact, text) in news {
        if let Some(text) = text {
            tracker.set(unique_id, fact, text);
        }
    }
}

/// Returns the value of a fact about a channel, if the block has one. `begins`: the block is the
/// channel's first.
fn told(block: ChannelBlock<'_>, fact: Fact, begins: bool) -> Option<&[u8]> {
    let text = match fact {
        Fact::Number => block.caller_id_num().ok().and_then(CallerIdPart::known)?,
        Fact::Name => block.caller_id_name().ok().and_then(Escaped::known)?.as_bytes(),
        Fact::ConnectedNumber => block.connected_line_num().ok().and_then(CallerIdPart::known)?,
        Fact::ConnectedName => block.connected_line_name().ok().and_then(Escaped::known)?.as_bytes(),
        Fact::Account => block.account_code().ok()?.as_bytes(),
        // A called channel begins at the extension `s`, before it has an extension of its own.
        Fact::Exten if begins => block.exten().ok().filter(|exten| *exten != "s")?.as_bytes(),
        Fact::Context if begins => block.context().ok()?.as_bytes(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn dial(tracker: &mut Tracker, dialled: Dialled<'_>, at: Duration) {
    let begins = matches!(dialled.kind, DialledKind::Begins(_));
    if let Some([caller, callee]) = dialled.channels {
        if begins {
            see(tracker, caller, Unknown::Joins, at);
        }
        see(tracker, callee, if begins { Unknown::Joins } else { Unknown::Stays }, at);
    }
    let [from, to] = [dialled.from, dialled.to].map(|id| id.filter(|id| tracker.is_id(id)));
    let old = dialled.channels.is_none();
    match (dialled.kind, to) {
        (DialledKind::Begins(string), Some(to)) => tracker.unite_dial(from, to, string, old, at),
        (DialledKind::Ends(end), Some(to)) => tracker.end_dial(to, false, end.texts(), at),
        (DialledKind::Ends(end), None) if old => {
            tracker.end_dial(from.unwrap_or_default(), true, end.texts(), at);
        }
        _ => {}
    }
}

impl Tracker {
    /// A dial begins: both channels belong to one call.
    fn unite_dial(
        &mut self,
        from: Option<&[u8]>,
        to: &[u8],
        string: Option<Value<'_>>,
        ends_by_caller: bool,
        at: Duration,
    ) {
        self.unite(from.unwrap_or(to), to);
        let string = string.filter(|string| !string.is_empty()).map(|string| self.text(string.as_bytes()));
        let from = from.map(OwnedValue::new);
        let dial =
            Dial { from, to: OwnedValue::new(to), string, span: Span::from(at), status: None, forwarded_to: None };
        self.begin_dial(dial, ends_by_caller);
    }
}

fn bridge(tracker: &mut Tracker, bridged: Bridged<'_>, at: Duration) {
    match bridged {
        Bridged::Entered { channel, bridge } => {
            see(tracker, channel, Unknown::Joins, at);
            if let (Some(unique_id), Ok(bridge_id)) = (id(tracker, channel), bridge.bridge_unique_id()) {
                enters(tracker, unique_id, bridge_id.as_bytes(), facts::kind(bridge), at);
            }
        }
        Bridged::Left { channel, bridge } => {
            see(tracker, channel, Unknown::Stays, at);
            if let (Some(unique_id), Ok(bridge)) = (id(tracker, channel), bridge.bridge_unique_id()) {
                tracker.hold(unique_id, false, at);
                tracker.leave(unique_id, bridge.as_bytes(), at);
            }
        }
        Bridged::Pair { one, two, together } => {
            let bridge = [one, b"+", two].concat();
            if together {
                tracker.unite(one, two);
                for (unique_id, other) in [(one, two), (two, one)] {
                    tracker.enter(unique_id, &bridge, true, true, at);
                    apply_features::answered(tracker, unique_id, other);
                }
            } else {
                for unique_id in [one, two] {
                    tracker.leave(unique_id, &bridge, at);
                }
            }
        }
    }
}

/// A channel enters a bridge. In a bridge of two, its channels belong to one call from then on,
/// except agents of `app_agent_pool`; a conference doesn't join calls.
fn enters(tracker: &mut Tracker, unique_id: &[u8], bridge: &[u8], kind: facts::BridgeKind, at: Duration) {
    let agent = tracker.is_agent(unique_id);
    let two = kind == facts::BridgeKind::Two;
    let others = if two && tracker.is_id(bridge) { tracker.books.inside(bridge) } else { alloc::vec::Vec::new() };
    if !agent || !two {
        tracker.enter(unique_id, bridge, kind != facts::BridgeKind::Holding, false, at);
    }
    for other in others {
        let other = other.as_bytes();
        if other == unique_id {
            continue;
        }
        match (agent, tracker.is_agent(other)) {
            (true, false) => tracker.enter_as_guest(unique_id, other, bridge, at),
            (false, true) => tracker.enter_as_guest(other, unique_id, bridge, at),
            (false, false) => tracker.unite(unique_id, other),
            (true, true) => {}
        }
        apply_features::answered(tracker, unique_id, other);
        apply_features::answered(tracker, other, unique_id);
    }
}
