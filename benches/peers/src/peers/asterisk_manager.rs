//! The crate `asterisk-manager`, over loopback: its parser can't be had without a socket and a
//! login. Counted is what its subscriber receives.

use super::loopback::Server;
use crate::measure::{Found, Run};
use ::asterisk_manager::{AmiEvent, Manager, ManagerOptions};
use anyhow::Result;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio_stream::StreamExt;

/// What it says of the connection's end may overtake the events before it: the end is when nothing
/// more comes.
const QUIET: Duration = Duration::from_millis(100);

/// With room for every event in its channel, so that none gets lost there.
pub fn events(runtime: &Runtime, stream: &[u8], frames: u64) -> Result<Run> {
    runtime.block_on(async {
        let server = Server::new(stream, true)?;
        let mut manager = Manager::new_with_buffer(usize::try_from(frames)? + 16);
        let options = ManagerOptions {
            port: server.address.port(),
            host: server.address.ip().to_string(),
            username: "admin".into(),
            password: "secret".into(),
            events: true,
        };
        manager.connect_and_login(options).await?;
        let mut events = manager.all_events_stream().await;
        let clock = server.start();
        let mut found = Found::default();
        let mut last = Instant::now();
        let mut over = false;
        loop {
            let wait = if over { QUIET } else { Duration::from_secs(60) };
            match tokio::time::timeout(wait, events.next()).await {
                Ok(Some(Ok(AmiEvent::InternalConnectionLost { .. }))) => over = true,
                Ok(Some(Ok(_))) => {
                    found.frames += 1;
                    last = Instant::now();
                }
                Ok(Some(Err(_))) => {}
                Ok(None) | Err(_) => break,
            }
        }
        let run = clock.run(last, found);
        server.finish()?;
        Ok(run)
    })
}
