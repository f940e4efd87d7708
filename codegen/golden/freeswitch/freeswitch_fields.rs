// What each event has: blocks of fields, by the event's number.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

static COMMON: [Field; 1] = [("event_name", Key { name: "Event-Name", aliases: &[], kind: Kind::Encoded })];

static MEMBER: [Field; 1] = [("member_id", Key { name: "Member-ID", aliases: &["Member"], kind: Kind::Uint })];

static OWN_0: [Field; 1] = [("file", Key { name: "File", aliases: &[], kind: Kind::Encoded })];

static OWN_2: [Field; 1] = [("cdr_path", Key { name: "CDR-Path", aliases: &[], kind: Kind::Encoded })];

pub(crate) static EVENTS: [EventFields; 3] =
    [("PlayFile", &[&COMMON, &MEMBER, &OWN_0]), ("Nothing", &[&COMMON]), ("SomeThing", &[&COMMON, &OWN_2])];
