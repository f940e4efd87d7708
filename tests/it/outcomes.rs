//! Invariant: a request ends with what can be known of it, so that no caller dials twice for want
//! of a word, and it can be found by its `ActionID` on this connection and the next.

use crate::peer::{Peer, quiet};
use ami_proto::action::*;
use ami_proto::catalogue::{self, ActionType};
use ami_proto::client::{Client, Credentials, Reached};
use ami_proto::error::{ApiMisuse, EncodeError, Refusal, SendError};
use ami_proto::value::Classes;
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);
const QUEUED: &str = "Response: Success\r\nActionID: $0\r\nMessage: Originate successfully queued\r\n\r\n";
const REPORT: &str = "Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: $0\r\nResponse: Success\r\n\r\n";

fn dial() -> Originate<'static> {
    Originate::new("PJSIP/100").application("Echo").asynchronous(true).timeout(Duration::from_secs(20))
}

/// The next connection, logged in.
fn reconnect(peer: &mut Peer) -> Vec<ami_proto::client::Unanswered> {
    let unanswered = peer.client.reconnect().unwrap().unanswered;
    (peer.error, peer.ids) = (None, Vec::new());
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    peer.feed("Asterisk Call Manager/2.10.6\r\nResponse: Success\r\nActionID: $0\r\n\r\n");
    peer.ids.clear();
    unanswered
}

#[test]
fn an_outcome_of_a_class_that_was_not_asked_for_ends_with_the_response() {
    for mask in [Classes::NONE, Classes::SYSTEM] {
        let mut peer = Peer::ready(quiet().events(mask));
        peer.send(&dial());
        assert_eq!(peer.feed(QUEUED), ["unseen"]);
        assert_eq!((peer.client.open(), peer.due()), (0, None));
    }
    let mut peer = Peer::ready(quiet().events(Classes::SYSTEM | Classes::CALL));
    peer.send(&dial());
    assert_eq!(
        (peer.feed(QUEUED), peer.feed(REPORT)),
        (vec!["started".into()], vec!["outcome OriginateResponse".into()])
    );
    // What has no class is told to the session itself, under any mask.
    let mut peer = Peer::ready(quiet().events(Classes::NONE));
    peer.send(&WaitEvent::new(5));
    assert_eq!(peer.feed(QUEUED), ["started"]);
    assert_eq!(peer.feed("Event: WaitEventComplete\r\nActionID: $0\r\n\r\n"), ["outcome WaitEventComplete"]);
}

/// They are no news, also those that come unasked elsewhere.
#[test]
fn what_comes_late_of_a_list_is_unclaimed() {
    let lists = |action: &ActionType| action.reply().end().is_some() && !action.reply().is_glued();
    for action in catalogue::actions().filter(lists) {
        let mut peer = Peer::ready(quiet());
        let handle = peer.send(&Custom::new(action.name()));
        assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n"), ["started"]);
        assert!(peer.client.cancel(handle));
        assert_eq!(peer.events(), ["cancelled"]);
        for name in action.reply().items().chain(action.reply().end()) {
            let told = peer.feed(&format!("Event: {name}\r\nActionID: $0\r\n\r\n"));
            assert_eq!(told, [format!("unclaimed own {name}")], "{action:?}");
        }
    }
}

#[test]
fn a_mask_that_changes_ends_those_whose_outcome_it_hides() {
    let mut peer = Peer::ready(quiet());
    for _ in 0..3 {
        peer.send(&dial());
    }
    peer.feed(&[QUEUED, &QUEUED.replace("$0", "$1")].concat());
    peer.send(&Events::new("system"));
    let told = peer.feed("Response: Success\r\nActionID: $3\r\nEvents: On\r\n\r\n");
    assert_eq!(told, ["reply", "unseen since", "unseen since"]);
    assert_eq!(peer.feed(&QUEUED.replace("$0", "$2")), ["unseen"], "accepted since");
    peer.send(&Events::new("on"));
    peer.feed("Response: Success\r\nActionID: $4\r\nEvents: On\r\n\r\n");
    peer.send(&dial());
    assert_eq!(peer.feed(&QUEUED.replace("$0", "$5")), ["started"]);
}

#[test]
fn a_request_that_times_out_or_is_lost_tells_how_far_it_came() {
    let never_sent = |peer: &mut Peer| _ = peer.client.send(peer.now, &dial()).unwrap();
    let sent = |peer: &mut Peer| _ = peer.send(&dial());
    let accepted = |peer: &mut Peer| {
        peer.send(&dial());
        peer.feed(QUEUED);
    };
    let listed = |peer: &mut Peer| {
        peer.send(&Status::new());
        peer.feed("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\nEvent: Status\r\nActionID: $0\r\n\r\n");
    };
    let cases: [(fn(&mut Peer), &str); 4] =
        [(never_sent, "NotSent"), (sent, "Sent"), (accepted, "Accepted"), (listed, "Started { items: 1 }")];
    for (begin, reached) in cases {
        let mut peer = Peer::ready(quiet());
        begin(&mut peer);
        assert_eq!(peer.pass(60 * SECOND), [format!("timed out {reached}")]);
        let mut peer = Peer::ready(quiet());
        begin(&mut peer);
        assert_eq!(peer.eof()[0], format!("lost {reached}"));
    }
    assert_eq!(Reached::Accepted.to_string(), "after it was accepted and before its outcome was seen");
}

#[test]
fn the_next_connection_tells_the_outcome_of_the_last_ones_request() {
    let mut peer = Peer::ready(quiet());
    let waits = peer.send(&dial());
    let named = peer.client.send_as(peer.now, "call-7", &dial()).unwrap();
    let asked = peer.send(&Ping::new());
    let ids = peer.ids.clone();
    assert_eq!(ids[1], "call-7");
    peer.feed(QUEUED);
    peer.eof();
    let unanswered = reconnect(&mut peer);
    let told: Vec<_> = unanswered.iter().map(|one| (one.id, &*one.action_id, one.reached)).collect();
    let all = [
        (waits.id(), &*ids[0], Reached::Accepted),
        (named.id(), &*ids[1], Reached::Sent),
        (asked.id(), &*ids[2], Reached::Sent),
    ];
    assert_eq!(told, all);
    let report = |id: &str| REPORT.replace("$0", id);
    for id in &ids[..2] {
        assert_eq!(peer.feed(&report(id)), ["late outcome OriginateResponse"]);
        assert_eq!(peer.feed(&report(id)), ["event OriginateResponse"], "once");
    }
    assert_eq!(peer.feed(&report(&ids[2])), ["event OriginateResponse"], "a ping has no outcome");
    assert_eq!(peer.client.held(), 0);
    // An attempt that was not logged in changes nothing; the loss of one that was does.
    peer.send(&dial());
    peer.eof();
    let id = peer.ids[0].clone();
    peer.client.reconnect().unwrap();
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    (peer.error, _) = (None, peer.eof());
    reconnect(&mut peer);
    assert_eq!(peer.feed(&report(&id)), ["late outcome OriginateResponse"]);
    peer.send(&dial());
    let id = peer.ids[0].clone();
    peer.eof();
    reconnect(&mut peer);
    peer.eof();
    reconnect(&mut peer);
    assert_eq!(peer.feed(&report(&id)), ["event OriginateResponse"]);
}

/// Asterisk with `brokeneventsaction` does as asked and says nothing.
#[test]
fn a_mask_that_was_asked_for_is_asked_for_again_though_nobody_answered() {
    for lost in [false, true] {
        let mut peer = Peer::ready(quiet().events(Classes::ALL));
        peer.send(&Events::new("call"));
        let told = if lost { Vec::new() } else { peer.pass(30 * SECOND) };
        assert_eq!(told, if lost { vec![] } else { vec!["timed out Sent"] });
        peer.eof();
        assert!(peer.client.reconnect().unwrap().restored_mask);
        peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
        let mut login = peer.client.poll_transmit().map_or_else(String::new, |out| String::from_utf8_lossy(out).into());
        if login.is_empty() {
            let _ = peer.client.handle_input(peer.now, b"Asterisk Call Manager/1.1\r\n");
            while let Ok(Some(_)) = peer.client.poll_event() {}
            login = String::from_utf8_lossy(peer.client.poll_transmit().unwrap()).into();
        }
        assert!(login.contains("Events: call\r\n"), "{login}");
    }
}

/// A request of the caller's own `ActionID` is refused while the outcome of the lost one may still
/// come: which of the two that would be of could not be told.
#[test]
fn an_action_id_is_taken_while_the_outcome_of_its_last_request_may_come() {
    let mut peer = Peer::ready(quiet());
    peer.client.send_as(peer.now, "call-7", &dial()).unwrap();
    peer.sent();
    peer.eof();
    reconnect(&mut peer);
    let report = REPORT.replace("$0", "call-7");
    let refused = peer.client.send_as(peer.now, "call-7", &dial()).unwrap_err();
    assert_eq!(refused, SendError::Misuse(ApiMisuse::ActionIdInUse));
    assert_eq!(peer.feed(&report), ["late outcome OriginateResponse"]);
    peer.client.send_as(peer.now, "call-7", &dial()).unwrap();
    peer.sent();
    assert_eq!(peer.feed(&report), ["outcome OriginateResponse"]);
    // What never left has no outcome.
    peer.client.send_as(peer.now, "call-8", &dial()).unwrap();
    peer.eof();
    reconnect(&mut peer);
    peer.client.send_as(peer.now, "call-8", &dial()).unwrap();
}

/// The requests of the connection before the last one are forgotten, however the last one ended.
#[test]
fn what_closed_connections_leave_does_not_pile_up() {
    let mut peer = Peer::ready(quiet().ceiling(4096));
    for _ in 0..200 {
        peer.send(&dial());
        peer.client.close(peer.now);
        peer.sent();
        peer.eof();
        reconnect(&mut peer);
    }
    assert!(peer.client.held() < 200, "{} bytes", peer.client.held());
}

/// `brokeneventsaction`: nothing answers `on`, and its time is up after `off` was answered.
#[test]
fn the_mask_is_that_of_the_request_that_was_sent_last() {
    let mut peer = Peer::ready(quiet().events(Classes::CALL));
    peer.send(&Events::new("on"));
    peer.now += 10 * SECOND;
    peer.send(&Events::new("off"));
    assert_eq!(peer.feed("Response: Success\r\nActionID: $1\r\nEvents: Off\r\n\r\n"), ["reply"]);
    assert_eq!(peer.pass(30 * SECOND), ["timed out Sent"]);
    peer.send(&dial());
    assert_eq!(peer.feed(&QUEUED.replace("$0", "$2")), ["unseen"]);
    peer.eof();
    peer.client.reconnect().unwrap();
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    assert!(peer.sent.contains("Events: off\r\n"), "{}", peer.sent);
}

/// The mask may have changed as long as a request for that is open.
#[test]
fn a_mask_that_is_being_changed_hides_nothing() {
    let mut peer = Peer::ready(quiet().events(Classes::SYSTEM));
    peer.send(&Events::new("on"));
    peer.send(&dial());
    assert_eq!(peer.feed(&QUEUED.replace("$0", "$1")), ["started"]);
    assert_eq!(peer.pass(30 * SECOND), ["timed out Sent"]);
    assert_eq!(peer.feed(&REPORT.replace("$0", "$1")), ["outcome OriginateResponse"]);
    // It is refused, cancelled, or never leaves.
    for how in 0..3 {
        let mut peer = Peer::ready(quiet().events(Classes::SYSTEM));
        let events = if how == 2 {
            peer.client.send(peer.now, &Events::new("off")).unwrap()
        } else {
            peer.send(&Events::new("off"))
        };
        let id = peer.client.send_as(peer.now, "call", &dial()).unwrap();
        assert_eq!(peer.feed(&QUEUED.replace("$0", "call")), ["started"]);
        let told = match how {
            0 => peer.feed("Response: Error\r\nActionID: $0\r\n\r\n"),
            1 => {
                assert!(peer.client.cancel(events));
                peer.events()
            }
            _ => peer.pass(30 * SECOND),
        };
        assert_eq!(told[1], "unseen since", "{how}: {told:?}");
        assert_eq!(peer.client.action_id(id), None);
    }
}

/// The server has got the request, though its answer is no longer waited for.
#[test]
fn a_mask_that_was_asked_for_counts_though_the_request_was_cancelled() {
    let mut peer = Peer::ready(quiet().events(Classes::ALL));
    let events = peer.send(&Events::new("system"));
    peer.client.cancel(events);
    peer.send(&dial());
    assert_eq!(peer.feed(&QUEUED.replace("$0", "$1")), ["cancelled", "unseen"]);
}

/// Of an action of the caller's as of one that the catalogue knows.
#[test]
fn a_late_outcome_is_told_by_whatever_name() {
    for hangups in [false, true] {
        let config = if hangups {
            quiet().interest(ami_proto::event::EventSet::of(&[ami_proto::event::Hangup::TYPE]))
        } else {
            quiet()
        };
        let mut peer = Peer::ready(config);
        peer.send(&Custom::new("SMSSend").outcome("SMSSent"));
        let id = peer.ids[0].clone();
        peer.eof();
        reconnect(&mut peer);
        let other = peer.feed(&format!("Event: OriginateResponse\r\nActionID: {id}\r\n\r\n"));
        assert_eq!(other, if hangups { vec![] } else { vec!["event OriginateResponse"] });
        assert_eq!(peer.feed(&format!("Event: SMSSent\r\nActionID: {id}\r\n\r\n")), ["late outcome SMSSent"]);
    }
}

/// The first requests go out as soon as the login is accepted.
#[test]
fn what_is_told_of_no_request_takes_no_place() {
    let mut client = Client::new(quiet().await_greeting(false).max_open(1)).seeded(1);
    let now = Instant::now();
    client.login(now, Credentials::plain("u", "s")).unwrap();
    client.transmitted(client.poll_transmit().unwrap().len());
    let _ = client.handle_input(now, b"Asterisk Call Manager/1.1\r\nResponse: Success\r\n\r\n");
    while !matches!(client.poll_event().unwrap(), Some(ami_proto::client::ClientEvent::LoggedIn(_))) {}
    client.send(now, &Ping::new()).unwrap();
}

#[test]
fn an_action_id_of_ones_own() {
    let mut peer = Peer::ready(quiet());
    let call = peer.client.send_as(peer.now, "mine-1", &dial()).unwrap();
    assert_eq!(peer.client.action_id(call).as_deref(), Some("mine-1"));
    peer.sent();
    assert!(peer.sent.contains("\r\nActionID: mine-1\r\n"), "{}", peer.sent);
    // It is one request's at a time, and no other's.
    let refused = peer.client.send_as(peer.now, "mine-1", &Ping::new()).unwrap_err();
    assert_eq!(refused, SendError::Misuse(ApiMisuse::ActionIdInUse));
    let ping = peer.send(&Ping::new());
    let made = peer.client.action_id(ping).unwrap();
    assert_eq!(&*made, peer.ids[1]);
    assert!(peer.client.send_as(peer.now, &made, &Ping::new()).is_err());
    let refusal = |peer: &mut Peer, id: &str| match peer.client.send_as(peer.now, id, &Ping::new()) {
        Err(SendError::Encode(error)) => error.refusal(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refusal(&mut peer, ""), Refusal::EmptyValue);
    assert_eq!(refusal(&mut peer, " mine"), Refusal::LeadingBlank { byte: b' ' });
    assert!(matches!(refusal(&mut peer, "a\r\nAction: Logoff"), Refusal::InValue { byte: b'\r', at: 1 }));
    assert!(matches!(refusal(&mut peer, &"x".repeat(500)), Refusal::ActionIdTooLong { len: 500, .. }));
    let _: fn(EncodeError) -> SendError = SendError::from;
    // It works as any other, and is free again at the end.
    assert_eq!(
        (peer.feed(QUEUED), peer.feed(REPORT)),
        (vec!["started".into()], vec!["outcome OriginateResponse".into()])
    );
    assert_eq!(peer.client.action_id(call), None);
    assert_eq!(peer.feed(REPORT), ["event OriginateResponse"], "nobody's");
    peer.client.send_as(peer.now, "mine-1", &Ping::new()).unwrap();
    peer.sent();
    assert_eq!(peer.feed("Response: Success\r\nActionID: mine-1\r\n\r\n"), ["reply"]);
    // A list, and a text whose end the client finds with a ping of its own.
    peer.client.send_as(peer.now, "list", &Status::new()).unwrap();
    peer.client.send_as(peer.now, "text", &Queues::new()).unwrap();
    peer.sent();
    let told = peer
        .feed("Response: Success\r\nActionID: list\r\nEventList: start\r\n\r\nEvent: Status\r\nActionID: list\r\n\r\n");
    assert_eq!(told, ["started", "item Status"]);
    assert_eq!(peer.feed("Event: StatusComplete\r\nActionID: list\r\nEventList: Complete\r\n\r\n"), ["list 1"]);
    let probe = peer.ids.len() - 1;
    assert_eq!(
        peer.feed(&format!("No queues.\r\n\r\nResponse: Success\r\nActionID: ${probe}\r\n\r\n")),
        ["text 1", "end of text 1"]
    );
}

#[test]
fn each_bound_is_met_to_the_number() {
    for most in [0, 1, 2, 10, 256] {
        let mut peer = Peer::ready(quiet().max_in_flight(most));
        for _ in 0..most {
            peer.send(&Queues::new());
        }
        assert_eq!(peer.client.send(peer.now, &Ping::new()).unwrap_err(), SendError::InFlight { max: most });
        assert_eq!((peer.client.in_flight(), peer.client.open()), (most, most));
        let mut peer = Peer::ready(quiet().max_open(most));
        for call in 0..most {
            peer.send(&dial());
            assert_eq!(peer.feed(&QUEUED.replace("$0", &format!("${call}"))), ["started"]);
        }
        assert_eq!(peer.client.send(peer.now, &dial()).unwrap_err(), SendError::Open { max: most });
        assert_eq!((peer.client.in_flight(), peer.client.open()), (0, most));
        let mut peer = Peer::ready(quiet().max_open(most));
        for list in 0..most {
            peer.send(&Status::new());
            let start = format!("Response: Success\r\nActionID: ${list}\r\nEventList: start\r\n\r\n");
            assert_eq!(peer.feed(&start), ["started"]);
        }
        assert_eq!(peer.client.send(peer.now, &Status::new()).unwrap_err(), SendError::Open { max: most });
    }
}

#[test]
fn a_dialer_may_have_as_many_calls_ringing_as_are_answered_with_queued() {
    let now = Instant::now();
    let mut peer = Peer::ready(quiet());
    let seeded: &mut Client = &mut peer.client;
    for call in 0..5_000 {
        let id = format!("call-{call}");
        seeded.send_as(now, &id, &dial()).unwrap();
        seeded.transmitted(seeded.poll_transmit().unwrap().len());
        let queued = QUEUED.replace("$0", &id);
        assert_eq!(seeded.handle_input(now, queued.as_bytes()), queued.len());
        assert!(matches!(seeded.poll_event(), Ok(Some(ami_proto::client::ClientEvent::Started { .. }))));
    }
    assert_eq!((seeded.in_flight(), seeded.open()), (0, 5_000));
}
