//! Values of the dialects that are no IR nodes: what `T.grid(…)`, `T.let[…]` or
//! `T.prim_func(private=True)` give.

use super::compute::Reduction;
use super::func::FuncOptions;
use super::te::LazyReducer;
use crate::host::{Function, Value};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::buffer::{Buffer, Range};
use tirade_ir::builder::{AttrFrame, LoopSpec};
use tirade_ir::dtype::DType;
use tirade_ir::expr::{PrimExpr, Var};
use tirade_ir::func::{AttrValue, CommReducer, PrimFunc};
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// A value of the dialects that is no IR node.
pub enum DialectValue {
    /// Loops to iterate over: `T.grid(…)`, `T.serial(…)`, `range(n)` with an IR bound.
    Loops(Loops),
    /// Something for `with`, or for the rest of the statements around it.
    Context(Context),
    /// `T.Buffer(…)`, as an annotation or as a declaration.
    BufferType(BufferType),
    /// `T.let`, `T.let[type]`
    Let(Option<Value>),
    /// `T.float32[4]`
    Vector(DType, Vec<Value>),
    /// `T.prim_func(private=True)`, `T.macro(hygienic=False)` and other decorators with arguments.
    Decorator(Decorator),
    /// `T.meta_var(value)`
    MetaVar(Value),
    /// `T.target(…)`
    Target(AttrValue),
    /// `T.Range(…)`
    Range(Range),
    /// `T.type_annotation("float32")`
    TypeAnnotation(DType),
    /// `T.constexpr`
    Constexpr,
    /// `T.Optional(annotation)`
    Optional(Value),
    /// `T.comm_reducer(combiner, identity)`
    CommReducer(CommReducer),
    /// `te.comm_reducer(combiner, identity)`
    LazyReducer(LazyReducer),
    /// `n = TypeVar("n")`: a symbolic size that functions share by name.
    TypeVar(Symbol),
    /// A name that is read and printed, not run: `T.ptx.ldmatrix`.
    Opaque(Symbol),
    /// The module class under construction.
    ModuleRef(Symbol),
    /// A value that stands for itself in attributes: `I.vdevice(…)`.
    Attr(AttrValue),
    /// `T.axis.*` extents of the dialect of early 2021: `tir.reduce_axis(0, 128)`.
    Axis(LegacyAxis),
    /// What `T.jit` makes: to be called as `kernel.specialize(N=4)`.
    Jit(Jit),
    /// `T.sum(expr, axis=k)`
    Reduction(Reduction),
    /// A statement's result that has nothing more to do.
    Done,
}

/// Loops whose variables have no names yet.
pub struct Loops {
    /// Outermost first; the variables are replaced by ones with the targets' names.
    pub specs: Vec<LoopSpec>,
    /// For `T.broadcast_grid`: the indices that each target stands for.
    pub groups: Option<Vec<Vec<IndexSource>>>,
}

/// An index of an operand that is broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexSource {
    /// The variable of a loop, by number.
    Loop(usize),
    /// 0: the operand has extent 1 there.
    Zero,
}

/// Something for `with`.
#[derive(Clone)]
pub enum Context {
    /// `T.sblock(name)`, with the axes of the dialect of early 2021.
    Block {
        /// Its name.
        name: Symbol,
        /// Axes to be bound by `as [vi, vj]`.
        axes: Option<Vec<LegacyAxis>>,
        /// The call.
        span: Span,
    },
    /// `T.init()`
    Init(Span),
    /// `T.attr(…)`, one frame for each key.
    Attr(Vec<AttrSpec>),
    /// `T.launch_thread(…)`: the attribute and the axis' variable.
    Launch(Box<AttrSpec>, Var),
    /// `T.LetStmt(value)`, `T.allocate(…)`, `T.decl_buffer(…)`: the statement was added to a scope
    /// of its own; the value is for `as`.
    Scope(Value),
    /// `T.If(condition)`
    If(PrimExpr, Span),
    /// `T.Then()`
    Then(Span),
    /// `T.Else()`
    Else(Span),
    /// `T.While(condition)`
    While(PrimExpr, Span),
}

/// An attribute frame that can be opened more than once.
#[derive(Clone)]
pub struct AttrSpec {
    /// What it is about.
    pub node: tirade_ir::stmt::AttrNode,
    /// Its name.
    pub key: Symbol,
    /// Its value.
    pub value: PrimExpr,
    /// Where.
    pub span: Span,
}

impl AttrSpec {
    /// The frame.
    pub fn frame(&self) -> AttrFrame {
        AttrFrame {
            node: self.node.clone(),
            key: self.key,
            value: self.value.clone(),
            span: self.span,
        }
    }
}

/// An axis of a block in the dialect of early 2021.
#[derive(Clone)]
pub struct LegacyAxis {
    /// Its values.
    pub dom: Range,
    /// What may be done along it.
    pub kind: tirade_ir::stmt::IterVarKind,
}

/// The arguments of `T.Buffer(…)`. What the shape needs from the signature around it is resolved
/// when it is used, so its parts are still values of the evaluator.
#[derive(Clone)]
pub struct BufferType {
    /// The call or subscript.
    pub span: Span,
    /// The extents, with their places.
    pub shape: Vec<(Value, Span)>,
    /// Type of an element.
    pub dtype: DType,
    /// Everything else.
    pub options: BufferOptions,
    /// A buffer of another function whose type is meant: `T.BufferFrom(buffer)`.
    pub like: Option<Buffer>,
}

/// What `T.Buffer`, `T.match_buffer`, `T.decl_buffer` and `T.alloc_buffer` have in common beside
/// shape and dtype.
#[derive(Clone, Default)]
pub struct BufferOptions {
    /// The memory.
    pub data: Option<(Value, Span)>,
    /// Distances of elements; strings make variables.
    pub strides: Option<Vec<(Value, Span)>>,
    /// Offset of the first element, in elements.
    pub elem_offset: Option<(Value, Span)>,
    /// A written offset of 0 is kept: a view of a region is held to it.
    pub exact_offset: bool,
    /// Offset of the first element, in bytes.
    pub byte_offset: Option<(Value, Span)>,
    /// Storage scope.
    pub scope: Option<Symbol>,
    /// Alignment in bytes; not positive means the default.
    pub align: i32,
    /// What divides the offset; 0 means the default.
    pub offset_factor: i32,
    /// Dimensions before which a physical axis ends.
    pub axis_separators: Vec<i64>,
}

/// What `T.jit` makes.
pub struct Jit {
    /// The definition.
    pub function: Rc<Function>,
    /// Arguments of the decorator.
    pub options: FuncOptions,
    /// What was specialized before, by its compile-time parameters.
    pub made: RefCell<Vec<Specialized>>,
}

/// A function of `T.jit` with the compile-time parameters that it was made for.
pub type Specialized = (Vec<(Symbol, Value)>, Arc<PrimFunc>);

/// A decorator with its arguments.
#[derive(Clone)]
pub enum Decorator {
    /// `T.prim_func(…)`
    PrimFunc(FuncOptions),
    /// `I.ir_module(…)`
    IRModule {
        /// `s_tir=True`
        s_tir: bool,
        /// `check_well_formed=False`
        unchecked: bool,
    },
    /// `T.macro(hygienic=…)`
    Macro {
        /// Names are those of the definition, not of the use.
        hygienic: bool,
    },
    /// `T.inline()`
    Inline,
    /// `R.function(…)`
    Relax,
    /// `T.jit(…)`
    Jit(FuncOptions),
}

impl DialectValue {
    /// What it is, for messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            DialectValue::Loops(_) => "a loop",
            DialectValue::Context(Context::Block { .. }) => "a block",
            DialectValue::Context(_) => "a scope",
            DialectValue::BufferType(_) => "a buffer type",
            DialectValue::Let(_) => "a let annotation",
            DialectValue::Vector(..) => "a vector annotation",
            DialectValue::Decorator(_) => "a decorator",
            DialectValue::MetaVar(_) => "a meta variable",
            DialectValue::Target(_) => "a target",
            DialectValue::Range(_) => "a range",
            DialectValue::TypeAnnotation(_) => "a type",
            DialectValue::Constexpr => "a compile-time parameter",
            DialectValue::Optional(_) => "an optional parameter",
            DialectValue::CommReducer(_) | DialectValue::LazyReducer(_) => "a reducer",
            DialectValue::TypeVar(_) => "a type variable",
            DialectValue::Opaque(_) => "an intrinsic",
            DialectValue::ModuleRef(_) => "a module",
            DialectValue::Attr(_) => "an attribute value",
            DialectValue::Axis(_) => "a block axis",
            DialectValue::Jit(_) => "a function with compile-time parameters",
            DialectValue::Reduction(_) => "a reduction",
            DialectValue::Done => "a statement",
        }
    }
}
