//! The declarations that rules see for the nodes of a schema.

use serde_json::Value;

use crate::cel::declarations::Declaration;
use crate::cel::escape::escape;
use crate::definition::Node;
use crate::error::{BadValue, ErrorType, Violation};
use crate::path::Path;

/// What rules see of a node.
#[derive(Clone, Copy)]
pub(super) enum Scope<'p> {
    /// Nothing: there are no rules here or above.
    Outside,
    /// Not visible from above: rules cannot refer to its name or its schema.
    Hidden,
    /// This declaration.
    Seen(&'p Declaration),
    /// The parent has no content, such as the items of a string.
    Untyped,
    /// There is no declaration for it or for its parents.
    Undeclared,
}

/// A node's own declaration.
pub(super) enum Own {
    /// Not needed: there are no rules, or the parent's includes it.
    Nothing,
    Declared(Declaration),
    Undeclared,
}

impl Own {
    /// The declaration of a node, if it needs its own.
    pub(super) fn of(json: &Value, is_root: bool, scope: Scope<'_>) -> Self {
        let node = Node::of(json);
        let has_rules = || node.is_some_and(|node| node.has_some("x-kubernetes-validations"));
        let is_embedded = || node.is_some_and(|node| node.flag("x-kubernetes-embedded-resource"));
        let must = match scope {
            Scope::Outside => has_rules(),
            Scope::Hidden => true,
            Scope::Seen(_) | Scope::Untyped | Scope::Undeclared => false,
        };
        if !must {
            return Self::Nothing;
        }
        let is_resource = is_root || is_embedded();
        Declaration::of(json, is_resource).map_or(Self::Undeclared, Self::Declared)
    }
}

impl<'p> Scope<'p> {
    /// The scope, with the node's own declaration.
    pub(super) fn with(self, own: &'p Own) -> Self {
        match own {
            Own::Nothing => self,
            Own::Declared(own) => Self::Seen(own),
            Own::Undeclared => Self::Undeclared,
        }
    }

    /// The server's error if such a node has rules.
    pub(super) fn fault(self, rules: &Path<'_>) -> Violation {
        let detail = match self {
            Self::Untyped => "failed to convert to declType for CEL validation rules",
            _ => {
                "internal error: failed to construct type information for x-kubernetes-validations \
                 rules: unable to convert structural schema to CEL declarations"
            }
        };
        let path = rules.bracketed();
        Violation::new(ErrorType::Internal, path, BadValue::Omitted, detail)
    }

    pub(super) fn property(self, name: &str) -> Self {
        match self {
            Self::Outside | Self::Undeclared => self,
            Self::Hidden | Self::Untyped => Self::Hidden,
            Self::Seen(parent) => {
                let found = escape(name).and_then(|name| parent.field(&name));
                found.map_or(Self::Hidden, Self::Seen)
            }
        }
    }

    /// The scope of the items of a list, or of the values of a map.
    pub(super) fn element(self) -> Self {
        match self {
            Self::Outside | Self::Undeclared => self,
            Self::Hidden | Self::Untyped => Self::Hidden,
            Self::Seen(parent) => parent.element().map_or(Self::Untyped, Self::Seen),
        }
    }
}
