//! Contents of a recording besides its calls: who the server says that it is, and, where there are
//! no calls, the reason for that.

use ami_proto::{Frame, FrameKind};

use super::replay::{Side, Turn};
use super::stream::Stream;
use crate::shown::Shown;

/// Servers of one recording that are named.
const SERVERS: usize = 4;

/// Counts of the frames of a recording, by what they can tell of calls.
#[derive(Default)]
pub(crate) struct Heard {
    events: u64,
    responses: u64,
    requests: u64,
    servers: Vec<String>,
}

impl Heard {
    /// Takes the next frame.
    pub(crate) fn frame(&mut self, frame: Frame<'_>, turn: Option<Turn>) {
        if turn.is_some_and(|turn| turn.side == Side::Client) {
            self.requests += 1;
            return;
        }
        match frame.kind() {
            FrameKind::Event => self.events += 1,
            FrameKind::Response => {
                self.responses += 1;
                if let Some(version) = frame.get("AsteriskVersion") {
                    self.server("Asterisk ", version.as_bytes());
                }
            }
            FrameKind::Banner => self.server("", frame.as_bytes().trim_ascii()),
            FrameKind::Action => self.requests += 1,
            _ => {}
        }
    }

    fn server(&mut self, product: &str, version: &[u8]) {
        let server = format!("{product}{}", Shown(version));
        if self.servers.len() < SERVERS && !self.servers.contains(&server) {
            self.servers.push(server);
        }
    }

    /// Returns what the servers say that they are: their banners, and the version where a response
    /// tells it.
    pub(crate) fn servers(self) -> Vec<String> {
        self.servers
    }

    /// Tells why a recording has no calls.
    pub(crate) fn why_no_calls(&self, stream: &Stream) -> String {
        let Self { events, responses, requests, .. } = self;
        if stream.bytes == 0 {
            "no calls: there is nothing in it".to_owned()
        } else if *events > 0 {
            format!("no calls: none of its {events} events begins or shows a channel")
        } else if *responses == 0 && *requests > 0 {
            format!("no calls: it has {requests} requests of a client alone; calls are in what the server sent")
        } else if *responses == 0 {
            "no calls: no event, response or request is in it; is it of the Asterisk Manager Interface?".to_owned()
        } else {
            let told = "a login sees events by its classes (read = call,dialplan,cdr,agent) and by EventMask";
            format!("no calls: it has no event, and {responses} responses; {told}")
        }
    }
}
