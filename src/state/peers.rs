//! The rules for endpoints, contacts, registrations and mailboxes, whose lists and events call them
//! by different names.

use super::Mirror;
use super::fields::{Contact, Endpoint, Mailbox, Registration};
use super::key::Wanted;
use super::mirror::How;
use super::part::Part;
use super::rules::{how, tell};
use super::thing::Thing;
use crate::event::Event;
use crate::value::{DeviceState, FromWire};
use crate::wire::{Frame, Value};

impl Mirror {
    pub(super) fn apply_peers(&mut self, event: &Event<'_>) {
        let frame = event.frame();
        let get = |name| frame.get(name).map(Value::as_bytes);
        let mirror = self;
        match event {
            Event::EndpointList(_) => {
                tell!(mirror, frame, item Endpoint named get("ObjectName").map(|name| (&b"PJSIP"[..], name)));
            }
            Event::EndpointListComplete(_) | Event::PeerListComplete(_) => mirror.end(Part::Endpoints, frame),
            Event::PeerEntry(_) => {
                let technology = get("Channeltype").map(|name| if name == b"IAX" { b"IAX2" } else { name });
                let name = get("ObjectName").map(|name| match split(name, b"/") {
                    // `IAXpeers` writes the user behind the name, which events don't.
                    Some((name, _)) if technology == Some(b"IAX2") => name,
                    _ => name,
                });
                tell!(mirror, frame, item Endpoint named technology.zip(name));
            }
            Event::PeerStatus(_) => {
                let peer = get("Peer").and_then(|peer| split(peer, b"/"));
                tell!(mirror, frame, made Endpoint named peer);
            }

            Event::ContactList(_) => {
                // `aor;@hash` of one that registered, `aor@@hash` of one in the configuration.
                let name = get("ObjectName").unwrap_or_default();
                let aor = split(name, b";@").or_else(|| split(name, b"@@")).map_or(name, |(aor, _)| aor);
                tell!(mirror, frame, item Contact named get("Uri").map(|uri| (aor, uri)));
            }
            Event::ContactListComplete(_) => mirror.end(Part::Contacts, frame),
            Event::ContactStatus(view)
                if view.contact_status().is_ok_and(|status| status.eq_ignore_case("Removed")) =>
            {
                mirror.remove::<Contact>(Contact::names(frame, ""));
            }
            Event::ContactStatus(_) => tell!(mirror, frame, made Contact),
            Event::ContactStatusDetail(_) => tell!(mirror, frame, shown Contact),

            Event::OutboundRegistrationDetail(_) => {
                let account = joined(get("ClientUri"), get("ServerUri"));
                let named = account.as_deref().map(|account| (&b"PJSIP"[..], account));
                tell!(mirror, frame, item Registration named named);
            }
            Event::OutboundRegistrationDetailComplete(_) | Event::RegistrationsComplete(_) => {
                mirror.end(Part::Registrations, frame);
            }
            Event::RegistryEntry(_) => {
                // Those of SIP alone have both.
                let technology: &[u8] = if frame.get("Domain").is_some() { b"SIP" } else { b"IAX2" };
                let account = account(frame, technology, get("Domain").or(get("Host")));
                tell!(mirror, frame, item Registration named account.as_deref().map(|account| (technology, account)));
            }
            Event::Registry(_) => {
                let technology = get("ChannelType").unwrap_or_default();
                let account = account(frame, technology, get("Domain"));
                tell!(mirror, frame, made Registration named account.as_deref().map(|account| (technology, account)));
            }

            Event::MessageWaiting(_) => {
                tell!(mirror, frame, made Mailbox);
                if frame.get("New").is_none() {
                    // Up to 11, of one who has listened: it says whether there are new ones left,
                    // and not how many.
                    let none = frame.get("Waiting").is_some_and(|waiting| waiting == "0");
                    let name = get("Mailbox").unwrap_or_default();
                    mirror.tell::<Mailbox>(How::Hinted, Some((&[], name)), None, |mailbox, telling| {
                        telling.put(Mailbox::BITS.new, &mut mailbox.new, none.then_some(0));
                        telling.put(Mailbox::BITS.old, &mut mailbox.old, None);
                    });
                }
            }
            Event::VoicemailUserEntry(_) => {
                let name = joined(get("VoiceMailbox"), get("VMContext"));
                tell!(mirror, frame, item Mailbox named name.as_deref().map(|name| (&[][..], name)));
            }
            Event::VoicemailUserEntryComplete(_) => mirror.end(Part::Mailboxes, frame),
            _ => {}
        }
    }

    /// Tells an endpoint's state by that of its device, in the words of the list. How many channels
    /// it has then, no event tells.
    pub(super) fn endpoint_of_device(&mut self, frame: Frame<'_>) {
        let device = frame.get("Device").unwrap_or_default();
        let Some(names) = split(device.as_bytes(), b"/") else { return };
        let state = DeviceState::from_wire(frame.get("State").unwrap_or_default().as_bytes()).ok();
        let Some(words) = state.and_then(DeviceState::description).map(str::as_bytes) else { return };
        self.tell::<Endpoint>(How::Hinted, Some(names), None, |endpoint, telling| {
            if endpoint.device_state.as_ref().is_none_or(|known| known.as_bytes() != words) {
                telling.put(Endpoint::BITS.channels, &mut endpoint.channels, None);
            }
            telling.put(Endpoint::BITS.device_state, &mut endpoint.device_state, words);
        });
    }
}

/// Both sides of the first such mark.
fn split<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text.windows(mark.len()).position(|window| window == mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// Both with an `@` between them.
fn joined(one: Option<&[u8]>, two: Option<&[u8]>) -> Option<Wanted> {
    let mut joined = Wanted::from_slice(one?);
    joined.push(b'@');
    joined.extend_from_slice(two?);
    Some(joined)
}

/// The account of a registration. Lists of IAX2 tell the port, and its events don't.
fn account(frame: Frame<'_>, technology: &[u8], host: Option<&[u8]>) -> Option<Wanted> {
    let portless = host.filter(|_| technology == b"IAX2").and_then(|host| split(host, b":")).map(|(host, _)| host);
    joined(frame.get("Username").map(Value::as_bytes), portless.or(host))
}
