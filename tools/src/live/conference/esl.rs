//! FreeSWITCH by its event socket: one connection, one line, its reply.

use std::error::Error;
use std::time::Instant;

use ami_proto::conference::Line;
use ami_proto::freeswitch::{Config, Connection, ConnectionEvent, Credentials, Ending};

use crate::live::terminal::{connect, turn};

/// Sends the line, and gives what was printed.
pub(crate) fn send(address: &str, password: &str, line: &Line) -> Result<Vec<u8>, Box<dyn Error>> {
    let address = address.split_once("://").map_or(address, |(_, address)| address);
    let mut socket = connect(address)?;
    let mut connection = Connection::new(Config::new());
    connection.login(Instant::now(), Credentials::password(password))?;
    let mut reply = None;
    loop {
        while let Some(event) = connection.poll_event()? {
            match event {
                ConnectionEvent::LoggedIn(_) => drop(connection.api(Instant::now(), line.as_bytes())?),
                ConnectionEvent::Ended { ending, .. } => {
                    reply = Some(match ending {
                        Ending::Reply(frame) => Ok(frame.body().to_vec()),
                        refused @ Ending::Refused(_) => Err(refused.to_string()),
                        other => Err(format!("no answer: {other}")),
                    });
                    connection.close(Instant::now());
                }
                ConnectionEvent::Closed => return Ok(reply.ok_or("no answer")??),
                _ => {}
            }
        }
        turn(&mut connection, &mut socket)?;
    }
}
