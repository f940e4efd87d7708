//! A server for the tests of programs, which says what a test wants: also what would steer a
//! terminal.

use ami_proto::conn::Machine as _;
use ami_proto::server::{Config, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Sets a title, clears the screen, begins a sequence by C1, and turns the text around.
pub const HOSTILE: &str = "x\u{1b}]0;t\u{7}\u{1b}[2J\u{9b}1m\u{202e}\u{2066}\u{7f}";
/// The same as programs show it.
pub const ESCAPED: &str = r"x\u{1b}]0;t\u{7}\u{1b}[2J\u{9b}1m\u{202e}\u{2066}\u{7f}";

/// What is said to a request: its name, and the `ActionID` it came with.
pub type Speak = fn(&mut Server, RequestId, &str, &str);

/// A server on a thread of its own that lets the next client in, whose secret is `s3cret`, and
/// answers it. Gives its address.
pub fn server(speak: Speak) -> String {
    server_of([speak])
}

/// The same for as many clients, one after the other, each of which is answered in its own way.
pub fn server_of(speaks: impl IntoIterator<Item = Speak> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        for speak in speaks {
            serve(&mut listener.accept().expect("a client").0, speak);
        }
    });
    address
}

fn serve(socket: &mut TcpStream, speak: Speak) {
    let mut server = Server::new(Instant::now(), Config::new().fully_booted(false));
    socket.set_read_timeout(Some(Duration::from_secs(1))).expect("a bound");
    loop {
        while let Some(event) = server.poll_event().expect("a client that keeps the rules") {
            match event {
                ServerEvent::Login { id, attempt } => {
                    let known = attempt.verify("s3cret");
                    let now = Instant::now();
                    if known { server.accept(id, Classes::ALL) } else { server.refuse(now, id) }.expect("it waits");
                }
                ServerEvent::Request { id, request } => {
                    let action_id = request.action_id().expect("clients name their requests").to_string();
                    let name = request.frame().name().expect("a name").to_string();
                    speak(&mut server, id, &name, &action_id);
                }
                _ => {}
            }
        }
        let over = server.is_over();
        if server.exchange(socket, Instant::now).is_err() || over {
            return;
        }
    }
}

/// Fails where a text has something in it that steers terminals.
pub fn harmless(text: &str) {
    let steers =
        |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert_eq!(text.chars().find(|c| steers(*c)), None, "{text:?}");
}
