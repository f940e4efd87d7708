//! `click_to_call` exists to show requests of another thread: each line of the standard input is a
//! channel that is to hear an announcement. The thread that reads them knows of no connection: it
//! queues the encoded request, and is told how that ended. All over the standard library, and
//! across a restart of the server: what is queued meanwhile is sent once the server is back.
//!
//! ```text
//! echo PJSIP/100 | AMI_SECRET=s3cret cargo run -p ami-examples --bin click_to_call -- 127.0.0.1:5038
//! ```

use ami_proto::client::{Client, ClientEvent as Event, Config, Credentials, OwnedEnding};
use ami_proto::{action::EncodedAction, action::Originate, conn::Backoff, conn::Machine as _};
use std::{collections::HashMap, error::Error, io, net::TcpStream, sync::mpsc, thread, time::Duration, time::Instant};

fn clicks(to: &mpsc::Sender<(EncodedAction, mpsc::Sender<OwnedEnding>)>) -> Result<(), Box<dyn Error + Send + Sync>> {
    for line in io::stdin().lines() {
        let call = Originate::new(line?).application("Playback").data("hello-world").asynchronous(true);
        let (asked, ended) = mpsc::channel();
        to.send((EncodedAction::of(&call)?.untyped(), asked))?;
        let ending = ended.recv()?;
        let again = if ending.view().never_reached_server() { "; it was never sent: click again" } else { "" };
        println!("{}{again}", ending.to_string().escape_debug());
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let (queue, calls) = mpsc::channel();
    let clicks = thread::spawn(move || clicks(&queue));
    let (mut client, mut backoff, mut open) = (Client::new(Config::new()), Backoff::default(), HashMap::new());
    loop {
        if let Ok(mut socket) = TcpStream::connect(std::env::args().nth(1).ok_or("whose address?")?) {
            client.login(Instant::now(), Credentials::md5("admin", std::env::var("AMI_SECRET")?))?;
            socket.set_read_timeout(Some(Duration::from_millis(20)))?; // so often it looks for calls
            while let Ok(event) = client.poll_event() {
                match event {
                    None if clicks.is_finished() => return clicks.join().map_err(|_| "a panic")?,
                    None => match client.is_logged_in().then(|| calls.try_recv().ok()).flatten() {
                        Some((call, asked)) => _ = open.insert(client.send(Instant::now(), &call)?.id(), asked),
                        None => _ = client.exchange(&mut socket, Instant::now),
                    },
                    Some(Event::Ready(_)) => backoff.accepted(Instant::now()),
                    Some(Event::Ended { id, ending }) => _ = open.remove(&id).map(|a| a.send(ending.to_owned()).ok()),
                    Some(_) => {}
                }
            }
            client.poll_event().map(drop).or_else(|lost| if lost.is_temporary() { Ok(()) } else { Err(lost) })?;
            client.reconnect()?;
        }
        thread::sleep(backoff.lost(Instant::now()));
    }
}
