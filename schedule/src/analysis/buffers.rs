//! Buffers of a block: which one an argument means, where it is allocated, and putting another in
//! its place.

use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::place::{Place, with_block};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::buffer::BufferNode;
use tirade_ir::diag::Code;
use tirade_ir::subst::{BufferMap, substitute_buffers};
use tirade_ir::{Block, Buffer, BufferRegion, Stmt, Symbol};

/// Whether a region is read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// One of `T.reads`.
    Read,
    /// One of `T.writes`.
    Write,
}

impl Access {
    /// `read`, `write`.
    pub fn as_str(self) -> &'static str {
        match self {
            Access::Read => "read",
            Access::Write => "write",
        }
    }

    /// The regions of this kind.
    pub fn regions(self, block: &Block) -> &[BufferRegion] {
        match self {
            Access::Read => &block.reads,
            Access::Write => &block.writes,
        }
    }
}

/// A buffer that a block accesses.
#[derive(Clone, Debug)]
pub struct Accessed {
    /// How.
    pub access: Access,
    /// Which of the regions of that kind.
    pub index: usize,
    /// The buffer.
    pub buffer: Buffer,
}

/// The buffer that an argument names: an index, a name, `("read", 0)`, or the buffer itself. A bare
/// index counts the regions of the kind `default`; with `only`, no other kind is accepted.
pub fn buffer_arg(
    place: &Place,
    args: &Args,
    name: &str,
    default: Access,
    only: bool,
) -> Result<Accessed> {
    let block = place.block();
    let found = match args.get(name) {
        Value::Int(index) => nth(place, default, *index)?,
        Value::Str(text) => named(place, |buffer| buffer.name.as_str() == &**text, text, default)?,
        Value::Buffer(buffer) => {
            named(place, |other| other == buffer, buffer.name.as_str(), default)?
        }
        Value::List(items) => match &items[..] {
            [Value::Str(kind), Value::Int(index)] if matches!(&**kind, "read" | "write") => {
                let access = if &**kind == "read" { Access::Read } else { Access::Write };
                nth(place, access, *index)?
            }
            _ => return Err(not_a_buffer(args, name)),
        },
        _ => return Err(not_a_buffer(args, name)),
    };
    if only && found.access != default {
        let (block, kind) = (block.name, default.as_str());
        let message = format!("`{block}` does not {kind} `{}`", found.buffer.name);
        return Err(ScheduleError::new(Code::SCHEDULE_NOT_FOUND, message).at(place.at()));
    }
    Ok(found)
}

fn not_a_buffer(args: &Args, name: &str) -> ScheduleError {
    let found = args.get(name).type_name();
    ScheduleError::argument(format!("`{name}` is {found}, not a buffer of the block"))
        .help("give its name, its index, or a pair like `(\"read\", 0)`")
}

/// The buffer of the region number `index` of a block.
pub fn nth(place: &Place, access: Access, index: i64) -> Result<Accessed> {
    let regions = access.regions(place.block());
    let found = usize::try_from(index).ok().filter(|i| *i < regions.len());
    let Some(index) = found else {
        let (name, n, kind) = (place.block().name, regions.len(), access.as_str());
        let message = format!("`{name}` has {n} {kind} regions, and none has the index {index}");
        return Err(ScheduleError::argument(message).at(place.at()));
    };
    Ok(Accessed { access, index, buffer: regions[index].buffer.clone() })
}

fn named(
    place: &Place,
    test: impl Fn(&Buffer) -> bool,
    name: &str,
    preferred: Access,
) -> Result<Accessed> {
    let block = place.block();
    let mut found: Vec<Accessed> = Vec::new();
    for access in [Access::Read, Access::Write] {
        for (index, region) in access.regions(block).iter().enumerate() {
            if test(&region.buffer) {
                found.push(Accessed { access, index, buffer: region.buffer.clone() });
            }
        }
    }
    let error =
        |message: String| Err(ScheduleError::new(Code::SCHEDULE_NOT_FOUND, message).at(place.at()));
    let Some(first) = found.first() else {
        return error(format!("`{}` accesses no buffer `{name}`", block.name));
    };
    if found.iter().any(|other| other.buffer != first.buffer) {
        return error(format!("`{}` accesses several buffers named `{name}`", block.name));
    }
    let chosen = found.iter().find(|a| a.access == preferred).unwrap_or(first);
    Ok(chosen.clone())
}

/// The block that allocates a buffer which the block at `place` uses.
pub fn allocation(place: &Place, buffer: &Buffer) -> Option<Place> {
    let mut current = Some(place.clone());
    while let Some(place) = current {
        if let Stmt::Block(realize) = &place.stmt
            && realize.block.alloc_buffers.contains(buffer)
        {
            return Some(place);
        }
        current = place.scope();
    }
    None
}

/// The block that allocates the buffer, or the refusal of what needs one.
pub fn allocation_or_refuse(place: &Place, buffer: &Buffer) -> Result<Place> {
    allocation(place, buffer).ok_or_else(|| {
        let message = format!("`{}` is not allocated by a block", buffer.name);
        ScheduleError::new(Code::SCHEDULE_SCOPE, message)
            .at(place.at())
            .note("a parameter of the function, or a view, belongs to others too")
            .help("cache the buffer first, and change the cache")
    })
}

/// A buffer like `old` under its own identity, with changes.
pub fn changed(old: &Buffer, change: impl FnOnce(&mut BufferNode)) -> Buffer {
    let mut node = BufferNode::clone(old);
    let fresh = BufferNode::new(node.name, node.shape.clone(), node.dtype);
    (node.id, node.data) = (fresh.id, fresh.data);
    change(&mut node);
    Buffer::from_node(node)
}

/// The buffer in another storage scope.
pub fn with_scope(old: &Buffer, scope: Symbol) -> Buffer {
    changed(old, |node| node.scope = scope)
}

/// The statement of a block with one buffer in the place of another, and the same for what views
/// it; also the buffers that now stand for which.
pub fn replace_buffer(
    stmt: &Stmt,
    old: &Buffer,
    new: &Buffer,
    view: impl Fn(&Buffer) -> Buffer,
) -> (Stmt, BufferMap) {
    let mut map = BufferMap::from_iter([(old.id, new.clone())]);
    // Views of views stand inside, so going outside in finds them all.
    tirade_ir::visit::for_each_block(stmt, |realize| {
        for found in &realize.block.match_buffers {
            if map.contains_key(&found.source.buffer.id) {
                map.insert(found.buffer.id, view(&found.buffer));
            }
        }
    });
    let mut stmt = substitute_buffers(stmt, &map);
    if let Stmt::Block(realize) = &stmt {
        let mut block = Block::clone(&realize.block);
        for buffer in &mut block.alloc_buffers {
            if let Some(new) = map.get(&buffer.id) {
                *buffer = new.clone();
            }
        }
        stmt = with_block(realize, block);
    }
    (stmt, map)
}

/// The block with another annotation.
pub fn annotated(block: &Arc<Block>, key: &str, value: tirade_ir::AttrValue) -> Block {
    let mut block = Block::clone(block);
    block.annotations = block.annotations.with(key, value);
    block
}

/// True if TVM's runtime knows the storage scope.
pub fn is_storage_scope(scope: &str) -> bool {
    const RANKS: [&str; 12] = [
        "global",
        "shared",
        "warp",
        "local",
        "wmma.matrix_a",
        "wmma.matrix_b",
        "wmma.accumulator",
        "texture",
        "m16n8k8.matrixA",
        "m16n8k8.matrixB",
        "m16n8k8.matrixC",
        "metal.simdgroup",
    ];
    let tagged =
        |rank: &str| scope.strip_prefix(rank).is_some_and(|t| t.is_empty() || t.starts_with('.'));
    RANKS.iter().any(|rank| tagged(rank))
        || scope.starts_with("texture")
        || scope.is_empty()
        || scope.starts_with("amx.tmm")
        || scope.starts_with("trn.")
}

/// Refuses a storage scope that TVM's runtime does not know.
pub fn check_scope(scope: &str) -> Result<Symbol> {
    match is_storage_scope(scope) {
        true => Ok(Symbol::new(if scope.is_empty() { "global" } else { scope })),
        false => {
            let message = format!("`{scope}` is no storage scope");
            Err(ScheduleError::argument(message)
                .help("the plain ones are `global`, `shared`, `warp` and `local`"))
        }
    }
}

/// The place of the block of an argument, and the buffer of another.
pub fn block_and_buffer(
    schedule: &Schedule,
    args: &Args,
    buffer: &str,
    access: Access,
) -> Result<(Place, Accessed)> {
    let place = schedule.block_arg(args, "block")?;
    let accessed = buffer_arg(&place, args, buffer, access, true)?;
    Ok((place, accessed))
}
