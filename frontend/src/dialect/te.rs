//! Tensor expressions: `te.placeholder`, `te.compute` and `te.create_prim_func`.
//!
//! A tensor is a buffer that belongs to no function yet. `te.compute` evaluates its function once,
//! on an index for each dimension, and remembers what comes out; `te.create_prim_func` makes a
//! function of the definitions that its arguments follow from, each as the loops and the block
//! that [`super::compute`] makes of `T.compute`.

use super::compute::{
    self, Combine, Element, Expansion, Reduction, axis_names, element, one_or_tuple, shape_of,
};
use super::convert::{self, expected};
use super::sig::Bound;
use super::table::{Row, row};
use super::values::DialectValue;
use crate::host::{Arg, CallArgs, Evaluator, HostError, Result, Value};
use rustc_hash::FxHashSet;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::analysis::complete_func;
use tirade_ir::arith::Analyzer;
use tirade_ir::buffer::{Buffer, BufferId, BufferNode};
use tirade_ir::builder::{Frame, FuncFrame};
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{PrimExpr, Var};
use tirade_ir::func::{AttrValue, Attrs, CommReducer, Param, ParamKind};
use tirade_ir::span::Span;
use tirade_ir::subst::{VarMap, fresh_func, substitute};
use tirade_ir::symbol::Symbol;
use tirade_ir::visit::{Visitor, uses_var, walk_expr};

pub(super) const ROWS: &[Row] = &[
    row("te.placeholder", "(shape, dtype=None, name='placeholder')", placeholder, "An input."),
    row(
        "te.compute",
        "(shape, fcompute, name='compute', tag='', attrs=None, varargs_names=None)",
        define,
        "A tensor by the value of each of its elements.",
    ),
    row(
        "te.reduce_axis",
        "(dom, name='rv', thread_tag='', span=None)",
        compute::reduce_axis,
        "An axis that `te.sum` and its kin run over.",
    ),
    row(
        "te.var",
        "(name='tindex', dtype='int32', span=None)",
        |_, a| size(a),
        "A size that is known when the function is called.",
    ),
    row(
        "te.size_var",
        "(name='size', dtype='int32', span=None)",
        |_, a| size(a),
        "Same as `te.var`.",
    ),
    row(
        "te.comm_reducer",
        "(fcombine, fidentity, name='reduce')",
        |_, a| Ok(lazy_reducer(a)),
        "A commutative reducer, for any types of what it reduces.",
    ),
    row(
        "te.create_prim_func",
        "(ops, index_dtype_override=None)",
        create_prim_func,
        "The function that computes tensors from their definitions.",
    ),
];

/// A definition: how the elements of its outputs are computed.
pub struct Definition {
    name: Symbol,
    names: Vec<Symbol>,
    shape: Vec<PrimExpr>,
    /// The indices that the definition was evaluated on.
    indices: Vec<Var>,
    element: Element,
    outputs: Vec<Buffer>,
    attrs: Vec<(Symbol, Value)>,
    span: Span,
}

/// What `te.comm_reducer` makes: the types of the operands are not known before it is called.
pub struct LazyReducer {
    combine: Arg,
    identity: Arg,
}

fn placeholder(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let shape = shape_of(args.arg("shape"))?;
    let dtype = convert::opt_dtype(args, "dtype")?.unwrap_or(DType::FLOAT32);
    let name = args.opt("name").map_or(Ok("placeholder".into()), convert::symbol)?;
    let node = BufferNode { span: args.span, ..BufferNode::new(name, shape, dtype) };
    let buffer = Buffer::from_node(node);
    ev.dialect.tensors.insert(buffer.id, None);
    Ok(Value::Buffer(buffer))
}

fn size(args: &Bound) -> Result<Value> {
    let name = args.opt("name").map_or(Ok(args.target_or("tindex")), convert::symbol)?;
    let dtype = convert::opt_dtype(args, "dtype")?.unwrap_or(DType::INT32);
    Ok(Value::Expr(Var::new(name, dtype).into()))
}

/// `te.compute(shape, lambda i, j: …)`: indices that the function does not take are left to the
/// broadcast of the axes it has.
fn define(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let (body, span) = (args.arg("fcompute"), args.span);
    let shape = shape_of(args.arg("shape"))?;
    let mut names = axis_names(&body.value, shape.len());
    if let Some(given) = args.opt("varargs_names") {
        let given = convert::items_or_one(&given.value).into_iter();
        let start = shape.len().saturating_sub(given.len());
        for (slot, value) in names[start..].iter_mut().zip(given) {
            *slot = convert::symbol(&Arg { value, span })?;
        }
    }
    let indices: Vec<Var> =
        names.iter().zip(&shape).map(|(n, e)| Var::new(*n, e.dtype())).collect();
    let passed = CallArgs::positional(indices.iter().map(|v| Value::Expr((*v).into())));
    let value = ev.call(&body.value, passed, body.span)?;
    let element = element(&value, None, body.span)?;
    if let Element::Reduced(reduction) = &element {
        check_axes(reduction, &indices, span)?;
    }
    let name = args.opt("name").map_or(Ok(args.target_or("compute")), convert::symbol)?;
    let attrs = args.opt("attrs").map_or(Ok(Vec::new()), convert::dict)?;
    let typed = element.output_names(name).into_iter().zip(element.dtypes());
    let outputs: Vec<Buffer> = typed
        .map(|(name, dtype)| {
            let node = BufferNode { span, ..BufferNode::new(name, shape.clone(), dtype) };
            Buffer::from_node(node)
        })
        .collect();
    let ids: Vec<BufferId> = outputs.iter().map(|b| b.id).collect();
    let result = one_or_tuple(&outputs);
    let definition =
        Rc::new(Definition { name, names, shape, indices, element, outputs, attrs, span });
    ev.dialect.tensors.extend(ids.into_iter().map(|id| (id, Some(definition.clone()))));
    Ok(result)
}

/// The domain of an axis must not depend on the other axes.
fn check_axes(reduction: &Reduction, indices: &[Var], span: Span) -> Result<()> {
    let reduced = reduction.axes.iter().map(|axis| axis.var);
    let vars: Vec<Var> = indices.iter().copied().chain(reduced).collect();
    for axis in &reduction.axes {
        let bounds = [&axis.dom.min, &axis.dom.extent];
        if let Some(var) = vars.iter().find(|v| bounds.iter().any(|e| uses_var(*e, **v))) {
            let name = axis.var.name;
            let message =
                format!("the range of the axis `{name}` depends on the index `{}`", var.name);
            return Err(HostError::new(Code::UNSUPPORTED, span, message)
                .with_help("write the loops of this definition in a prim_func"));
        }
    }
    Ok(())
}

/// The element of a tensor: `A(i, j)`, as tensor expressions may write it. `None` if the buffer is
/// no tensor.
pub(super) fn call_tensor(
    ev: &Evaluator,
    buffer: &Buffer,
    args: &CallArgs,
    span: Span,
) -> Result<Option<Value>> {
    if !ev.dialect.tensors.contains_key(&buffer.id) {
        return Ok(None);
    }
    let indices: Vec<Value> = args.positional.iter().map(|a| a.value.clone()).collect();
    super::buffer::getitem(buffer, &indices, span, span).map(Some)
}

// Reducers ---------------------------------------------------------------------------------------

fn lazy_reducer(args: &Bound) -> Value {
    let (combine, identity) = (args.arg("fcombine").clone(), args.arg("fidentity").clone());
    let reducer = LazyReducer { combine, identity };
    Value::Dialect(Rc::new(DialectValue::LazyReducer(reducer)))
}

/// `reducer(value, axis=k)`; without an axis, the combination of the arguments.
pub(super) fn call_reducer(
    ev: &mut Evaluator,
    reducer: &LazyReducer,
    args: &CallArgs,
    span: Span,
) -> Result<Value> {
    let keyword = args.keyword.iter().find(|k| k.name.as_str() == "axis");
    let mut axis = keyword.map(|k| Arg { value: k.value.clone(), span: k.span });
    let is_axis = |v: &Value| matches!(v, Value::IterVar(_));
    if axis.is_none()
        && let [_, second] = args.positional.as_slice()
        && convert::items_or_one(&second.value).iter().all(is_axis)
    {
        axis = Some(second.clone());
    }
    let Some(first) = args.positional.first() else {
        return Err(HostError::new(Code::MISSING_PARAMETER, span, "a reducer takes a value"));
    };
    let Some(axis) = axis else {
        let mut so_far = first.value.clone();
        for next in &args.positional[1..] {
            let pair = CallArgs::positional([so_far, next.value.clone()]);
            so_far = ev.call(&reducer.combine.value, pair, span)?;
        }
        return Ok(so_far);
    };
    let source = convert::exprs(first)?;
    let single = convert::items(&first.value).is_none();
    let combine = resolve(ev, reducer, &source, single)?;
    compute::reduction(Combine::Reducer(combine), source, None, &axis)
}

/// The reducer for the types of `source`; one value is handed over as it is, several as tuples.
fn resolve(
    ev: &mut Evaluator,
    reducer: &LazyReducer,
    source: &[PrimExpr],
    single: bool,
) -> Result<CommReducer> {
    let vars = |name: &str| -> Vec<Var> {
        source
            .iter()
            .enumerate()
            .map(|(i, e)| Var::new(format!("{name}{i}").as_str(), e.dtype()))
            .collect()
    };
    let (lhs, rhs) = (vars("x"), vars("y"));
    let operand = |vars: &[Var]| match vars {
        [one] if single => Value::Expr((*one).into()),
        many => Value::tuple(many.iter().map(|v| Value::Expr((*v).into())).collect::<Vec<_>>()),
    };
    let (combine, identity) = (&reducer.combine, &reducer.identity);
    let pair = CallArgs::positional([operand(&lhs), operand(&rhs)]);
    let result = ev.call(&combine.value, pair, combine.span)?;
    let types = source.iter().map(|e| Value::str(e.dtype().to_string()));
    let neutral = ev.call(&identity.value, CallArgs::positional(types), identity.span)?;
    let typed = |value: Value, span: Span| -> Result<Vec<PrimExpr>> {
        let values = convert::items_or_one(&value);
        if values.len() != source.len() {
            let message = format!("{} values for a reducer of {}", values.len(), source.len());
            return Err(HostError::new(Code::ARGUMENT_TYPE, span, message));
        }
        let pairs = values.iter().zip(source);
        pairs
            .map(|(v, e)| super::expr::convert_to(convert::expr(v, span)?, e.dtype(), span))
            .collect()
    };
    let result = typed(result, combine.span)?;
    let identity = typed(neutral, identity.span)?;
    Ok(CommReducer {
        lhs: lhs.into(),
        rhs: rhs.into(),
        result: result.into(),
        identity: identity.into(),
    })
}

// Functions --------------------------------------------------------------------------------------

fn create_prim_func(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let (ops, span) = (args.arg("ops"), args.span);
    if let Some(given) = args.opt("index_dtype_override") {
        let message = "indices keep the type of the extents that the definitions give";
        return Err(HostError::new(Code::UNSUPPORTED, given.span, message)
            .with_help("give the extents as `T.int64(…)`"));
    }
    let mut order = Order::default();
    let mut frame = FuncFrame::new("main", span);
    frame.attrs = Attrs::new().with("tirx.noalias", AttrValue::Bool(true));
    for item in convert::items_or_one(&ops.value) {
        match item {
            Value::Buffer(tensor) => {
                order.visit(ev, &tensor, ops.span)?;
                order.params.push(tensor.clone());
                frame.add_buffer(tensor);
            }
            Value::Expr(PrimExpr::Var(var)) => {
                frame.params.push(Param { var, kind: ParamKind::Scalar, span });
            }
            other => return Err(expected("a tensor or a variable", &other, ops.span)),
        }
    }
    let missing = order.placeholders.iter().find(|b| !order.params.contains(b));
    if let Some(missing) = missing {
        let message = format!("the placeholder `{}` is not among the parameters", missing.name);
        return Err(HostError::new(Code::MISSING_PARAMETER, ops.span, message)
            .with_secondary(missing.span, "it is made here"));
    }
    let mark = ev.builder.mark();
    ev.dialect.begin_func();
    let built = build(ev, frame, &order, span);
    ev.dialect.end_func();
    if let Err(error) = built {
        ev.builder.unwind(mark);
        return Err(error);
    }
    let built = ev.builder.exit_func();
    let (func, problems) = complete_func(built.func, built.root_alloc_buffers);
    if let Some(first) = problems.into_iter().next() {
        return Err(HostError::diagnostic(first));
    }
    // The tensors may become parts of other functions too.
    Ok(Value::PrimFunc(Arc::new(fresh_func(&func))))
}

fn build(ev: &mut Evaluator, frame: FuncFrame, order: &Order, span: Span) -> Result<()> {
    ev.builder.enter(Frame::Func(frame)).map_err(|_| super::stmt::too_deep(span))?;
    let mut names = FxHashSet::default();
    for definition in &order.definitions {
        for output in definition.outputs.iter().filter(|b| !order.params.contains(b)) {
            ev.builder.block_alloc(output.clone());
        }
        let mut name = definition.name;
        for i in 1.. {
            if names.insert(name) {
                break;
            }
            name = Symbol::new(&format!("{}_{i}", definition.name));
        }
        expand(ev, definition, name, order)?;
    }
    Ok(())
}

/// Definitions in the order in which they are computed.
#[derive(Default)]
struct Order {
    seen: FxHashSet<BufferId>,
    definitions: Vec<Rc<Definition>>,
    placeholders: Vec<Buffer>,
    params: Vec<Buffer>,
}

impl Order {
    /// Adds what `tensor` follows from, then its own definition.
    fn visit(&mut self, ev: &Evaluator, tensor: &Buffer, span: Span) -> Result<()> {
        let Some(definition) = ev.dialect.tensors.get(&tensor.id).cloned() else {
            let message = format!("the buffer `{}` is no tensor of `te`", tensor.name);
            return Err(HostError::new(Code::ARGUMENT_TYPE, span, message)
                .with_help("make it with `te.placeholder` or `te.compute`"));
        };
        ev.check_stack()?;
        let first = definition.as_ref().map_or(tensor.id, |d| d.outputs[0].id);
        if !self.seen.insert(first) {
            return Ok(());
        }
        let Some(definition) = definition else {
            self.placeholders.push(tensor.clone());
            return Ok(());
        };
        for input in definition.inputs() {
            self.visit(ev, &input, span)?;
        }
        self.definitions.push(definition);
        Ok(())
    }
}

/// Buffers that are read, innermost first.
#[derive(Default)]
struct Reads(Vec<Buffer>);

impl Visitor for Reads {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        walk_expr(self, expr);
        if let PrimExpr::Load(load) = expr {
            self.0.push(load.buffer.clone());
        }
    }
}

impl Definition {
    fn inputs(&self) -> Vec<Buffer> {
        let mut reads = Reads::default();
        match &self.element {
            Element::Plain(values) => values.iter().for_each(|e| reads.visit_expr(e)),
            Element::Reduced(reduction) => {
                if let Combine::Reducer(reducer) = &reduction.combine {
                    let parts = reducer.identity.iter().chain(&reducer.result);
                    parts.for_each(|e| reads.visit_expr(e));
                }
                let parts = reduction.source.iter().chain(reduction.init.iter().flatten());
                parts.for_each(|e| reads.visit_expr(e));
            }
        }
        reads.0
    }
}

/// The loops and blocks of a definition.
fn expand(ev: &mut Evaluator, def: &Definition, name: Symbol, order: &Order) -> Result<()> {
    let vars: Vec<Var> =
        def.indices.iter().map(|v| Var::new(format!("v_{}", v.name).as_str(), v.dtype)).collect();
    let pairs = def.indices.iter().zip(&vars);
    let map: VarMap = pairs.map(|(old, new)| (old.id, PrimExpr::from(*new))).collect();
    let analyzer = Analyzer::new();
    let renamed = |e: &PrimExpr| substitute(e, &map);
    let simplified = |e: &PrimExpr| analyzer.simplify(&renamed(e));
    let element = match &def.element {
        Element::Plain(values) => Element::Plain(values.iter().map(simplified).collect()),
        Element::Reduced(reduction) => {
            let combine = match &reduction.combine {
                Combine::Reducer(r) => Combine::Reducer(CommReducer {
                    lhs: r.lhs.clone(),
                    rhs: r.rhs.clone(),
                    result: r.result.iter().map(renamed).collect(),
                    identity: r.identity.iter().map(renamed).collect(),
                }),
                Combine::Infix(op) => Combine::Infix(*op),
            };
            Element::Reduced(Reduction {
                combine,
                source: reduction.source.iter().map(simplified).collect(),
                axes: reduction.axes.clone(),
                init: reduction.init.as_ref().map(|init| init.iter().map(renamed).collect()),
            })
        }
    };
    let annotations = annotations(ev, def, order)?;
    let Definition { names, shape, outputs, span, .. } = def;
    Expansion { names, vars, shape, outputs, annotations, span: *span }.emit(ev, &element, name)
}

/// Annotations that say something about a tensor's definition, not about the block.
const DROPPED: [&str; 3] =
    ["const_matrix", "auto_scheduler_simplify_const_tensor_indices", "workload"];

/// The annotations of the block. Parameters whose layout is free are an attribute of the function.
fn annotations(ev: &mut Evaluator, def: &Definition, order: &Order) -> Result<Attrs> {
    let mut attrs = Attrs::new();
    for (key, value) in &def.attrs {
        if DROPPED.contains(&key.as_str()) {
            continue;
        }
        let mut value = convert::attr_value(value, def.span)?;
        if key.as_str() == "layout_free_placeholders" {
            let AttrValue::List(items) = &value else { continue };
            let mut rest = Vec::new();
            for item in items.iter() {
                let AttrValue::Buffer(buffer) = item else { continue };
                match order.params.iter().position(|p| p == buffer) {
                    Some(at) => free_layout(ev, at as i64),
                    None => rest.push(item.clone()),
                }
            }
            if rest.is_empty() {
                continue;
            }
            value = AttrValue::List(rest.into());
        }
        attrs = attrs.with(*key, value);
    }
    Ok(attrs)
}

/// Adds to the function's list of parameters whose layout may be changed.
fn free_layout(ev: &mut Evaluator, param: i64) {
    const KEY: &str = "layout_free_buffers";
    let Some(func) = ev.builder.func_mut() else { return };
    let mut free = vec![param];
    if let Some(AttrValue::List(items)) = func.attrs.get(KEY) {
        free.extend(items.iter().filter_map(|v| match v {
            AttrValue::Int(v) => Some(*v),
            _ => None,
        }));
    }
    free.sort_unstable();
    free.dedup();
    let list = AttrValue::List(free.into_iter().map(AttrValue::Int).collect());
    func.attrs = func.attrs.with(KEY, list);
}
