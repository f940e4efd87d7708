//! The Manager Interface, as a connection sees it.

use ami_proto::ConnectionError;
use ami_proto::client::{
    Client, ClientEvent, Config, Credentials, Ending, OwnedClientEvent, OwnedEnding, Reached, ReconnectReport,
};
use ami_proto::event::{Event, EventSet, OwnedEvent};
use ami_proto::{Frame, OwnedFrame};

use crate::protocol::{Happened, Hidden, Protocol, by_the_machines_own_methods};

impl Protocol for Client {
    type Config = Config;
    type Credentials = Credentials;
    type OwnedEvent = OwnedEvent;
    type Notice = OwnedClientEvent;
    type Ending = OwnedEnding;
    type Frame = OwnedFrame;
    type Wanted = EventSet;
    type Report = ReconnectReport;
    type EventView<'a> = Event<'a>;
    type FrameView<'a> = Frame<'a>;
    type NoticeView<'a> = ClientEvent<'a>;

    by_the_machines_own_methods!(Ending::Lost(Reached::Sent));

    fn next(&mut self, _: Hidden) -> Result<Option<Happened<'_, Self>>, ConnectionError> {
        Ok(self.poll_event()?.map(|told| match told {
            ClientEvent::Event(event) => Happened::Event(event),
            ClientEvent::Started { id, response } => Happened::Started(id, response.frame()),
            ClientEvent::Item { id, event } => Happened::Part(id, event.frame()),
            ClientEvent::Text { id, frame } => Happened::Part(id, frame),
            ClientEvent::Ended { id, ending } => Happened::Ended(id, ending.to_owned()),
            ClientEvent::LoginRefused(response) => {
                Happened::Refused(response.message().map(|words| words.to_str_lossy().into_owned()))
            }
            ClientEvent::Full { id } => Happened::Full(id),
            ClientEvent::LoggedIn(_) => Happened::LoggedIn,
            ClientEvent::Ready(_) => Happened::Ready,
            ClientEvent::Closed => Happened::Closed,
            ClientEvent::Unclaimed { .. } => Happened::Unclaimed(told),
            ClientEvent::LateOutcome { .. } | ClientEvent::NotRestored(_) | ClientEvent::Oversized { .. } => {
                Happened::Notice(told)
            }
            _ => Happened::Nothing,
        }))
    }

    fn wants(wanted: &EventSet, event: Event<'_>, _: Hidden) -> bool {
        event.name().is_some_and(|name| wanted.has_name(name))
    }

    fn event_size(event: Event<'_>, _: Hidden) -> usize {
        2 * event.frame().as_bytes().len() + size_of::<OwnedEvent>()
    }
}
