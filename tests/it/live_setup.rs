//! Invariant: `tests/live/setup.sh` takes its ports from the environment, and refuses one that
//! another process has.

#![cfg(target_os = "linux")]

use std::net::{TcpListener, UdpSocket};
use std::process::{Command, Output};

fn setup(arguments: &[&str], environment: &[(&str, u16)]) -> Output {
    let mut bash = Command::new("bash");
    bash.arg(ami_testkit::root().join("tests/live/setup.sh")).args(arguments);
    // Without servers: it gets as far as to miss one.
    bash.env("AMI_LIVE_DIR", std::env::temp_dir().join("ami-no-live"));
    bash.env_remove("AMI_LIVE_ROOT_22").env_remove("AMI_LIVE_ROOT_16");
    bash.envs(environment.iter().map(|(name, port)| (name, port.to_string())));
    bash.output().expect("bash")
}

/// Returns ports that nothing has at present, below those that the system gives out.
fn free() -> (u16, u16) {
    let tcp = (21000..30000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    let udp = (21000..30000).find(|port| UdpSocket::bind(("127.0.0.1", *port)).is_ok());
    (tcp.expect("a port"), udp.expect("a port"))
}

#[test]
fn ports_are_given() {
    let output = setup(&["address"], &[("AMI_LIVE_PORT_22", 16001), ("AMI_LIVE_PORT_16", 16002)]);
    assert_eq!(output.stdout, b"127.0.0.1:16001,127.0.0.1:16002\n");
    let output = setup(&["address"], &[("AMI_LIVE_PORT_22", 0)]);
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(2), &b"AMI_LIVE_PORT_22: '0' is no port\n"[..]));
}

#[test]
fn a_port_that_is_taken_is_refused() {
    let (listener, socket) = (TcpListener::bind("127.0.0.1:0"), UdpSocket::bind("127.0.0.1:0"));
    let tcp = listener.as_ref().expect("a port").local_addr().expect("bound").port();
    let udp = socket.as_ref().expect("a port").local_addr().expect("bound").port();
    let (free_tcp, free_udp) = free();
    for (ports, said) in [
        ([tcp, free_udp, free_udp], Some(format!("tcp port {tcp}; end it, or set AMI_LIVE_PORT_22 "))),
        ([free_tcp, udp, free_udp], Some(format!("udp port {udp}; end it, or set AMI_LIVE_SIP_22 "))),
        ([free_tcp, free_udp, udp], Some(format!("udp port {udp}; end it, or set AMI_LIVE_IAX_22 "))),
        ([free_tcp, free_udp, free_udp], None),
    ] {
        let names = ["AMI_LIVE_PORT_22", "AMI_LIVE_SIP_22", "AMI_LIVE_IAX_22"];
        let environment: Vec<_> = names.into_iter().zip(ports).collect();
        let output = setup(&["start", "22"], &environment);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{error}");
        match said {
            Some(said) => assert!(error.starts_with("22: another process has ") && error.contains(&said), "{error}"),
            None => assert!(error.starts_with("22: no server in "), "{error}"),
        }
    }
}
