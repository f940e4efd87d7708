//! State of the server at the end of a recording, or at a moment of it: the mirror that its events
//! keep, seeded by the lists in it.

use std::collections::HashMap;
use std::io::{self, Write};
use std::time::Duration;

use ami_proto::event::Event;
use ami_proto::response::Response;
use ami_proto::state::{Completeness, Mirror, MirrorLimits, Part};
use ami_proto::{Frame, FrameKind, OwnedFrame};
use serde_json::to_value;

use super::replay::{Side, Turn};
use super::stream::Stream;
use super::times::Times;
use super::{Name, Report, complain, json};

/// Parameters that have a list show a part of what there is.
const FILTERS: [&str; 5] = ["Queue", "Member", "Channel", "BridgeType", "Context"];

/// Lists asked for that have not ended, at the most.
const ASKED: usize = 4096;

/// Items of lists that are held until the list ends, at the most, and their bytes.
const ITEMS: usize = 65_536;
const ITEM_BYTES: usize = 64 << 20;

/// Prints the mirror of each file, one JSON object a line.
pub(crate) struct State<W> {
    out: W,
    until: Option<Duration>,
    replayed: Replayed,
}

impl<W: Write> State<W> {
    /// With `until`, the mirror at that time since the beginning.
    pub(crate) fn new(out: W, until: Option<Duration>) -> Self {
        Self { out, until, replayed: Replayed::new(until) }
    }
}

impl<W: Write> Report for State<W> {
    fn frame(&mut self, frame: Frame<'_>, turn: Option<Turn>) -> io::Result<()> {
        self.replayed.frame(frame, turn);
        Ok(())
    }

    fn end_of_file(&mut self, file: Name<'_>, _: &Stream) -> io::Result<()> {
        let mut replayed = std::mem::replace(&mut self.replayed, Replayed::new(self.until));
        replayed.end();
        json::line(&mut self.out, &to_value(&replayed.mirror)?)?;
        self.out.flush()?;
        if replayed.start.is_some() || self.until.is_some() {
            complain(file, &replayed.times);
        }
        Ok(())
    }
}

/// A recording while it is gone through.
struct Replayed {
    mirror: Mirror,
    times: Times,
    /// The first time that was told.
    start: Option<Duration>,
    until: Option<Duration>,
    /// Lists that were asked for, by `ActionID`; `None`: the recording has the server's side alone.
    asked: Option<HashMap<Vec<u8>, Part>>,
    /// Items of lists of which the request is not there, up to their end.
    items: Vec<OwnedFrame>,
    /// Bytes of the items.
    bytes: usize,
    over: bool,
}

impl Replayed {
    fn new(until: Option<Duration>) -> Self {
        Self {
            mirror: Mirror::new(MirrorLimits::new()),
            times: Times::default(),
            start: None,
            until,
            asked: None,
            items: Vec::new(),
            bytes: 0,
            over: false,
        }
    }

    fn frame(&mut self, frame: Frame<'_>, turn: Option<Turn>) {
        if let Some(turn) = turn {
            self.asked.get_or_insert_default();
            self.over |= self.until.is_some_and(|until| turn.at.is_some_and(|at| at > until));
        }
        match (frame.kind(), turn.map(|turn| turn.side)) {
            (_, Some(Side::Client)) => self.request(frame),
            (FrameKind::Response, _) => self.response(frame),
            (FrameKind::Event, _) => {
                let event = Event::from(frame);
                let now = self.times.tick(&event, turn);
                if let Some(since_1970) = self.times.since_1970() {
                    let start = *self.start.get_or_insert(if since_1970 { now } else { Duration::ZERO });
                    self.over |= self.until.is_some_and(|until| now.saturating_sub(start) > until);
                    self.mirror.set_time(now);
                }
                if !self.over {
                    self.event(&event);
                }
            }
            _ => {}
        }
    }

    /// The client asks for something.
    fn request(&mut self, frame: Frame<'_>) {
        let (Some(asked), Some(name)) = (&mut self.asked, frame.name()) else { return };
        if self.over || FILTERS.iter().any(|filter| frame.get(filter).is_some_and(|value| !value.is_empty())) {
            return;
        }
        let asks = |part: &&Part| part.lists().iter().any(|list| name.eq_ignore_case(list));
        let Some(part) = Part::ALL.iter().copied().find(|part| asks(&part)) else { return };
        // A part of several lists begins with the first of them.
        let first = part.lists().first().is_some_and(|list| name.eq_ignore_case(list));
        if first || self.mirror.completeness(part) != Completeness::Seeding {
            self.mirror.begin(part);
        }
        if let Some(id) = frame.get("ActionID").filter(|_| asked.len() < ASKED) {
            asked.insert(id.as_bytes().to_vec(), part);
        }
    }

    /// A list may be refused because there is nothing to list.
    fn response(&mut self, frame: Frame<'_>) {
        let response = Response::from(frame);
        let (Some(message), false) = (response.message(), self.over || response.is_success()) else { return };
        match &mut self.asked {
            Some(asked) => {
                let part = frame.get("ActionID").and_then(|id| asked.remove(id.as_bytes()));
                if let Some(part) = part {
                    self.mirror.refused(part, message);
                }
            }
            None if message.eq_ignore_case("No active conferences.") => {
                self.mirror.begin(Part::Conferences);
                self.mirror.refused(Part::Conferences, message);
            }
            None => {}
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        if let Some(asked) = &mut self.asked {
            let id = event.frame().get("ActionID").filter(|_| end_of(event).is_some());
            id.map(|id| asked.remove(id.as_bytes()));
        } else if item_of(event).is_some() {
            self.bytes += event.frame().as_bytes().len();
            self.items.push(event.frame().to_owned());
            if self.items.len() >= ITEMS || self.bytes >= ITEM_BYTES {
                self.end();
            }
            return;
        } else if let Some(part) = end_of(event) {
            self.list(part);
        }
        let _ = self.mirror.handle(event);
        // Who is in the rooms is asked by the recording, or not.
        while self.mirror.poll_seed().is_some() {}
    }

    /// The items of a list are all there. Without its request it can't be told whether it was to
    /// show all; one of queues that shows fewer of them than there were was not.
    fn list(&mut self, part: Part) {
        let items = std::mem::take(&mut self.items);
        let (items, others): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|frame| item_of(&Event::from(frame.view())) == Some(part));
        self.items = others;
        self.bytes = self.items.iter().map(|frame| frame.view().as_bytes().len()).sum();
        let shows = |name: &[u8]| {
            items.iter().any(|frame| frame.view().get("Queue").is_some_and(|queue| queue.as_bytes() == name))
        };
        let whole = part != Part::Queues || self.mirror.queues().all(|queue| shows(queue.name.as_bytes()));
        let rooms = part == Part::Conferences && self.mirror.completeness(part) == Completeness::Seeding;
        if whole && !rooms {
            self.mirror.begin(part);
        }
        for frame in &items {
            let _ = self.mirror.handle(&Event::from(frame.view()));
        }
    }

    /// A list whose end the recording doesn't have, or has too late.
    fn end(&mut self) {
        self.bytes = 0;
        for frame in std::mem::take(&mut self.items) {
            let event = Event::from(frame.view());
            if let Some(part) = item_of(&event).filter(|part| self.mirror.completeness(*part) != Completeness::Seeding)
            {
                self.mirror.begin(part);
            }
            let _ = self.mirror.handle(&event);
        }
    }
}

/// The part that a list seeds that this event is an item of.
fn item_of(event: &Event<'_>) -> Option<Part> {
    // Some are made of events of the same name; an item has no class.
    let listed = event.frame().get("Privilege").is_none();
    Some(match event {
        Event::CoreShowChannel(_) => Part::Channels,
        Event::BridgeListItem(_) => Part::Bridges,
        Event::QueueParams(_) | Event::QueueMember(_) | Event::QueueEntry(_) => Part::Queues,
        Event::Agents(_) => Part::Agents,
        Event::ConfbridgeListRooms(_) | Event::ConfbridgeList(_) => Part::Conferences,
        Event::ParkedCall(_) if listed => Part::Parking,
        Event::ParkingLot(_) => Part::ParkingLots,
        Event::DeviceStateChange(_) if listed => Part::Devices,
        Event::ExtensionStatus(_) if listed => Part::Extensions,
        Event::VoicemailUserEntry(_) => Part::Mailboxes,
        Event::ContactList(_) => Part::Contacts,
        _ => return None,
    })
}

/// The part that a list seeds that this event ends.
fn end_of(event: &Event<'_>) -> Option<Part> {
    Some(match event {
        Event::CoreShowChannelsComplete(_) => Part::Channels,
        Event::BridgeListComplete(_) => Part::Bridges,
        Event::QueueStatusComplete(_) => Part::Queues,
        Event::AgentsComplete(_) => Part::Agents,
        Event::ConfbridgeListRoomsComplete(_) | Event::ConfbridgeListComplete(_) => Part::Conferences,
        Event::ParkedCallsComplete(_) => Part::Parking,
        Event::ParkingLotsComplete(_) => Part::ParkingLots,
        Event::DeviceStateListComplete(_) => Part::Devices,
        Event::ExtensionStateListComplete(_) => Part::Extensions,
        Event::VoicemailUserEntryComplete(_) => Part::Mailboxes,
        Event::ContactListComplete(_) => Part::Contacts,
        _ => return None,
    })
}
