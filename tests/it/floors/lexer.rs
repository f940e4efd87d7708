//! Rust as tokens, as far as imports need it: names, punctuation and strings, without comments.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// One character, or `::`.
    Sign,
    Text,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }
}

pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&char) = chars.get(at) {
        let (start, first_line) = (at, line);
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        let kind = match char {
            '/' if next == '/' => {
                at += chars[at..].iter().take_while(|char| **char != '\n').count();
                None
            }
            '/' if next == '*' => {
                at = behind_comment(&chars, at);
                None
            }
            '"' => {
                at = behind_quote(&chars, at + 1, '"');
                Some(Kind::Text)
            }
            '\'' => {
                // A lifetime, if no quotation mark closes it.
                let is_char = next == '\\' || chars.get(at + 2) == Some(&'\'');
                at = if is_char { behind_quote(&chars, at + 1, '\'') } else { at + 1 };
                None
            }
            _ if char.is_alphanumeric() || char == '_' => {
                at += chars[at..].iter().take_while(|char| char.is_alphanumeric() || **char == '_').count();
                let word: String = chars[start..at].iter().collect();
                let hashes = chars[at..].iter().take_while(|char| **char == '#').count();
                let quoted = chars.get(at + hashes) == Some(&'"');
                match word.as_str() {
                    "r" | "br" if quoted => {
                        let end: Vec<char> = ['"'].into_iter().chain(vec!['#'; hashes]).collect();
                        at += hashes + 1;
                        at += chars[at..].windows(end.len()).position(|part| *part == end).unwrap_or(0) + end.len();
                        Some(Kind::Text)
                    }
                    // The quotation mark comes next.
                    "b" if quoted && hashes == 0 || chars.get(at) == Some(&'\'') => None,
                    "r" if hashes == 1 => {
                        at += 1;
                        None
                    }
                    _ => Some(Kind::Word),
                }
            }
            ':' if next == ':' => {
                at += 2;
                Some(Kind::Sign)
            }
            _ => {
                at += 1;
                (!char.is_whitespace()).then_some(Kind::Sign)
            }
        };
        let part = &chars[start..at];
        line += part.iter().filter(|char| **char == '\n').count();
        tokens.extend(kind.map(|kind| Token { kind, text: part.iter().collect(), line: first_line }));
    }
    tokens
}

fn behind_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match chars[at..] {
            ['/', '*', ..] => depth += 1,
            ['*', '/', ..] if depth == 1 => return at + 2,
            ['*', '/', ..] => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
    }
    at
}

fn behind_quote(chars: &[char], mut at: usize, quote: char) -> usize {
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}
