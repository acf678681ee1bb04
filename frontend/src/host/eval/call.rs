//! Calls.

use crate::ast::{self, ExprKind, Ident};
use crate::dialect::hooks;
use crate::host::args::{Arg, CallArgs, KeywordArg};
use crate::host::error::{HostError, Result};
use crate::host::object::Method;
use crate::host::types::type_name;
use crate::host::value::Value;
use crate::host::{Evaluator, builtins};
use smallvec::SmallVec;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

impl Evaluator {
    /// The value of a call, and whether what was called belongs to the IR: then a bare call is a
    /// statement of the program.
    pub(crate) fn eval_call(
        &mut self,
        node: &ast::Call,
        span: Span,
        targets: SmallVec<[Ident; 2]>,
    ) -> Result<(Value, bool)> {
        let callee = self.eval_expr(&node.func)?;
        let mut args = CallArgs { targets, ..CallArgs::default() };
        self.eval_args(node, &mut args)?;
        let emits = matches!(
            callee,
            Value::Entry(_)
                | Value::BoundEntry(_)
                | Value::PrimFunc(_)
                | Value::GlobalVar(_)
                | Value::Dialect(_)
        );
        Ok((self.call(&callee, args, span)?, emits))
    }

    fn eval_args(&mut self, node: &ast::Call, args: &mut CallArgs) -> Result<()> {
        for arg in &node.args {
            match &arg.kind {
                ExprKind::Starred(inner) => {
                    let value = self.eval_expr(inner)?;
                    let values = self.spread(&value, inner.span)?;
                    let arg = |value| Arg { value, span: inner.span };
                    args.positional.extend(values.into_iter().map(arg));
                }
                _ => {
                    let value = self.eval_expr(arg)?;
                    args.positional.push(Arg { value, span: arg.span });
                }
            }
        }
        for keyword in &node.keywords {
            let value = self.eval_expr(&keyword.value)?;
            let span = keyword.value.span;
            match keyword.name {
                Some(name) => {
                    args.keyword.push(KeywordArg { name: name.name, value, span });
                }
                None => self.spread_keywords(&value, span, args).map_err(|e| e.at(span))?,
            }
        }
        Ok(())
    }

    /// `**mapping`
    fn spread_keywords(&mut self, mapping: &Value, span: Span, args: &mut CallArgs) -> Result<()> {
        for (key, value) in self.mapping_entries(mapping)? {
            let Value::Str(name) = key else {
                return Err(HostError::type_error("keywords must be strings"));
            };
            let name = Symbol::new(&name);
            if args.keyword.iter().any(|k| k.name == name) {
                return Err(HostError::type_error(format!(
                    "got multiple values for keyword argument '{name}'"
                )));
            }
            args.keyword.push(KeywordArg { name, value, span });
        }
        Ok(())
    }

    /// Calls `callee`.
    pub fn call(&mut self, callee: &Value, args: CallArgs, span: Span) -> Result<Value> {
        match callee {
            Value::Entry(entry) => {
                let value = hooks::call(self, entry, args, span)?;
                self.built(value)
            }
            Value::BoundEntry(bound) => {
                hooks::call(self, bound.entry, args.with_receiver(bound.receiver.clone()), span)
            }
            Value::Builtin(builtin) => self.call_builtin(builtin, args, span),
            Value::Function(function) => self.call_function(function, args, span),
            Value::BoundMethod(bound) => {
                let args = args.with_receiver(bound.receiver.clone());
                match &bound.method {
                    Method::Builtin(builtin) => self.call_builtin(builtin, args, span),
                    Method::Function(function) => self.call(function, args, span),
                }
            }
            Value::Type(ty) => builtins::types::construct(self, *ty, args, span),
            Value::Class(class) => self.instantiate(class, args, span),
            Value::Instance(_) => match self.special(callee, "__call__") {
                Some(method) => self.call(&method, args.with_receiver(callee.clone()), span),
                None => Err(not_callable(callee)),
            },
            Value::Object(object) => match self.nested(|ev| object.clone().call(ev, args, span))? {
                Some(value) => Ok(value),
                None => Err(not_callable(callee)),
            },
            Value::Poison => Err(HostError::poisoned()),
            Value::PrimFunc(func) => {
                let called = Value::PrimFunc(self.note_called(func));
                let result = hooks::call_value(self, &called, args, span)?;
                Ok(result.unwrap_or(Value::None))
            }
            _ => match hooks::call_value(self, callee, args, span)? {
                Some(value) => Ok(value),
                None => Err(not_callable(callee)),
            },
        }
    }

    fn call_builtin(
        &mut self,
        builtin: &'static builtins::Builtin,
        args: CallArgs,
        span: Span,
    ) -> Result<Value> {
        self.budget.step(2)?;
        self.budget.reserve(0)?;
        (builtin.call)(self, args, span)
    }

    /// Calls `callee` with positional arguments.
    pub(crate) fn call_with<const N: usize>(
        &mut self,
        callee: &Value,
        args: [Value; N],
        span: Span,
    ) -> Result<Value> {
        self.call(callee, CallArgs::positional(args), span)
    }

    /// True if `value` can be called.
    pub(crate) fn is_callable(&mut self, value: &Value) -> bool {
        match value {
            Value::Entry(_)
            | Value::BoundEntry(_)
            | Value::Builtin(_)
            | Value::Function(_)
            | Value::BoundMethod(_)
            | Value::Type(_)
            | Value::Class(_)
            | Value::PrimFunc(_)
            | Value::GlobalVar(_) => true,
            Value::Instance(_) => self.special(value, "__call__").is_some(),
            Value::Object(object) => object.is_callable(),
            _ => false,
        }
    }
}

fn not_callable(value: &Value) -> HostError {
    HostError::type_error(format!("'{}' object is not callable", type_name(value)))
}
