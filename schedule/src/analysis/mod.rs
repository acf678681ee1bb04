//! What primitives have to know of a program before they change it.

pub mod access;
pub mod binding;
pub mod buffers;
pub mod context;
pub mod cover;
pub mod dependence;
pub mod domain;
pub mod honest;
pub mod index_map;
pub mod kind;
pub mod loops;
pub mod match_desc;
pub mod moving;
pub mod reducer;
pub mod reduction;
pub mod scope;
pub mod subspace;
