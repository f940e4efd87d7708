//! The end of a connection: asked for, by the last handle, by the server, by the runtime.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ami_tokio::action::{CoreStatus, MailboxCount, Originate};
use ami_tokio::event::{Hangup, Newchannel};
use ami_tokio::value::Classes;
use ami_tokio::{Error, Item, Lag};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

use crate::pbx::{Pbx, Script, connector, event, pbx, script};

/// The server is told goodbye, what is open ends, streams end.
#[tokio::test(start_paused = true)]
async fn closed_on_demand() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let mut events = ami.events().of::<Hangup>().start();
    event(&pbx, "Hangup", "c");
    let open = tokio::spawn({
        let ami = ami.clone();
        async move { ami.request(MailboxCount::new("100")).await.unwrap_err() }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (one, two) = (ami.clone(), ami.clone());
    tokio::join!(one.close(), two.close());
    let error = open.await.unwrap();
    assert_eq!(error.to_string(), "connection lost before it was answered");
    assert!(matches!(events.next().await, Some(Item::Event(_))));
    assert!(events.next().await.is_none() && events.next().await.is_none());
    assert!(matches!(ami.request(CoreStatus::new()).await, Err(Error::Closed)));
    assert!(ami.events().start().next().await.is_none());
    ami.close().await;
    assert_eq!(*pbx.dialled.lock().unwrap(), 1);
    assert_eq!((ami.held().requests, ami.held().open), (0, 0));
    assert!(!ami.is_connected() && ami.connected().await.is_err());
}

/// Without any handle the server hears a goodbye, too.
#[tokio::test(start_paused = true)]
async fn closed_by_the_last_handle() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let (told, mut hears) = tokio::sync::mpsc::unbounded_channel();
    pbx.deed(move |pbx| {
        let before = std::mem::replace(pbx, script());
        *pbx = before.on("CoreStatus", move |asked| {
            let _ = told.send(());
            asked.server.respond(asked.id, "Success", [("CoreCurrentCalls", "3")])
        });
    });
    ami.request(CoreStatus::new()).await.unwrap();
    hears.recv().await.unwrap();
    drop(ami.clone());
    tokio::time::sleep(Duration::from_secs(1)).await;
    ami.request(CoreStatus::new()).await.unwrap();
    hears.recv().await.unwrap();
    drop(ami);
    // The server's task, and with it the rule, ends once the connection has.
    assert!(hears.recv().await.is_none());
}

/// A reader who is waited for, in the task that closes: it ends all the same.
#[tokio::test(start_paused = true)]
async fn nobody_is_waited_for_at_the_end() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let mut slow = ami.events().of::<Hangup>().capacity(2).lag(Lag::Wait).start();
    for number in 0..10 {
        event(&pbx, "Hangup", format!("c{number}"));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    ami.close().await;
    let mut items = Vec::new();
    while let Some(item) = slow.next().await {
        items.push(item);
    }
    assert!(matches!(items[..], [Item::Event(_), Item::Event(_), Item::Missed(8)]), "{items:?}");
}

/// Also one that says nothing is left behind in time.
#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    pbx.deed(|pbx| *pbx = script());
    let begun = tokio::time::Instant::now();
    ami.close().await;
    assert!(begun.elapsed() <= Duration::from_secs(6), "{:?}", begun.elapsed());
}

/// A stream whose shutdown never ends, as TLS over a peer that reads nothing.
struct Stuck(DuplexStream);

impl AsyncRead for Stuck {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Stuck {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

/// A stream that can't be shut down is dropped.
#[tokio::test(start_paused = true)]
async fn a_shutdown_that_never_ends() {
    let pbx = pbx(1);
    let below = Arc::clone(&pbx);
    let ami = connector(&pbx).over(move |_| std::future::ready(below.dial().map(Stuck))).connect().await.unwrap();
    let closed = tokio::time::timeout(Duration::from_mins(1), ami.close()).await;
    assert!(closed.is_ok() && ami.connected().await.is_err());
}

/// A panic of the task is told as one, to all who wait.
#[tokio::test(start_paused = true)]
async fn a_task_that_panics() {
    let refuses = |_| -> std::future::Ready<io::Result<DuplexStream>> { panic!("a fault of the program") };
    let ami = connector(&pbx(0)).over(refuses).start();
    let error = ami.connected().await.unwrap_err();
    assert_eq!(error.to_string(), "pbx:5038: the task of the connection has panicked");
    assert!(matches!(ami.request(CoreStatus::new()).await, Err(Error::NotConnected(_))));
}

/// The task of the connection goes with its runtime: who waits elsewhere is told.
#[test]
fn a_runtime_that_is_shut_down() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (ours, theirs) = (runtime(), runtime());
    let rings = || {
        script().on("Originate", |asked| {
            asked.server.respond(asked.id, "Success", [("Message", "Originate successfully queued")])?;
            asked.server.event(Classes::CALL, "Newchannel", [("Channel", "PJSIP/1-1")])?;
            Ok(())
        })
    };
    let pbx = Arc::new(Pbx::new([Box::new(rings) as Script<_>]));
    let ami = theirs.block_on(async { connector(&pbx).connect().await.unwrap() });
    let mut events = ami.events().of::<Newchannel>().start();
    let (error, last) = ours.block_on(async {
        let mut call = std::pin::pin!(ami.originate(Originate::new("PJSIP/1").application("Echo")));
        tokio::select! {
            ended = &mut call => panic!("{ended:?}"),
            event = events.next() => assert!(matches!(event, Some(Item::Event(_)))),
        }
        theirs.shutdown_background();
        (call.await.unwrap_err(), events.next().await)
    });
    assert_eq!(error.to_string(), "connection lost after it was accepted and before its outcome was seen");
    assert!(!error.is_safe_to_retry());
    assert_eq!(last.unwrap().to_string(), "pbx:5038: the runtime of the connection is shut down; not attempted again");
    assert!(matches!(ours.block_on(ami.request(CoreStatus::new())), Err(Error::NotConnected(_))));
}
