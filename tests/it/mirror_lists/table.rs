//! The lists that a mirror is compared with: what their items are called, and what the mirror has
//! under each of their headers.

use ami_proto::Frame;
use ami_proto::state::{Mirror, OwnedValue, Part};
use ami_proto::value::ChannelState;
use ami_proto::wire::Value;

/// Where something belongs, and its id.
pub(super) type Name = (Vec<u8>, Vec<u8>);
pub(super) type Get = fn(&Mirror, &Name) -> Option<String>;

/// An item of a list: what it is, and what the mirror should have under each header.
pub(super) struct Item {
    pub(super) event: &'static str,
    /// Headers of where it belongs, and of its id.
    pub(super) of: &'static [&'static str],
    pub(super) id: &'static [&'static str],
    /// Name of the thing, where no header has it.
    pub(super) named: Option<fn(Frame<'_>) -> Option<Name>>,
    /// Names of all that the mirror has of it.
    pub(super) all: fn(&Mirror) -> Vec<Name>,
    pub(super) fields: &'static [(&'static [&'static str], Get)],
}

pub(super) struct List {
    pub(super) part: Part,
    /// Lists of one part are compared apart, each with a mirror of its own.
    pub(super) pass: usize,
    /// Actions that it answers, where the name of its end doesn't say so.
    pub(super) actions: &'static [&'static str],
    /// Says whether the mirror is seeded with it.
    pub(super) seeds: bool,
    pub(super) ends: &'static [&'static str],
    pub(super) items: &'static [Item],
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

fn joined(one: Value<'_>, two: Value<'_>) -> Vec<u8> {
    [one.as_bytes(), two.as_bytes()].join(&b'@')
}

fn endpoints(mirror: &Mirror, technology: &[u8]) -> Vec<Name> {
    let all = mirror.endpoints().filter(|endpoint| endpoint.technology.as_bytes() == technology);
    all.map(|endpoint| both(&endpoint.technology, &endpoint.name)).collect()
}

fn registrations(mirror: &Mirror, technology: &[u8]) -> Vec<Name> {
    let all = mirror.registrations().filter(|registration| registration.technology.as_bytes() == technology);
    all.map(|registration| both(&registration.technology, &registration.account)).collect()
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
    (@lot $mirror:ident $of:ident $id:ident) => { $mirror.parking_lot($id) };
    (@endpoint $mirror:ident $of:ident $id:ident) => { $mirror.endpoint($of, $id) };
    (@contact $mirror:ident $of:ident $id:ident) => { $mirror.contact($of, $id) };
    (@registration $mirror:ident $of:ident $id:ident) => { $mirror.registration($of, $id) };
    (@mailbox $mirror:ident $of:ident $id:ident) => { $mirror.mailbox($id) };
    (@extension $mirror:ident $of:ident $id:ident) => { $mirror.extension($of, $id) };
}

pub(super) const LISTS: &[List] = &[
    List {
        part: Part::Channels,
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["CoreShowChannelsComplete"],
        items: &[Item {
            event: "CoreShowChannel",
            of: &[],
            id: &["Uniqueid"],
            named: None,
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
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["BridgeListComplete"],
        items: &[Item {
            event: "BridgeListItem",
            of: &[],
            id: &["BridgeUniqueid"],
            named: None,
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
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["QueueStatusComplete"],
        items: &[
            Item {
                event: "QueueParams",
                of: &[],
                id: &["Queue"],
                named: None,
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
                named: None,
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
                named: None,
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
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["AgentsComplete"],
        items: &[Item {
            event: "Agents",
            of: &[],
            id: &["Agent"],
            named: None,
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
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["ConfbridgeListRoomsComplete", "ConfbridgeListComplete"],
        items: &[
            Item {
                event: "ConfbridgeListRooms",
                of: &[],
                id: &["Conference"],
                named: None,
                all: |mirror| mirror.conferences().map(|room| own(&room.name)).collect(),
                fields: fields! { room:
                    ["Locked"] => |it| flag(it.locked),
                },
            },
            Item {
                event: "ConfbridgeList",
                of: &["Conference"],
                id: &["Channel"],
                named: None,
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
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["ParkedCallsComplete"],
        items: &[Item {
            event: "ParkedCall",
            of: &["Parkinglot"],
            id: &["ParkingSpace", "Exten"],
            named: None,
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
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["DeviceStateListComplete"],
        items: &[Item {
            event: "DeviceStateChange",
            of: &[],
            id: &["Device"],
            named: None,
            all: |mirror| mirror.devices().map(|device| own(&device.name)).collect(),
            fields: fields! { device:
                ["State"] => |it| text(&it.device_state),
            },
        }],
    },
    List {
        part: Part::Extensions,
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["ExtensionStateListComplete"],
        items: &[Item {
            event: "ExtensionStatus",
            of: &["Context"],
            id: &["Exten"],
            named: None,
            all: |mirror| mirror.extensions().map(|extension| both(&extension.context, &extension.exten)).collect(),
            fields: fields! { extension:
                ["Hint"] => |it| text(&it.hint),
                ["Status"] => |it| number(it.status),
                ["StatusText"] => |it| text(&it.text),
            },
        }],
    },
    List {
        part: Part::Channels,
        pass: 0,
        actions: &[],
        seeds: false,
        ends: &["StatusComplete"],
        items: &[Item {
            event: "Status",
            of: &[],
            id: &["Uniqueid"],
            named: None,
            all: |mirror| mirror.channels().map(|channel| own(&channel.unique_id)).collect(),
            fields: fields! { channel:
                ["Channel"] => |it| text(&it.name),
                ["Linkedid"] => |it| text(&it.linked_id),
                ["ChannelState"] => |it| state(it.state),
                ["CallerIDNum"] => |it| text(&it.number),
                ["CallerIDName"] => |it| text(&it.caller_name),
                ["ConnectedLineNum"] => |it| text(&it.connected_number),
                ["ConnectedLineName"] => |it| text(&it.connected_name),
                ["Accountcode"] => |it| text(&it.account),
                ["Context"] => |it| text(&it.context),
                ["Exten", "Extension"] => |it| text(&it.exten),
                ["Priority"] => |it| number(it.priority),
                ["Application"] => |it| text(&it.application),
                ["BridgeID"] => |it| text(&it.bridge),
                ["BridgedUniqueid"] => |it| text(&it.peer),
            },
        }],
    },
    List {
        part: Part::ParkingLots,
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["ParkinglotsComplete"],
        items: &[Item {
            event: "Parkinglot",
            of: &[],
            id: &["Name"],
            named: None,
            all: |mirror| mirror.parking_lots().map(|lot| own(&lot.name)).collect(),
            fields: fields! { lot:
                ["StartSpace", "StartExten"] => |it| text(&it.first),
                ["StopSpace", "StopExten"] => |it| text(&it.last),
                ["Timeout"] => |it| number(it.timeout),
            },
        }],
    },
    List {
        part: Part::Mailboxes,
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["VoicemailUserEntryComplete"],
        items: &[Item {
            event: "VoicemailUserEntry",
            of: &[],
            id: &[],
            named: Some(|frame| Some((Vec::new(), joined(frame.get("VoiceMailbox")?, frame.get("VMContext")?)))),
            all: |mirror| mirror.mailboxes().map(|mailbox| own(&mailbox.name)).collect(),
            fields: fields! { mailbox:
                ["NewMessageCount"] => |it| number(it.new),
                ["OldMessageCount"] => |it| number(it.old),
            },
        }],
    },
    List {
        part: Part::Endpoints,
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["EndpointListComplete"],
        items: &[Item {
            event: "EndpointList",
            of: &[],
            id: &[],
            named: Some(|frame| Some((b"PJSIP".to_vec(), frame.get("ObjectName")?.as_bytes().to_vec()))),
            all: |mirror| endpoints(mirror, b"PJSIP"),
            fields: fields! { endpoint:
                ["DeviceState"] => |it| text(&it.device_state),
                ["Aor"] => |it| text(&it.aors),
                ["ActiveChannels"] => |it| number(it.channels),
            },
        }],
    },
    List {
        part: Part::Endpoints,
        pass: 1,
        actions: &["SIPpeers"],
        seeds: true,
        ends: &["PeerlistComplete"],
        items: &[Item {
            event: "PeerEntry",
            of: &["Channeltype"],
            id: &["ObjectName"],
            named: None,
            all: |mirror| endpoints(mirror, b"SIP"),
            fields: fields! { endpoint:
                ["IPaddress"] => |it| text(&it.address),
                ["Status"] => |it| text(&it.status),
            },
        }],
    },
    List {
        part: Part::Endpoints,
        pass: 2,
        actions: &["IAXpeers", "IAXpeerlist"],
        seeds: true,
        ends: &["PeerlistComplete"],
        items: &[Item {
            event: "PeerEntry",
            of: &[],
            id: &[],
            named: Some(|frame| {
                // IAXpeers writes the user behind the name.
                let name = frame.get("ObjectName")?.to_string();
                Some((b"IAX2".to_vec(), name.split('/').next()?.as_bytes().to_vec()))
            }),
            all: |mirror| endpoints(mirror, b"IAX2"),
            fields: fields! { endpoint:
                ["IPaddress"] => |it| text(&it.address),
                ["Status"] => |it| text(&it.status),
            },
        }],
    },
    List {
        part: Part::Contacts,
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["ContactListComplete"],
        items: &[Item {
            event: "ContactList",
            of: &[],
            id: &[],
            named: Some(|frame| {
                let name = frame.get("ObjectName")?.to_string();
                let aor = name.split([';', '@']).next()?.as_bytes().to_vec();
                Some((aor, frame.get("Uri")?.as_bytes().to_vec()))
            }),
            all: |mirror| mirror.contacts().map(|contact| both(&contact.aor, &contact.uri)).collect(),
            fields: fields! { contact:
                ["Status"] => |it| text(&it.status),
                ["Endpoint"] => |it| text(&it.endpoint),
                ["RoundtripUsec"] => |it| number(it.round_trip),
                ["UserAgent"] => |it| text(&it.user_agent),
            },
        }],
    },
    List {
        part: Part::Registrations,
        pass: 0,
        actions: &[],
        seeds: true,
        ends: &["OutboundRegistrationDetailComplete"],
        items: &[Item {
            event: "OutboundRegistrationDetail",
            of: &[],
            id: &[],
            named: Some(|frame| Some((b"PJSIP".to_vec(), joined(frame.get("ClientUri")?, frame.get("ServerUri")?)))),
            all: |mirror| registrations(mirror, b"PJSIP"),
            fields: fields! { registration:
                ["Status"] => |it| text(&it.status),
            },
        }],
    },
    List {
        part: Part::Registrations,
        pass: 1,
        actions: &["SIPshowregistry"],
        seeds: true,
        ends: &["RegistrationsComplete"],
        items: &[Item {
            event: "RegistryEntry",
            of: &[],
            id: &[],
            named: Some(|frame| Some((b"SIP".to_vec(), joined(frame.get("Username")?, frame.get("Domain")?)))),
            all: |mirror| registrations(mirror, b"SIP"),
            fields: fields! { registration:
                ["State"] => |it| text(&it.status),
            },
        }],
    },
    List {
        part: Part::Registrations,
        pass: 2,
        actions: &["IAXregistry"],
        seeds: true,
        ends: &["RegistrationsComplete"],
        items: &[Item {
            event: "RegistryEntry",
            of: &[],
            id: &[],
            named: Some(|frame| {
                let host = frame.get("Host")?.to_string();
                let host = host.split(':').next().unwrap_or_default().to_owned();
                Some((b"IAX2".to_vec(), joined(frame.get("Username")?, host.as_str().into())))
            }),
            all: |mirror| registrations(mirror, b"IAX2"),
            fields: fields! { registration:
                ["State"] => |it| text(&it.status),
            },
        }],
    },
];
