//! Invariant: an idle connection takes no more than twelve KiB, its buffers included, and as much
//! after it was busy.

use std::net::TcpListener;
use std::sync::Arc;

use ami_testkit::heap::{Counting, held_by};
use ami_tokio::action::CoreStatus;
use ami_tokio::client::Config;
use ami_tokio::{Ami, Connector, Credentials};

use crate::pbx::{drive, script};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Enough for what all share to count for nothing.
const CONNECTIONS: usize = 200;

/// Starts a PBX in a thread of its own, whose memory isn't counted.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let local = tokio::task::LocalSet::new();
        local.block_on(&runtime, async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((socket, _)) = listener.accept().await {
                tokio::task::spawn_local(drive(script(), socket));
            }
        });
    });
    address
}

#[test]
fn of_an_idle_connection() {
    let address = server();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Arc::new(Config::new());
    let credentials = Credentials::md5("admin", "s3cret");
    let (all, held) = held_by(|| {
        runtime.block_on(async {
            let mut all: Vec<Ami> = Vec::new();
            for _ in 0..CONNECTIONS {
                let connector = Connector::new(&address, credentials.clone()).config(Arc::clone(&config));
                all.push(connector.connect().await.unwrap());
            }
            all
        })
    });
    let each = held / CONNECTIONS;
    println!("{each} bytes a connection");
    assert!(each <= 12 << 10, "{each} bytes a connection");
    let ((), more) = held_by(|| {
        runtime.block_on(async {
            for ami in &all {
                for _ in 0..20 {
                    ami.request(CoreStatus::new()).await.unwrap();
                }
            }
        });
    });
    assert!(each + more / CONNECTIONS <= 12 << 10, "{} bytes more", more / CONNECTIONS);
}
