//! The steps of a connection: which one follows which, and when.

use std::pin::pin;
use std::time::Duration;

use ami_proto::action::{CoreStatus, MailboxCount};
use ami_proto::conn::Backoff;
use ami_session::{Error, Item, Reason, Step};

use crate::world::{World, now, poll, script, settings};

const SECOND: Duration = Duration::from_secs(1);

/// From the first attempt to the goodbye.
#[test]
fn a_life() {
    let (opening, mut world) = World::new(settings(), false);
    assert_eq!(world.run(), Step::Dial);
    world.connect(script());
    let ami = world.wait(opening.begun()).unwrap();
    let status = world.wait(ami.request(CoreStatus::new())).unwrap();
    assert_eq!(status.view().core_current_calls().unwrap(), 3);
    let mut events = ami.events().start();
    world.cut();
    assert!(!ami.is_connected());
    assert_eq!(ami.down().unwrap().to_string(), "pbx:5038: the peer closed the connection");
    assert_eq!(world.run(), Step::Sleep);
    assert_eq!(world.pass(SECOND), Step::Dial);
    world.connect(script());
    assert!(ami.is_connected() && ami.down().is_none());
    let told = [world.wait(events.next()).unwrap(), world.wait(events.next()).unwrap()];
    assert!(matches!(told, [Item::Disconnected(_), Item::Reconnected]), "{told:?}");
    world.wait(ami.close());
    assert_eq!((world.run(), world.dialled), (Step::Over, 2));
    assert!(world.driver.turn().due().is_none());
}

/// An attempt that comes to no end is given up, and is the last one where the first may not fail.
#[test]
fn an_attempt_that_takes_too_long() {
    for is_patient in [false, true] {
        let (opening, mut world) = World::new(settings(), is_patient);
        assert_eq!(world.pass(9 * SECOND), Step::Dial);
        let step = world.pass(SECOND);
        let down = opening.handle().down().unwrap();
        assert!(matches!(down.reason(), Reason::ConnectTimedOut(_)), "{down}");
        assert_eq!(step, if is_patient { Step::Sleep } else { Step::Over });
        // What comes of it now is of no use.
        world.driver.turn().dialled(now(), Ok(()));
        assert_ne!(world.run(), Step::Drive);
    }
}

/// Between two attempts, and in one: no server is there to hear a goodbye.
#[test]
fn closed_without_a_connection() {
    for refused in [false, true] {
        let (opening, mut world) = World::new(settings(), true);
        let ami = opening.handle();
        world.run();
        if refused {
            world.refuse();
        }
        {
            let mut close = pin!(ami.close());
            assert!(poll(close.as_mut()).is_pending());
            assert_eq!(world.run(), Step::Over);
            assert!(poll(close).is_ready());
        }
        assert!(matches!(world.wait(ami.request(CoreStatus::new())), Err(Error::Closed)));
    }
}

/// A delay, and a wait, that go beyond the clock.
#[test]
fn times_without_an_end() {
    let mut settings = settings();
    settings.reconnect(Some(Backoff::new(Duration::MAX, Duration::MAX)));
    settings.connection_wait(Duration::MAX);
    settings.connect_timeout(Duration::MAX);
    let (opening, mut world) = World::new(settings, true);
    let ami = opening.handle();
    assert_eq!(world.pass(1_000_000 * SECOND), Step::Dial);
    world.refuse();
    let mut asked = pin!(ami.request(CoreStatus::new()));
    assert!(poll(asked.as_mut()).is_pending());
    assert_eq!(world.pass(1_000_000 * SECOND), Step::Sleep);
    assert!(poll(asked).is_pending());
}

/// A request waits for a connection as long as it may, whichever attempt is under way.
#[test]
fn a_wait_that_ends() {
    let (opening, mut world) = World::new(settings(), true);
    let ami = opening.handle();
    world.run();
    let mut asked = pin!(ami.request(CoreStatus::new()));
    assert!(poll(asked.as_mut()).is_pending());
    world.pass(5 * SECOND);
    let mut later = pin!(ami.request(CoreStatus::new()));
    assert!(poll(later.as_mut()).is_pending());
    world.refuse();
    world.pass(24 * SECOND);
    assert!(poll(asked.as_mut()).is_pending());
    world.pass(SECOND);
    assert!(matches!(poll(asked), std::task::Poll::Ready(Err(Error::NotConnected(_)))));
    assert!(poll(later.as_mut()).is_pending());
    world.pass(5 * SECOND);
    assert!(matches!(poll(later), std::task::Poll::Ready(Err(Error::NotConnected(_)))));
    assert_eq!(ami.held().waiting, 0);
}

/// A driver that is dropped, as by the end of its runtime, ends all that is open.
#[test]
fn a_driver_that_is_dropped() {
    let (ami, mut world) = World::standing(settings());
    let mut open = pin!(ami.request(MailboxCount::new("100")));
    assert!(poll(open.as_mut()).is_pending());
    world.run();
    let mut events = ami.events().start();
    drop(world);
    let std::task::Poll::Ready(Err(error)) = poll(open) else { panic!("it goes on") };
    assert_eq!(error.to_string(), "connection lost before it was answered");
    let told = poll(pin!(events.next()));
    assert!(matches!(told, std::task::Poll::Ready(Some(Item::Lost(_)))), "{told:?}");
}
