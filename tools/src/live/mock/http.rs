//! The mock over HTTP, so that clients of AMI over HTTP can be tried without a telephone exchange:
//! a web server whose every cookie stands for a session of the library's `Server`.
//!
//! ```text
//! cargo run -p ami-tools --features live -- mock --http 127.0.0.1:8088 &
//! cargo run -p ami-examples --bin http_poll -- 127.0.0.1:8088 --events 3
//! ```

use std::collections::HashMap;
use std::error::Error;
use std::io::Read;
use std::time::Instant;

use ami_proto::request::Request;
use ami_proto::server::{Config, Server, ServerEvent};
use ami_proto::value::Classes;
use ami_proto::wire::FrameWriter;
use tiny_http::{Header, Response};

use super::Options;
use crate::live::terminal::{at, say};

const HANGUP: [(&str, &str); 2] = [("Channel", "PJSIP/100-00000001"), ("Cause", "16")];

pub(super) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let web = tiny_http::Server::http(options.address).map_err(|error| at(options.address, &error))?;
    say(web.server_addr())?;
    let mut sessions: HashMap<String, Server> = HashMap::new();
    for (number, mut request) in web.incoming_requests().enumerate() {
        let mut form = String::new();
        if !request.url().ends_with("/rawman") || request.as_reader().take(65_536).read_to_string(&mut form).is_err() {
            request.respond(Response::empty(404))?;
            continue;
        }
        let cookies = request.headers().iter().filter(|header| header.field.equiv("Cookie"));
        let cookie =
            cookies.filter_map(|header| header.value.as_str().split('"').nth(1)).find(|id| sessions.contains_key(*id));
        // A real server's can't be guessed.
        let cookie = cookie.map_or_else(|| format!("{number:08x}"), str::to_owned);
        let new = || Server::new(Instant::now(), Config::new().banner("").fully_booted(false));
        let server = sessions.entry(cookie.clone()).or_insert_with(new);
        let answer = answer(server, &form, options).unwrap_or_else(|error| error.to_string().into_bytes());
        if server.is_over() {
            sessions.remove(&cookie);
        }
        let cookie = format!("mansession_id=\"{cookie}\"; Version=1; Max-Age=60");
        let cookie = Header::from_bytes("Set-Cookie", cookie).map_err(|()| "a cookie that is no header")?;
        request.respond(Response::from_data(answer).with_header(cookie))?;
    }
    Ok(())
}

/// Returns the answer of a session to a form.
fn answer(server: &mut Server, form: &str, options: &Options) -> Result<Vec<u8>, Box<dyn Error>> {
    // The action comes first.
    let mut fields = form.split('&').filter_map(|field| field.split_once('='));
    let (_, action) = fields.find(|(name, _)| name.eq_ignore_ascii_case("action")).unwrap_or_default();
    let mut message = Vec::new();
    // What a field could break is refused here; a real server lets it through.
    let writer = FrameWriter::action(&mut message, decoded(action));
    fields.fold(writer, |writer, (name, value)| writer.header(decoded(name), decoded(value))).finish()?;
    // As much as is taken is little: a session holds one message at a time.
    let _ = server.handle_input(Instant::now(), &message);
    while let Some(event) = server.poll_event()? {
        match event {
            ServerEvent::Login { id, attempt } => {
                let known = attempt.username() == *options.login.user && attempt.verify(&options.login.secret);
                if known { server.accept(id, Classes::ALL)? } else { server.refuse(Instant::now(), id)? }
            }
            ServerEvent::Request { id, request: Request::WaitEvent(_) } => {
                server.respond(id, "Success", [("Message", "Waiting for Event completed.")])?;
                server.event(Classes::CALL, "Hangup", HANGUP)?;
                server.raw(b"Event: WaitEventComplete\r\n\r\n");
            }
            ServerEvent::Request { id, .. } => server.respond(id, "Success", [("Ping", "Pong")])?,
            _ => {}
        }
    }
    // A refusal is due a second later; no client is kept waiting here.
    server.handle_timeout(server.poll_timeout().filter(|_| !server.is_logged_in()).unwrap_or_else(Instant::now));
    let said = server.poll_transmit().unwrap_or_default().to_vec();
    server.transmitted(said.len());
    Ok(said)
}

/// A form's `%41` and `+`.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        rest = after;
        bytes.push(match (first, hex) {
            (b'%', Some(byte)) => {
                rest = &after[2..];
                byte
            }
            (b'+', _) => b' ',
            (byte, _) => *byte,
        });
    }
    bytes
}
