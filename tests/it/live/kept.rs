//! Tests of what outlives a request: a call's log, a mirror of a queue, a mask of events.

use std::time::Duration;

use ami_proto::action as a;
use ami_proto::client::Config;
use ami_proto::event::Event;
use ami_proto::state::{Mirror, MirrorLimits, Part};
use ami_proto::value::Classes;

use super::session::{How, Session};
use super::{call, drive_to_end, on_each, plain, servers};

/// `cel.conf` asks for such steps, and for their own name beside the general one.
#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn a_step_that_the_dialplan_named() {
    on_each(|session| {
        call(session, "step");
        let step = session.event("a step of the call's log", |event| {
            let Event::Cel(step) = event else { return None };
            Some((step.event_name().ok()?.to_string(), step.user_def_type().ok()?.to_string()))
        });
        assert_eq!(step, ("USER_DEFINED".to_owned(), "My-Thing".to_owned()));
    });
}

/// Interface, whether it is paused, and why, of each member; in their order.
type Members = Vec<(String, bool, String)>;

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn a_mirror_forgets_a_member_that_was_removed() {
    const ANN: &str = "Local/agent@live/n";
    const BOB: &str = "Local/ring@live/n";
    on_each(|session| {
        for member in [ANN, BOB] {
            session.ask(&a::QueueAdd::new("live", member)).accepted();
        }
        let mut mirror = Mirror::new(MirrorLimits::new());
        let mut told = session.book.events.len();
        for seed in mirror.seed(Part::Queues) {
            let asked = session.ask(seed.action()).accepted();
            for item in &asked.items {
                let _ = mirror.handle(&Event::from(item.view()));
            }
            let _ = mirror.handle(&Event::from(asked.last()));
        }
        assert_eq!(mirrored(&mirror).len(), 2);
        session.ask(&a::QueueRemove::new("live", BOB)).accepted();
        session.ask(&a::QueuePause::new(ANN, true).queue("live").reason("tea")).accepted();
        session.event("QueueMemberRemoved", |event| matches!(event, Event::QueueMemberRemoved(_)).then_some(()));
        session.event("QueueMemberPause", |event| matches!(event, Event::QueueMemberPause(_)).then_some(()));
        while let Some(frame) = session.book.events.get(told) {
            let _ = mirror.handle(&Event::from(frame.view()));
            told += 1;
        }
        let listed = session.ask(&a::QueueStatus::new().queue("live")).accepted();
        let listed: Members = (listed.items_named("QueueMember").into_iter())
            .map(|item| {
                let Event::QueueMember(member) = Event::from(item) else { panic!("{item}") };
                let text = |value: Option<ami_proto::Value<'_>>| value.unwrap_or_default().to_string();
                let reason = if item.get("PausedReason").is_some() { "PausedReason" } else { "Reason" };
                (text(item.get("Location")), member.paused().expect("told"), text(item.get(reason)))
            })
            .collect();
        assert_eq!(listed, [(ANN.to_owned(), true, "tea".to_owned())]);
        assert_eq!(mirrored(&mirror), listed);
        session.ask(&a::QueueRemove::new("live", ANN)).accepted();
    });
}

fn mirrored(mirror: &Mirror) -> Members {
    let members = mirror.members(b"live").map(|member| {
        let reason = member.paused_reason.as_ref().map(ToString::to_string).unwrap_or_default();
        (member.interface.to_string(), member.paused == Some(true), reason)
    });
    members.collect()
}

/// Such a server does not answer an `Events` that turns all of them on; it does what was asked all
/// the same.
#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn events_that_are_not_answered_are_asked_for_again() {
    let (addresses, _guard) = servers();
    let user_event = a::UserEvent::new("Heard");
    for address in addresses {
        let mut session = Session::login(address, plain()).expect("login");
        let edit = a::UpdateConfig::new("manager.conf", "manager.conf");
        session.ask(&edit.append("general", "brokeneventsaction", "yes")).accepted();
        session.ask(&a::Command::new("manager reload"));
        session.finish();

        let config = Config::new().events(Classes::NONE).response_timeout(Duration::from_secs(2));
        let mut session = Session::with(config, address, plain()).expect("login");
        let on = session.send(&a::Events::new("on"));
        session.ended(on);
        let unanswered = session.book.asked.remove(&on).expect("it was asked").how;
        assert!(matches!(&unanswered, Some(How::Wrong(how)) if how.starts_with("TimedOut")), "{unanswered:?}");
        session.driver.cut();
        drive_to_end(&mut session);
        session.driver.client.reconnect().expect("over");
        session.come_back(address, plain);
        session.mark();
        session.ask(&user_event).accepted();
        session.event("an event on the next connection", |event| matches!(event, Event::UserEvent(_)).then_some(()));

        let edit = a::UpdateConfig::new("manager.conf", "manager.conf");
        session.ask(&edit.delete("general", "brokeneventsaction")).accepted();
        session.ask(&a::Command::new("manager reload"));
        session.finish();
    }
}
