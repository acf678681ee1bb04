//! Floating-point modes: what is faster but not bit-equal, as a rewrite that stands in the program.
//!
//! [`rewrite`] makes explicit nodes of it: [`Op::Fma`](crate::Op::Fma) for products that are added,
//! formulas of ordinary arithmetic for functions of the C library. The interpreter and compiled
//! code then run the same program and agree bit by bit; only the original differs.

mod approximate;
mod contract;

use crate::func::IRModule;
use crate::rewrite::Rewrite;

/// How much a program may be changed for speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FpMode {
    /// Not at all.
    #[default]
    Strict,
    /// A product that is added is rounded once.
    Contract,
    /// That, and float32 `exp`, `exp2`, `log`, `log2`, `log10`, `erf`, `tanh` and `sigmoid` are
    /// formulas that vectorise, right to 4 units in the last place.
    Fast,
}

/// The module in a mode.
pub fn rewrite(module: &IRModule, mode: FpMode) -> IRModule {
    let approximated = match mode {
        FpMode::Strict => return module.clone(),
        FpMode::Contract => module.clone(),
        FpMode::Fast => module.map_functions(|f| f.rewrite_or_clone(&mut approximate::Approximate)),
    };
    approximated.map_functions(|f| f.rewrite_or_clone(&mut contract::Contract))
}
