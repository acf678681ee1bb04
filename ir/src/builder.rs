//! The builder: statements are added one after the other to the innermost open [`Frame`].
//!
//! ```
//! use tirade_ir::builder::{ForFrame, Frame, FuncFrame, IRBuilder, LoopSpec};
//! use tirade_ir::{Buffer, DType, PrimExpr, Span, Var};
//!
//! let mut b = IRBuilder::new();
//! let a = Buffer::new("A", [PrimExpr::i32(8)], DType::FLOAT32);
//! let i = Var::new("i", DType::INT32);
//! let mut func = FuncFrame::new("clear", Span::NONE);
//! func.add_buffer(a.clone());
//! b.enter(Frame::Func(func)).unwrap();
//! let loops = vec![LoopSpec::serial(i, PrimExpr::i32(8))];
//! b.enter(Frame::For(ForFrame { loops, span: Span::NONE })).unwrap();
//! b.store(a, PrimExpr::float(0.0, DType::FLOAT32), [i.into()], Span::NONE);
//! b.exit();
//! let clear = b.exit_func().func;
//! assert_eq!(clear.body.as_slice().len(), 1);
//! ```
//!
//! The builder keeps nesting right and sequences flat; it does not check types. What it builds
//! has the blocks and regions that were written: `analysis::complete` adds the root block and the
//! regions that were left out.

pub mod frame;

use crate::buffer::{Buffer, Range};
use crate::expr::{PrimExpr, Var};
use crate::func::{Attrs, PrimFunc};
use crate::span::Span;
use crate::stmt::{
    AllocBuffer, AllocOrigin, Bind, BufferStore, DeclBuffer, Evaluate, PointerType, Return, Stmt,
};
pub use frame::{
    AttrFrame, BlockFrame, EnvThread, ForFrame, Frame, FuncFrame, IfFrame, LoopSpec, WhileFrame,
};
use std::sync::Arc;

/// Statements nested deeper than this are refused, so that passes may walk trees by recursion.
pub const MAX_DEPTH: usize = 256;

/// A frame was opened inside [`MAX_DEPTH`] others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooDeep;

/// Builds functions statement by statement.
#[derive(Debug, Default)]
pub struct IRBuilder {
    levels: Vec<Level>,
    /// Statement nesting of `levels`; a grid counts once for every loop.
    depth: usize,
}

/// An open frame and the statements of its body so far.
#[derive(Debug)]
struct Level {
    frame: Frame,
    stmts: Vec<Stmt>,
    /// Ends with the frame around it, not by an exit of its own.
    concise: bool,
    /// The builder's depth before the frame was opened.
    outer_depth: usize,
}

/// A function as it was written, before its root block and regions are completed.
#[derive(Debug)]
pub struct BuiltFunc {
    /// The function.
    pub func: PrimFunc,
    /// Allocations outside any block, for the root block.
    pub root_alloc_buffers: Vec<Buffer>,
}

impl IRBuilder {
    /// A builder with no open frame.
    pub fn new() -> IRBuilder {
        IRBuilder::default()
    }

    /// Opens a frame, to be closed by [`IRBuilder::exit`] or [`IRBuilder::exit_func`].
    pub fn enter(&mut self, frame: Frame) -> Result<(), TooDeep> {
        self.open(frame, false)
    }

    /// Opens a frame that holds the rest of the innermost open frame and closes with it:
    /// `T.attr(…)` as a statement.
    pub fn enter_concise(&mut self, frame: Frame) -> Result<(), TooDeep> {
        self.open(frame, true)
    }

    fn open(&mut self, frame: Frame, concise: bool) -> Result<(), TooDeep> {
        let height = match &frame {
            Frame::Func(_) | Frame::Then | Frame::Else | Frame::Seq => 0,
            Frame::For(f) => f.loops.len(),
            Frame::Block(_) | Frame::Init | Frame::While(_) | Frame::If(_) | Frame::Attr(_) => 1,
        };
        if self.depth + height > MAX_DEPTH || self.levels.len() >= 2 * MAX_DEPTH {
            return Err(TooDeep);
        }
        let outer_depth = self.depth;
        self.depth += height;
        self.levels.push(Level { frame, stmts: Vec::new(), concise, outer_depth });
        Ok(())
    }

    /// Closes the innermost frame that [`IRBuilder::enter`] opened and adds what was built to the
    /// frame around it.
    ///
    /// # Panics
    /// If there is no such frame, or it is a function.
    pub fn exit(&mut self) {
        while self.last_is_concise() {
            self.close();
        }
        self.close();
    }

    fn last_is_concise(&self) -> bool {
        self.levels.last().is_some_and(|l| l.concise)
    }

    fn close(&mut self) {
        let level = self.levels.pop().expect("an open frame");
        self.depth = level.outer_depth;
        let body = Stmt::seq(level.stmts);
        let stmt = match level.frame {
            Frame::Func(_) => panic!("functions are closed by exit_func"),
            Frame::Block(frame) => frame.finish(body),
            Frame::For(frame) => frame.finish(body),
            Frame::While(frame) => frame.finish(body),
            Frame::Attr(frame) => frame.finish(body),
            Frame::If(frame) => frame.finish(),
            Frame::Seq => body,
            Frame::Init => {
                self.block_mut().expect("an init stands in a block").init = Some(body);
                return;
            }
            Frame::Then => {
                self.branch_mut().expect("a case stands in a branch").then_case = Some(body);
                return;
            }
            Frame::Else => {
                self.branch_mut().expect("a case stands in a branch").else_case = Some(body);
                return;
            }
        };
        self.add(stmt);
    }

    /// Closes the innermost function, and everything still open inside it.
    ///
    /// # Panics
    /// If no function is open.
    pub fn exit_func(&mut self) -> BuiltFunc {
        loop {
            match self.levels.pop().expect("an open function") {
                Level { frame: Frame::Func(frame), stmts, outer_depth, .. } => {
                    self.depth = outer_depth;
                    return finish_func(frame, stmts);
                }
                level => {
                    self.levels.push(level);
                    self.close();
                }
            }
        }
    }

    /// Number of open frames, for [`IRBuilder::unwind`].
    pub fn mark(&self) -> usize {
        self.levels.len()
    }

    /// Throws away every frame that was opened since [`IRBuilder::mark`] gave `mark`.
    pub fn unwind(&mut self, mark: usize) {
        if let Some(level) = self.levels.get(mark) {
            self.depth = level.outer_depth;
        }
        self.levels.truncate(mark);
    }

    /// Closes every frame that was opened since [`IRBuilder::mark`] gave `mark`, keeping what was
    /// built.
    ///
    /// # Panics
    /// If a function was opened since.
    pub fn close_to(&mut self, mark: usize) {
        while mark < self.levels.len() {
            self.close();
        }
    }

    /// True while a function is being built.
    pub fn in_func(&self) -> bool {
        self.func().is_some()
    }

    /// Adds a statement to the innermost frame; does nothing if none is open.
    pub fn add(&mut self, stmt: Stmt) {
        if let Some(level) = self.levels.last_mut() {
            level.stmts.push(stmt);
        }
    }

    /// Takes the statement that was added last off the innermost frame.
    pub fn take_last(&mut self) -> Option<Stmt> {
        self.levels.last_mut()?.stmts.pop()
    }

    /// Takes the allocation of the buffer whose pointer is `data` out of the function being built.
    pub fn take_alloc(&mut self, data: Var) -> Option<Buffer> {
        for level in self.levels.iter_mut().rev() {
            let position = level.stmts.iter().position(
                |stmt| matches!(stmt, Stmt::AllocBuffer(alloc) if alloc.buffer.data == data),
            );
            if let Some(Stmt::AllocBuffer(alloc)) = position.map(|i| level.stmts.remove(i)) {
                return Some(alloc.buffer.clone());
            }
            if matches!(level.frame, Frame::Func(_)) {
                break;
            }
        }
        None
    }

    /// The frames of the function being built, innermost first.
    pub fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.levels.iter().rev().map(|l| &l.frame)
    }

    /// The innermost frame.
    pub fn last(&self) -> Option<&Frame> {
        self.levels.last().map(|l| &l.frame)
    }

    /// True if the innermost frame has no statement yet.
    pub fn last_is_empty(&self) -> bool {
        self.levels.last().is_none_or(|l| l.stmts.is_empty())
    }

    /// The innermost function.
    pub fn func(&self) -> Option<&FuncFrame> {
        self.frames().find_map(|f| match f {
            Frame::Func(f) => Some(f),
            _ => None,
        })
    }

    /// The innermost function.
    pub fn func_mut(&mut self) -> Option<&mut FuncFrame> {
        self.levels.iter_mut().rev().find_map(|l| match &mut l.frame {
            Frame::Func(f) => Some(f),
            _ => None,
        })
    }

    /// The innermost block of the innermost function.
    pub fn block(&self) -> Option<&BlockFrame> {
        self.frames().take_while(|f| !matches!(f, Frame::Func(_))).find_map(|f| match f {
            Frame::Block(b) => Some(b),
            _ => None,
        })
    }

    /// The innermost block of the innermost function.
    pub fn block_mut(&mut self) -> Option<&mut BlockFrame> {
        let frames = self.levels.iter_mut().rev().map(|l| &mut l.frame);
        frames.take_while(|f| !matches!(f, Frame::Func(_))).find_map(|f| match f {
            Frame::Block(b) => Some(b),
            _ => None,
        })
    }

    /// The branch that the next case belongs to.
    pub fn branch_mut(&mut self) -> Option<&mut IfFrame> {
        self.levels.iter_mut().rev().find(|l| !l.concise).and_then(|l| match &mut l.frame {
            Frame::If(f) => Some(f),
            _ => None,
        })
    }

    /// The range of the enclosing loop whose variable is `var`.
    pub fn loop_range(&self, var: Var) -> Option<Range> {
        self.loops().find(|l| l.var == var).map(LoopSpec::range)
    }

    /// The enclosing loops of the innermost function, innermost first.
    pub fn loops(&self) -> impl Iterator<Item = &LoopSpec> {
        let frames = self.frames().take_while(|f| !matches!(f, Frame::Func(_)));
        let loops = frames.map(|f| match f {
            Frame::For(f) => f.loops.as_slice(),
            _ => &[],
        });
        loops.flat_map(|l| l.iter().rev())
    }

    /// True if `break` and `continue` have a loop to belong to.
    pub fn in_loop(&self) -> bool {
        let frames = self.frames().take_while(|f| !matches!(f, Frame::Func(_) | Frame::Block(_)));
        frames.into_iter().any(|f| matches!(f, Frame::For(_) | Frame::While(_)))
    }

    /// Adds `buffer[indices] = value`; the value has the type of the access.
    pub fn store(
        &mut self,
        buffer: Buffer,
        value: PrimExpr,
        indices: impl Into<Box<[PrimExpr]>>,
        span: Span,
    ) {
        let indices = indices.into();
        let store = BufferStore { buffer, value, indices, predicate: None, span };
        self.add(Stmt::Store(Arc::new(store)));
    }

    /// Adds an expression for its effects.
    pub fn evaluate(&mut self, value: PrimExpr, span: Span) {
        self.add(Stmt::Evaluate(Arc::new(Evaluate { value, span })));
    }

    /// Adds `var = value`, over the rest of the innermost frame.
    pub fn bind(&mut self, var: Var, pointer: Option<PointerType>, value: PrimExpr, span: Span) {
        self.add(Stmt::Bind(Arc::new(Bind { var, pointer, value, span })));
    }

    /// Adds an allocation, over the rest of the innermost frame.
    pub fn alloc(&mut self, buffer: Buffer, origin: AllocOrigin, annotations: Attrs, span: Span) {
        let alloc = AllocBuffer { buffer, annotations, constant: None, origin, span };
        self.add(Stmt::AllocBuffer(Arc::new(alloc)));
    }

    /// Adds a view, over the rest of the innermost frame.
    pub fn decl(&mut self, buffer: Buffer, span: Span) {
        self.add(Stmt::DeclBuffer(Arc::new(DeclBuffer { buffer, span })));
    }

    /// Adds a return.
    pub fn ret(&mut self, value: Option<PrimExpr>, span: Span) {
        self.add(Stmt::Return(Arc::new(Return { value, span })));
    }

    /// Allocates in the innermost block, or in the root block where there is none.
    pub fn block_alloc(&mut self, buffer: Buffer) {
        if let Some(block) = self.block_mut() {
            block.alloc_buffers.push(buffer);
        } else if let Some(func) = self.func_mut() {
            func.alloc_buffers.push(buffer);
        }
    }
}

fn finish_func(frame: FuncFrame, stmts: Vec<Stmt>) -> BuiltFunc {
    let func = PrimFunc {
        name: frame.name,
        params: frame.params.into(),
        ret_dtype: frame.ret_dtype,
        body: Stmt::seq(stmts),
        attrs: frame.attrs,
        private: frame.private,
        s_tir: frame.s_tir,
        check_well_formed: frame.check_well_formed,
        span: frame.span,
    };
    BuiltFunc { func, root_alloc_buffers: frame.alloc_buffers }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;

    fn scope(b: &mut IRBuilder) {
        b.enter(Frame::Seq).unwrap();
    }

    #[test]
    fn sequences_stay_flat() {
        let mut b = IRBuilder::new();
        b.enter(Frame::Func(FuncFrame::new("f", Span::NONE))).unwrap();
        scope(&mut b);
        b.evaluate(PrimExpr::i32(1), Span::NONE);
        scope(&mut b);
        b.evaluate(PrimExpr::i32(2), Span::NONE);
        b.exit();
        b.exit();
        b.evaluate(PrimExpr::i32(3), Span::NONE);
        let body = b.exit_func().func.body;
        assert_eq!(body.as_slice().len(), 3);
        assert!(body.as_slice().iter().all(|s| matches!(s, Stmt::Evaluate(_))));
    }

    #[test]
    fn concise_frames_end_with_the_frame_around_them() {
        let mut b = IRBuilder::new();
        b.enter(Frame::Func(FuncFrame::new("f", Span::NONE))).unwrap();
        let i = Var::new("i", DType::INT32);
        let loops = vec![LoopSpec::serial(i, PrimExpr::i32(4))];
        b.enter(Frame::For(ForFrame { loops, span: Span::NONE })).unwrap();
        let attr = AttrFrame {
            node: crate::stmt::AttrNode::Expr(i.into()),
            key: "k".into(),
            value: PrimExpr::i32(1),
            span: Span::NONE,
        };
        b.enter_concise(Frame::Attr(attr)).unwrap();
        b.evaluate(i.into(), Span::NONE);
        b.exit();
        b.evaluate(PrimExpr::i32(0), Span::NONE);
        let body = b.exit_func().func.body;
        let [Stmt::For(l), Stmt::Evaluate(_)] = body.as_slice() else { panic!("{body:?}") };
        assert!(matches!(&l.body, Stmt::Attr(_)));
    }

    #[test]
    fn depth_is_bounded_and_recovers() {
        let mut b = IRBuilder::new();
        b.enter(Frame::Func(FuncFrame::new("f", Span::NONE))).unwrap();
        let mark = b.mark();
        let branch =
            || Frame::While(WhileFrame { condition: PrimExpr::bool(true), span: Span::NONE });
        assert_eq!((0..=MAX_DEPTH).map(|_| b.enter(branch())).filter(Result::is_err).count(), 1);
        b.unwind(mark);
        assert!(b.enter(branch()).is_ok());
    }
}
