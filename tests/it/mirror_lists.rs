//! Invariant: what events alone have kept since a list is what the next list says, in every field
//! that events carry, on every recording. Where it isn't, `tests/expected/mirror.tsv` has the
//! version and the reason, which is something that the server doesn't tell.
//!
//! The lists are read here header by header; of the mirror only its getters are used.

use ami_proto::event::Event;
use ami_proto::state::{Completeness, Mirror, MirrorLimits, Part};
use ami_proto::{Decoder, Frame, FrameKind, Limits, OwnedFrame};
use ami_testkit::captures;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use table::{Item, LISTS, List, Name};

mod table;

fn header<'a>(frame: Frame<'a>, names: &[&str]) -> Option<&'a [u8]> {
    names.iter().find_map(|name| frame.get(name)).map(|value| value.as_bytes())
}

/// Returns a value in the words that lists and events share: those for nothing are nothing, those
/// of flags digits, and of peers those of their events.
fn plain(value: &[u8]) -> String {
    match value {
        b"<unknown>" | b"unknown" | b"<no name>" | b"n/a" | b"(null)" => String::new(),
        b"Yes" | b"yes" | b"on" => "1".into(),
        b"No" | b"no" | b"off" => "0".into(),
        b"UNREACHABLE" => "Unreachable".into(),
        b"UNKNOWN" => "Unknown".into(),
        reached if reached.starts_with(b"OK (") => "Reachable".into(),
        lagged if lagged.starts_with(b"LAGGED (") => "Lagged".into(),
        value => String::from_utf8_lossy(value).into_owned(),
    }
}

fn is(frame: Frame<'_>, name: &str) -> bool {
    frame.kind() == FrameKind::Event && frame.name().is_some_and(|is| is.eq_ignore_case(name))
}

/// Differences: version, item, header, and an example.
type Differences = BTreeMap<(String, &'static str, String), (usize, String)>;

/// Plays a recording. `requests` are the client's, by `ActionID`.
struct Player<'a> {
    version: &'a str,
    name: String,
    lists: Vec<&'static List>,
    requests: &'a BTreeMap<Vec<u8>, OwnedFrame>,
    mirror: Mirror,
    pending: Vec<OwnedFrame>,
    compared: BTreeMap<&'static str, usize>,
    differences: &'a mut Differences,
}

impl Player<'_> {
    fn differs(&mut self, item: &'static str, header: &str, what: String) {
        let key = (self.version.to_owned(), item, header.to_owned());
        let name = &self.name;
        self.differences.entry(key).or_insert_with(|| (0, format!("{name}: {what}"))).0 += 1;
    }

    /// Says whether the list is only a part of what there is.
    fn filtered(&self, end: Frame<'_>, list: &List, shown: &[BTreeSet<Name>]) -> bool {
        if let Some(request) = end.get("ActionID").and_then(|id| self.requests.get(id.as_bytes())) {
            return ["Queue", "Member", "Channel", "BridgeType"].iter().any(|name| request.view().get(name).is_some());
        }
        // Without the request: fewer queues, members or channels than there were.
        let all = |item: usize| (list.items[item].all)(&self.mirror).iter().all(|name| shown[item].contains(name));
        (list.part == Part::Queues || !list.seeds) && !(0..list.items.len().min(2)).all(all)
    }

    fn end(&mut self, list: &List, end: Frame<'_>) {
        let items = std::mem::take(&mut self.pending);
        let seeded = self.mirror.completeness(list.part) == Completeness::Complete;
        let names = |item: &Item, frame: Frame<'_>| {
            if let Some(named) = item.named {
                return named(frame);
            }
            let of = if item.of.is_empty() { &[] } else { header(frame, item.of)? };
            Some((of.to_vec(), header(frame, item.id)?.to_vec()))
        };
        let shown = |item: &Item| -> BTreeSet<Name> {
            let frames = items.iter().map(OwnedFrame::view);
            frames.filter(|frame| is(*frame, item.event)).filter_map(|frame| names(item, frame)).collect()
        };
        let all_shown: Vec<_> = list.items.iter().map(shown).collect();
        let filtered = self.filtered(end, list, &all_shown);
        for item in list.items {
            let shown = shown(item);
            let parents: BTreeSet<_> = shown.iter().map(|(of, _)| of.clone()).collect();
            let listed = shown.iter().next().is_some() || list.items.len() == 1;
            if listed && !filtered {
                for name in (item.all)(&self.mirror) {
                    if !shown.contains(&name)
                        && (item.of.is_empty() || item.of == ["Context"] || parents.contains(&name.0))
                    {
                        self.differs(item.event, "ghost", format!("{}", String::from_utf8_lossy(&name.1)));
                    }
                }
            }
            for frame in items.iter().map(OwnedFrame::view).filter(|frame| is(*frame, item.event)) {
                let Some(name) = names(item, frame) else { continue };
                if !(item.all)(&self.mirror).contains(&name) {
                    if seeded {
                        self.differs(item.event, "missing", String::from_utf8_lossy(&name.1).into_owned());
                    }
                    continue;
                }
                *self.compared.entry(item.event).or_default() += 1;
                for (headers, get) in item.fields {
                    let Some(said) = header(frame, headers).map(plain) else { continue };
                    let kept = plain(get(&self.mirror, &name).unwrap_or_default().as_bytes());
                    if said != kept && (seeded || !kept.is_empty()) {
                        let id = String::from_utf8_lossy(&name.1).into_owned();
                        self.differs(item.event, headers[0], format!("{id}: list {said:?}, kept {kept:?}"));
                    }
                }
            }
        }
        let one_of_two = is(end, "ConfbridgeListComplete");
        if !filtered && !one_of_two && list.seeds {
            self.mirror.begin(list.part);
        }
        for frame in &items {
            let _ = self.mirror.handle(&Event::from(frame.view()));
        }
        if !filtered {
            let _ = self.mirror.handle(&Event::from(end));
            if list.seeds {
                // The other lists of the part are compared in another pass.
                (1..list.part.lists().len()).for_each(|_| self.mirror.refused(list.part, "No such list".into()));
            }
            // Who is in the rooms is listed as the recording has it.
            while self.mirror.poll_seed().is_some() {}
        }
    }

    /// Says whether a list answers what this frame answers.
    fn answers(&self, list: &List, frame: Frame<'_>) -> bool {
        let id = frame.get("ActionID").unwrap_or_default();
        let asked = self.requests.get(id.as_bytes()).and_then(|request| request.view().get("Action"));
        // Without the request: the recorder's ids begin with the action's name. Items of IAXpeers
        // have no id.
        let technology = frame.get("Channeltype").filter(|_| id.is_empty());
        let peers = technology.map(|technology| if technology == "SIP" { "SIPpeers" } else { "IAXpeers" });
        let asked = peers.map_or_else(|| asked.unwrap_or(id).to_string(), str::to_owned);
        list.actions.is_empty() || list.actions.iter().any(|action| asked.split('-').next() == Some(action))
    }

    fn frame(&mut self, frame: Frame<'_>) {
        let listed = |name: &str| {
            !["ParkedCall", "DeviceStateChange", "ExtensionStatus"].contains(&name) || frame.get("Privilege").is_none()
        };
        let lists: Vec<_> = self.lists.iter().copied().filter(|list| self.answers(list, frame)).collect();
        let mut items = lists.iter().flat_map(|list| list.items);
        if items.any(|item| is(frame, item.event) && listed(item.event)) {
            self.pending.push(frame.to_owned());
        } else if let Some(list) = lists.iter().find(|list| list.ends.iter().any(|end| is(frame, end))) {
            self.end(list, frame);
        } else {
            let _ = self.mirror.handle(&Event::from(frame));
        }
    }
}

fn requests(bytes: &[u8]) -> BTreeMap<Vec<u8>, OwnedFrame> {
    let mut requests = BTreeMap::new();
    let mut decoder = Decoder::new(Limits::new());
    for piece in bytes.chunks(1 << 16) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame().expect("a readable request") {
            if let Some(id) = frame.get("ActionID") {
                requests.insert(id.as_bytes().to_vec(), frame.to_owned());
            }
        }
    }
    requests
}

fn play(
    version: &str,
    name: String,
    server: &[u8],
    client: &[u8],
    differences: &mut Differences,
) -> BTreeMap<&'static str, usize> {
    let requests = requests(client);
    let mut compared = BTreeMap::new();
    for pass in 0..3 {
        let lists = LISTS.iter().filter(|list| list.pass == pass).collect();
        let (mirror, pending, name) = (Mirror::new(MirrorLimits::new()), Vec::new(), name.clone());
        let mut player = Player { version, name, lists, requests: &requests, mirror, pending, compared, differences };
        let mut decoder = Decoder::new(Limits::new());
        for piece in server.chunks(1 << 16) {
            decoder.push(piece);
            while let Some(frame) = decoder.next_frame().expect("a readable recording") {
                player.frame(frame);
            }
        }
        compared = player.compared;
    }
    compared
}

/// The rows of the table: version, item, header, and how many differences they excuse at the most.
fn explained() -> BTreeMap<(String, String, String), usize> {
    let path = ami_testkit::root().join("tests/expected/mirror.tsv");
    let rows = std::fs::read_to_string(path).expect("the table");
    let rows = rows.lines().filter(|row| !row.is_empty() && !row.starts_with('#'));
    let row = |row: &str| {
        let columns: Vec<_> = row.split('\t').collect();
        let [versions, item, header, most, reason] = columns[..] else { panic!("{row:?}: no five columns") };
        let most: usize = most.parse().expect("how many at the most");
        assert!(reason.len() > 20, "{row:?}: no reason");
        let row = |version: &str| ((version.to_owned(), item.to_owned(), header.to_owned()), most);
        let all = versions.split(' ').map(row);
        all.collect::<Vec<_>>()
    };
    rows.flat_map(row).collect()
}

/// Says what isn't explained; with `all`, also which explanations nothing needs.
fn judge(differences: &Differences, all: bool) {
    let explained = explained();
    let mut wrong = String::new();
    for ((version, item, header), (count, example)) in differences {
        let row = (version.clone(), (*item).to_owned(), header.clone());
        let most = explained.get(&row).copied().unwrap_or(0);
        if *count > most {
            writeln!(wrong, "{version}\t{item}\t{header}\t{count} > {most}\t{example}").unwrap();
        }
    }
    let found: BTreeSet<_> = differences
        .keys()
        .map(|(version, item, header)| (version.clone(), (*item).to_owned(), header.clone()))
        .collect();
    for row in explained.keys().filter(|row| all && !found.contains(*row)) {
        writeln!(wrong, "{row:?}: explained, and not so").unwrap();
    }
    assert!(wrong.is_empty(), "what lists say and events have not kept:\n{wrong}");
}

#[test]
fn the_corpus() {
    let mut differences = Differences::new();
    let mut compared = 0;
    let sessions = ami_testkit::below(&ami_testkit::root().join("corpus/sessions"), |path| {
        path.extension().is_some_and(|is| is == "ami")
    });
    for path in sessions {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let version = name.split('_').next().unwrap().to_owned();
        let all = play(&version, name, &std::fs::read(&path).unwrap(), &[], &mut differences);
        compared += all.values().sum::<usize>();
    }
    assert!(compared > 20, "{compared} items of lists compared");
    judge(&differences, false);
}

/// With `AMI_CAPTURES`.
#[test]
fn the_recordings() {
    let Some(folder) = captures::folder() else { return };
    let mut differences = Differences::new();
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    let place = |path: &Path| {
        let mut parts = path.iter().rev().skip(1).map(|part| part.to_string_lossy().into_owned());
        Some((parts.next()?, parts.next()?)).filter(|(_, version)| version.bytes().all(|byte| byte.is_ascii_digit()))
    };
    // `server.bin`, and `server.NAME.bin` where a scenario has several connections.
    let stream = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        let side = name.strip_prefix("server")?;
        (side == ".bin" || side.starts_with('.') && side.ends_with(".bin")).then(|| format!("client{side}"))
    };
    for path in captures::files(&folder, "streams", |path| stream(path).is_some() && place(path).is_some()) {
        let (scenario, version) = place(&path).unwrap();
        let client = std::fs::read(path.with_file_name(stream(&path).unwrap())).unwrap_or_default();
        let name = format!("{version}/{scenario}");
        for (item, count) in play(&version, name, &std::fs::read(&path).unwrap(), &client, &mut differences) {
            *compared.entry(item).or_default() += count;
        }
    }
    println!("compared: {compared:?}");
    judge(&differences, true);
}
