//! Differential fuzzing: programs from seeds, everything that must agree about them, and a reducer.
//!
//! ```text
//! seed ─▶ choices ─▶ generate ─▶ case ─▶ validate ─▶ interpret ─┬▶ with more threads
//!            ▲                                                  ├▶ print, parse, equal
//!            └── reduce ◀── failure ◀───────────────────────────┴▶ compile with every compiler, run
//! ```
//!
//! A case is a program with its arguments. It either agrees with itself in every lane of
//! [`oracle`], bit for bit, or there is a bug in Tirade or in a C compiler.
//!
//! Reading order: [`choice`], [`mod@generate`], [`oracle`], [`campaign`], [`reduce`], [`coverage`].
//! Apart from these, [`bytes`] feeds what reads text with texts that are no programs.

pub mod bytes;
pub mod campaign;
pub mod choice;
pub mod coverage;
pub mod generate;
pub mod oracle;
pub mod reduce;

pub use campaign::{Config, Event, Finding, Stats};
pub use choice::Choices;
pub use generate::{Case, Policy, generate};
pub use oracle::{CLane, Failure, Kind};
