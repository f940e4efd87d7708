//! The event socket: a naive reader to compare with, recordings, and what must hold for any bytes (the body of the fuzz target `esl`).

use std::path::{Path, PathBuf};

use super::session;

use ami_proto::FrameError;
use ami_proto::freeswitch::event::ConferenceEvent;
use ami_proto::freeswitch::{Decoder, Frame, LIMITS, Message, mask, mask_header};

/// A frame as anyone would read it who has all bytes: offset, length, headers, body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naive {
    pub offset: usize,
    pub len: usize,
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Naive {
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let mut found = self.headers.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()));
        found.next().map(|(_, value)| value.as_slice())
    }

    pub fn is(&self, content_type: &str) -> bool {
        self.get("Content-Type") == Some(content_type.as_bytes())
    }
}

/// All frames of a server's stream, and where what is unfinished begins.
pub fn naive(stream: &[u8]) -> (Vec<Naive>, usize) {
    let (mut frames, mut at) = (Vec::new(), 0);
    loop {
        while stream.get(at) == Some(&b'\n') {
            at += 1;
        }
        let Some(end) = stream[at..].windows(2).position(|two| two == b"\n\n") else { return (frames, at) };
        let headers: Vec<_> = stream[at..at + end]
            .split(|byte| *byte == b'\n')
            .filter_map(|line| {
                let colon = line.iter().position(|byte| *byte == b':')?;
                let value = &line[colon + 1..];
                Some((line[..colon].to_vec(), value.strip_prefix(b" ").unwrap_or(value).to_vec()))
            })
            .collect();
        let mut frame = Naive { offset: at, len: end + 2, headers, body: Vec::new() };
        let length = frame.get("Content-Length").map_or("0", |length| std::str::from_utf8(length).expect("digits"));
        let length: usize = length.parse().expect("a length");
        let Some(body) = stream.get(at + end + 2..at + end + 2 + length) else { return (frames, at) };
        frame.body = body.to_vec();
        frame.len += length;
        at += frame.len;
        frames.push(frame);
    }
}

pub fn plain(frame: Frame<'_>) -> Naive {
    Naive {
        offset: usize::try_from(frame.offset()).expect("a short stream"),
        len: frame.as_bytes().len(),
        headers: frame.headers().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect(),
        body: frame.body().to_vec(),
    }
}

/// The files of `corpus/freeswitch` with this ending.
pub fn corpus(ending: &str) -> Vec<(String, Vec<u8>)> {
    let folder = super::root().join("corpus/freeswitch");
    let entries = std::fs::read_dir(folder).expect("the corpus");
    let paths = entries.map(|entry| entry.expect("a file").path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .map(|path| (path.display().to_string(), std::fs::read(&path).expect("a readable file")))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no .{ending} in corpus/freeswitch");
    files
}

/// Everything that servers have said in the corpus, and in all recordings where they are there.
pub fn streams() -> Vec<(String, Vec<u8>)> {
    let mut streams = corpus("esl");
    for (name, replay) in corpus("replay") {
        let turns = session::replay(&replay).into_iter().filter(|turn| !turn.from_client);
        streams.push((name, turns.flat_map(|turn| turn.bytes).collect()));
    }
    for scenario in scenarios() {
        for entry in std::fs::read_dir(scenario).expect("a scenario") {
            let path = entry.expect("a file").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with("server") && name.ends_with(".bin") {
                streams.push((path.display().to_string(), std::fs::read(&path).expect("a readable file")));
            }
        }
    }
    streams
}

/// The folders of FreeSWITCH's recordings below the folder that `AMI_CAPTURES` names; none without
/// it.
pub fn scenarios() -> Vec<PathBuf> {
    let Some(folder) = super::captures::folder() else { return Vec::new() };
    let ours = |path: &Path| {
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let of_freeswitch = path.iter().any(|part| part.to_string_lossy().starts_with("freeswitch-"));
        of_freeswitch && file.starts_with("server") && file.ends_with(".bin")
    };
    let streams = super::captures::files(&folder, "streams of FreeSWITCH", ours);
    let mut all: Vec<_> = streams.iter().filter_map(|path| path.parent()).map(Path::to_path_buf).collect();
    all.dedup();
    all
}

/// Reads in pieces of these sizes, in turn, until the end or an error.
pub fn decode(stream: &[u8], sizes: &[usize], mut each: impl FnMut(Frame<'_>)) -> Result<u64, FrameError> {
    let mut decoder = Decoder::new(LIMITS);
    decode_with(&mut decoder, stream, sizes, &mut each)
}

pub fn decode_with(
    decoder: &mut Decoder,
    mut stream: &[u8],
    sizes: &[usize],
    each: &mut dyn FnMut(Frame<'_>),
) -> Result<u64, FrameError> {
    for size in sizes.iter().cycle() {
        let (piece, rest) = stream.split_at((*size).max(1).min(stream.len()));
        if piece.is_empty() {
            break;
        }
        stream = rest;
        decoder.push(piece);
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => each(frame),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.next_frame().err(), Some(error), "the error is sticky");
                    return Err(error);
                }
            }
        }
    }
    Ok(decoder.offset())
}

/// Whatever the bytes and however they are cut up, the same frames come out, none of their readers
/// panics, and no byte is lost between them; whatever is done to a connection that reads them, each
/// request ends once, and what is held stays under the ceiling; and with a server that answers,
/// each step brings the events that a model of the session says.
pub fn esl(data: &[u8]) {
    let (setup, stream) = data.split_at(data.len().min(8));
    frames(stream, setup);
    connection(data);
    message(data);
    drop(super::esl_session::session(data));
}

/// Writes a message of any texts: refused and nothing written, or one head of just its lines, and
/// its body.
fn message(data: &[u8]) {
    let mut texts = data.splitn(4, |byte| *byte == 0xFF);
    let mut text = || texts.next().unwrap_or_default();
    let (line, name, value, body) = (text(), text(), text(), text());
    let mut out = Vec::new();
    if Message::new(line).header(name, value).body(body).encode(&mut out).is_err() {
        assert!(out.is_empty());
        return;
    }
    let head = out.strip_suffix(body).and_then(|head| head.strip_suffix(b"\n\n")).expect("a head and its body");
    let length = format!("Content-Length: {}", body.len());
    let lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').collect();
    assert_eq!(lines, [line, &[name, b": ", value].concat(), length.as_bytes()], "{}", out.escape_ascii());
}

fn frames(stream: &[u8], setup: &[u8]) {
    let limits = LIMITS.line(4096).lines(64).frame(1 << 16);
    let read = |sizes: &[usize]| {
        let (mut frames, mut end) = (Vec::new(), 0);
        let mut decoder = Decoder::new(limits);
        let result = decode_with(&mut decoder, stream, sizes, &mut |frame| {
            let start = usize::try_from(frame.offset()).expect("a short stream");
            assert!(stream[end..start].iter().all(|byte| matches!(byte, b'\r' | b'\n')), "bytes lost at {end}");
            end = start + frame.as_bytes().len();
            assert_eq!(frame.as_bytes(), &stream[start..end]);
            readers(frame);
            frames.push((plain(frame), format!("{frame:?}")));
        });
        (frames, result)
    };
    let whole = read(&[usize::MAX]);
    assert_eq!(whole, read(&[1]));
    let sizes: Vec<usize> = setup.iter().map(|size| usize::from(*size) + 1).chain([7]).collect();
    assert_eq!(whole, read(&sizes));
}

fn readers(frame: Frame<'_>) {
    let owned = frame.to_owned();
    assert_eq!(format!("{:?}", owned.view()), format!("{frame:?}"));
    let _ = (frame.answer(), frame.command(), frame.is_refusal(), mask(frame.body()));
    let Some(event) = frame.event() else { return };
    let kept = event.to_owned();
    for ((name, value), (same_name, same_value)) in event.headers().zip(kept.view().headers()) {
        assert_eq!((name, value), (same_name, same_value));
        let decoded = value.decode();
        assert!(value == *decoded && value.items().count() > 0);
        let _ = mask_header(name.as_bytes(), &decoded);
    }
    let typed = ConferenceEvent::from(event);
    for (_, field) in typed.fields() {
        let _ = field.map_err(|error| error.to_string());
    }
    let _ = (typed.rest().count(), typed.type_name());
}

fn connection(data: &[u8]) {
    let (_, stream) = data.split_at(data.len().min(8));
    use ami_proto::freeswitch::{Config, Connection, ConnectionEvent, Credentials, Ending, Message};
    use std::collections::HashMap;
    use std::time::{Duration, Instant};

    let limits = LIMITS.line(4096).lines(64).frame(1 << 16).buffer(1 << 17);
    let config = Config::new().without_keep_alive().limits(limits).ceiling(1 << 12);
    let most = config.most_held();
    let start = Instant::now();
    let mut now = start;
    let mut connection = Connection::new(config.max_in_flight(16)).seeded(7);
    // How often each request has ended.
    let mut open: HashMap<_, u32> = HashMap::new();
    // From all bytes, those of the stream too.
    let mut steps =
        data.iter().copied().cycle().zip(0_u8..200).map(|(step, turn)| step.wrapping_mul(31).wrapping_add(turn));
    let mut left = stream;
    for _ in 0..200 {
        let step = steps.next().unwrap_or(0);
        match step % 13 {
            0 => drop(connection.login(now, Credentials::password("x"))),
            1 => drop(connection.connect(now)),
            2 => drop(connection.api(now, "status").map(|id| open.insert(id, 0))),
            3 => drop(connection.bgapi(now, "status").map(|id| open.insert(id, 0))),
            4 => drop(connection.send(now, &Message::new("filter A b")).map(|id| open.insert(id, 0))),
            5 => drop(connection.send(now, &Message::new("noevents")).map(|id| open.insert(id, 0))),
            6 => {
                if let Some(id) = open.keys().min().copied() {
                    connection.cancel(id);
                }
            }
            7 => {
                now = connection.poll_timeout().unwrap_or(now + Duration::from_secs(1));
                connection.handle_timeout(now);
                assert!(connection.poll_timeout().is_none_or(|next| next > now), "what was due is done");
            }
            8 if step > 200 => connection.close(now),
            9 if step > 220 => connection.handle_eof(now),
            10 => {
                if connection.reconnect().is_ok() {
                    left = stream;
                }
            }
            _ => {
                let (piece, _) = left.split_at(left.len().min(usize::from(step) + 1));
                left = &left[connection.handle_input(now, piece)..];
            }
        }
        if let Some(bytes) = connection.poll_transmit() {
            let n = bytes.len().div_ceil(1 + usize::from(step % 3));
            connection.transmitted(n);
        }
        while let Ok(Some(event)) = connection.poll_event() {
            if let ConnectionEvent::Ended { id, ending } = event {
                let endings = open.get_mut(&id).expect("a request that was sent");
                *endings += 1;
                assert_eq!(*endings, 1, "{ending:?} is one ending too many");
                let _ = matches!(ending, Ending::Reply(_));
            }
        }
        assert!(matches!(connection.poll_event(), Ok(None) | Err(_)), "nothing new appears");
        assert!(connection.held() <= most, "{} held", connection.held());
    }
    connection.close(now);
    connection.handle_eof(now);
    while let Ok(Some(event)) = connection.poll_event() {
        if let ConnectionEvent::Ended { id, .. } = event {
            *open.get_mut(&id).expect("a request that was sent") += 1;
        }
    }
    assert!(connection.is_over());
    assert!(open.values().all(|endings| *endings == 1), "each request ends once: {open:?}");
}
