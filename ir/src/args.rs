//! Arguments of a run: arrays, what a function's parameters expect, and how to complete what a
//! user gave.
//!
//! Both executors, the interpreter and compiled code, start from the same [`Arg`]s: [`prepare`]
//! solves symbolic sizes from the arrays given, fills the missing ones from a seed, and
//! [`check`] holds arguments against parameters (`E-ARG`). Nothing here runs a program.

mod fill;
mod layout;
mod role;
mod solve;

use crate::buffer::Buffer;
use crate::diag::{Code, Diagnostic};
use crate::dtype::DType;
use crate::func::{IRModule, Param, ParamKind, PrimFunc};
use crate::scalar::Scalar;
use crate::span::Span;
pub use fill::{Sampling, fill, sampling};
pub use layout::Layout;
pub use role::{Role, roles};
use rustc_hash::FxHashMap;
pub use solve::{Sizes, check, eval_size, size_vars};

/// An array in row-major order, in the machine's byte order.
///
/// Elements of vector types are stored lane after lane; `dtype` is the type of one lane and
/// `shape` then ends in the number of lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Type of an element; a scalar type.
    pub dtype: DType,
    /// Extent of each dimension.
    pub shape: Vec<usize>,
    /// The elements.
    pub bytes: Vec<u8>,
}

impl Tensor {
    /// An array of zeros.
    pub fn zeros(dtype: DType, shape: &[usize]) -> Tensor {
        let dtype = dtype.element();
        let len: usize = shape.iter().product();
        Tensor { dtype, shape: shape.to_vec(), bytes: vec![0; len * dtype.bytes()] }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// True if there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Element `i` in row-major order.
    ///
    /// # Panics
    /// If `i` is out of range or the type is not computable.
    pub fn get(&self, i: usize) -> Scalar {
        let width = self.dtype.bytes();
        let mut raw = [0; 8];
        raw[..width].copy_from_slice(&self.bytes[i * width..][..width]);
        Scalar::from_raw(self.dtype, u64::from_ne_bytes(raw)).expect("a computable type")
    }

    /// Replaces element `i` by a value of the same type.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn set(&mut self, i: usize, value: Scalar) {
        debug_assert_eq!(value.dtype(), self.dtype);
        let width = self.dtype.bytes();
        self.bytes[i * width..][..width].copy_from_slice(&value.bits().to_ne_bytes()[..width]);
    }
}

/// The argument for one parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// A scalar of the parameter's type.
    Scalar(Scalar),
    /// An array behind a buffer parameter or a pointer.
    Tensor {
        /// The array, without gaps even if the buffer has strides.
        tensor: Tensor,
        /// False for outputs, whose elements count as never written.
        initialised: bool,
    },
}

/// What a user says about arguments.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Arrays by the name of a buffer or parameter.
    pub arrays: Vec<(String, Tensor)>,
    /// Values of scalar parameters and symbolic sizes by name, as text.
    pub sets: Vec<(String, String)>,
    /// Determines every array and scalar that is not given.
    pub seed: u64,
    /// Buffers to hand over uninitialised even if the program reads them first.
    pub uninit: Vec<String>,
}

/// One argument a parameter, completed from `request`; the sizes that were found on the way.
///
/// Symbolic sizes that nothing determines are chosen if no arrays are given at all: a program can
/// be tried without any. With arrays, a size that is missing is an error.
///
/// Errors below `TIR0100` are mistakes in the request, `E-ARG` ones are arrays that do not fit.
pub fn prepare(
    module: &IRModule,
    func: &PrimFunc,
    request: &Request,
) -> Result<(Vec<Arg>, Sizes), Vec<Diagnostic>> {
    let mut errors = unknown_names(func, request);
    let given: FxHashMap<usize, &Tensor> = func
        .params
        .iter()
        .enumerate()
        .filter_map(|(i, p)| Some((i, find_array(p, request)?)))
        .collect();
    let mut sizes = Sizes::default();
    for (name, text) in &request.sets {
        match named_size(func, name, text) {
            Ok(Some(values)) => values.into_iter().for_each(|(var, v)| sizes.set(var, v)),
            Ok(None) => {}
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    sizes.solve(func, |i| given.get(&i).map(|t| &t.shape[..]));
    if request.arrays.is_empty() {
        sizes.choose(func);
    }
    let roles = roles(module, func);
    let mut args = Vec::new();
    for (i, param) in func.params.iter().enumerate() {
        let arg = match &param.kind {
            ParamKind::Scalar => scalar_arg(param, given.get(&i).copied(), request, &sizes),
            ParamKind::Pointer(_) | ParamKind::Buffer(_) => {
                let role = roles[i];
                array_arg(func, i, given.get(&i).copied(), role, request, &sizes)
            }
        };
        match arg {
            Ok(arg) => args.push(arg),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let sizes = check(func, &args, sizes).map_err(|e| vec![e])?;
    Ok((args, sizes))
}

/// The names under which arrays for `param` may be given: the buffer's, then the parameter's.
pub fn array_names(param: &Param) -> Vec<&'static str> {
    let mut names: Vec<_> = param.buffer().map(|b| b.name.as_str()).into_iter().collect();
    if !names.contains(&param.var.name.as_str()) {
        names.push(param.var.name.as_str());
    }
    names
}

fn find_array<'r>(param: &Param, request: &'r Request) -> Option<&'r Tensor> {
    array_names(param)
        .iter()
        .find_map(|name| request.arrays.iter().find(|(n, _)| n == name).map(|(_, t)| t))
}

fn unknown_names(func: &PrimFunc, request: &Request) -> Vec<Diagnostic> {
    let arrays: Vec<&str> = func.params.iter().flat_map(array_names).collect();
    let sizes = solve::size_vars(func);
    let is_scalar = |name: &str| {
        func.params
            .iter()
            .any(|p| matches!(p.kind, ParamKind::Scalar) && p.var.name.as_str() == name)
    };
    let mut errors = Vec::new();
    let known = arrays.join("`, `");
    for name in request.arrays.iter().map(|(n, _)| n).chain(&request.uninit) {
        if !arrays.contains(&name.as_str()) {
            let message = format!("`{}` has no parameter or buffer named `{name}`", func.name);
            let error = Diagnostic::error(Code::UNKNOWN_ARGUMENT, func.span, message);
            errors.push(error.with_help(format!("it has `{known}`")));
        }
    }
    for (name, _) in &request.sets {
        if !is_scalar(name) && !sizes.iter().any(|v| v.name.as_str() == name) {
            let message =
                format!("`{}` has no scalar parameter or symbolic size named `{name}`", func.name);
            errors.push(Diagnostic::error(Code::UNKNOWN_ARGUMENT, func.span, message));
        }
    }
    errors
}

/// The variables that `name = text` determines; `None` if the text is for a float parameter.
fn named_size(
    func: &PrimFunc,
    name: &str,
    text: &str,
) -> Result<Option<Vec<(crate::Var, i128)>>, Diagnostic> {
    let params = func.params.iter().filter(|p| matches!(p.kind, ParamKind::Scalar)).map(|p| p.var);
    let vars: Vec<_> =
        params.chain(solve::size_vars(func)).filter(|v| v.name.as_str() == name).collect();
    if vars.iter().any(|v| v.dtype.is_float()) {
        return Ok(None);
    }
    let value = match text {
        "true" | "True" => Some(1),
        "false" | "False" => Some(0),
        _ => text.parse::<i128>().ok(),
    };
    match value.filter(|v| vars.iter().all(|var| var.dtype.holds_int(*v))) {
        Some(value) => Ok(Some(vars.into_iter().map(|v| (v, value)).collect())),
        None => Err(bad_value(func.span, name, text, vars[0].dtype)),
    }
}

fn bad_value(span: Span, name: &str, text: &str, dtype: DType) -> Diagnostic {
    let message = format!("`{text}` is not a value of `{name}`, which is `{dtype}`");
    Diagnostic::error(Code::BAD_ARGUMENT_VALUE, span, message)
}

fn scalar_arg(
    param: &Param,
    array: Option<&Tensor>,
    request: &Request,
    sizes: &Sizes,
) -> Result<Arg, Diagnostic> {
    let dtype = param.var.dtype;
    let name = param.var.name.as_str();
    if let Some((_, text)) = request.sets.iter().find(|(n, _)| n == name && dtype.is_float()) {
        let parsed = text.parse::<f64>().ok().and_then(|v| Scalar::from_f64(dtype, v));
        let value = parsed.ok_or_else(|| bad_value(param.span, name, text, dtype))?;
        return Ok(Arg::Scalar(value.value));
    }
    if let Some(value) = sizes.get(param.var).and_then(|v| Scalar::from_i128(dtype, v)) {
        return Ok(Arg::Scalar(value));
    }
    if let Some(tensor) = array.filter(|t| t.dtype == dtype && t.len() == 1) {
        return Ok(Arg::Scalar(tensor.get(0)));
    }
    let message = format!("the scalar parameter `{name}` (`{dtype}`) has no value");
    let error = Diagnostic::error(Code::MISSING_ARGUMENT, param.span, message);
    Err(error.with_help(format!("give it with `--set {name}=…`")))
}

fn array_arg(
    func: &PrimFunc,
    index: usize,
    given: Option<&Tensor>,
    role: Role,
    request: &Request,
    sizes: &Sizes,
) -> Result<Arg, Diagnostic> {
    let param = &func.params[index];
    let forced = array_names(param).iter().any(|n| request.uninit.iter().any(|u| u == n));
    if let Some(tensor) = given {
        let tensor = accept_bits(tensor.clone(), param);
        return Ok(Arg::Tensor { tensor, initialised: !forced });
    }
    let (dtype, shape) = array_type(func, param, sizes)?;
    let initialised = role.is_read_first() && !forced;
    let tensor = match initialised {
        true => fill(dtype, &shape, sampling(func, index, sizes), request.seed, index),
        false => Tensor::zeros(dtype, &shape),
    };
    Ok(Arg::Tensor { tensor, initialised })
}

/// numpy has no bfloat16: its bits come as `uint16`.
fn accept_bits(mut tensor: Tensor, param: &Param) -> Tensor {
    let wants = param.buffer().map(|b| b.dtype.element());
    if wants == Some(DType::BFLOAT16) && tensor.dtype == DType::UINT16 {
        tensor.dtype = DType::BFLOAT16;
    }
    tensor
}

/// Type and shape of the array for a buffer or pointer parameter.
fn array_type(
    func: &PrimFunc,
    param: &Param,
    sizes: &Sizes,
) -> Result<(DType, Vec<usize>), Diagnostic> {
    let viewed: Option<Buffer> = match param.buffer() {
        Some(buffer) => Some(buffer.clone()),
        None => role::first_view(func, param.var),
    };
    let Some(buffer) = viewed else {
        let message = format!("nothing tells the shape behind the pointer `{}`", param.var.name);
        let error = Diagnostic::error(Code::MISSING_ARGUMENT, param.span, message);
        return Err(
            error.with_help(format!("give an array: `--input {}=FILE.npy`", param.var.name))
        );
    };
    let mut shape = Vec::new();
    for extent in &buffer.shape {
        let value = eval_size(extent, sizes).ok_or_else(|| missing_size(param, extent, sizes))?;
        shape.push(usize::try_from(value).map_err(|_| negative_extent(param, value))?);
    }
    if !buffer.dtype.is_scalar() {
        shape.push(buffer.dtype.lanes() as usize);
    }
    let total = shape.iter().try_fold(buffer.dtype.element().bytes(), |n, d| n.checked_mul(*d));
    match total.filter(|n| *n <= isize::MAX as usize / 4) {
        Some(_) => Ok((buffer.dtype.element(), shape)),
        None => {
            let message = format!("an array for `{}` does not fit into memory", param.var.name);
            Err(Diagnostic::error(Code::ALLOC, param.span, message))
        }
    }
}

fn missing_size(param: &Param, extent: &crate::PrimExpr, sizes: &Sizes) -> Diagnostic {
    let unknown = solve::vars_of(extent).into_iter().find(|v| sizes.get(*v).is_none());
    let name = unknown.map_or("?", |v| v.name.as_str());
    let message = format!("the size `{name}` of `{}` is not determined", param.var.name);
    Diagnostic::error(Code::MISSING_ARGUMENT, param.span, message)
        .with_help(format!("give it with `--set {name}=…`, or give an array whose shape has it"))
}

fn negative_extent(param: &Param, value: i128) -> Diagnostic {
    let message = format!("a dimension of `{}` has the negative extent {value}", param.var.name);
    Diagnostic::error(Code::ARGUMENT, param.span, message)
}
