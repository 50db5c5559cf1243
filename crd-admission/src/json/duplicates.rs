//! Duplicate keys in an object.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::decode::{Token, Tree};

/// Maximum number of duplicate keys that the API server reports.
const NAMED: usize = 100;
/// Up to this many keys, comparing all pairs is the fastest way to find duplicates.
const FEW: usize = 16;

/// Positions of duplicate keys in an object: pairs of one position and the next.
pub(super) fn find(tokens: &[Token<'_>], keys: &[u32]) -> Vec<(u32, u32)> {
    if keys.len() > FEW {
        return find_among_many(tokens, keys);
    }
    let mut pairs = Vec::new();
    for (i, &later) in keys.iter().enumerate() {
        let name = key(tokens, later);
        let earlier = keys.iter().take(i).rev();
        if let Some(&earlier) = earlier.into_iter().find(|&&at| key(tokens, at) == name) {
            pairs.push((earlier, later));
        }
    }
    pairs
}

fn find_among_many(tokens: &[Token<'_>], keys: &[u32]) -> Vec<(u32, u32)> {
    let mut seen = HashMap::with_capacity(keys.len());
    keys.iter()
        .filter_map(|&at| Some((seen.insert(key(tokens, at), at)?, at)))
        .collect()
}

fn key<'t>(tokens: &'t [Token<'_>], at: u32) -> &'t str {
    match tokens.get(at as usize) {
        Some(Token::String(key)) => key,
        _ => "",
    }
}

/// The paths of duplicate keys in the order of the text, each once, up to the server's maximum.
pub(super) fn paths(tree: &Tree<'_>, mut repeated: Vec<u32>) -> Vec<String> {
    if repeated.is_empty() {
        return Vec::new();
    }
    repeated.sort_unstable();
    let mut seen = HashSet::new();
    let mut paths = Vec::new();
    let mut walk = Walk::new(tree);
    for at in repeated {
        walk.go_to(at);
        let path = walk.path();
        if paths.len() < NAMED && seen.insert(path.clone()) {
            paths.push(path);
        }
    }
    paths
}

/// A walk through a tree that tracks its path.
struct Walk<'t> {
    tree: &'t Tree<'t>,
    at: u32,
    open: Vec<Container<'t>>,
}

struct Container<'t> {
    end: u32,
    step: Step<'t>,
}

enum Step<'t> {
    Key { name: &'t str, is_next: bool },
    Index { next: usize },
}

impl<'t> Walk<'t> {
    fn new(tree: &'t Tree<'t>) -> Self {
        Self {
            tree,
            at: 0,
            open: Vec::new(),
        }
    }

    /// Continues to the token at `to`, inclusive.
    fn go_to(&mut self, to: u32) {
        while self.at <= to {
            self.enter(self.at);
            self.at += 1;
        }
    }

    fn enter(&mut self, at: u32) {
        while self.open.last().is_some_and(|open| open.end <= at) {
            self.open.pop();
        }
        let token = self.tree.token(at);
        if let Some(open) = self.open.last_mut() {
            open.step.advance(token);
        }
        match *token {
            Token::Object { end } => self.open.push(Container {
                end,
                step: Step::Key {
                    name: "",
                    is_next: true,
                },
            }),
            Token::Array { end } => self.open.push(Container {
                end,
                step: Step::Index { next: 0 },
            }),
            _ => {}
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for container in &self.open {
            match container.step {
                Step::Key { name, .. } => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                Step::Index { next } => {
                    // Writing to a string cannot fail.
                    let _ = write!(path, "[{}]", next.saturating_sub(1));
                }
            }
        }
        path
    }
}

impl<'t> Step<'t> {
    fn advance(&mut self, token: &'t Token<'t>) {
        match self {
            Self::Index { next } => *next += 1,
            Self::Key { name, is_next } => {
                if let (true, Token::String(key)) = (*is_next, token) {
                    *name = key;
                }
                *is_next = !*is_next;
            }
        }
    }
}
