//! State of the server at the end of a recording, or at a moment of it: the mirror that its events
//! keep, seeded by the lists in it.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use ami_proto::event::Event;
use ami_proto::response::Response;
use ami_proto::state::{Completeness, Mirror, MirrorLimits, Part};
use ami_proto::{Decoder, Frame, FrameError, FrameKind, Limits, OwnedFrame};

use super::clock::Clock;
use super::replay::{self, Turn};
use super::stream;
use super::{Name, Verdict, complain};

/// Parameters that have a list show a part of what there is.
const FILTERS: [&str; 5] = ["Queue", "Member", "Channel", "BridgeType", "Context"];

/// Prints the mirror of each file, one JSON object a line.
pub(crate) fn run(files: &[impl AsRef<Path>], until: Option<f64>, mut out: impl Write) -> io::Result<Verdict> {
    let mut worst = Verdict::Fine;
    for path in files {
        let file = Name(path.as_ref());
        let mut bytes = Vec::new();
        let read = stream::open(path.as_ref(), false).and_then(|mut input| input.read_to_end(&mut bytes));
        if let Err(error) = read {
            complain(file, error);
            worst = worst.max(Verdict::Failed);
            continue;
        }
        let mut replayed = Replayed::new(until);
        let verdict = match replayed.all(&bytes) {
            Ok(()) => Verdict::Fine,
            Err(error) => {
                complain(file, error);
                Verdict::FramingError
            }
        };
        replayed.end();
        serde_json::to_writer(&mut out, &replayed.mirror)?;
        writeln!(out)?;
        out.flush()?;
        worst = worst.max(verdict);
    }
    Ok(worst)
}

/// A recording while it is gone through.
struct Replayed {
    mirror: Mirror,
    clock: Clock,
    /// The first time that was told.
    start: Option<Duration>,
    until: Option<Duration>,
    /// Lists that were asked for, by `ActionID`; `None`: the recording has the server's side alone.
    asked: Option<HashMap<Vec<u8>, Part>>,
    /// Items of lists of which the request is not there, up to their end.
    items: Vec<OwnedFrame>,
    over: bool,
}

impl Replayed {
    fn new(until: Option<f64>) -> Self {
        Self {
            mirror: Mirror::new(MirrorLimits::new()),
            clock: Clock::default(),
            start: None,
            until: until.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)),
            asked: None,
            items: Vec::new(),
            over: false,
        }
    }

    fn all(&mut self, bytes: &[u8]) -> Result<(), FrameError> {
        let (mut server, mut client) = (Decoder::new(Limits::new()), Decoder::new(Limits::new()));
        let Some(turns) = replay::turns(bytes) else {
            return self.pieces(&mut server, bytes, None);
        };
        self.asked = Some(HashMap::new());
        for Turn { from_client, bytes, at } in turns {
            if from_client {
                for piece in bytes.chunks(1 << 16) {
                    client.push(piece);
                    while let Some(frame) = client.next_frame()? {
                        self.request(frame);
                    }
                }
            } else {
                self.pieces(&mut server, bytes, at)?;
            }
        }
        Ok(())
    }

    fn pieces(&mut self, server: &mut Decoder, bytes: &[u8], at: Option<Duration>) -> Result<(), FrameError> {
        for piece in bytes.chunks(1 << 16) {
            server.push(piece);
            while let Some(frame) = server.next_frame()? {
                self.frame(frame, at);
            }
        }
        Ok(())
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
        if let Some(id) = frame.get("ActionID") {
            asked.insert(id.as_bytes().to_vec(), part);
        }
    }

    /// The server tells something.
    fn frame(&mut self, frame: Frame<'_>, at: Option<Duration>) {
        match frame.kind() {
            FrameKind::Response => self.response(frame),
            FrameKind::Event => {
                let event = Event::from(frame);
                let now = at.unwrap_or_else(|| self.clock.tick(&event));
                if at.is_some() || !now.is_zero() {
                    let start = *self.start.get_or_insert(if at.is_some() { Duration::ZERO } else { now });
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

    /// A list may be refused because there is nothing to list.
    fn response(&mut self, frame: Frame<'_>) {
        let response = Response::from(frame);
        let (Some(message), false) = (response.message(), self.over || response.is_success()) else { return };
        match &self.asked {
            Some(asked) => {
                let part = frame.get("ActionID").and_then(|id| asked.get(id.as_bytes()));
                if let Some(part) = part {
                    self.mirror.refused(*part, message);
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
        if self.asked.is_none() {
            if item_of(event).is_some() {
                self.items.push(event.frame().to_owned());
                return;
            }
            if let Some(part) = end_of(event) {
                self.list(part);
            }
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

    /// A list whose end the recording doesn't have.
    fn end(&mut self) {
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
