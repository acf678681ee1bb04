//! The signature of a prim_func: parameters, symbolic sizes, the type of the result.

use super::convert::{self, expected};
use super::sig::Bound;
use super::values::{BufferType, DialectValue};
use super::{Dialect, buffer, names};
use crate::ast::{self, ExprKind, FunctionDef, Ident};
use crate::host::walk::for_each_own_expr;
use crate::host::{Arg, Evaluator, HostError, Result, Value};
use rustc_hash::FxHashMap;
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{PrimExpr, Var};
use tirade_ir::func::{Param, ParamKind};
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// Adds the parameters of `def` to the function being built, and binds their names. `given` are
/// compile-time parameters.
pub(super) fn define_params(
    ev: &mut Evaluator,
    def: &FunctionDef,
    given: &[(Symbol, Value)],
) -> Result<()> {
    let declared = declared_types(def);
    bind_type_vars(ev, def, &declared);
    bind_constexprs(ev, def, given)?;
    for param in &def.params {
        define_param(ev, param, &declared, given)?;
    }
    if let Some(returns) = &def.returns {
        let value = ev.eval_expr(returns)?;
        if let Some(dtype) = result_type(ev, value, returns.span)? {
            set_result(ev, dtype);
        }
    }
    Ok(())
}

/// Binds the compile-time parameters: annotations before them may use them.
fn bind_constexprs(ev: &mut Evaluator, def: &FunctionDef, given: &[(Symbol, Value)]) -> Result<()> {
    for param in def.params.iter().filter(|p| is_constexpr(p)) {
        let found = given.iter().find(|(name, _)| *name == param.name.name);
        let value = match (found, &param.default) {
            (Some((_, value)), _) => value.clone(),
            (None, Some(default)) => ev.eval_expr(default)?,
            (None, None) => {
                let name = param.name.name;
                let message = format!("the compile-time parameter `{name}` has no value");
                return Err(HostError::new(Code::MISSING_PARAMETER, param.span, message)
                    .with_help(format!("write `specialize({name}=…)`")));
            }
        };
        ev.bind(param.name.name, value);
    }
    Ok(())
}

/// Sets the type of the result of the function being built.
pub(super) fn set_result(ev: &mut Evaluator, dtype: DType) {
    if let Some(func) = ev.builder.func_mut() {
        func.ret_dtype = dtype;
    }
    if let Some(context) = ev.dialect.funcs.last_mut() {
        context.ret_dtype = dtype;
    }
}

/// The type that a return annotation names; `None` for `None`.
pub(super) fn result_type(ev: &mut Evaluator, value: Value, span: Span) -> Result<Option<DType>> {
    Ok(match &value {
        Value::None => None,
        Value::Expr(PrimExpr::Var(v)) => {
            ev.dialect.take_fresh(*v);
            Some(v.dtype)
        }
        value if names::is_entry(value, "T.boolean") => Some(DType::BOOL),
        value => Some(convert::dtype_of(value, span)?),
    })
}

/// Types of scalar parameters, read off their annotations before any is evaluated: a quoted size
/// may stand before the parameter that it names.
fn declared_types(def: &FunctionDef) -> FxHashMap<Symbol, DType> {
    let declared = def.params.iter().filter_map(|param| {
        let ExprKind::Attribute(attribute) = &param.annotation.as_ref()?.kind else { return None };
        attribute.value.as_name()?;
        let dtype: DType = attribute.attr.name.as_str().parse().ok()?;
        names::is_scalar_type(dtype).then_some((param.name.name, dtype))
    });
    declared.collect()
}

/// Names of the signature that are type variables of the file become symbolic sizes of this
/// function.
fn bind_type_vars(ev: &mut Evaluator, def: &FunctionDef, declared: &FxHashMap<Symbol, DType>) {
    let mut names = Vec::new();
    let annotations = def.params.iter().filter_map(|p| p.annotation.as_ref());
    for annotation in annotations.chain(&def.returns) {
        for_each_own_expr(annotation, &mut |e| {
            names.extend(e.as_name());
            names.extend(e.as_str().into_iter().flat_map(free_names).map(Symbol::new));
        });
    }
    names.sort_unstable();
    names.dedup();
    for name in names {
        if declared.contains_key(&name) {
            continue;
        }
        if let Some(Value::Dialect(d)) = ev.lookup(name)
            && let DialectValue::TypeVar(_) = &*d
        {
            add_symbol(ev, name, DType::INT64);
        }
    }
}

/// A symbolic size of the function, bound to its name.
fn add_symbol(ev: &mut Evaluator, name: Symbol, dtype: DType) -> Var {
    let var = Var::new(name, dtype);
    if let Some(func) = ev.dialect.funcs.last_mut() {
        func.symbols.insert(name, var);
    }
    ev.bind(name, Value::Expr(var.into()));
    var
}

fn define_param(
    ev: &mut Evaluator,
    param: &ast::Param,
    declared: &FxHashMap<Symbol, DType>,
    given: &[(Symbol, Value)],
) -> Result<()> {
    let name = param.name.name;
    let given = given.iter().find(|(n, _)| *n == name).map(|(_, v)| v);
    match param.kind {
        ast::ParamKind::Normal | ast::ParamKind::PositionalOnly => {}
        ast::ParamKind::KeywordOnly if given.is_some() || is_constexpr(param) => {}
        ast::ParamKind::VarArgs | ast::ParamKind::KeywordOnly | ast::ParamKind::KwArgs => {
            let message = format!("`{name}` is not a plain parameter");
            let error = HostError::new(Code::PARAMETER_KIND, param.span, message);
            return Err(error.with_help("a prim_func takes its arguments by position"));
        }
    }
    let annotation = match &param.annotation {
        Some(annotation) => {
            let value = ev.eval_expr(annotation)?;
            Arg { value, span: annotation.span }
        }
        // The proposal of the dialect writes pointers without a type.
        None if ev.dialect.dialect() == Dialect::Hybrid => {
            Arg { value: Value::DType(DType::HANDLE), span: param.span }
        }
        None => {
            let message = format!("the parameter `{name}` has no annotation");
            let error = HostError::new(Code::PARAMETER_ANNOTATION, param.name.span, message);
            return Err(error.with_help(format!("write `{name}: T.Buffer((n, m), \"float32\")`")));
        }
    };
    if let (Some(default), false) = (&param.default, is_constexpr(param)) {
        let message = format!("the parameter `{name}` has a default");
        return Err(HostError::new(Code::PARAMETER_KIND, default.span, message));
    }
    define_annotated(ev, param, annotation, declared, given)
}

/// True for `N: T.constexpr`, as far as can be seen without evaluating it.
fn is_constexpr(param: &ast::Param) -> bool {
    match param.annotation.as_ref().map(|a| &a.kind) {
        Some(ExprKind::Attribute(a)) => a.attr.name.as_str() == "constexpr",
        Some(ExprKind::Name(name)) => name.as_str() == "constexpr",
        _ => false,
    }
}

/// A parameter by what its annotation evaluates to.
fn define_annotated(
    ev: &mut Evaluator,
    param: &ast::Param,
    annotation: Arg,
    declared: &FxHashMap<Symbol, DType>,
    given: Option<&Value>,
) -> Result<()> {
    let name = param.name.name;
    match &annotation.value {
        Value::DType(dtype) => {
            let value = add_scalar(ev, param.name, *dtype)?;
            ev.bind(name, value);
            Ok(())
        }
        Value::Expr(PrimExpr::Var(v)) => {
            ev.dialect.take_fresh(*v);
            let pointer = ev.dialect.pointer(*v);
            let value = add_scalar(ev, param.name, v.dtype)?;
            ev.bind(name, value);
            if let Some(pointer) = pointer {
                set_pointer(ev, name, pointer);
            }
            Ok(())
        }
        Value::Buffer(like) => {
            let ty = buffer::like_type(like.clone(), annotation.span);
            let value = add_buffer(ev, param.name, ty, declared)?;
            ev.bind(name, value);
            Ok(())
        }
        Value::Str(text) => {
            let value = ev.eval_text(text, annotation.span)?;
            let annotation = Arg { value, span: annotation.span };
            match annotation.value {
                Value::Str(_) => Err(bad_annotation(name, &annotation)),
                _ => define_annotated(ev, param, annotation, declared, given),
            }
        }
        Value::Dialect(d) => match &**d {
            DialectValue::BufferType(ty) => {
                let value = add_buffer(ev, param.name, ty.clone(), declared)?;
                ev.bind(name, value);
                Ok(())
            }
            // Has its value already.
            DialectValue::Constexpr => Ok(()),
            DialectValue::Optional(_) if matches!(given, Some(Value::None)) => {
                ev.bind(name, Value::None);
                Ok(())
            }
            DialectValue::Optional(inner) => {
                let annotation = Arg { value: inner.clone(), span: annotation.span };
                define_annotated(ev, param, annotation, declared, None)
            }
            _ => Err(bad_annotation(name, &annotation)),
        },
        value if names::is_entry(value, "T.boolean") => {
            let value = add_scalar(ev, param.name, DType::BOOL)?;
            ev.bind(name, value);
            Ok(())
        }
        _ => Err(bad_annotation(name, &annotation)),
    }
}

fn bad_annotation(name: Symbol, annotation: &Arg) -> HostError {
    let error =
        expected("a buffer, a pointer or a scalar type", &annotation.value, annotation.span);
    let mut diagnostic = error.into_diagnostic().expect("a new error");
    diagnostic.code = Code::PARAMETER_ANNOTATION;
    diagnostic.label = Some(format!("the annotation of `{name}`"));
    HostError::diagnostic(diagnostic)
}

/// A scalar or pointer parameter. A size that the signature named before is the parameter.
fn add_scalar(ev: &mut Evaluator, param: Ident, dtype: DType) -> Result<Value> {
    let name = param.name;
    if dtype.is_void() {
        let message = format!("the parameter `{name}` cannot be void");
        return Err(HostError::new(Code::PARAMETER_ANNOTATION, param.span, message));
    }
    let symbol = ev.dialect.funcs.last().and_then(|f| f.symbols.get(&name).copied());
    let var = symbol.filter(|v| v.dtype == dtype).unwrap_or_else(|| Var::new(name, dtype));
    let kind = if dtype.is_handle() { ParamKind::Pointer(None) } else { ParamKind::Scalar };
    if let Some(func) = ev.builder.func_mut() {
        func.params.push(Param { var, kind, span: param.span });
    }
    if let Some(func) = ev.dialect.funcs.last_mut()
        && names::is_scalar_type(dtype)
    {
        func.symbols.insert(name, var);
    }
    Ok(Value::Expr(var.into()))
}

/// Gives the parameter that was added last the type it points to.
fn set_pointer(ev: &mut Evaluator, name: Symbol, pointer: tirade_ir::stmt::PointerType) {
    let Some(param) = ev.builder.func_mut().and_then(|f| f.params.last_mut()) else { return };
    debug_assert_eq!(param.var.name, name);
    param.kind = ParamKind::Pointer(Some(pointer));
    let var = param.var;
    ev.dialect.set_pointer(var, pointer);
}

/// A buffer parameter.
fn add_buffer(
    ev: &mut Evaluator,
    param: Ident,
    ty: BufferType,
    declared: &FxHashMap<Symbol, DType>,
) -> Result<Value> {
    let name = param.name;
    let mut ty = ty;
    for (value, span) in &mut ty.shape {
        if let Value::Str(text) = value {
            *value = quoted_size(ev, text, *span, declared)?;
        }
    }
    let mut buffer = buffer::make(ev, name, &ty, DType::INT32)?;
    if buffer.span != param.span {
        let node = tirade_ir::buffer::BufferNode {
            span: param.span,
            ..tirade_ir::buffer::BufferNode::clone(&buffer)
        };
        buffer = tirade_ir::Buffer::from_node(node);
    }
    if let Some(func) = ev.builder.func_mut() {
        func.add_buffer(buffer.clone());
    }
    Ok(Value::Buffer(buffer))
}

/// `A = T.arg("A", T.Buffer(…))`: one more parameter of the function, for functions whose number of
/// parameters is known only to the script that makes them.
pub(super) fn arg(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    super::stmt::need_func(ev, args)?;
    let (name, ty) = (args.arg("name"), args.arg("obj"));
    let param = Ident { name: convert::symbol(name)?, span: name.span };
    let declared = FxHashMap::default();
    match &ty.value {
        Value::DType(dtype) => add_scalar(ev, param, *dtype),
        Value::Buffer(like) => {
            add_buffer(ev, param, buffer::like_type(like.clone(), ty.span), &declared)
        }
        Value::Expr(PrimExpr::Var(v)) => {
            ev.dialect.take_fresh(*v);
            add_scalar(ev, param, v.dtype)
        }
        other => match convert::as_buffer_type(other) {
            Some(buffer) => add_buffer(ev, param, buffer.clone(), &declared),
            None => Err(bad_annotation(param.name, ty)),
        },
    }
}

/// A quoted extent: names that mean nothing yet become symbolic sizes.
fn quoted_size(
    ev: &mut Evaluator,
    text: &str,
    span: Span,
    declared: &FxHashMap<Symbol, DType>,
) -> Result<Value> {
    for name in free_names(text) {
        let symbol = Symbol::new(name);
        let known = match ev.lookup(symbol) {
            // The parameter of that name is meant, not the type variable of the file.
            Some(Value::Dialect(d)) => !matches!(&*d, DialectValue::TypeVar(_)),
            Some(_) => true,
            None => names::default_name(symbol).is_some(),
        };
        if !known {
            let dtype = declared.get(&symbol).copied().unwrap_or(DType::INT32);
            add_symbol(ev, symbol, dtype);
        }
    }
    ev.eval_text(text, span)
}

/// Names in an expression that are no members of others.
fn free_names(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find(is_word)?;
            let len = text[start..].find(|c| !is_word(c)).unwrap_or(text.len() - start);
            at = start + len;
            let word = &text[start..at];
            let member = text[..start].trim_end().ends_with('.');
            if !member && !word.starts_with(|c: char| c.is_ascii_digit()) {
                return Some(word);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_not_free() {
        let names: Vec<_> = free_names("n * T.int64(2) + m_1 // 4").collect();
        assert_eq!(names, ["n", "T", "m_1"]);
    }
}
