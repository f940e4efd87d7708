//! Streams of events: which events each has, and what happens to a reader that lags.

use std::time::Duration;

use ami_tokio::action::CoreStatus;
use ami_tokio::event::{EventSet, Hangup, Newchannel};
use ami_tokio::value::Classes;
use ami_tokio::{Events, Item, Lag};

use crate::pbx::{Pbx, connector, event, pbx};

/// Reads so many items, as lines of name and channel.
async fn read(events: &mut Events, items: usize) -> Vec<String> {
    let mut read = Vec::new();
    while read.len() < items {
        read.push(match events.next().await.expect("a stream that goes on") {
            Item::Event(event) => {
                let frame = event.view().frame();
                format!("{} {}", frame.name().unwrap_or_default(), frame.get("Channel").unwrap_or_default())
            }
            other => other.to_string(),
        });
    }
    read
}

fn tell(pbx: &Pbx, numbers: std::ops::Range<usize>) {
    for number in numbers {
        event(pbx, "Hangup", format!("c{number}"));
    }
}

#[tokio::test(start_paused = true)]
async fn by_type_class_and_name() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let mut all = ami.events().start();
    let mut hangups = ami.events().of::<Hangup>().start();
    let mut odd = ami.events().named("HouseMade").of::<Newchannel>().start();
    let mut calls = ami.events().classes(Classes::CALL).start();
    let mut only = ami.events().only(EventSet::of(&[Newchannel::TYPE])).start();
    for name in ["Newchannel", "HouseMade", "Hangup"] {
        event(&pbx, name, "c");
    }
    assert_eq!(read(&mut hangups, 1).await, ["Hangup c"]);
    assert_eq!(read(&mut odd, 2).await, ["Newchannel c", "HouseMade c"]);
    assert_eq!(read(&mut calls, 2).await, ["Newchannel c", "Hangup c"]);
    assert_eq!(read(&mut only, 1).await, ["Newchannel c"]);
    assert_eq!(read(&mut all, 3).await, ["Newchannel c", "HouseMade c", "Hangup c"]);
}

#[tokio::test(start_paused = true)]
async fn typed_views() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let mut events = ami.events().of::<Hangup>().start();
    event(&pbx, "Hangup", "PJSIP/1-1");
    let item = events.next().await.unwrap();
    assert_eq!(item.view::<Hangup>().unwrap().channel().unwrap().to_string(), "PJSIP/1-1");
    assert!(item.view::<Newchannel>().is_none());
}

/// One copy is made of an event, however many read it.
#[tokio::test(start_paused = true)]
async fn readers_share_an_event() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let (mut one, mut two) = (ami.events().of::<Hangup>().start(), ami.events().of::<Hangup>().start());
    event(&pbx, "Hangup", "c");
    let (Some(Item::Event(one)), Some(Item::Event(two))) = (one.next().await, two.next().await) else {
        panic!("no event");
    };
    assert!(std::sync::Arc::ptr_eq(&one, &two));
}

/// The number of those that had no room stands where they are missing.
#[tokio::test(start_paused = true)]
async fn a_reader_that_lags_is_told() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let mut slow = ami.events().of::<Hangup>().capacity(3).start();
    let mut fast = ami.events().of::<Hangup>().start();
    tell(&pbx, 0..5);
    assert_eq!(read(&mut fast, 5).await.len(), 5);
    assert_eq!(read(&mut slow, 1).await, ["Hangup c0"]);
    tell(&pbx, 5..7);
    assert_eq!(read(&mut fast, 2).await, ["Hangup c5", "Hangup c6"]);
    let rest = read(&mut slow, 5).await;
    assert_eq!(rest, ["Hangup c1", "Hangup c2", "2 events missed", "Hangup c5", "1 events missed"]);
    tell(&pbx, 7..8);
    assert_eq!(read(&mut slow, 1).await, ["Hangup c7"]);
}

/// The connection waits for its reader, and no event is missed.
#[tokio::test(start_paused = true)]
async fn a_reader_that_is_waited_for() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let mut slow = ami.events().of::<Hangup>().capacity(3).lag(Lag::Wait).start();
    let mut fast = ami.events().of::<Hangup>().start();
    tell(&pbx, 0..10);
    assert_eq!(read(&mut fast, 3).await.len(), 3);
    // Not even an answer comes past it, and no time is up meanwhile.
    let asked = tokio::spawn({
        let ami = ami.clone();
        async move { ami.request(CoreStatus::new()).await.is_ok() }
    });
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert!(!asked.is_finished());
    assert_eq!(ami.held().unread, 3);
    let expected: Vec<_> = (0..10).map(|number| format!("Hangup c{number}")).collect();
    assert_eq!(read(&mut slow, 10).await, expected);
    assert_eq!(read(&mut fast, 7).await, expected[3..]);
    assert!(asked.await.unwrap());
}

/// A reader that is dropped holds up no one.
#[tokio::test(start_paused = true)]
async fn a_reader_that_goes() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let slow = ami.events().of::<Hangup>().capacity(1).lag(Lag::Wait).start();
    tell(&pbx, 0..10);
    let asked = tokio::spawn({
        let ami = ami.clone();
        async move { ami.request(CoreStatus::new()).await.is_ok() }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!asked.is_finished());
    drop(slow);
    assert!(asked.await.unwrap());
    assert_eq!((ami.held().readers, ami.held().unread), (0, 0));
}

/// A stream keeps the connection, also where no handle is left.
#[tokio::test(start_paused = true)]
async fn a_stream_alone() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let mut events = ami.events().of::<Hangup>().start();
    drop(ami);
    tokio::time::sleep(Duration::from_hours(1)).await;
    tell(&pbx, 0..1);
    assert_eq!(read(&mut events, 1).await, ["Hangup c0"]);
}

/// An answer that no one waits for any more is told to those who want to know.
#[tokio::test(start_paused = true)]
async fn what_nobody_claims() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let mut without = ami.events().of::<Hangup>().start();
    let mut events = ami.events().of::<Hangup>().with_unclaimed().start();
    let dropped = tokio::time::timeout(Duration::ZERO, ami.request(CoreStatus::new())).await;
    assert!(dropped.is_err());
    ami.request(CoreStatus::new()).await.unwrap();
    tell(&pbx, 0..1);
    let read = [read(&mut events, 1).await, read(&mut without, 1).await].concat();
    assert!(read[0].starts_with("unclaimed") || read[0] == "Hangup c0", "{read:?}");
    assert_eq!(read[1], "Hangup c0");
}
