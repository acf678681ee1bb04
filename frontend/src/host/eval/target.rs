//! Targets of assignments: names, attributes, subscripts, and tuples of these.

use super::Mode;
use crate::ast::{self, Expr, ExprKind, Ident};
use crate::dialect::hooks;
use crate::host::Evaluator;
use crate::host::env::ScopeKind;
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::iter::LazyIter;
use crate::host::types::type_name;
use crate::host::value::Value;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

impl Evaluator {
    /// `target = value`; in script mode names go to the dialect.
    pub(crate) fn assign(
        &mut self,
        target: &Expr,
        value: Value,
        value_span: Span,
        span: Span,
    ) -> Result<()> {
        match &target.kind {
            ExprKind::Name(name) => match self.frame().mode {
                Mode::Host => {
                    self.bind(*name, value);
                    Ok(())
                }
                Mode::Script => {
                    let target = Ident { name: *name, span: target.span };
                    hooks::assign_name(self, target, Some(value), value_span, None, span)
                }
            },
            ExprKind::Subscript(node) => self.assign_subscript(node, value, span),
            ExprKind::Attribute(node) => {
                let object = self.eval_expr(&node.value)?;
                self.setattr(&object, node.attr, value, span)
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                let values = self.unpack(items, value)?;
                items.iter().zip(values).try_for_each(|(item, value)| {
                    let item = unstarred(item);
                    self.assign(item, value, value_span, span)
                })
            }
            _ => Err(HostError::unsupported(target.span, "this cannot be assigned to")),
        }
    }

    /// `target = value` without the dialect: loop variables, `as` targets, arguments.
    pub fn bind_target(&mut self, target: &Expr, value: Value) -> Result<()> {
        match &target.kind {
            ExprKind::Name(name) => {
                self.bind(*name, value);
                Ok(())
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                let values = self.unpack(items, value).map_err(|e| self.locate(e, target.span))?;
                items.iter().zip(values).try_for_each(|(item, value)| {
                    let item = unstarred(item);
                    self.bind_target(item, value)
                })
            }
            ExprKind::Starred(inner) => {
                let items = self.iterate(&value, target.span)?;
                let value = self.new_list(items)?;
                self.bind_target(inner, value)
            }
            _ => self.assign(target, value, target.span, target.span),
        }
    }

    /// One value for each target; what a starred target takes is a list.
    fn unpack(&mut self, targets: &[Expr], value: Value) -> Result<Vec<Value>> {
        let mut iter = self.iter_for(&value, || {
            format!("cannot unpack non-iterable {} object", type_name(&value))
        })?;
        let star = targets.iter().position(|t| matches!(t.kind, ExprKind::Starred(_)));
        let Some(star) = star else {
            return self.unpack_exactly(targets.len(), &mut iter);
        };
        let mut values = self.drain(&mut iter)?;
        let n_after = targets.len() - star - 1;
        if values.len() < star + n_after {
            return Err(HostError::value_error(format!(
                "not enough values to unpack (expected at least {}, got {})",
                star + n_after,
                values.len()
            )));
        }
        let after = values.split_off(values.len() - n_after);
        let rest = values.split_off(star);
        values.push(self.new_list(rest)?);
        values.extend(after);
        Ok(values)
    }

    fn unpack_exactly(
        &mut self,
        n: usize,
        iter: &mut crate::host::iter::Iter,
    ) -> Result<Vec<Value>> {
        let mut values = Vec::with_capacity(n);
        while let Some(value) = iter.next(self)? {
            if values.len() == n {
                let message = format!("too many values to unpack (expected {n})");
                return Err(HostError::value_error(message));
            }
            values.push(value);
        }
        match values.len() == n {
            true => Ok(values),
            false => Err(HostError::value_error(format!(
                "not enough values to unpack (expected {n}, got {})",
                values.len()
            ))),
        }
    }

    /// `target op= value`
    pub(crate) fn exec_aug_assign(&mut self, node: &ast::AugAssign, span: Span) -> Result<()> {
        match &node.target.kind {
            ExprKind::Name(name) => {
                let current = self.eval_expr(&node.target)?;
                let value = self.eval_expr(&node.value)?;
                if self.in_script() {
                    let target = Ident { name: *name, span: node.target.span };
                    return hooks::aug_assign_name(self, target, current, node.op, value, span);
                }
                let value = self.aug_op(node.op, &current, &value, span)?;
                self.bind(*name, value);
                Ok(())
            }
            ExprKind::Subscript(subscript) => {
                self.aug_assign_subscript(subscript, node.op, &node.value, span)
            }
            ExprKind::Attribute(attribute) => {
                let object = self.eval_expr(&attribute.value)?;
                let current = self.getattr(&object, attribute.attr, node.target.span)?;
                let value = self.eval_expr(&node.value)?;
                let value = self.aug_op(node.op, &current, &value, span)?;
                self.setattr(&object, attribute.attr, value, span)
            }
            _ => Err(HostError::unsupported(node.target.span, "this cannot be assigned to")),
        }
    }

    /// `name := value`, which binds in the function around a comprehension.
    pub(crate) fn bind_named(&mut self, name: Symbol, value: Value) {
        let mut scope = self.scope.clone();
        while scope.kind == ScopeKind::Comprehension {
            match scope.parent.clone() {
                Some(parent) => scope = parent,
                None => break,
            }
        }
        scope.target_of(name).set(name, value);
    }

    /// `del target`
    pub(crate) fn delete(&mut self, target: &Expr) -> Result<()> {
        match &target.kind {
            ExprKind::Name(name) => match self.scope.target_of(*name).remove(*name) {
                Some(_) => Ok(()),
                None => Err(HostError::exception(
                    ExcKind::NameError,
                    format!("name '{name}' is not defined"),
                )
                .at(target.span)),
            },
            ExprKind::Subscript(node) => self.delete_subscript(node),
            ExprKind::Attribute(node) => {
                let object = self.eval_expr(&node.value)?;
                self.delattr(&object, node.attr)
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                items.iter().try_for_each(|item| self.delete(item))
            }
            _ => Err(HostError::unsupported(target.span, "this cannot be deleted")),
        }
        .map_err(|error| self.locate(error, target.span))
    }
}

fn unstarred(target: &Expr) -> &Expr {
    match &target.kind {
        ExprKind::Starred(inner) => inner,
        _ => target,
    }
}
