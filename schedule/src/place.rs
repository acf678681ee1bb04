//! Places: a statement of a function with the way to it.

use crate::error::{At, Result, ScheduleError};
use std::sync::Arc;
use tirade_ir::diag::Code;
use tirade_ir::stmt::{AttrStmt, IfThenElse, SeqStmt, While};
use tirade_ir::{Block, BlockId, BlockRealize, Buffer, For, PrimFunc, Stmt, VarId};

/// Which child of a statement the way goes on to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// This statement of a sequence.
    Seq(usize),
    /// The body of a loop, block or attribute.
    Body,
    /// The branch taken where the condition holds.
    Then,
    /// The other branch.
    Else,
    /// The init of a block.
    Init,
}

/// A statement of a function and the statements around it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The function.
    pub func: Arc<PrimFunc>,
    /// What stands around the statement, outermost first, and the way on from there.
    pub around: Vec<(Stmt, Slot)>,
    /// The statement.
    pub stmt: Stmt,
}

impl Place {
    /// The first statement of `func` that `test` holds for.
    pub fn find(func: &Arc<PrimFunc>, mut test: impl FnMut(&Stmt) -> bool) -> Option<Place> {
        let mut around = Vec::new();
        let stmt = search(&func.body, &mut test, &mut around)?;
        around.reverse();
        Some(Place { func: func.clone(), around, stmt })
    }

    /// The block, if `func` has it.
    pub fn of_block(func: &Arc<PrimFunc>, id: BlockId) -> Option<Place> {
        Place::find(func, |stmt| matches!(stmt, Stmt::Block(r) if r.block.id == id))
    }

    /// The loop, if `func` has it.
    pub fn of_loop(func: &Arc<PrimFunc>, var: VarId) -> Option<Place> {
        Place::find(func, |stmt| matches!(stmt, Stmt::For(f) if f.loop_var.id == var))
    }

    /// The statement at position `i` of `around`, as a place.
    pub fn ancestor(&self, i: usize) -> Place {
        Place {
            func: self.func.clone(),
            around: self.around[..i].to_vec(),
            stmt: self.around[i].0.clone(),
        }
    }

    /// A statement below this one: the first that `test` holds for.
    pub fn descend(&self, mut test: impl FnMut(&Stmt) -> bool) -> Option<Place> {
        let mut below = Vec::new();
        let stmt = search(&self.stmt, &mut test, &mut below)?;
        below.reverse();
        let mut around = self.around.clone();
        around.extend(below);
        Some(Place { func: self.func.clone(), around, stmt })
    }

    /// The realize, if the place is a block.
    ///
    /// # Panics
    /// If it is not: only for places found as blocks.
    pub fn realize(&self) -> &Arc<BlockRealize> {
        match &self.stmt {
            Stmt::Block(realize) => realize,
            other => unreachable!("place of a block, found {other:?}"),
        }
    }

    /// The block, of a place found as one.
    pub fn block(&self) -> &Arc<Block> {
        &self.realize().block
    }

    /// The loop, of a place found as one.
    ///
    /// # Panics
    /// If the place is no loop.
    pub fn for_loop(&self) -> &Arc<For> {
        match &self.stmt {
            Stmt::For(f) => f,
            other => unreachable!("place of a loop, found {other:?}"),
        }
    }

    /// The place for messages.
    pub fn at(&self) -> At {
        match &self.stmt {
            Stmt::Block(r) => At::Block(r.block.id),
            Stmt::For(f) => At::Loop(f.loop_var.id),
            _ => At::Func(self.func.name),
        }
    }

    /// Fails inside the init of a block, which has no room for more.
    pub fn expect_outside_init(&self) -> Result<()> {
        let init = self.around.iter().rposition(|(_, slot)| *slot == Slot::Init);
        let Some(init) = init else { return Ok(()) };
        let message = "the block belongs to the init of another";
        Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
            .at(self.at())
            .at_with(self.ancestor(init).at(), "the other one")
            .help("decompose the reduction first"))
    }

    /// The nearest loop or block around.
    pub fn parent(&self) -> Option<Place> {
        let is_parent = |(stmt, _): &(Stmt, Slot)| matches!(stmt, Stmt::For(_) | Stmt::Block(_));
        self.around.iter().rposition(is_parent).map(|i| self.ancestor(i))
    }

    /// The nearest block around: the scope.
    pub fn scope(&self) -> Option<Place> {
        self.scope_index().map(|i| self.ancestor(i))
    }

    /// Where the nearest block around stands in `around`.
    pub fn scope_index(&self) -> Option<usize> {
        self.around.iter().rposition(|(stmt, _)| matches!(stmt, Stmt::Block(_)))
    }

    /// The loops between the nearest block around and this place, outermost first.
    pub fn loops(&self) -> Vec<Arc<For>> {
        let first = self.scope_index().map_or(0, |i| i + 1);
        self.loops_between(first, self.around.len())
    }

    /// The loops among the statements around this place from position `first` to before `end`.
    pub fn loops_between(&self, first: usize, end: usize) -> Vec<Arc<For>> {
        let part = self.around.get(first..end.min(self.around.len())).unwrap_or_default();
        let loops = part.iter().filter_map(|(stmt, _)| match stmt {
            Stmt::For(f) => Some(f.clone()),
            _ => None,
        });
        loops.collect()
    }

    /// The same and the loop that the place is, which stands last.
    pub fn loops_to_here(&self) -> Vec<Arc<For>> {
        let mut loops = self.loops();
        loops.push(self.for_loop().clone());
        loops
    }

    /// Where the loop at `target` stands among [`loops`](Place::loops) of this block.
    ///
    /// # Errors
    /// If it is not around the block.
    pub fn position_of_loop(&self, target: &Place) -> Result<usize> {
        let loop_var = target.for_loop().loop_var;
        let position = self.loops().iter().position(|f| f.loop_var == loop_var);
        position.filter(|_| self.func.name == target.func.name).ok_or_else(|| {
            let message = format!("the loop is not around block `{}`", self.block().name);
            ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
                .at(target.at())
                .at_with(self.at(), "the block")
        })
    }

    /// Loops of the whole function around this place, outermost first.
    pub fn all_loops(&self) -> Vec<Arc<For>> {
        self.loops_between(0, self.around.len())
    }

    /// The function's body with `new` in this place.
    pub fn replaced(&self, new: Stmt) -> Stmt {
        self.around.iter().rev().fold(new, |inner, (stmt, slot)| with_child(stmt, *slot, inner))
    }

    /// The statement at position `i` of `around` with `new` in this place.
    pub fn replaced_below(&self, i: usize, new: Stmt) -> Stmt {
        let steps = self.around[i..].iter().rev();
        steps.fold(new, |inner, (stmt, slot)| with_child(stmt, *slot, inner))
    }
}

/// Depth first; the way is collected on the way back, innermost first.
fn search(
    stmt: &Stmt,
    test: &mut impl FnMut(&Stmt) -> bool,
    way: &mut Vec<(Stmt, Slot)>,
) -> Option<Stmt> {
    if test(stmt) {
        return Some(stmt.clone());
    }
    let mut child = |inner: &Stmt, slot: Slot, way: &mut Vec<(Stmt, Slot)>| {
        let found = search(inner, test, way)?;
        way.push((stmt.clone(), slot));
        Some(found)
    };
    match stmt {
        Stmt::Seq(s) => {
            s.stmts.iter().enumerate().find_map(|(i, inner)| child(inner, Slot::Seq(i), way))
        }
        Stmt::For(s) => child(&s.body, Slot::Body, way),
        Stmt::While(s) => child(&s.body, Slot::Body, way),
        Stmt::Attr(s) => child(&s.body, Slot::Body, way),
        Stmt::If(s) => child(&s.then_case, Slot::Then, way)
            .or_else(|| s.else_case.as_ref().and_then(|e| child(e, Slot::Else, way))),
        Stmt::Block(s) => child(&s.block.body, Slot::Body, way)
            .or_else(|| s.block.init.as_ref().and_then(|e| child(e, Slot::Init, way))),
        Stmt::Store(_)
        | Stmt::Bind(_)
        | Stmt::AllocBuffer(_)
        | Stmt::DeclBuffer(_)
        | Stmt::Assert(_)
        | Stmt::Evaluate(_)
        | Stmt::Return(_)
        | Stmt::Break(_)
        | Stmt::Continue(_) => None,
    }
}

/// `stmt` with another child.
fn with_child(stmt: &Stmt, slot: Slot, child: Stmt) -> Stmt {
    match stmt {
        Stmt::Seq(s) => with_item(s, slot, child),
        Stmt::For(s) => Stmt::For(Arc::new(with_body(s, child))),
        Stmt::While(s) => {
            let condition = s.condition.clone();
            Stmt::While(Arc::new(While { condition, body: child, span: s.span }))
        }
        Stmt::Attr(s) => {
            let (node, key, value) = (s.node.clone(), s.key, s.value.clone());
            Stmt::Attr(Arc::new(AttrStmt { node, key, value, body: child, span: s.span }))
        }
        Stmt::If(s) => {
            let (then_case, else_case) = match slot {
                Slot::Else => (s.then_case.clone(), Some(child)),
                Slot::Seq(_) | Slot::Body | Slot::Then | Slot::Init => (child, s.else_case.clone()),
            };
            let condition = s.condition.clone();
            Stmt::If(Arc::new(IfThenElse { condition, then_case, else_case, span: s.span }))
        }
        Stmt::Block(s) => {
            let mut realize = (**s).clone();
            let block = Arc::make_mut(&mut realize.block);
            match slot {
                Slot::Init => block.init = Some(child),
                Slot::Seq(_) | Slot::Body | Slot::Then | Slot::Else => block.body = child,
            }
            Stmt::Block(Arc::new(realize))
        }
        Stmt::Store(_)
        | Stmt::Bind(_)
        | Stmt::AllocBuffer(_)
        | Stmt::DeclBuffer(_)
        | Stmt::Assert(_)
        | Stmt::Evaluate(_)
        | Stmt::Return(_)
        | Stmt::Break(_)
        | Stmt::Continue(_) => unreachable!("a statement without children"),
    }
}

fn with_item(s: &SeqStmt, slot: Slot, child: Stmt) -> Stmt {
    let Slot::Seq(position) = slot else { unreachable!("a slot of a sequence") };
    let items = s.stmts.iter().enumerate();
    Stmt::seq(items.map(|(i, item)| if i == position { child.clone() } else { item.clone() }))
}

/// The loop with another body.
pub fn with_body(s: &For, body: Stmt) -> For {
    For {
        loop_var: s.loop_var,
        min: s.min.clone(),
        extent: s.extent.clone(),
        step: s.step.clone(),
        kind: s.kind,
        thread_tag: s.thread_tag,
        body,
        annotations: s.annotations.clone(),
        span: s.span,
    }
}

/// The block with more buffers of its own.
pub fn with_allocations(block: &Block, buffers: &[Buffer]) -> Block {
    let alloc_buffers = block.alloc_buffers.iter().chain(buffers).cloned().collect();
    Block { alloc_buffers, ..block.clone() }
}

/// The realize with another block.
pub fn with_block(realize: &BlockRealize, block: Block) -> Stmt {
    let block = Arc::new(block);
    Stmt::Block(Arc::new(BlockRealize { block, ..realize.clone() }))
}
