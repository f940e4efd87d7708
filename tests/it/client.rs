//! Invariant: every request ends once, in the way that the protocol says; time does what it should
//! and nothing else.

use crate::peer::{Peer, quiet};
use ami_proto::Limits;
use ami_proto::action::*;
use ami_proto::client::{AtCeiling, Client, Config, Credentials, Handle};
use ami_proto::conn::Machine as _;
use ami_proto::error::{ApiMisuse, ConnectionError, LoginRefusal, LoginStage, Refusal, SendError};
use ami_proto::event::{EventSet, Hangup};
use ami_proto::value::Classes;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

// Login.

#[test]
fn plain_login_with_a_mask() {
    let mut peer = Peer::new(quiet().events(Classes::SYSTEM | Classes::CALL));
    assert_eq!(peer.client.send(peer.now, &Ping::new()).unwrap_err(), SendError::NotLoggedIn);
    peer.client.login(peer.now, Credentials::plain("u", "s3cret")).unwrap();
    assert_eq!(peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap_err(), ApiMisuse::NotNew.into());
    assert!(!format!("{:?}", peer.client).contains("s3cret"));
    assert_eq!(peer.sent(), ["Login"]);
    assert!(peer.sent.ends_with("Username: u\r\nSecret: s3cret\r\nEvents: system,call\r\n\r\n"), "{}", peer.sent);
    // Without a banner, as behind some proxies; an event may come first.
    let told = peer.feed("Event: SuccessfulAuth\r\n\r\nResponse: Success\r\nActionID: $0\r\n\r\n");
    assert_eq!(told, ["event SuccessfulAuth", "logged in", "ready"]);
    assert_eq!(peer.due(), None);
}

#[test]
fn refusals_are_told_apart() {
    for (message, refusal) in
        [("Authentication failed", LoginRefusal::Credentials), ("Login Already In Use", LoginRefusal::AlreadyInUse)]
    {
        let mut peer = Peer::new(quiet());
        peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
        peer.sent();
        let told = peer.feed(&format!("A/1.3\r\nResponse: Error\r\nActionID: $0\r\nMessage: {message}\r\n\r\n"));
        assert_eq!(told[..2], ["connected", "login refused"]);
        assert_eq!(peer.error, Some(ConnectionError::LoginRefused(refusal)));
        assert_eq!(peer.due(), None);
    }
}

#[test]
fn each_stage_has_its_deadline() {
    let mut peer = Peer::new(quiet().login_timeout(3 * SECOND));
    assert_eq!(peer.due(), None);
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    assert_eq!(peer.due(), Some(3000));
    peer.sent();
    assert!(peer.pass(2 * SECOND).is_empty());
    assert_eq!(peer.pass(SECOND), ["over: no answer to the login"]);
    assert_eq!(peer.error, Some(ConnectionError::LoginTimedOut(LoginStage::Login)));
    assert_eq!((peer.due(), peer.client.poll_transmit()), (None, None));
}

#[test]
fn waits_until_booted() {
    let config = quiet().await_booted(5 * SECOND);
    let mut peer = Peer::new(config.clone());
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\n\r\n"), ["logged in"]);
    assert_eq!(peer.due(), Some(5000));
    assert_eq!(peer.feed("Event: FullyBooted\r\n\r\nEvent: FullyBooted\r\n\r\n"), ["booted", "event FullyBooted"]);
    assert_eq!(peer.due(), None);

    let mut peer = Peer::new(config.clone());
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    peer.feed("Response: Success\r\nActionID: $0\r\n\r\n");
    assert_eq!(peer.pass(5 * SECOND), ["ready"]);

    // Whoever doesn't subscribe to it needn't wait for it.
    let mut peer = Peer::new(config.events(Classes::CALL));
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\n\r\n"), ["logged in", "ready"]);
}

#[test]
fn login_by_challenge() {
    let mut peer = Peer::new(quiet());
    peer.client.login(peer.now, Credentials::md5("u", "mysecret")).unwrap();
    assert_eq!(peer.sent(), ["Challenge"]);
    assert!(peer.feed("Response: Success\r\nActionID: $0\r\nChallenge: 840415273\r\n\r\n").is_empty());
    assert_eq!(peer.sent(), ["Login"]);
    // printf 840415273mysecret | md5sum
    assert!(
        peer.sent.contains("AuthType: MD5\r\nKey: 72ee2809cbf69e9bdb27bdd924cda8e3\r\n")
            && !peer.sent.contains("mysecret"),
        "{}",
        peer.sent
    );
    assert_eq!(peer.feed("Response: Success\r\nActionID: $1\r\n\r\n"), ["logged in", "ready"]);

    let refusal = "Response: Error\r\nActionID: $0\r\nMessage: Must specify AuthType\r\n\r\n";
    let mut peer = Peer::new(quiet());
    peer.client.login(peer.now, Credentials::md5("u", "mysecret")).unwrap();
    peer.sent();
    peer.feed(refusal);
    assert_eq!(peer.error, Some(ConnectionError::LoginRefused(LoginRefusal::Challenge)));
    assert!(peer.sent().is_empty());

    let mut peer = Peer::new(quiet());
    peer.client.login(peer.now, Credentials::md5("u", "mysecret").or_plain()).unwrap();
    peer.sent();
    peer.feed(refusal);
    assert_eq!(peer.sent(), ["Login"]);
    assert!(peer.sent.contains("Secret: mysecret"));

    let mut peer = Peer::new(quiet());
    let refused = peer.client.login(peer.now, Credentials::md5("u\r\nAction: x", "s")).unwrap_err();
    assert!(matches!(refused, SendError::Encode(_)));
    assert!(peer.sent().is_empty());
}

// Replies.

#[test]
fn answers_in_any_order() {
    let mut peer = Peer::ready(quiet());
    let a = peer.send(&CoreStatus::new());
    let b = peer.send(&Ping::new());
    assert_ne!(a.id(), b.id());
    assert_eq!(peer.feed("Response: Success\r\nActionID: $1\r\nPing: Pong\r\n\r\n"), ["reply"]);
    assert_eq!(peer.feed("Event: Hangup\r\n\r\nResponse: Error\r\nActionID: $0\r\n\r\n"), ["event Hangup", "refused"]);
    // A second answer, somebody else's, and none at all.
    assert_eq!(peer.feed("Response: Error\r\nActionID: $0\r\n\r\n"), ["unclaimed own Error"]);
    assert_eq!(peer.feed("Response: Error\r\nActionID: 17\r\n\r\nResponse: Error\r\n\r\n"), ["unclaimed Error"; 2]);
    assert_eq!(peer.feed("odd\r\n\r\n"), ["unclaimed "]);
    assert_eq!(peer.client.open(), 0);
}

#[test]
fn reads_lists_of_every_shape() {
    let status: &dyn Fn(&mut Peer) = &|peer| _ = peer.send(&Status::new());
    let skinny: &dyn Fn(&mut Peer) = &|peer| _ = peer.send(&SkinnyLines::new());
    let iax: &dyn Fn(&mut Peer) = &|peer| _ = peer.send(&IaxPeers::new());
    let devices: &dyn Fn(&mut Peer) = &|peer| _ = peer.send(&DeviceStateList::new());
    let fax: &dyn Fn(&mut Peer) = &|peer| _ = peer.send(&FaxStats::new());
    let custom: &dyn Fn(&mut Peer) = &|peer| _ = peer.send(&Custom::new("Mine"));
    let start = "Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n";
    let cases: [(&str, &dyn Fn(&mut Peer), String, &[&str]); 15] = [
        ("plain", status, format!("{start}Event: Status\r\nActionID: $0\r\n\r\nEvent: StatusComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\n"), &["started", "item Status", "list 1"]),
        ("any case", status, "Response: Success\r\nActionID: $0\r\nEventList: Start\r\n\r\nEvent: StatusComplete\r\nActionID: $0\r\nEVENTLIST: COMPLETE\r\n\r\n".into(), &["started", "list 0"]),
        ("without EventList", status, "Response: Success\r\nActionID: $0\r\nMessage: Channel status will follow\r\n\r\nEvent: Status\r\nActionID: $0\r\n\r\nEvent: StatusComplete\r\nActionID: $0\r\n\r\n".into(), &["started", "item Status", "list 1"]),
        ("empty, an error", status, "Response: Error\r\nActionID: $0\r\nMessage: none\r\n\r\n".into(), &["refused"]),
        ("empty, a bare success", status, "Response: Success\r\nActionID: $0\r\nMessage: There are none\r\n\r\n".into(), &["reply"]),
        ("cancelled", status, format!("{start}Event: StatusComplete\r\nActionID: $0\r\nEventList: cancelled\r\n\r\n"), &["started", "list 0 cancelled"]),
        ("an error in the middle", status, format!("{start}Event: Status\r\nActionID: $0\r\n\r\nResponse: Error\r\nActionID: $0\r\n\r\nEvent: Status\r\nActionID: $0\r\n\r\n"), &["started", "item Status", "refused", "unclaimed own Status"]),
        ("a second success in the middle", status, format!("{start}Response: Success\r\nActionID: $0\r\n\r\nEvent: StatusComplete\r\nActionID: $0\r\n\r\n"), &["started", "unclaimed own Success", "list 0"]),
        ("announced twice", status, format!("{start}{start}Event: StatusComplete\r\nActionID: $0\r\n\r\n"), &["started", "unclaimed own Success", "list 0"]),
        ("interleaved", status, format!("{start}Event: Hangup\r\n\r\nEvent: Status\r\nActionID: $0\r\n\r\nEvent: Status\r\nActionID: 9\r\n\r\nEvent: UserEvent\r\nActionID: $0\r\n\r\nEvent: StatusComplete\r\nActionID: $0\r\n\r\n"), &["started", "event Hangup", "item Status", "event Status", "event UserEvent", "list 1"]),
        ("items before the response", status, "Event: Status\r\nActionID: $0\r\n\r\nEvent: StatusComplete\r\nActionID: $0\r\n\r\n".into(), &["item Status", "list 1"]),
        ("items without ActionID", iax, format!("{start}Event: PeerEntry\r\nObjectName: a\r\n\r\nEvent: PeerlistComplete\r\nActionID: $0\r\n\r\n"), &["started", "item PeerEntry", "list 1"]),
        ("glued", skinny, format!("{start}Event: LineEntry\r\nActionID: $0\r\nLabel: \r\nEvent: LineEntry\r\nActionID: $0\r\nEvent: LinelistComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\nEvent: A\r\n\r\n"), &["started", "item LineEntry", "item LineEntry", "list 2", "event A"]),
        ("one event", fax, "Response: Success\r\nActionID: $0\r\nMessage: FAXStats event will follow\r\n\r\nEvent: FAXStats\r\nActionID: $0\r\n\r\n".into(), &["started", "outcome FAXStats"]),
        ("of an unknown action", custom, format!("{start}Event: Thing\r\nActionID: $0\r\n\r\nEvent: Done\r\nActionID: $0\r\nEventList: Complete\r\n\r\n"), &["started", "item Thing", "list 1"]),
    ];
    for (name, send, input, expected) in cases {
        let mut peer = Peer::ready(quiet());
        send(&mut peer);
        assert_eq!(peer.feed(&input), expected, "{name}");
        assert_eq!(peer.client.open(), 0, "{name}");
    }
    // An item that also comes unasked.
    let mut peer = Peer::ready(quiet());
    devices(&mut peer);
    let told = peer.feed("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\nEvent: DeviceStateChange\r\nPrivilege: call,all\r\n\r\nEvent: DeviceStateChange\r\nActionID: $0\r\n\r\nEvent: DeviceStateListComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\n");
    assert_eq!(told, ["started", "event DeviceStateChange", "item DeviceStateChange", "list 1"]);
}

#[test]
fn events_of_no_interest_go_by() {
    let mut peer = Peer::ready(quiet().interest(EventSet::of(&[Hangup::TYPE])));
    let noise = "Event: VarSet\r\nPrivilege: dialplan,all\r\n\r\nEvent: Unheard\r\n\r\nEvent: hangup\r\n\r\nEvent: VarSet\r\n\r\n";
    assert_eq!(peer.feed(noise), ["event hangup"]);
    peer.send(&Status::new());
    let start = "Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n";
    assert_eq!(peer.feed(&format!("{noise}{start}{noise}")), ["event hangup", "started", "event hangup"]);
    let list = "Event: Status\r\nActionID: $0\r\n\r\nEvent: StatusComplete\r\nActionID: $0\r\n\r\n";
    assert_eq!(peer.feed(&format!("{list}{noise}")), ["item Status", "list 1", "event hangup"], "answers are told");
}

/// What ends a request ends it once. Where it comes again it is unclaimed, whatever else is open
/// and whatever the program is interested in.
#[test]
fn an_end_that_comes_twice_ends_nothing() {
    const START: &str = "Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n";
    const CALL: &str = "Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: $0\r\nResponse: Failure\r\n\r\n";
    let custom: &dyn Fn(&mut Peer) = &|peer| _ = peer.send(&Custom::new("Mine"));
    let status: &dyn Fn(&mut Peer) = &|peer| _ = peer.send(&Status::new());
    let cases: [(&dyn Fn(&mut Peer), _, _, _); 4] = [
        (
            status,
            START,
            "Event: StatusComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\n",
            ["list 0", "unclaimed own StatusComplete"],
        ),
        // The catalogue doesn't know the end, or the action as well.
        (
            status,
            START,
            "Event: StatusOver\r\nActionID: $0\r\nEventList: Complete\r\n\r\n",
            ["list 0", "unclaimed own StatusOver"],
        ),
        (
            custom,
            START,
            "Event: MineComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\n",
            ["list 0", "unclaimed own MineComplete"],
        ),
        (
            &|peer| _ = peer.send(&Originate::new("Local/1@x").asynchronous(true)),
            "Response: Success\r\nActionID: $0\r\n\r\n",
            CALL,
            ["outcome OriginateResponse", "unclaimed own OriginateResponse"],
        ),
    ];
    let noise = "Event: VarSet\r\nPrivilege: dialplan,all\r\n\r\n";
    for (send, start, end, [first, again]) in cases {
        for (interest, heard) in [(EventSet::NONE, &[][..]), (EventSet::ALL, &["event VarSet"])] {
            for others in [false, true] {
                let mut peer = Peer::ready(quiet().interest(interest.clone()));
                send(&mut peer);
                assert_eq!(peer.feed(start), ["started"]);
                if others {
                    send(&mut peer);
                    assert_eq!(peer.feed(&start.replace("$0", "$1")), ["started"]);
                }
                assert_eq!(peer.feed(end), [first]);
                assert_eq!(peer.feed(noise), heard, "{end}");
                assert_eq!(peer.feed(end), [again], "others: {others}");
                assert_eq!(peer.client.open(), usize::from(others));
                assert!(!others || peer.feed(&end.replace("$0", "$1")) == [first]);
            }
        }
    }
    // One that was given up is told as what it is, too.
    let mut peer = Peer::ready(quiet().interest(EventSet::NONE));
    let call = peer.send(&Originate::new("Local/1@x").asynchronous(true));
    assert!(peer.client.cancel(call));
    assert_eq!(peer.events(), ["cancelled"]);
    assert_eq!(peer.feed(CALL), ["unclaimed own OriginateResponse"]);
    // That of somebody else isn't ours.
    assert!(peer.feed(&CALL.replace("$0", "x-1")).is_empty());
}

#[test]
fn outcomes_end_their_requests() {
    let mut peer = Peer::ready(quiet());
    peer.send(&Originate::new("Local/1@x").asynchronous(true).timeout(10 * SECOND));
    assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\nMessage: queued\r\n\r\n"), ["started"]);
    assert_eq!(peer.due(), Some(40_000), "its own timeout on top");
    assert_eq!(
        peer.feed("Event: OriginateResponse\r\nActionID: $0\r\nResponse: Failure\r\n\r\n"),
        ["outcome OriginateResponse"]
    );
    // Synchronous: there is no event, and whatever waits behind it may wait as long.
    peer.send(&Originate::new("Local/1@x").timeout(10 * SECOND));
    assert_eq!(peer.due(), Some(40_000));
    peer.send(&CoreStatus::new());
    assert_eq!(peer.feed("Response: Success\r\nActionID: $1\r\nMessage: done\r\n\r\n"), ["reply"]);
    assert_eq!(peer.due(), Some(70_000));
    assert_eq!(peer.feed("Response: Success\r\nActionID: $2\r\n\r\n"), ["reply"]);
    peer.send(&WaitEvent::new(-1));
    assert_eq!(peer.due(), None);
    let told = peer.feed("Response: Success\r\nActionID: $3\r\n\r\nEvent: Hangup\r\n\r\nEvent: WaitEventComplete\r\nActionID: $3\r\n\r\n");
    assert_eq!(told, ["started", "event Hangup", "outcome WaitEventComplete"]);
    // No response at all.
    peer.send(&DataGet::new("/x"));
    assert_eq!(peer.feed("Event: DataGet Tree\r\nActionID: $4\r\n1-a: b\r\n\r\n"), ["outcome DataGet Tree"]);
}

#[test]
fn text_ends_where_our_ping_is_answered() {
    let mut peer = Peer::ready(quiet());
    let queues = peer.client.send(peer.now, &Queues::new()).unwrap();
    assert_eq!(peer.sent(), ["Queues", "Ping"]);
    let told = peer.feed("support has 0 calls\r\n   No Members\r\n\r\nsales has 0 calls\r\n\r\n\r\n\r\nEvent: A\r\n\r\nResponse: Success\r\nActionID: $1\r\nPing: Pong\r\n\r\n");
    assert_eq!(told, ["text 2", "text 1", "event A", "end of text 2"]);
    assert!(!peer.client.cancel(queues), "it has ended");
    // From 15 on there is no such action.
    peer.client.send(peer.now, &Queues::new()).unwrap();
    peer.sent();
    assert_eq!(
        peer.feed("Response: Error\r\nActionID: $2\r\n\r\nResponse: Success\r\nActionID: $3\r\n\r\n"),
        ["refused"]
    );
    // Without calls there is a blank line and nothing else.
    peer.client.send(peer.now, &IaxNetstats::new()).unwrap();
    peer.sent();
    assert_eq!(peer.feed("\r\nResponse: Success\r\nActionID: $5\r\n\r\n"), ["end of text 0"]);
    assert_eq!(peer.client.open(), 0);
}

#[test]
fn sip_qualify_by_release() {
    for (version, requests, input, expected) in [
        (
            "1.3",
            &["SIPqualifypeer", "Ping"][..],
            "\r\n\r\nResponse: Success\r\nActionID: $2\r\n\r\n",
            &["end of text 0"][..],
        ),
        // 12: its source has response and event together, a recording the response.
        (
            "2.0.0",
            &["SIPqualifypeer"],
            "Response: Success\r\nActionID: $1\r\nMessage: SIP peer found - will qualify\r\n\r\nEvent: SIPQualifyPeerDone\r\nPrivilege: call,all\r\nPeer: x\r\nActionID: $1\r\n\r\n",
            &["started", "outcome SIPQualifyPeerDone"],
        ),
        (
            "2.10.0",
            &["SIPqualifypeer"],
            "Response: Success\r\nActionID: $1\r\n\r\nEvent: SIPQualifyPeerDone\r\nActionID: $1\r\n\r\n",
            &["started", "outcome SIPQualifyPeerDone"],
        ),
    ] {
        let mut peer = Peer::new(quiet());
        peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
        peer.sent();
        peer.feed(&format!("Asterisk Call Manager/{version}\r\nResponse: Success\r\nActionID: $0\r\n\r\n"));
        peer.client.send(peer.now, &SipQualifyPeer::new("x")).unwrap();
        assert_eq!(peer.sent(), requests, "{version}");
        assert_eq!(peer.feed(input), expected, "{version}");
    }
}

/// An event that the release does not have yet is not waited for.
#[test]
fn an_outcome_by_release() {
    for (version, expected) in [("2.0.0", &["reply"][..]), ("2.10.0", &["started", "outcome FAXStats"])] {
        let mut peer = Peer::new(quiet());
        peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
        peer.sent();
        peer.feed(&format!("Asterisk Call Manager/{version}\r\nResponse: Success\r\nActionID: $0\r\n\r\n"));
        peer.send(&FaxStats::new());
        let mut told = peer.feed("Response: Success\r\nActionID: $1\r\n\r\n");
        if told == ["started"] {
            told.extend(peer.feed("Event: FAXStats\r\nActionID: $1\r\n\r\n"));
        }
        assert_eq!(told, expected, "{version}");
    }
}

#[test]
fn command_of_all_versions() {
    for answer in [
        "Response: Follows\r\nPrivilege: Command\r\nActionID: $0\r\na\n\n b--END COMMAND--\r\n\r\n",
        "Response: Success\r\nActionID: $0\r\nMessage: Command output follows\r\nOutput: a\r\nOutput: \r\nOutput:  b\r\n\r\n",
    ] {
        let mut peer = Peer::ready(quiet());
        let command = peer.send(&Command::new("x"));
        let answer = answer.replace("$0", &peer.ids[0]);
        assert_eq!(peer.client.handle_input(peer.now, answer.as_bytes()), answer.len());
        let Ok(Some(ami_proto::client::ClientEvent::Ended { id, ending: ami_proto::client::Ending::Reply(response) })) =
            peer.client.poll_event()
        else {
            panic!("a reply");
        };
        assert!(id == command);
        let lines: Vec<String> = command.view(response).lines().map(|line| line.to_string()).collect();
        assert_eq!(lines, ["a", "", " b"]);
    }
}

// Time.

#[test]
fn timeouts_cancels_and_what_comes_after() {
    let mut peer = Peer::ready(quiet().response_timeout(2 * SECOND));
    let a = peer.send(&Status::new());
    peer.client.send_within(peer.now, &Ping::new(), 5 * SECOND).unwrap();
    peer.sent();
    assert_eq!(peer.due(), Some(2000));
    assert!(peer.pass(SECOND).is_empty());
    // Each step of a list has its own time.
    peer.feed("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n");
    assert_eq!(peer.due(), Some(2000));
    peer.now += SECOND;
    peer.feed("Event: Status\r\nActionID: $0\r\n\r\n");
    assert_eq!(peer.due(), Some(2000));
    assert_eq!(peer.pass(2 * SECOND), ["timed out Started { items: 1 }"]);
    assert_eq!(peer.feed("Event: Status\r\nActionID: $0\r\n\r\n"), ["unclaimed own Status"]);
    assert!(!peer.client.cancel(a));
    assert_eq!(peer.due(), Some(1000));
    let c = peer.send(&CoreStatus::new());
    assert!(peer.client.cancel(c));
    assert_eq!(peer.events(), ["cancelled"]);
    assert_eq!(peer.feed("Response: Success\r\nActionID: $2\r\n\r\n"), ["unclaimed own Success"]);
    // Its time began anew with the item of the list before it.
    assert!(peer.pass(SECOND).is_empty());
    assert_eq!(peer.due(), Some(2000));
    assert_eq!(peer.pass(2 * SECOND), ["timed out Sent"]);
    assert_eq!(peer.due(), None);
}

/// A link that is dead is noticed after a minute and a half, without a word of the program's.
#[test]
fn a_sign_of_life_is_asked_for_unless_told_otherwise() {
    let mut peer = Peer::ready(Config::new());
    assert_eq!(peer.due(), Some(60_000));
    assert!(peer.pass(60 * SECOND).is_empty());
    assert_eq!((peer.sent(), peer.due()), (vec!["Ping".to_owned()], Some(30_000)));
    assert!(peer.feed("Response: Success\r\nActionID: $0\r\nPing: Pong\r\n\r\n").is_empty());
    peer.pass(60 * SECOND);
    assert_eq!(peer.sent(), ["Ping"]);
    assert_eq!(peer.pass(30 * SECOND), ["over: no sign of life from the peer"]);
    assert_eq!(Peer::ready(Config::new().without_keep_alive()).due(), None);
    assert_eq!(Peer::ready(quiet().keep_alive(SECOND, SECOND)).due(), Some(1000), "the last word counts");
}

/// A server that answers at once is not asked as fast as it answers.
#[test]
fn keep_alive_has_a_shortest_silence() {
    for (idle, due) in [(0, 100), (99, 100), (100, 100), (101, 101)] {
        let peer = Peer::ready(quiet().keep_alive(Duration::from_millis(idle), SECOND));
        assert_eq!(peer.due(), Some(due), "{idle}");
    }
    let mut peer = Peer::ready(quiet().keep_alive(Duration::ZERO, SECOND));
    peer.pass(SECOND / 10);
    assert_eq!(peer.sent(), ["Ping"]);
    assert!(peer.feed("Response: Success\r\nActionID: $0\r\nPing: Pong\r\n\r\n").is_empty());
    assert_eq!(peer.due(), Some(100));
}

#[test]
fn keep_alive_when_idle_only() {
    let mut peer = Peer::ready(quiet().keep_alive(60 * SECOND, 5 * SECOND));
    assert_eq!(peer.due(), Some(60_000));
    peer.now += 10 * SECOND;
    peer.feed("Event: A\r\n\r\n");
    assert_eq!(peer.due(), Some(60_000));
    assert!(peer.pass(59 * SECOND).is_empty() && peer.sent().is_empty());
    assert!(peer.pass(SECOND).is_empty());
    assert_eq!(peer.sent(), ["Ping"]);
    assert_eq!(peer.due(), Some(5000));
    assert!(peer.feed("Response: Success\r\nActionID: $0\r\nPing: Pong\r\n\r\n").is_empty());
    assert_eq!(peer.due(), Some(60_000));
    // A synchronous call blocks the session for longer than that.
    peer.send(&Originate::new("x").timeout(120 * SECOND));
    assert_eq!(peer.due(), Some(150_000));
    assert!(peer.pass(149 * SECOND).is_empty() && peer.sent().is_empty());
    assert_eq!(peer.feed("Response: Success\r\nActionID: $1\r\n\r\n"), ["reply"]);
    // Nobody there.
    peer.pass(60 * SECOND);
    assert_eq!(peer.sent(), ["Ping"]);
    assert_eq!(peer.pass(5 * SECOND), ["over: no sign of life from the peer"]);
}

#[test]
fn what_was_received_comes_before_what_time_does() {
    let mut peer = Peer::ready(quiet().response_timeout(2 * SECOND).keep_alive(60 * SECOND, 5 * SECOND));
    peer.send(&CoreStatus::new());
    let answer = format!("Response: Success\r\nActionID: {}\r\n\r\n", peer.ids[0]);
    assert_eq!(peer.client.handle_input(peer.now, answer.as_bytes()), answer.len());
    // The program was busy; the answer has been there all the while.
    assert_eq!(peer.pass(100 * SECOND), ["reply"]);
    // As has the sign of life. A minute without a word is over all the same.
    assert_eq!(peer.sent(), ["Ping"]);
    peer.now += 4 * SECOND;
    assert!(peer.client.handle_input(peer.now, b"Event: A\r\n\r\n") > 0);
    assert_eq!(peer.pass(SECOND), ["event A"]);
    assert_eq!(peer.due(), Some(4000));
    assert_eq!(peer.pass(4 * SECOND), ["over: no sign of life from the peer"]);
    // The same where it was read in place.
    let mut peer = Peer::ready(quiet().response_timeout(2 * SECOND));
    peer.send(&CoreStatus::new());
    let answer = format!("Response: Success\r\nActionID: {}\r\n\r\n", peer.ids.last().unwrap());
    peer.client.space(answer.len()).unwrap()[..answer.len()].copy_from_slice(answer.as_bytes());
    peer.client.advance(peer.now, answer.len());
    assert_eq!(peer.pass(3 * SECOND), ["reply"]);
}

/// Input is wanted where some would be taken, and nowhere else.
#[test]
fn input_is_wanted_where_it_is_taken() {
    fn is_open(peer: &mut Peer) -> bool {
        let wanted = peer.client.wants_input();
        assert_eq!(peer.client.space(1).is_some(), wanted);
        if !wanted {
            peer.client.advance(peer.now, 0);
            assert_eq!(peer.client.handle_input(peer.now, b"x"), 0);
        }
        wanted
    }
    let mut peer = Peer::new(quiet());
    assert!(is_open(&mut peer));
    // A buffer that is full of what was not polled.
    let mut peer = Peer::ready(quiet().limits(Limits::new().frame(80).buffer(80)));
    assert!(is_open(&mut peer));
    let event = b"Event: A\r\n\r\n";
    assert_eq!(peer.client.handle_input(peer.now, &event.repeat(10)), 80);
    assert!(!is_open(&mut peer));
    assert_eq!(peer.events(), ["event A"; 6]);
    assert!(is_open(&mut peer));
    peer.client.handle_eof(peer.now);
    assert!(!is_open(&mut peer));
    // A list that there is no room for.
    let mut peer = Peer::ready(quiet().ceiling(1 << 16).max_items(1));
    let list = peer.send(&Status::new());
    peer.client.collect(list, 10).unwrap();
    peer.feed("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n");
    assert_eq!(peer.feed(&[item(1), item(2)].concat()), ["full"]);
    assert!(!is_open(&mut peer));
    assert_eq!(peer.client.take_items(list).len(), 1);
    assert!(peer.events().is_empty() && is_open(&mut peer));
}

// Ceilings.

#[test]
fn most_held_is_the_ceiling_and_the_buffer() {
    let config = quiet().limits(Limits::new().buffer(1 << 16));
    assert_eq!(config.most_held(), (1 << 23) + (1 << 16));
    assert_eq!(config.clone().ceiling(1000).max_items(5).most_held(), 1000 + (1 << 16));
    assert_eq!(config.clone().ceiling(255).max_items(5).most_held(), 256 + (1 << 16));
    assert_eq!(config.ceiling(usize::MAX).max_items(5).most_held(), usize::MAX);
}

/// A request needs its bytes and what is known of it: with one byte less it is refused.
#[test]
fn the_ceiling_to_the_byte() {
    let answer = |ceiling: usize| {
        let mut peer = Peer::ready(quiet().ceiling(ceiling).max_items(5));
        let sent = peer.client.send(peer.now, &Command::new("x".repeat(900)));
        sent.map(|_| peer.client.held()).map_err(|error| (error, peer.client.held(), peer.sent().len()))
    };
    let least = (900..3000).find(|ceiling| answer(*ceiling).is_ok()).expect("it fits");
    let held = answer(least).unwrap();
    assert_eq!(answer(least - 1), Err((SendError::Ceiling { max: least - 1 }, 0, 0)));
    assert_eq!(answer(1 << 20), Ok(held));
    // What is kept free is for the end of the session.
    assert!((129..256).contains(&(least - held)), "{}", least - held);
}

/// What an ended request held is given back while another is open.
#[test]
fn a_long_request_beside_many_short_ones() {
    let mut peer = Peer::ready(quiet().ceiling(20_000).max_items(10));
    peer.send(&CoreStatus::new());
    let held = peer.client.held();
    for number in 0..2000 {
        let ping = peer.client.send(peer.now, &Ping::new());
        assert!(ping.is_ok(), "after {number}: {ping:?}");
        peer.sent();
        assert_eq!(peer.feed("Response: Success\r\nActionID: $1\r\nPing: Pong\r\n\r\n"), ["reply"]);
        assert_eq!((peer.client.held(), peer.client.open()), (held, 1));
        peer.ids.truncate(1);
    }
    assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\n\r\n"), ["reply"]);
    assert_eq!((peer.client.held(), peer.client.open()), (0, 0));
}

/// A sign of life is asked for unless a request awaits its answer; one that awaits its outcome has
/// been answered.
#[test]
fn keep_alive_beside_requests() {
    let config = || quiet().keep_alive(60 * SECOND, 5 * SECOND).response_timeout(100 * SECOND);
    let mut peer = Peer::ready(config());
    peer.send(&Originate::new("Local/1").application("Wait").asynchronous(true));
    assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\n\r\n"), ["started"]);
    assert_eq!(peer.due(), Some(60_000));
    assert!(peer.pass(60 * SECOND).is_empty());
    assert_eq!(peer.sent(), ["Ping"]);
    assert_eq!(peer.pass(5 * SECOND), ["lost Accepted", "over: no sign of life from the peer"]);

    // Two that overlap: none while either is open, one once both have ended.
    let mut peer = Peer::ready(config());
    peer.send(&CoreStatus::new());
    peer.send(&CoreSettings::new());
    assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\n\r\n"), ["reply"]);
    assert_eq!(peer.due(), Some(100_000));
    assert!(peer.pass(60 * SECOND).is_empty() && peer.sent().is_empty());
    assert_eq!(peer.feed("Response: Success\r\nActionID: $1\r\n\r\n"), ["reply"]);
    assert_eq!(peer.due(), Some(60_000));
    assert!(peer.pass(60 * SECOND).is_empty());
    assert_eq!(peer.sent(), ["Ping"]);

    // The outcome of one, the response of the other.
    let mut peer = Peer::ready(config());
    peer.send(&Originate::new("Local/1").application("Wait").asynchronous(true));
    peer.send(&CoreStatus::new());
    assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\n\r\n"), ["started"]);
    assert_eq!(peer.due(), Some(100_000));
    assert_eq!(
        peer.feed("Event: OriginateResponse\r\nActionID: $0\r\nResponse: Success\r\n\r\n"),
        ["outcome OriginateResponse"]
    );
    assert!(peer.pass(60 * SECOND).is_empty() && peer.sent().is_empty());
}

/// A program that asks every ten seconds: the link is dead, though a request always waits.
#[test]
fn keep_alive_under_requests_that_nobody_answers() {
    let mut peer = Peer::ready(Config::new());
    let mut told = Vec::new();
    for _ in 0..9 {
        peer.send(&CoreStatus::new());
        told.extend(peer.pass(10 * SECOND));
    }
    assert_eq!(peer.error, Some(ConnectionError::KeepAlive), "{told:?}");
    assert_eq!(told.last().unwrap(), "over: no sign of life from the peer");
    // What is heard in between is a sign of life, whether or not it answers.
    let mut peer = Peer::ready(Config::new());
    for _ in 0..60 {
        peer.send(&CoreStatus::new());
        peer.pass(10 * SECOND);
        peer.feed("Event: A\r\n\r\n");
    }
    assert_eq!(peer.error, None);
    // A call that rings for two minutes holds up what was sent after it, not what was before.
    let mut peer = Peer::ready(Config::new());
    peer.send(&CoreStatus::new());
    peer.send(&Originate::new("Local/1").application("Echo").timeout(120 * SECOND));
    assert_eq!(peer.pass(30 * SECOND), ["timed out Sent"]);
    assert!(peer.pass(100 * SECOND).is_empty() && peer.client.poll_transmit().is_none());
}

/// A request without a deadline of its own, or with one that is hours away, hides no peer that is
/// gone; nor does what is sent behind it.
#[test]
fn keep_alive_beside_what_has_no_deadline() {
    let call = |timeout: &'static str| Custom::new("Originate").header("Channel", "Local/1").header("Timeout", timeout);
    let wait = |timeout: &'static str| Custom::new("WaitEvent").header("Timeout", timeout);
    let cases = [
        ("wait -1", wait("-1")),
        ("wait", Custom::new("WaitEvent")),
        ("wait long", wait("2147483647")),
        ("call -1", call("-1")),
        ("call long", call("18446744073709551615")),
        ("call an hour", call("3600000")),
    ];
    for (name, action) in cases {
        for behind in [false, true] {
            let mut peer = Peer::ready(quiet().keep_alive(60 * SECOND, 10 * SECOND));
            peer.send(&action);
            assert_eq!(peer.due(), Some(60_000), "{name}");
            let mut expected = vec!["lost Sent", "over: no sign of life from the peer"];
            if behind {
                peer.client.send_within(peer.now, &Ping::new(), 65 * SECOND).unwrap();
                peer.sent();
                // A usual request behind it has its own deadline, unless the call ahead is as long.
                let own = name.starts_with("wait") || name == "call -1";
                assert_eq!(peer.due(), Some(if own { 65_000 } else { 60_000 }), "{name}");
                if own {
                    assert_eq!(peer.pass(65 * SECOND), ["timed out Sent"], "{name}");
                } else {
                    expected.insert(0, "lost Sent");
                    peer.pass(60 * SECOND);
                }
            } else {
                assert!(peer.pass(60 * SECOND).is_empty());
            }
            assert_eq!(peer.sent(), ["Ping"], "{name}");
            assert_eq!(peer.due(), Some(10_000), "{name}");
            assert_eq!(peer.pass(10 * SECOND), expected, "{name}");
        }
    }
    // Nor does a time to answer that has no end.
    let mut peer = Peer::ready(quiet().keep_alive(60 * SECOND, 10 * SECOND).response_timeout(Duration::MAX));
    peer.send(&CoreStatus::new());
    assert_eq!(peer.due(), Some(60_000));
    // A guest's request that is passed on is read alike.
    let mut peer = Peer::ready(quiet().keep_alive(60 * SECOND, 10 * SECOND));
    let mut decoder = ami_proto::Decoder::new(Limits::new()).with_framing(ami_proto::Framing::PLAIN);
    decoder.push(b"Action: WaitEvent\r\nActionID: theirs\r\n\r\n");
    peer.client.forward(peer.now, decoder.next_frame().unwrap().unwrap()).unwrap();
    assert_eq!(peer.due(), Some(60_000));
}

/// Who answers a ping that was never transmitted has guessed its number, and has shown no sign of
/// having been asked. However often that is done, pings don't pile up and time doesn't stand still.
#[test]
fn a_ping_that_was_not_transmitted_has_no_answer() {
    let mut peer = Peer::ready(quiet().ceiling(420).max_items(1).keep_alive(60 * SECOND, 10 * SECOND));
    peer.pass(60 * SECOND);
    peer.sent();
    let (prefix, number) = peer.ids[0].split_once('-').unwrap();
    let (prefix, number) = (prefix.to_owned(), number.parse::<u64>().unwrap());
    assert!(peer.feed("Response: Success\r\nActionID: $0\r\nPing: Pong\r\n\r\n").is_empty());
    // From here on nothing is written.
    for round in 1..20 {
        let (idle, held) = if round == 1 { (60_000, 0) } else { (10_000, peer.client.held()) };
        assert_eq!(peer.due(), Some(idle));
        if round == 1 {
            assert!(peer.pass(60 * SECOND).is_empty());
        } else {
            peer.now += 9 * SECOND;
        }
        assert_eq!(peer.due(), Some(if round == 1 { 10_000 } else { 1000 }));
        let pong = format!("Response: Success\r\nActionID: {prefix}-{}\r\nPing: Pong\r\n\r\n", number + 2);
        assert_eq!(peer.feed(&pong), ["unclaimed Success"]);
        assert!(round == 1 || peer.client.held() == held, "{round}");
    }
    assert_eq!(peer.pass(10 * SECOND), ["over: no sign of life from the peer"]);
    assert_eq!((peer.due(), peer.client.held()), (None, 0));
}

/// A `Timeout` is an `int` to the server, and a client reads it so.
#[test]
fn the_longest_timeouts() {
    for (action, timeout, due) in [
        ("Originate", "18446744073709551615", Some(30_000 + 2_147_483_647)),
        ("Originate", "2147483647", Some(30_000 + 2_147_483_647)),
        ("Originate", "5000ms", Some(35_000)),
        ("Originate", "+5000", Some(35_000)),
        ("Originate", "soon", Some(60_000)),
        ("Originate", "0", Some(30_000)),
        ("Originate", "-1", None),
        ("WaitEvent", "99999999999", Some(30_000 + 2_147_483_647_000)),
        ("WaitEvent", "7", Some(37_000)),
        ("WaitEvent", "-7", None),
        ("WaitEvent", "-", None),
    ] {
        let mut peer = Peer::ready(quiet());
        peer.send(&Custom::new(action).header("Timeout", timeout));
        assert_eq!(peer.due(), due, "{action} {timeout}");
    }
    // The same on top of the outcome.
    for (timeout, due) in [("99999999999", Some(30_000 + 2_147_483_647)), ("-1", None), ("1000", Some(31_000))] {
        let mut peer = Peer::ready(quiet());
        peer.send(&Custom::new("Originate").header("Async", "true").header("Timeout", timeout));
        assert_eq!(peer.due(), Some(30_000));
        assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\n\r\n"), ["started"]);
        assert_eq!(peer.due(), due, "{timeout}");
    }
}

/// After reading had stopped the wait for a sign of life begins anew, whatever tells the time.
#[test]
fn keep_alive_after_a_stop() {
    let mut peer = Peer::ready(quiet().ceiling(1 << 16).max_items(1).keep_alive(20 * SECOND, SECOND));
    let list = peer.send(&Status::new());
    peer.client.collect(list, 10).unwrap();
    let items = [item(1), item(2)].concat();
    assert_eq!(peer.feed(&items), ["full"]);
    assert!(peer.pass(10 * SECOND).is_empty());
    assert!(peer.client.cancel(list));
    assert_eq!(peer.events(), ["cancelled", "unclaimed own Status"]);
    assert!(peer.pass(3600 * SECOND).is_empty() && peer.sent().is_empty());
    assert_eq!(peer.due(), Some(20_000));
    assert!(peer.pass(20 * SECOND).is_empty());
    assert_eq!(peer.sent(), ["Ping"]);
}

/// An item without `ActionID` belongs to the oldest open list that has items of its kind, be it one
/// of several.
#[test]
fn items_without_action_id() {
    let mut peer = Peer::ready(quiet());
    for action in ["QueueStatus", "IAXpeers", "SIPpeers", "QueueStatus"] {
        peer.send(&Custom::new(action));
    }
    let starts: String =
        (0..4).map(|list| format!("Response: Success\r\nActionID: ${list}\r\nEventList: start\r\n\r\n")).collect();
    assert_eq!(peer.feed(&starts), ["started"; 4]);
    let counted = |peer: &mut Peer, events: &[&str]| {
        let text: String = events.iter().map(|event| format!("Event: {event}\r\n\r\n")).collect();
        peer.feed(&text)
    };
    assert_eq!(
        counted(&mut peer, &["QueueMember", "PeerEntry", "queueentry", "QueueParams", "Status", "AorDetail"]),
        [
            "item QueueMember",
            "item PeerEntry",
            "item queueentry",
            "item QueueParams",
            "event Status",
            "event AorDetail"
        ]
    );
    // What only some may hear comes unasked, whatever its name.
    assert_eq!(peer.feed("Event: PeerEntry\r\nPrivilege: system,all\r\n\r\n"), ["event PeerEntry"]);
    let end = |list: usize, name: &str| format!("Event: {name}\r\nActionID: ${list}\r\nEventList: Complete\r\n\r\n");
    assert_eq!(peer.feed(&end(1, "PeerlistComplete")), ["list 1"]);
    assert_eq!(counted(&mut peer, &["PeerEntry", "PeerEntry"]), ["item PeerEntry"; 2]);
    assert_eq!(peer.feed(&end(2, "PeerlistComplete")), ["list 2"]);
    assert_eq!(counted(&mut peer, &["PeerEntry"]), ["event PeerEntry"]);
    assert_eq!(
        peer.feed(&[end(0, "QueueStatusComplete"), end(3, "QueueStatusComplete")].concat()),
        ["list 3", "list 0"]
    );
    assert_eq!((peer.client.open(), peer.client.held()), (0, 0));
}

/// The most that was held while it was looked at.
fn held(peer: &Peer, most: usize) -> usize {
    let held = peer.client.held();
    assert!(held <= most, "{held} of {most}");
    held
}

#[test]
fn everything_held_counts() {
    let config = quiet().limits(Limits::new().buffer(2000).frame(2000)).ceiling(4000).max_items(100).max_open(8);
    let most = config.most_held();
    assert_eq!(most, 6000);
    let mut peer = Peer::ready(config);
    assert_eq!(held(&peer, most), 0);
    // A request: its bytes, and what is known of it once they have gone.
    let status = peer.client.send(peer.now, &Status::new()).unwrap();
    let unsent = held(&peer, most);
    peer.sent();
    let in_flight = held(&peer, most);
    assert!(0 < in_flight && in_flight < unsent);
    // What is to be told of it, as long as it hasn't been; and it counts as in flight.
    assert!(peer.client.cancel(status));
    assert!((1..in_flight).contains(&held(&peer, most)));
    assert_eq!(peer.events(), ["cancelled"]);
    assert_eq!(held(&peer, most), 0);
    for _ in 0..8 {
        let ping = peer.client.send(peer.now, &Ping::new()).unwrap();
        peer.sent();
        peer.client.cancel(ping);
    }
    assert_eq!(peer.client.send(peer.now, &Ping::new()).unwrap_err(), SendError::Open { max: 8 });
    assert_eq!(peer.events().len(), 8);
    // A filter, for as long as it may have to be set again.
    let id = peer.ids.len();
    let filter = format!("!Event: {}", "x".repeat(400));
    peer.send(&Filter::new(&filter));
    assert!(held(&peer, most) > 400 + in_flight / 2);
    peer.feed(&format!("Response: Success\r\nActionID: ${id}\r\n\r\n"));
    assert!((400..500).contains(&held(&peer, most)));
    // What came of requests that were lost, until it is fetched.
    peer.send(&Ping::new());
    assert_eq!(peer.eof()[..1], ["lost Sent"]);
    assert!(held(&peer, most) > 500 - 40);
    assert_eq!(peer.client.reconnect().unwrap().unanswered.len(), 1);
    assert!((400..500).contains(&held(&peer, most)));
    // Login and filters have their room; where there is none the login says so.
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    let mut small = Client::new(quiet().ceiling(300).max_items(1));
    let refused = small.login(peer.now, Credentials::plain("u".repeat(400), "s")).unwrap_err();
    assert_eq!(refused, SendError::Ceiling { max: 300 });
    assert_eq!((small.poll_transmit(), small.held()), (None, 0));
}

#[test]
fn filters_are_set_again_as_there_is_room() {
    let config = quiet().ceiling(3500).max_items(100);
    let most = config.most_held();
    let mut peer = Peer::ready(config);
    for number in 0..3 {
        peer.send(&Filter::new(format!("{number}{}", "x".repeat(400))));
        peer.feed(&format!("Response: Success\r\nActionID: ${number}\r\n\r\n"));
    }
    let full = peer.client.send(peer.now, &Filter::new("y".repeat(900))).unwrap_err();
    assert_eq!(full, SendError::Ceiling { max: 3500 });
    peer.eof();
    assert_eq!(peer.client.reconnect().unwrap().restored_filters, 3);
    (peer.error, peer.ids) = (None, Vec::new());
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    peer.feed("Response: Success\r\nActionID: $0\r\n\r\n");
    // Each goes when the one before has: all three at once would be too much.
    let mut sent = Vec::new();
    for _ in 0..20 {
        held(&peer, most);
        sent.extend(peer.sent());
        for number in 1..peer.ids.len() {
            peer.feed(&format!("Response: Success\r\nActionID: ${number}\r\n\r\n"));
        }
    }
    assert_eq!(sent, ["Filter"; 3]);
    // One that is new doesn't set the others again, nor itself.
    peer.send(&Filter::new("z"));
    let id = peer.ids.len() - 1;
    assert_eq!(peer.feed(&format!("Response: Success\r\nActionID: ${id}\r\n\r\n")), ["reply"]);
    assert!(peer.sent().is_empty());
}

/// Returns a peer that has logged in again, two of whose three filters have been sent again, and
/// the ids of the requests before.
fn sets_three_filters_again() -> (Peer, Vec<String>) {
    let mut peer = Peer::ready(quiet().max_in_flight(2));
    for number in 0..3 {
        peer.send(&Filter::new(format!("{number}")));
        assert_eq!(peer.feed(&format!("Response: Success\r\nActionID: ${number}\r\n\r\n")), ["reply"]);
    }
    let before = std::mem::take(&mut peer.ids);
    peer.eof();
    assert_eq!(peer.client.reconnect().unwrap().restored_filters, 3);
    peer.error = None;
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\n\r\n"), ["logged in", "ready"]);
    assert_eq!(peer.sent(), ["Filter"; 2]);
    (peer, before)
}

/// A server that leaves filters unanswered gets the next ones all the same.
#[test]
fn filters_are_set_again_as_others_time_out() {
    let (mut peer, _) = sets_three_filters_again();
    assert_eq!(peer.pass(30 * SECOND), [""; 0]);
    assert_eq!((peer.sent(), peer.due()), (vec!["Filter".to_owned()], Some(30_000)));
    assert_eq!(peer.pass(30 * SECOND), [""; 0]);
    assert_eq!((peer.sent().len(), peer.client.open()), (0, 0));
}

/// The answer to one filter is enough for the next to go.
#[test]
fn filters_are_set_again_one_after_the_other() {
    let (mut peer, before) = sets_three_filters_again();
    assert_eq!(peer.due(), Some(30_000));
    assert!(peer.feed("Response: Success\r\nActionID: $1\r\n\r\n").is_empty());
    assert_eq!(peer.sent(), ["Filter"]);
    assert!(peer.sent.ends_with("Filter: 2\r\n\r\n"), "{}", peer.sent);
    let rest = "Response: Success\r\nActionID: $2\r\n\r\nResponse: Success\r\nActionID: $3\r\n\r\n";
    assert!(peer.feed(rest).is_empty() && peer.sent().is_empty());
    assert_eq!(peer.client.open(), 0);
    // No id comes twice, and those of one connection are told from those of the last.
    peer.send(&Ping::new());
    peer.ids.extend(before.clone());
    let ids: std::collections::HashSet<_> = peer.ids.iter().collect();
    assert_eq!(ids.len(), peer.ids.len(), "{:?}", peer.ids);
    let prefix = |id: &str| id.split_once('-').unwrap().0.to_owned();
    let (first, last) = (prefix(&before[0]), prefix(&peer.ids[0]));
    assert_ne!(first, last);
    assert_eq!(peer.ids.iter().filter(|id| prefix(id) == last).count(), 5);
}

/// A connection that ended while reading was stopped leaves nothing to the next one.
#[test]
fn a_stop_ends_with_its_connection() {
    let mut peer = Peer::new(quiet().ceiling(1 << 16).max_items(1));
    for round in 0..2 {
        peer.ids.clear();
        peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
        peer.sent();
        assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\n\r\n"), ["logged in", "ready"]);
        let list = peer.send(&Status::new());
        peer.client.collect(list, 10).unwrap();
        let item = "Event: Status\r\nActionID: $1\r\n\r\n";
        assert_eq!(peer.feed(&format!("{item}{item}")), ["full"], "{round}");
        peer.client.close(peer.now);
        peer.sent();
        assert_eq!(peer.pass(5 * SECOND), ["lost Started { items: 1 }", "closed", "unclaimed own Status"]);
        assert_eq!(peer.client.take_items(list).len(), 1);
        peer.client.reconnect().unwrap();
    }
}

/// The parts of a glued frame are held beside the frame, until the last of them has been told.
#[test]
fn glued_items_count_as_held() {
    let mut peer = Peer::ready(quiet());
    peer.send(&SkinnyLines::new());
    let line = "Event: LineEntry\r\nActionID: $0\r\n";
    let glued = format!("{line}{line}Event: LinelistComplete\r\nActionID: $0\r\n").replace("$0", &peer.ids[0]);
    let before = peer.client.held();
    let text = format!("{glued}\r\n");
    assert_eq!(peer.client.handle_input(peer.now, text.as_bytes()), text.len());
    assert_eq!(peer.client.held(), before + text.len());
    let item = peer.client.poll_event().unwrap().map(crate::peer::words);
    assert_eq!(item.as_deref(), Some("item LineEntry"));
    // Two blank lines are put between the three.
    assert_eq!(peer.client.held(), before + text.len() + 4);
    assert_eq!(peer.events(), ["item LineEntry", "list 2"]);
    assert_eq!(peer.client.held(), 0);
}

/// What stands before the first event of a glued frame belongs to it, and all of it is counted.
#[test]
fn a_glued_frame_may_begin_with_its_action_id() {
    let mut peer = Peer::ready(quiet());
    peer.send(&SkinnyLines::new());
    let glued = "ActionID: $0\r\nEvent: LineEntry\r\nActionID: $0\r\nEvent: LineEntry\r\nActionID: $0\r\nEvent: LinelistComplete\r\nActionID: $0\r\n\r\n";
    let text = glued.replace("$0", &peer.ids[0]);
    let before = peer.client.held();
    assert_eq!(peer.client.handle_input(peer.now, text.as_bytes()), text.len());
    let item = peer.client.poll_event().unwrap().map(crate::peer::words);
    assert_eq!(item.as_deref(), Some("item LineEntry"));
    assert_eq!(peer.client.held(), before + text.len() + 4);
    assert_eq!(peer.events(), ["item LineEntry", "list 2"]);
    assert_eq!((peer.client.held(), peer.client.open()), (0, 0));
}

#[test]
fn glued_items_need_room_too() {
    let start = "Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n";
    let line = format!("Event: LineEntry\r\nActionID: $0\r\nLabel: {}\r\n", "x".repeat(200));
    let end = "Event: LinelistComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\n";
    let glued = format!("{line}{line}{line}{end}");
    for (ceiling, policy, expected) in [
        (1900, AtCeiling::StopReading, &["item LineEntry", "item LineEntry", "item LineEntry", "list 3"][..]),
        // There never will be room.
        (1200, AtCeiling::StopReading, &["overflowed"]),
        (1200, AtCeiling::FailList, &["overflowed"]),
    ] {
        let mut peer = Peer::ready(quiet().ceiling(ceiling).max_items(100).at_ceiling(policy));
        peer.send(&SkinnyLines::new());
        assert_eq!(peer.feed(start), ["started"]);
        let text = glued.replace("$0", &peer.ids[0]);
        assert_eq!(peer.client.handle_input(peer.now, text.as_bytes()), text.len());
        assert_eq!(peer.events(), expected, "{ceiling} {policy:?}");
        assert_eq!((peer.client.open(), peer.client.held()), (0, 0));
    }
}

#[test]
fn the_clock_stops_with_the_reading() {
    let mut peer = Peer::ready(
        quiet().ceiling(1 << 16).max_items(1).response_timeout(10 * SECOND).keep_alive(20 * SECOND, SECOND),
    );
    let list = peer.client.send_within(peer.now, &Status::new(), 7200 * SECOND).unwrap();
    peer.client.collect(list, 10).unwrap();
    peer.send(&CoreStatus::new());
    peer.feed("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n");
    assert!(peer.feed(&item(1)).is_empty());
    peer.now += 3 * SECOND;
    assert_eq!(peer.feed(&item(2)), ["full"]);
    // Nothing is due but for the list itself, and an hour changes nothing.
    assert_eq!(peer.due(), Some(7_200_000));
    assert!(peer.pass(3600 * SECOND).is_empty());
    assert_eq!((peer.due(), peer.client.open(), peer.sent()), (Some(3_600_000), 2, vec![]));
    assert_eq!(peer.client.take_items(list).len(), 1);
    assert!(peer.events().is_empty());
    // The program took its time over them, too: the first time that it tells is when the clock goes
    // on.
    peer.now += 3600 * SECOND;
    assert_eq!(peer.feed("Response: Success\r\nActionID: $1\r\n\r\n"), ["reply"]);
    assert_eq!(peer.due(), Some(7_200_000));
    assert!(peer.client.cancel(list));
    assert_eq!(peer.events(), ["cancelled"]);
    assert_eq!(peer.due(), Some(20_000), "a sign of life is asked for");

    // Only a goodbye doesn't wait.
    assert_eq!(peer.client.take_items(list).len(), 1);
    let list = peer.send(&Status::new());
    peer.client.collect(list, 10).unwrap();
    peer.feed(&format!("{}{}", item(3), item(4)).replace("$0", "$2"));
    peer.client.close(peer.now);
    assert_eq!(peer.due(), Some(5000));
    assert_eq!(peer.pass(5 * SECOND)[..2], ["lost Started { items: 1 }", "closed"]);
}

/// A list that is collected and an innocent request beside it, with signs of life; the list has
/// come to its first item.
fn list_and_ping(config: Config, limit: usize) -> (Peer, Handle<Status<'static>>) {
    let mut peer = Peer::ready(config.response_timeout(10 * SECOND).keep_alive(20 * SECOND, SECOND));
    let list = peer.send(&Status::new());
    peer.client.collect(list, limit).unwrap();
    peer.send(&Ping::new());
    assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n"), ["started"]);
    (peer, list)
}

const REST: &str = "Event: StatusComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\nResponse: Success\r\nActionID: $1\r\nPing: Pong\r\n\r\n";

#[test]
fn an_item_that_can_never_fit_fails_its_list() {
    let large = item(1).replace("Channel: ", &format!("Channel: {}", "x".repeat(5000)));
    for (bytes, items, first) in [(5000, 10, &large), (1 << 16, 0, &item(1))] {
        for policy in [AtCeiling::StopReading, AtCeiling::FailList] {
            let (mut peer, list) = list_and_ping(quiet().ceiling(bytes).max_items(items).at_ceiling(policy), 10);
            assert_eq!(peer.feed(first), ["overflowed"], "{bytes} {items} {policy:?}");
            assert_eq!(peer.feed(REST), ["unclaimed own StatusComplete", "reply"]);
            assert_eq!((peer.due(), peer.client.take_items(list).len(), peer.client.held()), (Some(20_000), 0, 0));
            assert_eq!(peer.eof(), ["over: the peer closed the connection"]);
        }
    }
}

#[test]
fn a_list_that_is_given_no_room_fails_in_its_time() {
    let (mut peer, list) = list_and_ping(quiet().ceiling(1 << 16).max_items(1), 10);
    peer.now += 4 * SECOND;
    assert_eq!(peer.feed(&[item(1), item(2)].concat()), ["full"]);
    assert_eq!(peer.due(), Some(10_000));
    assert!(peer.pass(6 * SECOND).is_empty());
    // Room was made, and is used up again: the time begins anew.
    assert_eq!(peer.client.take_items(list).len(), 1);
    assert!(peer.events().is_empty());
    assert_eq!(peer.feed(&item(3)), ["full"]);
    assert_eq!(peer.due(), Some(10_000));
    assert!(peer.pass(9 * SECOND).is_empty());
    assert_eq!(peer.due(), Some(1000));
    assert_eq!(peer.pass(SECOND), ["overflowed"]);
    // Reading goes on; the stop has cost the other request nothing.
    peer.now += 3600 * SECOND;
    assert_eq!(peer.feed("Event: A\r\n\r\n"), ["event A"]);
    assert_eq!(peer.due(), Some(6000));
    assert_eq!(peer.feed(REST), ["unclaimed own StatusComplete", "reply"]);
    assert_eq!((peer.due(), peer.client.take_items(list).len()), (Some(20_000), 1));
    assert_eq!(peer.client.held(), 0);
}

/// A time that was told before the list was full does not end the stop.
#[test]
fn the_clock_stands_still_whatever_was_told_before() {
    let (mut peer, list) = list_and_ping(quiet().ceiling(1 << 16).max_items(1), 10);
    let text = [item(1), item(2)].concat().replace("$0", &peer.ids[0]);
    assert_eq!(peer.client.handle_input(peer.now, text.as_bytes()), text.len());
    // As `exchange` does: before the events are polled.
    peer.client.handle_timeout(peer.now);
    assert_eq!(peer.events(), ["full"]);
    assert!(peer.pass(9 * SECOND).is_empty());
    assert_eq!(peer.client.take_items(list).len(), 1);
    assert!(peer.events().is_empty());
    // The response to the ping had ten seconds, of which none has passed.
    assert!(peer.pass(5 * SECOND).is_empty());
    assert_eq!(peer.feed(REST), ["list 2", "reply"]);
}

/// A socket that fails ends the connection, and each request with it.
#[test]
fn a_socket_that_fails() {
    struct Reset;
    impl std::io::Read for Reset {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
    }
    impl std::io::Write for Reset {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (mut peer, _) = list_and_ping(quiet(), 10);
    let now = peer.now;
    let error = peer.client.exchange(&mut Reset, || now).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(peer.events(), ["lost Started { items: 0 }", "lost Sent", "over: the peer closed the connection"]);
}

#[test]
fn the_end_of_the_stream_fails_what_waits_for_room() {
    let (mut peer, list) = list_and_ping(quiet().ceiling(1 << 16).max_items(1), 10);
    let text = [item(1), item(2), item(3)].concat().replace("$0", &peer.ids[0]);
    assert_eq!(peer.client.handle_input(peer.now, text.as_bytes()), text.len());
    assert_eq!(peer.events(), ["full"]);
    let over = "over: the peer closed the connection";
    assert_eq!(peer.eof(), ["overflowed", "unclaimed own Status", "lost Sent", over]);
    assert_eq!((peer.due(), peer.client.open(), peer.client.is_over()), (None, 0, true));
    assert_eq!(peer.client.take_items(list).len(), 1);
    // Nor does anything wait after it.
    let (mut peer, _) = list_and_ping(quiet().ceiling(1 << 16).max_items(1), 10);
    let text = [item(1), item(2)].concat().replace("$0", &peer.ids[0]);
    assert_eq!(peer.client.handle_input(peer.now, text.as_bytes()), text.len());
    assert_eq!(peer.eof(), ["overflowed", "lost Sent", over]);
}

#[test]
fn a_collection_has_room_for_one_at_least() {
    let (mut peer, list) = list_and_ping(quiet(), 1);
    assert_eq!(peer.client.collect(list, 0), Err(ApiMisuse::NoItems));
    assert_eq!(peer.feed(&[item(1), item(2)].concat()), ["full"]);
    // More of it now, and no cause to take any.
    peer.client.collect(list, 2).unwrap();
    assert!(peer.events().is_empty());
    assert_eq!(peer.feed(REST), ["list 2", "reply"]);
}

/// Each list that stops the reading is told, also the one after a list that was given up.
#[test]
fn full_is_told_of_each() {
    let mut peer = Peer::ready(quiet().ceiling(1 << 16).max_items(1));
    let [a, b, c] = [0, 1, 2].map(|_| peer.send(&Status::new()));
    for list in [a, b, c] {
        peer.client.collect(list, 10).unwrap();
    }
    let text: String = (0..3).map(|list| item(list).replace("$0", &peer.ids[list])).collect();
    assert_eq!(peer.client.handle_input(peer.now, text.as_bytes()), text.len());
    assert_eq!(peer.events(), ["full"]);
    assert!(peer.client.cancel(b));
    assert_eq!(peer.events(), ["cancelled", "unclaimed own Status", "full"]);
    assert!(peer.client.cancel(c));
    assert_eq!(peer.events(), ["cancelled", "unclaimed own Status"]);
    assert_eq!(peer.client.take_items(a).len(), 1);
}

#[test]
fn what_is_held_is_under_each_ceiling() {
    for ceiling in [0, 1, 40, 100, 199, 255, 256, 257, 300, 400, 599, 600, 646, 700, 1000, 2000] {
        let config = quiet().ceiling(ceiling).max_items(1).keep_alive(SECOND, SECOND).await_booted(SECOND);
        let config = config.limits(Limits::new().buffer(1000).frame(1000));
        let most = config.most_held();
        let mut peer = Peer::new(config);
        // Closed over and over and never polled: that it has been is told once.
        for _ in 0..50 {
            peer.client.close(peer.now);
            peer.client.handle_timeout(peer.now + 5 * SECOND);
            held(&peer, most);
            peer.client.reconnect().unwrap();
        }
        assert_eq!(peer.events(), ["closed"]);
        if peer.client.login(peer.now, Credentials::plain("u", "s")).is_err() {
            assert!(ceiling < 400);
            continue;
        }
        held(&peer, most);
        peer.sent();
        peer.feed("Response: Success\r\nActionID: $0\r\n\r\n");
        while peer.client.send(peer.now, &Filter::new("!Event: VarSet")).is_ok() {
            held(&peer, most);
        }
        peer.pass(SECOND);
        held(&peer, most);
        peer.pass(SECOND);
        held(&peer, most);
        peer.client.close(peer.now);
        held(&peer, most);
        peer.pass(5 * SECOND);
        peer.eof();
        assert!(peer.client.is_over());
        held(&peer, most);
    }
}

/// The hidden request that finds the end of a text has no shorter time than the text.
#[test]
fn a_text_has_its_time_as_long_as_it_comes() {
    let mut peer = Peer::ready(quiet().response_timeout(10 * SECOND));
    let text = peer.send(&Queues::new());
    let probe = peer.ids[1].clone();
    peer.now += 9 * SECOND;
    assert_eq!(peer.feed("a has 0 calls\r\n\r\n"), ["text 1"]);
    assert_eq!(peer.due(), Some(10_000));
    assert!(peer.pass(9 * SECOND).is_empty());
    assert_eq!(peer.client.open(), 1);
    let pong = format!("Response: Success\r\nActionID: {probe}\r\nPing: Pong\r\n\r\n");
    assert_eq!(peer.feed(&format!("b has 0 calls\r\n\r\n{pong}")), ["text 1", "end of text 2"]);
    assert_eq!((peer.due(), peer.client.open()), (None, 0));
    // What comes of it afterwards names no request that the caller has never seen.
    assert_eq!(peer.feed(&pong), ["unclaimed Success"]);
    assert!(!peer.client.cancel(text));
    peer.send(&Queues::new());
    assert_eq!(peer.pass(10 * SECOND), ["timed out Sent"]);
    assert_eq!(peer.client.open(), 0);
    assert_eq!(peer.feed("Response: Success\r\nActionID: $3\r\nPing: Pong\r\n\r\n"), ["unclaimed Success"]);
    assert_eq!(peer.feed("Event: Status\r\nActionID: $3\r\n\r\n"), ["unclaimed Status"]);
    assert_eq!(peer.feed("Event: Status\r\nActionID: $2\r\n\r\n"), ["unclaimed own Status"]);
}

/// Asterisk answers a session's requests in their order: while it is at work on one, those sent
/// behind it have time. What comes out of turn gives them none.
#[test]
fn what_waits_behind_a_long_answer_has_time() {
    let pong = |number: usize| format!("Response: Success\r\nActionID: ${number}\r\nPing: Pong\r\n\r\n");
    let mut peer = Peer::ready(quiet().response_timeout(10 * SECOND));
    for _ in 0..2 {
        peer.send(&Queues::new());
    }
    peer.send(&Ping::new());
    for _ in 0..3 {
        assert!(peer.pass(6 * SECOND).is_empty());
        assert_eq!(peer.feed("a has 0 calls\r\n\r\n"), ["text 1"]);
    }
    assert!(peer.pass(SECOND).is_empty());
    let rest = format!("{}b has 0 calls\r\n\r\n{}{}", pong(1), pong(3), pong(4));
    assert_eq!(peer.feed(&rest), ["end of text 3", "text 1", "end of text 1", "reply"]);
    assert_eq!((peer.due(), peer.client.open()), (None, 0));

    // A list, and an answer that comes late; then nothing more.
    let mut peer = Peer::ready(quiet().response_timeout(10 * SECOND));
    peer.send(&Status::new());
    peer.send(&CoreStatus::new());
    peer.send(&Ping::new());
    for _ in 0..4 {
        assert!(peer.pass(9 * SECOND).is_empty());
        assert_eq!(peer.feed(&item(1)), ["item Status"]);
    }
    let end = "Event: StatusComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\n";
    assert_eq!(peer.feed(end), ["list 4"]);
    assert!(peer.pass(9 * SECOND).is_empty());
    assert_eq!(peer.feed("Response: Success\r\nActionID: $1\r\n\r\n"), ["reply"]);
    assert!(peer.pass(9 * SECOND).is_empty());
    assert_eq!(peer.due(), Some(1000));
    assert_eq!(peer.pass(SECOND), ["timed out Sent"]);

    // An outcome comes out of turn, and an answer tells nothing of what was sent before.
    let mut peer = Peer::ready(quiet().response_timeout(10 * SECOND));
    peer.send(&Originate::new("Local/1").application("Wait").asynchronous(true));
    assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\n\r\n"), ["started"]);
    peer.send(&CoreStatus::new());
    peer.send(&Ping::new());
    assert!(peer.pass(9 * SECOND).is_empty());
    let outcome = "Event: OriginateResponse\r\nActionID: $0\r\nResponse: Success\r\n\r\n";
    assert_eq!(peer.feed(outcome), ["outcome OriginateResponse"]);
    assert_eq!(peer.feed(&pong(2)), ["reply"]);
    assert_eq!(peer.pass(SECOND), ["timed out Sent"]);

    // What blocks the server behind a text is put off with what waits for it.
    let mut peer = Peer::ready(quiet().response_timeout(10 * SECOND));
    peer.send(&Queues::new());
    peer.send(&Originate::new("Local/1").timeout(20 * SECOND));
    for _ in 0..4 {
        assert!(peer.pass(9 * SECOND).is_empty());
        assert_eq!(peer.feed("a has 0 calls\r\n\r\n"), ["text 1"]);
    }
    peer.send(&Ping::new());
    assert_eq!(peer.feed(&pong(1)), ["end of text 4"]);
    assert!(peer.pass(29 * SECOND).is_empty());
    assert_eq!(peer.feed("Response: Success\r\nActionID: $2\r\n\r\n"), ["reply"]);
    assert!(peer.pass(9 * SECOND).is_empty());
    assert_eq!(peer.feed(&pong(3)), ["reply"]);
    assert_eq!((peer.due(), peer.client.open()), (None, 0));
}

/// The text of a request that was given up isn't taken for that of the next one.
#[test]
fn text_comes_in_turn() {
    let mut peer = Peer::ready(quiet());
    let [a, b] = [0, 1].map(|_| peer.send(&Queues::new()));
    assert!(peer.client.cancel(a));
    assert_eq!(peer.events(), ["cancelled"]);
    let pong = |number: usize| format!("Response: Success\r\nActionID: ${number}\r\nPing: Pong\r\n\r\n");
    assert_eq!(peer.feed(&format!("a\r\n\r\n{}", pong(1))), ["unclaimed own "]);
    assert_eq!(peer.feed(&format!("b\r\n\r\n{}", pong(3))), ["text 1", "end of text 1"]);
    assert!(!peer.client.cancel(b));
    assert_eq!(peer.client.open(), 0);
}

fn item(number: usize) -> String {
    format!("Event: Status\r\nActionID: $0\r\nChannel: {number}\r\n\r\n")
}

#[test]
fn collected_items_stop_the_reading() {
    let mut peer = Peer::ready(quiet().ceiling(1 << 16).max_items(2));
    let list = peer.send(&Status::new());
    peer.client.collect(list, 10).unwrap();
    assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n"), ["started"]);
    assert!(peer.feed(&item(1)).is_empty() && peer.feed(&item(2)).is_empty());
    assert_eq!((peer.client.held_items(), peer.client.held() > 60), (2, true));
    assert_eq!(peer.feed(&item(3)), ["full"]);
    assert_eq!(peer.feed(&item(4)), ["not taken"]);
    assert!(peer.client.space(100).is_none());
    assert_eq!(peer.client.take_items(list).len(), 2);
    assert!(peer.events().is_empty());
    assert!(peer.feed(&item(4)).is_empty());
    let items = peer.client.take_items(list);
    assert_eq!(
        items.iter().map(|item| item.view().get("Channel").unwrap().to_string()).collect::<Vec<_>>(),
        ["3", "4"]
    );
    assert_eq!(peer.feed("Event: StatusComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\n"), ["list 4"]);
    assert_eq!((peer.client.held(), peer.client.held_items()), (0, 0));
    assert_eq!(peer.client.collect(list, 1), Err(ApiMisuse::NotOpen));
}

#[test]
fn another_list_may_take_up_the_room() {
    let mut peer = Peer::ready(quiet().ceiling(1 << 16).max_items(1));
    let [a, b] = [0, 1].map(|_| peer.send(&Status::new()));
    for list in [a, b] {
        peer.client.collect(list, 10).unwrap();
    }
    let item = |list: usize| format!("Event: Status\r\nActionID: ${list}\r\n\r\n");
    peer.feed("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\nResponse: Success\r\nActionID: $1\r\nEventList: start\r\n\r\n");
    assert_eq!(peer.feed(&[item(0), item(1)].concat()), ["full"]);
    // Told once: there is nothing to be taken of the list that is named.
    assert!(peer.client.take_items(b).is_empty() && peer.events().is_empty());
    assert_eq!(peer.client.take_items(a).len(), 1);
    assert!(peer.events().is_empty());
    assert_eq!(peer.client.take_items(b).len(), 1);
}

#[test]
fn or_fail_the_list() {
    let mut peer = Peer::ready(quiet().at_ceiling(AtCeiling::FailList));
    let list = peer.send(&Status::new());
    peer.client.collect(list, 1).unwrap();
    peer.feed("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n");
    assert_eq!(peer.feed(&format!("{}{}{}", item(1), item(2), item(3))), ["overflowed", "unclaimed own Status"]);
    assert_eq!(peer.client.take_items(list).len(), 1);
    assert_eq!(peer.client.held(), 0);
}

#[test]
fn sending_has_bounds() {
    let mut peer = Peer::ready(quiet().max_in_flight(3));
    peer.send(&Ping::new());
    peer.send(&Ping::new());
    peer.send(&Ping::new());
    assert_eq!(peer.client.send(peer.now, &Ping::new()).unwrap_err(), SendError::InFlight { max: 3 });
    let mut peer = Peer::ready(quiet().ceiling(2000).max_items(1));
    peer.client.send(peer.now, &Ping::new()).unwrap();
    let long = Command::new("x".repeat(900));
    peer.client.send(peer.now, &long).unwrap();
    assert_eq!(peer.client.send(peer.now, &long).unwrap_err(), SendError::Ceiling { max: 2000 });
    assert_eq!(peer.sent(), ["Ping", "Command"]);
    peer.client.send(peer.now, &Ping::new()).unwrap();
    assert_eq!(peer.sent(), ["Ping"]);
    assert!(matches!(peer.client.send(peer.now, &Command::new("a\nb")), Err(SendError::Encode(_))));
    assert!(peer.sent().is_empty());
}

// The end, and the beginning.

#[test]
fn a_goodbye_ends_the_connection() {
    let mut peer = Peer::ready(quiet());
    peer.send(&Status::new());
    peer.client.close(peer.now);
    assert_eq!(peer.sent(), ["Logoff"]);
    assert_eq!(peer.due(), Some(5000));
    assert_eq!(peer.feed("Response: Goodbye\r\nActionID: $1\r\n\r\n"), ["lost Sent", "closed"]);
    assert!(peer.eof().is_empty() && peer.error.is_none());
    let mut peer = Peer::ready(quiet());
    peer.client.close(peer.now);
    assert_eq!(peer.pass(5 * SECOND), ["closed"]);
}

#[test]
fn reconnects_with_its_subscription() {
    let mut peer = Peer::ready(quiet().events(Classes::ALL));
    peer.send(&Events::new("call"));
    peer.send(&Filter::new("!Event: VarSet"));
    peer.send(&Status::new());
    peer.feed("Response: Success\r\nActionID: $0\r\nEvents: On\r\n\r\nResponse: Success\r\nActionID: $1\r\n\r\n");
    peer.feed(
        "Response: Success\r\nActionID: $2\r\nEventList: start\r\n\r\nEvent: Status\r\nActionID: $2\r\n\r\nEvent: Sta",
    );
    peer.client.send(peer.now, &Ping::new()).unwrap();
    assert_eq!(peer.client.reconnect().unwrap_err(), ApiMisuse::NotOver);
    let told = peer.eof();
    assert_eq!(
        told,
        [
            "lost Started { items: 1 }",
            "lost NotSent",
            "over: the peer closed the connection inside a frame, after 10 bytes of it"
        ]
    );
    let report = peer.client.reconnect().unwrap();
    assert_eq!((report.unanswered.len(), report.restored_mask, report.restored_filters), (2, true, 1));
    assert_eq!(report.unanswered[0].action.unwrap().name(), "Status");
    (peer.error, peer.ids) = (None, Vec::new());
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    assert!(peer.sent.contains("Events: call\r\n"), "{}", peer.sent);
    assert_eq!(peer.feed("A/1.3\r\nResponse: Success\r\nActionID: $0\r\n\r\n"), ["connected", "logged in", "ready"]);
    assert_eq!(peer.sent(), ["Filter"]);
    assert!(peer.sent.contains("Operation: Add\r\nFilter: !Event: VarSet\r\n\r\n"), "{}", peer.sent);
    assert_eq!(peer.feed("Response: Error\r\nActionID: $1\r\n\r\n"), ["not restored"]);
}

#[test]
fn endings_in_words() {
    let mut peer = Peer::ready(quiet());
    let said = |peer: &mut Peer, text: &str| {
        let mut text = text.to_owned();
        for (number, id) in peer.ids.iter().enumerate() {
            text = text.replace(&format!("${number}"), id);
        }
        assert_eq!(peer.client.handle_input(peer.now, text.as_bytes()), text.len());
        loop {
            match peer.client.poll_event().unwrap() {
                Some(ami_proto::client::ClientEvent::Ended { ending, .. }) => return ending.to_string(),
                Some(event) => assert!(event.id().is_some() && event.frame().is_some()),
                None => panic!("no ending"),
            }
        }
    };
    peer.send(&Status::new());
    let error = "Response: Error\r\nActionID: $0\r\nMessage: No such channel\r\n\r\n";
    assert_eq!(said(&mut peer, error), "refused: No such channel");
    peer.send(&Status::new());
    let list = "Event: Status\r\nActionID: $1\r\n\r\nEvent: StatusComplete\r\nActionID: $1\r\n\r\n";
    assert_eq!(said(&mut peer, list), "list of 1 items");
    let ping = peer.send(&Ping::new());
    peer.client.cancel(ping);
    assert_eq!(said(&mut peer, ""), "cancelled");
    peer.send(&Ping::new());
    peer.client.handle_eof(peer.now);
    assert_eq!(said(&mut peer, ""), "connection lost before it was answered");
}

#[test]
fn a_frame_that_is_no_action_is_not_forwarded() {
    let mut peer = Peer::ready(quiet());
    let mut decoder = ami_proto::Decoder::new(Limits::new());
    decoder.push(b"Event: A\r\n\r\n");
    let frame = decoder.next_frame().unwrap().unwrap();
    let Err(SendError::Encode(refused)) = peer.client.forward(peer.now, frame) else { panic!("no action") };
    assert_eq!((refused.field(), refused.refusal()), ("Action", Refusal::EmptyValue));
    assert!(peer.sent().is_empty() && peer.client.held() == 0);
}

#[test]
fn exchange_moves_bytes_and_time() {
    /// A socket that takes five bytes at a time, then none; and gives what there is.
    struct Socket(Vec<u8>, Option<&'static [u8]>, usize);
    impl std::io::Write for Socket {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.2 = self.2.checked_sub(1).ok_or(std::io::ErrorKind::WouldBlock)?;
            let n = bytes.len().min(5);
            self.0.extend_from_slice(&bytes[..n]);
            Ok(n)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    impl std::io::Read for Socket {
        fn read(&mut self, space: &mut [u8]) -> std::io::Result<usize> {
            let bytes = self.1.take().ok_or(std::io::ErrorKind::TimedOut)?;
            space[..bytes.len()].copy_from_slice(bytes);
            Ok(bytes.len())
        }
    }
    let mut peer = Peer::new(quiet());
    let now = peer.now;
    peer.client.login(now, Credentials::plain("u", "s")).unwrap();
    let mut socket = Socket(Vec::new(), Some(b"A/1.3\r\n"), 3);
    assert!(peer.client.exchange(&mut socket, || now).unwrap());
    assert_eq!((socket.0.len(), peer.events()), (15, vec!["connected".to_owned()]));
    assert!(!peer.client.exchange(&mut socket, || now).unwrap(), "nothing moves");
    let due = peer.client.poll_timeout().unwrap();
    assert_eq!(peer.client.read_timeout(now), Some(10 * SECOND));
    assert!(peer.client.exchange(&mut socket, || due).unwrap(), "but time does");
    assert_eq!(peer.events(), ["over: the login was never transmitted"]);
    socket.1 = Some(b"");
    let mut peer = Peer::ready(quiet());
    assert!(peer.client.exchange(&mut socket, || now).unwrap());
    assert_eq!(peer.events(), ["over: the peer closed the connection"]);
    assert!(!peer.client.wants_input() && !peer.client.exchange(&mut socket, || now).unwrap());
}

#[test]
fn action_ids_are_short_and_differ() {
    let id = |client: Client| {
        let mut peer = Peer { client, ..Peer::new(quiet()) };
        peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
        peer.feed("Asterisk Call Manager/11.0.0\r\n");
        peer.sent();
        peer.ids.remove(0)
    };
    let (a, b) = (id(Client::new(quiet())), id(Client::new(quiet())));
    assert_ne!(a, b);
    assert!(a.len() == 12 && a.ends_with("-1"), "{a}");
    assert_eq!(id(Client::new(quiet()).seeded(3)), id(Client::new(quiet()).seeded(3)));
}

/// Every way to end gives back what was to be collected.
#[test]
fn a_collection_ends_with_its_request() {
    use ami_proto::action::{Originate, Queues};
    let mut peer = Peer::ready(quiet());
    let round = |peer: &mut Peer| {
        peer.ids.clear();
        let call = peer.send(&Originate::new("Local/1").application("Wait").asynchronous(true));
        peer.client.collect(call, 10).unwrap();
        let told = peer.feed(
            "Response: Success\r\nActionID: $0\r\n\r\nEvent: OriginateResponse\r\nActionID: $0\r\nResponse: Success\r\n\r\n",
        );
        assert_eq!(told.len(), 2, "{told:?}");
        peer.ids.clear();
        let text = peer.send(&Queues::new());
        peer.client.collect(text, 10).unwrap();
        peer.feed("Queue: a\r\n\r\nResponse: Success\r\nActionID: $1\r\nPing: Pong\r\n\r\n");
        assert_eq!((peer.client.open(), peer.client.held()), (0, 0));
    };
    round(&mut peer);
    let ((), held) = ami_testkit::heap::held_by(|| (0..200).for_each(|_| round(&mut peer)));
    assert!(held < 2000, "{held} bytes are kept of requests that ended");
}

/// An `ActionID` has 67 bytes at the most, one at the least.
#[test]
fn the_length_of_an_action_id() {
    let encode = |len: usize| Ping::new().encode(Some(&"x".repeat(len)), &mut Vec::new()).is_ok();
    assert_eq!([0, 1, 67, 68].map(encode), [false, true, true, false]);
}

/// What is to be said again counts as held: the last mask, and each filter.
#[test]
fn a_subscription_is_held() {
    let mut peer = Peer::ready(quiet());
    let mut held = Vec::new();
    for (number, mask) in ["system,call,agent", "call", "call,dtmf"].into_iter().enumerate() {
        peer.send(&Events::new(mask));
        peer.feed(&format!("Response: Success\r\nActionID: ${number}\r\nEvents: On\r\n\r\n"));
        held.push(peer.client.held());
    }
    assert_eq!(held[0] - held[1], "system,call,agent".len() - "call".len());
    assert_eq!(held[2] - held[1], "call,dtmf".len() - "call".len());
    for number in 3..5 {
        peer.send(&Filter::new("x"));
        peer.feed(&format!("Response: Success\r\nActionID: ${number}\r\n\r\n"));
        held.push(peer.client.held());
    }
    assert!(held[3] > held[2] + "Filter: x".len());
    assert_eq!(held[4] - held[3], held[3] - held[2]);
}

/// Over is what has ended, and nothing before.
#[test]
fn when_a_client_is_over() {
    let peer = Peer::new(quiet());
    assert!(!peer.client.is_over() && !peer.client.is_logged_in());
    let mut peer = Peer::ready(quiet());
    assert!(!peer.client.is_over() && peer.client.is_logged_in());
    peer.client.close(peer.now);
    assert!(!peer.client.is_over());
    peer.eof();
    assert!(peer.client.is_over() && !peer.client.is_logged_in());
    peer.client.reconnect().unwrap();
    assert!(!peer.client.is_over() && !peer.client.is_logged_in());
}

/// What has been transmitted is held no longer, whether or not it was moved away.
#[test]
fn what_has_gone_is_not_held() {
    let mut peer = Peer::ready(quiet().ceiling(3000).max_items(10));
    peer.client.send(peer.now, &UserEvent::new("x".repeat(900))).unwrap();
    let (held, waiting) = (peer.client.held(), peer.client.poll_transmit().unwrap().len());
    peer.client.transmitted(waiting / 2 - 1);
    assert_eq!(peer.client.held(), held - (waiting / 2 - 1));
    peer.client.transmitted(1);
    assert_eq!(peer.client.held(), held - waiting / 2);
    peer.client.transmitted(waiting - waiting / 2);
    assert_eq!(peer.client.held(), held - waiting);
}

/// One request was left unanswered, and then something came: the server is at work again, so the
/// next request is waited for as the first was.
#[test]
fn what_is_heard_after_a_timeout_has_the_next_request_waited_for() {
    let config = quiet().keep_alive(60 * SECOND, 5 * SECOND).response_timeout(100 * SECOND);
    let mut peer = Peer::ready(config);
    peer.send(&CoreStatus::new());
    assert_eq!(peer.pass(100 * SECOND), ["timed out Sent"]);
    assert_eq!(peer.sent(), ["Ping"]);
    peer.feed("Response: Success\r\nActionID: $1\r\nPing: Pong\r\n\r\n");
    peer.send(&CoreStatus::new());
    assert_eq!(peer.due(), Some(100_000));
    assert!(peer.pass(99 * SECOND).is_empty());
    assert!(peer.sent().is_empty(), "a sign of life was asked for while a request waited");
}

/// The server works off one request after the other: the end of a list is work as its items are.
#[test]
fn the_end_of_a_list_gives_the_next_request_its_time() {
    let mut peer = Peer::ready(quiet().response_timeout(10 * SECOND));
    peer.send(&CoreShowChannels::new());
    peer.send(&CoreStatus::new());
    assert!(peer.pass(5 * SECOND).is_empty());
    peer.feed("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n");
    peer.feed("Event: CoreShowChannel\r\nActionID: $0\r\nUniqueid: 1\r\n\r\n");
    assert!(peer.pass(4 * SECOND).is_empty());
    peer.feed("Event: CoreShowChannelsComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\n");
    assert!(peer.pass(9 * SECOND).is_empty());
    assert_eq!(peer.pass(SECOND), ["timed out Sent"]);
}

/// A filter takes its bytes twice: while it is kept, and when it is set again.
#[test]
fn room_is_left_to_set_the_longest_filter_again() {
    const LONG: usize = 800;
    let fits = |filters: &[usize], len: usize| {
        let mut peer = Peer::ready(quiet().ceiling(8000).max_items(1));
        for (number, filter) in filters.iter().enumerate() {
            peer.send(&Filter::new("x".repeat(*filter)));
            peer.feed(&format!("Response: Success\r\nActionID: ${number}\r\n\r\n"));
        }
        let long = (0..len)
            .step_by(500)
            .fold(UserEvent::new("e"), |event, at| event.header(format!("a{at}"), "x".repeat((len - at).min(500))));
        peer.client.send(peer.now, &long).is_ok()
    };
    let most = |filters: &[usize]| (0..8000).step_by(20).take_while(|len| fits(filters, *len)).count() * 20;
    let (none, one, two) = (most(&[]), most(&[LONG]), most(&[LONG, LONG / 2]));
    assert!(none - one >= 2 * LONG, "{none} {one}");
    assert!((LONG / 2..LONG).contains(&(one - two)), "{one} {two}: a shorter one is not kept free for");
}
