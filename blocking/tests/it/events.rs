//! Events: on a thread of their own, with a time, and what happens to a reader that lags.

use std::thread;
use std::time::Duration;

use ami_blocking::action::{CoreStatus, MailboxCount};
use ami_blocking::event::{Hangup, Newchannel};
use ami_blocking::{Events, Item, Lag};

use crate::pbx::{connector, event, pbx, until};

fn channel(item: &Item) -> String {
    match item.event() {
        Some(event) => event.view().frame().get("Channel").unwrap_or_default().to_string(),
        None => item.to_string(),
    }
}

/// Read by one thread while others ask.
#[test]
fn on_another_thread() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().unwrap();
    let hangups = ami.events().of::<Hangup>().start();
    let reads = thread::spawn(move || hangups.map(|item| channel(&item)).collect::<Vec<_>>());
    for number in 0..100 {
        event(&pbx, "Newchannel", "other");
        event(&pbx, "Hangup", format!("c{number}"));
        ami.request(CoreStatus::new()).unwrap();
    }
    ami.request(CoreStatus::new()).unwrap();
    ami.close();
    let expected: Vec<_> = (0..100).map(|number| format!("c{number}")).collect();
    assert_eq!(reads.join().unwrap(), expected);
}

#[test]
fn with_a_time() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().unwrap();
    let mut events = ami.events().of::<Newchannel>().start();
    assert!(events.next_timeout(Duration::ZERO).is_err());
    assert!(events.next_timeout(Duration::from_millis(10)).is_err());
    event(&pbx, "Newchannel", "c");
    let item = events.next_timeout(Duration::MAX).unwrap().unwrap();
    assert_eq!(item.view::<Newchannel>().unwrap().channel().unwrap().to_string(), "c");
    ami.close();
    assert!(matches!(events.next_timeout(Duration::MAX), Ok(None)) && events.next().is_none());
}

fn lagging(lag: Lag) -> Vec<String> {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().unwrap();
    let mut events: Events = ami.events().of::<Hangup>().capacity(3).lag(lag).start();
    for number in 0..20 {
        event(&pbx, "Hangup", format!("c{number}"));
    }
    // All is told, or the connection is held up.
    until(|| ami.held().unread >= 3);
    if lag == Lag::Count {
        ami.request(CoreStatus::new()).unwrap();
    }
    let mut read = Vec::new();
    loop {
        read.push(channel(&events.next().unwrap()));
        let last = read.last().unwrap();
        if last == "c19" || last.ends_with("missed") {
            return read;
        }
    }
}

#[test]
fn a_reader_that_lags_is_told() {
    assert_eq!(lagging(Lag::Count), ["c0", "c1", "c2", "17 events missed"]);
}

#[test]
fn a_reader_that_lags_is_waited_for() {
    assert_eq!(lagging(Lag::Wait), (0..20).map(|number| format!("c{number}")).collect::<Vec<_>>());
}

/// All goes on behind a reader that was waited for, however much that is, and so does the time that
/// had stood still: a request that was answered meanwhile has not timed out.
#[test]
fn all_goes_on_behind_a_reader() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().unwrap();
    let mut events = ami.events().of::<Hangup>().capacity(1).lag(Lag::Wait).start();
    let asks = {
        let ami = ami.within(Duration::from_millis(200));
        thread::spawn(move || (0..20).map(|_| ami.request(CoreStatus::new()).is_ok()).collect::<Vec<_>>())
    };
    let unanswered = {
        let ami = ami.within(Duration::from_millis(300));
        thread::spawn(move || ami.request(MailboxCount::new("100")).is_err())
    };
    for number in 0..3000 {
        event(&pbx, "Hangup", format!("c{number}"));
    }
    thread::sleep(Duration::from_millis(500));
    for number in 0..3000 {
        assert_eq!(channel(&events.next().unwrap()), format!("c{number}"));
    }
    assert!(asks.join().unwrap().into_iter().all(|answered| answered));
    assert!(unanswered.join().unwrap());
}
