//! The crate `asterisk-ami`, over loopback: its parser can't be had without a socket. Counted is
//! what its subscriber receives.

use super::loopback::Server;
use crate::measure::{Found, Run};
use ::asterisk_ami::AmiConnection;
use anyhow::Result;
use std::time::Instant;
use tokio::runtime::Runtime;
use tokio::sync::broadcast::error::RecvError;

/// Its events go through a channel of 32; what a subscriber that does nothing but count is too slow
/// for gets lost there.
pub fn events(runtime: &Runtime, stream: &[u8]) -> Result<Run> {
    runtime.block_on(async {
        let server = Server::new(stream, false)?;
        let connection = AmiConnection::connect(server.address).await?;
        let mut events = connection.events();
        let clock = server.start();
        let mut found = Found { frames: 0, headers: Some(0) };
        loop {
            match events.recv().await {
                Ok(Some(packet)) => {
                    found.frames += 1;
                    *found.headers.get_or_insert(0) += packet.len() as u64;
                }
                Err(RecvError::Lagged(_)) => {}
                Ok(None) | Err(RecvError::Closed) => break,
            }
        }
        let run = clock.run(Instant::now(), found);
        server.finish()?;
        Ok(run)
    })
}
