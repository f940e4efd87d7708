//! The Manager Interface, as the task of a connection sees it.

use std::sync::Arc;
use std::time::Instant;

use ami_proto::ConnectionError;
use ami_proto::client::{
    Client, ClientEvent, Config, Credentials, Ending, OwnedClientEvent, OwnedEnding, Reached, ReconnectReport,
};
use ami_proto::conn::Id;
use ami_proto::error::{ApiMisuse, SendError};
use ami_proto::event::{Event, EventSet, OwnedEvent};
use ami_proto::{Frame, OwnedFrame};

use crate::protocol::{Happened, Hidden, Hook, Protocol};

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

    fn start(config: Arc<Config>, hook: Option<Hook>, _: Hidden) -> Self {
        match hook {
            Some(hook) => Self::new(config).traced(hook),
            None => Self::new(config),
        }
    }

    fn log_in(&mut self, now: Instant, credentials: Credentials, _: Hidden) -> Result<(), SendError> {
        self.login(now, credentials)
    }

    fn say_goodbye(&mut self, now: Instant, _: Hidden) {
        self.close(now);
    }

    fn give_up(&mut self, id: Id, _: Hidden) {
        self.cancel(id);
    }

    fn begin_anew(&mut self, _: Hidden) -> Result<ReconnectReport, ApiMisuse> {
        self.reconnect()
    }

    fn accepts_requests(&self, _: Hidden) -> bool {
        self.is_logged_in()
    }

    fn open_requests(&self, _: Hidden) -> usize {
        self.open()
    }

    fn held_bytes(&self, _: Hidden) -> usize {
        self.held()
    }

    fn may_make_room(&self, _: Hidden) -> bool {
        self.open() > 0 || self.in_flight() > 0 || self.poll_transmit().is_some()
    }

    fn lost(_: Hidden) -> OwnedEnding {
        Ending::Lost(Reached::Sent).to_owned()
    }

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
            ClientEvent::Ready(_) => Happened::Ready,
            ClientEvent::Closed => Happened::Closed,
            ClientEvent::Unclaimed { .. } => Happened::Unclaimed(told.to_owned()),
            ClientEvent::LateOutcome { .. } | ClientEvent::NotRestored(_) | ClientEvent::Oversized { .. } => {
                Happened::Notice(told.to_owned())
            }
            _ => Happened::Nothing,
        }))
    }

    fn wants(wanted: &EventSet, event: Event<'_>, _: Hidden) -> bool {
        event.name().is_some_and(|name| wanted.has_name(name))
    }

    fn keep_event(event: Event<'_>, _: Hidden) -> OwnedEvent {
        event.to_owned()
    }

    fn keep_frame(frame: Frame<'_>, _: Hidden) -> OwnedFrame {
        frame.to_owned()
    }

    fn frame_size(frame: Frame<'_>, _: Hidden) -> usize {
        2 * frame.as_bytes().len() + size_of::<OwnedFrame>()
    }
}
