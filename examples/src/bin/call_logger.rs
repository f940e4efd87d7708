//! `call_logger` prints each call as a line of JSON once it has ended. It may be there before its
//! PBX, and survives restarts: calls that went on meanwhile are printed without an end.
//!
//! ```text
//! AMI_SECRET=s3cret cargo run -p ami-examples --bin call_logger -- 127.0.0.1:5038 >>calls.jsonl
//! ```

use ami_proto::calls::{Call, CallLimits, Tracker};
use ami_tokio::{Connector, Credentials, Item};
use std::error::Error;
use std::time::{Duration, SystemTime};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let pbx = std::env::args().nth(1).ok_or("whose address?")?;
    let ami = Connector::new(pbx, Credentials::md5("admin", std::env::var("AMI_SECRET")?)).start();
    let mut events = ami.events().capacity(100_000).start();
    let mut calls = Tracker::new(CallLimits::new());
    while let Some(item) = events.next().await {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or(Duration::ZERO);
        let ended: Vec<Call> = match &item {
            Item::Event(event) => {
                calls.handle(&event.view(), now);
                std::iter::from_fn(|| calls.poll_ended()).collect()
            }
            Item::Missed(_) | Item::Disconnected(_) => calls.abandon().collect(),
            Item::Lost(error) => return Err(error.clone().into()),
            _ => continue,
        };
        for call in ended {
            // In letters that steer no terminal.
            let letter = |unit: u16| match u8::try_from(unit) {
                Ok(byte @ b' '..=b'~') => char::from(byte).to_string(),
                _ => format!("\\u{unit:04x}"),
            };
            println!("{}", serde_json::to_string(&call)?.encode_utf16().map(letter).collect::<String>());
        }
    }
    Ok(())
}
