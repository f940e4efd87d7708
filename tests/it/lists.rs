//! Invariant: an empty list is a list of none, in whichever words the server tells so, and a
//! refusal is none; items are the action's own, in the order of the wire.

use crate::peer::{Peer, quiet};
use ami_proto::FrameKind;
use ami_proto::action::*;
use ami_proto::catalogue;
use ami_proto::client::{ClientEvent, Ending};
use ami_proto::event::Event;
use ami_proto::value::Classes;

/// The messages of servers for a list that is empty, by the sources of Asterisk 1.6 to 23.
const NONE: [(&str, &str); 12] = [
    ("ConfbridgeListRooms", "No active conferences."),
    ("ExtensionStateList", "No dialplan hints are available"),
    ("MeetmeList", "No active conferences."),
    ("MeetmeListRooms", "No active conferences."),
    ("PJSIPShowAors", "No AORs found"),
    ("PJSIPShowAuths", "No Auths found"),
    ("PJSIPShowContacts", "No Contacts found"),
    ("PJSIPShowEndpoints", "No endpoints found"),
    ("PJSIPShowResourceLists", "No resource lists found"),
    ("VoicemailBoxSummary", "There is no voicemail user matching the given user."),
    ("VoicemailUserStatus", "There is no voicemail user of the given info."),
    ("VoicemailUsersList", "There are no voicemail users currently defined."),
];

/// Returns what is told of a request for this action that is answered with this.
fn told(action: &Custom<'_>, answer: &str, collect: bool) -> Vec<String> {
    let mut peer = Peer::ready(quiet());
    let list = peer.send(action);
    if collect {
        peer.client.collect(list, 1).unwrap();
    }
    let told = peer.feed(answer);
    assert!(peer.client.take_items(list).is_empty());
    told
}

#[test]
fn the_catalogue_has_the_words_for_none() {
    let mut words: Vec<(&str, &str)> =
        catalogue::actions().filter_map(|action| Some((action.name(), action.reply().none_message()?))).collect();
    words.sort_unstable();
    assert_eq!(words, NONE);
}

#[test]
fn an_empty_list_is_a_list_of_none() {
    for (name, words) in NONE {
        for collect in [false, true] {
            let end = catalogue::actions().find(|action| action.name() == name).and_then(|action| action.reply().end());
            for action in [Custom::new(name), Custom::new(name).list(end.unwrap())] {
                // PJSIP's messages end with a line feed, which leaves a blank line behind.
                for (kind, ends) in [("Error", ""), ("Error", "\n"), ("Success", ""), ("Error", " ")] {
                    let answer = format!("Response: {kind}\r\nActionID: $0\r\nMessage: {words}{ends}\r\n\r\n");
                    assert_eq!(told(&action, &answer, collect), ["list 0"], "{name}: {answer}");
                    let list = format!("Event: Hangup\r\n\r\n{answer}Event: Hangup\r\n\r\n");
                    assert_eq!(told(&action, &list, collect), ["event Hangup", "list 0", "event Hangup"], "{name}");
                }
            }
        }
    }
}

/// Any other error, and these words in answer to anything else.
#[test]
fn a_refusal_is_no_empty_list() {
    let error = |message: &str| format!("Response: Error\r\nActionID: $0\r\nMessage: {message}\r\n\r\n");
    for (name, words) in NONE {
        for message in ["Permission denied", "", "No such conference", &words[1..], &format!("{words} Not one")] {
            assert_eq!(told(&Custom::new(name), &error(message), false), ["refused"], "{name}: {message}");
        }
    }
    for (name, message) in [
        // The conference isn't there, whether or not there are others.
        ("ConfbridgeList", "No active conferences."),
        ("ConfbridgeList", "No Conference by that name found."),
        ("ConfbridgeMute", "No active conferences."),
        ("DAHDIShowStatus", "No DAHDI detected"),
        ("ParkedCalls", "Requested parking lot could not be found."),
        ("PJSIPShowEndpoint", "Unable to retrieve endpoint bogus"),
        ("ShowDialPlan", "Did not find context bogus"),
        ("Status", "No such channel"),
        ("Unheard", "No Contacts found"),
    ] {
        assert_eq!(told(&Custom::new(name), &error(message), false), ["refused"], "{name}: {message}");
    }
    let hung_up = "Response: Success\r\nActionID: $0\r\nMessage: Channel Hungup\r\n\r\n";
    assert_eq!(told(&Custom::new("Hangup"), hung_up, false), ["reply"], "a list where a pattern was given");
    // Once a list has begun it isn't empty.
    let begun = "Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n";
    let answer = format!("{begun}{}", error("No Contacts found"));
    assert_eq!(told(&Custom::new("PJSIPShowContacts"), &answer, false), ["started", "refused"]);
}

#[test]
fn the_response_of_an_empty_list_can_be_read() {
    let mut peer = Peer::ready(quiet());
    let rooms = peer.send(&ConfbridgeListRooms::new());
    let answer = format!("Response: Error\r\nActionID: {}\r\nMessage: No active conferences.\r\n\r\n", peer.ids[0]);
    assert_eq!(peer.client.handle_input(peer.now, answer.as_bytes()), answer.len());
    let Ok(Some(ClientEvent::Ended { id, ending })) = peer.client.poll_event() else { panic!("it has ended") };
    let Ending::List { items: 0, end: Event::Other(end), cancelled: false } = ending else { panic!("{ending:?}") };
    assert!(id == rooms && end.kind() == FrameKind::Response);
    assert_eq!(end.get("Message").unwrap(), "No active conferences.");
    assert_eq!(ending.to_string(), "list of 0 items: No active conferences.");
    assert!(rooms.item(end.into()).is_none(), "it is no item");
}

const LIST: &str = "Event: Newchannel\r\nPrivilege: call,all\r\n\r\n\
    Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n\
    Event: ConfbridgeListRooms\r\nActionID: $0\r\nConference: one\r\nParties: 3\r\n\r\n\
    Event: Hangup\r\nPrivilege: call,all\r\n\r\n\
    Event: ConfbridgeListRooms\r\nActionID: $0\r\nConference: two\r\n\r\n\
    Event: ConfbridgeListRoomsComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\n\
    Event: VarSet\r\nPrivilege: dialplan,all\r\n\r\n";

#[test]
fn items_and_events_keep_their_order() {
    let mut peer = Peer::ready(quiet());
    peer.send(&ConfbridgeListRooms::new());
    assert_eq!(
        peer.feed(LIST),
        [
            "event Newchannel",
            "started",
            "item ConfbridgeListRooms",
            "event Hangup",
            "item ConfbridgeListRooms",
            "list 2",
            "event VarSet"
        ]
    );
    // Collected, the items alone are not told.
    let mut peer = Peer::ready(quiet());
    let rooms = peer.send(&ConfbridgeListRooms::new());
    peer.client.collect(rooms, 10).unwrap();
    assert_eq!(peer.feed(LIST), ["event Newchannel", "started", "event Hangup", "list 2", "event VarSet"]);
    let frames = peer.client.take_items(rooms);
    let names: Vec<_> = frames.iter().map(|frame| frame.view().get("Conference").unwrap().to_string()).collect();
    assert_eq!(names, ["one", "two"]);
}

#[test]
fn items_are_the_actions_own() {
    let mut peer = Peer::ready(quiet());
    let rooms = peer.send(&ConfbridgeListRooms::new());
    peer.client.collect(rooms, 10).unwrap();
    peer.feed(LIST);
    let frames = peer.client.take_items(rooms);
    let rooms: Vec<_> = rooms.items(&frames).map(|room| (room.conference().unwrap(), room.parties().ok())).collect();
    assert_eq!(rooms, [("one".into(), Some(3)), ("two".into(), None)]);

    // Of several kinds: events.
    let mut peer = Peer::ready(quiet().events(Classes::NONE));
    let queues = peer.send(&QueueStatus::new());
    peer.client.collect(queues, 10).unwrap();
    let item = |name: &str| format!("Event: {name}\r\nActionID: $0\r\nQueue: {name}\r\n\r\n");
    let items = ["QueueParams", "QueueMember", "QueueEntry", "QueueStatusComplete"].map(item).concat();
    peer.feed(&format!("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n{items}"));
    let frames = peer.client.take_items(queues);
    let kinds = queues.items(&frames).map(|item| match item {
        Event::QueueParams(_) => 'p',
        Event::QueueMember(_) => 'm',
        Event::QueueEntry(_) => 'e',
        _ => '?',
    });
    assert_eq!(kinds.collect::<String>(), "pme");
}

/// Each list action of the catalogue reads an item as such, and its end as none.
#[test]
fn each_list_knows_its_items() {
    fn reads<A: ListAction>(name: &str) -> bool {
        let mut decoder = ami_proto::Decoder::new(ami_proto::Limits::new());
        decoder.push(format!("Event: {name}\r\n\r\n").as_bytes());
        A::item(decoder.next_frame().unwrap().unwrap()).is_some()
    }
    assert!(reads::<Agents<'_>>("agents") && !reads::<Agents<'_>>("AgentsComplete"));
    assert!(reads::<IaxPeers<'_>>("PeerEntry") && !reads::<IaxPeers<'_>>("PeerlistComplete"));
    let endpoint = ["EndpointDetail", "AorDetail", "AuthDetail", "EndpointDetailComplete", "Unheard"];
    assert_eq!(endpoint.map(reads::<PjsipShowEndpoint<'_>>), [true, true, true, false, false]);
    assert!(reads::<Custom<'_>>("Unheard"));
}
