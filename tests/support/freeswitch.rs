//! What the FreeSWITCH tests share: a naive twin of the server's splitter, and which command a line is.

use ami_proto::freeswitch::command::Name;
use ami_proto::freeswitch::list::{Columns, Format, List};
use ami_proto::freeswitch::reply::Reply;

/// The words that the server reads in what stands behind `conference `: at most 25, the last with all that is left.
///
/// Blanks split, but not within `'…'`; the quotes go. A backslash gives `'`, `"`, itself, and `n r t s` their meaning, and stays before anything else.
/// `^^` and a byte before all of it split at that one instead.
pub fn split(line: &str) -> Vec<String> {
    let mut chars: Vec<char> = line.chars().collect();
    let mut delimiter = ' ';
    if let ['^', '^', other, _, ..] = chars[..] {
        delimiter = other;
        chars.drain(..3);
    }
    let mut words = Vec::new();
    let mut at = 0;
    while at < chars.len() && words.len() < 25 {
        while chars.get(at) == Some(&' ') {
            at += 1;
        }
        let start = at;
        let mut quoted = false;
        while at < chars.len() && (quoted || chars[at] != delimiter) {
            match chars[at] {
                '\\' => at += 1,
                '\'' => quoted = !quoted,
                _ => {}
            }
            at += 1;
        }
        let end = if words.len() == 24 { chars.len() } else { at.min(chars.len()) };
        if start < chars.len() || delimiter != ' ' {
            words.push(unquoted(&chars[start..end]));
        }
        at = at.saturating_add(1);
    }
    words
}

fn unquoted(word: &[char]) -> String {
    let mut out = String::new();
    // Blanks at the end go, unless quotes or a backslash keep them.
    let mut kept = 0;
    let mut quoted = false;
    let mut at = 0;
    while let Some(&c) = word.get(at) {
        let escaped = match word.get(at + 1) {
            Some(next) if c == '\\' => match next {
                '\'' | '"' | '\\' => Some(*next),
                'n' => Some('\n'),
                'r' => Some('\r'),
                't' => Some('\t'),
                's' => Some(' '),
                _ => None,
            },
            _ => None,
        };
        if let Some(escaped) = escaped {
            out.push(escaped);
            kept = out.len();
            at += 2;
            continue;
        }
        if c == '\'' && (quoted || word[at + 1..].contains(&'\'')) {
            quoted = !quoted;
            kept = out.len().max(kept);
        } else {
            out.push(c);
            if c != ' ' || quoted {
                kept = out.len();
            }
        }
        at += 1;
    }
    out.truncate(kept);
    out
}

/// Where the text of `say` and `saymember` begins: behind the first place where the word stands, wherever that is.
pub fn text<'a>(line: &'a str, word: &str) -> &'a str {
    line.split_once(word).map_or(line, |(_, text)| text).trim_start_matches([' ', '\t'])
}

/// The sub-command that a recorded line asked for, as far as the line tells: a conference may be called like one.
pub fn name(line: &str) -> Option<Name> {
    let line = line.trim_start();
    let rest = line.get("conference".len()..).unwrap_or_default();
    let words = split(rest.strip_prefix(' ').unwrap_or(rest));
    let global = |word: &String| {
        ["list", "count", "xml_list", "json_list", "help"].contains(&word.to_ascii_lowercase().as_str())
    };
    match &words[..] {
        [first, ..] if first.eq_ignore_ascii_case("list") => Some(Name::List),
        [_, second, ..] if Name::find(second).is_some() => Name::find(second),
        [first, ..] if first.eq_ignore_ascii_case("commands") => Some(Name::Help),
        [first, ..] if global(first) => Name::find(first),
        _ => None,
    }
}

/// The body of the fuzz target `fs_list`: how to read in the first bytes, what to read behind them.
pub fn fs_list(data: &[u8]) {
    let [first, second, body @ ..] = data else { return };
    let name = Name::ALL[usize::from(*first) % Name::ALL.len()];
    let reply = Reply::new(name, body);
    let outcomes = reply.outcomes().count();
    assert!(outcomes <= body.len() && (outcomes == 0) == reply.is_empty());
    assert!(Reply::unnamed(body).outcomes().count() <= body.len());

    let delimiter = [";", ">,<", "|", ",", "\t", "", " , ", "hear"][usize::from(second & 7)];
    let columns = if second & 8 == 0 { Columns::Server } else { Columns::Reference };
    let list = List::parse(body, &Format::new().delimiter(delimiter).columns(columns));
    let members: usize = list.conferences.iter().map(|conference| conference.members.len()).sum();
    let named = list.conferences.iter().filter(|conference| conference.name.is_some()).count();
    let nothing: [&[u8]; 5] =
        [b"", b"+OK ", b"No active conferences.", b"+OK No active conferences.", b"-ERR no reply"];
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !nothing.contains(line));
    // `+OK -ERR no reply` is as empty.
    let lines = lines.filter(|line| *line != b"+OK -ERR no reply").count();
    assert_eq!(members + named + list.unread.len(), lines);

    if let Ok(text) = std::str::from_utf8(body) {
        if let Ok(list) = List::from_json(text) {
            let json: Vec<serde_json::Value> = serde_json::from_str(text).expect("JSON");
            assert_eq!(list.conferences.len(), json.len());
        }
    }
    #[cfg(feature = "xml")]
    if let Ok(list) = List::from_xml(body) {
        let opened = memchr::memmem::find_iter(body, b"<conference").count();
        assert!(list.conferences.len() <= opened);
    }
}
