//! Contact information, the only document on the reference page: flat XML that the service's users
//! send and receive.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::range;
use crate::steps::count;

/// Contact information, as text of the form `<contact-information><jobTitle>…</jobTitle>…`.
///
/// It is read lazily and leniently, by its tags alone: the sample on the reference page has a
/// surplus `>` in `<useBranchAddress>>false`. An element without content (`<branchAddress/>`) is a
/// field without a value. [`contact_information`](super::contact_information) requests the
/// document, and [`ContactDraft`](super::ContactDraft) writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact<'a>(&'a str);

impl<'a> Contact<'a> {
    /// Reads contact information; `None` if the text has no `<contact-information>`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (_, rest) = text.split_once("<contact-information>")?;
        Some(Self(rest.split_once("</contact-information>").map_or(rest, |(inside, _)| inside)))
    }

    /// Yields the fields, in order.
    pub const fn fields(self) -> ContactFields<'a> {
        ContactFields { rest: self.0 }
    }

    /// Returns the first field of this name, such as `firstName`; `homeAddress.city` names a field
    /// within another.
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

/// Iterator over fields, in order: the name, and the unchanged text between its tags.
#[derive(Clone, Debug)]
pub struct ContactFields<'a> {
    rest: &'a str,
}

impl<'a> ContactFields<'a> {
    /// Creates the iterator over the fields in a field's text.
    pub(super) const fn of(rest: &'a str) -> Self {
        Self { rest }
    }
}

impl<'a> Iterator for ContactFields<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        // After a tag that is never closed the search ends, since hostile text would otherwise be
        // read repeatedly: the rest is kept only if the search continues.
        let mut rest = core::mem::take(&mut self.rest);
        loop {
            let (tag, behind) = rest.split_once('<')?.1.split_once('>')?;
            rest = behind;
            let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let name = tag.split_ascii_whitespace().next().unwrap_or_default();
            // A name that contained the start of a closing tag would be compared with itself at
            // each such tag.
            if name.is_empty() || name.starts_with(['?', '!']) || name.contains(['/', '<']) {
                continue;
            }
            if is_empty {
                self.rest = rest;
                return Some((name, range::text(rest, ..0)));
            }
            let (end, after) = closing(rest, name)?;
            self.rest = range::text(rest, after..);
            return Some((name, range::text(rest, ..end)));
        }
    }
}

/// Returns start and end of the closing tag.
fn closing(text: &str, name: &str) -> Option<(usize, usize)> {
    text.match_indices("</").find_map(|(at, _)| {
        let tag = range::text(text, at + 2..);
        // Cost of the comparison: the bytes in common, plus one.
        count(|steps| steps.compared += 1 + name.bytes().zip(tag.bytes()).take_while(|(a, b)| a == b).count());
        let after = tag.strip_prefix(name)?.strip_prefix('>')?;
        Some((at, text.len() - after.len()))
    })
}

/// Returns the text without the sample's surplus character, and with XML's own entities replaced.
pub(super) fn plain(raw: &str) -> Cow<'_, str> {
    let text = raw.trim_ascii().trim_start_matches('>');
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        out.push_str(before);
        let known = [("lt;", '<'), ("gt;", '>'), ("amp;", '&'), ("quot;", '"'), ("apos;", '\'')];
        // The web address in the sample has a bare ampersand, which is kept.
        let (c, after) =
            known.iter().find_map(|(name, c)| Some((*c, entity.strip_prefix(name)?))).unwrap_or(('&', entity));
        out.push(c);
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;
    use crate::steps::steps;

    /// Returns the bytes compared until the fields have ended, and over as many further steps.
    fn compared(text: &str) -> usize {
        let mut fields = Contact::parse(text).unwrap().fields();
        steps(|| {
            for _ in 0..text.len() {
                let _ = fields.next();
            }
        })
        .compared
    }

    #[test]
    fn hostile_tags_are_compared_once() {
        let hostile: [fn(usize) -> String; 5] = [
            |n| format!("<x{}>{}", "</x".repeat(n), "</x".repeat(n)),
            |n| format!("<{}>{}", "x/".repeat(n), "</x/".repeat(n)),
            |n| format!("<{}>{}", "x".repeat(n), "</x".repeat(n)),
            |n| "<x>".repeat(n) + &"</y".repeat(n),
            |n| "<x></x>".repeat(n),
        ];
        for text in hostile {
            for n in [500, 2000, 8000] {
                let text = format!("<contact-information>{}", text(n));
                assert!(compared(&text) <= text.len(), "{} of {}: {:.60}", compared(&text), text.len(), text);
            }
        }
    }

    #[test]
    fn names_with_tags_in_them_are_none() {
        let contact = Contact::parse("<contact-information><a</a>1</a</a><b/c>2</b/c><d>3</d><e>4<f>5</f>").unwrap();
        assert_eq!(contact.fields().collect::<std::vec::Vec<_>>(), [("d", "3")]);
        // No field follows the end.
        let mut fields = contact.fields();
        assert_eq!((fields.next(), fields.next(), fields.next()), (Some(("d", "3")), None, None));
    }
}
