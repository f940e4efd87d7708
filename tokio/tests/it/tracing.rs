//! The log by `tracing`: stages, frames and limits in the span of their connection, and no secret.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ami_tokio::action::CoreStatus;
use tracing_subscriber::fmt::MakeWriter;

use crate::pbx::{connector, pbx};

/// Lines of a log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn a_session() {
    let lines = Lines::default();
    let log = tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing_subscriber::filter::LevelFilter::TRACE);
    let log = log.with_writer(lines.clone()).finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let run = || {
        runtime.block_on(async {
            let pbx = pbx(1);
            let ami = connector(&pbx).connect().await.unwrap();
            ami.request(CoreStatus::new()).await.unwrap();
            pbx.cut();
            tokio::time::sleep(Duration::from_mins(1)).await;
            ami.close().await;
        });
    };
    let _logs = tracing_subscriber::util::SubscriberInitExt::set_default(log);
    // Other tests, which no one logs, may be the first at a place of the log, and it stays mute.
    run();
    tracing::callsite::rebuild_interest_cache();
    run();
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for part in [
        r#"DEBUG connection{peer="pbx:5038"}: ami_tokio: sent action Login"#,
        r#"Key="***""#,
        "INFO connection{peer=\"pbx:5038\"}",
        "stage login to booting",
        "received response Success",
        "CoreCurrentCalls=\"3\"",
        r#"WARN connection{peer="pbx:5038"}: ami_tokio: pbx:5038: the peer closed the connection; again in"#,
        r#"WARN connection{peer="pbx:5038"}: ami_tokio: pbx:5038: connection refused; again in"#,
        "to over",
    ] {
        assert!(log.contains(part), "{part}: {log}");
    }
    assert!(!log.contains("s3cret"), "{log}");
}
