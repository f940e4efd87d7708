//! The client against real servers. Run as `tests/live/README.md` says; on its own `cargo test`
//! leaves all but the first test out.

mod actions;
mod driver;
mod kept;
mod moderator;
mod outcomes;
mod session;

use std::collections::BTreeSet;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ami_proto::action as a;
use ami_proto::client::{Credentials, Reached};
use ami_proto::error::LoginRefusal;
use ami_proto::event::Event;
use ami_proto::{ConnectionError, catalogue};

use actions::{Fixture, NOT_READ_ONLY, READ_ONLY, REFUSED_WHEN_EMPTY};
use session::{How, Session, text};

/// So that a new action of the catalogue isn't forgotten here.
#[test]
fn every_action_reads_only_or_not() {
    let all: Vec<&str> = READ_ONLY.iter().map(|(name, _)| *name).chain(NOT_READ_ONLY.iter().copied()).collect();
    let names: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(names.len(), all.len(), "a name twice");
    assert_eq!(names, catalogue::actions().map(catalogue::ActionType::name).collect());
}

/// One test at a time: they count the channels of a server, and one of them restarts it.
static SERVERS: Mutex<()> = Mutex::new(());

/// Each server that `AMI_LIVE` names, and the right to use it.
fn servers() -> (Vec<SocketAddr>, MutexGuard<'static, ()>) {
    let named = std::env::var("AMI_LIVE").expect("AMI_LIVE: see tests/live/README.md");
    let addresses = named.split(',').map(|address| {
        let mut found = address.trim().to_socket_addrs().unwrap_or_else(|error| panic!("{address}: {error}"));
        found.next().unwrap_or_else(|| panic!("{address}: no address"))
    });
    let guard = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    (addresses.collect(), guard)
}

fn user() -> String {
    std::env::var("AMI_LIVE_USER").unwrap_or_else(|_| "admin".into())
}

fn secret() -> String {
    std::env::var("AMI_LIVE_SECRET").unwrap_or_else(|_| "s3cret".into())
}

fn plain() -> Credentials {
    Credentials::plain(user(), secret())
}

/// Runs it on each server, in a session that ends well.
fn on_each(test: impl Fn(&mut Session)) {
    let (addresses, _guard) = servers();
    for address in addresses {
        let mut session = Session::login(address, plain()).expect("login");
        let version = session.ask(&a::CoreSettings::new()).last().get("AsteriskVersion").map(|v| v.to_string());
        println!("{address}: Asterisk {}", version.unwrap_or_default());
        test(&mut session);
        hang_up_all(&mut session);
        session.finish();
    }
}

/// Leaves no channel behind.
fn hang_up_all(session: &mut Session) {
    session.ask(&a::Hangup::new("/.*/"));
    until(session, |session| session.ask(&a::CoreShowChannels::new()).accepted().items.is_empty());
}

/// Asks until the answer is yes.
fn until(session: &mut Session, mut yes: impl FnMut(&mut Session) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !yes(session) {
        assert!(Instant::now() < deadline, "it stays as it is");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Calls this extension of the test's dialplan, and gives the channel that answered.
fn call(session: &mut Session, exten: &str) -> String {
    let channel = format!("Local/{exten}@live/n");
    let originate = a::Originate::new(&channel).application("Wait").data("60").asynchronous(true);
    let asked = session.ask(&originate);
    assert!(matches!(asked.how, Some(How::Outcome(_))), "{asked:?}");
    let outcome = asked.last();
    assert_eq!(outcome.get("Response").unwrap(), "Success", "{}", text(outcome));
    outcome.get("Channel").unwrap().to_string()
}

/// The other end of a Local channel: the one in the dialplan.
fn other_end(channel: &str) -> String {
    format!("{};2", channel.strip_suffix(";1").expect("the first end"))
}

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn each_way_to_log_in_is_taken() {
    let (addresses, _guard) = servers();
    for address in addresses {
        println!("{address}");
        let mut session = Session::login(address, plain()).expect("plain");
        session.ask(&a::Ping::new()).accepted();
        session.finish();
        {
            let mut session = Session::login(address, Credentials::md5(user(), secret())).expect("md5");
            session.ask(&a::Ping::new()).accepted();
            session.finish();
            let wrong = Session::login(address, Credentials::md5(user(), "wrong"));
            assert_eq!(wrong.unwrap_err(), ConnectionError::LoginRefused(LoginRefusal::Credentials));
        }
        let wrong = Session::login(address, Credentials::plain(user(), "wrong"));
        assert_eq!(wrong.unwrap_err(), ConnectionError::LoginRefused(LoginRefusal::Credentials));
    }
}

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn read_only_actions() {
    on_each(|session| {
        let fixture = fixture(session);
        let commands = session.ask(&a::ListCommands::new()).accepted();
        let commands: BTreeSet<String> =
            commands.last().headers().map(|header| String::from_utf8_lossy(header.name()).to_lowercase()).collect();
        // One after the other, then all at once.
        let mut unknown = Vec::new();
        for (name, question) in READ_ONLY {
            let id = question(session, &fixture);
            let asked = session.ended(id);
            let refused = matches!(asked.how, Some(How::Refused(_)));
            if !commands.contains(&name.to_lowercase()) {
                assert!(refused, "{name}: the server doesn't list it, but {:?}", asked.how);
                unknown.push(*name);
                continue;
            }
            assert!(!refused || REFUSED_WHEN_EMPTY.contains(name), "{name}: {}", text(asked.last()));
            let how = match &asked.how {
                Some(How::Reply(_)) => "reply".to_owned(),
                Some(How::List { end }) => {
                    format!("{} items, {}", asked.items.len(), end.view().name().unwrap())
                }
                Some(How::Outcome(event)) => event.view().name().unwrap().to_string(),
                Some(How::Refused(response)) => format!("refused: {}", response.view().get("Message").unwrap()),
                Some(How::Text) => format!("{} paragraphs", asked.items.len()),
                other => panic!("{name}: {other:?}"),
            };
            println!("  {name}: {how}");
        }
        println!("  not on this server: {}", unknown.join(" "));
        let all: Vec<_> = READ_ONLY
            .iter()
            // It is cut short by whatever is sent next.
            .filter(|(name, _)| *name != "WaitEvent")
            .map(|(name, question)| (*name, question(session, &fixture)))
            .collect();
        for (name, id) in all {
            let refused = matches!(session.ended(id).how, Some(How::Refused(_)));
            assert!(refused || !unknown.contains(&name), "{name}: the server doesn't list it");
            assert!(!refused || unknown.contains(&name) || REFUSED_WHEN_EMPTY.contains(&name), "{name}");
        }
    });
}

/// Something to read: a call, a conference, a waiting caller, a value in the database.
fn fixture(session: &mut Session) -> Fixture {
    session.ask(&a::DbPut::new("live", "key").val("value")).accepted();
    call(session, "conference");
    call(session, "queue");
    session.event("ConfbridgeJoin", |event| matches!(event, Event::ConfbridgeJoin(_)).then_some(()));
    session.event("QueueCallerJoin", |event| matches!(event, Event::QueueCallerJoin(_)).then_some(()));
    let channel = other_end(&call(session, "call"));
    let bridge = session.event("bridge of the call", |event| {
        let Event::BridgeEnter(enter) = event else { return None };
        let frame = enter.frame();
        (frame.get("Channel")? == channel.as_str()).then(|| frame.get("BridgeUniqueid").unwrap().to_string())
    });
    Fixture { channel, bridge }
}

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn a_conference_does_as_it_is_told() {
    on_each(|session| {
        let ends: Vec<String> = (0..3).map(|_| other_end(&call(session, "conference"))).collect();
        for end in &ends {
            session.event("ConfbridgeJoin", |event| match event {
                Event::ConfbridgeJoin(join) if join.frame().get("Channel")? == end.as_str() => Some(()),
                _ => None,
            });
        }
        assert_eq!(listed(session), ends.iter().cloned().collect());
        let rooms = session.ask(&a::ConfbridgeListRooms::new()).accepted();
        assert_eq!(rooms.items.len(), 1);
        assert_eq!(rooms.items[0].view().get("Parties").unwrap(), "3");

        session.ask(&a::ConfbridgeMute::new("live", &ends[0])).accepted();
        session.event("ConfbridgeMute", |event| matches!(event, Event::ConfbridgeMute(_)).then_some(()));
        let list = session.ask(&a::ConfbridgeList::new("live")).accepted();
        let muted = list.items.iter().filter(|item| item.view().get("Muted").is_some_and(|muted| muted == "Yes"));
        assert_eq!(muted.count(), 1);
        session.ask(&a::ConfbridgeUnmute::new("live", &ends[0])).accepted();
        session.ask(&a::ConfbridgeLock::new("live")).accepted();
        session.ask(&a::ConfbridgeUnlock::new("live")).accepted();

        session.ask(&a::ConfbridgeKick::new("live", &ends[0])).accepted();
        session.event("ConfbridgeLeave", |event| match event {
            Event::ConfbridgeLeave(leave) if leave.frame().get("Channel")? == ends[0].as_str() => Some(()),
            _ => None,
        });
        // 16 says that they have left a little before they are off the list.
        until(session, |session| listed(session) == ends[1..].iter().cloned().collect());
        session.ask(&a::ConfbridgeKick::new("live", "all")).accepted();
        session.event("ConfbridgeEnd", |event| matches!(event, Event::ConfbridgeEnd(_)).then_some(()));
        // A conference that is over is refused, not empty.
        until(session, |session| matches!(session.ask(&a::ConfbridgeList::new("live")).how, Some(How::Refused(_))));
        assert!(matches!(session.ask(&a::ConfbridgeKick::new("live", &ends[0])).how, Some(How::Refused(_))));
    });
}

/// The channels in the conference.
fn listed(session: &mut Session) -> BTreeSet<String> {
    let list = session.ask(&a::ConfbridgeList::new("live")).accepted();
    list.items.iter().map(|item| item.view().get("Channel").unwrap().to_string()).collect()
}

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn a_queue_calls_its_agent() {
    const AGENT: &str = "Local/agent@live/n";
    on_each(|session| {
        let add = a::QueueAdd::new("live", AGENT).member_name("Agent of the test").penalty(2);
        session.ask(&add).accepted();
        session.event("QueueMemberAdded", |event| matches!(event, Event::QueueMemberAdded(_)).then_some(()));
        assert!(matches!(session.ask(&add).how, Some(How::Refused(_))), "a member twice");
        let status = session.ask(&a::QueueStatus::new().queue("live")).accepted();
        let members = status.items_named("QueueMember");
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].get("Name").unwrap(), "Agent of the test");
        assert_eq!(members[0].get("Penalty").unwrap(), "2");
        let summary = session.ask(&a::QueueSummary::new().queue("live")).accepted();
        assert_eq!(summary.items[0].view().get("Available").unwrap(), "1");

        session.ask(&a::QueuePause::new(AGENT, true).queue("live").reason("tea")).accepted();
        session.event("QueueMemberPause", |event| matches!(event, Event::QueueMemberPause(_)).then_some(()));
        call(session, "queue");
        session.event("QueueCallerJoin", |event| matches!(event, Event::QueueCallerJoin(_)).then_some(()));
        let status = session.ask(&a::QueueStatus::new().queue("live")).accepted();
        assert_eq!(status.items_named("QueueEntry").len(), 1, "the caller waits");
        session.ask(&a::QueuePause::new(AGENT, false).queue("live")).accepted();
        session.event("AgentCalled", |event| matches!(event, Event::AgentCalled(_)).then_some(()));
        session.event("AgentConnect", |event| matches!(event, Event::AgentConnect(_)).then_some(()));
        session.event("AgentComplete", |event| matches!(event, Event::AgentComplete(_)).then_some(()));

        session.ask(&a::QueueRemove::new("live", AGENT)).accepted();
        session.event("QueueMemberRemoved", |event| matches!(event, Event::QueueMemberRemoved(_)).then_some(()));
        let status = session.ask(&a::QueueStatus::new().queue("live")).accepted();
        assert!(status.items_named("QueueMember").is_empty());
    });
}

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn a_transfer_arrives_where_it_should() {
    on_each(|session| {
        // A channel in the dialplan is sent elsewhere.
        let channel = other_end(&call(session, "wait"));
        session.mark();
        session.ask(&a::Redirect::new(&channel, "target", "live", "1")).accepted();
        arrived(session, Some(&channel));

        // Half of a call sends the other half away.
        session.mark();
        let (transferer, transferred) = bridged(session);
        session.ask(&a::BlindTransfer::new(&transferer, "target").context("live")).accepted();
        session.event("BlindTransfer", |event| matches!(event, Event::BlindTransfer(_)).then_some(()));
        arrived(session, Some(&transferred));

        // Half of a call asks the target first, then leaves. The server stops before it asks where
        // it has no sound to announce that with.
        if !has_sound(session, "pbx-transfer") {
            println!("  no sounds: nobody is asked first");
            return;
        }
        session.mark();
        let (transferer, _) = bridged(session);
        session.ask(&a::Atxfer::new(&transferer, "300").context("live")).accepted();
        arrived(session, None);
        session.ask(&a::Hangup::new(&transferer)).accepted();
        session.event("AttendedTransfer", |event| matches!(event, Event::AttendedTransfer(_)).then_some(()));
    });
}

/// Whether the server has this sound: whether a channel plays it.
fn has_sound(session: &mut Session, name: &str) -> bool {
    session.mark();
    session.send(&a::Originate::new("Local/wait@live/n").application("Playback").data(name).asynchronous(true));
    session.event("end of the sound", |event| {
        let Event::VarSet(set) = event else { return None };
        (set.frame().get("Variable")? == "PLAYBACKSTATUS")
            .then(|| set.frame().get("Value"))?
            .map(|how| how == "SUCCESS")
    })
}

/// A call of two; the one that called, and the other.
fn bridged(session: &mut Session) -> (String, String) {
    let caller = other_end(&call(session, "call"));
    let (mut bridge, mut other) = (None, None);
    session.event("two in a bridge", |event| {
        let Event::BridgeEnter(enter) = event else { return None };
        let (here, who) = (enter.frame().get("BridgeUniqueid")?.to_string(), enter.frame().get("Channel")?.to_string());
        if who == caller {
            bridge = Some(here);
        } else if who.starts_with("Local/talk@") {
            other = Some((here, who));
        }
        (bridge.is_some() && other.as_ref().map(|(there, _)| there) == bridge.as_ref()).then_some(())
    });
    (caller, other.expect("found").1)
}

/// Waits until a channel, or this one, is where the dialplan has its target.
#[track_caller]
fn arrived(session: &mut Session, channel: Option<&str>) {
    session.event("arrival", |event| {
        let Event::UserEvent(event) = event else { return None };
        let at_target = event.frame().get("UserEvent")? == "Arrived";
        let who = event.frame().get("Channel")?;
        (at_target && channel.is_none_or(|channel| who == channel)).then_some(())
    });
}

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn each_call_of_a_storm_has_its_outcome() {
    const CALLS: usize = 400;
    on_each(|session| {
        let before = session.book.events.len();
        let begun = Instant::now();
        let mut ids = Vec::new();
        for number in 0..CALLS {
            let channel = format!("Local/storm-{number}@live/n");
            ids.push(session.send(&a::Originate::new(channel).application("Wait").data("10").asynchronous(true)));
        }
        assert_eq!(session.driver.client.in_flight(), CALLS);
        for (number, id) in ids.into_iter().enumerate() {
            let asked = session.ended(id);
            assert!(matches!(asked.how, Some(How::Outcome(_))), "{asked:?}");
            let outcome = asked.last();
            assert_eq!(outcome.get("Response").unwrap(), "Success", "{}", text(outcome));
            let channel = outcome.get("Channel").unwrap().to_string();
            assert!(channel.starts_with(&format!("Local/storm-{number}@live-")), "{number}: {channel}");
        }
        let mut numbers = BTreeSet::new();
        session.mark();
        for frame in &session.book.events[before..] {
            numbers.extend(frame.view().get("Number").map(|number| number.to_string()));
        }
        while numbers.len() < CALLS {
            session.turn(Instant::now() + Duration::from_secs(1)).expect("a connection");
            let new = session.book.events[before..].iter();
            numbers.extend(new.filter_map(|frame| frame.view().get("Number")).map(|number| number.to_string()));
            assert!(begun.elapsed() < Duration::from_secs(120), "{} of {CALLS} calls", numbers.len());
        }
        let events = session.book.events.len() - before;
        println!("  {CALLS} calls, {events} events, {:.1} s", begun.elapsed().as_secs_f64());
    });
}

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn restart_in_mid_list() {
    const LISTS: usize = 60;
    let (addresses, _guard) = servers();
    for address in addresses {
        println!("{address}");
        let mut session = Session::login(address, plain()).expect("login");
        let lists: Vec<_> = (0..LISTS).map(|_| session.send(&a::ShowDialPlan::new())).collect();
        while session.book.asked[&lists[0]].items.is_empty() {
            session.turn(Instant::now() + Duration::from_secs(10)).expect("a list");
        }
        // As long as we don't read, the server gets stuck in one of the lists. There the other
        // session restarts it.
        std::thread::sleep(Duration::from_secs(3));
        let mut other = Session::login(address, plain()).expect("login");
        other.send(&a::Command::new("core restart now"));
        let lost = drive_to_end(&mut other);
        println!("  the session that restarted: {lost}");
        other.check();
        let lost = drive_to_end(&mut session);
        println!("  the session with {LISTS} lists: {lost}");

        let mut counts = [0; 4];
        for id in &lists {
            match session.book.asked[id].how {
                Some(How::List { .. }) => counts[0] += 1,
                Some(How::Lost(Reached::Started { items })) => {
                    assert_eq!(items, session.book.asked[id].items.len() as u64);
                    counts[1] += 1;
                }
                Some(How::Lost(Reached::Sent)) => counts[2] += 1,
                // "Asterisk is shutting down"
                Some(How::Refused(_)) => counts[3] += 1,
                ref other => panic!("{other:?}"),
            }
        }
        println!("  {} lists whole, {} begun, {} not begun, {} refused", counts[0], counts[1], counts[2], counts[3]);
        assert_eq!(counts[1], 1, "one list was in its middle");
        session.check();

        let report = session.driver.client.reconnect().expect("over");
        assert_eq!(report.unanswered.len(), counts[1] + counts[2]);
        session.come_back(address, plain);
        let asked = session.ask(&a::ShowDialPlan::new()).accepted();
        assert!(matches!(asked.how, Some(How::List { .. })));
        session.finish();
    }
}

/// Drives until the connection is lost, and says how.
fn drive_to_end(session: &mut Session) -> ConnectionError {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        assert!(Instant::now() < deadline, "the server stays");
        if let Err(error) = session.turn(deadline) {
            assert!(matches!(error, ConnectionError::Closed { .. }), "{error}");
            return error;
        }
    }
}
