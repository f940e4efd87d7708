//! What a client asks of a server, read without the crate: messages, their headers, and event masks
//! as Asterisk's `get_input`, `__astman_get_header` and `strings_to_mask` read them.

/// The messages of a client, of which some may not have come whole.
#[derive(Default)]
pub struct Asked(Vec<u8>);

/// The lines of a message; none of a blank line that stands alone.
#[derive(Debug)]
pub struct Message(Vec<Vec<u8>>);

impl Asked {
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The whole messages, each of which is taken.
impl Iterator for Asked {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        let (mut lines, mut at) = (Vec::new(), 0);
        loop {
            let end = at + self.0[at..].iter().position(|byte| *byte == b'\n')?;
            let line = self.0[at..end].strip_suffix(b"\r").unwrap_or(&self.0[at..end]);
            at = end + 1;
            if line.is_empty() {
                self.0.drain(..at);
                return Some(Message(lines));
            }
            lines.push(line.to_vec());
        }
    }
}

impl Message {
    /// The values of this header, in their order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter_map(move |line| {
            let line = line.split(|byte| *byte == 0).next()?;
            let (found, value) = line.split_at_checked(name.len())?;
            let value = value.strip_prefix(b":").filter(|_| found.eq_ignore_ascii_case(name.as_bytes()))?;
            Some(&value[value.iter().take_while(|byte| **byte <= b' ').count()..])
        })
    }

    /// A header's value, empty where there is none.
    pub fn get(&self, name: &str) -> &[u8] {
        self.all(name).next().unwrap_or_default()
    }

    /// The name of the action, in small letters.
    pub fn action(&self) -> String {
        let name = self.all("Action").find(|name| !name.is_empty()).unwrap_or_default();
        String::from_utf8_lossy(name).to_ascii_lowercase()
    }
}

pub const ALL: u32 = 0x7fff_ffff;

const CLASSES: [(&str, u32); 20] = [
    ("system", 1),
    ("call", 2),
    ("log", 4),
    ("verbose", 8),
    ("command", 16),
    ("agent", 32),
    ("user", 64),
    ("config", 128),
    ("dtmf", 256),
    ("reporting", 512),
    ("cdr", 1024),
    ("dialplan", 2048),
    ("originate", 4096),
    ("agi", 8192),
    ("cc", 32768),
    ("aoc", 65536),
    ("test", 131_072),
    ("security", 262_144),
    ("message", 1 << 30),
    ("all", ALL),
];

/// The bits that a mask asks for. `None`: it is empty.
pub fn mask(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    if text.iter().all(u8::is_ascii_digit) {
        let number =
            text.iter().fold(0_u64, |number, digit| (number * 10 + u64::from(digit - b'0')).min(u64::from(u32::MAX)));
        return Some(number as u32 & ALL);
    }
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()));
    if is(&["yes", "true", "y", "t", "on"]) {
        return Some(ALL);
    }
    if is(&["no", "false", "n", "f", "off"]) {
        return Some(0);
    }
    let items: Vec<_> = text.split(|byte| *byte == b',').collect();
    let asked = |name: &str| {
        let whole = |(place, item): (usize, &&[u8])| place + 1 < items.len() || item.len() == name.len();
        items.iter().enumerate().any(|item| name.as_bytes().starts_with(item.1) && whole(item))
    };
    Some(CLASSES.iter().filter(|(name, _)| asked(name)).fold(0, |bits, (_, class)| bits | class))
}

/// Class names as an event's `Privilege` has them, and the bits that they stand for: those of
/// `bits` that have a name.
pub fn privilege(bits: u32) -> (String, u32) {
    let named = CLASSES[..19].iter().filter(|(_, class)| bits & class != 0);
    let (names, bits) = named.fold((String::new(), 0), |(names, all), (name, class)| (names + name + ",", all | class));
    if bits == 0 { ("<none>".to_owned(), 0) } else { (names + "all", bits) }
}
