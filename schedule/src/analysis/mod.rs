//! What primitives have to know of a program before they change it.

pub mod scope;
