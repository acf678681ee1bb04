//! Reductions over the threads of a block.

use crate::expr::{BufferLoad, Call, PrimExpr};
use crate::func::CommReducer;
use crate::op::Op;
use std::sync::Arc;

/// The parts of `T.tvm_thread_allreduce(n, values…, condition, results…, threads…)` with the
/// reducer of the `reduce_scope` around it.
#[derive(Debug)]
pub struct Allreduce<'a> {
    /// What each thread adds.
    pub values: &'a [PrimExpr],
    /// A thread for which this is false adds the identity.
    pub condition: &'a PrimExpr,
    /// Where every thread gets the results.
    pub results: Vec<&'a Arc<BufferLoad>>,
    /// The axes that are reduced over.
    pub threads: &'a [PrimExpr],
    /// How values are combined.
    pub reducer: &'a CommReducer,
}

impl<'a> Allreduce<'a> {
    /// Takes the call apart; `None` if it or its reducer has another form.
    pub fn of(call: &'a Call, reducer: Option<&'a CommReducer>) -> Option<Allreduce<'a>> {
        let reducer = reducer.filter(|_| call.op == Op::ThreadAllreduce)?;
        let (n, args) = call.args.split_first()?;
        let n = usize::try_from(n.as_int()?).ok()?;
        let (values, args) = args.split_at_checked(n)?;
        let (condition, args) = args.split_first()?;
        let (results, threads) = args.split_at_checked(n)?;
        let results = results.iter().map(|e| match e {
            PrimExpr::Load(load) => Some(load),
            _ => None,
        });
        let results = results.collect::<Option<_>>()?;
        let fits = reducer.lhs.len() == n && reducer.result.len() == n;
        fits.then_some(Allreduce { values, condition, results, threads, reducer })
    }
}
