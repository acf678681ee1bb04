//! Calls of what lies outside the op table: C functions, TVM's runtime, LLVM, and intrinsics of
//! vendors. They are read and printed with all their arguments.

use super::convert::{self, expected, expr};
use super::expr::type_error;
use super::sig::Bound;
use super::table::{Row, row};
use super::values::DialectValue;
use crate::host::{Arg, CallArgs, Evaluator, HostError, Result, Value};
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::Op;
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{CallArg, CallFunc, Callee, PrimExpr, Var};
use tirade_ir::func::AttrValue;
use tirade_ir::make;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

const ANY: &str = "(*args, dtype=None, span=None)";

pub(super) const ROWS: &[Row] = &[
    row("T.call_extern", ANY, |_, a| extern_call(a, false), "Calls a C function."),
    row(
        "T.call_pure_extern",
        ANY,
        |_, a| extern_call(a, true),
        "Calls a C function without effects.",
    ),
    row("T.call_packed", ANY, |_, a| packed(a, "call_packed"), "Calls a function of the runtime."),
    row("T.tvm_call_packed", ANY, |_, a| packed(a, "call_packed"), "Same as `T.call_packed`."),
    row(
        "T.call_cpacked",
        ANY,
        |_, a| packed(a, "call_cpacked"),
        "Calls a packed function by its C name.",
    ),
    row("T.tvm_call_cpacked", ANY, |_, a| packed(a, "call_cpacked"), "Same as `T.call_cpacked`."),
    row(
        "T.call_packed_lowered",
        ANY,
        |_, a| packed(a, "call_packed_lowered"),
        "A packed call whose arguments stand in memory.",
    ),
    row(
        "T.tvm_call_packed_lowered",
        ANY,
        |_, a| packed(a, "call_packed_lowered"),
        "Same as `T.call_packed_lowered`.",
    ),
    row(
        "T.call_cpacked_lowered",
        ANY,
        |_, a| packed(a, "call_cpacked_lowered"),
        "A packed call by C name whose arguments stand in memory.",
    ),
    row(
        "T.tvm_call_cpacked_lowered",
        ANY,
        |_, a| packed(a, "call_cpacked_lowered"),
        "Same as `T.call_cpacked_lowered`.",
    ),
    row("T.call_intrin", ANY, call_intrin, "Calls an op by its name in TVM."),
    row("T.call_tir", "(func, *args)", call_tir, "Calls a function of the module."),
    row(
        "T.Call",
        "(*parts, args=None, ret_ty=None, dtype=None, span=None)",
        call_node,
        "The node of a call.",
    ),
    row("tvm.ir.Op.get", "(name)", op_get, "An op by its name in TVM."),
];

/// Type of the result of an intrinsic.
#[derive(Clone, Copy)]
enum Gives {
    /// Nothing.
    Void,
    /// A status.
    Int32,
    /// A number without a sign.
    UInt32,
    /// A truth value.
    Bool,
    /// A pointer.
    Handle,
    /// What its first argument says, a type.
    First,
    /// What its last argument says, a type.
    Last,
    /// The type of its first argument that is a value.
    Same,
    /// The type of its second argument.
    Second,
}

/// Intrinsics by name.
const INTRINSICS: &[(&str, Gives)] = &[
    ("TVMBackendAllocWorkspace", Gives::Handle),
    ("TVMBackendFreeWorkspace", Gives::Int32),
    ("anylist_getitem", Gives::Handle),
    ("anylist_resetitem", Gives::Int32),
    ("anylist_setitem_call_cpacked", Gives::Int32),
    ("anylist_setitem_call_packed", Gives::Int32),
    ("call_ffi_kernel", Gives::Int32),
    ("call_kernel", Gives::Void),
    ("call_llvm_intrin", Gives::First),
    ("call_llvm_pure_intrin", Gives::First),
    ("cluster_id", Gives::Int32),
    ("cooperative_tensor_fill", Gives::Handle),
    ("cooperative_tensor_load", Gives::Handle),
    ("cooperative_tensor_multiply_accumulate", Gives::Handle),
    ("cooperative_tensor_store", Gives::Handle),
    ("create_barriers", Gives::Handle),
    ("cta_id", Gives::Int32),
    ("cta_id_in_cluster", Gives::Int32),
    ("cta_id_in_pair", Gives::Int32),
    ("device_entry", Gives::Void),
    ("dma_copy", Gives::Int32),
    ("dma_end_group", Gives::Int32),
    ("dma_start_group", Gives::Int32),
    ("dma_wait", Gives::Int32),
    ("dp4a", Gives::First),
    ("end_profile_intrinsic", Gives::Handle),
    ("filter", Gives::Bool),
    ("get_active_lane_mask", Gives::First),
    ("handle_add_byte_offset", Gives::Handle),
    ("hint", Gives::Void),
    ("intrin_test", Gives::Void),
    ("lane_id", Gives::Int32),
    ("llvm_lookup_intrinsic_id", Gives::UInt32),
    ("lookup_param", Gives::Handle),
    ("make_filled_simdgroup_matrix", Gives::Void),
    ("masked_load", Gives::First),
    ("masked_store", Gives::Void),
    ("mma_fill", Gives::First),
    ("mma_fill_legacy", Gives::First),
    ("mma_store", Gives::First),
    ("mma_store_legacy", Gives::First),
    ("print_buffer", Gives::Void),
    ("ptr_byte_offset", Gives::Handle),
    ("scope_id", Gives::Int32),
    ("selector", Gives::Int32),
    ("simdgroup_load", Gives::Void),
    ("simdgroup_multiply_accumulate", Gives::Void),
    ("simdgroup_store", Gives::Void),
    ("start_profile_intrinsic", Gives::Handle),
    ("tensormap_encode_tiled", Gives::Int32),
    ("thread_id", Gives::Int32),
    ("thread_id_in_wg", Gives::Int32),
    ("tvm_access_ptr", Gives::Handle),
    ("tvm_bmma_sync", Gives::Handle),
    ("tvm_context_id", Gives::Handle),
    ("tvm_fill_fragment", Gives::Handle),
    ("tvm_global_barrier_kinit", Gives::Void),
    ("tvm_kernel_replace_point", Gives::Void),
    ("tvm_load_matrix_sync", Gives::Handle),
    ("tvm_mma_sync", Gives::Handle),
    ("tvm_stack_alloca", Gives::Handle),
    ("tvm_stack_make_array", Gives::Handle),
    ("tvm_stack_make_shape", Gives::Handle),
    ("tvm_static_handle", Gives::Handle),
    ("tvm_store_matrix_sync", Gives::Handle),
    ("tvm_struct_get", Gives::Last),
    ("tvm_struct_set", Gives::Int32),
    ("tvm_thread_invariant", Gives::Same),
    ("tvm_throw_last_error", Gives::Handle),
    ("tvm_tuple", Gives::Handle),
    ("tvm_warp_activemask", Gives::UInt32),
    ("tvm_warp_shuffle", Gives::Second),
    ("tvm_warp_shuffle_down", Gives::Second),
    ("tvm_warp_shuffle_up", Gives::Second),
    ("tvm_warp_shuffle_xor", Gives::Second),
    ("vscale", Gives::Int32),
    ("warp_id", Gives::Int32),
    ("warp_id_in_wg", Gives::Int32),
    ("warpgroup_id", Gives::Int32),
];

/// Families of intrinsics below `T`.
const NAMESPACES: &[&str] = &[
    "ptx",
    "ptx_legacy",
    "cuda",
    "nvshmem",
    "metal",
    "nki",
    "webgpu",
    "s_tir",
    "tile",
    "cta",
    "warp",
    "warpgroup",
    "thread",
    "hexagon",
    "rocm",
    "msa",
];

/// Names that begin like this are intrinsics.
const PREFIXES: &[&str] = &["ptx_", "cuda_", "nvshmem_", "nvrtc_", "simdgroup_", "mma_"];

/// The intrinsic, or family of intrinsics, that `T.name` is.
pub(super) fn member(module: &str, name: &str) -> Option<Value> {
    let of_script = matches!(
        module,
        "tvm.script.tir" | "tvm.script.tirx" | "tvm.script.ty" | "tvm.tir" | "tvm.tirx"
    ) || module.ends_with(".op");
    let known = INTRINSICS.binary_search_by_key(&name, |(n, _)| n).is_ok()
        || NAMESPACES.contains(&name)
        || PREFIXES.iter().any(|p| name.starts_with(p));
    (of_script && known).then(|| opaque(name))
}

fn opaque(name: &str) -> Value {
    Value::Dialect(Rc::new(DialectValue::Opaque(Symbol::new(name))))
}

/// A member of a family of intrinsics.
pub(super) fn nested(family: Symbol, name: Symbol) -> Value {
    opaque(&format!("{family}.{name}"))
}

/// An argument of a call as the IR keeps it.
pub(super) fn call_arg(value: &Value, span: Span) -> Result<CallArg> {
    Ok(match value {
        Value::Buffer(buffer) => CallArg::Buffer(buffer.clone()),
        Value::Region(region) => CallArg::Region((**region).clone()),
        Value::DType(dtype) => CallArg::DType(*dtype),
        Value::None | Value::Tuple(_) | Value::List(_) | Value::Dict(_) => {
            CallArg::Attr(convert::attr_value(value, span)?)
        }
        Value::Dialect(d) => match &**d {
            DialectValue::TypeAnnotation(dtype) => CallArg::DType(*dtype),
            DialectValue::MetaVar(value) => return call_arg(value, span),
            DialectValue::Opaque(name) => CallArg::Attr(AttrValue::Opaque(name.as_str().into())),
            _ => return Err(expected("an argument of a call", value, span)),
        },
        other => CallArg::Expr(expr(other, span)?),
    })
}

fn call_args<'a>(args: impl IntoIterator<Item = &'a Arg>) -> Result<Vec<CallArg>> {
    args.into_iter().map(|a| call_arg(&a.value, a.span)).collect()
}

/// A call node.
pub(super) fn call_func(callee: Callee, args: Vec<CallArg>, dtype: DType, span: Span) -> PrimExpr {
    PrimExpr::CallFunc(Arc::new(CallFunc { callee, args: args.into(), dtype, span }))
}

/// The pointer of `buffer.access_ptr`.
pub(super) fn access_ptr(
    dtype: DType,
    data: Var,
    offset: PrimExpr,
    extent: PrimExpr,
    mask: i64,
    span: Span,
) -> PrimExpr {
    let args = vec![
        CallArg::DType(dtype),
        CallArg::Expr(data.into()),
        CallArg::Expr(offset),
        CallArg::Expr(extent),
        CallArg::Expr(convert::int_literal(mask)),
    ];
    let callee = Callee::Opaque(Symbol::new("tvm_access_ptr"));
    call_func(callee, args, DType::HANDLE, span)
}

/// True for `T.vscale()`.
pub(super) fn is_vscale(e: &PrimExpr) -> bool {
    match e {
        PrimExpr::CallFunc(call) => {
            matches!(&call.callee, Callee::Opaque(name) if name.as_str() == "vscale")
        }
        _ => false,
    }
}

/// Splits the type of the result off: it leads, or stands as `dtype=` in older scripts.
fn leading_dtype(args: &Bound) -> Result<(DType, &[Arg])> {
    if let Some(dtype) = args.opt("dtype") {
        return Ok((convert::dtype(dtype)?, &args.rest));
    }
    match args.rest.as_slice() {
        [first, rest @ ..] => Ok((convert::dtype(first)?, rest)),
        [] => {
            let message = format!("`{}` needs the type of its result", args.entry.name);
            Err(HostError::new(Code::MISSING_PARAMETER, args.span, message))
        }
    }
}

fn extern_call(args: &Bound, pure: bool) -> Result<Value> {
    let (dtype, rest) = leading_dtype(args)?;
    let Some((name, rest)) = rest.split_first() else {
        let message = format!("`{}` needs the name of a function", args.entry.name);
        return Err(HostError::new(Code::MISSING_PARAMETER, args.span, message));
    };
    let name = convert::symbol(name)?;
    let callee = Callee::Extern { name, pure };
    Ok(Value::Expr(call_func(callee, call_args(rest)?, dtype, args.span)))
}

fn packed(args: &Bound, name: &str) -> Result<Value> {
    let dtype = convert::opt_dtype(args, "dtype")?.unwrap_or(DType::INT32);
    let callee = Callee::Packed(Symbol::new(name));
    Ok(Value::Expr(call_func(callee, call_args(&args.rest)?, dtype, args.span)))
}

/// `T.call_intrin("float32", "tirx.exp", x)`.
fn call_intrin(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let (dtype, rest) = leading_dtype(args)?;
    let Some((callee, rest)) = rest.split_first() else {
        let message = "`T.call_intrin` needs the name of an op";
        return Err(HostError::new(Code::MISSING_PARAMETER, args.span, message));
    };
    let name =
        op_name(&callee.value).ok_or_else(|| expected("an op", &callee.value, callee.span))?;
    call_named(&name, dtype, rest, args.span)
}

/// The name of an op: a string, or what `tvm.ir.Op.get` gives.
fn op_name(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.to_string()),
        Value::Dialect(d) => match &**d {
            DialectValue::Opaque(name) => Some(name.to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn call_named(name: &str, dtype: DType, args: &[Arg], span: Span) -> Result<Value> {
    let short = name.rsplit('.').next().unwrap_or(name);
    if let Some(op) = Op::from_name(short) {
        let operands = args.iter().map(|a| super::expr::operand(&a.value, a.span));
        let operands = operands.collect::<Result<Vec<_>>>()?;
        let leads = op.info().rule.leads_with_dtype();
        let call = make::call(op, operands, leads.then_some(dtype), span);
        return call.map(Value::Expr).map_err(type_error);
    }
    let mut all = vec![
        CallArg::Expr(PrimExpr::str(&dtype.to_string(), span)),
        CallArg::Expr(PrimExpr::str(name, span)),
    ];
    all.extend(call_args(args)?);
    let callee = Callee::Opaque(Symbol::new("call_intrin"));
    Ok(Value::Expr(call_func(callee, all, dtype, span)))
}

/// `T.Call("float32", tvm.ir.Op.get("tirx.exp"), [x])`, or `T.Call(op, [x], ret_ty="float32")`.
fn call_node(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let mut parts = args.rest.iter();
    let mut next = |what: &str| {
        let message = format!("`T.Call` needs {what}");
        parts.next().ok_or_else(|| HostError::new(Code::MISSING_PARAMETER, args.span, message))
    };
    let dtype = match args.opt("ret_ty").or(args.opt("dtype")) {
        Some(dtype) => convert::dtype(dtype)?,
        None => convert::dtype(next("the type of its result")?)?,
    };
    let callee = next("an op")?;
    let values: Vec<Arg> = match args.opt("args").or(parts.next()) {
        Some(list) => {
            let items = convert::items_or_one(&list.value).into_iter();
            items.map(|value| Arg { value, span: list.span }).collect()
        }
        None => Vec::new(),
    };
    if let Value::GlobalVar(name) = &callee.value {
        let call = call_func(Callee::Global(*name), call_args(&values)?, dtype, args.span);
        return Ok(Value::Expr(call));
    }
    let name =
        op_name(&callee.value).ok_or_else(|| expected("an op", &callee.value, callee.span))?;
    call_named(&name, dtype, &values, args.span)
}

/// `T.call_tir(Module.f, A)`.
fn call_tir(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let func = args.arg("func");
    let passed = CallArgs { positional: args.rest.clone(), ..CallArgs::default() };
    let called = super::hooks::call_value(ev, &func.value, passed, args.span)?;
    called.ok_or_else(|| expected("a function of the module", &func.value, func.span))
}

fn op_get(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    Ok(opaque(convert::text(args.arg("name"))?))
}

/// A call of an intrinsic.
pub(super) fn call_opaque(name: Symbol, args: CallArgs, span: Span) -> Result<Value> {
    let mut all: Vec<Arg> = args.positional.into_vec();
    let mut named = Vec::new();
    let mut result = None;
    for keyword in args.keyword {
        let arg = Arg { value: keyword.value, span: keyword.span };
        match keyword.name.as_str() {
            "span" => {}
            "dtype" => result = Some(convert::dtype(&arg)?),
            _ => named
                .push((keyword.name.as_str().into(), convert::attr_value(&arg.value, arg.span)?)),
        }
    }
    let gives =
        INTRINSICS.binary_search_by_key(&name.as_str(), |(n, _)| n).map(|i| INTRINSICS[i].1);
    let gives = gives.unwrap_or(Gives::First);
    let dtype = match result {
        // Older scripts name the type; it is written first now, or last for struct fields.
        Some(dtype) if matches!(gives, Gives::First | Gives::Last) => {
            let text = Arg { value: Value::str(dtype.to_string()), span };
            let at = if matches!(gives, Gives::First) { 0 } else { all.len() };
            all.insert(at, text);
            dtype
        }
        _ => result_type(gives, &all)?,
    };
    let mut kept = call_args(&all)?;
    if !named.is_empty() {
        kept.push(CallArg::Attr(AttrValue::Dict(named.into())));
    }
    Ok(Value::Expr(call_func(Callee::Opaque(name), kept, dtype, span)))
}

fn result_type(gives: Gives, args: &[Arg]) -> Result<DType> {
    let named = |arg: Option<&Arg>| match arg.map(|a| &a.value) {
        Some(Value::Str(text)) => text.parse().unwrap_or(DType::VOID),
        Some(Value::DType(dtype)) => *dtype,
        _ => DType::VOID,
    };
    let of_value = |arg: Option<&Arg>| match arg {
        Some(arg) => convert::arg_expr(arg).map(|e| e.dtype()),
        None => Ok(DType::VOID),
    };
    Ok(match gives {
        Gives::Void => DType::VOID,
        Gives::Int32 => DType::INT32,
        Gives::UInt32 => DType::UINT32,
        Gives::Bool => DType::BOOL,
        Gives::Handle => DType::HANDLE,
        Gives::First => named(args.first()),
        Gives::Last => named(args.last()),
        Gives::Same => of_value(args.first())?,
        Gives::Second => of_value(args.get(1))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intrinsics_are_sorted() {
        assert!(INTRINSICS.windows(2).all(|w| w[0].0 < w[1].0));
    }
}
