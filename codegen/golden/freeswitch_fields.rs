// What each event has: blocks of fields, by the event's number.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

static COMMON: [Field; 2] = [
    ("event", Key { name: "Event", aliases: &[], kind: Kind::Text }),
    ("action_id", Key { name: "ActionID", aliases: &[], kind: Kind::Text }),
];

static REPLY_COMMON: [Field; 1] = [("response", Key { name: "Response", aliases: &[], kind: Kind::Text })];

static CHANNEL: [Field; 2] = [
    ("channel", Key { name: "Channel", aliases: &[], kind: Kind::Channel }),
    ("chan_variable", Key { name: "ChanVariable", aliases: &[], kind: Kind::Assignment }),
];

static BRIDGE: [Field; 1] =
    [("bridge_id", Key { name: "BridgeUniqueid", aliases: &["BridgeID", "BridgeUUID"], kind: Kind::Text })];

static COUNTED: [Field; 1] = [("count", Key { name: "Count", aliases: &[], kind: Kind::Uint })];

static OWN_0: [Field; 14] = [
    ("text", Key { name: "Text", aliases: &[], kind: Kind::Text }),
    ("old_name", Key { name: "Old-Name", aliases: &[], kind: Kind::Text }),
    ("new_name", Key { name: "New/Name", aliases: &[], kind: Kind::Text }),
    ("only", Key { name: "Only", aliases: &[], kind: Kind::Text }),
    ("two", Key { name: "Two words", aliases: &[], kind: Kind::Int }),
    ("used", Key { name: "use", aliases: &[], kind: Kind::Bool }),
    ("object_type", Key { name: "Type", aliases: &[], kind: Kind::Text }),
    ("secret", Key { name: "Secret", aliases: &[], kind: Kind::Text }),
    ("item", Key { name: "Item", aliases: &[], kind: Kind::List }),
    ("report_loss", Key { name: "Report{i}Loss", aliases: &[], kind: Kind::Float }),
    ("unit_type", Key { name: "Unit({i})/Type({j})", aliases: &[], kind: Kind::Hex }),
    ("line", Key { name: "Line-{i:6}", aliases: &[], kind: Kind::Text }),
    ("var", Key { name: "Var({key})", aliases: &[], kind: Kind::Assignment }),
    (
        "qualify_timeout_of_contact",
        Key { name: "QualifyTimeoutOfContact", aliases: &["QualifyTimeoutOld"], kind: Kind::Milliseconds },
    ),
];

static OWN_4: [Field; 35] = [
    ("text", Key { name: "Text", aliases: &[], kind: Kind::Text }),
    ("escaped", Key { name: "Escaped", aliases: &[], kind: Kind::Escaped }),
    ("int", Key { name: "Int", aliases: &[], kind: Kind::Int }),
    ("uint", Key { name: "Uint", aliases: &[], kind: Kind::Uint }),
    ("float", Key { name: "Float", aliases: &[], kind: Kind::Float }),
    ("hex", Key { name: "Hex", aliases: &[], kind: Kind::Hex }),
    ("bool", Key { name: "Bool", aliases: &[], kind: Kind::Bool }),
    ("seconds", Key { name: "Seconds", aliases: &[], kind: Kind::Seconds }),
    ("ms", Key { name: "Ms", aliases: &[], kind: Kind::Milliseconds }),
    ("hms", Key { name: "Hms", aliases: &[], kind: Kind::ClockTime }),
    ("timestamp", Key { name: "Timestamp", aliases: &[], kind: Kind::Timestamp }),
    ("epoch", Key { name: "Epoch", aliases: &[], kind: Kind::Epoch }),
    ("datetime", Key { name: "Datetime", aliases: &[], kind: Kind::DateTime }),
    ("date", Key { name: "Date", aliases: &[], kind: Kind::Date }),
    ("time", Key { name: "Time", aliases: &[], kind: Kind::Time }),
    ("isotime", Key { name: "Isotime", aliases: &[], kind: Kind::SecurityTime }),
    ("channel", Key { name: "Channel", aliases: &[], kind: Kind::Channel }),
    ("uniqueid", Key { name: "Uniqueid", aliases: &[], kind: Kind::UniqueId }),
    ("callerid", Key { name: "Callerid", aliases: &[], kind: Kind::CallerId }),
    ("cause", Key { name: "Cause", aliases: &[], kind: Kind::Cause }),
    ("channel_state", Key { name: "ChannelState", aliases: &[], kind: Kind::ChannelState }),
    ("device_state", Key { name: "DeviceState", aliases: &[], kind: Kind::DeviceState }),
    ("device_state_number", Key { name: "DeviceStateNumber", aliases: &[], kind: Kind::DeviceState }),
    ("extension_state", Key { name: "ExtensionState", aliases: &[], kind: Kind::ExtensionState }),
    ("presence_state", Key { name: "PresenceState", aliases: &[], kind: Kind::PresenceState }),
    ("ama_flags", Key { name: "AmaFlags", aliases: &[], kind: Kind::AmaFlags }),
    ("presentation", Key { name: "Presentation", aliases: &[], kind: Kind::Presentation }),
    ("classes", Key { name: "Classes", aliases: &[], kind: Kind::Classes }),
    ("peer", Key { name: "Peer", aliases: &[], kind: Kind::Peer }),
    ("address", Key { name: "Address", aliases: &[], kind: Kind::Address }),
    ("codecs", Key { name: "Codecs", aliases: &[], kind: Kind::Codecs }),
    ("contacts", Key { name: "Contacts", aliases: &[], kind: Kind::Contacts }),
    ("list", Key { name: "List", aliases: &[], kind: Kind::List }),
    ("assignment", Key { name: "Assignment", aliases: &[], kind: Kind::Assignment }),
    ("assignments", Key { name: "Assignments", aliases: &[], kind: Kind::Assignments }),
];

pub(crate) static EVENTS: [EventFields; 5] = [
    ("Anything", &[&COMMON, &CHANNEL, &BRIDGE, &COUNTED, &CHANNEL, &CHANNEL, &BRIDGE, &OWN_0]),
    ("Item", &[&COMMON, &CHANNEL]),
    ("ListEnd", &[&COMMON]),
    ("Empty", &[&COMMON]),
    ("Kinds", &[&COMMON, &OWN_4]),
];
