//! Sugar: `T.compute` and its reductions, `T.broadcast_grid`.
//!
//! `C = T.compute((n, m), lambda i, j: A[i, j] + B[i, j])` stands for the loops and the block that
//! `te.create_prim_func` makes of the same definition: a grid, a block named like the buffer,
//! remapped axes.

use super::assign::store;
use super::buffer;
use super::convert::{self, expected, extent};
use super::expr::{operand, type_error};
use super::loops::distance;
use super::sig::Bound;
use super::stmt::{add_bind, need_func, within};
use super::table::{Row, row};
use super::values::{DialectValue, IndexSource, Loops};
use crate::ast::{Param, ParamKind};
use crate::host::{Arg, CallArgs, Evaluator, HostError, Result, Value};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use tirade_ir::buffer::{Buffer, BufferNode, Range};
use tirade_ir::builder::{BlockFrame, ForFrame, Frame, LoopSpec};
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{BinOp, PrimExpr, Var};
use tirade_ir::func::{Attrs, CommReducer};
use tirade_ir::make;
use tirade_ir::span::Span;
use tirade_ir::stmt::{IterVar, IterVarKind};
use tirade_ir::subst::substitute;
use tirade_ir::symbol::Symbol;

const REDUCE: &str = "(expr, axis, where=None, init=None)";

pub(super) const ROWS: &[Row] = &[
    row(
        "T.compute",
        "(shape, fcompute, name=None, dtype=None, out=None, tag='', attrs=None)",
        compute,
        "Loops and a block that give each element its value.",
    ),
    row(
        "T.reduce_axis",
        "(dom, name=None)",
        reduce_axis,
        "An axis that `T.sum` and its kin run over.",
    ),
    row("T.sum", REDUCE, |_, a| infix(a, BinOp::Add), "Sum over axes, in `T.compute`."),
    row("T.prod", REDUCE, |_, a| infix(a, BinOp::Mul), "Product over axes, in `T.compute`."),
    row(
        "T.argmax",
        "(expr, axis)",
        |_, a| arg_extremum(a, BinOp::Gt),
        "Index and value of the greatest element over an axis, in `T.compute`; the first of equals.",
    ),
    row(
        "T.argmin",
        "(expr, axis)",
        |_, a| arg_extremum(a, BinOp::Lt),
        "Index and value of the least element over an axis, in `T.compute`; the first of equals.",
    ),
    row(
        "T.broadcast_grid",
        "(*shapes)",
        |_, a| broadcast_grid(a),
        "Loops over shapes that are broadcast together, with the indices for each.",
    ),
];

/// How a reduction combines two values.
#[derive(Clone)]
pub enum Combine {
    /// By an operator.
    Infix(BinOp),
    /// By the lambda of `T.comm_reducer`.
    Reducer(CommReducer),
}

/// `T.sum(expr, axis=k)`: to be the whole value of a `T.compute`.
#[derive(Clone)]
pub struct Reduction {
    pub(super) combine: Combine,
    pub(super) source: Vec<PrimExpr>,
    pub(super) axes: Vec<Rc<IterVar>>,
    /// What it starts from, instead of the neutral element.
    pub(super) init: Option<Vec<PrimExpr>>,
}

pub(super) fn reduce_axis(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let arg = args.arg("dom");
    let dom = match &arg.value {
        Value::Dialect(d) => match &**d {
            DialectValue::Range(range) => range.clone(),
            _ => return Err(expected("a range", &arg.value, arg.span)),
        },
        value => match convert::items(value).as_deref() {
            Some([min, end]) => {
                let (min, end) = (convert::index(min, arg.span)?, convert::index(end, arg.span)?);
                Range::new(min.clone(), distance(&min, end, arg.span)?)
            }
            Some(_) => return Err(expected("a pair (begin, end)", value, arg.span)),
            None => Range::from_extent(extent(value, arg.span)?),
        },
    };
    let name = args.opt("name").map(convert::symbol).transpose()?;
    let var = Var::new(name.unwrap_or_else(|| args.target_or("k")), dom.extent.dtype());
    let (kind, span) = (IterVarKind::CommReduce, args.span);
    Ok(Value::IterVar(Rc::new(IterVar { var, dom, kind, thread_tag: None, span })))
}

/// The reduction of `T.sum(expr, axis=…)` and its kin. Elements for which `where` does not hold
/// count as the neutral element.
pub(super) fn reduce(args: &Bound, source: &Arg, axis: &Arg, combine: Combine) -> Result<Value> {
    let mut source = convert::arg_expr(source)?;
    if let (Some(condition), Combine::Infix(op)) = (args.opt("where"), &combine) {
        let neutral = neutral(*op, source.dtype(), args.span)?;
        let condition = convert::arg_expr(condition)?;
        let kept = make::if_then_else(condition, source, neutral, args.span);
        source = kept.map_err(type_error)?;
    }
    let init = args.opt("init").map(|init| {
        let value = operand(&init.value, init.span)?;
        Ok(vec![make::typed_literal(source.dtype(), value, init.span).map_err(type_error)?])
    });
    let init = init.transpose()?;
    reduction(combine, vec![source], init, axis)
}

/// The reduction that `(expr, axis)` asks for.
fn infix(args: &Bound, op: BinOp) -> Result<Value> {
    reduce(args, args.arg("expr"), args.arg("axis"), Combine::Infix(op))
}

/// The reduction of `source` over the axes in `axis`.
pub(super) fn reduction(
    combine: Combine,
    source: Vec<PrimExpr>,
    init: Option<Vec<PrimExpr>>,
    axis: &Arg,
) -> Result<Value> {
    let axes = convert::items_or_one(&axis.value).into_iter().map(|v| match v {
        Value::IterVar(axis) if axis.kind == IterVarKind::CommReduce => Ok(axis),
        other => Err(expected("an axis of `T.reduce_axis`", &other, axis.span)),
    });
    let axes = axes.collect::<Result<_>>()?;
    let reduction = Reduction { combine, source, axes, init };
    Ok(Value::Dialect(Rc::new(DialectValue::Reduction(reduction))))
}

/// The value that `op` combines with everything without changing it.
fn neutral(op: BinOp, dtype: DType, span: Span) -> Result<PrimExpr> {
    let number = |value: i32| make::typed_literal(dtype, value, span).map_err(type_error);
    Ok(match op {
        BinOp::Mul => number(1)?,
        BinOp::Min => super::types::largest(dtype),
        BinOp::Max => super::types::smallest(dtype),
        _ => number(0)?,
    })
}

/// `T.argmax(A[i, k], axis=k)`: the pair of an index and a value.
fn arg_extremum(args: &Bound, better: BinOp) -> Result<Value> {
    let (source, axis, span) = (args.arg("expr"), args.arg("axis"), args.span);
    let value = convert::arg_expr(source)?;
    let over = match convert::items_or_one(&axis.value).as_slice() {
        [Value::IterVar(over)] => over.clone(),
        _ => return Err(expected("one axis of `T.reduce_axis`", &axis.value, axis.span)),
    };
    let (index_type, dtype) = (over.var.dtype, value.dtype());
    let pair = |i: &str, v: &str| [Var::new(i, index_type), Var::new(v, dtype)];
    let (lhs, rhs) = (pair("i0", "v0"), pair("i1", "v1"));
    let infix = |op, a: PrimExpr, b: PrimExpr| make::binary(op, a, b, span).map_err(type_error);
    let is_better = infix(better, rhs[1].into(), lhs[1].into())?;
    let is_same = infix(BinOp::Eq, rhs[1].into(), lhs[1].into())?;
    let is_earlier = infix(BinOp::Lt, rhs[0].into(), lhs[0].into())?;
    let takes = infix(BinOp::Or, is_better, infix(BinOp::And, is_same, is_earlier)?)?;
    let chosen = lhs.iter().zip(&rhs).map(|(l, r)| {
        make::select(takes.clone(), PrimExpr::from(*r), PrimExpr::from(*l), span)
            .map_err(type_error)
    });
    let worst = match (dtype.is_float(), better) {
        (true, BinOp::Gt) => PrimExpr::float(f64::NEG_INFINITY, dtype),
        (true, _) => PrimExpr::float(f64::INFINITY, dtype),
        (false, BinOp::Gt) => super::types::smallest(dtype),
        (false, _) => super::types::largest(dtype),
    };
    let result = chosen.collect::<Result<_>>()?;
    let identity = vec![super::types::largest(index_type), worst];
    let combine = Combine::Reducer(CommReducer {
        lhs: lhs.into(),
        rhs: rhs.into(),
        result,
        identity: identity.into(),
    });
    reduction(combine, vec![over.var.into(), value], None, axis)
}

/// A reducer of `T.comm_reducer`, called: `argmax((i, A[i]), axis=k)`.
pub(super) fn call_reducer(reducer: &CommReducer, args: &CallArgs, span: Span) -> Result<Value> {
    let keyword = args.keyword.iter().find(|k| k.name.as_str() == "axis");
    let axis = keyword.map(|k| Arg { value: k.value.clone(), span: k.span });
    let axis = axis.or_else(|| args.positional.get(1).cloned());
    let (Some(source), Some(axis)) = (args.positional.first(), axis) else {
        let message = "a reducer takes a value and `axis=`";
        return Err(HostError::new(Code::MISSING_PARAMETER, span, message));
    };
    let source = convert::exprs(source)?;
    if source.len() != reducer.identity.len() {
        let message =
            format!("{} values for a reducer of {}", source.len(), reducer.identity.len());
        return Err(HostError::new(Code::ARGUMENT_TYPE, span, message));
    }
    reduction(Combine::Reducer(reducer.clone()), source, None, &axis)
}

impl Reduction {
    /// The value before the first element, for each part.
    fn identity(&self, span: Span) -> Result<Vec<PrimExpr>> {
        match (&self.init, &self.combine) {
            (Some(init), _) => Ok(init.clone()),
            (None, Combine::Reducer(reducer)) => Ok(reducer.identity.to_vec()),
            (None, Combine::Infix(op)) => Ok(vec![neutral(*op, self.source[0].dtype(), span)?]),
        }
    }

    /// The combination of what was reduced so far with the sources.
    fn combined(
        &self,
        so_far: Vec<PrimExpr>,
        source: Vec<PrimExpr>,
        span: Span,
    ) -> Result<Vec<PrimExpr>> {
        match &self.combine {
            Combine::Infix(op) => {
                let (a, b) = (so_far.into_iter().next(), source.into_iter().next());
                let pair = a.zip(b).into_iter();
                pair.map(|(a, b)| make::binary(*op, a, b, span).map_err(type_error)).collect()
            }
            Combine::Reducer(reducer) => {
                let vars = reducer.lhs.iter().chain(&reducer.rhs).map(|v| v.id);
                let map: FxHashMap<_, _> = vars.zip(so_far.into_iter().chain(source)).collect();
                Ok(reducer.result.iter().map(|e| substitute(e, &map)).collect())
            }
        }
    }
}

/// What a definition gives for one element.
pub(super) enum Element {
    /// A value for each output.
    Plain(Vec<PrimExpr>),
    /// A reduction.
    Reduced(Reduction),
}

fn compute(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let (shape_arg, body) = (args.arg("shape"), args.arg("fcompute"));
    let span = args.span;
    let shape = shape_of(shape_arg)?;
    let names = axis_names(&body.value, shape.len());
    let vars: Vec<Var> = names
        .iter()
        .zip(&shape)
        .map(|(n, e)| Var::new(format!("v_{n}").as_str(), e.dtype()))
        .collect();
    let passed = CallArgs::positional(vars.iter().map(|v| Value::Expr((*v).into())));
    let value = ev.call(&body.value, passed, body.span)?;
    let dtype = convert::opt_dtype(args, "dtype")?;
    let element = element(&value, dtype, body.span)?;
    let name = match args.opt("name") {
        Some(name) => convert::symbol(name)?,
        None => args.target_or("compute"),
    };
    let outputs = outputs(ev, args, &element, &shape, name)?;
    let block_name = args.opt("out").map_or(name, |_| outputs[0].name);
    let annotations = convert::annotations(args.opt("attrs"))?;
    let spec =
        Expansion { names: &names, vars, shape: &shape, outputs: &outputs, annotations, span };
    spec.emit(ev, &element, block_name)?;
    Ok(one_or_tuple(&outputs))
}

/// A buffer, or the tuple of several.
pub(super) fn one_or_tuple(outputs: &[Buffer]) -> Value {
    match outputs {
        [one] => Value::Buffer(one.clone()),
        many => Value::tuple(many.iter().map(|b| Value::Buffer(b.clone())).collect::<Vec<_>>()),
    }
}

/// The extents of a shape, or of one dimension.
pub(super) fn shape_of(arg: &Arg) -> Result<Vec<PrimExpr>> {
    convert::items_or_one(&arg.value).iter().map(|v| extent(v, arg.span)).collect()
}

/// Names of the loops: those of the function's parameters, and numbered ones for its `*indices`.
pub(super) fn axis_names(body: &Value, n: usize) -> Vec<Symbol> {
    let mut names: Vec<Symbol> = Vec::new();
    if let Value::Function(function) = body {
        let plain = |p: &&Param| matches!(p.kind, ParamKind::Normal | ParamKind::PositionalOnly);
        names.extend(function.params().iter().filter(plain).map(|p| p.name.name));
    }
    names.truncate(n);
    let numbered = (0..n - names.len()).map(|i| Symbol::new(&format!("i{i}")));
    names.extend(numbered);
    names
}

pub(super) fn element(value: &Value, dtype: Option<DType>, span: Span) -> Result<Element> {
    if let Value::Dialect(d) = value
        && let DialectValue::Reduction(reduction) = &**d
    {
        return Ok(Element::Reduced(reduction.clone()));
    }
    let values = convert::items_or_one(value);
    let typed = |v: &Value| match dtype {
        Some(dtype) => make::typed_literal(dtype, operand(v, span)?, span).map_err(type_error),
        None => convert::expr(v, span),
    };
    Ok(Element::Plain(values.iter().map(typed).collect::<Result<_>>()?))
}

impl Element {
    /// The type of each output.
    pub(super) fn dtypes(&self) -> Vec<DType> {
        let values = match self {
            Element::Plain(values) => values,
            Element::Reduced(reduction) => &reduction.source,
        };
        values.iter().map(PrimExpr::dtype).collect()
    }

    /// The name of each output.
    pub(super) fn output_names(&self, name: Symbol) -> Vec<Symbol> {
        match self.dtypes().len() {
            1 => vec![name],
            n => (0..n).map(|i| Symbol::new(&format!("{name}_v{i}"))).collect(),
        }
    }
}

/// The buffers that are written: given ones, or new ones in the block around.
fn outputs(
    ev: &mut Evaluator,
    args: &Bound,
    element: &Element,
    shape: &[PrimExpr],
    name: Symbol,
) -> Result<Vec<Buffer>> {
    let dtypes = element.dtypes();
    if let Some(out) = args.opt("out") {
        let given = convert::items_or_one(&out.value).into_iter();
        let given: Result<Vec<Buffer>> =
            given.map(|value| convert::buffer(&Arg { value, span: out.span })).collect();
        let given = given?;
        if given.len() != dtypes.len() {
            let message = format!("{} buffers for {} values", given.len(), dtypes.len());
            return Err(HostError::new(Code::ARGUMENT_TYPE, out.span, message));
        }
        for buffer in &given {
            buffer::check_rank(buffer, shape.len(), out.span)?;
        }
        return Ok(given);
    }
    let mut buffers = Vec::with_capacity(dtypes.len());
    for (name, dtype) in element.output_names(name).into_iter().zip(dtypes) {
        let node = BufferNode { span: args.span, ..BufferNode::new(name, shape, dtype) };
        let buffer = buffer::register(ev, node);
        ev.builder.block_alloc(buffer.clone());
        buffers.push(buffer);
    }
    Ok(buffers)
}

/// The loops and the block of one definition.
pub(super) struct Expansion<'a> {
    /// Names of the loops.
    pub(super) names: &'a [Symbol],
    /// Axes of the block.
    pub(super) vars: Vec<Var>,
    /// Extents of the loops.
    pub(super) shape: &'a [PrimExpr],
    /// What is written.
    pub(super) outputs: &'a [Buffer],
    /// Annotations of the block.
    pub(super) annotations: Attrs,
    /// The definition.
    pub(super) span: Span,
}

impl Expansion<'_> {
    /// Adds the loops, with one block in them, or one for each output of a definition that is no
    /// reduction.
    pub(super) fn emit(&self, ev: &mut Evaluator, element: &Element, name: Symbol) -> Result<()> {
        let span = self.span;
        let mut loops: Vec<LoopSpec> = self
            .names
            .iter()
            .zip(self.shape)
            .map(|(name, extent)| LoopSpec::serial(Var::new(*name, extent.dtype()), extent.clone()))
            .collect();
        if let Element::Reduced(reduction) = element {
            for axis in &reduction.axes {
                let mut spec = LoopSpec::serial(axis.var.fresh_copy(), axis.dom.extent.clone());
                spec.min = axis.dom.min.clone();
                loops.push(spec);
            }
        }
        let loop_vars: Vec<Var> = loops.iter().map(|l| l.var).collect();
        within(ev, Frame::For(ForFrame { loops, span }), span, &mut |ev| match element {
            Element::Plain(values) if 1 < values.len() => {
                let mut parts = values.iter().zip(self.outputs);
                parts.try_for_each(|(value, output)| self.part(ev, value, output, &loop_vars))
            }
            Element::Plain(_) | Element::Reduced(_) => self.block(ev, element, name, &loop_vars),
        })
    }

    /// The block of one output of several, with axes of its own.
    fn part(
        &self,
        ev: &mut Evaluator,
        value: &PrimExpr,
        output: &Buffer,
        loop_vars: &[Var],
    ) -> Result<()> {
        let vars: Vec<Var> = self.vars.iter().map(|v| v.fresh_copy()).collect();
        let renewed = self.vars.iter().zip(&vars).map(|(old, new)| (old.id, (*new).into()));
        let element = Element::Plain(vec![substitute(value, &renewed.collect())]);
        let (outputs, annotations) = ([output.clone()], self.annotations.clone());
        let part = Expansion { vars, outputs: &outputs, annotations, ..*self };
        part.block(ev, &element, output.name, loop_vars)
    }

    fn block(
        &self,
        ev: &mut Evaluator,
        element: &Element,
        name: Symbol,
        loop_vars: &[Var],
    ) -> Result<()> {
        let span = self.span;
        let mut frame = BlockFrame::new(name, span);
        frame.annotations = self.annotations.clone();
        for ((var, extent), loop_var) in self.vars.iter().zip(self.shape).zip(loop_vars) {
            let dom = Range::from_extent(extent.clone());
            frame.add_axis(axis(*var, dom, IterVarKind::DataPar, span), (*loop_var).into());
        }
        let mut fresh = FxHashMap::default();
        if let Element::Reduced(reduction) = element {
            for (reduced, loop_var) in reduction.axes.iter().zip(&loop_vars[self.vars.len()..]) {
                let var = Var::new(format!("v_{}", reduced.var.name).as_str(), loop_var.dtype);
                fresh.insert(reduced.var.id, PrimExpr::from(var));
                let dom = reduced.dom.clone();
                frame.add_axis(axis(var, dom, IterVarKind::CommReduce, span), (*loop_var).into());
            }
        }
        if loop_vars.is_empty() {
            // A block has an axis: a scalar is computed once.
            let dom = Range::from_extent(PrimExpr::i32(1));
            let var = Var::new("vi", DType::INT32);
            frame.add_axis(axis(var, dom, IterVarKind::DataPar, span), PrimExpr::i32(0));
        }
        within(ev, Frame::Block(frame), span, &mut |ev| self.body(ev, element, &fresh))
    }

    fn body(
        &self,
        ev: &mut Evaluator,
        element: &Element,
        fresh: &FxHashMap<tirade_ir::VarId, PrimExpr>,
    ) -> Result<()> {
        match element {
            Element::Plain(values) => self.store_all(ev, values.clone()),
            Element::Reduced(reduction) => {
                let identity = reduction.identity(self.span)?;
                within(ev, Frame::Init, self.span, &mut |ev| self.store_all(ev, identity.clone()))?;
                let at: Vec<PrimExpr> = self.vars.iter().map(|v| (*v).into()).collect();
                let so_far = self.outputs.iter().map(|b| make::load(b, at.clone(), self.span));
                let so_far = so_far.collect::<std::result::Result<_, _>>().map_err(type_error)?;
                let values = reduction.combined(so_far, reduction.source.clone(), self.span)?;
                self.store_all(ev, values.iter().map(|e| substitute(e, fresh)).collect())
            }
        }
    }

    /// Stores one value to each output. Several values are computed before the first is stored.
    fn store_all(&self, ev: &mut Evaluator, mut values: Vec<PrimExpr>) -> Result<()> {
        let span = self.span;
        let constant =
            values.iter().all(|v| matches!(v, PrimExpr::Int { .. } | PrimExpr::Float { .. }));
        if 1 < values.len() && !constant {
            for (value, output) in values.iter_mut().zip(self.outputs) {
                let name = format!("v_{}", output.name);
                let var = Var::new(name.as_str(), value.dtype());
                add_bind(ev, var, value.clone(), span)?;
                *value = var.into();
            }
        }
        let indices: Vec<Value> = self.vars.iter().map(|v| Value::Expr((*v).into())).collect();
        for (value, output) in values.into_iter().zip(self.outputs) {
            let value = Arg { value: Value::Expr(value), span };
            store(ev, output, &indices, &value, None, span, span)?;
        }
        Ok(())
    }
}

fn axis(var: Var, dom: Range, kind: IterVarKind, span: Span) -> IterVar {
    IterVar { var, dom, kind, thread_tag: None, span }
}

/// `for i, ia, ib in T.broadcast_grid(A.shape, B.shape)`: loops over the common shape; `i` are its
/// indices, `ia` and `ib` those of the operands, 0 along dimensions of extent 1.
fn broadcast_grid(args: &Bound) -> Result<Value> {
    let mut shapes = Vec::new();
    for arg in &args.rest {
        let value = match &arg.value {
            Value::Buffer(buffer) => buffer.shape.to_vec(),
            value => {
                let items = convert::items_or_one(value);
                items.iter().map(|v| extent(v, arg.span)).collect::<Result<Vec<_>>>()?
            }
        };
        shapes.push((value, arg.span));
    }
    let rank = shapes.iter().map(|(s, _)| s.len()).max().unwrap_or(0);
    let mut common: Vec<PrimExpr> = vec![PrimExpr::i32(1); rank];
    for (shape, span) in &shapes {
        for (d, e) in shape.iter().enumerate() {
            let slot = &mut common[rank - shape.len() + d];
            if slot.is_int(1) {
                *slot = e.clone();
            } else if !e.is_int(1) && slot != e && slot.as_int().is_some() && e.as_int().is_some() {
                let message = "the shapes cannot be broadcast together";
                return Err(HostError::new(Code::ARGUMENT_TYPE, *span, message));
            }
        }
    }
    let sources = shapes.iter().map(|(shape, _)| {
        let index = |(d, e): (usize, &PrimExpr)| {
            let loop_idx = rank - shape.len() + d;
            match e.is_int(1) && !common[loop_idx].is_int(1) {
                true => IndexSource::Zero,
                false => IndexSource::Loop(loop_idx),
            }
        };
        shape.iter().enumerate().map(index).collect::<Vec<_>>()
    });
    let all = (0..rank).map(IndexSource::Loop).collect();
    let groups = std::iter::once(all).chain(sources).collect();
    let specs = common.iter().map(|e| LoopSpec::serial(Var::new("i", e.dtype()), e.clone()));
    let loops = Loops { specs: specs.collect(), groups: Some(groups) };
    Ok(Value::Dialect(Rc::new(DialectValue::Loops(loops))))
}
