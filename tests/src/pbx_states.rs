//! The devices, hints, mailboxes, parking lots and agents of the PBX in `pbx`, in words of 11 or of
//! 13. It says what is true of them, what lists show, and what events
//! tell; and what a mirror has of them, by its getters alone.
//!
//! Lots, mailboxes and agents stand in the configuration. They come and go unheard, with a reload
//! of which an event tells, or with a server that starts again.

use ami_proto::state::{Mirror, OwnedValue, Part};
use std::collections::BTreeMap;

/// The parts that are kept here.
pub(super) const PARTS: [Part; 5] = [Part::Devices, Part::Extensions, Part::Mailboxes, Part::ParkingLots, Part::Agents];

/// Kinds of steps of [`States::step`].
pub(super) const STEPS: u8 = 7;

const DEVICES: [&str; 3] = ["NOT_INUSE", "INUSE", "RINGING"];
const HINTS: [(i8, &str); 4] = [(0, "Idle"), (1, "InUse"), (4, "Unavailable"), (8, "Ringing")];

/// Items of a list and the name of its end; or the words with which the server refuses it.
pub(super) type List = Result<(Vec<String>, &'static str), &'static str>;

#[derive(Default)]
struct Agent {
    channel: Option<u8>,
    talks_to: Option<u8>,
    since: u8,
}

/// The truth.
#[derive(Default)]
pub(super) struct States {
    /// Says whether the server is one of 11.
    old: bool,
    devices: BTreeMap<String, &'static str>,
    /// By context and number: the device, and the place of its state in `HINTS`.
    hints: BTreeMap<(u8, u8), (u8, usize)>,
    /// New and old messages.
    mailboxes: BTreeMap<u8, (u8, u8)>,
    /// The last space of each.
    lots: BTreeMap<u8, u8>,
    agents: BTreeMap<u8, Agent>,
}

impl States {
    pub(super) fn new(old: bool) -> Self {
        let lots = BTreeMap::from([(0, 3), (1, 3)]);
        let agents = (0..2).map(|agent| (agent, Agent::default())).collect();
        let mailboxes = BTreeMap::from([(0, (0, 0)), (1, (1, 2))]);
        Self { old, lots, agents, mailboxes, ..Self::default() }
    }

    /// Does what the bytes say, and returns the events of it.
    pub(super) fn step(&mut self, what: u8, one: u8, two: u8) -> Vec<String> {
        match what {
            0 => vec![self.device(format!("d{}", one % 6), DEVICES[usize::from(two) % 3])],
            1 => {
                let (key, hint) = ((one % 2, two % 3), (one / 2 % 3, usize::from(two / 3) % HINTS.len()));
                self.hints.insert(key, hint);
                let (status, text) = HINTS[hint.1];
                vec![self.hint(key, format!("Hint: d{}|Status: {status}", hint.0), text)]
            }
            2 => {
                let key = (one % 2, two % 3);
                let gone = self.hints.remove(&key);
                let status = if one % 4 < 2 { -2 } else { -1 };
                gone.map(|_| self.hint(key, format!("Hint: |Status: {status}"), "Unknown")).into_iter().collect()
            }
            3 => {
                let name = one % 3;
                let Some(mailbox) = self.mailboxes.get_mut(&name) else { return Vec::new() };
                *mailbox = (two % 3, two / 3 % 3);
                let waiting = u8::from(mailbox.0 > 0);
                let mut event = format!("MessageWaiting|Privilege: call,all|Mailbox: {name}@c|Waiting: {waiting}");
                // Up to 11 that of one who has listened to some tells no numbers.
                if !self.old || two / 9 % 2 == 0 {
                    event += &format!("|New: {}|Old: {}", mailbox.0, mailbox.1);
                }
                vec![event]
            }
            4 => self.agent(one % 3, two),
            5 => {
                let mut events = Vec::new();
                let mut module = ["res_parking.so", "app_voicemail", "app_agent_pool.so"][usize::from(one % 3)];
                match one % 3 {
                    0 if self.lots.remove(&(two % 3)).is_none() => _ = self.lots.insert(two % 3, two / 3 % 3),
                    1 if self.mailboxes.remove(&(two % 3)).is_none() => {
                        self.mailboxes.insert(two % 3, (two / 3 % 3, 0));
                    }
                    // One who is logged in stays until the logoff.
                    2 if self.agents.get(&(two % 3)).is_none_or(|agent| agent.channel.is_none()) => {
                        events.push(self.device(format!("Agent:{}", two % 3), "UNAVAILABLE"));
                        if self.agents.remove(&(two % 3)).is_none() {
                            self.agents.insert(two % 3, Agent::default());
                        }
                    }
                    _ => {}
                }
                if one / 3 % 4 == 0 {
                    module = "All";
                }
                events.push(format!("Reload|Privilege: system,all|Module: {module}|Status: 0"));
                events
            }
            _ => Vec::new(),
        }
    }

    fn device(&mut self, name: String, state: &'static str) -> String {
        let event = format!("DeviceStateChange|Privilege: call,all|Device: {name}|State: {state}");
        self.devices.insert(name, state);
        event
    }

    fn hint(&self, (context, exten): (u8, u8), hint: String, text: &str) -> String {
        let text = if self.old { String::new() } else { format!("|StatusText: {text}") };
        format!("ExtensionStatus|Privilege: call,all|Exten: {exten}|Context: c{context}|{hint}{text}")
    }

    /// An agent logs in, talks, is free again, logs off. Up to 11 nothing tells that one talks.
    fn agent(&mut self, id: u8, what: u8) -> Vec<String> {
        let old = self.old;
        let Some(agent) = self.agents.get_mut(&id) else { return Vec::new() };
        let channel = what / 4 % 6;
        let (event, state) = match (agent.channel, agent.talks_to, what % 4) {
            (None, ..) => {
                *agent = Agent { channel: Some(channel), talks_to: None, since: what | 1 };
                (Some(format!("AgentLogin|Agent: {id}|Channel: C{channel}|Uniqueid: {channel}")), "NOT_INUSE")
            }
            (Some(channel), _, 0) => {
                *agent = Agent::default();
                let channel = if old { String::new() } else { format!("|Channel: C{channel}") };
                (Some(format!("AgentLogoff|Agent: {id}{channel}|Logintime: 5")), "UNAVAILABLE")
            }
            (_, Some(_), _) => {
                agent.talks_to = None;
                (None, "NOT_INUSE")
            }
            (_, None, _) if !old => {
                agent.talks_to = Some(channel);
                (None, "INUSE")
            }
            _ => return Vec::new(),
        };
        let device = self.device(format!("Agent:{id}"), state);
        event.into_iter().chain([device]).collect()
    }

    pub(super) fn list(&self, part: Part) -> List {
        match part {
            Part::Devices => {
                let devices = self.devices.iter();
                let item = |(name, state)| format!("DeviceStateChange|Device: {name}|State: {state}");
                Ok((devices.map(item).collect(), "DeviceStateListComplete"))
            }
            Part::Extensions => {
                let item = |(key, hint): (&(u8, u8), &(u8, usize))| {
                    let (status, text) = HINTS[hint.1];
                    let event = self.hint(*key, format!("Hint: d{}|Status: {status}", hint.0), text);
                    event.replace("|Privilege: call,all", "")
                };
                Ok((self.hints.iter().map(item).collect(), "ExtensionStateListComplete"))
            }
            Part::Mailboxes if self.mailboxes.is_empty() => Err("There are no voicemail users currently defined."),
            Part::Mailboxes => {
                let item = |(name, (new, old)): (&u8, &(u8, u8))| {
                    format!(
                        "VoicemailUserEntry|VMContext: c|VoiceMailbox: {name}|NewMessageCount: {new}|OldMessageCount: {old}"
                    )
                };
                Ok((self.mailboxes.iter().map(item).collect(), "VoicemailUserEntryComplete"))
            }
            Part::ParkingLots => {
                let space = if self.old { "Exten" } else { "Space" };
                let item =
                    |(lot, last)| format!("Parkinglot|Name: l{lot}|Start{space}: 0|Stop{space}: {last}|Timeout: 45");
                Ok((self.lots.iter().map(item).collect(), "ParkinglotsComplete"))
            }
            _ => Ok((self.agents.iter().map(|(id, agent)| self.agent_item(*id, agent)).collect(), "AgentsComplete")),
        }
    }

    fn agent_item(&self, id: u8, agent: &Agent) -> String {
        let Agent { channel, talks_to, since } = *agent;
        let status = status(agent);
        let event = format!("Agents|Agent: {id}|Name: A{id}|Status: {status}");
        if self.old {
            let channel = channel.map_or_else(|| "n/a".into(), |channel| format!("C{channel}"));
            return format!("{event}|LoggedInChan: {channel}|LoggedInTime: {since}|TalkingTo: n/a|TalkingToChan: n/a");
        }
        let talks_to = talks_to.map(|talks_to| format!("|TalkingToChan: C{talks_to}|CallStarted: 1"));
        let logged_in = channel
            .map(|channel| format!("|LoggedInTime: {since}|Channel: C{channel}|ChannelState: 6|Uniqueid: {channel}"));
        [Some(event), talks_to, logged_in].into_iter().flatten().collect()
    }

    /// Returns a text for each thing that the mirror has to have. It may not know what no
    /// event tells, and is never wrong.
    pub(super) fn truth(&self, part: Part, mirror: &Mirror) -> Vec<String> {
        match part {
            Part::Devices => self.devices.iter().map(|(name, state)| format!("{name} {state}")).collect(),
            Part::Extensions => {
                let one = |((context, exten), (device, state)): (&(u8, u8), &(u8, usize))| {
                    let (status, text) = HINTS[*state];
                    let text = if self.old { "" } else { text };
                    format!("{exten}@c{context} d{device} {status} {text}")
                };
                self.hints.iter().map(one).collect()
            }
            Part::Mailboxes => {
                let one = |(name, (new, old)): (&u8, &(u8, u8))| {
                    let name = format!("{name}@c");
                    let known = mirror.mailbox(name.as_bytes());
                    let counts = [(known.and_then(|known| known.new), new), (known.and_then(|known| known.old), old)];
                    let counts = counts.map(|(known, truth)| known.map(|_| u64::from(*truth)));
                    assert!(!self.old || counts[0].is_some() || *new > 0, "none waiting is no new one");
                    assert!(self.old || counts.iter().all(Option::is_some), "{known:?}: from 12 on events tell both");
                    format!("{name} {counts:?}")
                };
                self.mailboxes.iter().map(one).collect()
            }
            Part::ParkingLots => self.lots.iter().map(|(lot, last)| format!("l{lot} 0 {last} Some(45)")).collect(),
            _ => {
                let one = |(id, agent): (&u8, &Agent)| {
                    let known = mirror.agent(id.to_string().as_bytes());
                    let talks_to = known.and_then(|known| known.talking_to.as_ref());
                    let talks_to = talks_to.map(|_| agent.talks_to.map_or_else(String::new, channel));
                    let since = known.and_then(|known| known.logged_in).map(|_| agent.since.into());
                    let own = agent.channel.map(channel).unwrap_or_default();
                    row(&id.to_string(), status(agent), &own, &talks_to.unwrap_or_default(), since)
                };
                self.agents.iter().map(one).collect()
            }
        }
    }
}

/// Returns a text for each thing that the mirror has.
pub(super) fn found(part: Part, mirror: &Mirror) -> Vec<String> {
    let text = |text: &Option<OwnedValue>| text.as_ref().map(ToString::to_string).unwrap_or_default();
    match part {
        Part::Devices => {
            mirror.devices().map(|device| format!("{} {}", device.name, text(&device.device_state))).collect()
        }
        Part::Extensions => {
            let one = |extension: &ami_proto::state::Extension| {
                let (hint, words) = (text(&extension.hint), text(&extension.text));
                format!("{}@{} {hint} {} {words}", extension.exten, extension.context, extension.status.expect("told"))
            };
            mirror.extensions().map(one).collect()
        }
        Part::Mailboxes => {
            mirror.mailboxes().map(|mailbox| format!("{} {:?}", mailbox.name, [mailbox.new, mailbox.old])).collect()
        }
        Part::ParkingLots => {
            let one = |lot: &ami_proto::state::ParkingLot| {
                format!("{} {} {} {:?}", lot.name, text(&lot.first), text(&lot.last), lot.timeout)
            };
            mirror.parking_lots().map(one).collect()
        }
        _ => {
            let one = |agent: &ami_proto::state::Agent| {
                let (status, own) = (text(&agent.status), text(&agent.channel));
                row(&agent.agent.to_string(), &status, &own, &text(&agent.talking_to), agent.logged_in)
            };
            mirror.agents().map(one).collect()
        }
    }
}

fn row(id: &str, status: &str, channel: &str, talks_to: &str, since: Option<u64>) -> String {
    format!("{id} {status} on {channel} to {talks_to} since {since:?}")
}

fn channel(channel: u8) -> String {
    format!("C{channel}")
}

fn status(agent: &Agent) -> &'static str {
    match (agent.channel, agent.talks_to) {
        (None, _) => "AGENT_LOGGEDOFF",
        (Some(_), None) => "AGENT_IDLE",
        (Some(_), Some(_)) => "AGENT_ONCALL",
    }
}
