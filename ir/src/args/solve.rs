//! Symbolic sizes: their values follow from the shapes of arguments.

use super::{Arg, Layout, Tensor};
use crate::buffer::Buffer;
use crate::diag::{Code, Diagnostic};
use crate::dtype::DType;
use crate::expr::{BinOp, PrimExpr, Var, VarId};
use crate::func::{Param, ParamKind, PrimFunc};
use rustc_hash::FxHashMap;

/// Values of scalar parameters and of the variables in shapes, strides and offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes(FxHashMap<VarId, i128>);

impl Sizes {
    /// The value of `var`, if it is known.
    pub fn get(&self, var: Var) -> Option<i128> {
        self.0.get(&var.id).copied()
    }

    /// Gives `var` a value.
    pub fn set(&mut self, var: Var, value: i128) {
        self.0.insert(var.id, value);
    }

    /// Finds what follows from the shapes of the arguments that are known, by index of parameter.
    pub fn solve<'a>(&mut self, func: &PrimFunc, shape: impl Fn(usize) -> Option<&'a [usize]>) {
        loop {
            let before = self.0.len();
            for (i, param) in func.params.iter().enumerate() {
                let (Some(buffer), Some(shape)) = (param.buffer(), shape(i)) else { continue };
                for (extent, actual) in buffer.shape.iter().zip(shape) {
                    self.learn(extent, *actual as i128);
                }
            }
            if self.0.len() == before {
                return;
            }
        }
    }

    /// Gives every size that is not known yet a small value of its own: 16, 24, 32, …
    ///
    /// Scalar parameters are left alone: they have values by other means.
    pub fn choose(&mut self, func: &PrimFunc) {
        let scalars: Vec<VarId> = func.params.iter().map(|p| p.var.id).collect();
        let shapes = func.buffers().flat_map(|b| b.shape.iter());
        let mut next = 16;
        for var in shapes.flat_map(vars_of) {
            if self.get(var).is_none() && !scalars.contains(&var.id) {
                self.set(var, next);
                next += 8;
            }
        }
    }

    /// If `extent` has one unknown and is linear in it, the value that makes it `actual`.
    fn learn(&mut self, extent: &PrimExpr, actual: i128) {
        let Some(Linear { unknown: Some(var), factor, rest }) = Linear::of(extent, self) else {
            return;
        };
        let Some(distance) = actual.checked_sub(rest) else { return };
        if factor != 0 && distance % factor == 0 {
            self.set(var, distance / factor);
        }
    }

    /// Strides and offset that no argument determines are those of a compact array.
    fn assume_compact(&mut self, buffer: &Buffer) {
        if let Some(var) = buffer.elem_offset.as_ref().and_then(PrimExpr::as_var) {
            self.0.entry(var.id).or_insert(0);
        }
        let mut compact = 1i128;
        for (extent, stride) in buffer.shape.iter().zip(&buffer.strides).rev() {
            if self.unknown_in(stride) {
                self.learn(stride, compact);
            }
            let extent = eval_size(extent, self).unwrap_or(0).max(0);
            compact = match eval_size(stride, self) {
                Some(stride) => stride.saturating_mul(extent),
                None => compact.saturating_mul(extent),
            };
        }
    }

    fn unknown_in(&self, expr: &PrimExpr) -> bool {
        vars_of(expr).iter().any(|v| self.get(*v).is_none())
    }
}

/// `factor * unknown + rest`, with every other variable replaced by its value.
struct Linear {
    unknown: Option<Var>,
    factor: i128,
    rest: i128,
}

impl Linear {
    fn of(expr: &PrimExpr, sizes: &Sizes) -> Option<Linear> {
        if let Some(rest) = eval_size(expr, sizes) {
            return Some(Linear { unknown: None, factor: 0, rest });
        }
        match expr {
            PrimExpr::Var(var) => Some(Linear { unknown: Some(*var), factor: 1, rest: 0 }),
            PrimExpr::Cast(cast) => Linear::of(&cast.value, sizes),
            PrimExpr::Binary(b) => {
                let (x, y) = (Linear::of(&b.lhs, sizes)?, Linear::of(&b.rhs, sizes)?);
                if x.unknown.is_some() && y.unknown.is_some() && x.unknown != y.unknown {
                    return None;
                }
                let unknown = x.unknown.or(y.unknown);
                let (factor, rest) = match b.op {
                    BinOp::Add => (x.factor.checked_add(y.factor)?, x.rest.checked_add(y.rest)?),
                    BinOp::Sub => (x.factor.checked_sub(y.factor)?, x.rest.checked_sub(y.rest)?),
                    BinOp::Mul if x.unknown.is_none() => {
                        (x.rest.checked_mul(y.factor)?, x.rest.checked_mul(y.rest)?)
                    }
                    BinOp::Mul if y.unknown.is_none() => {
                        (x.factor.checked_mul(y.rest)?, x.rest.checked_mul(y.rest)?)
                    }
                    _ => return None,
                };
                Some(Linear { unknown, factor, rest })
            }
            _ => None,
        }
    }
}

/// The value of an integer expression over known sizes; `None` if it has an unknown, or uses
/// something other than integer arithmetic.
pub fn eval_size(expr: &PrimExpr, sizes: &Sizes) -> Option<i128> {
    match expr {
        PrimExpr::Int { .. } => expr.as_int(),
        PrimExpr::Var(var) => sizes.get(*var),
        PrimExpr::Cast(cast) if cast.dtype.is_integer() => eval_size(&cast.value, sizes),
        PrimExpr::Binary(b) => {
            let (x, y) = (eval_size(&b.lhs, sizes)?, eval_size(&b.rhs, sizes)?);
            eval_binary(b.op, x, y)
        }
        PrimExpr::Not(not) => Some((eval_size(&not.value, sizes)? == 0) as i128),
        PrimExpr::Select(s) => match eval_size(&s.condition, sizes)? {
            0 => eval_size(&s.false_value, sizes),
            _ => eval_size(&s.true_value, sizes),
        },
        PrimExpr::Let(l) => {
            let mut inner = sizes.clone();
            inner.set(l.var, eval_size(&l.value, sizes)?);
            eval_size(&l.body, &inner)
        }
        PrimExpr::Float { .. }
        | PrimExpr::Str(_)
        | PrimExpr::Cast(_)
        | PrimExpr::Load(_)
        | PrimExpr::Ramp(_)
        | PrimExpr::Broadcast(_)
        | PrimExpr::Shuffle(_)
        | PrimExpr::Call(_)
        | PrimExpr::CallFunc(_) => None,
    }
}

fn eval_binary(op: BinOp, x: i128, y: i128) -> Option<i128> {
    match op {
        BinOp::Add => x.checked_add(y),
        BinOp::Sub => x.checked_sub(y),
        BinOp::Mul => x.checked_mul(y),
        BinOp::Div => x.checked_div(y),
        BinOp::Mod => x.checked_rem(y),
        BinOp::FloorDiv => {
            let q = x.checked_div(y)?;
            Some(if x % y != 0 && (x < 0) != (y < 0) { q - 1 } else { q })
        }
        BinOp::FloorMod => {
            let r = x.checked_rem(y)?;
            Some(if r != 0 && (r < 0) != (y < 0) { r + y } else { r })
        }
        BinOp::Min => Some(x.min(y)),
        BinOp::Max => Some(x.max(y)),
        BinOp::Eq => Some((x == y) as i128),
        BinOp::Ne => Some((x != y) as i128),
        BinOp::Lt => Some((x < y) as i128),
        BinOp::Le => Some((x <= y) as i128),
        BinOp::Gt => Some((x > y) as i128),
        BinOp::Ge => Some((x >= y) as i128),
        BinOp::And => Some((x != 0 && y != 0) as i128),
        BinOp::Or => Some((x != 0 || y != 0) as i128),
    }
}

/// The variables of an integer expression, in the order they occur.
pub(super) fn vars_of(expr: &PrimExpr) -> Vec<Var> {
    let mut vars = Vec::new();
    collect_vars(expr, &mut vars);
    vars
}

fn collect_vars(expr: &PrimExpr, vars: &mut Vec<Var>) {
    match expr {
        PrimExpr::Var(var) if !vars.contains(var) => vars.push(*var),
        PrimExpr::Cast(cast) => collect_vars(&cast.value, vars),
        PrimExpr::Not(not) => collect_vars(&not.value, vars),
        PrimExpr::Binary(b) => {
            collect_vars(&b.lhs, vars);
            collect_vars(&b.rhs, vars);
        }
        PrimExpr::Select(s) => {
            collect_vars(&s.condition, vars);
            collect_vars(&s.true_value, vars);
            collect_vars(&s.false_value, vars);
        }
        PrimExpr::Call(call) => call.args.iter().for_each(|a| collect_vars(a, vars)),
        _ => {}
    }
}

/// The variables in shapes, strides and offsets of buffer parameters.
pub fn size_vars(func: &PrimFunc) -> Vec<Var> {
    let mut vars = Vec::new();
    for buffer in func.buffers() {
        buffer.shape.iter().chain(&buffer.strides).for_each(|e| collect_vars(e, &mut vars));
        buffer.elem_offset.iter().for_each(|e| collect_vars(e, &mut vars));
    }
    vars
}

/// Holds arguments against the parameters of `func`: number, types, ranks and extents, and the
/// equality of all occurrences of a symbolic size. Gives the value of every size.
///
/// `known` are sizes that were given by name; an argument that contradicts them is an error.
pub fn check(func: &PrimFunc, args: &[Arg], known: Sizes) -> Result<Sizes, Diagnostic> {
    if args.len() != func.params.len() {
        let (want, got) = (func.params.len(), args.len());
        let message = format!("`{}` takes {want} arguments, {got} were given", func.name);
        return Err(Diagnostic::error(Code::ARGUMENT, func.span, message));
    }
    let mut sizes = known;
    for (param, arg) in func.params.iter().zip(args) {
        check_kind(param, arg)?;
        if let Arg::Scalar(value) = arg
            && let Some(value) = value.to_i128()
        {
            sizes.set(param.var, value);
        }
    }
    let shape = |i: usize| match &args[i] {
        Arg::Tensor { tensor, .. } => Some(&tensor.shape[..]),
        Arg::Scalar(_) => None,
    };
    sizes.solve(func, shape);
    for (param, arg) in func.params.iter().zip(args) {
        if let (Some(buffer), Arg::Tensor { tensor, .. }) = (param.buffer(), arg) {
            check_shape(param, buffer, tensor, &sizes)?;
            sizes.assume_compact(buffer);
            Layout::of(param, buffer, &sizes)?;
        }
    }
    Ok(sizes)
}

fn mismatch(param: &Param, message: String) -> Diagnostic {
    let span = param.span.or(param.buffer().map_or(param.span, |b| b.span));
    Diagnostic::error(Code::ARGUMENT, span, message)
}

fn check_kind(param: &Param, arg: &Arg) -> Result<(), Diagnostic> {
    let name = param.var.name;
    match (&param.kind, arg) {
        (ParamKind::Scalar, Arg::Scalar(value)) if value.dtype() == param.var.dtype => Ok(()),
        (ParamKind::Scalar, Arg::Scalar(value)) => {
            let (want, got) = (param.var.dtype, value.dtype());
            Err(mismatch(param, format!("`{name}` is `{want}`, the argument is `{got}`")))
        }
        (ParamKind::Scalar, Arg::Tensor { .. }) => {
            Err(mismatch(param, format!("`{name}` is a scalar, the argument is an array")))
        }
        (ParamKind::Pointer(_) | ParamKind::Buffer(_), Arg::Scalar(_)) => {
            Err(mismatch(param, format!("`{name}` is an array, the argument is a scalar")))
        }
        (ParamKind::Pointer(_), Arg::Tensor { .. }) => Ok(()),
        (ParamKind::Buffer(buffer), Arg::Tensor { tensor, .. }) => {
            let want: DType = buffer.dtype.element();
            if tensor.dtype == want {
                return Ok(());
            }
            let got = tensor.dtype;
            Err(mismatch(param, format!("`{}` holds `{want}`, the array `{got}`", buffer.name)))
        }
    }
}

fn check_shape(
    param: &Param,
    buffer: &Buffer,
    tensor: &Tensor,
    sizes: &Sizes,
) -> Result<(), Diagnostic> {
    let lanes = (!buffer.dtype.is_scalar()).then_some(buffer.dtype.lanes() as usize);
    let rank = buffer.rank() + lanes.is_some() as usize;
    if tensor.shape.len() != rank {
        let (name, got) = (buffer.name, tensor.shape.len());
        return Err(mismatch(param, format!("`{name}` has {rank} dimensions, the array {got}")));
    }
    if let (Some(lanes), Some(&got)) = (lanes, tensor.shape.last())
        && lanes != got
    {
        let name = buffer.name;
        return Err(mismatch(param, format!("`{name}` has {lanes} lanes, the array {got}")));
    }
    for (d, (extent, &got)) in buffer.shape.iter().zip(&tensor.shape).enumerate() {
        match eval_size(extent, sizes) {
            Some(want) if want == got as i128 => {}
            Some(want) => {
                let name = buffer.name;
                let message =
                    format!("dimension {d} of `{name}` has extent {want}, the array has {got}");
                return Err(mismatch(param, message).with_note(known_sizes(extent, sizes)));
            }
            None => {
                let message = format!(
                    "no value of the sizes in dimension {d} of `{}` makes it the array's {got}",
                    buffer.name
                );
                return Err(mismatch(param, message));
            }
        }
    }
    Ok(())
}

/// `n = 5, m = 7`, or that the extent is fixed.
fn known_sizes(extent: &PrimExpr, sizes: &Sizes) -> String {
    let vars = vars_of(extent);
    if vars.is_empty() {
        return "the extent is a constant of the program".into();
    }
    let values = vars.iter().filter_map(|v| Some(format!("`{}` is {}", v.name, sizes.get(*v)?)));
    values.collect::<Vec<_>>().join(", ")
}
