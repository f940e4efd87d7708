//! Invariant: what the mirror has of a thing is still true where an event takes something back or
//! tells half of it, and where an older list comes behind it.

use ami_proto::event::Event;
use ami_proto::state::{Completeness, Mirror, MirrorLimits, Part, Stale};
use ami_testkit::each_frame;

/// Seeds a part by a list of these items, and hands in what comes then.
fn after(part: Part, items: &[&str], end: &str, events: &[&str]) -> Mirror {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let _ = mirror.seed(part);
    feed(&mut mirror, items);
    feed(&mut mirror, &[&format!("{end}|EventList: Complete|ListItems: {}", items.len())]);
    assert_eq!(mirror.completeness(part), Completeness::Complete);
    feed(&mut mirror, events);
    assert_eq!(mirror.completeness(part), Completeness::Complete);
    mirror
}

fn feed(mirror: &mut Mirror, events: &[&str]) {
    for event in events {
        let text = format!("Event: {event}||").replace('|', "\r\n");
        each_frame(text.as_bytes(), |frame| drop(mirror.handle(&Event::from(frame))));
    }
}

#[test]
fn a_hint_that_is_taken_out_is_no_ghost() {
    let items = ["200", "201", "202"].map(|exten| format!("ExtensionStatus|Exten: {exten}|Context: hints|Status: 0"));
    let items: Vec<_> = items.iter().map(String::as_str).collect();
    let mirror = after(
        Part::Extensions,
        &items,
        "ExtensionStateListComplete",
        &[
            "ExtensionStatus|Privilege: call,all|Exten: 200|Context: hints|Hint: |Status: -2|StatusText: Unknown",
            "ExtensionStatus|Privilege: call,all|Exten: 201|Context: hints|Hint: |Status: -1|StatusText: Unknown",
            "ExtensionStatus|Privilege: call,all|Exten: 202|Context: hints|Hint: d|Status: 8|StatusText: Ringing",
        ],
    );
    assert_eq!(mirror.extensions().map(|extension| extension.exten.to_string()).collect::<Vec<_>>(), ["202"]);
}

/// Up to 11 that of one who has listened to messages tells whether some are new, and no numbers.
#[test]
fn a_mailbox_of_which_numbers_are_not_told() {
    for (event, new, old) in [
        ("MessageWaiting|Privilege: call,all|Mailbox: 1000@default|Waiting: 0", Some(0), None),
        ("MessageWaiting|Privilege: call,all|Mailbox: 1000@default|Waiting: 1", None, None),
        ("MessageWaiting|Privilege: call,all|Mailbox: 1000@default|Waiting: 1|New: 3|Old: 1", Some(3), Some(1)),
    ] {
        let entry = "VoicemailUserEntry|VMContext: default|VoiceMailbox: 1000|NewMessageCount: 2|OldMessageCount: 0";
        let mirror = after(Part::Mailboxes, &[entry], "VoicemailUserEntryComplete", &[event]);
        let mailbox = mirror.mailbox(b"1000@default").expect("the mailbox");
        assert_eq!((mailbox.new, mailbox.old), (new, old), "{event}");
    }
}

#[test]
fn an_agent_who_is_free_again_talks_to_nobody() {
    let item = "Agents|Agent: 1001|Name: Ann|Status: AGENT_ONCALL|TalkingToChan: SIP/a|LoggedInTime: 17|Channel: SIP/1";
    let agent = |events: &[&str]| {
        let mirror = after(Part::Agents, &[item], "AgentsComplete", events);
        let agent = mirror.agent(b"1001").expect("the agent").clone();
        let text = |text: Option<ami_proto::state::OwnedValue>| text.map(|text| text.to_string()).unwrap_or_default();
        format!("{} {} {} {:?}", text(agent.status), text(agent.channel), text(agent.talking_to), agent.logged_in)
    };
    let free = "DeviceStateChange|Privilege: call,all|Device: Agent:1001|State: NOT_INUSE";
    let off = "AgentLogoff|Privilege: agent,all|Agent: 1001|Logintime: 5";
    let on = "AgentLogin|Privilege: agent,all|Agent: 1001|Channel: SIP/2|Uniqueid: 2";
    assert_eq!(agent(&[]), "AGENT_ONCALL SIP/1 SIP/a Some(17)");
    assert_eq!(agent(&[free]), "AGENT_IDLE SIP/1  Some(17)");
    assert_eq!(agent(&[off]), "AGENT_LOGGEDOFF   Some(0)");
    // When this one logged in, the next list says.
    assert_eq!(agent(&[off, on]), "AGENT_IDLE SIP/2  None");
}

/// A program may hand in a list of devices that it has collected, behind younger events.
#[test]
fn a_list_of_devices_tells_nothing_of_agents() {
    let item = "Agents|Agent: 1001|Status: AGENT_IDLE|Channel: SIP/1";
    let mut mirror = after(Part::Agents, &[item], "AgentsComplete", &[]);
    let _ = mirror.seed(Part::Devices);
    feed(
        &mut mirror,
        &[
            "DeviceStateChange|Device: Agent:1001|State: INUSE",
            "DeviceStateListComplete|EventList: Complete|ListItems: 1",
        ],
    );
    assert_eq!(mirror.agent(b"1001").unwrap().status.as_ref().unwrap(), "AGENT_IDLE");
    assert_eq!(mirror.device(b"Agent:1001").unwrap().device_state.as_ref().unwrap(), "INUSE");
}

/// It may have been collected, or be of another's making.
#[test]
fn a_list_that_seeds_nothing_overwrites_nothing() {
    let item = "CoreShowChannel|Channel: A|Uniqueid: 1|ChannelState: 6|CallerIDNum: 100";
    let ringing = "Status|Privilege: Call|Channel: A|Uniqueid: 1|ChannelState: 4|CallerIDNum: 200|Exten: 7";
    let state = |mirror: &Mirror| {
        let channel = mirror.channel(b"1").expect("the channel");
        (channel.state.map(|state| state.get()), channel.exten.is_some())
    };
    let mut mirror = after(Part::Channels, &[item], "CoreShowChannelsComplete", &[ringing]);
    assert_eq!(state(&mirror), (Some(6), false));
    // What is not vouched for takes what it says.
    mirror.lost();
    feed(&mut mirror, &[ringing]);
    assert_eq!(state(&mirror), (Some(4), true));
    let _ = mirror.seed(Part::Channels);
    feed(&mut mirror, &["Newstate|Privilege: call,all|Channel: A|Uniqueid: 1|ChannelState: 6", ringing]);
    assert_eq!(state(&mirror), (Some(6), true));

    let item = "ContactList|ObjectName: a;@1|Uri: sip:a@h|Status: Reachable|RoundtripUsec: 5";
    let older = "ContactStatusDetail|AOR: a|URI: sip:a@h|Status: Unreachable|RoundtripUsec: 9";
    let mirror = after(Part::Contacts, &[item], "ContactListComplete", &[older]);
    assert_eq!(mirror.contact(b"a", b"sip:a@h").unwrap().round_trip, Some(5));
}

/// `IAXpeers` writes the user behind the name, `IAXpeerlist` and events don't.
#[test]
fn a_peer_is_one_by_list_and_event() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let _ = mirror.seed(Part::Endpoints);
    feed(
        &mut mirror,
        &[
            "PeerEntry|Channeltype: IAX2|ObjectName: loop/user|ChanObjectType: peer|Status: UNKNOWN",
            "PeerEntry|Channeltype: IAX|ObjectName: loop|ObjectUsername: user|ChanObjectType: peer|Status: UNKNOWN",
            "PeerEntry|Channeltype: SIP|ObjectName: loop/user|ChanObjectType: peer|Status: UNKNOWN",
            "PeerStatus|Privilege: system,all|ChannelType: IAX2|Peer: IAX2/loop|PeerStatus: Reachable|Time: 3",
        ],
    );
    let names: Vec<_> = mirror.endpoints().map(|peer| format!("{} {}", peer.technology, peer.name)).collect();
    assert_eq!(names, ["SIP loop/user", "IAX2 loop"]);
    assert_eq!(mirror.endpoint(b"IAX2", b"loop").unwrap().status.as_ref().unwrap(), "Reachable");
}

/// A list tells a contact by the address and a hash, an event by the address and where it is.
#[test]
fn a_contact_is_one_by_list_and_event() {
    let items = [
        "ContactList|ObjectName: 200;@a1b2|Uri: sip:200@10.0.0.1|Status: Unknown",
        "ContactList|ObjectName: trunk@@c3d4|Uri: sip:10.0.0.2|Status: Reachable",
    ];
    let status =
        |aor: &str, uri: &str, status: &str| format!("ContactStatus|AOR: {aor}|URI: {uri}|ContactStatus: {status}");
    let events = [status("200", "sip:200@10.0.0.1", "Reachable"), status("trunk", "sip:10.0.0.2", "Removed")];
    let events: Vec<_> = events.iter().map(String::as_str).collect();
    let told = |mirror: &Mirror| {
        let contacts = mirror
            .contacts()
            .map(|contact| format!("{} {} {}", contact.aor, contact.uri, contact.status.as_ref().expect("a status")));
        contacts.collect::<Vec<_>>()
    };
    let listed = after(Part::Contacts, &items, "ContactListComplete", &[]);
    assert_eq!(told(&listed), ["200 sip:200@10.0.0.1 Unknown", "trunk sip:10.0.0.2 Reachable"]);
    let mirror = after(Part::Contacts, &items, "ContactListComplete", &events);
    assert_eq!(told(&mirror), ["200 sip:200@10.0.0.1 Reachable"]);
}

/// Lists of SIP tell a domain, those of IAX2 a host with its port, those of PJSIP both addresses.
#[test]
fn a_registration_is_one_by_list_and_event() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let _ = mirror.seed(Part::Registrations);
    feed(
        &mut mirror,
        &[
            "RegistryEntry|Host: sip.example|Port: 5060|Username: anna|Domain: sip.example|State: Request Sent",
            "RegistryEntry|Host: iax.example:4569|Username: anna|State: Request Sent",
            "OutboundRegistrationDetail|ObjectName: r|ClientUri: sip:anna@a|ServerUri: sip:b|Status: Registered",
        ],
    );
    assert_eq!(mirror.registrations().len(), 3, "those of the lists");
    feed(
        &mut mirror,
        &[
            "Registry|ChannelType: SIP|Username: anna|Domain: sip.example|Status: Registered",
            "Registry|ChannelType: IAX2|Username: anna|Domain: iax.example|Status: Rejected",
        ],
    );
    let registrations = mirror.registrations().map(|registration| {
        format!("{} {} {}", registration.technology, registration.account, registration.status.as_ref().expect("told"))
    });
    let mut registrations: Vec<_> = registrations.collect();
    registrations.sort();
    let expected =
        ["IAX2 anna@iax.example Rejected", "PJSIP sip:anna@a@sip:b Registered", "SIP anna@sip.example Registered"];
    assert_eq!(registrations, expected);
}

#[test]
fn an_endpoint_is_in_use_by_the_state_of_its_device() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let _ = mirror.seed(Part::Endpoints);
    feed(&mut mirror, &["EndpointList|ObjectName: 200|DeviceState: Not in use|ActiveChannels: 0"]);
    let told = |mirror: &Mirror| {
        let endpoint = mirror.endpoint(b"PJSIP", b"200").expect("the endpoint");
        let state = endpoint.state().and_then(|state| state.number());
        (state, endpoint.device_state.as_ref().map(ToString::to_string), endpoint.channels)
    };
    assert_eq!(told(&mirror), (Some(1), Some("Not in use".into()), Some(0)));
    let event = "DeviceStateChange|Privilege: call,all|Device: PJSIP/200|State: ";
    feed(&mut mirror, &[&format!("{event}NOT_INUSE")]);
    assert_eq!(told(&mirror).2, Some(0));
    feed(&mut mirror, &[&format!("{event}RINGINUSE")]);
    assert_eq!(told(&mirror), (Some(7), Some("Ring+Inuse".into()), None));
    // Of this one no list has told, and a device is no endpoint.
    feed(&mut mirror, &[&event.replace("200", "300")]);
    assert_eq!(mirror.endpoints().len(), 1);
}

/// A queue that a reload takes out is told by no event; that there was one, is.
#[test]
fn a_reload_leaves_the_parts_of_the_module_doubtful() {
    let parts = |event: &str| {
        let mut mirror = Mirror::new(MirrorLimits::new());
        for part in Part::ALL {
            let _ = mirror.seed(*part);
            part.lists().iter().for_each(|_| mirror.refused(*part, "No such list".into()));
            while mirror.poll_seed().is_some() {}
            assert_eq!(mirror.completeness(*part), Completeness::Complete, "{part:?}");
        }
        feed(&mut mirror, &[event]);
        let doubtful = Part::ALL.iter().filter(|part| {
            let completeness = mirror.completeness(**part);
            assert!([Completeness::Complete, Completeness::MaybeStale(Stale::Reloaded)].contains(&completeness));
            completeness != Completeness::Complete
        });
        doubtful.map(|part| part.as_str()).collect::<Vec<_>>().join(" ")
    };
    let all = "queues agents parking_lots endpoints contacts registrations extensions mailboxes";
    for (event, doubtful) in [
        ("Reload|Privilege: system,all|Module: app_queue.so|Status: 0", "queues"),
        ("Reload|Privilege: system,all|Module: app_queue|Status: 0", "queues"),
        ("Reload|Privilege: system,all|Module: pbx_config.so|Status: 0", "extensions"),
        ("Reload|Privilege: system,all|Module: res_pjsip.so|Status: 0", "endpoints contacts registrations"),
        ("Reload|Privilege: system,all|Module: All|Status: 0", all),
        ("Reload|Privilege: system,all|Module: logger|Status: 0", ""),
        ("Reload|Privilege: system,all|Module: app_queue.so|Status: 2", ""),
        ("Unload|Privilege: system,all|Module: app_queue.so|Status: Success", "queues"),
        ("ChannelReload|Privilege: system,all|ChannelType: SIP|Registry_Count: 3", "endpoints registrations"),
    ] {
        assert_eq!(parts(event), doubtful, "{event}");
    }

    // A list that is awaited may have been made before.
    let mut mirror = Mirror::new(MirrorLimits::new());
    let _ = mirror.seed(Part::Queues);
    feed(&mut mirror, &["Reload|Module: app_queue.so|Status: 0", "QueueStatusComplete|EventList: Complete"]);
    assert_eq!(mirror.completeness(Part::Queues), Completeness::MaybeStale(Stale::Reloaded));
}
