//! Lists: as streams and collected, refused, broken off, and longer than what may wait.

use std::sync::Arc;

use ami_proto::FrameKind;
use ami_tokio::Error;
use ami_tokio::action::{CoreShowChannels, CoreStatus, SipPeers};

use crate::pbx::{Pbx, Script, connector, narrow_pbx, pbx, script};

#[tokio::test(start_paused = true)]
async fn collected() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let channels = ami.list_all(CoreShowChannels::new()).await.unwrap();
    let names: Vec<_> = channels.iter().map(|item| item.view().channel().unwrap().to_string()).collect();
    assert_eq!(names, ["PJSIP/1-1", "PJSIP/2-2"]);
    assert!(channels.iter().all(|item| item.frame().kind() == FrameKind::Event));
}

/// A request in the loop over a list is answered, however long the list.
#[tokio::test(start_paused = true)]
async fn as_it_comes() {
    let long = || {
        script().on("CoreShowChannels", |asked| {
            let mut list = asked.server.list(asked.id, "Channels will follow")?;
            for number in 0..3000 {
                list = list.item("CoreShowChannel", [("Channel", &*format!("PJSIP/{number}"))])?;
            }
            list.complete("CoreShowChannelsComplete")
        })
    };
    let pbx = Arc::new(Pbx::new([Box::new(long) as Script<_>]));
    let ami = connector(&pbx).connect().await.unwrap();
    let mut list = ami.list(CoreShowChannels::new()).await.unwrap();
    let mut seen = 0;
    while let Some(item) = list.next().await {
        let item = item.unwrap();
        assert_eq!(item.view().channel().unwrap().to_string(), format!("PJSIP/{seen}"));
        seen += 1;
        if seen % 1000 == 0 {
            ami.request(CoreStatus::new()).await.unwrap();
        }
    }
    assert_eq!(seen, 3000);
    assert!(list.next().await.is_none());
    assert_eq!((ami.held().requests, ami.held().bytes), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn refused() {
    let none =
        || script().on("SIPpeers", |asked| asked.server.respond(asked.id, "Error", [("Message", "Permission denied")]));
    let pbx = Arc::new(Pbx::new([Box::new(none) as Script<_>]));
    let ami = connector(&pbx).connect().await.unwrap();
    let error = ami.list_all(SipPeers::new()).await.unwrap_err();
    assert!(error.is_refused(), "{error}");
}

/// The items that came, then why there are no more.
#[tokio::test(start_paused = true)]
async fn lost_in_its_middle() {
    let pbx = pbx(1);
    let ami = connector(&pbx).reconnect(None).connect().await.unwrap();
    let mut list = ami.list(SipPeers::new()).await.unwrap();
    assert!(list.next().await.unwrap().is_ok());
    pbx.cut();
    let error = list.next().await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "connection lost after 1 items");
    assert!(error.is_safe_to_retry() && list.next().await.is_none());
}

/// A list that no one reads ends; nothing else waits for it.
#[tokio::test(start_paused = true)]
async fn unread() {
    let long = || {
        script().on("CoreShowChannels", |asked| {
            let filler = "x".repeat(900);
            let mut list = asked.server.list(asked.id, "Channels will follow")?;
            for _ in 0..5500 {
                list = list.item("CoreShowChannel", [("Channel", "PJSIP/1"), ("ApplicationData", &*filler)])?;
            }
            list.complete("CoreShowChannelsComplete")
        })
    };
    let pbx = Arc::new(Pbx::new([Box::new(long) as Script<_>]));
    let ami = connector(&pbx).connect().await.unwrap();
    let mut list = ami.list(CoreShowChannels::new()).await.unwrap();
    ami.request(CoreStatus::new()).await.unwrap();
    assert!(ami.held().bytes <= 1 << 23);
    let mut seen = 0;
    let error = loop {
        match list.next().await.unwrap() {
            Ok(_) => seen += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Unread) && (1000..5500).contains(&seen), "{error} after {seen}");
    assert!(list.next().await.is_none());
    assert_eq!((ami.held().requests, ami.held().open, ami.held().bytes), (0, 0, 0));
}

/// No item is lost between a look for it and a look for the end, while the connection is driven by
/// another thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn whole_on_many_threads() {
    let ami = connector(&narrow_pbx(200)).connect().await.unwrap();
    for _ in 0..4000 {
        assert_eq!(ami.list_all(CoreShowChannels::new()).await.unwrap().len(), 2);
    }
}
