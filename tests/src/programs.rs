//! Programs of this repository, run as a user runs them: with a bound on the time that they take.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Longer than any of them takes, even on a machine that is busy with something else.
pub const BOUND: Duration = Duration::from_secs(20);

/// A process that is ended with the test, however that goes.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Exit code, output and messages of a run that is over, as text.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("its output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("its messages are UTF-8"),
        }
    }
}

/// The program at this path, without what the environment would tell it.
pub fn command(path: &str) -> Command {
    let mut command = Command::new(path);
    command.env_remove("AMI_SECRET").env_remove("CONFERENCE_SECRET").stdin(Stdio::null());
    command
}

/// Reads from a pipe elsewhere, so that the wait for it has an end.
pub fn read<T: Send + 'static>(pipe: impl Read + Send + 'static, how: fn(&mut dyn BufRead) -> T) -> mpsc::Receiver<T> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(how(&mut BufReader::new(pipe))));
    receiver
}

/// Reads all that comes out of a pipe.
pub fn all(pipe: &mut dyn BufRead) -> String {
    let mut text = String::new();
    pipe.read_to_string(&mut text).expect("output that is UTF-8");
    text
}

/// Starts a program that listens, and gives the address that it prints first.
pub fn listening(command: &mut Command) -> (Running, String) {
    let mut child = Running(command.stdout(Stdio::piped()).spawn().expect("the program starts"));
    let stdout = child.0.stdout.take().expect("a pipe");
    let first = read(stdout, |pipe| {
        let mut line = String::new();
        pipe.read_line(&mut line).expect("a line");
        line
    });
    let address = first.recv_timeout(BOUND).expect("an address in time").trim().to_string();
    assert!(address.starts_with("127.0.0.1:"), "{command:?}: {address}");
    (child, address)
}

/// What a program left behind: its exit code, what it printed, and its messages.
pub fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let mut child = Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts"));
    let stdout = read(child.0.stdout.take().expect("a pipe"), all);
    let stderr = read(child.0.stderr.take().expect("a pipe"), all);
    let stdout = stdout.recv_timeout(BOUND).unwrap_or_else(|_| panic!("{command:?} did not end in time"));
    let stderr = stderr.recv_timeout(BOUND).expect("its messages");
    (child.0.wait().expect("the program ends").code(), stdout, stderr)
}

/// What a program prints when all goes well.
pub fn output(command: &mut Command) -> String {
    let (code, stdout, stderr) = run(command);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{command:?} printed {stdout}");
    assert!(!stdout.contains("s3cret"), "{command:?} shows the secret: {stdout}");
    stdout
}

/// Runs a program on this input. It may end before it has read all.
pub fn fed(command: &mut Command, stdin: &[u8]) -> Run {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut input = child.stdin.take().expect("a pipe");
    let stdin = stdin.to_vec();
    let writer = std::thread::spawn(move || drop(input.write_all(&stdin)));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("no panic");
    output.into()
}
