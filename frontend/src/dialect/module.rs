//! Modules: `@I.ir_module` classes, module attributes, calls between functions.

use super::convert::{self, expected};
use super::sig::Bound;
use super::state::ModuleContext;
use super::suggest::did_you_mean;
use super::table::{Row, row};
use super::values::{Decorator, DialectValue};
use super::{Dialect, func, param, vendor};
use crate::ast::{ClassDef, Expr, ExprKind, FunctionDef, Stmt, StmtKind};
use crate::host::{Arg, CallArgs, Evaluator, HostError, Result, Value};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{CallArg, Callee, PrimExpr};
use tirade_ir::func::{AttrValue, Attrs, IRModule, PrimFunc};
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

const IR_MODULE: &str = "(mod=None, check_well_formed=True, s_tir=False)";

pub(super) const ROWS: &[Row] = &[
    row("I.ir_module", IR_MODULE, ir_module, "Makes a module of the functions of a class."),
    row("tvm.script.ir_module", IR_MODULE, ir_module, "Same as `I.ir_module`."),
    row("T.ir_module", IR_MODULE, ir_module, "Same as `I.ir_module`."),
    row(
        "I.module_attrs",
        "(attrs, allow_overwrite=False)",
        module_attrs,
        "Attributes of the module.",
    ),
    row("I.module_attr", "(key, value)", module_attr, "One attribute of the module."),
    row("I.module_get_attrs", "()", get_attrs, "Attributes of the module."),
    row("I.module_global_infos", "(infos)", global_infos, "Global infos of the module."),
    row("I.dummy_global_info", "()", info, "A global info without contents."),
    row(
        "I.vdevice",
        "(target=None, vdevice_id=0, memory_scope='global')",
        info,
        "A virtual device.",
    ),
    row("I.device_mesh", "(shape, device_ids)", info, "A mesh of devices."),
    row(
        "tvm.IRModule",
        "(functions=None, attrs=None)",
        new_module,
        "A module of functions by name.",
    ),
    row("tvm.ir.IRModule", "(functions=None, attrs=None)", new_module, "Same as `tvm.IRModule`."),
    row("tvm.IRModule.from_expr", "(func)", module_of, "A module of one function."),
    row("tvm.ir.IRModule.from_expr", "(func)", module_of, "A module of one function."),
    row(
        "IRModule.update",
        "(self, other)",
        update,
        "Adds functions, or replaces those of their names.",
    ),
    row("IRModule.get_global_vars", "(self)", global_vars, "The functions, by their names."),
    row("IRModule.get_global_var", "(self, name)", global_var, "The function of a name."),
    row("IRModule.with_attr", "(self, key, value)", with_attr, "The module with an attribute."),
    row(
        "R.function",
        "(func=None, **options)",
        relax_function,
        "A Relax function, which is refused.",
    ),
    row("R.macro", "(func=None, **options)", relax_function, "A Relax macro, which is refused."),
    row(
        "R.rewriter",
        "(func=None, **options)",
        relax_function,
        "A Relax rewriter, which is refused.",
    ),
];

fn ir_module(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let s_tir = args.opt("s_tir").map_or(Ok(false), convert::flag)?;
    let unchecked = !args.opt("check_well_formed").map_or(Ok(true), convert::flag)?;
    match args.opt("mod") {
        Some(Arg { value: module @ Value::IRModule(_), .. }) => Ok(module.clone()),
        Some(other) => Err(expected("a class", &other.value, other.span)),
        None => {
            let decorator = Decorator::IRModule { s_tir, unchecked };
            Ok(Value::Dialect(Rc::new(DialectValue::Decorator(decorator))))
        }
    }
}

/// Whether a decorator makes a class a module, whether of the TensorIR dialect, and whether of
/// functions that need not be well-formed.
fn module_decorator(value: &Value) -> Option<(bool, bool)> {
    match value {
        Value::Entry(entry)
            if matches!(entry.name, "I.ir_module" | "tvm.script.ir_module" | "T.ir_module") =>
        {
            Some((false, false))
        }
        // The first dialects wrote `@tvm.script.tir` and `@tvm.hybrid.script` on classes, too.
        Value::Entry(entry) if entry.name == "tvm.hybrid.script" => Some((true, false)),
        Value::Module(path) if path.as_str() == "tvm.script.tir" => Some((true, false)),
        Value::Dialect(d) => match &**d {
            DialectValue::Decorator(Decorator::IRModule { s_tir, unchecked }) => {
                Some((*s_tir, *unchecked))
            }
            _ => None,
        },
        _ => None,
    }
}

/// A class with decorators: a module if one of them makes it one.
pub(super) fn define_class(
    ev: &mut Evaluator,
    class: &Arc<ClassDef>,
    decorators: &[Value],
) -> Result<Option<Value>> {
    let Some(options) = decorators.iter().find_map(module_decorator) else { return Ok(None) };
    let module = build(ev, class, options)?;
    Ok(Some(Value::IRModule(Rc::new(RefCell::new(module)))))
}

/// Evaluates the body of a module class. An error in one function leaves the others alone.
fn build(
    ev: &mut Evaluator,
    class: &Arc<ClassDef>,
    (s_tir, unchecked): (bool, bool),
) -> Result<IRModule> {
    let name = class.name.name;
    let hybrid = ev.dialect.file == Dialect::Hybrid;
    let declared: Vec<&FunctionDef> = functions_of(class, hybrid).collect();
    ev.dialect.modules.push(ModuleContext {
        name,
        functions: FxHashMap::default(),
        s_tir,
        unchecked,
        attrs: Attrs::new(),
        global_infos: Attrs::new(),
    });
    let mut module = IRModule::new();
    module.name = Some(name);
    let result = ev.class_scope(class, |ev| {
        declare(ev, name, &declared);
        for stmt in &class.body {
            if stmt.as_docstring().is_none() {
                statement(ev, stmt, hybrid, &mut module)?;
            }
        }
        Ok(())
    });
    let context = ev.dialect.modules.pop();
    result?;
    if let Some(context) = context {
        module.attrs = context.attrs;
        module.global_infos = context.global_infos;
    }
    Ok(module)
}

/// Definitions of the class that become functions of the module.
fn functions_of(class: &ClassDef, hybrid: bool) -> impl Iterator<Item = &FunctionDef> {
    class.body.iter().filter_map(move |stmt| match &stmt.kind {
        StmtKind::FunctionDef(def) if def.decorators.is_empty() && hybrid => Some(&**def),
        StmtKind::FunctionDef(def) if def.decorators.iter().any(is_prim_func) => Some(&**def),
        _ => None,
    })
}

/// True for `@T.prim_func` and `@T.prim_func(…)` by their look.
fn is_prim_func(decorator: &Expr) -> bool {
    match &decorator.kind {
        ExprKind::Call(call) => is_prim_func(&call.func),
        ExprKind::Attribute(a) => a.attr.name.as_str() == "prim_func",
        ExprKind::Name(name) => name.as_str() == "prim_func",
        _ => false,
    }
}

/// Makes the functions known before any of them is defined: they may call each other.
fn declare(ev: &mut Evaluator, name: Symbol, functions: &[&FunctionDef]) {
    let this = Value::Dialect(Rc::new(DialectValue::ModuleRef(name)));
    ev.bind(name, this.clone());
    ev.bind(Symbol::new("cls"), this);
    for def in functions {
        let mut result = DType::VOID;
        if let Some(returns) = &def.returns
            && let Ok(value) = ev.eval_expr(returns)
            && let Ok(Some(dtype)) = param::result_type(ev, value, returns.span)
        {
            result = dtype;
        }
        if let Some(module) = ev.dialect.modules.last_mut() {
            module.functions.insert(def.name.name, result);
        }
        ev.bind(def.name.name, Value::GlobalVar(def.name.name));
    }
}

/// One statement of a module class.
fn statement(ev: &mut Evaluator, stmt: &Stmt, hybrid: bool, module: &mut IRModule) -> Result<()> {
    if let Err(error) = ev.exec_block(std::slice::from_ref(stmt)) {
        return keep_going(ev, error);
    }
    let StmtKind::FunctionDef(def) = &stmt.kind else { return Ok(()) };
    let name = def.name.name;
    let func = match ev.local(name) {
        Some(Value::PrimFunc(func)) => func,
        Some(Value::Function(function)) if hybrid && def.decorators.is_empty() => {
            match func::define(ev, &function, Default::default(), &[]) {
                Ok(func) => Arc::new(func),
                Err(error) => return keep_going(ev, error),
            }
        }
        _ => return Ok(()),
    };
    let func = in_module(&func, name);
    ev.bind(name, Value::GlobalVar(name));
    if module.insert(func).is_some() {
        let message = format!("the module has two functions named `{name}`");
        let error = HostError::new(Code::DUPLICATE_DECLARATION, def.name.span, message);
        return keep_going(ev, error);
    }
    Ok(())
}

/// The function under another name.
pub(super) fn in_module(func: &Arc<PrimFunc>, name: Symbol) -> Arc<PrimFunc> {
    match func.name == name {
        true => func.clone(),
        false => Arc::new(PrimFunc { name, ..PrimFunc::clone(func) }),
    }
}

/// Reports an error and goes on with the next statement, unless nothing can go on.
fn keep_going(ev: &mut Evaluator, error: HostError) -> Result<()> {
    if error.is_limit() {
        return Err(error);
    }
    ev.report(error);
    Ok(())
}

fn context<'a>(ev: &'a mut Evaluator, args: &Bound) -> Result<&'a mut ModuleContext> {
    ev.dialect.modules.last_mut().ok_or_else(|| {
        let message = format!("`{}` stands outside of a module class", args.entry.name);
        HostError::new(Code::OUTSIDE_FUNCTION, args.span, message)
    })
}

fn module_attrs(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let attrs = convert::annotations(Some(args.arg("attrs")))?;
    let module = context(ev, args)?;
    module.attrs = super::block::merge(&module.attrs, &attrs);
    Ok(Value::None)
}

fn module_attr(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let (key, value) = (convert::symbol(args.arg("key"))?, args.arg("value"));
    let value = convert::attr_value(&value.value, value.span)?;
    let module = context(ev, args)?;
    module.attrs = module.attrs.with(key, value);
    Ok(Value::None)
}

fn get_attrs(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let attrs = context(ev, args)?.attrs.clone();
    let entries = attrs.iter().map(|(k, v)| (k.as_str().into(), v.clone())).collect();
    Ok(Value::Dialect(Rc::new(DialectValue::Attr(AttrValue::Dict(entries)))))
}

fn global_infos(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let infos = convert::annotations(Some(args.arg("infos")))?;
    context(ev, args)?.global_infos = infos;
    Ok(Value::None)
}

/// A global info, kept as it is written.
fn info(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let text = ev.sources.text(args.span);
    Ok(Value::Dialect(Rc::new(DialectValue::Attr(AttrValue::Opaque(text.into())))))
}

/// Functions given as a dict by name, or as another module.
fn functions_in(arg: &Arg) -> Result<Vec<Arc<PrimFunc>>> {
    if let Value::IRModule(module) = &arg.value {
        return Ok(module.borrow().functions().cloned().collect());
    }
    let Value::Dict(dict) = &arg.value else {
        return Err(expected("a dict of functions by name", &arg.value, arg.span));
    };
    let mut functions = Vec::new();
    for (key, value) in dict.entries() {
        let name = match &key {
            Value::GlobalVar(name) => *name,
            other => convert::symbol(&Arg { value: other.clone(), span: arg.span })?,
        };
        match &value {
            Value::PrimFunc(func) => functions.push(in_module(func, name)),
            other => return Err(expected("a prim_func", other, arg.span)),
        }
    }
    Ok(functions)
}

/// `tvm.IRModule({"main": f})`: the key is the function's name.
fn new_module(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let mut module = IRModule::new();
    if let Some(functions) = args.opt("functions") {
        for func in functions_in(functions)? {
            module.insert(func);
        }
    }
    module.attrs = convert::annotations(args.opt("attrs"))?;
    Ok(Value::IRModule(Rc::new(RefCell::new(module))))
}

fn module_of(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    match args.arg("func") {
        Arg { value: Value::PrimFunc(func), .. } => {
            let mut module = IRModule::new();
            module.insert(func.clone());
            Ok(Value::IRModule(Rc::new(RefCell::new(module))))
        }
        other => Err(expected("a prim_func", &other.value, other.span)),
    }
}

fn receiver(args: &Bound) -> Result<&Rc<RefCell<IRModule>>> {
    match args.arg("self") {
        Arg { value: Value::IRModule(module), .. } => Ok(module),
        other => Err(expected("a module", &other.value, args.span)),
    }
}

fn update(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let functions = functions_in(args.arg("other"))?;
    let mut module = receiver(args)?.borrow_mut();
    for func in functions {
        module.insert(func);
    }
    Ok(Value::None)
}

fn global_vars(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let module = receiver(args)?.borrow();
    Ok(Value::list(module.functions().map(|f| Value::GlobalVar(f.name)).collect()))
}

fn global_var(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let name = convert::symbol(args.arg("name"))?;
    match receiver(args)?.borrow().get(name) {
        Some(_) => Ok(Value::GlobalVar(name)),
        None => {
            let message = format!("the module has no function `{name}`");
            Err(HostError::new(Code::UNKNOWN_FUNCTION, args.arg("name").span, message))
        }
    }
}

fn with_attr(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let mut module = receiver(args)?.borrow().clone();
    let value = args.arg("value");
    let value = convert::attr_value(&value.value, value.span)?;
    module.attrs = module.attrs.with(convert::symbol(args.arg("key"))?, value);
    Ok(Value::IRModule(Rc::new(RefCell::new(module))))
}

fn relax_function(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    match args.opt("func") {
        Some(func) => Err(refuse_relax(func)),
        None => Ok(Value::Dialect(Rc::new(DialectValue::Decorator(Decorator::Relax)))),
    }
}

/// The error for a Relax function.
pub(super) fn refuse_relax(func: &Arg) -> HostError {
    let (name, span) = match &func.value {
        Value::Function(function) => (function.name.to_string(), function.span()),
        _ => ("this".to_string(), func.span),
    };
    let message = format!("`{name}` is a Relax function");
    HostError::new(Code::RELAX_FUNCTION, span, message)
        .with_note("the other functions of the module can be used without it")
}

/// A call of a function of the module: `f(A, B[0:8], n)`.
pub(super) fn call_global(
    ev: &mut Evaluator,
    name: Symbol,
    result: Option<DType>,
    args: &CallArgs,
    span: Span,
) -> Result<Value> {
    if !ev.builder.in_func() {
        let message = format!("the prim_func `{name}` is called outside of a prim_func");
        let error = HostError::new(Code::OUTSIDE_FUNCTION, span, message);
        return Err(error.with_help("a call is a statement or an expression of another prim_func"));
    }
    if let Some(keyword) = args.keyword.first() {
        let message = format!("`{name}` takes its arguments by position");
        return Err(HostError::new(Code::UNKNOWN_KEYWORD, keyword.span, message));
    }
    let dtype = result.or_else(|| ev.dialect.result_of(name)).unwrap_or(DType::VOID);
    let passed: Result<Vec<CallArg>> =
        args.positional.iter().map(|a| argument(&a.value, a.span)).collect();
    let call = vendor::call_func(Callee::Global(name), passed?, dtype, span);
    Ok(Value::Expr(call))
}

/// An argument of a call between functions; an element of a buffer is its value.
fn argument(value: &Value, span: Span) -> Result<CallArg> {
    match value {
        Value::Expr(PrimExpr::Str(_)) | Value::Str(_) => {
            Err(expected("a number, a pointer, a buffer or a region of one", value, span))
        }
        other => vendor::call_arg(other, span),
    }
}

/// `Module.f`, `cls.f`: a function of the module under construction.
pub(super) fn member(ev: &Evaluator, module: Symbol, name: Symbol, span: Span) -> Result<Value> {
    let context = ev.dialect.modules.iter().rev().find(|m| m.name == module);
    let Some(context) = context else { return Ok(Value::GlobalVar(name)) };
    if context.functions.contains_key(&name) {
        return Ok(Value::GlobalVar(name));
    }
    let message = format!("the module `{module}` has no function `{name}`");
    let error = HostError::new(Code::UNKNOWN_FUNCTION, span, message);
    let known = context.functions.keys().map(|k| k.as_str());
    Err(match did_you_mean(name.as_str(), known) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => error,
    })
}
