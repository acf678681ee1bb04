//! Scopes: the blocks directly below a block, and how data flows between them.

use crate::place::{Place, Slot};
use std::sync::Arc;
use tirade_ir::{Block, BlockId, BlockRealize, Buffer, Stmt};

/// A block, or a loop, and the blocks directly below it in the order they stand.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The block or loop.
    pub place: Place,
    /// Blocks below it with no other block between.
    pub children: Vec<Place>,
}

impl Scope {
    /// The scope of a block or loop.
    pub fn of(place: &Place) -> Scope {
        let mut children = Vec::new();
        let mut around = place.around.clone();
        collect_below(place, &mut around, &mut children);
        Scope { place: place.clone(), children }
    }

    /// The position of a child.
    pub fn position(&self, id: BlockId) -> Option<usize> {
        self.children.iter().position(|child| child.block().id == id)
    }

    /// The children that write a buffer.
    pub fn writers(&self, buffer: &Buffer) -> Vec<&Place> {
        self.children.iter().filter(|child| writes(child.block(), buffer)).collect()
    }

    /// The children that read a buffer.
    pub fn readers(&self, buffer: &Buffer) -> Vec<&Place> {
        self.children.iter().filter(|child| reads(child.block(), buffer)).collect()
    }

    /// The children before `id` that write what it reads or writes.
    pub fn producers(&self, id: BlockId) -> Vec<BlockId> {
        let Some(position) = self.position(id) else { return Vec::new() };
        let block = self.children[position].block();
        let produces = |other: &&Place| {
            other.block().writes.iter().any(|w| reads(block, &w.buffer) || writes(block, &w.buffer))
        };
        let before = self.children[..position].iter().filter(produces);
        before.map(|place| place.block().id).collect()
    }

    /// The children behind `id` that read or write what it writes.
    pub fn consumers(&self, id: BlockId) -> Vec<BlockId> {
        let Some(position) = self.position(id) else { return Vec::new() };
        let block = self.children[position].block();
        let consumes = |other: &&Place| {
            let other = other.block();
            block.writes.iter().any(|w| reads(other, &w.buffer) || writes(other, &w.buffer))
        };
        let behind = self.children[position + 1..].iter().filter(consumes);
        behind.map(|place| place.block().id).collect()
    }

    /// The blocks at any depth that write a buffer which the block around them does not allocate.
    pub fn output_blocks(&self) -> Vec<BlockId> {
        let mut found = Vec::new();
        let allocated = match &self.place.stmt {
            Stmt::Block(realize) => &realize.block.alloc_buffers[..],
            _ => &[],
        };
        for child in &self.children {
            if child.block().writes.iter().any(|w| !allocated.contains(&w.buffer)) {
                found.push(child.block().id);
            }
            found.extend(Scope::of(child).output_blocks());
        }
        found
    }

    /// True if the block writes a buffer that the scope does not allocate.
    pub fn is_output(&self, block: &Block) -> bool {
        let Stmt::Block(scope) = &self.place.stmt else { return true };
        block.writes.iter().any(|w| !scope.block.alloc_buffers.contains(&w.buffer))
    }
}

/// True if the block says that it reads the buffer.
pub fn reads(block: &Block, buffer: &Buffer) -> bool {
    block.reads.iter().any(|region| region.buffer == *buffer)
}

/// True if the block says that it writes the buffer.
pub fn writes(block: &Block, buffer: &Buffer) -> bool {
    block.writes.iter().any(|region| region.buffer == *buffer)
}

/// The blocks below a statement with no other block between.
pub fn child_blocks(stmt: &Stmt) -> Vec<Arc<BlockRealize>> {
    fn collect(stmt: &Stmt, found: &mut Vec<Arc<BlockRealize>>) {
        match stmt {
            Stmt::Block(realize) => found.push(realize.clone()),
            other => children(other).iter().for_each(|(child, _)| collect(child, found)),
        }
    }
    let mut found = Vec::new();
    match stmt {
        Stmt::Block(realize) => collect(&realize.block.body, &mut found),
        other => collect(other, &mut found),
    }
    found
}

/// The outermost blocks of a statement, itself if it is one.
pub fn child_blocks_of(stmt: &Stmt) -> Vec<Arc<BlockRealize>> {
    match stmt {
        Stmt::Block(realize) => vec![realize.clone()],
        other => child_blocks(other),
    }
}

fn collect_below(place: &Place, around: &mut Vec<(Stmt, Slot)>, found: &mut Vec<Place>) {
    fn walk(place: &Place, stmt: &Stmt, around: &mut Vec<(Stmt, Slot)>, found: &mut Vec<Place>) {
        if matches!(stmt, Stmt::Block(_)) {
            let (func, around) = (place.func.clone(), around.clone());
            found.push(Place { func, around, stmt: stmt.clone() });
            return;
        }
        for (child, slot) in children(stmt) {
            around.push((stmt.clone(), slot));
            walk(place, child, around, found);
            around.pop();
        }
    }
    match &place.stmt {
        Stmt::Block(realize) => {
            around.push((place.stmt.clone(), Slot::Body));
            walk(place, &realize.block.body, around, found);
            around.pop();
        }
        other => walk(place, other, around, found),
    }
}

/// The statements directly below a statement that is no block.
pub fn children(stmt: &Stmt) -> Vec<(&Stmt, Slot)> {
    match stmt {
        Stmt::Seq(s) => s.stmts.iter().enumerate().map(|(i, s)| (s, Slot::Seq(i))).collect(),
        Stmt::For(s) => vec![(&s.body, Slot::Body)],
        Stmt::While(s) => vec![(&s.body, Slot::Body)],
        Stmt::Attr(s) => vec![(&s.body, Slot::Body)],
        Stmt::If(s) => {
            let branches = std::iter::once((&s.then_case, Slot::Then));
            branches.chain(s.else_case.iter().map(|e| (e, Slot::Else))).collect()
        }
        Stmt::Block(_)
        | Stmt::Store(_)
        | Stmt::Bind(_)
        | Stmt::AllocBuffer(_)
        | Stmt::DeclBuffer(_)
        | Stmt::Assert(_)
        | Stmt::Evaluate(_)
        | Stmt::Return(_)
        | Stmt::Break(_)
        | Stmt::Continue(_) => Vec::new(),
    }
}
