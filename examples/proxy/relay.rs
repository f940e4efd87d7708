//! What passes the proxy: requests one way, what is said of them the other, each with the `ActionID` of its side.

use std::time::Instant;

use ami_proto::action::Custom;
use ami_proto::client::{Client, ClientEvent, Ending, Handle, Id};
use ami_proto::error::{ApiMisuse, SendError};
use ami_proto::server::{RequestId, Server};
use ami_proto::value::Classes;
use ami_proto::{Frame, Value};

/// The headers that are the same on both sides: all but the name and what either side writes itself.
fn rest(frame: Frame<'_>) -> impl Iterator<Item = (&[u8], Value<'_>)> {
    let own = [frame.kind().as_str(), "ActionID", "EventList", "ListItems", "Privilege"];
    let shared = frame.headers().filter(move |header| !own.iter().any(|name| header.is(name)));
    shared.map(|header| (header.name(), header.value()))
}

/// Asks upstream what a client has asked.
pub(crate) fn ask(client: &mut Client, now: Instant, of: Frame<'_>) -> Result<Id, SendError> {
    let action = Custom::new(of.name().unwrap_or_default().as_bytes());
    let action = rest(of).fold(action, |action, (name, value)| action.header(name, value.as_bytes()));
    client.send(now, &action).map(Handle::id)
}

/// Says to a client what was said upstream of its request.
pub(crate) fn answer(
    server: &mut Server,
    id: RequestId,
    of: Frame<'_>,
    event: ClientEvent<'_>,
) -> Result<(), ApiMisuse> {
    let name = |frame: Frame<'_>| frame.name().unwrap_or_default().to_string();
    match event {
        ClientEvent::Started { response, .. } if response.starts_list() => {
            server.list(id, &response.message().unwrap_or_default().to_string()).map(drop)
        }
        ClientEvent::Item { event, .. } => server.resume(id)?.item(&name(event.frame()), rest(event.frame())).map(drop),
        ClientEvent::Ended { ending: Ending::List { end, .. }, .. } => {
            server.resume(id)?.complete(&name(end.frame()), rest(end.frame()))
        }
        ClientEvent::Ended { ending: Ending::Outcome(event), .. } => {
            let id = of.get("ActionID").map(|id| (&b"ActionID"[..], id));
            server.event(Classes::CALL, &name(event.frame()), id.into_iter().chain(rest(event.frame()))).map(drop)
        }
        ClientEvent::Started { response, .. }
        | ClientEvent::Ended { ending: Ending::Reply(response) | Ending::Refused(response), .. } => {
            server.respond(id, &name(response.frame()), rest(response.frame()))
        }
        _ => server.respond(id, "Error", [("Message", "No answer")]),
    }
}
