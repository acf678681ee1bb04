//! Functions: `@T.prim_func` and its arguments, attributes, macros.

use super::convert::{self, expected};
use super::sig::Bound;
use super::state::FuncContext;
use super::stmt::need_func;
use super::table::{Row, row};
use super::values::{Decorator, DialectValue, Jit};
use super::{Dialect, param};
use crate::host::eval::META_CLASS;
use crate::host::limits;
use crate::host::{Arg, Evaluator, Function, FunctionKind, HostError, Mode, Result, Value};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::analysis::complete_func;
use tirade_ir::builder::{Frame, FuncFrame};
use tirade_ir::diag::Code;
use tirade_ir::func::{AttrValue, PrimFunc};
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;
use tirade_schedule::TensorIntrin;

const PRIM_FUNC: &str = "(func=None, private=False, check_well_formed=True, s_tir=None, \
     is_stir=None, persistent=False, capture=None, is_private=False)";

pub(super) const ROWS: &[Row] = &[
    row("T.prim_func", PRIM_FUNC, prim_func, "Makes a function of the program from a definition."),
    row("tvm.script.prim_func", PRIM_FUNC, prim_func, "Same as `T.prim_func`."),
    row("tvm.hybrid.script", PRIM_FUNC, prim_func, "Same as `T.prim_func`, in the hybrid dialect."),
    row(
        "T.macro",
        "(func=None, hygienic=True)",
        macro_,
        "A function whose statements go to its caller.",
    ),
    row("T.inline", "(func=None)", inline, "A macro whose free names are looked up at each call."),
    row(
        "T.meta_class",
        "(cls)",
        meta_class,
        "A class of the script whose attributes may be mutable scalars, that are stored to.",
    ),
    row(
        "T.PrimFunc",
        "(*parts, **more)",
        |_, a| Err(not_made_so(a)),
        "The class of functions, to be asked for by `isinstance`.",
    ),
    row(
        "T.is_buffer_var",
        "(value)",
        |_, a| Ok(Value::Bool(matches!(a.arg("value").value, Value::Buffer(_)))),
        "Whether a parameter is a buffer.",
    ),
    row("T.jit", PRIM_FUNC, jit, "A function with compile-time parameters."),
    row(
        "Jit.specialize",
        "(self, **params)",
        specialize_call,
        "The function for given parameters.",
    ),
    row(
        "PrimFunc.with_attr",
        "(self, key, value=None)",
        with_attr,
        "The function with an attribute.",
    ),
    row("PrimFunc.without_attr", "(self, key)", without_attr, "The function without an attribute."),
    row(
        "T.TensorIntrin.register",
        "(name, desc, impl, override=False)",
        register_intrinsic,
        "Registers a tensor intrinsic: what it computes, and how.",
    ),
    row("T.func_attr", "(attrs)", func_attr, "Attributes of the function."),
    row("T.arg", "(name, obj)", param::arg, "One more parameter of the function."),
    row("T.func_name", "(name)", func_name, "The name of the function."),
    row("T.func_ret", "(ret_type)", func_ret, "The type of the function's result."),
    row("T.target", "(target_config=None, host=None, **options)", target, "A target."),
    row("tvm.target.Target", "(target_config=None, host=None, **options)", target, "A target."),
];

/// Arguments of `T.prim_func`.
#[derive(Clone, Copy, Debug, Default)]
pub struct FuncOptions {
    /// Not visible outside its module.
    pub private: bool,
    /// `s_tir=…`, if written.
    pub s_tir: Option<bool>,
    /// `check_well_formed=False`
    pub unchecked: bool,
    /// A kernel that keeps running.
    pub persistent: bool,
}

fn options(args: &Bound) -> Result<FuncOptions> {
    let flag = |name| args.opt(name).map(convert::flag).transpose();
    let private = flag("private")?.unwrap_or(false) || flag("is_private")?.unwrap_or(false);
    let s_tir = flag("s_tir")?.or(flag("is_stir")?);
    let unchecked = !flag("check_well_formed")?.unwrap_or(true);
    let persistent = flag("persistent")?.unwrap_or(false);
    Ok(FuncOptions { private, s_tir, unchecked, persistent })
}

fn decorator(decorator: Decorator) -> Value {
    Value::Dialect(Rc::new(DialectValue::Decorator(decorator)))
}

fn prim_func(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let options = options(args)?;
    match args.opt("func") {
        Some(func) => decorate(ev, &Decorator::PrimFunc(options), func),
        None => Ok(decorator(Decorator::PrimFunc(options))),
    }
}

fn macro_(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let hygienic = args.opt("hygienic").map_or(Ok(true), convert::flag)?;
    let kind = Decorator::Macro { hygienic };
    args.opt("func").map_or_else(|| Ok(decorator(kind.clone())), |f| decorate(ev, &kind, f))
}

fn inline(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let kind = Decorator::Inline;
    args.opt("func").map_or_else(|| Ok(decorator(kind.clone())), |f| decorate(ev, &kind, f))
}

fn jit(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let kind = Decorator::Jit(options(args)?);
    args.opt("func").map_or_else(|| Ok(decorator(kind.clone())), |f| decorate(ev, &kind, f))
}

fn meta_class(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let class = args.arg("cls");
    match &class.value {
        Value::Class(found) => found.set(Symbol::new(META_CLASS), Value::Bool(true)),
        other => return Err(expected("a class", other, class.span)),
    }
    Ok(class.value.clone())
}

fn not_made_so(args: &Bound) -> HostError {
    let message = format!("`{}` makes no function from its parts", args.entry.name);
    HostError::new(Code::UNSUPPORTED, args.span, message)
        .with_help("write a definition with the decorator `@T.prim_func`")
}

/// A decorator applied to a definition.
pub(super) fn decorate(ev: &mut Evaluator, decorator: &Decorator, target: &Arg) -> Result<Value> {
    let function = match &target.value {
        Value::Function(function) => function.clone(),
        // `@T.prim_func` on what another decorator made already.
        Value::PrimFunc(_) => return Ok(target.value.clone()),
        other => return Err(expected("a function", other, target.span)),
    };
    match decorator {
        Decorator::PrimFunc(options) => {
            define(ev, &function, *options, &[]).map(|f| Value::PrimFunc(Arc::new(f)))
        }
        Decorator::Macro { hygienic: true } => {
            let frozen = ev.snapshot(&function);
            let kind = FunctionKind::Macro { hygienic: true };
            Ok(Value::Function(Rc::new(frozen.with_kind(kind))))
        }
        Decorator::Macro { hygienic: false } => {
            let kind = FunctionKind::Macro { hygienic: false };
            Ok(Value::Function(Rc::new(function.with_kind(kind))))
        }
        Decorator::Inline => Ok(Value::Function(Rc::new(function.with_kind(FunctionKind::Inline)))),
        Decorator::Jit(options) => {
            let jit = Jit { function, options: *options, made: RefCell::default() };
            Ok(Value::Dialect(Rc::new(DialectValue::Jit(jit))))
        }
        Decorator::Relax => Err(super::module::refuse_relax(target)),
        Decorator::IRModule { .. } => Err(expected("a class", &target.value, target.span)),
    }
}

/// `kernel.specialize(N=4)`: the function with its compile-time parameters given. The same values
/// give the same function.
fn specialize_call(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let kernel = args.arg("self");
    let not_jit = || expected("a function of `T.jit`", &kernel.value, kernel.span);
    let Value::Dialect(d) = &kernel.value else { return Err(not_jit()) };
    let DialectValue::Jit(jit) = &**d else { return Err(not_jit()) };
    let function = &jit.function;
    for given in &args.keywords {
        if !function.params().iter().any(|p| p.name.name == given.name) {
            let message = format!("`{}` has no parameter `{}`", function.name, given.name);
            return Err(HostError::new(Code::UNKNOWN_KEYWORD, given.span, message));
        }
    }
    let mut given: Vec<(Symbol, Value)> =
        args.keywords.iter().map(|k| (k.name, k.value.clone())).collect();
    given.sort_by_key(|(name, _)| name.as_str());
    for (known, func) in jit.made.borrow().iter() {
        let same = |((a, x), (b, y)): (&(Symbol, Value), &(Symbol, Value))| {
            a == b && (x.is_same(y) && !matches!(x, Value::List(_) | Value::Dict(_)))
        };
        if known.len() == given.len() && known.iter().zip(&given).all(same) {
            return Ok(Value::PrimFunc(func.clone()));
        }
    }
    let func = Arc::new(define(ev, function, jit.options, &given)?);
    jit.made.borrow_mut().push((given, func.clone()));
    Ok(Value::PrimFunc(func))
}

fn receiver(args: &Bound) -> Result<PrimFunc> {
    match &args.arg("self").value {
        Value::PrimFunc(func) => Ok(PrimFunc::clone(func)),
        other => Err(expected("a prim_func", other, args.span)),
    }
}

/// `f.with_attr("key", value)`, `f.with_attr({"key": value})`; `global_symbol` is the name.
fn with_attr(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let mut func = receiver(args)?;
    let key = args.arg("key");
    let entries = match args.opt("value") {
        Some(value) => vec![(convert::symbol(key)?, value.value.clone())],
        None => convert::dict(key)?,
    };
    for (key, value) in entries {
        let key = modern_key(key.as_str());
        if key.as_str() == "global_symbol" {
            func.name = convert::symbol(&Arg { value, span: args.span })?;
            func.private = false;
        } else {
            func.attrs = func.attrs.with(key, convert::attr_value(&value, args.span)?);
        }
    }
    Ok(Value::PrimFunc(Arc::new(func)))
}

fn register_intrinsic(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let func = |name: &str| match args.arg(name) {
        Arg { value: Value::PrimFunc(func), .. } => Ok(func.clone()),
        other => Err(expected("a prim_func", &other.value, other.span)),
    };
    let name = convert::symbol(args.arg("name"))?;
    let (description, implementation) = (func("desc")?, func("impl")?);
    ev.dialect.intrinsics.insert(name, TensorIntrin { name, description, implementation });
    Ok(Value::None)
}

fn without_attr(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let mut func = receiver(args)?;
    let key = modern_key(convert::text(args.arg("key"))?);
    func.attrs = func.attrs.without(key.as_str());
    Ok(Value::PrimFunc(Arc::new(func)))
}

/// The dialect of a function's body.
fn dialect_of(ev: &Evaluator, options: FuncOptions) -> (Dialect, bool) {
    let module_s_tir = ev.dialect.modules.last().is_some_and(|m| m.s_tir);
    match (options.s_tir, ev.dialect.file) {
        (Some(true), _) => (Dialect::Modern, true),
        (None, Dialect::Modern) if module_s_tir => (Dialect::Modern, true),
        (_, Dialect::Modern) => (Dialect::Modern, false),
        (_, older) => (older, true),
    }
}

/// Errors that were reported so far.
fn error_count(ev: &Evaluator) -> usize {
    ev.diagnostics.iter().filter(|d| d.is_error()).count()
}

/// Evaluates a definition as a function of the program.
pub(super) fn define(
    ev: &mut Evaluator,
    function: &Rc<Function>,
    options: FuncOptions,
    given: &[(Symbol, Value)],
) -> Result<PrimFunc> {
    let Some(def) = function.def().cloned() else {
        let message = "a lambda cannot be a prim_func";
        return Err(HostError::new(Code::ARGUMENT_TYPE, function.span(), message));
    };
    ev.budget.step(limits::FUNC_STEPS)?;
    let (dialect, s_tir) = dialect_of(ev, options);
    let mark = ev.builder.mark();
    ev.dialect.funcs.push(FuncContext::new(dialect));
    let mut frame = FuncFrame::new(def.name.name, def.name.span);
    frame.private = options.private;
    frame.s_tir = s_tir;
    let unchecked_module = ev.dialect.modules.last().is_some_and(|m| m.unchecked);
    frame.check_well_formed = !options.unchecked && !unchecked_module;
    let errors = error_count(ev);
    let built = ev.enter_function(function, Mode::Script, def.name.name, def.name.span, |ev| {
        // A function inside another one is a function of its own: depth starts anew.
        ev.builder.enter(Frame::Func(frame)).map_err(|_| super::stmt::too_deep(def.header))?;
        param::define_params(ev, &def, given)?;
        ev.exec_script_body(&def.body)
    });
    let context = ev.dialect.end_func();
    if let Err(error) = built {
        ev.builder.unwind(mark);
        return Err(error);
    }
    if error_count(ev) != errors {
        ev.builder.unwind(mark);
        return Err(HostError::poisoned());
    }
    let built = ev.builder.exit_func();
    let (mut func, problems) = complete_func(built.func, built.root_alloc_buffers);
    if let Some(first) = problems.into_iter().next() {
        return Err(HostError::diagnostic(first));
    }
    if let Some(context) = context {
        if let Some(ret) = context.inferred_ret
            && func.ret_dtype.is_void()
        {
            func.ret_dtype = ret;
        }
        name_function(ev, &mut func, context.name_set);
    }
    Ok(func)
}

/// `global_symbol` is the name of a function outside of module classes; in a class it stays an
/// attribute where it differs from the name in the class.
fn name_function(ev: &Evaluator, func: &mut PrimFunc, symbol: Option<Symbol>) {
    let Some(symbol) = symbol.filter(|s| *s != func.name) else { return };
    if ev.dialect.modules.is_empty() {
        func.name = symbol;
    } else {
        let value = AttrValue::Str(symbol.as_str().into());
        func.attrs = func.attrs.with("global_symbol", value);
    }
}

/// Attribute keys as the modern dialect writes them.
pub(super) fn modern_key(key: &str) -> Symbol {
    match key.strip_prefix("tir.").or_else(|| key.strip_prefix("T.")) {
        Some(rest) => Symbol::new(&format!("tirx.{rest}")),
        None => Symbol::new(key),
    }
}

fn func_attr(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let arg = args.arg("attrs");
    for (key, value) in convert::dict(arg)? {
        let key = modern_key(key.as_str());
        if key.as_str() == "global_symbol" {
            set_name(ev, &value, arg.span)?;
            continue;
        }
        let value = convert::attr_value(&value, arg.span)?;
        let Some(func) = ev.builder.func_mut() else { continue };
        if func.attrs.get(key.as_str()).is_some() {
            let message = format!("this function has the attribute `{key}` twice");
            return Err(HostError::new(Code::DUPLICATE_DECLARATION, arg.span, message));
        }
        func.attrs = func.attrs.with(key, value);
    }
    Ok(Value::None)
}

fn set_name(ev: &mut Evaluator, value: &Value, span: Span) -> Result<()> {
    let name = convert::symbol(&Arg { value: value.clone(), span })?;
    if ev.builder.func().is_some_and(|f| f.private) {
        let message = "a private function has no global symbol";
        return Err(HostError::new(Code::DUPLICATE_DECLARATION, span, message));
    }
    if let Some(func) = ev.dialect.funcs.last_mut() {
        func.name_set = Some(name);
    }
    Ok(())
}

fn func_name(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let name = convert::symbol(args.arg("name"))?;
    if let Some(func) = ev.builder.func_mut() {
        func.name = name;
    }
    Ok(Value::None)
}

fn func_ret(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let dtype = convert::dtype(args.arg("ret_type"))?;
    param::set_result(ev, dtype);
    Ok(Value::None)
}

/// `T.target("llvm")`, `T.target({"kind": "llvm"}, host="llvm")`.
fn target(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let value = |arg: &Arg| convert::attr_value(&arg.value, arg.span);
    let config = args.opt("target_config").map(value).transpose()?.unwrap_or(AttrValue::None);
    let host = args.opt("host").map(value).transpose()?;
    let config = match host {
        None => config,
        Some(host) => AttrValue::List(Arc::from([config, host])),
    };
    Ok(Value::Dialect(Rc::new(DialectValue::Target(config))))
}
