//! What primitives have to know of a program before they change it.

pub mod access;
pub mod binding;
pub mod cover;
pub mod dependence;
pub mod domain;
pub mod honest;
pub mod kind;
pub mod moving;
pub mod reducer;
pub mod scope;
