//! A mirror of what the server has: channels, bridges, queues with their members and callers,
//! agents, conferences, parked calls, endpoints, registrations, states and mailboxes. Seeded by
//! lists, kept by events.
//!
//! A [`Mirror`] is told of events, those of lists included. It asks nothing itself:
//! [`seed`](Mirror::seed) says which actions to send for a part, and
//! [`completeness`](Mirror::completeness) how far that part can be trusted.
//!
//! ```no_run
//! use std::{net::TcpStream, time::Instant};
//! use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending};
//! use ami_proto::conn::Machine;
//! use ami_proto::state::{Kind, Mirror, MirrorLimits, Part};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut socket = TcpStream::connect("127.0.0.1:5038")?;
//! let mut client = Client::new(Config::new());
//! client.login(Instant::now(), Credentials::plain("admin", "s3cret"))?;
//! let mut mirror = Mirror::new(MirrorLimits::new());
//! let mut asked = Vec::new(); // the requests that seed the mirror, and their parts
//! loop {
//!     while let Some(event) = client.poll_event()? {
//!         let changes = match event {
//!             ClientEvent::Ready(_) => {
//!                 for seed in [Part::Channels, Part::Queues].into_iter().flat_map(|part| mirror.seed(part)) {
//!                     asked.push((client.send(Instant::now(), seed.action())?.id(), seed.part()));
//!                 }
//!                 continue;
//!             }
//!             ClientEvent::Event(event) | ClientEvent::Item { event, .. } => mirror.handle(&event),
//!             ClientEvent::Ended { ending: Ending::List { end, .. }, .. } => mirror.handle(&end),
//!             ClientEvent::Ended { id, ending: Ending::Refused(response) } => {
//!                 let part = asked.iter().find(|(asked, _)| *asked == id).map(|(_, part)| *part);
//!                 part.into_iter().for_each(|part| mirror.refused(part, response.message().unwrap_or_default()));
//!                 continue;
//!             }
//!             _ => continue,
//!         };
//!         for key in changes.keys().iter().filter(|key| key.kind() == Kind::Queue) {
//!             if let Some(queue) = mirror.queue(key.id().as_bytes()) {
//!                 println!("{}: {:?} wait", queue.name, queue.calls); // to the page
//!             }
//!         }
//!     }
//!     client.exchange(&mut socket, Instant::now)?;
//! }
//! # }
//! ```
//!
//! With [`Part::Conferences`] ask [`poll_seed`](Mirror::poll_seed) too after each event, and send
//! what it has. After a lost connection call [`lost`](Mirror::lost), and seed again when the next
//! one is ready.
//!
//! # What seeds each part, and what keeps it
//!
//! | part | seeded by | kept by |
//! |---|---|---|
//! | [`Part::Channels`] | `CoreShowChannels` | `Newchannel`, `Newstate`, `Newexten`, `Rename`, `Hangup`, whatever else describes a channel; `BridgeEnter` and `BridgeLeave`, up to 11 `Bridge` |
//! | [`Part::Bridges`] | `BridgeList`; from 12 on | `BridgeCreate`, `BridgeEnter`, `BridgeDestroy` |
//! | [`Part::Queues`] | `QueueStatus` | `QueueMember…`, `QueueCaller…`, `AgentConnect`, `AgentComplete`; `Join` and `Leave` up to 11 |
//! | [`Part::Agents`] | `Agents` | `AgentLogin`, `AgentLogoff`, from 12 on the state of the agent's device |
//! | [`Part::Conferences`] | `ConfbridgeListRooms`, `ConfbridgeList` | `Confbridge…`; no event tells that a room is locked |
//! | [`Part::Parking`] | `ParkedCalls` | `ParkedCall…`, `UnParkedCall` |
//! | [`Part::ParkingLots`] | `Parkinglots` | nothing |
//! | [`Part::Endpoints`] | `PJSIPShowEndpoints`, `SIPpeers`, `IAXpeers` | `PeerStatus`, from 13 on `DeviceStateChange` |
//! | [`Part::Contacts`] | `PJSIPShowContacts` | `ContactStatus` |
//! | [`Part::Registrations`] | `PJSIPShowRegistrationsOutbound`, `SIPshowregistry`, `IAXregistry` | `Registry` |
//! | [`Part::Devices`] | `DeviceStateList`; from 13 on | `DeviceStateChange` |
//! | [`Part::Extensions`] | `ExtensionStateList`; from 13 on | `ExtensionStatus` |
//! | [`Part::Mailboxes`] | `VoicemailUsersList` | `MessageWaiting` |
//!
//! Events have to be on before a list is asked for, for all classes that its events are of. Where
//! an event about something unknown shows that they are not, the part is
//! [`Stale::Unexpected`].
//!
//! Things are found by what all events call them: channels and callers by their unique id, members
//! by their interface, those in a room by their channel. What has none is passed over.
//!
//! # When a list and the events cross
//!
//! The server makes a list from what is true at that moment, and sends events that happened before
//! it after it; and a program may hand in a list that it has collected behind events that came
//! later. Either order gives the same: what has gone since the list was asked for is not brought
//! back by it; a field that an event has told since then is not overwritten by it; what began since
//! then stays; and at the end of the list, what neither it nor a beginning has shown goes.
//! Stragglers about what has gone are passed over. A thing that begins under a known name starts
//! empty, unless the list shows it and its beginning came late. Where the order in which callers
//! wait can't be told because of that, the list leaves the part [`Stale::Unexpected`]. A list that
//! seeds nothing, the answer to `Status` say, tells something of known things where no list vouches
//! for them.
//!
//! # What changes
//!
//! [`handle`](Mirror::handle) returns the keys of what has changed, 16 at the most, and each thing
//! has the [number](Mirror::revision) of its last change: a page is sent that alone.
//!
//! # What it costs
//!
//! With a thousand live channels an event costs 1.1 µs, with a hundred thousand 1.6 µs, and 0.8 kB
//! of heap a channel, in `cargo bench -p ami-benches --bench scaling -- live` on an Intel Xeon at
//! 2.6 GHz. [`MirrorLimits::bytes`] counts a channel higher, as it may be below the truth for no
//! input.
//!
//! # As JSON
//!
//! With the feature `serde` a mirror is serialised as `ami inspect --state --json` prints it.
//! `state` of a channel is its number, `status` of a member the word of its device state; of
//! `completeness` each part has one of the words of [`Completeness::as_str`]. `since` is in seconds
//! of the scale that the mirror was [told](Mirror::set_time), and null without one. The other keys
//! are the names of the fields, but for `uniqueid`, and `id` and `type` of a bridge. A bridge has
//! the names of its channels, a queue its members and its callers with their positions, a room its
//! members; each of these things alone is serialised without them.

mod fields;
mod key;
mod limits;
mod mirror;
mod part;
mod peers;
mod place;
mod reload;
mod rules;
mod seeding;
#[cfg(test)]
mod tests;
mod thing;
mod views;

pub use crate::owned_value::OwnedValue;
pub use fields::{
    Agent, Bridge, Caller, Channel, Conference, Contact, Device, Endpoint, Extension, Kind, Mailbox, Member,
    ParkedCall, ParkingLot, Participant, Queue, Registration,
};
pub use key::{Changes, Key};
pub use limits::MirrorLimits;
pub use mirror::Mirror;
pub use part::{Completeness, Part, Stale};
pub use seeding::Seed;
