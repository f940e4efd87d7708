//! A model of how FreeSWITCH reads a line that begins with `conference `, made of facts of its
//! source alone, to hold against what the library writes.
//!
//! The facts are those of mod_conference (`conference_api.c`, `conference_file.c`,
//! `conference_member.c`, `mod_conference.c`) and of what it hands its arguments to: the splitter
//! of the core, the expansion of variables, the opening of files, the `inline` dialplan and the
//! dial strings of `originate`. Where the server reads memory that isn't its own, or never comes
//! back, the model says so as of any other thing that a value should not do.

use std::collections::BTreeSet;

/// An effect of a value beyond being that value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beyond {
    /// The line isn't one for mod_conference.
    OtherApi,
    /// Another byte than a blank parts the words, because the line begins with `^^`.
    Delimiter,
    /// The splitter goes past the end of the line, because it ends in a backslash.
    Overrun,
    /// Words that no argument is for are lost, or two are read as one.
    Lost,
    /// The room is one of the words that mean all conferences, where there is none of that name.
    Global,
    /// Variables are read and API commands are run: `${…}`.
    Expands,
    /// Another application of the dialplan runs.
    Runs,
    /// Variables are set for one application: `%[…]`.
    Scope,
    /// A part is read as the PIN, the profile, the flags or the bridge of a conference.
    Joins,
    /// A block of `{…}`, `[…]` or `<…>` is read as parameters.
    Parameters,
    /// A loop that never ends.
    Hangs,
    /// Another format opens the file, by what stands before `://`.
    Format,
    /// The name of the file is spoken, or names a phrase.
    Spoken,
    /// `#…#` names the voice.
    Voice,
    /// The file is played in one channel.
    Mono,
    /// More than one destination is called.
    Calls,
    /// The value is a word of the command, such as `all` or `clear`.
    Word,
    /// One element of an array is set, or the value is one.
    Array,
}

/// A line as the server reads it.
#[derive(Debug, PartialEq, Eq)]
pub struct Reading {
    pub room: Vec<u8>,
    pub command: Vec<u8>,
    /// The arguments as their users in the end have them. A member that is named by a
    /// variable is the variable, a zero and its value.
    pub values: Vec<Vec<u8>>,
    pub beyond: BTreeSet<Beyond>,
}

const SLOTS: usize = 25;
/// The words that a line may begin with if no conference of that name exists.
const GLOBAL: [&str; 6] = ["list", "count", "xml_list", "json_list", "help", "commands"];

/// The commands that are for one member, for all of them or for the last.
const OF_MEMBERS: [&str; 38] = [
    "energy",
    "auto-energy",
    "max-energy",
    "agc",
    "vid-canvas",
    "vid-watching-canvas",
    "vid-layer",
    "volume_in",
    "volume_out",
    "position",
    "dtmf",
    "kick",
    "vid-flip",
    "vid-border",
    "hup",
    "hold",
    "unhold",
    "mute",
    "tmute",
    "unmute",
    "vmute",
    "tvmute",
    "vmute-snap",
    "unvmute",
    "vblind",
    "tvblind",
    "unvblind",
    "deaf",
    "undeaf",
    "vid-filter",
    "floor",
    "vid-floor",
    "vid-banner",
    "vid-mute-img",
    "vid-logo-img",
    "vid-codec-group",
    "vid-role-id",
    "get-uuid",
];

/// Reads a line as the event socket hands it on: what stands behind `api `. `exists` is whether
/// there is a conference of the name that the line begins with.
pub fn read(line: &[u8], exists: bool) -> Reading {
    let mut reading = Reading { room: Vec::new(), command: Vec::new(), values: Vec::new(), beyond: BTreeSet::new() };
    let line = line.split(|byte| matches!(byte, b'\n' | b'\0')).next().unwrap_or_default();
    let Some(rest) = line.strip_prefix(b"conference ") else {
        reading.beyond.insert(Beyond::OtherApi);
        return reading;
    };
    let line = stripped(rest);
    let words = split(line, b' ', SLOTS, &mut reading.beyond);
    reading.of(line, words, exists);
    reading
}

impl Reading {
    fn note(&mut self, beyond: Beyond, holds: bool) {
        if holds {
            self.beyond.insert(beyond);
        }
    }

    fn of(&mut self, line: &[u8], words: Vec<Vec<u8>>, exists: bool) {
        let mut words = words.into_iter();
        self.room = words.next().unwrap_or_default();
        let room = self.room.clone();
        self.note(Beyond::Global, !exists && is_one_of(&room, &GLOBAL));
        self.command = words.next().unwrap_or_default().to_ascii_lowercase();
        let name = String::from_utf8_lossy(&self.command).into_owned();
        if matches!(name.as_str(), "say" | "saymember") {
            return self.said(&name, line);
        }
        let words: Vec<_> = words.collect();
        if OF_MEMBERS.contains(&name.as_str()) {
            return self.of_member(&name, &words);
        }
        for at in 0..words.len() {
            self.argument(&name, at, &words, exists);
        }
    }

    /// All behind the first place in the line where the command's name stands, blanks apart.
    fn said(&mut self, name: &str, line: &[u8]) {
        let at = line.windows(name.len()).position(|part| part == name.as_bytes());
        let text = at.map_or(line, |at| &line[at + name.len()..]);
        let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let text = &text[blanks..];
        if name == "say" {
            let text = self.text(text.to_vec());
            return self.values.push(text);
        }
        let end = text.iter().position(|byte| *byte == b' ').unwrap_or(text.len());
        let member = self.member(&text[..end]);
        let text = self.expanded(text.get(end + 1..).unwrap_or_default().to_vec());
        let text = self.text(text);
        self.values.extend([member, text]);
    }

    /// A member, and one argument.
    fn of_member(&mut self, name: &str, words: &[Vec<u8>]) {
        self.note(Beyond::Lost, words.len() > 2);
        let Some(target) = words.first() else { return };
        let number = atoi(target);
        // A number at the beginning goes before the `=` of a variable.
        self.note(Beyond::Word, number != 0 && !target.iter().all(u8::is_ascii_digit));
        let target = self.member(target);
        self.values.push(target);
        let Some(word) = words.get(1).cloned() else { return };
        let value = match name {
            "kick" => self.kick_file(word),
            "hold" => {
                let word = self.expanded(word);
                self.file(word, true)
            }
            "vid-banner" => self.banner(&word),
            "vid-logo-img" => {
                self.note(Beyond::Word, is_one_of(&word, &["clear"]));
                self.note(Beyond::Parameters, word.starts_with(b"{") || word.contains(&b'}'));
                word
            }
            "vid-mute-img" | "vid-codec-group" => {
                self.note(Beyond::Word, is_one_of(&word, &["clear"]));
                word
            }
            "vid-role-id" => {
                let force = word.starts_with(b"=");
                self.note(Beyond::Word, force || is_one_of(&word, &["clear"]));
                word
            }
            _ => word,
        };
        self.values.push(value);
    }

    fn member(&mut self, word: &[u8]) -> Vec<u8> {
        match word.iter().position(|byte| *byte == b'=') {
            Some(at) => [&word[..at], b"\0", &word[at + 1..]].concat(),
            None => word.to_vec(),
        }
    }

    /// An argument of a command that gets them one by one.
    fn argument(&mut self, name: &str, at: usize, words: &[Vec<u8>], exists: bool) {
        let (word, count) = (words[at].clone(), words.len());
        let last = at + 1 == count;
        let value = match (name, at) {
            ("play", 0) => {
                let to_member = words.get(1).is_some_and(|word| !is_one_of(word, &["async"]));
                let word = if to_member { self.expanded(word) } else { word };
                self.file(word, true)
            }
            ("play" | "stop" | "file_seek", 1) | ("pause_play" | "play_status", 0) => self.member(&word),
            ("vid-res-id", 0) => {
                self.note(
                    Beyond::Word,
                    atoi(&word) != 0 && !word.iter().all(u8::is_ascii_digit) && !word.contains(&b'='),
                );
                self.member(&word)
            }
            ("vid-res-id", 1) | ("vid-fgimg" | "vid-bgimg", 0) => {
                self.note(Beyond::Word, is_one_of(&word, &["clear"]));
                word
            }
            ("moh", 0) => {
                self.note(Beyond::Word, is_one_of(&word, &["toggle", "on", "off", "reset"]));
                self.file(word, true)
            }
            ("enter_sound" | "exit_sound", 1) => {
                let word = self.expanded(word);
                self.file(word, true)
            }
            ("record", 0) => self.file(word, false),
            ("recording", 0) if count == 1 => {
                self.note(Beyond::Word, is_one_of(&word, &["stop", "check"]));
                self.file(word, false)
            }
            ("recording", 1) => match self.values[0].to_ascii_lowercase().as_slice() {
                b"start" => self.file(word, false),
                b"stop" => {
                    self.note(Beyond::Word, is_one_of(&word, &["all"]));
                    word
                }
                // Others only compare it.
                _ => word,
            },
            ("norecord", 0) => {
                self.note(Beyond::Word, is_one_of(&word, &["all"]));
                word
            }
            ("vid-layout", 0) => {
                let group = word.len() >= 5 && word[..5].eq_ignore_ascii_case(b"group");
                // `group` and a name behind it is the command that it looks like.
                let group = group && (word != b"group" || count == 1);
                self.note(Beyond::Word, group || is_one_of(&word, &["list"]));
                word
            }
            ("list", 1) => {
                self.note(Beyond::Word, word.starts_with(b"\""));
                word
            }
            ("setvar", 0) => {
                self.note(Beyond::Array, word.contains(&b'['));
                self.note(Beyond::Word, word == b"_body");
                word
            }
            ("setvar", 1) => {
                self.note(Beyond::Array, word.starts_with(b"ARRAY::"));
                word
            }
            ("set", 1) if self.values.first().is_some_and(|set| is_one_of(set, &["sound_prefix"])) => {
                self.file(word, false)
            }
            ("transfer", 0) => self.transferred(&word),
            ("transfer", _) => self.member(&word),
            ("dial" | "bgdial", 0) => {
                if !exists {
                    let room = self.room.clone();
                    let joined = self.joined(room.clone(), true);
                    self.note(Beyond::Joins, joined != room);
                }
                self.dialed(word)
            }
            _ => word,
        };
        let most = match name {
            "play" | "vid-res-id" | "dial" | "bgdial" | "relate" | "recording" | "vid-bandwidth" => 3,
            "transfer" | "cam" => SLOTS - 2,
            "vid-layout" if self.values.first().is_some_and(|word| word == b"group") => 3,
            _ => 2,
        };
        self.note(Beyond::Lost, at >= most || (last && at + 3 == SLOTS && value.contains(&b' ')));
        self.values.push(value);
    }

    /// Returns a text once variables are put in.
    fn expanded(&mut self, text: Vec<u8>) -> Vec<u8> {
        if !(has_variable(&text) || has_escape(&text)) {
            return text;
        }
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            let next = text.get(at + 1).copied();
            match (byte, next) {
                (b'\\', Some(b'$')) => {
                    at += 1 + usize::from(text.get(at + 2) == Some(&b'$'));
                    out.push(b'$');
                }
                // An apostrophe that is escaped goes with what escapes it.
                (b'\\', Some(b'\'')) => at += 1,
                (b'\\', Some(b'\\')) => {
                    at += 1;
                    out.push(b'\\');
                }
                (b'$', next) => {
                    let global = usize::from(next == Some(b'$'));
                    if text.get(at + global + 1) == Some(&b'{') {
                        self.beyond.insert(Beyond::Expands);
                        return out;
                    }
                    at += global;
                    out.push(b'$');
                }
                _ => out.push(byte),
            }
            at += 1;
        }
        out
    }

    /// A text that is spoken.
    fn text(&mut self, text: Vec<u8>) -> Vec<u8> {
        self.note(Beyond::Parameters, bracketed(&text, b'{', b'}'));
        self.note(Beyond::Voice, text.first() == Some(&b'#') && text[1..].contains(&b'#'));
        text
    }

    /// A file that is opened, to be `played` or written.
    fn file(&mut self, file: Vec<u8>, played: bool) -> Vec<u8> {
        let spoken = file.len() >= 4 && file[..4].eq_ignore_ascii_case(b"say:");
        self.note(Beyond::Spoken, played && spoken);
        self.braces(&file);
        self.note(Beyond::Format, holds(&file, b"://"));
        if played {
            let lower = file.to_ascii_lowercase();
            self.note(Beyond::Mono, holds(&lower, b"position="));
            // A name without a folder is spoken where the profile has no prefix.
            let voice = file.first() == Some(&b'#') && file[1..].contains(&b'#');
            self.note(Beyond::Voice, voice);
        }
        file
    }

    fn braces(&mut self, file: &[u8]) {
        if file.starts_with(b"{") {
            self.beyond.insert(match bracketed(file, b'{', b'}') {
                true => Beyond::Parameters,
                // The test for a path looks for the end of the block for ever.
                false => Beyond::Hangs,
            });
        }
    }

    /// The file that a kicked member hears: looked at before and after variables are put in.
    fn kick_file(&mut self, file: Vec<u8>) -> Vec<u8> {
        let spoken =
            |file: &[u8], word: &[u8]| file.len() >= word.len() && file[..word.len()].eq_ignore_ascii_case(word);
        self.note(Beyond::Spoken, spoken(&file, b"say:"));
        let file = self.expanded(file);
        self.note(Beyond::Spoken, spoken(&file, b"phrase:") || spoken(&file, b"say:"));
        self.braces(&file);
        self.note(Beyond::Format, holds(&file, b"://"));
        file
    }

    fn banner(&mut self, word: &[u8]) -> Vec<u8> {
        let text = percent_decoded(word);
        self.note(Beyond::Parameters, text.starts_with(b"{") || text.contains(&b'}'));
        self.note(Beyond::Word, is_one_of(&text, &["reset", "clear", "allclear"]));
        text
    }

    /// The dialplan `inline`, with `conference:NAME@PROFILE`.
    fn transferred(&mut self, word: &[u8]) -> Vec<u8> {
        let at = word.iter().position(|byte| *byte == b'@');
        let name = &word[..at.unwrap_or(word.len())];
        let profile = at.map_or(&b"default"[..], |at| &word[at + 1..]);
        let line = [b"conference:", name, b"@", profile].concat();
        let parts = split(&line, b',', 128, &mut self.beyond);
        self.note(Beyond::Runs, parts.len() > 1);
        self.note(Beyond::Joins, at.is_some());
        let first = parts.into_iter().next().unwrap_or_default();
        let data = first.strip_prefix(b"conference:").unwrap_or_default().to_vec();
        let joined = self.joined(data, false);
        match (at, joined.strip_suffix(b"@default")) {
            (None, Some(name)) => name.to_vec(),
            _ => joined,
        }
    }

    /// The data of the application `conference`: `NAME@PROFILE+PIN+flags{…}`. `new` is a
    /// conference that is made without a profile.
    fn joined(&mut self, data: Vec<u8>, new: bool) -> Vec<u8> {
        // The data of a call that was made are put together in 512 bytes.
        let data = if new { data[..data.len().min(511)].to_vec() } else { data };
        let data = self.expanded(data);
        self.note(Beyond::Scope, data.first() == Some(&b'%') && data.iter().take(3).skip(1).any(|byte| *byte == b'['));
        let bridge = data.len() >= 7 && data[..7].eq_ignore_ascii_case(b"bridge:");
        // A transfer has a profile in any case: its caller looks whose that is.
        self.note(Beyond::Joins, bridge || data.contains(&b'+') || new && data.contains(&b'@'));
        let blanks = data.iter().take_while(|byte| **byte == b' ').count();
        data[blanks..].to_vec()
    }

    /// The first destination of a dial string.
    fn dialed(&mut self, word: Vec<u8>) -> Vec<u8> {
        self.note(Beyond::Calls, holds(&word, b":_:"));
        let blanks = word.iter().take_while(|byte| **byte == b' ').count();
        let data = &word[blanks..];
        let outer = matches!(data.first(), Some(b'<' | b'{'));
        // A directory's own dial string puts the destination in as a variable, and looks again.
        self.note(Beyond::Expands, has_variable(data));
        let mut parts = split(data, b'|', 64, &mut self.beyond);
        self.note(Beyond::Calls, parts.len() > 1);
        let first = if parts.is_empty() { Vec::new() } else { parts.remove(0) };
        let mut parts = split(&first, b',', 64, &mut self.beyond);
        self.note(Beyond::Calls, parts.len() > 1);
        let first = if parts.is_empty() { Vec::new() } else { parts.remove(0) };
        self.note(Beyond::Parameters, outer || first.starts_with(b"["));
        let nested = first.to_ascii_lowercase();
        self.note(Beyond::Parameters, holds(&nested, b"origination_nested_vars=true"));
        self.note(Beyond::Runs, nested.starts_with(b"loopback/app="));
        first
    }
}

/// The words of a line: at most `slots`, the last with all that is left.
fn split(line: &[u8], delimiter: u8, slots: usize, beyond: &mut BTreeSet<Beyond>) -> Vec<Vec<u8>> {
    let (line, delimiter) = match line {
        [b'^', b'^', other, rest @ ..] if !rest.is_empty() => {
            beyond.insert(Beyond::Delimiter);
            (rest, *other)
        }
        line => (line, delimiter),
    };
    let blank = delimiter == b' ';
    let mut words: Vec<Vec<u8>> = Vec::new();
    let mut at = 0;
    let mut quoted = false;
    while at < line.len() && words.len() < slots {
        let start = at;
        if words.len() + 1 == slots {
            words.push(cleaned(&line[start..], (!blank).then_some(delimiter)));
            break;
        }
        while blank && line.get(at) == Some(&b' ') {
            at += 1;
        }
        while let Some(&byte) = line.get(at) {
            match byte {
                b'\\' => {
                    at += 1;
                    if at == line.len() {
                        beyond.insert(Beyond::Overrun);
                    }
                }
                // With another delimiter than the blank, a quote needs a second one.
                b'\'' if blank || quoted || line[at + 1..].contains(&b'\'') => quoted = !quoted,
                byte if byte == delimiter && !quoted => break,
                _ => {}
            }
            at += 1;
        }
        words.push(cleaned(&line[start..at.min(line.len())], (!blank).then_some(delimiter)));
        at += 1;
        while blank && line.get(at) == Some(&b' ') {
            at += 1;
        }
    }
    words
}

/// A word without its quotes, its escapes and the blanks around it.
fn cleaned(word: &[u8], delimiter: Option<u8>) -> Vec<u8> {
    let blanks = word.iter().take_while(|byte| **byte == b' ').count();
    let word = &word[blanks..];
    let mut out = Vec::new();
    let mut kept = 0;
    let mut quoted = false;
    let mut at = 0;
    while let Some(&byte) = word.get(at) {
        let next = word.get(at + 1).copied();
        let escaped = match next {
            Some(b'n') => Some(b'\n'),
            Some(b'r') => Some(b'\r'),
            Some(b't') => Some(b'\t'),
            Some(b's') => Some(b' '),
            Some(b'\'' | b'"' | b'\\') => next,
            next => next.filter(|_| next == delimiter),
        };
        if let (b'\\', Some(escaped)) = (byte, escaped) {
            out.push(escaped);
            kept = out.len();
            at += 2;
            continue;
        }
        if byte == b'\'' && (quoted || word[at + 1..].contains(&b'\'')) {
            quoted = !quoted;
            if quoted {
                kept = out.len();
            }
        } else {
            out.push(byte);
            if byte != b' ' || quoted {
                kept = out.len();
            }
        }
        at += 1;
    }
    // A word of nothing but blanks has no end, and none is made for it.
    if kept > 0 || word.contains(&b'\'') {
        out.truncate(kept);
    }
    out
}

fn stripped(line: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, 9 | 10 | 11 | 13 | 32);
    let start = line.iter().take_while(|byte| blank(byte)).count();
    let line = &line[start..];
    &line[..line.len() - line.iter().rev().take_while(|byte| blank(byte)).count()]
}

/// Returns whether `${` stands anywhere, backslashes between its bytes apart.
fn has_variable(text: &[u8]) -> bool {
    let mut dollar = false;
    for byte in text {
        match byte {
            b'$' => dollar = true,
            b'{' if dollar => return true,
            b'\\' => {}
            _ => dollar = false,
        }
    }
    false
}

fn has_escape(text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = text.iter().skip(at).position(|byte| *byte == b'\\') {
        at += found + 1;
        if matches!(text.get(at), Some(b'\\' | b'n' | b's' | b't' | b'\'')) {
            return true;
        }
    }
    false
}

/// Returns whether a block begins here, and ends.
fn bracketed(text: &[u8], open: u8, close: u8) -> bool {
    let mut depth = 0;
    text.first() == Some(&open)
        && text.iter().any(|byte| {
            depth += i32::from(*byte == open) - i32::from(*byte == close);
            depth == 0
        })
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let digits = text.get(at + 1..at + 3).filter(|_| byte == b'%');
        let code = digits.and_then(|digits| {
            let count = digits.iter().take_while(|digit| digit.is_ascii_hexdigit()).count();
            u8::from_str_radix(std::str::from_utf8(&digits[..count]).ok()?, 16).ok()
        });
        out.push(code.unwrap_or(byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    out
}

fn atoi(word: &[u8]) -> i64 {
    let word = word.trim_ascii_start();
    let word = word.strip_prefix(b"-").or(word.strip_prefix(b"+")).unwrap_or(word);
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).take(18);
    digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
}

fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()))
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|at| at == part)
}

impl Reading {
    /// The reading as text, for messages.
    pub fn shown(&self) -> String {
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        let values: Vec<String> = self.values.iter().map(text).collect();
        format!("{:?} {:?} {values:?} {:?}", text(&self.room), text(&self.command), self.beyond)
    }
}
