//! What primitives have to know of a program before they change it.

pub mod buffers;
pub mod context;
pub mod index_map;
pub mod loops;
pub mod match_desc;
pub mod scope;
pub mod subspace;
