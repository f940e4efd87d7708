//! FreeSWITCH's event socket, as a connection sees it.

use ami_proto::ConnectionError;
use ami_proto::freeswitch::event::OwnedEvent;
use ami_proto::freeswitch::{
    Config, Connection, ConnectionEvent, Credentials, Ending, Event, Frame, OwnedConnectionEvent, OwnedEnding,
    OwnedFrame, Reached, ReconnectReport,
};

use super::Names;
use crate::protocol::{Happened, Hidden, Protocol, by_the_machines_own_methods};

impl Protocol for Connection {
    type Config = Config;
    type Credentials = Credentials;
    type OwnedEvent = OwnedEvent;
    type Notice = OwnedConnectionEvent;
    type Ending = OwnedEnding;
    type Frame = OwnedFrame;
    type Wanted = Names;
    type Report = ReconnectReport;
    type EventView<'a> = Event<'a>;
    type FrameView<'a> = Frame<'a>;
    type NoticeView<'a> = ConnectionEvent<'a>;

    by_the_machines_own_methods!(Ending::Lost(Reached::Sent));

    fn next(&mut self, _: Hidden) -> Result<Option<Happened<'_, Self>>, ConnectionError> {
        Ok(self.poll_event()?.map(|told| match told {
            ConnectionEvent::LoggedIn(_) => Happened::Ready,
            ConnectionEvent::LoginRefused(frame) => {
                Happened::Refused(frame.get("Reply-Text").map(|words| words.to_str_lossy().into_owned()))
            }
            ConnectionEvent::Event(event) => Happened::Event(event),
            ConnectionEvent::Started { id, frame } => Happened::Started(id, frame),
            ConnectionEvent::Ended { id, ending } => Happened::Ended(id, ending.to_owned()),
            ConnectionEvent::Unclaimed { .. } => Happened::Unclaimed(told),
            ConnectionEvent::Closed => Happened::Closed,
            told => Happened::Notice(told),
        }))
    }

    fn wants(wanted: &Names, event: Event<'_>, _: Hidden) -> bool {
        wanted.has(event)
    }

    fn event_size(event: Event<'_>, _: Hidden) -> usize {
        let headers: usize = event.headers().map(|(name, value)| name.len() + value.as_bytes().len()).sum();
        2 * (headers + event.body().len()) + size_of::<OwnedEvent>()
    }
}
