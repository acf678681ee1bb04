//! The generator: from a sequence of choices to a typed program with inputs, which ends and
//! reports nothing.
//!
//! A function is a row of *stages*. Each fills one buffer completely, from inputs and from buffers
//! that earlier stages filled, so nothing is read before it is written; a stage gives every element
//! to one iteration, so its loops may be of any kind. Values carry bounds that hold for the inputs
//! of the case ([`value::Fact`]), by which indices stay inside and arithmetic stays exact. At the
//! end every buffer that nothing has read is copied to an output.
//!
//! Reading order: [`value`], `expr`, `int`, `float`; `input`; `nest` (loops that visit every
//! index), `body` (what happens at one index), `block`, `stage`; `plant` (a defect on purpose).

mod block;
mod body;
mod expr;
mod float;
mod input;
mod int;
mod nest;
mod plant;
mod stage;
pub mod value;

use crate::choice::Choices;
use rustc_hash::FxHashSet;
use std::ops::Range;
use tirade_ir::analysis::complete_func;
use tirade_ir::args::Arg;
use tirade_ir::make;
use tirade_ir::print::is_written_as_operation;
use tirade_ir::rewrite::{
    Rewrite, Rewriter, walk_rewrite_block, walk_rewrite_expr, walk_rewrite_func,
};
use tirade_ir::stmt::{AllocBuffer, AllocOrigin, InferredRegions};
use tirade_ir::subst::copy_with_fresh_binders;
use tirade_ir::{
    Attrs, Block, Buffer, Code, DType, IRModule, Param, ParamKind, PrimExpr, PrimFunc, Span, Stmt,
    Symbol, Var, VarId,
};
use value::Fact;

/// Iterations and calls that a generated program may take; it takes far fewer.
pub const MAX_STEPS: u64 = 200_000;

/// What to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// A program that reports nothing.
    Valid,
    /// A program with one defect, which is to be reported.
    Planted,
}

/// A program with arguments.
#[derive(Clone, Debug)]
pub struct Case {
    /// The module.
    pub module: IRModule,
    /// The function to run.
    pub func: Symbol,
    /// Its arguments.
    pub args: Vec<Arg>,
    /// Iterations and calls that it may take.
    pub max_steps: Option<u64>,
    /// The defect, if there is one.
    pub planted: Option<Planted>,
    /// The choices that make this case.
    pub choices: Vec<u64>,
    /// Choices that belong together.
    pub stretches: Vec<Range<usize>>,
}

impl Case {
    /// A case that was not generated.
    pub fn given(module: IRModule, func: Symbol, args: Vec<Arg>, max_steps: Option<u64>) -> Case {
        let (choices, stretches) = (Vec::new(), Vec::new());
        Case { module, func, args, max_steps, planted: None, choices, stretches }
    }
}

/// A defect on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planted {
    /// What is to be reported.
    pub code: Code,
    /// Where.
    pub span: Span,
}

/// A dimension: its extent in the program, and how much that is.
#[derive(Clone, Debug)]
pub(crate) struct Dim {
    expr: PrimExpr,
    value: i64,
}

/// A buffer whose elements may be read.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    buffer: Buffer,
    extents: Vec<i64>,
    fact: Fact,
    /// Something has read it.
    used: bool,
    /// It is an argument without gaps, so that its memory may be seen as something else.
    plain: bool,
}

/// The state of generation.
pub struct Generator {
    c: Choices,
    scalars: Vec<(Var, Fact)>,
    sources: Vec<Source>,
    params: Vec<Param>,
    args: Vec<Arg>,
    sizes: Vec<Dim>,
    /// Allocations for the root block.
    root: Vec<Buffer>,
    functions: Vec<PrimFunc>,
    has_blocks: bool,
    planted: Option<Planted>,
    names: usize,
}

/// The program of a sequence of choices.
pub fn generate(choices: Choices, policy: Policy) -> Case {
    let mut generator = Generator {
        c: choices,
        scalars: Vec::new(),
        sources: Vec::new(),
        params: Vec::new(),
        args: Vec::new(),
        sizes: Vec::new(),
        root: Vec::new(),
        functions: Vec::new(),
        has_blocks: false,
        planted: None,
        names: 0,
    };
    generator.inputs();
    let mut body = generator.stages();
    if policy == Policy::Planted {
        generator.plant(&mut body);
    }
    generator.finish(body)
}

impl Generator {
    /// A name that nothing else has.
    fn name(&mut self, stem: &str) -> Symbol {
        self.names += 1;
        Symbol::new(&format!("{stem}{}", self.names))
    }

    /// Adds a buffer parameter.
    fn param(&mut self, buffer: &Buffer, arg: Arg) {
        self.params.push(buffer_param(buffer));
        self.args.push(arg);
    }

    /// A buffer of which nothing is initialised, and the statements that allocate it.
    fn intermediate(&mut self, dtype: DType, dims: &[Dim]) -> (Buffer, Vec<Stmt>) {
        let buffer = Buffer::new(self.name("M"), shape_of(dims), dtype);
        if self.has_blocks && self.c.chance(1, 3) {
            self.root.push(buffer.clone());
            return (buffer, Vec::new());
        }
        (buffer.clone(), vec![alloc(buffer, AllocOrigin::AllocBuffer)])
    }

    fn finish(mut self, body: Vec<Stmt>) -> Case {
        let explicit = self.c.chance(1, 4);
        let main = PrimFunc {
            name: Symbol::new("main"),
            params: std::mem::take(&mut self.params).into(),
            ret_dtype: DType::VOID,
            body: Stmt::seq(body),
            attrs: Attrs::new(),
            private: false,
            s_tir: true,
            check_well_formed: true,
            span: Span::NONE,
        };
        let mut module = IRModule::new();
        let main = as_written(&main);
        let (main, _) = complete_func(main, std::mem::take(&mut self.root));
        let main = match explicit {
            true => walk_rewrite_func(&mut Declare, &main).unwrap_or(main),
            false => main,
        };
        let name = main.name;
        for func in self.functions.drain(..) {
            module.insert(complete_func(as_written(&func), Vec::new()).0);
        }
        module.insert(main);
        Case {
            module,
            func: name,
            args: self.args,
            max_steps: Some(MAX_STEPS),
            planted: self.planted,
            choices: self.c.drawn().to_vec(),
            stretches: self.c.stretches().to_vec(),
        }
    }
}

/// The function as it is when it is read from a script.
fn as_written(func: &PrimFunc) -> PrimFunc {
    func.rewrite_or_clone(&mut Evaluate).rewrite_or_clone(&mut Distinct::default())
}

/// Calls of literals, such as `T.isnan(T.float32(0))`, give literals while a script is read, and so
/// does what is computed of those by operations.
struct Evaluate;

impl Rewriter for Evaluate {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let walked = walk_rewrite_expr(self, expr);
        let is_changed = walked.is_some();
        let current = walked.unwrap_or_else(|| expr.clone());
        let made = match (&current, expr) {
            (PrimExpr::Call(e), _) => make::call(e.op, e.args.to_vec(), Some(e.dtype), e.span).ok(),
            (PrimExpr::Binary(e), PrimExpr::Binary(old))
                if is_changed && is_written_as_operation(old) =>
            {
                let (lhs, rhs) = (operand(&old.lhs, &e.lhs), operand(&old.rhs, &e.rhs));
                make::binary(e.op, lhs, rhs, e.span).ok()
            }
            _ => None,
        };
        let made = made.filter(|made| made.dtype() == expr.dtype()).unwrap_or(current);
        (is_changed || made != *expr).then_some(made)
    }
}

/// `now` as the operand of an operation whose operand was `old`: an `int32` literal is written as a
/// plain number, which an operation may treat in its own way.
fn operand(old: &PrimExpr, now: &PrimExpr) -> make::Operand {
    match old.as_int() {
        Some(value) if old.dtype() == DType::INT32 => make::Operand::Int(value),
        _ => make::Operand::Expr(now.clone()),
    }
}

/// Gives every `T.Let` a variable of its own: values that are used twice bring theirs along.
#[derive(Default)]
struct Distinct {
    seen: FxHashSet<VarId>,
}

impl Rewriter for Distinct {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let PrimExpr::Let(bound) = expr else { return walk_rewrite_expr(self, expr) };
        if self.seen.insert(bound.var.id) {
            return walk_rewrite_expr(self, expr);
        }
        let copy = copy_with_fresh_binders(expr);
        Some(self.rewrite_expr(&copy).unwrap_or(copy))
    }
}

/// Makes inferred regions count as written.
struct Declare;

impl Rewriter for Declare {
    fn rewrite_block(&mut self, block: &std::sync::Arc<Block>) -> Option<std::sync::Arc<Block>> {
        let inner = walk_rewrite_block(self, block).unwrap_or_else(|| block.clone());
        if inner.iter_vars.is_empty() {
            return Some(inner);
        }
        let inferred = InferredRegions { reads: false, writes: false };
        Some(Block { inferred, ..(*inner).clone() }.into())
    }
}

/// A parameter for a buffer.
fn buffer_param(buffer: &Buffer) -> Param {
    let var = Var::new(buffer.name, DType::HANDLE);
    Param { var, kind: ParamKind::Buffer(buffer.clone()), span: Span::NONE }
}

/// An allocation as a statement.
fn alloc(buffer: Buffer, origin: AllocOrigin) -> Stmt {
    let alloc =
        AllocBuffer { buffer, annotations: Attrs::new(), constant: None, origin, span: Span::NONE };
    Stmt::AllocBuffer(alloc.into())
}

/// The extents as expressions.
fn shape_of(dims: &[Dim]) -> Box<[PrimExpr]> {
    dims.iter().map(|d| d.expr.clone()).collect()
}

/// The extents as numbers.
fn extents_of(dims: &[Dim]) -> Vec<i64> {
    dims.iter().map(|d| d.value).collect()
}
