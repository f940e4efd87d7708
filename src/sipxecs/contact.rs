//! Contact information, the one document of reference 001: a flat piece of XML that the service's users send and get.

use alloc::borrow::Cow;
use alloc::string::String;

/// Contact information, as text of the form `<contact-information><jobTitle>…</jobTitle>…`.
///
/// Read leniently, by its tags alone, and lazily: the page's own sample has a `>` too many in `<useBranchAddress>>false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact<'a>(&'a str);

impl<'a> Contact<'a> {
    /// Reads it; `None` where there is no `<contact-information>`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (_, rest) = text.split_once("<contact-information>")?;
        Some(Self(rest.split_once("</contact-information>").map_or(rest, |(inside, _)| inside)))
    }

    /// Its fields, in order.
    pub const fn fields(self) -> ContactFields<'a> {
        ContactFields { rest: self.0 }
    }

    /// The first field of this name, such as `firstName`; `homeAddress.city` for a field within another.
    ///
    /// ```
    /// use ami_proto::sipxecs::Contact;
    ///
    /// let text = "<contact-information><firstName>John</firstName><homeAddress><city>NY</city></homeAddress></contact-information>";
    /// let contact = Contact::parse(text).unwrap();
    /// assert_eq!(contact.get("firstName").unwrap(), "John");
    /// assert_eq!(contact.get("homeAddress.city").unwrap(), "NY");
    /// ```
    pub fn get(self, name: &str) -> Option<Cow<'a, str>> {
        let mut fields = self.fields();
        let mut parts = name.split('.').peekable();
        while let Some(part) = parts.next() {
            let (_, raw) = fields.find(|(name, _)| *name == part)?;
            if parts.peek().is_none() {
                return Some(plain(raw));
            }
            fields = ContactFields { rest: raw };
        }
        None
    }
}

/// Fields in order: name, and the text between its tags as it stands there.
#[derive(Clone, Debug)]
pub struct ContactFields<'a> {
    rest: &'a str,
}

impl<'a> Iterator for ContactFields<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (_, rest) = self.rest.split_once('<')?;
            let (tag, rest) = rest.split_once('>')?;
            self.rest = rest;
            let name = tag.split_ascii_whitespace().next().unwrap_or_default();
            if tag.ends_with('/') || name.is_empty() || name.starts_with(['/', '?', '!']) {
                continue;
            }
            // Behind a tag that is never closed nothing is looked for, or hostile text would be read over and over.
            let (end, after) = closing(rest, name)?;
            self.rest = rest.get(after..)?;
            return Some((name, rest.get(..end)?));
        }
    }
}

/// Where the closing tag begins, and what follows it.
fn closing(text: &str, name: &str) -> Option<(usize, usize)> {
    let tags = text.match_indices("</");
    tags.map(|(at, _)| (at, text.get(at + 2..).unwrap_or_default()))
        .find_map(|(at, tag)| Some((at, tag.strip_prefix(name)?.strip_prefix('>')?)))
        .map(|(at, after)| (at, text.len() - after.len()))
}

/// The text without what its sample has too much, with XML's own entities replaced.
fn plain(raw: &str) -> Cow<'_, str> {
    let text = raw.trim_ascii().trim_start_matches('>');
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        out.push_str(before);
        let known = [("lt;", '<'), ("gt;", '>'), ("amp;", '&'), ("quot;", '"'), ("apos;", '\'')];
        // The sample's web address has a bare ampersand, which stays one.
        let (c, after) =
            known.iter().find_map(|(name, c)| Some((*c, entity.strip_prefix(name)?))).unwrap_or(('&', entity));
        out.push(c);
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}
