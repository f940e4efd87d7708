//! A configuration file: categories and their lines.

use super::GetConfig;
use crate::value::FromWire;
use crate::wire::{Header, Headers, Value};

impl<'buf> GetConfig<'buf> {
    /// Returns the categories in the order of the file; none if the server found none.
    ///
    /// ```
    /// use ami_proto::response::GetConfig;
    /// use ami_proto::{Decoder, Limits};
    ///
    /// let mut decoder = Decoder::new(Limits::new());
    /// decoder.push(b"Response: Success\r\nCategory-000000: general\r\nLine-000000-000000: a=1\r\nLine-000000-000001: b=2\r\nCategory-000001: empty\r\n\r\n");
    /// let config = GetConfig::from(decoder.next_frame()?.unwrap());
    /// let categories: Vec<_> = config.categories().collect();
    /// assert_eq!(categories[0].name(), "general");
    /// assert_eq!(categories[0].lines().map(|line| line.to_string()).collect::<Vec<_>>(), ["a=1", "b=2"]);
    /// assert_eq!(categories[1].lines().count(), 0);
    /// # Ok::<(), ami_proto::FrameError>(())
    /// ```
    pub fn categories(&self) -> Categories<'buf> {
        Categories { headers: self.frame().headers() }
    }
}

/// Categories of a configuration file, see [`GetConfig::categories`].
#[derive(Clone, Debug)]
pub struct Categories<'buf> {
    headers: Headers<'buf>,
}

impl<'buf> Iterator for Categories<'buf> {
    type Item = Category<'buf>;

    fn next(&mut self) -> Option<Self::Item> {
        let (name, number) =
            self.headers.by_ref().find_map(|header| Some((header.value(), after(header, "Category-")?)))?;
        // The headers of a category follow it, up to the next one.
        Some(Category { name, number, following: self.headers.clone() })
    }
}

/// A category of a configuration file.
#[derive(Clone, Debug)]
pub struct Category<'buf> {
    name: Value<'buf>,
    number: &'buf [u8],
    following: Headers<'buf>,
}

impl<'buf> Category<'buf> {
    /// Returns the category's name.
    pub fn name(&self) -> Value<'buf> {
        self.name
    }

    /// Returns the category's number in the file, counted from 0.
    pub fn number(&self) -> Option<u32> {
        u32::from_wire(self.number).ok()
    }

    /// Returns the category's lines, `name=value`, in the order of the file. They may hold
    /// passwords.
    pub fn lines(&self) -> impl Iterator<Item = Value<'buf>> + use<'buf> {
        let number = self.number;
        self.own()
            .filter(move |header| after(*header, "Line-").is_some_and(|rest| rest.starts_with(number)))
            .map(Header::value)
    }

    /// Returns whether the category is a template.
    pub fn is_template(&self) -> bool {
        self.own().any(|header| after(header, "IsTemplate-") == Some(self.number) && header.value() == "1")
    }

    /// Returns the headers from this category to the next one.
    fn own(&self) -> impl Iterator<Item = Header<'buf>> + use<'buf> {
        self.following.clone().take_while(|header| after(*header, "Category-").is_none())
    }
}

fn after<'buf>(header: Header<'buf>, prefix: &str) -> Option<&'buf [u8]> {
    let (start, rest) = header.name().split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix.as_bytes()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use super::*;
    use crate::steps::steps;
    use crate::wire::{Decoder, Framing, Limits};

    /// Each category reads only its own headers, however many categories there are.
    #[test]
    fn a_category_does_not_look_at_the_others() {
        let categories = 500;
        let category = |number: usize| {
            let template = number % 2;
            format!("Category-{number:06}: c\r\nIsTemplate-{number:06}: {template}\r\nLine-{number:06}-000000: a=b\r\n")
        };
        let text: String = (0..categories).map(category).collect();
        let text = format!("Response: Success\r\n{text}\r\n");
        let mut decoder = Decoder::new(Limits::new().lines(2000)).with_framing(Framing::PLAIN);
        decoder.push(text.as_bytes());
        let config = GetConfig::from(decoder.next_frame().expect("within limits").expect("a frame"));
        let mut templates = 0;
        let steps = steps(|| {
            templates = config.categories().filter(Category::is_template).count();
            assert!(config.categories().all(|category| category.lines().count() == 1));
        });
        assert_eq!(templates, categories / 2);
        assert!(steps.lines <= 20 * categories, "{} lines", steps.lines);
    }
}
