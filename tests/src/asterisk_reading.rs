//! Asterisk's reading of parameters in which it sees more than a value, written from its sources;
//! shares no code with the library.
//!
//! Each function returns what the server makes of a text; one that stayed a value is that text,
//! alone.

/// Splits the arguments of an application: at commas, outside of quotes, parentheses and brackets.
/// Quotes go, and a backslash goes and keeps what follows as it is. The last of `most` has the
/// rest, as it stands. `main/app.c`.
pub fn arguments(text: &str, most: usize) -> Vec<String> {
    let (mut all, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        if all.len() + 1 == most {
            all.push(rest.to_owned());
            break;
        }
        let (mut argument, mut quoted, mut parens, mut brackets) = (String::new(), false, 0_u32, 0_u32);
        let mut chars = rest.char_indices();
        let mut end = rest.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '(' => parens += 1,
                ')' => parens = parens.saturating_sub(1),
                '[' => brackets += 1,
                ']' => brackets = brackets.saturating_sub(1),
                '"' => {
                    quoted = !quoted;
                    continue;
                }
                '\\' => {
                    argument.extend(chars.next().map(|(_, c)| c));
                    continue;
                }
                ',' if !quoted && parens == 0 && brackets == 0 => {
                    end = at;
                    break;
                }
                _ => {}
            }
            argument.push(c);
        }
        all.push(argument);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    all
}

/// Returns the words of a line for the shell, in which the text stands between double quotes, or
/// that something in it is run or put in. POSIX, 2.2.3.
pub fn shell(text: &str) -> Result<Vec<String>, char> {
    let line = format!("\"{text}-in.wav\"");
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '`' => return Err(c),
            '$' if chars.peek().is_some_and(|next| next.is_ascii_alphanumeric() || "({_@*#?-$!".contains(*next)) => {
                return Err(c);
            }
            '\\' if !quoted || chars.peek().is_some_and(|next| "$`\"\\\n".contains(*next)) => word.extend(chars.next()),
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            ';' | '&' | '|' | '<' | '>' | '(' | ')' if !quoted => return Err(c),
            c => word.push(c),
        }
    }
    if quoted {
        return Err('"');
    }
    words.push(word);
    Ok(words.into_iter().map(|word| word.strip_suffix("-in.wav").map_or(word.clone(), str::to_owned)).collect())
}

/// Returns the members that the server reads after a restart, each as its fields, when it stored
/// one with these texts. `apps/app_queue.c`.
pub fn members([interface, name, state, reason]: [&str; 4]) -> Vec<Vec<String>> {
    let stored = format!("{interface};0;0;{name};{state};{reason};0");
    let members = stored.split([',', '|']).filter(|member| !member.is_empty());
    members.map(|member| member.split(';').map(str::to_owned).collect()).collect()
}

/// Returns the fields of a line of the queue log but its time. `main/logger.c`.
pub fn queue_log(queue: &str, call: &str, agent: &str, event: &str) -> Vec<String> {
    let line = format!("0|{call}|{queue}|{agent}|{event}|");
    line.split('|').skip(1).map(str::to_owned).collect()
}

/// Returns whether a key is found by a pattern of SQL's LIKE, the case of letters apart.
pub fn like(key: &str, pattern: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return key.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    let behind = |key: &str| key.chars().next().map(|c| key[c.len_utf8()..].to_owned());
    match first {
        '%' => like(key, rest) || behind(key).is_some_and(|key| like(&key, pattern)),
        '_' => behind(key).is_some_and(|key| like(&key, rest)),
        c => {
            key.chars().next().is_some_and(|found| found.eq_ignore_ascii_case(&c))
                && behind(key).is_some_and(|key| like(&key, rest))
        }
    }
}

/// A line of a configuration file, as the server reads it.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// A category, and what stands behind its brackets.
    Category(String, String),
    /// A name and a value.
    Setting(String, String),
    /// `#include`, `#exec`: what is included, or run.
    Directive(String),
    /// None of these.
    Wrong,
}

/// Reads a line. `main/config.c`, `process_text_line`.
pub fn config_line(line: &str) -> Line {
    let line = line.split(';').next().unwrap_or_default().trim();
    if let Some(rest) = line.strip_prefix('[') {
        return match rest.split_once(']') {
            Some((name, more)) => Line::Category(name.to_owned(), more.to_owned()),
            None => Line::Wrong,
        };
    }
    if let Some(directive) = line.strip_prefix('#') {
        return Line::Directive(directive.to_owned());
    }
    match line.split_once('=') {
        Some((name, value)) => Line::Setting(name.trim().to_owned(), value.trim_start_matches('>').trim().to_owned()),
        None => Line::Wrong,
    }
}

/// Splits a text at each character that ends the name of a mailbox. `apps/app_voicemail.c`.
pub fn mailboxes(text: &str) -> Vec<&str> {
    text.split([' ', ',', '&', '/']).collect()
}
