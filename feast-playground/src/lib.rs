//! The playground's questions and answers: a manifest and options in, JSON out.
//!
//! A thin layer over [`feast_check`]. The page calls [`ask`] in a WebAssembly module; each question is
//! also a plain Rust function:
//!
//! ```
//! use feast_playground::{Options, examine};
//!
//! let options = Options::default();
//! let answer = examine("
//! apiVersion: feast.dev/v1
//! kind: FeatureStore
//! metadata: {name: shop}
//! spec: {feastProject: shop, replicas: 3}
//! ", &options)?;
//! assert_eq!(answer.findings[0].code, "scaling-online-store");
//! assert_eq!(answer.findings[0].line, 5);
//! # Ok::<(), feast_playground::Error>(())
//! ```

mod ask;
mod changes;
mod examine;
#[cfg(target_arch = "wasm32")]
mod glue;
mod options;
mod place;
mod render;
mod share;
mod writing;

pub use self::ask::ask;
pub use self::changes::{Against, ChangedObject, ChangedStore, Changes, Note, changes};
pub use self::examine::{Answer, Found, QuickFix, Related, TextEdit, examine};
pub use self::options::{
    BoxColors, Choices, Error, GroupColors, Operator, Options, PlatformName, ReleaseChoice, choices,
};
pub use self::render::{ObjectMade, Store, Writing, draw, render};
pub use self::share::{Shared, share};
pub use self::writing::{Hovered, Offered, complete, hover};
