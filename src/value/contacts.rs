//! Splits the contacts of a PJSIP endpoint.

use super::bytes::split_first;
use super::open::open_bytes;

open_bytes! {
    /// Addresses of an endpoint: `100/sip:100@127.0.0.1:5060,100/sip:100@127.0.0.2:5060,`.
    ///
    /// Takes any bytes. The server ends each contact with a comma and quotes nothing, so a comma in
    /// a URI looks like the end of a contact. (Asterisk `res/res_pjsip/location.c`.)
    ///
    /// ```
    /// use ami_proto::value::ContactList;
    ///
    /// let contacts = ContactList::from("100/sip:100@127.0.0.1:5060,");
    /// let only = contacts.iter().next().unwrap();
    /// assert_eq!(only.aor(), Some(&b"100"[..]));
    /// assert_eq!(only.uri(), b"sip:100@127.0.0.1:5060");
    /// ```
    ContactList
}

impl<'a> ContactList<'a> {
    /// Returns the contacts in the order of the wire.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = Contact<'a>> {
        self.0.split(|&b| b == b',').filter(|item| !item.is_empty()).map(Contact)
    }

    /// Returns whether the list is empty.
    #[must_use]
    #[inline]
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }
}

open_bytes! {
    /// One contact of an address of record: `100/sip:100@127.0.0.1:5060`.
    ///
    /// ```
    /// use ami_proto::value::Contact;
    ///
    /// let contact = Contact::from("100/sip:100@127.0.0.1:5060");
    /// assert_eq!(contact.aor(), Some(&b"100"[..]));
    /// ```
    Contact
}

impl<'a> Contact<'a> {
    /// Returns the address of record: the part before the first `/`.
    #[must_use]
    #[inline]
    pub fn aor(self) -> Option<&'a [u8]> {
        Some(split_first(self.0, b'/')?.0)
    }

    /// Returns the URI: the part after the first `/`, or the whole value if there is no `/`.
    #[must_use]
    #[inline]
    pub fn uri(self) -> &'a [u8] {
        split_first(self.0, b'/').map_or(self.0, |(_, uri)| uri)
    }
}
