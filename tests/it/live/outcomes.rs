//! Requests whose outcome comes late, on another connection, or can't be seen at all.

use std::net::TcpListener;
use std::time::Duration;

use ami_proto::action as a;
use ami_proto::client::{Config, Reached};
use ami_proto::event::{Event, OriginateResponse};
use ami_proto::value::Classes;

use super::session::{How, Session};
use super::{hang_up_all, on_each, plain, servers};

/// A phone that rings for this long.
fn ring(seconds: u64) -> a::Originate<'static> {
    let timeout = Duration::from_secs(seconds);
    a::Originate::new("Local/ring@live/n").application("Wait").data("1").timeout(timeout).asynchronous(true)
}

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn an_outcome_of_a_class_that_is_not_received() {
    let (addresses, _guard) = servers();
    for address in addresses {
        for mask in [Classes::NONE, Classes::SYSTEM, Classes::COMMAND | Classes::AGENT] {
            let mut session = Session::with(Config::new().events(mask), address, plain()).expect("login");
            let asked = session.ask(&ring(1));
            assert!(matches!(asked.how, Some(How::Unseen)), "{mask:?}: {asked:?}");
            session.finish();
        }
        // One that is turned off while the phone rings, and on again.
        let mut session = Session::login(address, plain()).expect("login");
        let rings = session.send(&ring(20));
        session.event("a phone that rings", |event| matches!(event, Event::DialBegin(_)).then_some(()));
        session.ask(&a::Events::new("off")).accepted();
        assert!(matches!(session.ended(rings).how, Some(How::Unseen)));
        hang_up_all(&mut session);
        session.ask(&a::Events::new("on")).accepted();
        let asked = session.ask(&ring(1));
        assert!(matches!(asked.how, Some(How::Outcome(_))), "{asked:?}");
        session.finish();
    }
}

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn an_action_id_of_ones_own() {
    on_each(|session| {
        let id = session.send_as("mine-1", &ring(1));
        let outcome = session.ended(id).last();
        assert_eq!(outcome.get("ActionID").unwrap(), "mine-1");
        assert_eq!(outcome.get("Response").unwrap(), "Failure");
        let id = session.send_as("mine-1", &a::CoreShowChannels::new());
        assert_eq!(session.ended(id).accepted().last().get("ActionID").unwrap(), "mine-1", "free again");
    });
}

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn the_outcome_of_a_request_that_its_connection_lost() {
    let (addresses, _guard) = servers();
    for address in addresses {
        let mut session = Session::login(address, plain()).expect("login");
        let rings = session.send(&ring(4));
        session.event("a phone that rings", |event| matches!(event, Event::DialBegin(_)).then_some(()));
        session.driver.cut();
        super::drive_to_end(&mut session);
        assert!(matches!(session.book.asked[&rings].how, Some(How::Lost(Reached::Accepted))));
        let report = session.driver.client.reconnect().expect("over");
        assert_eq!(report.unanswered.len(), 1);
        assert!(!report.unanswered[0].is_safe_to_retry(), "the phone rings");
        session.come_back(address, plain);
        while session.book.late.is_empty() {
            session.ask(&a::Ping::new()).accepted();
            std::thread::sleep(Duration::from_millis(100));
        }
        assert_eq!(session.book.late, [rings]);
        hang_up_all(&mut session);
        session.finish();
    }
}

/// `channelvars` of the server's configuration names `FOO`.
#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn variables_of_each_channel() {
    const ODD: &str = "C:\\new (\"q\"): x";
    on_each(|session| {
        let call = |channel: &str| {
            a::Originate::new(channel.to_owned()).application("Wait").data("1").variable("FOO", ODD).asynchronous(true)
        };
        let asked = session.ask(&call("Local/wait@live/n"));
        assert_eq!(variable(asked.last()), ("Local/wait@live".to_owned(), ODD.to_owned()));
        // In other events it is escaped, from 13 on, and has its channel as all headers have it.
        let decoded = session.event("a channel with the variable", |event| {
            let Event::Hangup(hangup) = event else { return None };
            let variable = hangup.chan_variable().next()?.ok()?;
            (variable.name() == b"FOO" && !variable.value().as_bytes().is_empty())
                .then(|| String::from_utf8_lossy(&variable.value().decode()).into_owned())
        });
        assert_eq!(decoded, ODD);
        // A name with a colon in it.
        if matches!(session.ask(&a::ModuleCheck::new("chan_audiosocket")).how, Some(How::Refused(_))) {
            println!("  no AudioSocket");
            return;
        }
        let peer = TcpListener::bind("127.0.0.1:0").expect("a port");
        let at = peer.local_addr().expect("its address");
        let asked = session.ask(&call(&format!("AudioSocket/{at}/11111111-1111-4111-8111-111111111111")));
        assert_eq!(variable(asked.last()), (format!("AudioSocket/{at}"), ODD.to_owned()));
    });
}

/// The channel, without what the server appends to its name, and the value of `FOO` there.
fn variable(outcome: ami_proto::Frame<'_>) -> (String, String) {
    let response = OriginateResponse::view(outcome).expect("the outcome");
    let (key, variable) = response
        .keyed_chan_variable()
        .find(|(_, variable)| variable.as_ref().is_ok_and(|variable| variable.name() == b"FOO"))
        .unwrap_or_else(|| panic!("{outcome}"));
    let channel = key.text(0).expect("a channel").to_string();
    let (base, _) = channel.split_once('-').expect("a channel's name");
    (base.to_owned(), String::from_utf8_lossy(variable.expect("an assignment").value()).into_owned())
}
