//! `wallboard_feed` serves the state of all queues to web pages, as server-sent events: one at
//! once, and one after each change. It may be there before its PBX, and survives restarts.
//!
//! ```text
//! AMI_SECRET=s3cret cargo run -p ami-examples --bin wallboard_feed -- 127.0.0.1:5038 127.0.0.1:8080
//! curl -N http://127.0.0.1:8080/queues
//! ```

use ami_tokio::{Ami, Connector, Credentials, Item, action::QueueStatus, event::EventSet};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::{Router, extract::State, routing::get};
use futures_util::stream::{Stream, unfold};
use std::{convert::Infallible, error::Error, time::Duration};
use tokio::{sync::watch, sync::watch::Receiver, time::timeout};

async fn queues(State(mut board): State<Receiver<String>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    board.mark_changed();
    let changes = unfold(board, |mut board| async {
        board.changed().await.ok()?;
        let event = Event::default().data(board.borrow_and_update().as_str());
        Some((Ok(event), board))
    });
    Sse::new(changes).keep_alive(KeepAlive::default())
}

/// Asks for all queues after each change, five times a second at the most.
async fn follow(ami: Ami, board: watch::Sender<String>) -> Result<(), Box<dyn Error>> {
    let mut changes = ami.events().only(EventSet::named(|name| name.starts_with("Queue"))).capacity(1).start();
    ami.connected().await?;
    loop {
        let listed = ami.list_all(QueueStatus::new()).await;
        let again = if listed.is_ok() { Duration::MAX } else { Duration::from_secs(1) }; // it is starting, perhaps
        match listed {
            Ok(queues) => {
                let queues: Vec<_> = queues.iter().map(ami_tokio::ListItem::view).collect();
                board.send_replace(serde_json::to_string(&queues)?);
            }
            Err(error) => eprintln!("{error}"),
        }
        if let Ok(Some(Item::Lost(error))) = timeout(again, changes.next()).await {
            return Err(error.into());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [pbx, web] =
        [1, 2].map(|place| std::env::args().nth(place).ok_or("two addresses: of the PBX, and to listen on"));
    let ami = Connector::new(pbx?, Credentials::md5("admin", std::env::var("AMI_SECRET")?)).start();
    let web = tokio::net::TcpListener::bind(web?).await?;
    println!("{}", web.local_addr()?);
    let (sender, board) = watch::channel("[]".to_owned());
    let app = Router::new().route("/queues", get(queues)).with_state(board);
    tokio::select! {
        served = async { axum::serve(web, app).await } => Ok(served?),
        followed = follow(ami, sender) => followed,
    }
}
