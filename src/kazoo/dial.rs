//! The call of a participant into a conference, and where the server looks for each part of it.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use super::action::{not_empty, quoted};
use super::draft::Fields;
use super::fields::CONFERENCE;
use super::json::{Json, Object};
use super::validate::{self, DIAL, Rule};
use super::write::{array, string};
use crate::error::{EncodeError, Refusal};
use crate::http_request::{refuse_control, refuse_splits};

const CUSTOM_APPLICATION_VARS: &str = "custom_application_vars";

/// A way in which a participant who is called comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParticipantFlag {
    /// They can't speak.
    Mute,
    /// They can't hear.
    Deaf,
    /// The keys that they press are heard.
    DistributeDtmf,
    /// As a moderator.
    IsModerator,
    /// Without music while they are alone.
    DisableMoh,
    /// Without being counted.
    Ghost,
    /// Only if the conference is running.
    JoinExisting,
    /// Without their picture.
    VideoMute,
}

impl ParticipantFlag {
    /// All words on the wire, in the order of the variants.
    pub(super) const WORDS: [&'static str; 8] =
        ["mute", "deaf", "distribute_dtmf", "is_moderator", "disable_moh", "ghost", "join_existing", "video_mute"];

    /// Returns the word on the wire.
    pub const fn as_str(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// A call of participants into a conference, from 4.2 on. The conference need not exist: one of the
/// id is made up then, and fields of a document ([`field`](Self::field)) are taken into it.
///
/// The server writes the strings into a line for FreeSWITCH and escapes nothing: what would end
/// quotes there, or make another endpoint of one, is refused. Where no name is given it shows the
/// conference's own, which must have no `'` then.
///
/// ```
/// use ami_proto::kazoo::{Account, ConferenceAction, Dial, ParticipantFlag};
///
/// let dial = Dial::new().endpoint("5551212").endpoint("sip:user@realm").participant_flag(ParticipantFlag::Mute).timeout(20);
/// let request = Account::new("A").act("C", &ConferenceAction::Dial(dial))?;
/// assert_eq!(
///     request.body(),
///     br#"{"data": {"action": "dial", "data": {"endpoints": ["5551212", "sip:user@realm"], "timeout": 20, "participant_flags": ["mute"]}}}"#
/// );
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Dial<'a> {
    endpoints: Vec<Endpoint<'a>>,
    texts: Vec<(&'static str, &'a str)>,
    timeout: Option<u32>,
    flags: Vec<ParticipantFlag>,
    fields: Vec<(&'a str, Json<'a>)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Endpoint<'a> {
    Text(&'a str),
    Device(Json<'a>),
}

impl<'a> Dial<'a> {
    /// Returns a call without endpoints; it needs at least one [`endpoint`](Self::endpoint).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls the device or user of this id, this number, or this `sip:` address.
    #[must_use]
    pub fn endpoint(mut self, endpoint: &'a str) -> Self {
        self.endpoints.push(Endpoint::Text(endpoint));
        self
    }

    /// Calls a device that is described by its document.
    #[must_use]
    pub fn device(mut self, document: Json<'a>) -> Self {
        self.endpoints.push(Endpoint::Device(document));
        self
    }

    /// Shows them this name.
    #[must_use]
    pub fn caller_id_name(self, name: &'a str) -> Self {
        self.text("caller_id_name", name)
    }

    /// Shows them this number.
    #[must_use]
    pub fn caller_id_number(self, number: &'a str) -> Self {
        self.text("caller_id_number", number)
    }

    /// Runs the conference with the settings of this name.
    #[must_use]
    pub fn profile_name(self, name: &'a str) -> Self {
        self.text("profile_name", name)
    }

    /// Begins the conference on the media server that this call is on.
    #[must_use]
    pub fn target_call_id(self, id: &'a str) -> Self {
        self.text("target_call_id", id)
    }

    /// Gives the new call this id.
    #[must_use]
    pub fn outbound_call_id(self, id: &'a str) -> Self {
        self.text("outbound_call_id", id)
    }

    /// Gives up after so many seconds, at least 1.
    #[must_use]
    pub fn timeout(mut self, seconds: u32) -> Self {
        self.timeout = Some(seconds);
        self
    }

    /// Has them come in like this; can be said again for more.
    #[must_use]
    pub fn participant_flag(mut self, flag: ParticipantFlag) -> Self {
        self.flags.push(flag);
        self
    }

    /// Notes something of the new calls, an object of JSON: calls and events have it as
    /// `custom_application_vars`. Master takes each parameter of the request's query for such a
    /// variable too.
    #[must_use]
    pub fn custom_application_vars(self, vars: Json<'a>) -> Self {
        self.field(CUSTOM_APPLICATION_VARS, vars)
    }

    /// Sets an argument that the crate doesn't know, or a field of the document of a conference
    /// that is made up. The server looks for the latter, and for `custom_application_vars`, in
    /// `data`, beside the action where that is there too: they are put there.
    #[must_use]
    pub fn field(mut self, name: &'a str, value: Json<'a>) -> Self {
        self.fields.push((name, value));
        self
    }

    fn text(mut self, name: &'static str, text: &'a str) -> Self {
        self.texts.retain(|(found, _)| *found != name);
        self.texts.push((name, text));
        self
    }

    /// Checks all that is set by the server's schema, and for what would arrive as something else.
    pub(super) fn check(&self) -> Result<(), EncodeError> {
        for endpoint in &self.endpoints {
            match endpoint {
                Endpoint::Text(text) => {
                    not_empty("endpoints", text)?;
                    refuse_control("endpoints", text)?;
                    refuse_splits("endpoints", text, b" ,|{}[]<>'\"\\")?;
                    if text.contains(":_:") {
                        return Err(EncodeError::new("endpoints", Refusal::Splits { byte: b'_' }));
                    }
                }
                Endpoint::Device(json) if json.object().is_some() => {}
                Endpoint::Device(_) => {
                    return Err(EncodeError::new("endpoints", Refusal::Kind { expected: "an object" }));
                }
            }
        }
        for (name, text) in &self.texts {
            quoted(name, text)?;
            // Between blanks, without quotes.
            if *name == "caller_id_number" {
                refuse_splits(name, text, b" ")?;
            }
        }
        let (mut inner, mut beside) = (Fields::default(), Fields::default());
        self.arguments(&mut inner);
        self.beside(&mut beside);
        for (fields, rules) in [(inner, DIAL), (beside, CONFERENCE)] {
            let json = fields.to_json();
            validate::fields("", &Object::from_slice(json.as_bytes()).unwrap_or_default(), rules, false)?;
        }
        Ok(())
    }

    /// Names of all fields that were set by name.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.fields.iter().map(|(name, _)| *name)
    }

    /// Sets what the server takes for arguments. What is set again takes the place of what was.
    pub(super) fn arguments(&self, out: &mut Fields) {
        out.set(
            "endpoints",
            array(self.endpoints.iter().map(|endpoint| match endpoint {
                Endpoint::Text(text) => string(text),
                Endpoint::Device(json) => json.as_str().into(),
            })),
        );
        for (name, text) in &self.texts {
            out.set(name, string(text));
        }
        if let Some(seconds) = self.timeout {
            out.set("timeout", seconds.to_string());
        }
        if !self.flags.is_empty() {
            out.set("participant_flags", array(self.flags.iter().map(|flag| string(flag.as_str()))));
        }
        self.fields.iter().filter(|(name, _)| !is_beside(name)).for_each(|(name, json)| out.set(name, json.as_str()));
    }

    /// Sets what the server looks for in `data`.
    pub(super) fn beside(&self, out: &mut Fields) {
        self.fields.iter().filter(|(name, _)| is_beside(name)).for_each(|(name, json)| out.set(name, json.as_str()));
    }
}

/// Returns whether the server looks for a field beside the action.
fn is_beside(name: &str) -> bool {
    let is_of = |rules: &[(&str, Rule)]| rules.iter().any(|(known, _)| *known == name);
    name == CUSTOM_APPLICATION_VARS || is_of(CONFERENCE) && !is_of(DIAL)
}

/// PINs and passwords are masked.
impl fmt::Debug for Dial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = Fields::default();
        self.arguments(&mut fields);
        self.beside(&mut fields);
        match Json::parse(&fields.to_json()) {
            Ok(json) => write!(f, "Dial {json:?}"),
            Err(_) => f.write_str("Dial (incomplete)"),
        }
    }
}
