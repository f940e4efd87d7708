//! sipXecs and Kazoo: one HTTP request, with a digest or with a token.

use std::error::Error;
use std::time::Duration;

pub(crate) use ami_proto::kazoo::Method;
use ami_proto::kazoo::Request;
use ami_proto::sipxecs::{Challenge, Credentials};
use md5::{Digest as _, Md5};
use ureq::Agent;
use ureq::http::{self, HeaderName, Response};

/// Status and body.
type Answer = (u16, Vec<u8>);

/// sipXecs gives FreeSWITCH a minute.
const PATIENCE: Duration = Duration::from_secs(70);

/// Kazoo asks for a token.
pub(crate) fn with_token(url: &str, token: &str, request: &Request) -> Result<Answer, Box<dyn Error>> {
    let header = (!token.is_empty()).then_some(("X-Auth-Token", token));
    answer(send(url, request, header)?)
}

/// sipXecs asks for a digest of user and PIN, with a challenge.
pub(crate) fn with_digest(url: &str, user: &str, pin: &str, request: &Request) -> Result<Answer, Box<dyn Error>> {
    let response = send(url, request, None)?;
    let header = response.headers().get("WWW-Authenticate").map(|header| header.to_str()).transpose()?;
    let Some(challenge) = header.and_then(Challenge::parse).filter(|_| response.status() == 401) else {
        return answer(response);
    };
    // One answer to each challenge: it needs no more luck than the time of day has.
    let cnonce = std::time::UNIX_EPOCH.elapsed()?.as_nanos().to_string();
    let hash = |bytes: &[u8]| Md5::digest(bytes).into();
    let header = Credentials::new(user, pin).authorization(request, &challenge, &cnonce, 1, hash)?;
    answer(send(url, request, Some(("Authorization", &header)))?)
}

fn send(
    url: &str,
    request: &Request,
    header: Option<(&'static str, &str)>,
) -> Result<Response<ureq::Body>, Box<dyn Error>> {
    let agent: Agent =
        Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into();
    let base = url.trim_end_matches('/');
    let base = if base.contains("://") { base.to_string() } else { format!("http://{base}") };
    let mut sent = http::Request::builder().method(request.method().as_str()).uri(base + request.target());
    for (name, value) in request.headers().chain(header) {
        sent = sent.header(HeaderName::try_from(name)?, value);
    }
    Ok(if request.body().is_empty() { agent.run(sent.body(())?)? } else { agent.run(sent.body(request.body())?)? })
}

fn answer(mut response: Response<ureq::Body>) -> Result<Answer, Box<dyn Error>> {
    Ok((response.status().as_u16(), response.body_mut().read_to_vec()?))
}
