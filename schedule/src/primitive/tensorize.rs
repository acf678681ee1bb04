//! `tensorize(block_or_loop, tensor_intrin)`: an intrinsic in the place of what it computes.

use super::Primitive;
use super::blockize::blockized;
use crate::analysis::context::analyzer_of;
use crate::analysis::match_desc::{Matched, match_description};
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::intrinsic::TensorIntrin;
use crate::place::Place;
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::diag::Code;
use tirade_ir::func::ParamKind;
use tirade_ir::stmt::{Block, BlockRealize, Stmt};
use tirade_ir::subst::fresh_func;
use tirade_ir::{Buffer, BufferRegion, MatchBufferRegion, PrimExpr, PrimFunc, Range, Symbol};

/// `tensorize`
pub const TENSORIZE: Primitive = Primitive {
    name: "tensorize",
    kind: "Tensorize",
    signature: "(block_or_loop, tensor_intrin, preserve_unit_iters=True)",
    attrs: &["tensor_intrin", "preserve_unit_iters"],
    spread: None,
    apply,
    doc: "Puts a tensor intrinsic in the place of a block or loop that computes the same.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let keep_unit = args.bool("preserve_unit_iters")?;
    let name = args.str("tensor_intrin")?;
    let intrinsic = schedule.intrinsics.get(&Symbol::new(name)).cloned().ok_or_else(|| {
        let message = format!("no tensor intrinsic is registered under `{name}`");
        ScheduleError::new(Code::SCHEDULE_NOT_FOUND, message)
            .help("register it first: `TensorIntrin.register(name, desc, impl)`")
    })?;
    let place = schedule.block_or_loop_arg(args, "block_or_loop")?;
    let realize = match &place.stmt {
        Stmt::Block(realize) => BlockRealize::clone(realize),
        _ => blockized(&place, keep_unit)?,
    };
    let new = tensorized(&place, realize, &intrinsic)?;
    schedule.replace(&place, Stmt::Block(Arc::new(new)));
    Ok(Value::None)
}

fn tensorized(
    place: &Place,
    realize: BlockRealize,
    intrinsic: &TensorIntrin,
) -> Result<BlockRealize> {
    let refuse = |message: String| {
        ScheduleError::new(Code::SCHEDULE_PATTERN, message)
            .at(place.at())
            .note("the order of reads, writes and axes counts")
    };
    let name = intrinsic.name;
    let matched = match_description(&realize, &intrinsic.description, &analyzer_of(place))
        .map_err(|why| refuse(format!("this is not what `{name}` computes: {why}")))?;
    let implementation = fresh_func(&intrinsic.implementation);
    let Some(inner) = root_block(&implementation) else {
        return Err(refuse(format!("the implementation of `{name}` has no outermost block")));
    };
    let (described, implemented) = (buffers(&intrinsic.description), buffers(&implementation));
    if described.len() != implemented.len() {
        let message = format!("description and implementation of `{name}` take different buffers");
        return Err(refuse(message));
    }
    let mut views = Vec::new();
    for (desc, buffer) in described.iter().zip(&implemented) {
        let regions = inner.reads.iter().chain(&inner.writes);
        let region = regions.into_iter().find(|region| region.buffer == *buffer);
        let source = region.and_then(|region| source(&matched, desc, region)).ok_or_else(|| {
            let message = format!("the regions of `{name}` do not say what `{}` is", buffer.name);
            refuse(message)
        })?;
        views.push(MatchBufferRegion { buffer: buffer.clone(), source, span: inner.span });
    }
    let mut block = Block::clone(&realize.block);
    block.body = inner.body.clone();
    block.init = None;
    block.inferred = Default::default();
    block.match_buffers = views.into();
    block.alloc_buffers = inner.alloc_buffers.clone();
    for (key, value) in inner.annotations.iter() {
        if block.annotations.get(key.as_str()).is_none() {
            block.annotations = block.annotations.with(*key, value.clone());
        }
    }
    Ok(BlockRealize { block: Arc::new(block), ..realize })
}

/// The region of the program that a buffer of the implementation stands for.
fn source(matched: &Matched, desc: &Buffer, region: &BufferRegion) -> Option<BufferRegion> {
    let (buffer, base) = matched.buffers.get(&desc.id)?;
    let offset = base.len().checked_sub(region.region.len())?;
    let ranges = base.iter().enumerate().map(|(i, min)| {
        let one = PrimExpr::int(1, min.dtype());
        let extent = match i.checked_sub(offset) {
            None => one,
            Some(i) => match region.region[i].extent.as_int() {
                Some(extent) => PrimExpr::int(extent as i64, min.dtype()),
                None => region.region[i].extent.clone(),
            },
        };
        Range::new(min.clone(), extent)
    });
    Some(BufferRegion { buffer: buffer.clone(), region: ranges.collect() })
}

/// The outermost block of a function.
pub(super) fn root_block(func: &PrimFunc) -> Option<&Arc<Block>> {
    match &func.body {
        Stmt::Block(realize) => Some(&realize.block),
        _ => None,
    }
}

fn buffers(func: &PrimFunc) -> Vec<Buffer> {
    let buffers = func.params.iter().filter_map(|param| match &param.kind {
        ParamKind::Buffer(buffer) => Some(buffer.clone()),
        _ => None,
    });
    buffers.collect()
}
