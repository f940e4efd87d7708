//! The things of a mirror: what is kept of each, and which headers tell it.
//!
//! `None` in a field: no event and no list has told it, or the server says that there is none.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use core::time::Duration;

use super::place::Place;
use super::thing::{Books, Entry, Kept, Telling, Thing, kept_as, things};
use super::{OwnedValue, Part};
use crate::byte_budget;
use crate::facts::names;
use crate::value::{ChannelState, DeviceState};
use crate::wire::{Frame, HeaderIndex};

things! {
    /// A channel that lives.
    Channel in Channels grouped by bridge, by
        /// The unique id.
        unique_id ["Uniqueid"];
    {
        /// The name now.
        name: text ["Newname", "Channel"],
        /// The linked id; up to 11 the server doesn't tell.
        linked_id: text ["Linkedid"],
        /// The state.
        state: state ["ChannelState"],
        /// Number of its caller id.
        number: known ["CallerIDNum"],
        /// Name of its caller id.
        caller_name: known ["CallerIDName"],
        /// Number of whom it is connected with.
        connected_number: known ["ConnectedLineNum"],
        /// Name of whom it is connected with.
        connected_name: known ["ConnectedLineName"],
        /// Account code.
        account: text ["AccountCode"],
        /// Dialplan context.
        context: text ["Context"],
        /// Dialplan extension.
        exten: text names::EXTEN,
        /// Dialplan priority.
        priority: number ["Priority"],
        /// Dialplan application that runs.
        application: text ["Application"],
        /// When it began: as the mirror was [told the time](super::Mirror::set_time), or, where it
        /// was not, none.
        since: ago ["Duration", "Seconds"],
        /// Says whether it has put the other side on hold; no list tells.
        on_hold: flag [],
        /// Unique id of the bridge that it is in; from 12 on.
        bridge: text ["BridgeId"],
        /// Unique id of the channel that it talks to; up to 11, where bridges have no ids.
        peer: text ["BridgedUniqueid"],
    }

    /// A bridge. Who is in it, [`Mirror::inside`](super::Mirror::inside) says.
    Bridge in Bridges by
        /// The unique id.
        unique_id ["BridgeUniqueid"];
    {
        /// The purpose, such as `basic`.
        kind: text ["BridgeType"],
        /// Technology that mixes the media.
        technology: text ["BridgeTechnology"],
        /// The maker, such as `ConfBridge`.
        creator: known ["BridgeCreator"],
        /// The name, where it was given one.
        name: known ["BridgeName"],
    }

    /// A queue. Who waits in it, [`Mirror::callers`](super::Mirror::callers) says, and who answers,
    /// [`Mirror::members`](super::Mirror::members).
    Queue in Queues by
        /// The name.
        name ["Queue"];
    {
        /// Callers at the most; 0: no limit.
        max: number ["Max"],
        /// Strategy by which members are chosen.
        strategy: text ["Strategy"],
        /// Callers who wait.
        calls: number ["Calls", "Count"],
        /// Seconds that callers wait on average, as the server reckons: three quarters of the
        /// average before and a quarter of the last wait. Of the first wait Asterisk 13.18, 14.7,
        /// 15.1 and later ones take all, and so does the mirror; older ones a quarter of it, which
        /// the next list puts right.
        hold_time: number ["Holdtime"],
        /// Seconds that calls last on average, reckoned like [`hold_time`](Self::hold_time).
        talk_time: number [],
        /// Calls that a member has answered and that are over.
        completed: number ["Completed"],
        /// Callers who left without an answer, time-outs included.
        abandoned: number ["Abandoned"],
        /// Seconds within which a call should be answered.
        service_level: number ["ServiceLevel"],
        /// Share of the calls that were, in per cent, as the server writes it.
        service_level_share: text ["ServicelevelPerf"],
        /// Share with those who gave up within that time; from 16 on.
        service_level_share_2: text ["ServicelevelPerf2"],
        /// Weight among queues that share members.
        weight: number ["Weight"],
    }
    + {
        /// Unique ids of those who wait, in the order in which they do.
        order: BTreeMap<u64, OwnedValue>,
        /// Callers that the list that is coming in has shown, and who have left since it was made.
        skipped: u64,
    }

    /// A member of a queue.
    Member in Queues of
        /// The queue.
        queue ["Queue"];
    by
        /// Dial string.
        interface names::INTERFACE;
    {
        /// Name.
        name: text names::MEMBER,
        /// Device whose state counts; from 12 on, in lists from 11.
        state_interface: text ["StateInterface"],
        /// Where it comes from: `static`, `dynamic` or `realtime`.
        membership: text ["Membership"],
        /// Members with a lower one are called first.
        penalty: signed ["Penalty"],
        /// Calls that it has taken.
        calls_taken: number ["CallsTaken"],
        /// When its last call ended, in seconds since 1970; 0: it had none.
        last_call: number ["LastCall"],
        /// When it was last paused, in seconds since 1970; from 14 on.
        last_pause: number ["LastPause"],
        /// When it became a member, in seconds since 1970; from 16 on.
        login_time: number ["LoginTime"],
        /// Says whether it is in a call of the queue.
        in_call: flag names::IN_CALL,
        /// State of its device, as the server writes it: see [`status`](Self::status).
        device_state: text ["Status"],
        /// Says whether calls are kept from it.
        paused: flag ["Paused"],
        /// Reason for which it was paused.
        paused_reason: text names::PAUSED_REASON,
        /// Says whether it is called though it is in a call; from 12 on.
        ring_in_use: flag ["Ringinuse"],
        /// Seconds that it has after a call, 0 for the queue's own; from 16 on.
        wrap_up: number ["Wrapuptime"],
    }

    /// A caller who waits in a queue.
    Caller in Queues of
        /// The queue.
        queue ["Queue"];
    by
        /// Unique id of the channel.
        unique_id ["Uniqueid"];
    {
        /// Name of the channel.
        channel: text ["Channel"],
        /// Number of the caller.
        number: known ["CallerIDNum"],
        /// Name of the caller.
        name: known ["CallerIDName"],
        /// Callers with a higher one are put before others; from 13 on, and only in lists.
        priority: number [],
        /// When it entered the queue: see [`Channel::since`].
        since: ago ["Wait"],
    }
    + {
        order: Place,
    }

    /// An agent, of `agents.conf`.
    Agent in Agents by
        /// The id.
        agent ["Agent"];
    {
        /// Name.
        name: text ["Name"],
        /// The status: `AGENT_LOGGEDOFF`, `AGENT_IDLE`, `AGENT_ONCALL` or `AGENT_UNKNOWN`.
        status: text ["Status"],
        /// Name of the channel that it is logged in with.
        channel: known names::AGENT_CHANNEL,
        /// When it logged in, in seconds since 1970, as lists say; 0: it is logged off.
        logged_in: number ["LoggedInTime"],
        /// Name of the channel that it talks to, as lists say. No event names that of a later call;
        /// from 12 on one tells that a call is over.
        talking_to: known ["TalkingToChan"],
    }

    /// A room of `ConfBridge`. Who is in it, [`Mirror::participants`](super::Mirror::participants)
    /// says.
    Conference in Conferences by
        /// The name.
        name ["Conference"];
    {
        /// Says whether the room is closed to newcomers; no event tells.
        locked: flag ["Locked"],
        /// Says whether it is being recorded; no list tells.
        recording: flag [],
        /// Unique id of its bridge; from 12 on.
        bridge: text ["BridgeUniqueid"],
    }

    /// A member of a room.
    Participant in Conferences of
        /// The room.
        conference ["Conference"];
    by
        /// Name of the channel.
        channel ["Channel"];
    {
        /// Unique id of the channel; lists of 11, 12 and 14 don't tell it.
        unique_id: text ["Uniqueid"],
        /// Number of the caller.
        number: known ["CallerIDNum"],
        /// Name of the caller.
        name: known ["CallerIDName"],
        /// Says whether it administers the room.
        admin: flag ["Admin"],
        /// Says whether it is a marked user; only lists tell.
        marked: flag ["MarkedUser"],
        /// Says whether it waits for a marked user; only lists tell.
        waiting: flag ["Waiting"],
        /// Says whether it is muted.
        muted: flag ["Muted"],
        /// Says whether it talks; lists tell from 13 on.
        talking: flag ["Talking", "TalkingStatus"],
        /// When it entered: see [`Channel::since`].
        since: ago ["AnsweredTime"],
    }

    /// A parking lot, as lists say.
    ParkingLot in ParkingLots by
        /// The name.
        name ["Name"];
    {
        /// First space.
        first: text names::FIRST_SPACE,
        /// Last space.
        last: text names::LAST_SPACE,
        /// Seconds that a call may be parked.
        timeout: number ["Timeout"],
    }

    /// A call that is parked.
    ParkedCall in Parking of
        /// The lot.
        lot ["Parkinglot"];
    by
        /// The space.
        space names::PARKING_SPACE;
    {
        /// Name of the channel.
        channel: text names::PARKED_CHANNEL,
        /// Unique id of the channel; lists of 11 don't tell it.
        unique_id: text names::PARKED_ID,
        /// Number of the caller.
        number: known names::PARKED_NUMBER,
        /// Name of the caller.
        name: known names::PARKED_NAME,
        /// Dial string of the one who parked it.
        parked_by: text names::PARKED_BY,
        /// When it was parked: see [`Channel::since`].
        since: ago names::PARKED_FOR,
    }

    /// An endpoint or peer.
    Endpoint in Endpoints of
        /// The technology, such as `PJSIP`.
        technology ["ChannelType"];
    by
        /// The name.
        name ["ObjectName"];
    {
        /// State of its device, in the words of lists of PJSIP, such as `In use`; of other
        /// technologies from the first event on that tells of the device. See
        /// [`state`](Self::state).
        device_state: text ["DeviceState"],
        /// Says whether it can be reached, as its technology writes it.
        status: text ["PeerStatus", "Status"],
        /// The address, where that is told.
        address: known ["IPaddress"],
        /// Names of its lists of contacts, as lists of PJSIP tell.
        aors: text ["Aor"],
        /// Channels that it has, as lists of PJSIP tell; unknown again when its state changes, as
        /// no event counts them.
        channels: number ["ActiveChannels"],
    }

    /// Where an endpoint of PJSIP is reached.
    Contact in Contacts of
        /// The list of contacts.
        aor ["AOR"];
    by
        /// Address.
        uri ["URI"];
    {
        /// Says whether it can be reached.
        status: text ["ContactStatus", "Status"],
        /// Endpoint.
        endpoint: text ["EndpointName", "Endpoint"],
        /// Microseconds of the last round trip.
        round_trip: number ["RoundtripUsec"],
        /// The own description of itself, as lists tell.
        user_agent: text ["UserAgent"],
    }

    /// A registration of the server with another.
    Registration in Registrations of
        /// Technology, such as `PJSIP`.
        technology ["ChannelType"];
    by
        /// The account there: user and domain with an `@` between them.
        account ["Username"];
    {
        /// The status, as its technology writes it.
        status: text ["Status", "State"],
    }

    /// A device.
    Device in Devices by
        /// The name.
        name ["Device"];
    {
        /// The state, as the server writes it: see [`state`](Self::state).
        device_state: text ["State"],
    }

    /// An extension with a hint.
    Extension in Extensions of
        /// The context.
        context ["Context"];
    by
        /// The number.
        exten ["Exten"];
    {
        /// Devices that its state is made of.
        hint: text ["Hint"],
        /// The state, as number.
        status: signed ["Status"],
        /// The state in words; from 13 on.
        text: text ["StatusText"],
    }

    /// A mailbox.
    Mailbox in Mailboxes by
        /// The name, as `box@context`.
        name ["Mailbox"];
    {
        /// New messages.
        new: number ["New", "NewMessageCount"],
        /// Old messages.
        old: number ["Old", "OldMessageCount"],
    }
}

fn device_state(text: Option<&OwnedValue>) -> Option<DeviceState<'_>> {
    text?.value().parse().ok()
}

impl Member {
    /// State of its device, where that is told.
    pub fn status(&self) -> Option<DeviceState<'_>> {
        device_state(self.device_state.as_ref())
    }
}

impl Endpoint {
    /// State of its device, where that is told.
    pub fn state(&self) -> Option<DeviceState<'_>> {
        device_state(self.device_state.as_ref())
    }
}

impl Device {
    /// The state, where that is told.
    pub fn state(&self) -> Option<DeviceState<'_>> {
        device_state(self.device_state.as_ref())
    }
}
