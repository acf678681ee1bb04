//! Functions: definition, binding of arguments, calls; macros.

use super::{Flow, Mode};
use crate::ast::{self, ParamKind};
use crate::host::args::CallArgs;
use crate::host::env::{Scope, ScopeKind};
use crate::host::error::{HostError, Result};
use crate::host::limits::Charge;
use crate::host::object::{Function, FunctionCode, FunctionKind};
use crate::host::value::Value;
use crate::host::{Evaluator, Frame};
use smallvec::SmallVec;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::diag::Code;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// Bytes that a function counts for in the memory meter.
const FUNCTION_BYTES: usize = 300;

/// What a call or an expansion costs, in steps: it makes a scope and binds arguments.
const CALL_STEPS: u64 = 16;

impl Evaluator {
    /// The function that a `def` makes, before its decorators.
    pub(crate) fn make_function(&mut self, def: &Arc<ast::FunctionDef>) -> Result<Rc<Function>> {
        let code = FunctionCode::Def(def.clone());
        self.function_of(code, def.name.name)
    }

    /// The function that a `lambda` makes.
    pub(crate) fn make_lambda(&mut self, lambda: &Arc<ast::Lambda>) -> Result<Value> {
        let code = FunctionCode::Lambda(lambda.clone());
        self.function_of(code, Symbol::new("<lambda>")).map(Value::Function)
    }

    fn function_of(&mut self, code: FunctionCode, name: Symbol) -> Result<Rc<Function>> {
        self.budget.step(3)?;
        self.budget.reserve(FUNCTION_BYTES)?;
        let params = match &code {
            FunctionCode::Def(def) => &def.params,
            FunctionCode::Lambda(lambda) => &lambda.params,
        };
        let defaults = params.iter().map(|param| match &param.default {
            Some(default) => self.eval_expr(default).map(Some),
            None => Ok(None),
        });
        let defaults = defaults.collect::<Result<Box<[_]>>>()?;
        let (scope, info) = (self.capture_scope(), self.scope_info(&code));
        let kind = FunctionKind::Plain;
        let (attrs, owner) = (RefCell::default(), OnceCell::new());
        let charge = Charge::of(FUNCTION_BYTES);
        Ok(Rc::new(Function { code, name, defaults, scope, kind, info, attrs, owner, charge }))
    }

    /// Calls a function or expands a macro.
    pub(crate) fn call_function(
        &mut self,
        function: &Rc<Function>,
        args: CallArgs,
        span: Span,
    ) -> Result<Value> {
        self.budget.step(3)?;
        self.budget.reserve(0)?;
        self.check_stack()?;
        let (mode, parent) = match function.kind {
            FunctionKind::Plain => (Mode::Host, &function.scope),
            FunctionKind::Macro { hygienic: true } | FunctionKind::Inline => {
                (Mode::Script, &function.scope)
            }
            FunctionKind::Macro { hygienic: false } => (Mode::Script, &self.scope),
        };
        if mode == Mode::Script && !self.in_prim_func() {
            return Err(HostError::new(
                Code::HOST_UNSUPPORTED,
                span,
                format!("the macro `{}` is used outside of a prim_func", function.name),
            ));
        }
        let scope = match mode {
            Mode::Host => {
                Scope::new(ScopeKind::Function, function.info.clone(), Some(parent.clone()))
            }
            Mode::Script => Scope::new(ScopeKind::Script, self.no_locals(), Some(parent.clone())),
        };
        self.bind_args(function, args, &scope)?;
        let frame = Frame::call(function, span, mode);
        self.in_frame(frame, Rc::new(scope), |ev| match &function.code {
            FunctionCode::Lambda(lambda) => ev.eval_expr(&lambda.body),
            FunctionCode::Def(def) => match ev.exec_block(&def.body)? {
                Flow::Return(value) => Ok(value),
                Flow::Normal | Flow::Break | Flow::Continue => Ok(Value::None),
            },
        })
    }

    /// Runs `f` inside a frame with its scope.
    fn in_frame<T>(
        &mut self,
        frame: Frame,
        scope: Rc<Scope>,
        f: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if self.frames.len() > self.budget.limits().depth {
            return Err(self.too_deep());
        }
        self.budget.step(CALL_STEPS)?;
        self.frames.push(frame);
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = f(self);
        self.scope = outer;
        self.frames.pop();
        result
    }

    /// Runs `f` in a new scope of `function`, whose parameters are not bound: the dialect binds
    /// those of a prim_func.
    pub fn enter_function<T>(
        &mut self,
        function: &Rc<Function>,
        mode: Mode,
        name: Symbol,
        span: Span,
        f: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let info = match mode {
            Mode::Host => function.info.clone(),
            Mode::Script => self.no_locals(),
        };
        let kind = if mode == Mode::Script { ScopeKind::Script } else { ScopeKind::Function };
        let scope = Scope::new(kind, info, Some(function.scope.clone()));
        let mut frame = Frame::call(function, span, mode);
        frame.name = name;
        frame.prim_func = mode == Mode::Script;
        self.in_frame(frame, Rc::new(scope), f)
    }

    /// Runs `f`; names that it binds are forgotten afterwards.
    pub fn scoped<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let scope = self.scope.clone();
        let mark = scope.open_block();
        let result = f(self);
        scope.close_block(mark);
        result
    }

    /// Binds the arguments of a call to the parameters, in `scope`.
    fn bind_args(&mut self, function: &Function, args: CallArgs, scope: &Scope) -> Result<()> {
        let params = function.params();
        let mut positional = args.positional.into_iter();
        let mut keyword = args.keyword;
        let mut missing: SmallVec<[&ast::Param; 4]> = SmallVec::new();
        for (param, default) in params.iter().zip(&function.defaults) {
            let by_position = match param.kind {
                ParamKind::PositionalOnly | ParamKind::Normal => positional.next(),
                ParamKind::VarArgs => {
                    let rest: Vec<Value> = positional.by_ref().map(|arg| arg.value).collect();
                    self.charge_items(rest.len())?;
                    scope.set(param.name.name, Value::tuple(rest));
                    continue;
                }
                ParamKind::KwArgs => {
                    let rest = std::mem::take(&mut keyword);
                    scope.set(param.name.name, self.keyword_dict(rest)?);
                    continue;
                }
                ParamKind::KeywordOnly => None,
            };
            let named = keyword.iter().position(|k| k.name == param.name.name);
            let named = named.filter(|_| param.kind != ParamKind::PositionalOnly);
            let value = match (by_position, named) {
                (Some(_), Some(at)) => {
                    return Err(HostError::type_error(format!(
                        "{}() got multiple values for argument '{}'",
                        function.name, param.name.name
                    ))
                    .at(keyword[at].span));
                }
                (Some(arg), None) => arg.value,
                (None, Some(at)) => keyword.remove(at).value,
                (None, None) => match default {
                    Some(value) => value.clone(),
                    None => {
                        missing.push(param);
                        continue;
                    }
                },
            };
            scope.set(param.name.name, value);
        }
        let n_extra = positional.len();
        match (missing.is_empty(), n_extra, keyword.first()) {
            (true, 0, None) => Ok(()),
            (_, 0, None) => Err(missing_arguments(function, &missing)),
            (_, _, Some(k)) if positional_only(params, k.name) => {
                Err(HostError::type_error(format!(
                    "{}() got some positional-only arguments passed as keyword arguments: '{}'",
                    function.name, k.name
                ))
                .at(k.span))
            }
            (_, _, Some(k)) => Err(HostError::type_error(format!(
                "{}() got an unexpected keyword argument '{}'",
                function.name, k.name
            ))
            .at(k.span)),
            (..) => Err(too_many(function, n_extra)),
        }
        .map_err(|error: HostError| match function.span() {
            span if span.is_none() => error,
            span => error.with_secondary(span, "the function is defined here"),
        })
    }

    fn keyword_dict(
        &mut self,
        rest: SmallVec<[crate::host::args::KeywordArg; 2]>,
    ) -> Result<Value> {
        let dict = Rc::new(crate::host::dict::Dict::default());
        for k in rest {
            self.dict_set(&dict, Value::from(k.name.as_str()), k.value)?;
        }
        Ok(Value::Dict(dict))
    }
}

fn positional_only(params: &[ast::Param], name: Symbol) -> bool {
    params.iter().any(|p| p.kind == ParamKind::PositionalOnly && p.name.name == name)
}

fn missing_arguments(function: &Function, missing: &[&ast::Param]) -> HostError {
    let keyword_only = missing.iter().all(|p| p.kind == ParamKind::KeywordOnly);
    let kind = if keyword_only { "keyword-only" } else { "positional" };
    let names: Vec<String> = missing
        .iter()
        .filter(|p| keyword_only || p.kind != ParamKind::KeywordOnly)
        .map(|p| format!("'{}'", p.name.name))
        .collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    let list = match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, [first])) => format!("{first} and {last}"),
        Some((last, init)) => format!("{}, and {last}", init.join(", ")),
        None => String::new(),
    };
    HostError::type_error(format!(
        "{}() missing {} required {kind} argument{plural}: {list}",
        function.name,
        names.len()
    ))
}

fn too_many(function: &Function, n_extra: usize) -> HostError {
    let by_position = |p: &&ast::Param| p.kind <= ParamKind::Normal;
    let params = function.params().iter().filter(by_position);
    let n_max = params.clone().count();
    let n_min = params.filter(|p| p.default.is_none()).count();
    let n_given = n_max + n_extra;
    let takes = match n_min == n_max {
        true => n_max.to_string(),
        false => format!("from {n_min} to {n_max}"),
    };
    HostError::type_error(format!(
        "{}() takes {takes} positional argument{} but {n_given} {} given",
        function.name,
        if takes == "1" { "" } else { "s" },
        if n_given == 1 { "was" } else { "were" }
    ))
}
