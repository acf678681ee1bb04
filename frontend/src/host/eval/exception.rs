//! Exceptions: `raise`, `try`, `assert`, and context managers of the script.

use super::Flow;
use crate::ast;
use crate::dialect::hooks;
use crate::host::Evaluator;
use crate::host::error::{ErrorKind, HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::object::Instance;
use crate::host::value::Value;
use std::rc::Rc;
use tirade_ir::span::Span;

impl Evaluator {
    /// `with` over an object with `__enter__` and `__exit__`.
    pub(super) fn with_instance(
        &mut self,
        node: &ast::With,
        idx: usize,
        context: Value,
        span: Span,
    ) -> Result<Flow> {
        let item = &node.items[idx];
        let at = item.context.span;
        let Some(entered) = self.call_special(&context, "__enter__", [], at)? else {
            return Err(HostError::type_error(format!(
                "'{}' object does not support the context manager protocol",
                crate::host::types::type_name(&context)
            ))
            .at(at));
        };
        if let Some(target) = &item.target {
            self.bind_target(target, entered)?;
        }
        let result = self.exec_with(node, idx + 1, span);
        let exit = |ev: &mut Self, args| ev.call_special(&context, "__exit__", args, at);
        match result {
            Ok(flow) => {
                exit(self, [Value::None, Value::None, Value::None])?;
                Ok(flow)
            }
            Err(error) if error.is_limit() || error.is_poisoned() => Err(error),
            Err(error) => {
                let exception = self.exception_value(&error);
                let class = Value::Class(exception.class.clone());
                let answer = exit(self, [class, Value::Instance(exception), Value::None])?;
                match self.truthy(&answer.unwrap_or(Value::None), at)? {
                    true => Ok(Flow::Normal),
                    false => Err(error),
                }
            }
        }
    }

    pub(super) fn exec_assert(&mut self, node: &ast::Assert, span: Span) -> Result<()> {
        let test = self.eval_expr(&node.test)?;
        if self.in_script() || self.builds_ir(&test) {
            let message = match &node.message {
                Some(message) => Some(self.eval_expr(message)?),
                None => None,
            };
            return hooks::assert_stmt(self, test, message, span);
        }
        if self.truthy(&test, node.test.span)? {
            return Ok(());
        }
        let error = match &node.message {
            None => HostError::exception(ExcKind::AssertionError, ""),
            Some(message) => {
                let message = self.eval_expr(message)?;
                let text = self.str_of(&message)?;
                HostError::exception_with(ExcKind::AssertionError, text, message)
            }
        };
        Err(error.at(node.test.span))
    }

    pub(super) fn exec_raise(&mut self, node: &ast::Raise) -> Result<HostError> {
        let Some(exception) = &node.exception else {
            let handled = self.frame().handling.last().cloned();
            return handled.ok_or_else(|| {
                let message = "No active exception to reraise";
                HostError::exception(ExcKind::RuntimeError, message)
            });
        };
        let mut value = self.eval_expr(exception)?;
        if let Some(cause) = &node.cause {
            self.eval_expr(cause)?;
        }
        if let Value::Class(class) = &value {
            value = self.instantiate(class, Default::default(), exception.span)?;
        }
        match value {
            Value::Instance(instance) if instance.class.exception_kind().is_some() => {
                Ok(HostError::raised(instance))
            }
            _ => Err(HostError::type_error("exceptions must derive from BaseException")),
        }
    }

    pub(super) fn exec_try(&mut self, node: &ast::Try) -> Result<Flow> {
        let result = match self.exec_block(&node.body) {
            Ok(Flow::Normal) => self.exec_block(&node.orelse),
            Ok(flow) => Ok(flow),
            Err(error) => self.handle(node, error),
        };
        if matches!(&result, Err(error) if error.is_limit()) {
            return result;
        }
        match self.exec_block(&node.finalbody)? {
            Flow::Normal => result,
            flow => Ok(flow),
        }
    }

    /// Runs the first `except` clause that fits `error`.
    fn handle(&mut self, node: &ast::Try, error: HostError) -> Result<Flow> {
        if error.is_limit() || error.is_poisoned() {
            return Err(error);
        }
        let exception = self.exception_value(&error);
        for handler in &node.handlers {
            if let Some(class) = &handler.exception {
                let filter = self.eval_expr(class)?;
                let matches = self.catches(&filter, &exception);
                if !matches.map_err(|e| self.locate(e, class.span))? {
                    continue;
                }
            }
            if let Some(name) = handler.name {
                self.bind(name.name, Value::Instance(exception.clone()));
            }
            // The exception object carries the place where it was raised on.
            self.frame_mut().handling.push(error);
            let result = self.exec_block(&handler.body);
            self.frame_mut().handling.pop();
            if let Some(name) = handler.name {
                self.scope.target_of(name.name).remove(name.name);
            }
            return result;
        }
        Err(error)
    }

    fn catches(&mut self, filter: &Value, exception: &Rc<Instance>) -> Result<bool> {
        match filter {
            Value::Class(class) if class.exception_kind().is_some() => {
                Ok(exception.class.is_a(class))
            }
            Value::Tuple(classes) => {
                for class in classes.iter() {
                    if self.catches(class, exception)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => Err(HostError::type_error(
                "catching classes that do not inherit from BaseException is not allowed",
            )),
        }
    }

    /// The exception object of an error.
    pub(crate) fn exception_value(&mut self, error: &HostError) -> Rc<Instance> {
        let (kind, args): (_, Vec<Value>) = match error.kind() {
            ErrorKind::Raised(instance) => return instance.clone(),
            ErrorKind::Exception(kind, _, Some(argument)) => (*kind, vec![argument.clone()]),
            ErrorKind::Exception(kind, message, None) if message.is_empty() => (*kind, vec![]),
            ErrorKind::Exception(kind, message, None) => (*kind, vec![message.as_str().into()]),
            ErrorKind::Diagnostic(code, message) | ErrorKind::Limit(code, message) => {
                (ExcKind::of_code(*code), vec![message.as_str().into()])
            }
            ErrorKind::Poisoned => (ExcKind::DiagnosticError, vec![]),
        };
        let class = self.exception_class(kind);
        Rc::new(Instance::new(class, args.into()))
    }
}
