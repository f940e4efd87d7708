//! Invariant: nothing secret is sent before the server has greeted as one of its kind does, unless
//! that was asked for; another service is named, and each way in which a login comes to nothing has
//! its own error.

use crate::peer::Peer;
use ami_proto::action::*;
use ami_proto::client::{Client, Config, Credentials};
use ami_proto::error::{ApiMisuse, ConnectionError, LoginRefusal, LoginStage, Service};
use ami_proto::freeswitch;
use ami_proto::{Framing, Limits};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);
const BANNER: &str = "Asterisk Call Manager/11.0.0\r\n";

/// The ways in which others greet, and what they are.
const OTHERS: [(&[u8], Service); 8] = [
    (b"SSH-2.0-OpenSSH_9.6\r\n", Service::Ssh),
    (b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", Service::Http),
    (b"\x15\x03\x01\x00\x02\x02\x46", Service::Tls),
    (b"220 mail.example.org ESMTP\r\n", Service::Mail),
    (b"220-first line\r\n", Service::Mail),
    (b"+OK ready\r\n", Service::Mail),
    (b"SIP/2.0 400 Bad Request\r\n\r\n", Service::Sip),
    (b"Content-Type: auth/request\n\n", Service::FreeSwitch),
];

fn waiting(credentials: Credentials) -> Peer {
    let mut peer = Peer::of(Client::new(Config::new().login_timeout(3 * SECOND)));
    peer.client.login(peer.now, credentials).unwrap();
    peer
}

#[test]
fn a_login_waits_for_the_greeting() {
    for credentials in [Credentials::plain("u", "s3cret"), Credentials::md5("u", "s3cret")] {
        let mut peer = waiting(credentials);
        assert_eq!((peer.client.poll_transmit(), peer.due()), (None, Some(3000)));
        assert_eq!(peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap_err(), ApiMisuse::NotNew.into());
        assert!(peer.pass(2 * SECOND).is_empty());
        assert_eq!(peer.feed(BANNER), ["connected"]);
        assert!(["Login", "Challenge"].contains(&&*peer.sent()[0]));
        assert_eq!(peer.due(), Some(3000), "each step has its time");
    }
    // It makes no difference whether the greeting or the login comes first.
    let mut peer = Peer::of(Client::new(Config::new()));
    assert_eq!(peer.feed(BANNER), ["connected"]);
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    assert_eq!(peer.sent(), ["Login"]);
    // A proxy in front of a manager says so.
    let mut peer = waiting(Credentials::plain("u", "s"));
    assert_eq!(peer.feed("Asterisk Call Manager Proxy/1.21\r\n"), ["connected"]);
    assert_eq!(peer.sent(), ["Login"]);
}

#[test]
fn another_service_is_named_and_told_nothing() {
    for (greeting, service) in OTHERS {
        let mut peer = waiting(Credentials::plain("u", "s3cret"));
        let mut told = Vec::new();
        for byte in greeting {
            let _ = peer.client.handle_input(peer.now, &[*byte]);
            told.extend(peer.events());
            assert_eq!(peer.client.poll_transmit(), None);
        }
        let over = format!("over: the peer speaks {service}; look at the address and the port");
        assert!(told.contains(&over), "{told:?}");
        assert_eq!(peer.error, Some(ConnectionError::WrongServer(service)));
        assert!(peer.client.is_over() && peer.client.reconnect().is_ok());
    }
    let mut peer = waiting(Credentials::plain("u", "s3cret"));
    assert_eq!(
        peer.feed("Welcome to the machine\r\n"),
        ["connected", "over: the peer speaks something else; look at the address and the port"]
    );
    // The socket of FreeSWITCH does the same the other way round.
    for (greeting, service) in OTHERS.into_iter().chain([(BANNER.as_bytes(), Service::Manager)]) {
        let mut connection = freeswitch::Connection::new(freeswitch::Config::new());
        let now = Instant::now();
        connection.login(now, freeswitch::Credentials::password("ClueCon")).unwrap();
        let _ = connection.handle_input(now, greeting);
        let mut over = None;
        for _ in 0..5 {
            over = over.or(connection.poll_event().err());
        }
        let expected = (service != Service::FreeSwitch).then_some(ConnectionError::WrongServer(service));
        assert_eq!((over, connection.poll_transmit().is_none()), (expected, expected.is_some()));
    }
}

#[test]
fn each_way_to_fail_has_its_error() {
    let lost = |peer: &Peer| peer.error.unwrap();
    let mut peer = waiting(Credentials::plain("u", "s"));
    peer.pass(3 * SECOND);
    assert_eq!(lost(&peer), ConnectionError::LoginTimedOut(LoginStage::Banner));
    for credentials in [Credentials::plain("u", "s"), Credentials::md5("u", "s")] {
        let mut peer = waiting(credentials.clone());
        peer.feed(BANNER);
        peer.client.transmitted(3);
        assert_eq!(peer.pass(3 * SECOND), ["over: the login was never transmitted"]);
        let mut peer = waiting(credentials);
        peer.feed(BANNER);
        peer.sent();
        assert!(peer.pass(3 * SECOND)[0].starts_with("over: no answer to the "));
    }
    let mut connection = freeswitch::Connection::new(freeswitch::Config::new());
    let now = Instant::now();
    connection.login(now, freeswitch::Credentials::password("ClueCon")).unwrap();
    let _ = connection.handle_input(now, b"Content-Type: auth/request\n\n");
    assert!(matches!(connection.poll_event(), Ok(None)) && connection.poll_transmit().is_some());
    connection.handle_timeout(connection.poll_timeout().unwrap());
    let never_sent = ConnectionError::LoginTimedOut(LoginStage::Transmission);
    assert_eq!(connection.poll_event().err(), Some(never_sent));
}

#[test]
fn a_connection_that_has_not_begun_is_not_begun_again() {
    let mut client = Client::new(Config::new());
    assert_eq!(client.reconnect().unwrap_err(), ApiMisuse::NotBegun);
    client.login(Instant::now(), Credentials::plain("u", "s")).unwrap();
    assert_eq!(client.reconnect().unwrap_err(), ApiMisuse::NotOver);
    let mut connection = freeswitch::Connection::new(freeswitch::Config::new());
    assert_eq!(connection.reconnect().unwrap_err(), ApiMisuse::NotBegun);
}

#[test]
fn a_greeting_need_not_be_waited_for() {
    let without_banner = Config::new().framing(Framing::SERVER.banner(false));
    for config in [Config::new().await_greeting(false), without_banner] {
        let mut peer = Peer::of(Client::new(config.limits(Limits::new())));
        for _ in 0..2 {
            peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
            assert_eq!(peer.sent(), ["Login"]);
            let id = peer.ids.len() - 1;
            let told = peer.feed(&format!("Response: Success\r\nActionID: ${id}\r\n\r\n"));
            assert_eq!(told, ["logged in", "ready"]);
            peer.eof();
            peer.client.reconnect().unwrap();
            peer.error = None;
        }
    }
}

#[test]
fn an_answer_without_an_action_id_answers_the_login() {
    let mut peer = Peer::new(Config::new());
    peer.client.login(peer.now, Credentials::md5("u", "s")).unwrap();
    assert_eq!(peer.sent(), ["Challenge"]);
    assert!(peer.feed("Response: Success\r\nChallenge: 12\r\n\r\n").is_empty());
    assert_eq!(peer.sent(), ["Login"]);
    assert_eq!(peer.feed("Response: Success\r\nMessage: Authentication accepted\r\n\r\n"), ["logged in", "ready"]);
    assert_eq!(peer.feed("Response: Success\r\n\r\n"), ["unclaimed Success"]);
    let mut peer = Peer::new(Config::new());
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    assert_eq!(peer.feed("Response: Error\r\nMessage: Authentication failed\r\n\r\n")[0], "login refused");
    assert_eq!(peer.error, Some(ConnectionError::LoginRefused(LoginRefusal::Credentials)));
}

#[test]
fn an_empty_challenge_is_none() {
    let mut peer = Peer::new(Config::new());
    peer.client.login(peer.now, Credentials::md5("u", "s")).unwrap();
    peer.sent();
    let told = peer.feed("Response: Success\r\nActionID: $0\r\nChallenge: \r\n\r\n");
    assert_eq!(told, ["login refused", "over: login refused: no challenge was given"]);
    assert_eq!(peer.client.poll_transmit(), None);
}

#[test]
fn a_request_for_logoff_is_a_clean_end() {
    let mut peer = Peer::ready(Config::new());
    peer.send(&Status::new());
    peer.send(&Logoff::new());
    assert_eq!(peer.feed("Response: Goodbye\r\nActionID: $1\r\nMessage: Thanks for all the fish.\r\n\r\n"), ["reply"]);
    assert_eq!(peer.eof(), ["lost Sent", "closed"]);
    assert_eq!(peer.error, None);
    // A server that says goodbye and stays is left.
    let mut peer = Peer::ready(Config::new());
    peer.send(&Logoff::new());
    peer.feed("Response: Goodbye\r\nActionID: $0\r\n\r\n");
    assert_eq!((peer.due(), peer.pass(5 * SECOND)), (Some(5000), vec!["closed".to_owned()]));
}
