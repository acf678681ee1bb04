//! `parallel`, `vectorize`, `unroll`, `bind`: how the iterations of a loop run.
//!
//! - Every block directly below is complete or a reduction there.
//! - Axes that hang on the loop are spatial; with `bind` to `threadIdx.*` also reduction axes.
//! - No two iterations access the same place, of which one is a write.
//!
//! `unroll` changes nothing but the text and asks for nothing.

use super::Primitive;
use crate::analysis::dependence::expect_parallel;
use crate::analysis::kind::expect_compact_dataflow;
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::place::{Place, with_body};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::diag::Code;
use tirade_ir::visit::{for_each_block, for_each_stmt, uses_var};
use tirade_ir::{For, ForKind, IterVarKind, Stmt, Symbol};

const ROW: Primitive = Primitive {
    name: "",
    kind: "",
    signature: "(loop)",
    attrs: &[],
    spread: None,
    apply: unroll,
    doc: "",
};

/// `parallel`
pub const PARALLEL: Primitive = Primitive {
    name: "parallel",
    kind: "Parallel",
    apply: parallel,
    doc: "Runs the iterations of a loop in any order, on several cores.",
    ..ROW
};

/// `vectorize`
pub const VECTORIZE: Primitive = Primitive {
    name: "vectorize",
    kind: "Vectorize",
    apply: vectorize,
    doc: "Runs the iterations of a loop on the lanes of vectors.",
    ..ROW
};

/// `unroll`
pub const UNROLL: Primitive = Primitive {
    name: "unroll",
    kind: "Unroll",
    apply: unroll,
    doc: "Repeats the code of a loop instead of jumping back.",
    ..ROW
};

/// `bind`
pub const BIND: Primitive = Primitive {
    name: "bind",
    kind: "Bind",
    signature: "(loop, thread_axis)",
    attrs: &["thread_axis"],
    apply: bind,
    doc: "Runs the iterations of a loop on the threads of a grid.",
    ..ROW
};

fn parallel(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    concurrent(schedule, args, ForKind::Parallel, None)
}

fn vectorize(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    concurrent(schedule, args, ForKind::Vectorized, None)
}

fn bind(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let tag = args.str("thread_axis")?;
    let is_axis = ["blockIdx.", "threadIdx."]
        .iter()
        .any(|prefix| tag.strip_prefix(prefix).is_some_and(|d| matches!(d, "x" | "y" | "z")));
    if !is_axis && tag != "vthread" && !tag.starts_with("vthread.") {
        return Err(ScheduleError::argument(format!("`{tag}` is no thread axis"))
            .help("such as `blockIdx.x`, `threadIdx.y`, `vthread.x`"));
    }
    let tag = Symbol::new(tag);
    expect_unbound(&schedule.loop_arg(args, "loop")?, tag)?;
    concurrent(schedule, args, ForKind::ThreadBinding, Some(tag))
}

/// No loop around or below is bound to the same axis: they would run through the same iterations.
fn expect_unbound(place: &Place, tag: Symbol) -> Result<()> {
    let is_bound = |f: &&Arc<For>| f.thread_tag == Some(tag);
    let mut below = Vec::new();
    for_each_stmt(&place.for_loop().body, |stmt| {
        if let Stmt::For(f) = stmt {
            below.push(f.clone());
        }
    });
    let Some(f) = place.all_loops().iter().chain(&below).find(is_bound).cloned() else {
        return Ok(());
    };
    let message = format!("a loop of the same nest is bound to `{tag}` already");
    Err(ScheduleError::new(Code::SCHEDULE_LOOP, message)
        .at(place.at())
        .at_with(crate::error::At::Loop(f.loop_var.id), "this one"))
}

fn unroll(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.loop_arg(args, "loop")?;
    set_kind(schedule, &place, ForKind::Unrolled, None);
    Ok(Value::None)
}

fn concurrent(
    schedule: &mut Schedule,
    args: &Args,
    kind: ForKind,
    tag: Option<Symbol>,
) -> Result<Value> {
    let place = schedule.loop_arg(args, "loop")?;
    expect_compact_dataflow(&place)?;
    expect_axes(&place, tag)?;
    expect_parallel(&place, kind, tag)?;
    set_kind(schedule, &place, kind, tag);
    Ok(Value::None)
}

fn set_kind(schedule: &mut Schedule, place: &Place, kind: ForKind, thread_tag: Option<Symbol>) {
    let f = place.for_loop();
    let new = For { kind, thread_tag, ..with_body(f, f.body.clone()) };
    schedule.replace(place, Stmt::For(Arc::new(new)));
}

/// Axes of blocks at any depth that hang on the loop are spatial.
fn expect_axes(place: &Place, tag: Option<Symbol>) -> Result<()> {
    let var = place.for_loop().loop_var;
    let reduces = tag.is_some_and(|tag| tag.as_str().starts_with("threadIdx."));
    let mut wrong = None;
    for_each_block(&place.for_loop().body, |realize| {
        for (axis, value) in realize.block.iter_vars.iter().zip(&realize.iter_values) {
            let allowed = match axis.kind {
                IterVarKind::DataPar => true,
                IterVarKind::CommReduce => reduces,
                IterVarKind::Ordered | IterVarKind::Opaque => false,
            };
            if !allowed && uses_var(value, var) && wrong.is_none() {
                wrong = Some((realize.block.clone(), axis.clone()));
            }
        }
    });
    let Some((block, axis)) = wrong else { return Ok(()) };
    let message = format!(
        "axis `{}` of block `{}` hangs on the loop over `{}` and is not spatial",
        axis.var.name, block.name, var.name
    );
    Err(ScheduleError::new(Code::SCHEDULE_BLOCK_KIND, message)
        .at(crate::error::At::Block(block.id))
        .at_with(place.at(), "the loop"))
}
