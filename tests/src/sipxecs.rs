//! What must hold for any answer of the service of sipXecs: the body of the fuzz target `sipxecs`.

use ami_proto::freeswitch::command::Lock;
use ami_proto::sipxecs::{Challenge, Conference, Contact, ContactDraft, Credentials, DigestError, Recorder, Response};
use std::cell::RefCell;

/// Any bytes as an answer, a challenge or contact information of sipXecs: a reply is what stands in
/// its wrapper and comes with a status of success alone; a challenge is answered with just the
/// values that it has, hashed as RFC 2617 has it, in a header that no text gets out of; fields of a
/// contact lie side by side within the text, and are found by name.
pub fn sipxecs(data: &[u8]) {
    let (Some((head, body)), Ok(text)) = (data.split_first_chunk::<2>(), std::str::from_utf8(data)) else {
        if let Some((head, body)) = data.split_first_chunk::<2>() {
            response(u16::from_le_bytes(*head), body);
        }
        return;
    };
    for status in [u16::from_le_bytes(*head), 200, 299, 300, 404] {
        response(status, body);
    }
    for text in [text, &format!("Digest {text}"), &format!("Digest realm=\"a\", nonce=\"b\", {text}")] {
        challenge(text);
    }
    contact(text);
    contact(&format!("<contact-information>{text}"));
}

fn response(status: u16, body: &[u8]) {
    let within =
        |text: &[u8]| body.as_ptr_range().start <= text.as_ptr() && text.as_ptr_range().end <= body.as_ptr_range().end;
    let trimmed = body.trim_ascii();
    let wrapped = |name: &str| {
        let inner = trimmed.strip_prefix(format!("<{name}>").as_bytes())?;
        inner.strip_suffix(format!("</{name}>").as_bytes())
    };
    let exception = wrapped("command-exception");
    match Response::new(status, body).reply() {
        Ok(reply) => {
            assert!((200..300).contains(&status) && exception.is_none());
            assert_eq!(reply.as_bytes(), wrapped("command-response").unwrap_or(body));
            if let Some(error) = reply.error() {
                assert!(within(error.as_bytes()) && !error.as_bytes().contains(&b'\n'));
                assert!(reply.recorder().is_none() && !reply.invitation_sent());
            }
            match reply.recorder() {
                Some(Recorder::InProgress) => assert_eq!(reply.as_bytes().trim_ascii(), b"IN_PROGRESS"),
                Some(Recorder::NoRecording) => assert_eq!(reply.as_bytes().trim_ascii(), b"NO_RECORDING"),
                Some(Recorder::Duration(seconds)) => {
                    let text = String::from_utf8_lossy(reply.as_bytes());
                    assert!(seconds == 0 || !text.trim().starts_with('-'), "a time before nothing");
                    let digits = text.trim().trim_start_matches(['+', '-', '0']);
                    assert_eq!(digits, if seconds == 0 { String::new() } else { seconds.to_string() });
                }
                _ => {}
            }
            assert_eq!(reply.invitation_sent(), reply.as_bytes().trim_ascii() == b"Invitation sent");
        }
        Err(error) => {
            assert!(!(200..300).contains(&status) || exception.is_some());
            let expected = exception.or_else(|| wrapped("command-response")).unwrap_or(body);
            assert_eq!((error.status(), error.message().as_bytes()), (status, expected));
            assert!(!error.to_string().contains(char::is_control), "an error breaks the line");
        }
    }
}

fn challenge(text: &str) {
    let Some(challenge) = Challenge::parse(text) else { return };
    // Blanks around it are none of it.
    let text = text.trim_ascii();
    assert!(!text.contains(char::is_control), "a control character came through");
    assert!(text.contains(challenge.realm()) && text.contains(challenge.nonce()));
    let request = Conference::new("c").request(&Lock::new()).expect("a request");
    let hashed = RefCell::new(Vec::new());
    let md5 = |bytes: &[u8]| {
        let mut hashed = hashed.borrow_mut();
        hashed.push(String::from_utf8(bytes.to_vec()).expect("text"));
        [hashed.len() as u8; 16]
    };
    let header = match Credentials::new("us er", "pin").authorization(&request, &challenge, "f00", 7, md5) {
        Ok(header) => header,
        Err(error) => return assert_eq!(error, DigestError::Algorithm),
    };
    // The challenge may have these letters by chance, and is echoed.
    assert!(!header.contains(char::is_control) && (text.contains("pin") || !header.contains("pin")));
    let parameters = parameters(header.strip_prefix("Digest ").expect("a digest"));
    let find = |name: &str| parameters.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str());
    // As they stand in quotes: what is no escape stays one that is none.
    assert_eq!(find("username"), Some("us er"));
    assert_eq!(find("realm"), Some(plain(challenge.realm()).as_str()));
    assert_eq!(find("nonce"), Some(plain(challenge.nonce()).as_str()));
    assert_eq!(find("uri"), Some(request.target()));
    let hashed = hashed.into_inner();
    let (one, two) = ("01".repeat(16), "02".repeat(16));
    assert_eq!(hashed[0], format!("us er:{}:pin", plain(challenge.realm())));
    assert_eq!(hashed[1], format!("GET:{}", request.target()));
    let nonce = plain(challenge.nonce());
    if find("qop").is_some() {
        assert_eq!((find("qop"), find("nc"), find("cnonce")), (Some("auth"), Some("00000007"), Some("f00")));
        assert_eq!(hashed[2], format!("{one}:{nonce}:00000007:f00:auth:{two}"));
    } else {
        assert_eq!((find("nc"), find("cnonce")), (None, None));
        assert_eq!(hashed[2], format!("{one}:{nonce}:{two}"));
    }
    assert_eq!(find("response"), Some("03".repeat(16).as_str()));
    let names: std::collections::BTreeSet<_> = parameters.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), parameters.len(), "a name twice");
}

/// A quoted string's text.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

/// Name and value of each parameter, as a server takes a header apart.
fn parameters(header: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut rest = header;
    while !rest.is_empty() {
        let (name, tail) = rest.split_once('=').expect("a value");
        let Some(quoted) = tail.strip_prefix('"') else {
            let (value, tail) = tail.split_at(tail.find(", ").unwrap_or(tail.len()));
            found.push((name, value.to_owned()));
            rest = tail.strip_prefix(", ").unwrap_or(tail);
            continue;
        };
        let mut end = 0;
        let mut chars = quoted.char_indices();
        while let Some((at, c)) = chars.next() {
            end = at;
            match c {
                '"' => break,
                '\\' => drop(chars.next()),
                _ => {}
            }
        }
        found.push((name, plain(&quoted[..end])));
        let tail = quoted[end..].strip_prefix('"').expect("a quote at the end");
        rest = tail.strip_prefix(", ").unwrap_or(tail);
        assert!(rest.len() < tail.len() || rest.is_empty(), "something behind a quote: {tail}");
    }
    found
}

fn contact(text: &str) {
    let Some(contact) = Contact::parse(text) else { return };
    let mut end = text.as_ptr();
    let mut names = std::collections::BTreeSet::new();
    for (name, inside) in contact.fields() {
        assert!(!name.is_empty() && !name.contains(['<', '>', '/', ' ']));
        // Behind the one before, in order.
        assert!(end <= name.as_ptr() && name.as_bytes().as_ptr_range().end <= inside.as_ptr());
        end = inside.as_bytes().as_ptr_range().end;
        assert!(end <= text.as_bytes().as_ptr_range().end);
        assert!(!inside.contains(&format!("</{name}>")), "it ends at its first closing tag");
        if names.insert(name) && !name.contains('.') {
            let value = contact.get(name).expect("it is there");
            assert!(value.len() <= inside.len());
            if !inside.contains('&') {
                assert_eq!(value, inside.trim_ascii().trim_start_matches('>'));
            }
        }
    }
    // What is written of it is such a document again, and no longer than escapes make it.
    if let Ok(written) = ContactDraft::from(contact).to_xml() {
        assert!(written.len() <= 5 * text.len() + "<contact-information></contact-information>".len());
        // Of one that is not well-formed other fields may be read than the service reads.
        assert!(Contact::parse(&written).is_some());
    }
    let mut fields = contact.fields();
    while fields.next().is_some() {}
    assert!(fields.next().is_none(), "the end is the end");
    assert_eq!(contact.get("no such name"), None);
}
