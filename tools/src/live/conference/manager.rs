//! `ConfBridge` by AMI: one session, one action, its response and list.

use std::error::Error;
use std::time::Instant;

use ami_proto::action::EncodedAction;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending};
use ami_proto::value::Classes;
use ami_proto::{Frame, OwnedFrame};

use crate::live::terminal::{connect, turn};

/// Sends the action, and hands on what came; of a call that is waited for, its outcome too.
pub(crate) fn send(
    address: &str,
    user: &str,
    secret: &str,
    action: &EncodedAction,
    wait: bool,
    then: impl FnOnce(&[Frame<'_>]) -> Result<String, Box<dyn Error>>,
) -> Result<String, Box<dyn Error>> {
    let address = address.split_once("://").map_or(address, |(_, address)| address);
    let mut socket = connect(address)?;
    // The outcome of a call is an event of the class `call`; no other is of interest.
    let classes = if wait { Classes::CALL } else { Classes::NONE };
    let mut client = Client::new(Config::new().events(classes));
    client.login(Instant::now(), Credentials::plain(user, secret))?;
    let mut frames: Vec<OwnedFrame> = Vec::new();
    let mut lost = None;
    loop {
        while let Some(event) = client.poll_event()? {
            match event {
                ClientEvent::Ready(_) => drop(client.send(Instant::now(), action)?),
                ClientEvent::Started { response, .. } => frames.push(response.frame().to_owned()),
                ClientEvent::Item { event, .. } => frames.push(event.frame().to_owned()),
                ClientEvent::Ended { ending, .. } => {
                    match ending {
                        // The server has begun to dial, which is all that this session asks for
                        // unless it waits.
                        Ending::Reply(response) | Ending::Refused(response) | Ending::OutcomeUnseen(Some(response)) => {
                            frames.push(response.frame().to_owned());
                        }
                        Ending::List { end, .. } => frames.push(end.frame().to_owned()),
                        Ending::Outcome(event) => frames.push(event.frame().to_owned()),
                        other => lost = Some(format!("no answer: {other}")),
                    }
                    client.close(Instant::now());
                }
                ClientEvent::Closed => {
                    if let Some(lost) = lost {
                        return Err(lost.into());
                    }
                    let frames: Vec<_> = frames.iter().map(OwnedFrame::view).collect();
                    return then(&frames);
                }
                _ => {}
            }
        }
        turn(&mut client, &mut socket)?;
    }
}
