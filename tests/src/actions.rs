//! Requests held to a model of the server that reads them: the body of the fuzz target `actions`.
//!
//! The model is Asterisk's `main/manager.c` (`get_input`, `__astman_get_header`) and, for comma
//! lists, `__ast_app_separate_args`, written again from their description and not from this crate's
//! code.

use super::builders::{BUILDERS, build};
use super::typed::is_named;
use ami_proto::EncodeError;
use ami_proto::action::{Action, Custom, EncodedAction, Originate, Ping, UpdateConfig, UserEvent};
use ami_proto::catalogue::{ActionType, Kind};
use ami_proto::error::Refusal;
use arbitrary::Unstructured;

/// Texts that would do harm if they went through unchanged, or that would arrive changed.
const HOSTILE: [&str; 30] = [
    "",
    " ",
    "\r",
    "\n",
    "\0",
    "a\r\nAction: Originate",
    "a\r\n\r\nAction: Originate\r\nChannel: x\r\n\r\n",
    "\nb",
    "b\n",
    "\rb",
    " lead",
    "\tlead",
    "trail ",
    "a=b",
    "=",
    "a,b",
    ",",
    "\"",
    "\\",
    "\\,",
    "(",
    "(a,b",
    ")",
    "[,",
    "]",
    "a:b",
    ":",
    "\u{7f}",
    "é",
    "CALLERID(name)",
];

/// What a request is in the tests: the catalogue's type if it has one, and how it was written.
pub type Written = (Option<ActionType>, Result<(), EncodeError>);

/// A source of texts, one for each place that takes one.
pub type Texts<'a> = &'a mut dyn FnMut() -> Vec<u8>;

/// Whatever text stands wherever an action takes one: it is refused and nothing is written, or the
/// server reads exactly what was given, in one message of its size. Plain words are never refused.
pub fn actions(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let number = usize::from(bytes.arbitrary::<u16>().unwrap_or_default()) % (BUILDERS + OWN);
    let id = action_id(&mut bytes).unwrap_or_default();
    // First with words that tell where each text goes.
    let mut words = Vec::new();
    let mut out = Vec::new();
    let (kind, written) = write(number, None, &mut out, &mut || {
        words.push(format!("w{}w", words.len()).into_bytes());
        words.last().cloned().unwrap_or_default()
    });
    written.expect("plain words are not refused");
    let pattern = server::read(&out, kind).expect("a message of plain words");

    let texts: Vec<Vec<u8>> = words.iter().map(|_| text(&mut bytes).unwrap_or_default()).collect();
    let mut left = texts.iter();
    let before = b"before".to_vec();
    let mut out = before.clone();
    let (_, written) = write(number, id.as_deref(), &mut out, &mut || left.next().cloned().unwrap_or_default());
    let Err(error) = written else {
        let given = |part: &Vec<u8>| words.iter().position(|word| word == part).map_or(part, |at| &texts[at]).clone();
        let mut expected: Vec<server::Header> =
            pattern.iter().map(|(name, parts)| (given(name), parts.iter().map(given).collect())).collect();
        if let Some(id) = &id {
            expected.insert(1, (b"ActionID".to_vec(), vec![id.clone().into_bytes()]));
        }
        let read = server::read(&out[before.len()..], kind).expect("a whole message");
        assert_eq!(read, expected, "{}", out.escape_ascii());
        return;
    };
    assert_eq!(out, before, "nothing is written");
    let is_word = |text: &[u8]| (1..=30).contains(&text.len()) && text.iter().all(u8::is_ascii_alphanumeric);
    let all = texts.iter().map(Vec::as_slice).chain(id.iter().map(String::as_bytes));
    assert!(!all.into_iter().all(is_word), "plain words are refused: {error}");
}

/// Requests with more than a builder's sample has.
const OWN: usize = 5;

fn write(number: usize, id: Option<&str>, out: &mut Vec<u8>, text: Texts<'_>) -> Written {
    match number.checked_sub(BUILDERS) {
        None => build(number, id, out, text),
        Some(0) => encode(&UserEvent::new(text()).header(text(), text()).header(text(), text()), id, out),
        Some(1) => encode(&Custom::new(text()).header(text(), text()).header(text(), text()), id, out),
        Some(2) => {
            let edits = UpdateConfig::new(text(), text())
                .new_category(text())
                .rename_category(text(), text())
                .append(text(), text(), text())
                .insert(text(), 3, text(), text())
                .delete(text(), text());
            encode(&edits, id, out)
        }
        Some(3) => encode(&Ping::new().header(text(), text()), id, out),
        Some(_) => {
            let variables = Originate::new(text()).variable(text(), text()).variable(text(), text());
            encode(&variables.header(text(), text()), id, out)
        }
    }
}

/// Writes an action. Encoded ahead it is refused too, or writes the same.
pub fn encode(action: &impl Action, id: Option<&str>, out: &mut Vec<u8>) -> Written {
    let start = out.len();
    let written = action.encode(id, out);
    match EncodedAction::of(action) {
        Ok(encoded) => {
            let mut again = Vec::new();
            assert_eq!(
                (encoded.action_type(), encoded.encode(id, &mut again)),
                (action.action_type(), written.clone())
            );
            assert_eq!(again.escape_ascii().to_string(), out[start..].escape_ascii().to_string());
            assert_eq!(Some(encoded.name().as_bytes()), encoded.as_bytes()[8..].split(|byte| *byte == b'\r').next());
        }
        // One that has no room for an `ActionID` can't be sent by a client.
        Err(error) => {
            assert!(written.is_err() || matches!(error.refusal(), Refusal::TooManyHeaders { .. }), "{error}");
        }
    }
    (action.action_type(), written)
}

fn action_id(bytes: &mut Unstructured<'_>) -> arbitrary::Result<Option<String>> {
    Ok(match bytes.arbitrary::<u8>()? {
        0..128 => None,
        _ => Some(String::from_utf8_lossy(&text(bytes)?).into_owned()),
    })
}

fn text(bytes: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    let form: u8 = bytes.arbitrary()?;
    Ok(match form {
        0..64 => format!("word{form}").into_bytes(),
        64..160 => HOSTILE[usize::from(form) % HOSTILE.len()].as_bytes().to_vec(),
        // Near the longest line.
        160..168 => vec![b'x'; 990 + usize::from(bytes.arbitrary::<u8>()? & 63)],
        _ => {
            let len = usize::from(form & 63).min(bytes.len());
            bytes.bytes(len)?.to_vec()
        }
    })
}

/// The server's reader.
mod server {
    use super::{ActionType, Kind, is_named};

    /// A header's name, and its value taken apart as the server does for this header.
    pub(super) type Header = (Vec<u8>, Vec<Vec<u8>>);

    /// Reads one message, all of the input. `None`: the server would not read it so.
    pub(super) fn read(mut input: &[u8], action: Option<ActionType>) -> Option<Vec<Header>> {
        let mut headers = Vec::new();
        loop {
            let newline = input.iter().position(|byte| *byte == b'\n')?;
            let line = &input[..newline];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            input = &input[newline + 1..];
            if line.is_empty() {
                return input.is_empty().then_some(headers);
            }
            if line.len() > 1022 || headers.len() == 128 || line.contains(&0) {
                return None;
            }
            let colon = line.iter().position(|byte| *byte == b':')?;
            let (name, value) = (&line[..colon], &line[colon + 1..]);
            headers.push((name.to_vec(), parts(name, value, action)));
        }
    }

    fn parts(name: &[u8], value: &[u8], action: Option<ActionType>) -> Vec<Vec<u8>> {
        let copies = action.is_some_and(|action| action.name() == "UserEvent");
        let own = [&b"Action"[..], b"ActionID", b"UserEvent"].iter().any(|own| name.eq_ignore_ascii_case(own));
        if copies && !own {
            // It copies the line as it stands.
            return vec![value.strip_prefix(b" ").unwrap_or(value).to_vec()];
        }
        let blanks = value.iter().take_while(|byte| **byte < 33).count();
        let value = &value[blanks..];
        match action.and_then(|action| action.fields().find(|field| is_named(*field, name))).map(|field| field.kind()) {
            Some(Kind::List) => items(value),
            Some(Kind::Assignment | Kind::Assignments) => {
                items(value).iter().flat_map(|item| assignment(item)).collect()
            }
            _ => vec![value.to_vec()],
        }
    }

    fn assignment(item: &[u8]) -> Vec<Vec<u8>> {
        let mut parts = item.splitn(2, |byte| *byte == b'=');
        [parts.next(), parts.next()].into_iter().flatten().map(<[u8]>::to_vec).collect()
    }

    fn items(list: &[u8]) -> Vec<Vec<u8>> {
        let mut items = vec![Vec::new()];
        let (mut parens, mut brackets, mut quoted) = (0_u32, 0_u32, false);
        let mut bytes = list.iter().copied();
        while let Some(byte) = bytes.next() {
            let item = items.last_mut().expect("one at the least");
            match byte {
                b'(' => parens += 1,
                b')' => parens = parens.saturating_sub(1),
                b'[' => brackets += 1,
                b']' => brackets = brackets.saturating_sub(1),
                b'"' => {
                    quoted = !quoted;
                    continue;
                }
                b'\\' => {
                    item.extend(bytes.next());
                    continue;
                }
                b',' if parens == 0 && brackets == 0 && !quoted => {
                    items.push(Vec::new());
                    continue;
                }
                _ => {}
            }
            item.push(byte);
        }
        items
    }
}
