//! Tensor intrinsics: what a piece of a program computes, and what can be put in its place.

use std::sync::Arc;
use tirade_ir::persistent::PMap;
use tirade_ir::{PrimFunc, Symbol};

/// A tensor intrinsic: what it computes, and how.
#[derive(Clone, Debug)]
pub struct TensorIntrin {
    /// The name it is registered under.
    pub name: Symbol,
    /// What it computes.
    pub description: Arc<PrimFunc>,
    /// What is put in its place.
    pub implementation: Arc<PrimFunc>,
}

/// Tensor intrinsics by name.
pub type Intrinsics = PMap<Symbol, TensorIntrin>;
