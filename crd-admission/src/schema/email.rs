//! The format `email`: one address as Go's `net/mail` reads it, with or without a name.

use std::net::IpAddr;

pub(super) fn is_email(text: &str) -> bool {
    let mut reader = Reader { rest: text };
    reader.single_address().is_some() && reader.rest.is_empty()
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn single_address(&mut self) -> Option<()> {
        self.skip_space();
        if let Some(after) = addr_spec(self.rest) {
            self.rest = after;
        } else {
            self.named_address()?;
        }
        self.skip_comments()
    }

    /// `NAME <ADDRESS>`, or a group of one address.
    fn named_address(&mut self) -> Option<()> {
        if !self.rest.starts_with('<') {
            self.phrase()?;
        }
        self.skip_space();
        if self.skip(':') {
            return self.group_of_one();
        }
        self.angle_address()
    }

    fn angle_address(&mut self) -> Option<()> {
        self.skip('<').then_some(())?;
        self.rest = addr_spec(self.rest)?;
        self.skip('>').then_some(())
    }

    fn group_of_one(&mut self) -> Option<()> {
        self.skip_space();
        if let Some(after) = addr_spec(self.rest) {
            self.rest = after;
        } else {
            if !self.rest.starts_with('<') {
                self.phrase()?;
            }
            self.skip_space();
            self.angle_address()?;
        }
        self.skip_comments()?;
        self.skip(';').then_some(())?;
        self.skip_comments()
    }

    /// One or more words.
    fn phrase(&mut self) -> Option<()> {
        let mut words = 0;
        loop {
            if words > 0 {
                self.skip_comments()?;
            }
            self.skip_space();
            let after = if self.rest.starts_with('"') {
                quoted(self.rest).map(|(_, after)| after)
            } else {
                atom(self.rest).map(|(_, after)| after)
            };
            match after {
                Some(after) => self.rest = after,
                None => break,
            }
            words += 1;
        }
        (words > 0).then_some(())
    }

    fn skip(&mut self, c: char) -> bool {
        let after = self.rest.strip_prefix(c);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    /// Space and comments in parentheses, which may nest.
    fn skip_comments(&mut self) -> Option<()> {
        self.skip_space();
        while self.skip('(') {
            let mut depth = 1_usize;
            let mut chars = self.rest.chars();
            while depth > 0 {
                match chars.next()? {
                    '\\' => drop(chars.next()?),
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
            }
            self.rest = chars.as_str();
            self.skip_space();
        }
        Some(())
    }
}

/// The text after an address without a name.
fn addr_spec(text: &str) -> Option<&str> {
    let text = text.trim_start_matches([' ', '\t']);
    let after = if text.starts_with('"') {
        quoted(text).filter(|(is_empty, _)| !is_empty)?.1
    } else {
        dot_atom(text)?
    };
    let domain = after.strip_prefix('@')?.trim_start_matches([' ', '\t']);
    let Some(literal) = domain.strip_prefix('[') else {
        return dot_atom(domain);
    };
    let (address, after) = literal.split_once(']')?;
    address.parse::<IpAddr>().ok()?;
    Some(after)
}

/// The text after an atom that may have dots, but not at its ends nor two in a row.
fn dot_atom(text: &str) -> Option<&str> {
    let (atom, after) = atom(text)?;
    let is_good = !atom.starts_with('.') && !atom.ends_with('.') && !atom.contains("..");
    is_good.then_some(after)
}

/// An atom with dots, and the rest.
fn atom(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c| !is_atom_character(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn is_atom_character(c: char) -> bool {
    is_visible(c)
        && !matches!(
            c,
            '(' | ')' | '<' | '>' | '[' | ']' | ':' | ';' | '@' | '\\' | ',' | '"'
        )
}

/// Whether a quoted text is empty, and the rest.
fn quoted(text: &str) -> Option<(bool, &str)> {
    let mut chars = text.strip_prefix('"')?.chars();
    let mut is_empty = true;
    loop {
        match chars.next()? {
            '"' => return Some((is_empty, chars.as_str())),
            '\\' => {
                chars
                    .next()
                    .filter(|&c| is_visible(c) || matches!(c, ' ' | '\t'))?;
            }
            c if is_visible(c) || matches!(c, ' ' | '\t') => {}
            _ => return None,
        }
        is_empty = false;
    }
}

fn is_visible(c: char) -> bool {
    c.is_ascii_graphic() || !c.is_ascii()
}
