//! Reloads: the parts whose things stand in the configuration of a module. What a reload adds or
//! takes out, no event tells.

use super::{Mirror, Part, Stale};
use crate::wire::Frame;

/// Beginnings of the names of modules, and the parts that each configures.
const MODULES: &[(&str, &[Part])] = &[
    ("app_queue", &[Part::Queues]),
    ("app_agent_pool", &[Part::Agents]),
    ("chan_agent", &[Part::Agents]),
    ("app_voicemail", &[Part::Mailboxes]),
    ("res_parking", &[Part::ParkingLots]),
    ("features", &[Part::ParkingLots]),
    ("res_pjsip", &[Part::Endpoints, Part::Contacts, Part::Registrations]),
    ("chan_sip", &[Part::Endpoints, Part::Registrations]),
    ("chan_iax2", &[Part::Endpoints, Part::Registrations]),
    ("pbx_", &[Part::Extensions]),
];

impl Mirror {
    /// A module was reloaded, loaded or unloaded; `All`: every one was.
    pub(super) fn reloaded(&mut self, frame: Frame<'_>) {
        // 2: there is no such module; 6: it can't be reloaded.
        if frame.get("Status").is_some_and(|status| status == "2" || status == "6") {
            return;
        }
        // Up to 11 one of SIP has an event of its own, without a module.
        let name = frame.get("Module").unwrap_or("chan_sip".into());
        let begins = |word: &str| {
            let start = name.as_bytes().get(..word.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        };
        for (module, parts) in MODULES {
            if name.eq_ignore_case("All") || begins(module) {
                parts.iter().for_each(|part| self.doubt(*part, Stale::Reloaded));
            }
        }
    }
}
