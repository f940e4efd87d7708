//! What a connection has set on its server, to be set again on the next one.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Message;

/// A command that sets something, or takes it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    of: Subject,
    /// Whether it takes all of its kind back.
    clears: bool,
    line: Box<[u8]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Events,
    Filters,
    Log,
}

impl Setting {
    /// What a command sets. `None`: nothing.
    pub(super) fn of(message: &Message) -> Option<Self> {
        let mut words = message.words().skip(1);
        let (of, clears) = match &message.verb()[..] {
            b"event" | b"events" | b"nixevent" | b"nixevents" => (Subject::Events, false),
            b"noevents" => (Subject::Events, true),
            b"filter" => {
                let mut is = |word: &str| words.next().is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()));
                (Subject::Filters, is("delete") && is("all"))
            }
            b"log" => (Subject::Log, false),
            b"nolog" => (Subject::Log, true),
            _ => return None,
        };
        Some(Self { of, clears, line: message.line().into() })
    }

    /// Whether the events of jobs in the background come with it.
    fn has_jobs(&self) -> bool {
        let mut words = self.line.split(|byte| *byte == b' ');
        let wanted = |word: &[u8]| word.eq_ignore_ascii_case(b"BACKGROUND_JOB") || word.eq_ignore_ascii_case(b"ALL");
        self.of == Subject::Events && self.line.to_ascii_lowercase().starts_with(b"event") && words.any(wanted)
    }

    /// Bytes of its command, line ends included.
    pub(super) fn len(&self) -> usize {
        self.line.len() + 2
    }
}

/// Whether the events of jobs come after all these commands.
pub(super) fn has_jobs<'a>(settings: impl Iterator<Item = &'a Setting>) -> bool {
    let mut has = false;
    for setting in settings.filter(|setting| setting.of == Subject::Events) {
        let takes = setting.clears || setting.line.to_ascii_lowercase().starts_with(b"nix");
        has = if takes { false } else { has || setting.has_jobs() };
    }
    has
}

/// The format that these commands have left the events in.
pub(super) fn format<'a>(settings: impl Iterator<Item = &'a Setting>) -> &'a [u8] {
    const FORMATS: [&[u8]; 3] = [b"plain", b"json", b"xml"];
    let named = settings.filter(|setting| setting.of == Subject::Events).filter_map(|setting| {
        let word = setting.line.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).nth(1)?;
        FORMATS.into_iter().find(|format| word.eq_ignore_ascii_case(format))
    });
    named.last().unwrap_or(b"plain")
}

/// The commands that were accepted, in order.
#[derive(Debug, Default)]
pub(super) struct Restore(Vec<Setting>);

impl Restore {
    /// Notes commands that were accepted. The same one again counts from then on.
    pub(super) fn extend(&mut self, settings: impl IntoIterator<Item = Setting>) {
        for setting in settings {
            if setting.clears {
                self.0.retain(|known| known.of != setting.of);
            } else {
                self.0.retain(|known| *known != setting);
                self.0.push(setting);
            }
        }
    }

    pub(super) fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.0.iter()
    }

    /// All of them, to be said again.
    pub(super) fn messages(&self) -> Vec<Message> {
        self.0.iter().map(|setting| Message::new(&setting.line)).collect()
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.iter().map(Setting::len).sum()
    }
}
