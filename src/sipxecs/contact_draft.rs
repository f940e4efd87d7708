//! Contact information as it is written, and the two requests for it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::contact::{Contact, plain};
use crate::error::{EncodeError, Refusal};
use crate::http_request::{Method, Request};

const PATH: &str = "/sipxconfig/rest/my/contact-information";

/// Returns the request for the contact information of the user who asks: its answer is read by
/// [`Contact::parse`]. XML, unless the caller's header `Accept` asks for JSON.
pub fn contact_information() -> Request {
    Request::new(Method::Get, PATH)
}

/// Contact information to be stored.
///
/// The service takes the document for the whole: a field that it lacks is erased, first and last
/// name too. So begin with what the service has. It keeps its own `imId`, `salutation`, `manager`,
/// `employeeId`, `enabled` and `ldapManaged` in any case, and refuses a document with a field
/// that it doesn't know.
///
/// | fields | |
/// |---|---|
/// | names | `firstName`, `lastName`, `imId`, `imDisplayName`, `alternateImId`, `avatar` (an address) |
/// | work | `jobTitle`, `jobDept`, `companyName`, `assistantName`, `location`, `branchName`, `useBranchAddress` (`true`, `false`) |
/// | `homeAddress`, `officeAddress`, `branchAddress` | each with `street`, `city`, `country`, `state`, `zip`, `officeDesignation`: `homeAddress.city` |
/// | numbers | `cellPhoneNumber`, `homePhoneNumber`, `assistantPhoneNumber`, `faxNumber`, `didNumber` |
/// | addresses | `emailAddress`, `alternateEmailAddress`, `twiterName` (so spelled), `linkedinName`, `facebookName`, `xingName` |
/// | others | `custom1`, `custom2`, `custom3` |
///
/// ```
/// use ami_proto::sipxecs::{Contact, ContactDraft};
///
/// let text = "<contact-information><firstName>John</firstName><homeAddress/></contact-information>";
/// let draft = ContactDraft::from(Contact::parse(text).unwrap()).set("homeAddress.city", "N & Y");
/// let request = draft.store()?;
/// assert_eq!(request.method().as_str(), "PUT");
/// assert_eq!(
///     request.body(),
///     b"<contact-information><firstName>John</firstName>\
///         <homeAddress><city>N &amp; Y</city></homeAddress></contact-information>"
/// );
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactDraft {
    /// Names, with those of the elements around them, and values, in the order of the text.
    fields: Vec<(String, String)>,
}

impl ContactDraft {
    /// Returns a draft without fields, which erases all of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field; `homeAddress.city` for a field within another.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        let is_within = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
        if let Some((_, found)) = self.fields.iter_mut().find(|(found, _)| found == name) {
            value.clone_into(found);
            return self;
        }
        // An element that holds others has no text of its own.
        self.fields.retain(|(found, _)| !is_within(name, found) && !is_within(found, name));
        let siblings = name.rsplit_once('.').map(|(around, _)| around);
        let last = siblings.and_then(|around| self.fields.iter().rposition(|(found, _)| is_within(found, around)));
        let at = last.map_or(self.fields.len(), |last| last + 1);
        self.fields.insert(at, (name.to_owned(), value.to_owned()));
        self
    }

    /// Returns the document.
    ///
    /// # Errors
    /// Where a name is none of an element, or a value has a control character, which XML can't
    /// carry.
    pub fn to_xml(&self) -> Result<String, EncodeError> {
        let mut out = String::from("<contact-information>");
        // The elements that are open.
        let mut open: Vec<&str> = Vec::new();
        for (name, value) in &self.fields {
            let path: Vec<&str> = name.split('.').collect();
            if !path.iter().all(|part| is_name(part)) {
                return Err(EncodeError::new(
                    name.as_str(),
                    Refusal::Kind { expected: "a name of letters and digits" },
                ));
            }
            if let Some(control) = value.chars().find(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
                let byte = u8::try_from(control).unwrap_or_default();
                return Err(EncodeError::new(name.as_str(), Refusal::Control { byte }));
            }
            let Some((leaf, around)) = path.split_last() else { continue };
            let common = open.iter().zip(around).take_while(|(one, other)| one == other).count();
            close(&mut out, &mut open, common);
            for part in around.iter().skip(common) {
                tag(&mut out, "<", part);
                open.push(part);
            }
            tag(&mut out, "<", leaf);
            value.chars().for_each(|c| push_escaped(&mut out, c));
            tag(&mut out, "</", leaf);
        }
        close(&mut out, &mut open, 0);
        out.push_str("</contact-information>");
        Ok(out)
    }

    /// Returns what to send to store it, as the user who asks.
    ///
    /// # Errors
    /// As [`to_xml`](Self::to_xml).
    pub fn store(&self) -> Result<Request, EncodeError> {
        Ok(Request::new(Method::Put, PATH).with_body("text/xml", self.to_xml()?))
    }
}

/// A draft with all that was read, two levels deep as the service has it.
impl From<Contact<'_>> for ContactDraft {
    fn from(contact: Contact<'_>) -> Self {
        let mut fields = Vec::new();
        for (name, raw) in contact.fields() {
            let inner = super::ContactFields::of(raw);
            let before = fields.len();
            fields.extend(inner.map(|(inner, raw)| ([name, ".", inner].concat(), plain(raw).into_owned())));
            if fields.len() == before {
                fields.push((name.to_owned(), plain(raw).into_owned()));
            }
        }
        Self { fields }
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn tag(out: &mut String, begin: &str, name: &str) {
    for part in [begin, name, ">"] {
        out.push_str(part);
    }
}

/// Closes the innermost elements until so many are open.
fn close(out: &mut String, open: &mut Vec<&str>, keep: usize) {
    while open.len() > keep {
        if let Some(name) = open.pop() {
            tag(out, "</", name);
        }
    }
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        c => out.push(c),
    }
}
