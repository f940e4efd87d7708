//! Invariant: any future may be dropped, at any await, nothing is kept of it, nothing is
//! lost, and the next request is answered.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use ami_tokio::action::{CoreShowChannels, CoreStatus, MailboxCount, Originate, SipPeers};
use ami_tokio::event::Hangup;
use ami_tokio::{Ami, Connector, Item};

use crate::pbx::{connector, event, narrow_pbx, pbx};

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Polls the future so many times, each time after something has happened, and drops it. Returns
/// whether it was done before.
async fn dropped_after(polls: usize, mut work: Work) -> bool {
    let mut left = polls;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match work.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Does the work once for each number of polls after which it is dropped, until it comes to its
/// end.
async fn at_each_poll(name: &str, connector: impl Fn() -> Connector, work: impl Fn(Ami) -> Work) {
    for polls in 0..200 {
        let ami = connector().connect().await.unwrap();
        let mut events = ami.events().of::<Hangup>().start();
        let done = tokio::time::timeout(Duration::from_mins(10), dropped_after(polls, work(ami.clone()))).await;
        let status = ami.request(CoreStatus::new()).await;
        assert!(status.is_ok(), "{name}, dropped after {polls} polls: {status:?}");
        // What the server still says to what was dropped has come by then.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let held = ami.held();
        assert_eq!((held.requests, held.open, held.bytes), (0, 0, 0), "{name}, dropped after {polls} polls");
        drop(work(ami.clone()));
        ami.close().await;
        while events.next().await.is_some() {}
        if done.is_ok_and(|done| done) {
            assert!(polls > 1, "{name} awaits nothing");
            return;
        }
    }
    panic!("{name} has no end");
}

#[tokio::test(start_paused = true)]
async fn requests() {
    // So narrow that requests go in parts.
    let connect = || connector(&narrow_pbx(20)).response_timeout(Duration::from_secs(20));
    at_each_poll("request", connect, |ami| Box::pin(async move { _ = ami.request(CoreStatus::new()).await })).await;
    at_each_poll("unanswered", connect, |ami| Box::pin(async move { _ = ami.request(MailboxCount::new("1")).await }))
        .await;
    at_each_poll("command", connect, |ami| Box::pin(async move { _ = ami.command("core show uptime").await })).await;
    for channel in ["PJSIP/1", "PJSIP/silent"] {
        let call = move |ami: Ami| -> Work {
            Box::pin(async move {
                _ = ami.originate(Originate::new(channel).application("Echo").timeout(Duration::from_secs(5))).await;
            })
        };
        at_each_poll(channel, connect, call).await;
    }
}

#[tokio::test(start_paused = true)]
async fn lists() {
    // So narrow that requests go in parts.
    let connect = || connector(&narrow_pbx(20)).response_timeout(Duration::from_secs(20));
    at_each_poll("collected", connect, |ami| Box::pin(async move { _ = ami.list_all(CoreShowChannels::new()).await }))
        .await;
    let endless = |ami: Ami| -> Work {
        Box::pin(async move {
            let mut list = ami.list(SipPeers::new()).await.unwrap();
            while list.next().await.is_some() {}
        })
    };
    at_each_poll("endless", connect, endless).await;
}

/// Requests that wait: for room, and for a connection.
#[tokio::test(start_paused = true)]
async fn requests_that_wait() {
    let one = ami_tokio::client::Config::new().max_in_flight(1).response_timeout(Duration::from_secs(20));
    let connect = || connector(&pbx(1)).config(one.clone());
    let work = |ami: Ami| -> Work {
        Box::pin(async move {
            let ask = || ami.request(CoreStatus::new());
            let (one, two, three) = tokio::join!(ask(), ask(), ask());
            assert!(one.is_ok() && two.is_ok() && three.is_ok());
        })
    };
    at_each_poll("three in a row", connect, work).await;
    for polls in 0..50 {
        let pbx = pbx(2);
        let ami = connector(&pbx).connect().await.unwrap();
        pbx.cut();
        tokio::time::sleep(Duration::from_millis(1)).await;
        let asks = ami.clone();
        let work = Box::pin(async move { asks.request(CoreStatus::new()).await.map(drop).unwrap() });
        let done = dropped_after(polls, work).await;
        ami.request(CoreStatus::new()).await.unwrap();
        assert_eq!((ami.held().requests, ami.held().open), (0, 0), "after {polls} polls");
        if done {
            return;
        }
    }
    panic!("it has no end");
}

/// A `next` that is dropped takes no event with it.
#[tokio::test(start_paused = true)]
async fn next_of_events() {
    for polls in 0..8 {
        let pbx = pbx(1);
        let ami = connector(&pbx).connect().await.unwrap();
        let mut events = ami.events().of::<Hangup>().start();
        for number in 0..5 {
            event(&pbx, "Hangup", format!("c{number}"));
        }
        let mut channels = Vec::new();
        let mut channel = |item: Option<Item>| {
            let item = item.unwrap();
            channels.push(item.view::<Hangup>().unwrap().channel().unwrap().to_string());
        };
        for _ in 0..5 {
            let item = {
                let mut left = polls;
                let mut next = std::pin::pin!(events.next());
                poll_fn(|cx| {
                    if left == 0 {
                        return Poll::Ready(None);
                    }
                    left -= 1;
                    next.as_mut().poll(cx).map(Some)
                })
                .await
            };
            // Dropped without an item, it is awaited anew.
            match item {
                Some(item) => channel(item),
                None => channel(events.next().await),
            }
        }
        assert_eq!(channels, ["c0", "c1", "c2", "c3", "c4"], "dropped after {polls} polls");
    }
}

/// A login that is dropped ends its connection.
#[tokio::test(start_paused = true)]
async fn connecting() {
    for polls in 0..50 {
        let pbx = pbx(1);
        let connects = connector(&pbx);
        let connected = dropped_after(polls, Box::pin(async move { drop(connects.connect().await.unwrap()) })).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
        // The server's task has ended, if there was one.
        assert_eq!(std::sync::Arc::strong_count(&pbx), 1, "dropped after {polls} polls");
        if connected {
            return;
        }
    }
    panic!("it has no end");
}

/// To drop the future of `close` changes nothing.
#[tokio::test(start_paused = true)]
async fn closing() {
    for polls in 1..50 {
        let pbx = pbx(1);
        let ami = connector(&pbx).connect().await.unwrap();
        let handle = ami.clone();
        let closed = dropped_after(polls, Box::pin(async move { handle.close().await })).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert!(ami.connected().await.is_err() && !ami.is_connected(), "dropped after {polls} polls");
        if closed {
            return;
        }
    }
    panic!("it has no end");
}
