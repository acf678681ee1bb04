//! Blocks by how they stand to others: children, producers, consumers, outputs.

use super::Primitive;
use crate::analysis::scope::{Scope, child_blocks};
use crate::args::Args;
use crate::error::Result;
use crate::place::Place;
use crate::schedule::Schedule;
use crate::value::Value;
use tirade_ir::{BlockId, Symbol};

/// `get_child_blocks`
pub const GET_CHILD_BLOCKS: Primitive = Primitive {
    name: "get_child_blocks",
    kind: "GetChildBlocks",
    signature: "(block_or_loop)",
    attrs: &[],
    spread: None,
    apply: child,
    doc: "The blocks directly below a block or loop, in the order they stand.",
};

/// `get_producers`
pub const GET_PRODUCERS: Primitive = Primitive {
    name: "get_producers",
    kind: "GetProducers",
    signature: "(block)",
    attrs: &[],
    spread: None,
    apply: producers,
    doc: "The blocks of the same scope that write what a block reads.",
};

/// `get_consumers`
pub const GET_CONSUMERS: Primitive = Primitive {
    name: "get_consumers",
    kind: "GetConsumers",
    signature: "(block)",
    attrs: &[],
    spread: None,
    apply: consumers,
    doc: "The blocks of the same scope that read what a block writes.",
};

/// `get_output_blocks`
pub const GET_OUTPUT_BLOCKS: Primitive = Primitive {
    name: "get_output_blocks",
    kind: "GetOutputBlocks",
    signature: "(scope_block)",
    attrs: &[],
    spread: None,
    apply: outputs,
    doc: "The blocks of a scope that write what is seen outside of it.",
};

fn handles(schedule: &mut Schedule, func: Symbol, blocks: &[BlockId]) -> Value {
    Value::list(blocks.iter().map(|id| Value::Block(schedule.new_block(func, *id))))
}

fn child(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_or_loop_arg(args, "block_or_loop")?;
    let below = child_blocks(&place.stmt);
    let ids: Vec<BlockId> = below.iter().map(|realize| realize.block.id).collect();
    Ok(handles(schedule, place.func.name, &ids))
}

/// The scope around a block; for the root block there is none.
fn scope_of(place: &Place) -> Option<Scope> {
    place.scope().map(|scope| Scope::of(&scope))
}

fn producers(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    let found = scope_of(&place).map(|scope| scope.producers(place.block().id));
    Ok(handles(schedule, place.func.name, &found.unwrap_or_default()))
}

fn consumers(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    let found = scope_of(&place).map(|scope| scope.consumers(place.block().id));
    Ok(handles(schedule, place.func.name, &found.unwrap_or_default()))
}

fn outputs(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "scope_block")?;
    let found = Scope::of(&place).output_blocks();
    Ok(handles(schedule, place.func.name, &found))
}
