//! Invariant: the catalogue has every action, parameter, event, header, reply header, list and
//! privilege that `tests/facts` tells of; what it lacks on purpose stands here, with the reason.

use std::collections::{HashMap, HashSet};

use ami_proto::catalogue::{self, ActionType, Branch, EventType, Field, FieldName, ReplySpec, ReplyStyle, Role};
use ami_proto::value::{Classes, FromWire};

/// What the catalogue lacks on purpose: file, item, name (`*`: any) and why.
const EXPLAINED: &[(&str, &str, &str, &str)] = &[
    ("observed-events", "Fake", "*", "forged: a value with line breaks made it"),
    ("observed-replies", "Getvar", "Event", "forged: the variable's value had line breaks"),
    ("observed-replies", "Getvar", "Foo", "forged: the variable's value had line breaks"),
    ("actions", "PJSIPShowEndpoints", "EventList", "a header of the answer, declared as a parameter"),
    ("actions", "PJSIPShowEndpoints", "ListItems", "a header of the answer, declared as a parameter"),
    ("actions", "PJSIPShowAors", "EventList", "a header of the answer, declared as a parameter"),
    ("actions", "PJSIPShowAors", "ListItems", "a header of the answer, declared as a parameter"),
    ("actions", "PJSIPShowAuths", "EventList", "a header of the answer, declared as a parameter"),
    ("actions", "PJSIPShowAuths", "ListItems", "a header of the answer, declared as a parameter"),
    ("actions", "PJSIPShowContacts", "EventList", "a header of the answer, declared as a parameter"),
    ("actions", "PJSIPShowContacts", "ListItems", "a header of the answer, declared as a parameter"),
    ("documented-params", "AOCMessage", "Channel*", "ChannelPrefix does as well"),
    ("documented-params", "AOCMessage", "ChargeType*", "AOC-S has none"),
    ("documented-params", "PJSIPNotify", "Variable*", "branch 22 takes Option instead"),
    ("documented-params", "PJSIPHangup", "Cause*", "servers do without it"),
    ("actions", "Login", "EventMask", "another name on some pages; no server reads it there"),
    ("events", "AgentLogin", "since", OTHER_CASE),
    ("events", "AgentLogin", "until", OTHER_CASE),
    ("events", "AgentLogoff", "since", OTHER_CASE),
    ("events", "AgentLogoff", "until", OTHER_CASE),
    ("events", "InboundSubscriptionDetail", "command", "an answer, though the survey says it comes unasked"),
    ("events", "InboundSubscriptionDetail", "since", "seen on 16; the survey says 20"),
    ("events", "OutboundSubscriptionDetail", "command", "an answer, though the survey says it comes unasked"),
    ("events", "OutboundSubscriptionDetail", "since", "its sister was seen on 16; the survey says 20"),
    ("events", "ParkedCallSwap", "CallerID", "the header of ParkedCall in 1.4, long before"),
    ("events", "NewCallerid", "since", OTHER_CASE),
    ("events", "NewCallerid", "until", OTHER_CASE),
    ("reference", "AOCMessage", "UnitAmout(0)", "a typo on the page"),
    ("reference", "QueueCallerJoin", "Message", "the page runs an event into the next example"),
    ("reference", "SIPpeerstatusComplete", "Action", "the page runs an event into the next example"),
    ("reference", "SIPpeerstatusComplete", "Peer", "the page runs an event into the next example"),
];

const OTHER_CASE: &str = "one event; branches differ in the case of its letters";

/// The rows of one file of facts, and what the catalogue lacks of them.
struct Facts {
    file: &'static str,
    rows: Vec<Vec<String>>,
    checked: usize,
    missing: Vec<String>,
    explained: HashSet<usize>,
}

impl Facts {
    fn of(file: &'static str) -> Self {
        let path = ami_testkit::root().join("tests/facts").join(file).with_extension("tsv");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let rows = lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect();
        Self { file, rows, checked: 0, missing: Vec::new(), explained: HashSet::new() }
    }

    /// Hands out each row.
    fn each(mut self, mut look: impl FnMut(&mut Self, &[String])) -> Self {
        for row in std::mem::take(&mut self.rows) {
            look(&mut self, &row);
        }
        self
    }

    /// Counts a fact, and keeps it if the catalogue lacks it without a reason.
    fn check(&mut self, known: bool, item: &str, name: &str) {
        self.checked += 1;
        if known {
            return;
        }
        let reason = EXPLAINED.iter().position(|(file, of, what, _)| {
            *file == self.file && of.eq_ignore_ascii_case(item) && (*what == "*" || what.eq_ignore_ascii_case(name))
        });
        match reason {
            Some(reason) => drop(self.explained.insert(reason)),
            None => self.missing.push(format!("{item}: {name}")),
        }
    }

    /// Fails for what is missing, and for a reason that nothing needs any more.
    fn end(self, at_least: usize) {
        assert!(self.missing.is_empty(), "{}: {:#?}", self.file, self.missing);
        assert!(self.checked >= at_least, "{}: only {} facts", self.file, self.checked);
        for (number, explained) in EXPLAINED.iter().enumerate().filter(|(_, (file, ..))| *file == self.file) {
            assert!(self.explained.contains(&number), "no such exception any more: {explained:?}");
        }
    }

    fn event(&mut self, name: &str) -> Option<EventType> {
        let event = catalogue::event(name);
        self.check(event.is_some(), name, "no such event");
        event
    }

    fn action(&mut self, name: &str) -> Option<ActionType> {
        let action = catalogue::action(name);
        self.check(action.is_some(), name, "no such action");
        action
    }

    fn header(&mut self, event: EventType, header: &str) {
        let known = event.field_of(header.as_bytes()).is_some() || event.rest().is_some() || is_part(event, header);
        self.check(known, event.name(), header);
    }

    /// A parameter, with a `*` behind it if it is required.
    fn parameter(&mut self, action: ActionType, parameter: &str) {
        let name = parameter.trim_end_matches('*');
        // Every action may have one.
        if name.eq_ignore_ascii_case("ActionID") {
            return;
        }
        let field = action.field_of(name.as_bytes());
        self.check(field.is_some() || action.rest().is_some(), action.name(), name);
        if parameter != name {
            self.check(field.is_none_or(Field::is_required), action.name(), parameter);
        }
    }
}

/// Advice of charge nests its names (`Charge/Cost(0)/Amount`); the documentation names the parts
/// alone, and two that stand for a part whose name varies.
fn is_part(event: EventType, header: &str) -> bool {
    let parts = |field: Field| {
        field
            .wire_name()
            .split('/')
            .any(|part| part.split('(').next().is_some_and(|part| part.eq_ignore_ascii_case(header)))
    };
    event.name().starts_with("AOC-") && (matches!(header, "RateType" | "StepFunction") || event.fields().any(parts))
}

/// The branch that a survey of the sources names: `<=1.4`, `16`.
fn branch(text: &str) -> Branch {
    let (major, minor) = text.trim_start_matches("<=").split_once('.').unwrap_or((text, "0"));
    Branch::new(major.parse().expect("a number"), minor.parse().expect("a number"))
}

/// The oldest branch that the documentation names, such as `1.6.1.0`; all before 1.4 count as that.
fn documented(versions: &str) -> Option<Branch> {
    let branch = |version: &str| {
        let mut numbers = version.split('.').map(|number| number.parse().expect("a number"));
        let (major, minor) = (numbers.next()?, numbers.next()?);
        Some(Branch::new(major, if major == 1 { minor } else { 0 }).max(Branch::new(1, 4)))
    };
    versions.split(',').filter(|version| *version != "-").filter_map(branch).min()
}

/// The first branch that has an action: of actions the survey skips 1.6, the documentation does not.
fn first(row: &[String]) -> Branch {
    let surveyed = branch(&row[2]);
    documented(&row[7]).map_or(surveyed, |documented| documented.min(surveyed))
}

/// The last branch before this one.
fn before(text: &str) -> Branch {
    match text {
        "1.8" => Branch::new(1, 6),
        "10" => Branch::new(1, 8),
        _ => Branch::new(branch(text).major() - 1, 0),
    }
}

fn classes(names: &str) -> Classes {
    if matches!(names, "-" | "none") { Classes::NONE } else { Classes::from_wire(names.as_bytes()).expect("classes") }
}

#[test]
fn actions_of_the_sources() {
    let facts = Facts::of("actions").each(|facts, row| {
        let [name, _, _, removed, _, class, parameters, _] = row else { panic!("{row:?}") };
        let Some(action) = facts.action(name) else { return };
        facts.check(action.name() == name, name, "spelling");
        facts.check(action.classes() == classes(class), name, class);
        facts.check(action.since() == Some(first(row)), name, "since");
        facts.check(action.until() == (removed != "-").then(|| before(removed)), name, "until");
        for parameter in parameters.split(' ').filter(|parameter| *parameter != "-") {
            facts.parameter(action, parameter);
        }
    });
    facts.end(1300);
}

#[test]
fn events_of_the_sources() {
    let headers: Vec<(String, String)> =
        Facts::of("events").rows.into_iter().map(|row| (row[0].clone(), row[7].clone())).collect();
    let facts = Facts::of("events").each(|facts, row| {
        let [name, _, since, removed, _, kind, class, own, _] = row else { panic!("{row:?}") };
        let Some(event) = facts.event(name) else { return };
        // The class that sources and documentation give what answers an action is not on the wire:
        // whoever asks gets it.
        let answers = kind == "list" && event.classes().is_empty();
        facts.check(answers || event.classes() == classes(class), name, class);
        facts.check(event.since() == Some(branch(since)), name, "since");
        facts.check(event.until() == (removed != "-").then(|| before(removed)), name, "until");
        for header in expanded(own, &headers) {
            facts.header(event, &header);
        }
    });
    facts.end(4500);
}

/// The names in a survey's cell: blocks and `<as Event>` replaced by what they stand for.
fn expanded(cell: &str, events: &[(String, String)]) -> Vec<String> {
    const CHANNEL: &str = "Channel ChannelState ChannelStateDesc CallerIDNum CallerIDName ConnectedLineNum ConnectedLineName Language AccountCode Context Exten Priority Uniqueid Linkedid";
    const BRIDGE: &str = "BridgeUniqueid BridgeType BridgeTechnology BridgeCreator BridgeName BridgeNumChannels BridgeVideoSourceMode BridgeVideoSource";
    let mut names = Vec::new();
    let mut rest = cell.trim();
    while !rest.is_empty() {
        let end = if rest.starts_with('<') {
            rest.find('>').map_or(rest.len(), |at| at + 1)
        } else {
            rest.find(' ').unwrap_or(rest.len())
        };
        let (word, after) = rest.split_at(end);
        rest = after.trim_start();
        let Some(inner) = word.strip_prefix('<').and_then(|word| word.strip_suffix('>')) else {
            names.push(word.to_owned());
            continue;
        };
        if let Some(event) = inner.strip_prefix("as ") {
            let (_, cell) = events.iter().find(|(name, _)| name == event).expect("an event of the table");
            names.extend(expanded(cell, events));
            continue;
        }
        let (block, prefix) = inner.split_once(':').unwrap_or((inner, ""));
        let block = if block == "chan" { CHANNEL } else { BRIDGE };
        names.extend(block.split(' ').map(|name| format!("{prefix}{name}")));
    }
    names
}

#[test]
fn parameters_of_the_documentation() {
    let facts = Facts::of("documented-params").each(|facts, row| {
        let Some(action) = facts.action(&row[0]) else { return };
        for parameter in &row[2..] {
            facts.parameter(action, parameter);
        }
    });
    facts.end(500);
}

#[test]
fn headers_of_the_documentation() {
    let facts = Facts::of("documented-headers").each(|facts, row| {
        let Some(event) = facts.event(&row[0]) else { return };
        for header in &row[2..] {
            facts.header(event, header);
        }
    });
    facts.end(2000);
}

#[test]
fn lists_have_the_items_and_ends_of_the_facts() {
    let facts = Facts::of("lists").each(|facts, row| {
        let Some(action) = facts.action(&row[0]) else { return };
        for event in &row[2..] {
            let known = match event.split_once('=') {
                Some(("item", event)) => action.reply().items().any(|item| item.eq_ignore_ascii_case(event)),
                Some(("end", event)) => action.reply().end().is_some_and(|end| end.eq_ignore_ascii_case(event)),
                _ => panic!("{row:?}"),
            };
            facts.check(known, action.name(), event);
        }
    });
    facts.end(100);
}

#[test]
fn actions_have_the_classes_of_the_facts() {
    let facts = Facts::of("privileges").each(|facts, row| {
        let Some(action) = facts.action(&row[0]) else { return };
        facts.check(action.classes() == classes(&row[2]), action.name(), &row[2]);
    });
    facts.end(300);
}

/// Whether one of the names by which a header is this field is one of the branch.
fn is_written(field: Field, header: &str, branch: Branch) -> bool {
    let named = |name: FieldName| is_pattern_of(&name.wire_name(), header) && name.exists_in(branch);
    field.is_named(header.as_bytes()) && field.names().any(named)
}

/// Whether a name on the wire is this one of the tables, in which braces stand for what varies.
fn is_pattern_of(name: &str, header: &str) -> bool {
    let Some((start, rest)) = name.split_once('{') else { return name.eq_ignore_ascii_case(header) };
    let end = rest.rsplit_once('}').map_or("", |(_, end)| end);
    let inside =
        |ends: &str| header.get(header.len() - ends.len()..).is_some_and(|found| found.eq_ignore_ascii_case(ends));
    header.len() >= start.len() + end.len()
        && header.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start))
        && inside(end)
}

/// Every header that was seen on a branch is one that the branch has, by that name.
#[test]
fn events_on_the_wire() {
    let facts = Facts::of("observed-events").each(|facts, row| {
        let Some(event) = facts.event(&row[0]) else { return };
        for branch in row[1].split(',').map(branch) {
            facts.check(event.exists_in(branch), &row[0], &format!("seen on {branch}"));
            for header in &row[2..] {
                let known = event.fields().any(|field| is_written(field, header, branch)) || event.rest().is_some();
                facts.check(known, &row[0], &format!("{header} seen on {branch}"));
            }
        }
        row[2..].iter().for_each(|header| facts.header(event, header));
    });
    facts.end(12_000);
}

/// The other way round: a branch of which an event was seen often has no header that was never
/// there, but for those of which a condition is known. Each of these is needed.
#[test]
fn no_branch_has_a_header_that_its_frames_lack() {
    const OFTEN: u32 = 20;
    let mut seen: HashMap<(&str, Branch), HashSet<String>> = HashMap::new();
    for row in Facts::of("observed-events").rows {
        let Some(event) = catalogue::event(&row[0]) else { continue };
        for branch in row[1].split(',').map(branch) {
            seen.entry((event.name(), branch)).or_default().extend(row[2..].iter().cloned());
        }
    }
    let optional = Facts::of("optional-headers").rows;
    let mut needed = HashSet::new();
    let mut wrong = Vec::new();
    let mut checked = 0;
    for row in Facts::of("observed-counts").rows {
        let event = catalogue::event(&row[0]).expect("an event of the catalogue");
        for cell in &row[1..] {
            let (name, count) = cell.split_once(' ').expect("a branch and a number");
            let branch = branch(name);
            if count.parse::<u32>().expect("a number") < OFTEN {
                continue;
            }
            let headers = &seen[&(event.name(), branch)];
            let common = |field: &Field| EventType::common_fields().any(|common| common.name() == field.name());
            for field in event.fields().filter(|field| !common(field)) {
                for name in field.names().filter(|name| name.exists_in(branch)) {
                    checked += 1;
                    if headers.iter().any(|header| is_pattern_of(&name.wire_name(), header)) {
                        continue;
                    }
                    let reason = optional.iter().position(|row| {
                        (row[0] == "*" || row[0] == event.name()) && row[1] == name.name() && !row[2].is_empty()
                    });
                    match reason {
                        Some(reason) => drop(needed.insert(reason)),
                        None => wrong.push(format!("{} of {branch}: {}", event.name(), name.wire_name())),
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked > 5000, "only {checked} headers");
    let idle: Vec<_> = (0..optional.len()).filter(|row| !needed.contains(row)).map(|row| &optional[row]).collect();
    assert!(idle.is_empty(), "no such exception any more: {idle:?}");
}

/// What a newcomer asks: which headers this version has, and what it calls them.
#[test]
fn versions_of_headers() {
    let branch = |number| Branch::new(number, 0);
    let event = |name| catalogue::event(name).unwrap();
    let field = |name, header: &str| event(name).field_of(header.as_bytes()).unwrap();
    let names = |field: Field, number| field.name_in(branch(number)).map(|name| name.wire_name());

    let interface = field("QueueMemberStatus", "Interface");
    assert_eq!(
        (names(interface, 11).as_deref(), names(interface, 12).as_deref()),
        (Some("Location"), Some("Interface"))
    );
    assert_eq!((interface.since(), interface.until()), (Some(Branch::new(1, 4)), None));
    let each: Vec<_> = interface.names().map(|name| (name.name(), name.since(), name.until())).collect();
    assert_eq!(each, [("Interface", Some(branch(12)), None), ("Location", Some(Branch::new(1, 4)), Some(branch(11)))]);
    for (event, header, since) in [
        ("QueueMemberStatus", "PausedReason", 13),
        ("QueueMemberStatus", "Wrapuptime", 16),
        ("QueueMember", "LoginTime", 16),
    ] {
        assert_eq!(field(event, header).since(), Some(branch(since)), "{event}: {header}");
        assert!(!field(event, header).exists_in(branch(since - 1)), "{event}: {header}");
    }

    // A `use` says more than the rows of its block: which headers a branch of the event has already.
    assert!(field("Hangup", "Channel").exists_in(branch(11)) && !field("Hangup", "Exten").exists_in(branch(11)));
    assert_eq!(field("Hangup", "ConnectedLineNum").since(), Some(Branch::new(1, 8)));
    assert_eq!(field("MeetmeMute", "Uniqueid").since(), Some(Branch::new(1, 4)));
    assert_eq!((names(field("QueueMemberPause", "Reason"), 13).as_deref()), Some("PausedReason"));

    // Between its bounds, but not in a branch that had ended; documented, but never sent; and what a
    // branch that is to come will have.
    let in_call = field("QueueMemberStatus", "InCall");
    assert_eq!([11, 12, 13].map(|number| in_call.exists_in(branch(number))), [true, false, true]);
    let parker = field("ParkedCall", "ParkerChannel");
    assert_eq!((parker.since(), parker.until(), parker.exists_in(branch(13))), (None, None, false));
    assert!(interface.exists_in(branch(99)) && !field("ParkedCall", "From").exists_in(branch(99)));

    let tree = catalogue::action("DBGetTree").unwrap();
    assert_eq!([16, 17, 18].map(|number| tree.exists_in(branch(number))), [true, false, true]);
    assert_eq!((catalogue::action("FilterList").unwrap().since(), event("Dial").until()), (None, Some(branch(11))));
}

#[test]
fn replies_on_the_wire() {
    let facts = Facts::of("observed-replies").each(|facts, row| {
        let Some(action) = facts.action(&row[0]) else { return };
        let reply = action.reply();
        for header in &row[2..] {
            let mut fields = reply.fields().chain(ReplySpec::common_fields());
            let field = fields.find(|field| field.is_named(header.as_bytes()));
            facts.check(field.is_some() || reply.rest().is_some(), action.name(), header);
            if let Some(field) = field {
                for branch in row[1].split(',').map(branch).filter(|branch| !is_written(field, header, *branch)) {
                    facts.check(false, action.name(), &format!("{header} seen on {branch}"));
                }
            }
        }
    });
    facts.end(800);
}

#[test]
fn names_on_the_reference_pages() {
    let facts = Facts::of("reference").each(|facts, row| {
        if row[0] == "event" {
            let Some(event) = facts.event(&row[1]) else { return };
            row[2..].iter().for_each(|header| facts.header(event, header));
        } else {
            let Some(action) = facts.action(&row[1]) else { return };
            row[2..].iter().for_each(|parameter| facts.parameter(action, parameter));
        }
    });
    facts.end(1000);
}

/// What the tables name, the tables have; an item of a list is one by its role, as is an end.
#[test]
fn lists_name_events_of_the_catalogue() {
    for action in catalogue::actions() {
        let reply = action.reply();
        for event in reply.items().chain(reply.end()).chain(reply.outcome()) {
            assert!(catalogue::event(event).is_some(), "{action:?}: {event}");
        }
        let role = |name: &str| catalogue::event(name).map(EventType::role);
        let is_item = |name| matches!(role(name), Some(Role::Item | Role::Both));
        assert!(reply.items().all(is_item), "{action:?}");
        assert!(reply.end().is_none_or(|end| matches!(role(end), Some(Role::End | Role::Both))), "{action:?}");
    }
}

/// Each column of the tables is told by the getter that is named after it.
#[test]
fn each_getter_has_its_column() {
    let branch = Branch::new;
    let event = catalogue::event("DeviceEntry").unwrap();
    assert_eq!(
        (event.name(), event.rust_name(), event.classes()),
        ("DeviceEntry", "DeviceEntry", Classes::from_bits(0))
    );
    assert_eq!((event.since(), event.until()), (Some(branch(1, 6)), Some(branch(20, 0))));
    assert_eq!(event.role(), Role::Item);
    assert_eq!(event.doc(), "One device in the answer to SKINNYdevices.");
    let roles = ["Hangup", "DevicelistComplete", "ParkedCall"].map(|name| catalogue::event(name).unwrap().role());
    assert_eq!(roles, [Role::Unsolicited, Role::End, Role::Both]);

    let action = catalogue::action("Originate").unwrap();
    assert_eq!((action.name(), action.rust_name()), ("Originate", "Originate"));
    assert_eq!((action.since(), action.until()), (Some(branch(1, 4)), None));
    assert!(
        action.doc().starts_with("Calls a channel and connects it to an application or to a place in the dialplan.")
    );
    let names: Vec<_> = action.fields().map(Field::name).collect();
    assert_eq!((names.len(), names[0], names[15]), (16, "Channel", "PreDialGoSub"));
    assert_eq!(action.rest(), None);

    let field = |action: &str, name: &str| catalogue::action(action).unwrap().field_of(name.as_bytes()).unwrap();
    let channel = field("Originate", "channel");
    assert_eq!((channel.is_required(), channel.repeats(), channel.is_secret()), (true, false, false));
    assert_eq!((channel.since(), channel.until()), (Some(branch(1, 4)), None));
    assert_eq!(channel.doc(), "What to call, as `Tech/data`.");
    let variable = field("Originate", "Variable");
    assert_eq!((variable.is_required(), variable.repeats(), variable.is_secret()), (false, true, false));
    let secret = field("Login", "Secret");
    assert_eq!((secret.is_required(), secret.repeats(), secret.is_secret()), (false, false, true));
    let asynchronous = field("Originate", "Async");
    assert_eq!(
        (asynchronous.name(), asynchronous.method(), asynchronous.key()),
        ("Async", "asynchronous", "asynchronous".into())
    );
    assert_eq!(field("Originate", "PreDialGoSub").since(), Some(branch(18, 0)));
    assert_eq!(
        (field("Park", "Channel2").since(), field("Park", "Channel2").until()),
        (Some(branch(1, 4)), Some(branch(11, 0)))
    );

    let reply = |action: &str| catalogue::action(action).unwrap().reply();
    assert_eq!(reply("Originate").outcome(), Some("OriginateResponse"));
    assert_eq!((reply("Originate").items().count(), reply("Originate").end()), (0, None));
    assert_eq!(
        (reply("Agents").items().collect::<Vec<_>>(), reply("Agents").end()),
        (vec!["Agents"], Some("AgentsComplete"))
    );
    assert_eq!((reply("Agents").outcome(), reply("Agents").doc(), reply("Agents").fields().count()), (None, "", 0));
    assert_eq!(reply("IAXnetstats").doc(), "The text of `iax2 show netstats`, without any frame.");
    assert_eq!(reply("IAXnetstats").style(), ReplyStyle::Text);
    let rest = "The action's name, with its synopsis and `(Priv: classes)` as the value.";
    assert_eq!((reply("ListCommands").rest(), reply("Ping").rest()), (Some(rest), None));
    assert_eq!(catalogue::event("UserEvent").unwrap().rest().map(|rest| rest.ends_with("in any shape.")), Some(true));
    assert_eq!(
        catalogue::action("UserEvent").unwrap().rest(),
        Some("Any other header is copied into the event, in order.")
    );
}
