//! Invariant: what events alone have kept since a list is what the next list says, in every field
//! that events carry, on every recording. Where it isn't, `tests/expected/mirror.tsv` has the
//! version and the reason, which is something that the server doesn't tell.
//!
//! The lists are read here header by header; of the mirror only its getters are used.

use ami_proto::event::Event;
use ami_proto::state::{Completeness, Mirror, MirrorLimits, OwnedValue, Part};
use ami_proto::value::ChannelState;
use ami_proto::{Decoder, Frame, FrameKind, Limits, OwnedFrame};
use ami_testkit::captures;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// Where something belongs, and its id.
type Name = (Vec<u8>, Vec<u8>);
type Get = fn(&Mirror, &Name) -> Option<String>;

/// An item of a list: what it is, and what the mirror should have under each header.
struct Item {
    event: &'static str,
    /// Headers of where it belongs, and of its id.
    of: &'static [&'static str],
    id: &'static [&'static str],
    /// Names of all that the mirror has of it.
    all: fn(&Mirror) -> Vec<Name>,
    fields: &'static [(&'static [&'static str], Get)],
}

struct List {
    part: Part,
    ends: &'static [&'static str],
    items: &'static [Item],
}

fn text(text: &Option<OwnedValue>) -> String {
    text.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn number(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn flag(flag: Option<bool>) -> String {
    flag.map(|flag| u8::from(flag).to_string()).unwrap_or_default()
}

fn state(state: Option<ChannelState>) -> String {
    number(state.map(ChannelState::get))
}

fn own(id: &OwnedValue) -> Name {
    (Vec::new(), id.as_bytes().to_vec())
}

fn both(of: &OwnedValue, id: &OwnedValue) -> Name {
    (of.as_bytes().to_vec(), id.as_bytes().to_vec())
}

macro_rules! fields {
    ($get:ident: $($headers:expr => |$thing:ident| $value:expr,)+) => {
        &[$((&$headers, |mirror, (_of, _id)| fields!(@$get mirror _of _id).map(|$thing| $value)),)+]
    };
    (@channel $mirror:ident $of:ident $id:ident) => { $mirror.channel($id) };
    (@bridge $mirror:ident $of:ident $id:ident) => { $mirror.bridge($id) };
    (@queue $mirror:ident $of:ident $id:ident) => { $mirror.queue($id) };
    (@member $mirror:ident $of:ident $id:ident) => { $mirror.member($of, $id) };
    (@caller $mirror:ident $of:ident $id:ident) => { $mirror.callers($of).find(|(_, caller)| caller.unique_id.as_bytes() == *$id) };
    (@agent $mirror:ident $of:ident $id:ident) => { $mirror.agent($id) };
    (@room $mirror:ident $of:ident $id:ident) => { $mirror.conference($id) };
    (@participant $mirror:ident $of:ident $id:ident) => { $mirror.participant($of, $id) };
    (@parked $mirror:ident $of:ident $id:ident) => { $mirror.parked_call($of, $id) };
    (@device $mirror:ident $of:ident $id:ident) => { $mirror.device($id) };
    (@extension $mirror:ident $of:ident $id:ident) => { $mirror.extension($of, $id) };
}

const LISTS: &[List] = &[
    List {
        part: Part::Channels,
        ends: &["CoreShowChannelsComplete"],
        items: &[Item {
            event: "CoreShowChannel",
            of: &[],
            id: &["Uniqueid"],
            all: |mirror| mirror.channels().map(|channel| own(&channel.unique_id)).collect(),
            fields: fields! { channel:
                ["Channel"] => |it| text(&it.name),
                ["Linkedid"] => |it| text(&it.linked_id),
                ["ChannelState"] => |it| state(it.state),
                ["CallerIDNum"] => |it| text(&it.number),
                ["CallerIDName"] => |it| text(&it.caller_name),
                ["ConnectedLineNum"] => |it| text(&it.connected_number),
                ["ConnectedLineName"] => |it| text(&it.connected_name),
                ["AccountCode"] => |it| text(&it.account),
                ["Context"] => |it| text(&it.context),
                ["Exten", "Extension"] => |it| text(&it.exten),
                ["Priority"] => |it| number(it.priority),
                ["Application"] => |it| text(&it.application),
                ["BridgeId"] => |it| text(&it.bridge),
                ["BridgedUniqueID"] => |it| text(&it.peer),
            },
        }],
    },
    List {
        part: Part::Bridges,
        ends: &["BridgeListComplete"],
        items: &[Item {
            event: "BridgeListItem",
            of: &[],
            id: &["BridgeUniqueid"],
            all: |mirror| mirror.bridges().map(|bridge| own(&bridge.unique_id)).collect(),
            fields: fields! { bridge:
                ["BridgeType"] => |it| text(&it.kind),
                ["BridgeTechnology"] => |it| text(&it.technology),
                ["BridgeCreator"] => |it| text(&it.creator),
                ["BridgeName"] => |it| text(&it.name),
            },
        }],
    },
    List {
        part: Part::Queues,
        ends: &["QueueStatusComplete"],
        items: &[
            Item {
                event: "QueueParams",
                of: &[],
                id: &["Queue"],
                all: |mirror| mirror.queues().map(|queue| own(&queue.name)).collect(),
                fields: fields! { queue:
                    ["Max"] => |it| number(it.max),
                    ["Strategy"] => |it| text(&it.strategy),
                    ["Calls"] => |it| number(it.calls),
                    ["Holdtime"] => |it| number(it.hold_time),
                    ["TalkTime"] => |it| number(it.talk_time),
                    ["Completed"] => |it| number(it.completed),
                    ["Abandoned"] => |it| number(it.abandoned),
                    ["ServiceLevel"] => |it| number(it.service_level),
                    ["ServicelevelPerf"] => |it| text(&it.service_level_share),
                    ["ServicelevelPerf2"] => |it| text(&it.service_level_share_2),
                    ["Weight"] => |it| number(it.weight),
                },
            },
            Item {
                event: "QueueMember",
                of: &["Queue"],
                id: &["Location"],
                all: |mirror| {
                    let queues = mirror.queues();
                    let members = queues.flat_map(|queue| mirror.members(queue.name.as_bytes()));
                    members.map(|member| both(&member.queue, &member.interface)).collect()
                },
                fields: fields! { member:
                    ["Name"] => |it| text(&it.name),
                    ["StateInterface"] => |it| text(&it.state_interface),
                    ["Membership"] => |it| text(&it.membership),
                    ["Penalty"] => |it| number(it.penalty),
                    ["CallsTaken"] => |it| number(it.calls_taken),
                    ["LastCall"] => |it| number(it.last_call),
                    ["LastPause"] => |it| number(it.last_pause),
                    ["LoginTime"] => |it| number(it.login_time),
                    ["InCall", "IsInCall"] => |it| flag(it.in_call),
                    ["Status"] => |it| text(&it.device_state),
                    ["Paused"] => |it| flag(it.paused),
                    ["PausedReason"] => |it| text(&it.paused_reason),
                    ["Wrapuptime"] => |it| number(it.wrap_up),
                },
            },
            Item {
                event: "QueueEntry",
                of: &["Queue"],
                id: &["Uniqueid"],
                all: |mirror| {
                    let queues = mirror.queues();
                    let callers = queues.flat_map(|queue| mirror.callers(queue.name.as_bytes()));
                    callers.map(|(_, caller)| both(&caller.queue, &caller.unique_id)).collect()
                },
                fields: fields! { caller:
                    ["Channel"] => |it| text(&it.1.channel),
                    ["CallerIDNum"] => |it| text(&it.1.number),
                    ["CallerIDName"] => |it| text(&it.1.name),
                    ["Position"] => |it| it.0.to_string(),
                },
            },
        ],
    },
    List {
        part: Part::Agents,
        ends: &["AgentsComplete"],
        items: &[Item {
            event: "Agents",
            of: &[],
            id: &["Agent"],
            all: |mirror| mirror.agents().map(|agent| own(&agent.agent)).collect(),
            fields: fields! { agent:
                ["Name"] => |it| text(&it.name),
                ["Status"] => |it| text(&it.status),
                ["Channel", "LoggedInChan"] => |it| text(&it.channel),
                ["TalkingToChan"] => |it| text(&it.talking_to),
            },
        }],
    },
    List {
        part: Part::Conferences,
        ends: &["ConfbridgeListRoomsComplete", "ConfbridgeListComplete"],
        items: &[
            Item {
                event: "ConfbridgeListRooms",
                of: &[],
                id: &["Conference"],
                all: |mirror| mirror.conferences().map(|room| own(&room.name)).collect(),
                fields: fields! { room:
                    ["Locked"] => |it| flag(it.locked),
                },
            },
            Item {
                event: "ConfbridgeList",
                of: &["Conference"],
                id: &["Channel"],
                all: |mirror| {
                    let rooms = mirror.conferences();
                    let there = rooms.flat_map(|room| mirror.participants(room.name.as_bytes()));
                    there.map(|participant| both(&participant.conference, &participant.channel)).collect()
                },
                fields: fields! { participant:
                    ["CallerIDNum"] => |it| text(&it.number),
                    ["CallerIDName"] => |it| text(&it.name),
                    ["Admin"] => |it| flag(it.admin),
                    ["Muted"] => |it| flag(it.muted),
                    ["Talking"] => |it| flag(it.talking),
                    ["Uniqueid"] => |it| text(&it.unique_id),
                },
            },
        ],
    },
    List {
        part: Part::Parking,
        ends: &["ParkedCallsComplete"],
        items: &[Item {
            event: "ParkedCall",
            of: &["Parkinglot"],
            id: &["ParkingSpace", "Exten"],
            all: |mirror| mirror.parked_calls().map(|parked| both(&parked.lot, &parked.space)).collect(),
            fields: fields! { parked:
                ["ParkeeChannel", "Channel"] => |it| text(&it.channel),
                ["ParkeeUniqueid"] => |it| text(&it.unique_id),
                ["ParkeeCallerIDNum", "CallerIDNum"] => |it| text(&it.number),
                ["ParkeeCallerIDName", "CallerIDName"] => |it| text(&it.name),
                ["ParkerDialString", "From"] => |it| text(&it.parked_by),
            },
        }],
    },
    List {
        part: Part::Devices,
        ends: &["DeviceStateListComplete"],
        items: &[Item {
            event: "DeviceStateChange",
            of: &[],
            id: &["Device"],
            all: |mirror| mirror.devices().map(|device| own(&device.name)).collect(),
            fields: fields! { device:
                ["State"] => |it| text(&it.device_state),
            },
        }],
    },
    List {
        part: Part::Extensions,
        ends: &["ExtensionStateListComplete"],
        items: &[Item {
            event: "ExtensionStatus",
            of: &["Context"],
            id: &["Exten"],
            all: |mirror| mirror.extensions().map(|extension| both(&extension.context, &extension.exten)).collect(),
            fields: fields! { extension:
                ["Hint"] => |it| text(&it.hint),
                ["Status"] => |it| number(it.status),
                ["StatusText"] => |it| text(&it.text),
            },
        }],
    },
];

fn header<'a>(frame: Frame<'a>, names: &[&str]) -> Option<&'a [u8]> {
    names.iter().find_map(|name| frame.get(name)).map(|value| value.as_bytes())
}

/// A value as the getters above write it: the words for nothing are nothing, those of flags digits.
fn plain(value: &[u8]) -> String {
    match value {
        b"<unknown>" | b"unknown" | b"<no name>" | b"n/a" | b"(null)" => String::new(),
        b"Yes" | b"yes" | b"on" => "1".into(),
        b"No" | b"no" | b"off" => "0".into(),
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
        // Without the request: fewer queues or members than there were.
        let all = |item: usize| (list.items[item].all)(&self.mirror).iter().all(|name| shown[item].contains(name));
        list.part == Part::Queues && !(all(0) && all(1))
    }

    fn end(&mut self, list: &List, end: Frame<'_>) {
        let items = std::mem::take(&mut self.pending);
        let seeded = self.mirror.completeness(list.part) == Completeness::Complete;
        let names = |item: &Item, frame: Frame<'_>| {
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
                    let kept = get(&self.mirror, &name).unwrap_or_default();
                    if said != kept && (seeded || !kept.is_empty()) {
                        let id = String::from_utf8_lossy(&name.1).into_owned();
                        self.differs(item.event, headers[0], format!("{id}: list {said:?}, kept {kept:?}"));
                    }
                }
            }
        }
        let one_of_two = is(end, "ConfbridgeListComplete");
        if !filtered && !one_of_two {
            self.mirror.begin(list.part);
        }
        for frame in &items {
            let _ = self.mirror.handle(&Event::from(frame.view()));
        }
        if !filtered {
            let _ = self.mirror.handle(&Event::from(end));
            // Who is in the rooms is listed as the recording has it.
            while self.mirror.poll_seed().is_some() {}
        }
    }

    fn frame(&mut self, frame: Frame<'_>) {
        let listed = |name: &str| {
            !["ParkedCall", "DeviceStateChange", "ExtensionStatus"].contains(&name) || frame.get("Privilege").is_none()
        };
        let items = LISTS.iter().flat_map(|list| list.items);
        if items.into_iter().any(|item| is(frame, item.event) && listed(item.event)) {
            self.pending.push(frame.to_owned());
        } else if let Some(list) = LISTS.iter().find(|list| list.ends.iter().any(|end| is(frame, end))) {
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
    let mirror = Mirror::new(MirrorLimits::new());
    let (pending, compared) = Default::default();
    let mut player = Player { version, name, requests: &requests, mirror, pending, compared, differences };
    let mut decoder = Decoder::new(Limits::new());
    for piece in server.chunks(1 << 16) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame().expect("a readable recording") {
            player.frame(frame);
        }
    }
    player.compared
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
