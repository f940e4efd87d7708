//! What the FreeSWITCH tests share: a naive twin of the server's splitter, and which command a line
//! is.

use ami_proto::freeswitch::command::Name;
use ami_proto::freeswitch::list::{Format, List, Text};
use ami_proto::freeswitch::reply::Reply;

/// The words that the server reads in what stands behind `conference `: at most 25, the last with
/// all that is left.
///
/// Blanks split, but not within `'…'`; the quotes go. A backslash gives `'`, `"`, itself, and `n r
/// t s` their meaning, and stays before anything else. `^^` and a byte before all of it split at
/// that one instead.
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

/// Where the text of `say` and `saymember` begins: behind the first place where the word stands,
/// wherever that is.
pub fn text<'a>(line: &'a str, word: &str) -> &'a str {
    line.split_once(word).map_or(line, |(_, text)| text).trim_start_matches([' ', '\t'])
}

/// The sub-command that a recorded line asked for, as far as the line tells: a conference may be
/// called like one.
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

/// A member's line: channel, unique id, name and number; volumes in, of the automatic control and
/// out, and energy.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    id: u32,
    texts: [Vec<u8>; 4],
    flags: Vec<Vec<u8>>,
    volumes: [Option<i32>; 4],
}

/// Reads a member's line from a list of all its columns, counted from both ends.
fn naive_member(line: &[u8], delimiter: &str) -> Option<Row> {
    let delimiter = delimiter.as_bytes();
    if delimiter.is_empty() {
        return None;
    }
    let mut columns: Vec<Vec<u8>> = vec![Vec::new()];
    let mut rest = line;
    while let [byte, behind @ ..] = rest {
        match rest.strip_prefix(delimiter) {
            Some(behind) => {
                columns.push(Vec::new());
                rest = behind;
            }
            None => {
                columns.last_mut().expect("one").push(*byte);
                rest = behind;
            }
        }
    }
    let number = |column: &[u8]| std::str::from_utf8(column).ok()?.parse::<i32>().ok();
    let joined = |columns: &[Vec<u8>]| columns.join(delimiter);
    let is_uuid = |column: &[u8]| {
        let groups: Vec<&[u8]> = column.split(|byte| *byte == b'-').collect();
        groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
            && groups.concat().iter().all(|byte| byte.is_ascii_hexdigit())
    };
    let id = std::str::from_utf8(&columns[0]).ok()?.parse().ok()?;
    // There is at least a column behind it, or it is no unique id; without one the third column
    // stands for it.
    let last = columns.len().checked_sub(2).filter(|last| *last >= 2)?;
    let at = (2..=last).find(|at| is_uuid(&columns[*at])).unwrap_or(2);
    let (channel, uuid) = (joined(&columns[1..at]), columns[at].clone());
    let mut middle = columns.split_off(at + 1);
    // The last but one that is left is never taken from the right.
    let take = |middle: &mut Vec<Vec<u8>>| if middle.len() > 1 { middle.pop() } else { None };
    let [energy, out, third] = [(); 3].map(|()| take(&mut middle).and_then(|column| number(&column)));
    let (energy, out, third) = (energy?, out?, third?);
    let (volume_in, agc) = match middle.last().and_then(|column| number(column)).filter(|_| middle.len() > 1) {
        Some(volume_in) => {
            middle.pop();
            (volume_in, Some(third))
        }
        None => (third, None),
    };
    let flags = take(&mut middle)?;
    let mut flags: Vec<Vec<u8>> =
        flags.split(|byte| *byte == b'|').filter(|flag| !flag.is_empty()).map(<[u8]>::to_vec).collect();
    let known = ["hear", "speak", "talking", "hold", "video", "floor", "vid-floor", "moderator", "ghost"];
    let is_flag = |column: &[u8]| {
        known.iter().any(|flag| flag.as_bytes() == column)
            || column.starts_with(b"res-id:")
            || column.starts_with(b"role-id:")
    };
    while delimiter == b"|" && middle.len() > 2 && middle.last().is_some_and(|column| is_flag(column)) {
        flags.insert(0, middle.pop()?);
    }
    if middle.len() < 2 {
        return None;
    }
    let number = middle.pop()?;
    let name = joined(&middle);
    Some(Row {
        id,
        texts: [channel, uuid, name, number],
        flags,
        volumes: [Some(volume_in), agc, Some(out), Some(energy)],
    })
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
    let list = List::parse(body, &Format::new().delimiter(delimiter));
    let members: usize = list.conferences.iter().map(|conference| conference.members.len()).sum();
    let named = list.conferences.iter().filter(|conference| conference.name.is_some()).count();
    let nothing: [&[u8]; 5] =
        [b"", b"+OK ", b"No active conferences.", b"+OK No active conferences.", b"-ERR no reply"];
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !nothing.contains(line));
    // `+OK -ERR no reply` is as empty.
    let lines = lines.filter(|line| *line != b"+OK -ERR no reply").count();
    assert_eq!(members + named + list.unread.len(), lines);

    for line in body.split(|byte| *byte == b'\n') {
        let list = List::parse(line, &Format::new().delimiter(delimiter));
        let [conference] = &list.conferences[..] else {
            let none = list.unread.is_empty() || naive_member(line, delimiter).is_none();
            assert!(none, "{}: a member", line.escape_ascii());
            continue;
        };
        if let [member] = &conference.members[..] {
            let text = |text: &Text<'_>| text.as_bytes().to_vec();
            let row = member.channel.as_ref().zip(member.uuid.as_ref()).map(|(channel, uuid)| Row {
                id: member.id,
                texts: [text(channel), text(uuid), text(&member.caller_name), text(&member.caller_number)],
                flags: member.flags.iter().map(text).collect(),
                volumes: [member.volume_in, member.agc_volume_in, member.volume_out, member.energy],
            });
            assert_eq!(row, naive_member(line, delimiter), "{}", line.escape_ascii());
        }
    }

    if let Ok(text) = std::str::from_utf8(body) {
        if let Ok(list) = List::from_json(text) {
            let json: Vec<serde_json::Value> = serde_json::from_str(text).expect("JSON");
            assert_eq!(list.conferences.len(), json.len());
        }
    }
    if let Ok(list) = List::from_xml(body) {
        let opened = memchr::memmem::find_iter(body, b"<conference").count();
        assert!(list.conferences.len() <= opened);
    }
}
