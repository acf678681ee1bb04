//! `annotate(block_or_loop, ann_key, ann_val)` and `unannotate(block_or_loop, ann_key)`.

use super::Primitive;
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::place::{Place, with_block, with_body};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::diag::Code;
use tirade_ir::{Attrs, Block, For, Stmt};

/// `annotate`
pub const ANNOTATE: Primitive = Primitive {
    name: "annotate",
    kind: "Annotate",
    signature: "(block_or_loop, ann_key, ann_val)",
    attrs: &["ann_key"],
    spread: None,
    apply: annotate,
    doc: "Sets an annotation of a block or loop.",
};

/// `unannotate`
pub const UNANNOTATE: Primitive = Primitive {
    name: "unannotate",
    kind: "Unannotate",
    signature: "(block_or_loop, ann_key)",
    attrs: &["ann_key"],
    spread: None,
    apply: unannotate,
    doc: "Removes an annotation of a block or loop.",
};

fn annotate(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_or_loop_arg(args, "block_or_loop")?;
    let value = args.get("ann_val").to_attr()?;
    let changed = annotations(&place).with(args.str("ann_key")?, value);
    replace(schedule, &place, changed);
    Ok(Value::None)
}

fn unannotate(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_or_loop_arg(args, "block_or_loop")?;
    let key = args.str("ann_key")?;
    let old = annotations(&place);
    if old.get(key).is_none() {
        let message = format!("there is no annotation `{key}` to remove");
        return Err(ScheduleError::new(Code::SCHEDULE_NOT_FOUND, message).at(place.at()));
    }
    replace(schedule, &place, old.without(key));
    Ok(Value::None)
}

fn annotations(place: &Place) -> Attrs {
    match &place.stmt {
        Stmt::For(f) => f.annotations.clone(),
        _ => place.block().annotations.clone(),
    }
}

fn replace(schedule: &mut Schedule, place: &Place, annotations: Attrs) {
    let new = match &place.stmt {
        Stmt::For(f) => Stmt::For(Arc::new(For { annotations, ..with_body(f, f.body.clone()) })),
        _ => {
            let block = Block { annotations, ..Block::clone(place.block()) };
            with_block(place.realize(), block)
        }
    };
    schedule.replace(place, new);
}
