//! sipXecs and Kazoo: one HTTP request, with a digest or with a token.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::time::Duration;

pub(crate) use ami_proto::kazoo::Method;
use ami_proto::kazoo::Request;
use ami_proto::sipxecs::{Challenge, Credentials};
use md5::{Digest as _, Md5};

use crate::live::terminal::connect;

/// Status and body.
type Answer = (u16, Vec<u8>);

/// sipXecs gives FreeSWITCH a minute.
const PATIENCE: Duration = Duration::from_secs(70);
/// Bytes of the longest answer.
const LARGEST: u64 = 10 << 20;

/// Kazoo asks for a token, and answers an action with 304 that is the same as the one before.
pub(crate) fn with_token(url: &str, token: &str, request: &Request) -> Result<Answer, Box<dyn Error>> {
    let header = (!token.is_empty()).then_some(("X-Auth-Token", token));
    let mut request = request.clone();
    if request.method() == Method::Put {
        request = request.query("random", &std::time::UNIX_EPOCH.elapsed()?.as_nanos().to_string());
    }
    Ok(send(url, &request, header)?.into_answer())
}

/// sipXecs asks for a digest of user and PIN, with a challenge.
pub(crate) fn with_digest(url: &str, user: &str, pin: &str, request: &Request) -> Result<Answer, Box<dyn Error>> {
    let response = send(url, request, None)?;
    let challenge = response.get("WWW-Authenticate").and_then(Challenge::parse);
    let Some(challenge) = challenge.filter(|_| response.status == 401) else { return Ok(response.into_answer()) };
    // One answer to each challenge: it needs no more luck than the time of day has.
    let cnonce = std::time::UNIX_EPOCH.elapsed()?.as_nanos().to_string();
    let hash = |bytes: &[u8]| Md5::digest(bytes).into();
    let header = Credentials::new(user, pin).authorization(request, &challenge, &cnonce, 1, hash)?;
    Ok(send(url, request, Some(("Authorization", &header)))?.into_answer())
}

/// An answer of a server.
struct Response {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Response {
    fn get(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    fn into_answer(self) -> Answer {
        (self.status, self.body)
    }
}

/// HTTP/1.0 on a connection of its own: the body ends where the connection does. There is no TLS.
fn send(url: &str, request: &Request, header: Option<(&str, &str)>) -> Result<Response, Box<dyn Error>> {
    let address = url.strip_prefix("http://").unwrap_or(url).trim_end_matches('/');
    if address.contains("://") {
        return Err(format!("{url} is no address of the form http://HOST:PORT").into());
    }
    let (host, prefix) = address.split_at(address.find('/').unwrap_or(address.len()));
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let mut socket = connect(&if has_port { host.to_owned() } else { format!("{host}:80") })?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    let mut head = format!("{} {prefix}{} HTTP/1.0\r\nHost: {host}\r\n", request.method(), request.target());
    let mut headers: Vec<(&str, &str)> = request.headers().collect();
    headers.extend(header);
    for (name, value) in headers {
        if value.contains(char::is_control) {
            return Err(format!("a control character in {name}").into());
        }
        write!(head, "{name}: {value}\r\n")?;
    }
    write!(head, "Content-Length: {}\r\n\r\n", request.body().len())?;
    socket.write_all(&[head.as_bytes(), request.body()].concat())?;

    let mut bytes = Vec::new();
    socket.take(LARGEST).read_to_end(&mut bytes)?;
    let end = bytes.windows(4).position(|end| end == b"\r\n\r\n").ok_or("an answer without headers")?;
    let body = bytes.split_off(end + 4);
    let head = String::from_utf8(bytes)?;
    let status = head.split(' ').nth(1).ok_or("an answer without a status")?.parse()?;
    Ok(Response { status, head, body })
}
