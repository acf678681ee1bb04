//! Lowering: IR to IR, one pass a file.
//!
//! Every pass is a function that keeps what the program computes, bit by bit; its result is a
//! program that can be printed and interpreted like any other. [`PASSES`] is the order in which
//! they run.

pub mod flatten_buffer;
pub mod fold_unit_loop;
pub mod hoist_init;
pub(crate) mod index;
pub mod lower_block;
pub mod lower_extern;
pub mod lower_let;
pub mod lower_match_buffer;
pub mod lower_thread_binding;
pub mod lower_vector;
pub mod partition_loop;
pub mod promote_tile;
pub mod remove_unused;
pub mod target;
pub mod unroll_tile;
pub mod vectorize_loop;

use crate::error::{AotError, Result};
use tirade_ir::validate::check_runnable;
use tirade_ir::{IRModule, PrimFunc};

/// A lowering pass.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Its name, for `--dump-after`.
    pub name: &'static str,
    /// What it does to a function.
    pub run: fn(&PrimFunc) -> PrimFunc,
}

/// The passes in the order in which they run.
pub const PASSES: &[Pass] = &[
    Pass { name: "lower_extern", run: lower_extern::lower_extern },
    Pass { name: "lower_match_buffer", run: lower_match_buffer::lower_match_buffer },
    Pass { name: "lower_block", run: lower_block::lower_block },
    Pass { name: "lower_thread_binding", run: lower_thread_binding::lower_thread_binding },
    Pass { name: "fold_unit_loop", run: fold_unit_loop::fold_unit_loop },
    Pass { name: "hoist_init", run: hoist_init::hoist_init },
    Pass { name: "lower_let", run: lower_let::lower_let },
    Pass { name: "partition_loop", run: partition_loop::partition_loop },
    Pass { name: "flatten_buffer", run: flatten_buffer::flatten_buffer },
    Pass { name: "lower_vector", run: lower_vector::lower_vector },
    Pass { name: "unroll_tile", run: unroll_tile::unroll_tile },
    Pass { name: "vectorize_loop", run: vectorize_loop::vectorize_loop },
    Pass { name: "promote_tile", run: promote_tile::promote_tile },
    Pass { name: "remove_unused", run: remove_unused::remove_unused },
];

/// The module after all passes, for GNU C on a machine with vectors of `vector_bytes` bytes.
pub fn lower_for(module: &IRModule, vector_bytes: Option<u32>) -> Result<IRModule> {
    match vector_bytes {
        Some(bytes) => lower(&module.map_functions(|f| target::with_vector_bytes(f, bytes))),
        None => lower(module),
    }
}

/// The module after all passes, for any C99 compiler. Fails if a function uses something that cannot be run at all.
pub fn lower(module: &IRModule) -> Result<IRModule> {
    check(module)?;
    Ok(PASSES.iter().fold(module.clone(), |module, pass| module.map_functions(pass.run)))
}

/// Every pass with the module as it stands after it, in order.
pub fn stages(module: &IRModule) -> Result<impl Iterator<Item = (&'static Pass, IRModule)>> {
    check(module)?;
    let next = |module: &mut IRModule, pass: &'static Pass| {
        *module = module.map_functions(pass.run);
        Some((pass, module.clone()))
    };
    Ok(PASSES.iter().scan(module.clone(), next))
}

fn check(module: &IRModule) -> Result<()> {
    let refused = module.functions().flat_map(|f| check_runnable(f)).next();
    match refused {
        Some(diagnostic) => Err(AotError::Unsupported(Box::new(diagnostic))),
        None => Ok(()),
    }
}
