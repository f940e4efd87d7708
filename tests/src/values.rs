//! What must hold for any bytes of a value: the body of the fuzz target `values`.

use ami_proto::value::{
    AgiAnswer, AgiEnv, AgiResultCode, AmaFlags, AmiVersion, Assignment, Banner, CallerIdPart, ChannelName,
    ChannelState, ClassSet, Classes, ClockTime, CodecList, CommaList, Contact, ContactList, Date, DateTime,
    DeviceState, Encoded, Epoch, Escaped, EscapedAssignment, ExtensionState, FromWire, HangupCause, Hex, Milliseconds,
    NumberPlan, OriginateReason, Peer, PresenceState, Presentation, QueueRuleStep, ReloadStatus, Seconds,
    SecurityAddress, SecurityTime, SoftHangup, TimeOfDay, Timestamp, ToWire, UniqueId,
};
use core::fmt::Debug;

/// Bytes of an input that are looked at.
const LONGEST: usize = 4096;

/// No bytes make a grammar panic; what one reads it writes back to something that reads as equal,
/// and open types lose no byte.
pub fn values(data: &[u8]) {
    everything(&data[..data.len().min(LONGEST)]);
}

pub fn wire(value: &impl ToWire) -> Vec<u8> {
    let mut out = Vec::new();
    value.to_wire(&mut out);
    out
}

/// Reads `bytes`; if that works, what is printed reads as the same value.
fn closed<T>(bytes: &[u8])
where
    T: for<'a> FromWire<'a> + ToWire + PartialEq + Debug,
{
    match T::from_wire(bytes) {
        Ok(value) => {
            let printed = wire(&value);
            let again = T::from_wire(&printed);
            assert_eq!(again.as_ref(), Ok(&value), "{} printed as {}", bytes.escape_ascii(), printed.escape_ascii());
        }
        Err(error) => assert!(error.at() <= bytes.len(), "{error} in {}", bytes.escape_ascii()),
    }
}

/// A value that any bytes read as, and that prints them all.
macro_rules! open {
    ($bytes:expr, $($type:ident),+) => {$(
        let value = $type::from_wire($bytes).unwrap();
        assert_eq!(wire(&value), $bytes, stringify!($type));
        let _ = (format!("{value:?}"), value.to_string());
    )+};
}

/// A value of words: what isn't known prints as it came, what is known reads as the same.
macro_rules! words {
    ($bytes:expr, $($type:ident),+) => {$(
        let value = $type::from_wire($bytes).unwrap();
        let printed = wire(&value);
        assert_eq!($type::from_wire(&printed), Ok(value), stringify!($type));
        if let $type::Other(other) = value {
            assert_eq!(other, $bytes);
            assert_eq!(printed, $bytes);
        }
    )+};
}

pub fn everything(bytes: &[u8]) {
    closed::<i8>(bytes);
    closed::<i32>(bytes);
    closed::<i64>(bytes);
    closed::<u8>(bytes);
    closed::<u16>(bytes);
    closed::<u32>(bytes);
    closed::<u64>(bytes);
    closed::<bool>(bytes);
    closed::<Hex>(bytes);
    closed::<Seconds>(bytes);
    closed::<Milliseconds>(bytes);
    closed::<ClockTime>(bytes);
    closed::<Timestamp>(bytes);
    closed::<Epoch>(bytes);
    closed::<Date>(bytes);
    closed::<TimeOfDay>(bytes);
    closed::<DateTime>(bytes);
    closed::<SecurityTime>(bytes);
    closed::<HangupCause>(bytes);
    closed::<ChannelState>(bytes);
    closed::<ExtensionState>(bytes);
    closed::<OriginateReason>(bytes);
    closed::<NumberPlan>(bytes);
    closed::<AgiResultCode>(bytes);
    closed::<SoftHangup>(bytes);
    closed::<Classes>(bytes);
    closed::<AmiVersion>(bytes);
    closed::<QueueRuleStep>(bytes);
    if let Ok(number) = f64::from_wire(bytes) {
        let again = f64::from_wire(&wire(&number)).unwrap();
        assert!(again.total_cmp(&number).is_eq() || (again.is_nan() && number.is_nan()));
    }
    if let Ok(assignment) = Assignment::from_wire(bytes) {
        assert_eq!(wire(&assignment), bytes);
        assert_eq!(wire(&EscapedAssignment::from_wire(bytes).unwrap()), bytes);
    }
    words!(bytes, DeviceState, PresenceState, ReloadStatus, AmaFlags);
    open!(bytes, ChannelName, UniqueId, CallerIdPart, Presentation, ClassSet, Peer, SecurityAddress);
    open!(bytes, CodecList, ContactList, Contact, CommaList, Escaped, Banner, Encoded);
    match <&str>::from_wire(bytes) {
        Ok(text) => assert_eq!(text.as_bytes(), bytes),
        Err(error) => assert!(core::str::from_utf8(&bytes[..error.at()]).is_ok() && error.at() < bytes.len()),
    }
    views(bytes);
}

/// Calls what takes the bytes apart.
fn views(bytes: &[u8]) {
    let channel = ChannelName::new(bytes);
    let _ = (channel.technology(), channel.resource(), channel.suffix(), channel.sequence(), channel.half());
    if let (Some(technology), Some(device)) = (channel.technology(), channel.device()) {
        assert!(bytes.starts_with(device) && device.starts_with(technology));
    }
    let _ = (channel.is_zombie(), channel.is_masquerading(), channel.stands_for(), channel.is_none());
    let id = UniqueId::new(bytes);
    let _ = (id.system(), id.epoch(), id.sequence(), id.half(), id.is_none());
    let _ = Escaped::new(bytes).known().map(|name| name.decode().len());
    let p = Presentation::new(bytes);
    let _ = (p.number(), p.text(), p.visibility(), p.screening());
    let set = ClassSet::new(bytes);
    assert!(set.unknown().count() <= set.names().count());
    let peer = Peer::new(bytes);
    let _ = (peer.technology(), peer.name());
    let address = SecurityAddress::new(bytes);
    let _ = (address.family(), address.transport(), address.host(), address.socket());
    let _ = CodecList::new(bytes).iter().count();
    assert!(AgiEnv::new(bytes).iter().count() <= bytes.len());
    let answer = AgiAnswer::new(bytes);
    let _ = (answer.code(), answer.text(), answer.result(), answer.data(), answer.end_position());
    assert!(
        ContactList::new(bytes)
            .iter()
            .all(|c| c.uri().len() + c.aor().map_or(0, |aor| aor.len() + 1) == c.as_bytes().len())
    );
    let list = CommaList::new(bytes);
    assert!(list.items().count() <= CommaList::MAX_ITEMS);
    assert!(list.assignments().all(|(name, _)| !name.is_empty() && !name.contains(&b'=')));
    assert_eq!(list.plain().collect::<Vec<_>>().join(&b','), bytes);
    let _ = (Banner::new(bytes).product(), Banner::new(bytes).version());
    assert!(Escaped::new(bytes).decode().len() <= bytes.len());
    assert!(Encoded::new(bytes).decode().len() <= bytes.len());
}
