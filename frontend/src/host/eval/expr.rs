//! Expressions.

use crate::ast::{self, BoolOperator, CmpOperator, DictItem, Expr, ExprKind};
use crate::dialect::hooks;
use crate::host::env::Lookup;
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::value::{Float, SliceValue, Value};
use crate::host::{Evaluator, walk};
use smallvec::SmallVec;
use std::rc::Rc;
use tirade_ir::diag::Code;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;
use tirade_ir::{BinOp, PrimExpr};

impl Evaluator {
    /// The value of an expression. Errors carry the place of the innermost expression.
    pub fn eval_expr(&mut self, expr: &Expr) -> Result<Value> {
        self.budget.step(1)?;
        match self.eval_kind(expr) {
            Ok(value) => Ok(value),
            Err(error) if error.is_located() => Err(error),
            Err(error) => Err(self.locate(error, expr.span)),
        }
    }

    fn eval_kind(&mut self, expr: &Expr) -> Result<Value> {
        match &expr.kind {
            ExprKind::None => Ok(Value::None),
            ExprKind::Bool(value) => Ok(Value::Bool(*value)),
            ExprKind::Ellipsis => Ok(Value::Ellipsis),
            ExprKind::Int(ast::Int::Small(value)) => Ok(Value::Int(*value)),
            ExprKind::Int(ast::Int::Big(value)) => Ok(Value::BigInt(Rc::new((**value).clone()))),
            ExprKind::Float(f) => Ok(Value::Float(Float { value: f.value, text: Some(f.text) })),
            ExprKind::Str(text) => Ok(Value::Str(text.clone())),
            ExprKind::Bytes(bytes) => Ok(Value::Bytes(Rc::from(&**bytes))),
            ExprKind::FString(parts) => self.eval_fstring(parts),
            ExprKind::Name(name) => self.eval_name(*name),
            ExprKind::Attribute(node) => {
                let object = self.eval_expr(&node.value)?;
                self.getattr(&object, node.attr, expr.span)
            }
            ExprKind::Subscript(node) => self.eval_subscript(node, expr.span),
            ExprKind::Slice(node) => self.eval_slice(node),
            ExprKind::Call(node) => {
                self.check_stack()?;
                Ok(self.eval_call(node, expr.span, SmallVec::new())?.0)
            }
            ExprKind::BinOp(node) => {
                let left = self.eval_expr(&node.left)?;
                let right = self.eval_expr(&node.right)?;
                self.binary_op(node.op, &left, &right, expr.span)
            }
            ExprKind::UnaryOp(node) => {
                let operand = self.eval_expr(&node.operand)?;
                self.unary_op(node.op, &operand, expr.span)
            }
            ExprKind::BoolOp(node) => self.eval_bool_op(node, expr.span),
            ExprKind::Compare(node) => self.eval_compare(node, expr.span),
            ExprKind::IfExp(node) => self.eval_if_exp(node, expr.span),
            ExprKind::Lambda(lambda) => self.make_lambda(lambda),
            ExprKind::Tuple(items) => {
                let items = self.eval_items(items)?;
                self.budget.step(1)?;
                self.budget.reserve(items.len() * size_of::<Value>())?;
                Ok(Value::Tuple(items.into_iter().collect()))
            }
            ExprKind::List(items) => {
                let items = self.eval_items(items)?;
                self.new_list(items.into_vec())
            }
            ExprKind::Set(items) => {
                let items = self.eval_items(items)?;
                self.new_set(items, false)
            }
            ExprKind::Dict(items) => self.eval_dict(items),
            ExprKind::ListComp(node) => self.eval_list_comp(node),
            ExprKind::SetComp(node) => self.eval_set_comp(node),
            ExprKind::DictComp(node) => self.eval_dict_comp(node),
            ExprKind::Generator(node) => self.make_generator(node),
            ExprKind::Starred(_) => {
                Err(HostError::unsupported(expr.span, "a starred expression cannot stand here"))
            }
            ExprKind::Named(node) => {
                let value = self.eval_expr(&node.value)?;
                self.bind_named(node.target.name, value.clone());
                Ok(value)
            }
        }
    }

    fn eval_name(&mut self, name: Symbol) -> Result<Value> {
        let value = match self.scope.lookup(name) {
            Lookup::Found(value) => Some(value),
            Lookup::Missing => self.lookup_default(name),
            Lookup::Unbound { own } => return Err(unbound(name, own)),
        };
        match value {
            Some(Value::Poison) => Err(HostError::poisoned()),
            Some(value) => Ok(value),
            None => Err(self.undefined(name)),
        }
    }

    #[cold]
    fn undefined(&mut self, name: Symbol) -> HostError {
        let message = format!("name '{name}' is not defined");
        let error = HostError::exception(ExcKind::NameError, message);
        match self.similar_name(name.as_str()) {
            Some(similar) => error.with_help(format!("did you mean `{similar}`?")),
            None => error,
        }
    }

    fn similar_name(&self, name: &str) -> Option<String> {
        let mut names: Vec<String> = Vec::new();
        let mut scope = Some(&self.scope);
        while let Some(current) = scope {
            names.extend(current.names().iter().map(|n| n.to_string()));
            scope = current.parent.as_ref();
        }
        names.extend(crate::host::builtins::global_names().map(str::to_string));
        names.sort();
        let candidates = names.iter().map(String::as_str);
        crate::dialect::suggest::did_you_mean(name, candidates).map(str::to_string)
    }

    /// The items of a display, stars expanded.
    pub(crate) fn eval_items(&mut self, items: &[Expr]) -> Result<SmallVec<[Value; 4]>> {
        let mut values = SmallVec::with_capacity(items.len());
        for item in items {
            match &item.kind {
                ExprKind::Starred(inner) => {
                    let value = self.eval_expr(inner)?;
                    values.extend(self.spread(&value, inner.span)?);
                }
                _ => values.push(self.eval_expr(item)?),
            }
        }
        Ok(values)
    }

    /// The items of `*value`.
    pub(crate) fn spread(&mut self, value: &Value, span: Span) -> Result<Vec<Value>> {
        let mut iter = self
            .iter_for(value, || {
                let name = crate::host::types::type_name(value);
                format!("Value after * must be an iterable, not {name}")
            })
            .map_err(|error| error.at(span))?;
        self.drain(&mut iter)
    }

    fn eval_dict(&mut self, items: &[DictItem]) -> Result<Value> {
        let dict = Rc::new(crate::host::dict::Dict::default());
        for item in items {
            match item {
                DictItem::Pair(key, value) => {
                    let at = key.span;
                    let key = self.eval_expr(key)?;
                    let value = self.eval_expr(value)?;
                    self.dict_set(&dict, key, value).map_err(|e| e.at(at))?;
                }
                DictItem::Spread(mapping) => {
                    let value = self.eval_expr(mapping)?;
                    let entries = self.mapping_entries(&value).map_err(|e| e.at(mapping.span))?;
                    for (key, value) in entries {
                        self.dict_set(&dict, key, value)?;
                    }
                }
            }
        }
        Ok(Value::Dict(dict))
    }

    fn eval_slice(&mut self, node: &ast::Slice) -> Result<Value> {
        let mut part = |expr: &Option<Expr>| match expr {
            Some(expr) => self.eval_expr(expr),
            None => Ok(Value::None),
        };
        let (lower, upper, step) = (part(&node.lower)?, part(&node.upper)?, part(&node.step)?);
        Ok(Value::Slice(Rc::new(SliceValue { lower, upper, step })))
    }

    /// `a and b`: decided now as long as the operands are host values; from the first IR operand
    /// on, all operands are evaluated and joined by IR.
    fn eval_bool_op(&mut self, node: &ast::BoolOp, span: Span) -> Result<Value> {
        let mut result = self.eval_expr(&node.values[0])?;
        for next in &node.values[1..] {
            if !result.is_ir() {
                let truth = self.truthy(&result, node.values[0].span)?;
                if truth == (node.op == BoolOperator::Or) {
                    return Ok(result);
                }
                result = self.eval_expr(next)?;
                continue;
            }
            let rhs = self.eval_expr(next)?;
            let joined = hooks::bool_op(self, node.op, &result, &rhs, span)?;
            result = self.built(joined)?;
        }
        Ok(result)
    }

    fn eval_compare(&mut self, node: &ast::Compare, span: Span) -> Result<Value> {
        let mut left = self.eval_expr(&node.first)?;
        let mut result: Option<Value> = None;
        for (idx, (op, right)) in node.rest.iter().enumerate() {
            let right = self.eval_expr(right)?;
            let value = self.compare_op(*op, &left, &right, span)?;
            result = Some(match result {
                None => value,
                Some(so_far) => hooks::bool_op(self, BoolOperator::And, &so_far, &value, span)?,
            });
            let so_far = result.as_ref().expect("set above");
            if idx + 1 < node.rest.len() && !so_far.is_ir() {
                if !self.truthy(so_far, span)? {
                    break;
                }
                // A true host comparison adds nothing to the ones that follow.
                result = None;
            }
            left = right;
        }
        Ok(result.unwrap_or(Value::Bool(true)))
    }

    fn eval_if_exp(&mut self, node: &ast::IfExp, span: Span) -> Result<Value> {
        let test = self.eval_expr(&node.test)?;
        if test.is_ir() {
            let body = self.eval_expr(&node.body)?;
            let orelse = self.eval_expr(&node.orelse)?;
            let value = hooks::if_exp(self, &test, &body, &orelse, span)?;
            return self.built(value);
        }
        match self.truthy(&test, node.test.span)? {
            true => self.eval_expr(&node.body),
            false => self.eval_expr(&node.orelse),
        }
    }

    /// Parses and evaluates a quoted expression in the current scope.
    pub fn eval_text(&mut self, text: &str, span: Span) -> Result<Value> {
        let too_large = || HostError::new(Code::SOURCE_TOO_LARGE, span, "the text is too large");
        let file = self.sources.add("<quoted>", text.to_string()).map_err(|_| too_large())?;
        let (expr, diagnostics) = crate::parser::parse_expression(&file);
        match (expr, diagnostics.into_iter().next()) {
            (Some(expr), None) => {
                let value = self.eval_expr(&expr);
                value.map_err(|e| if e.is_limit() { e } else { e.moved_to(span) })
            }
            (_, Some(diagnostic)) => Err(HostError::new(
                diagnostic.code,
                span,
                format!("in the quoted expression: {}", diagnostic.message),
            )),
            (None, None) => Err(HostError::value_error("an empty expression").at(span)),
        }
    }

    /// The truth of a value, as `if` and `not` see it.
    pub fn truthy(&mut self, value: &Value, span: Span) -> Result<bool> {
        Ok(match value {
            Value::Bool(value) => *value,
            Value::None => false,
            Value::Int(value) => *value != 0,
            Value::BigInt(_) => true,
            Value::Float(value) => value.value != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::Tuple(items) => !items.is_empty(),
            Value::List(list) => !list.items().is_empty(),
            Value::Dict(dict) => !dict.table().is_empty(),
            Value::Set(set) => !set.table().is_empty(),
            Value::Range(range) => !range.is_empty(),
            Value::Instance(_) => return self.instance_truth(value, span),
            Value::Poison => return Err(HostError::poisoned()),
            Value::Expr(expr) => match literal_truth(expr) {
                Some(truth) => truth,
                None => return Err(run_time_value(span)),
            },
            Value::Scalar(_) => return Err(run_time_value(span)),
            Value::Object(object) => object.length() != Some(0),
            _ => true,
        })
    }

    fn instance_truth(&mut self, value: &Value, span: Span) -> Result<bool> {
        if let Some(truth) = self.call_special(value, "__bool__", [], span)? {
            return match truth {
                Value::Bool(truth) => Ok(truth),
                _ => Err(HostError::type_error("__bool__ should return bool")),
            };
        }
        match self.length(value, span)? {
            Some(n) => Ok(n != 0),
            None => Ok(true),
        }
    }

    /// `==` as a host bool, for containers and `in`: values of the IR are equal when they are the
    /// same expression.
    pub(crate) fn compare_in(&mut self, op: CmpOperator, l: &Value, r: &Value) -> Result<bool> {
        let found = self.contains(r, l)?;
        Ok(found == (op == CmpOperator::In))
    }

    /// Names that free variables of `function` have now, frozen.
    pub fn snapshot(
        &mut self,
        function: &Rc<crate::host::object::Function>,
    ) -> Rc<crate::host::object::Function> {
        use crate::host::env::{Scope, ScopeKind};
        let Some(def) = function.def() else {
            return function.clone();
        };
        let frozen = Scope::new(ScopeKind::Script, self.no_locals(), Some(function.scope.clone()));
        for name in walk::names_in(&def.body) {
            if let Lookup::Found(value) = function.scope.lookup(name) {
                frozen.set(name, value);
            }
        }
        let mut snapshot = (**function).clone();
        snapshot.scope = Rc::new(frozen);
        Rc::new(snapshot)
    }
}

/// The truth of an integer literal, or of a comparison of two.
fn literal_truth(expr: &PrimExpr) -> Option<bool> {
    let PrimExpr::Binary(e) = expr else { return Some(expr.as_int()? != 0) };
    let (a, b) = (e.lhs.as_int()?, e.rhs.as_int()?);
    Some(match e.op {
        BinOp::Eq => a == b,
        BinOp::Ne => a != b,
        BinOp::Lt => a < b,
        BinOp::Le => a <= b,
        BinOp::Gt => a > b,
        BinOp::Ge => a >= b,
        _ => return None,
    })
}

fn unbound(name: Symbol, own: bool) -> HostError {
    match own {
        true => HostError::exception(
            ExcKind::UnboundLocalError,
            format!(
                "cannot access local variable '{name}' where it is not associated with a value"
            ),
        ),
        false => HostError::exception(
            ExcKind::NameError,
            format!(
                "cannot access free variable '{name}' where it is not associated with a value in \
                 enclosing scope"
            ),
        ),
    }
}

/// A host decision would depend on a value that only the running program knows.
pub(crate) fn run_time_value(span: Span) -> HostError {
    HostError::new(
        Code::HOST_RUN_TIME_VALUE,
        span,
        "this decision depends on a value that is known only when the program runs",
    )
    .with_help("write it in a prim_func, where it becomes a branch, or use `T.if_then_else`")
}
