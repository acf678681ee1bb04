//! Comprehensions and generator expressions.

use crate::ast::{self, Comprehension, ForClause};
use crate::host::Evaluator;
use crate::host::dict::{Dict, Set, Table};
use crate::host::env::{Scope, ScopeKind};
use crate::host::error::Result;
use crate::host::iter::{Iter, LazyIter};
use crate::host::value::Value;
use std::rc::Rc;

impl Evaluator {
    pub(crate) fn eval_list_comp(&mut self, node: &Comprehension) -> Result<Value> {
        let mut items: Vec<Value> = Vec::new();
        self.comprehend(&node.clauses, |ev| {
            if items.len() == items.capacity() {
                ev.budget.reserve((2 * items.len() + 4) * size_of::<Value>())?;
            }
            items.push(ev.eval_expr(&node.element)?);
            Ok(())
        })?;
        self.new_list(items)
    }

    pub(crate) fn eval_set_comp(&mut self, node: &Comprehension) -> Result<Value> {
        let set = Rc::new(Set::new(Table::default(), false));
        self.comprehend(&node.clauses, |ev| {
            let element = ev.eval_expr(&node.element)?;
            ev.set_add(&set, element)
        })?;
        Ok(Value::Set(set))
    }

    pub(crate) fn eval_dict_comp(&mut self, node: &ast::DictComprehension) -> Result<Value> {
        let dict = Rc::new(Dict::default());
        self.comprehend(&node.clauses, |ev| {
            let key = ev.eval_expr(&node.key)?;
            let value = ev.eval_expr(&node.value)?;
            ev.dict_set(&dict, key, value)
        })?;
        Ok(Value::Dict(dict))
    }

    /// Runs `element` once for each step of the clauses, in a scope of its own. What the first
    /// clause iterates over belongs to the scope around.
    fn comprehend(
        &mut self,
        clauses: &[ForClause],
        mut element: impl FnMut(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let first = self.clause_iter(&clauses[0])?;
        let scope = self.comprehension_scope();
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = self.run_clauses(clauses, first, &mut element);
        self.scope = outer;
        result
    }

    fn comprehension_scope(&mut self) -> Rc<Scope> {
        // What a class defines is not seen from a comprehension inside of it.
        let around = match (self.scope.kind, &self.scope.parent) {
            (ScopeKind::Class, Some(around)) => around.clone(),
            _ => self.scope.clone(),
        };
        let (info, parent) = (self.no_locals(), Some(around));
        Rc::new(Scope::new(ScopeKind::Comprehension, info, parent))
    }

    fn clause_iter(&mut self, clause: &ForClause) -> Result<Iter> {
        let iterable = self.eval_expr(&clause.iter)?;
        self.iter(&iterable).map_err(|error| self.locate(error, clause.iter.span))
    }

    fn run_clauses(
        &mut self,
        clauses: &[ForClause],
        mut iter: Iter,
        element: &mut dyn FnMut(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let (clause, rest) = clauses.split_first().expect("a comprehension has a clause");
        while let Some(item) = iter.next(self).map_err(|e| self.locate(e, clause.iter.span))? {
            self.bind_target(&clause.target, item)?;
            if !self.all_hold(clause)? {
                continue;
            }
            match rest.first() {
                None => element(self)?,
                Some(next) => {
                    let inner = self.clause_iter(next)?;
                    self.run_clauses(rest, inner, element)?;
                }
            }
        }
        Ok(())
    }

    fn all_hold(&mut self, clause: &ForClause) -> Result<bool> {
        for cond in &clause.conds {
            let value = self.eval_expr(cond)?;
            if !self.truthy(&value, cond.span).map_err(|e| self.locate(e, cond.span))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(crate) fn make_generator(&mut self, node: &Comprehension) -> Result<Value> {
        let first = self.clause_iter(&node.clauses[0])?;
        self.capture_scope();
        let scope = self.comprehension_scope();
        let node = self.shared_generator(node);
        Ok(Value::iterator("generator", Generator { node, scope, open: vec![first] }))
    }
}

/// A generator expression that is being run.
struct Generator {
    node: Rc<Comprehension>,
    scope: Rc<Scope>,
    /// The iterations under way, one for each clause that was entered; empty at the end.
    open: Vec<Iter>,
}

impl LazyIter for Generator {
    fn next(&mut self, ev: &mut Evaluator) -> Result<Option<Value>> {
        ev.check_stack()?;
        let outer = std::mem::replace(&mut ev.scope, self.scope.clone());
        let result = self.step(ev);
        ev.scope = outer;
        if !matches!(result, Ok(Some(_))) {
            self.open.clear();
        }
        result
    }
}

impl Generator {
    fn step(&mut self, ev: &mut Evaluator) -> Result<Option<Value>> {
        let node = self.node.clone();
        while let Some(innermost) = self.open.len().checked_sub(1) {
            let clause = &node.clauses[innermost];
            let item = self.open[innermost].next(ev).map_err(|e| ev.locate(e, clause.iter.span))?;
            let Some(item) = item else {
                self.open.pop();
                continue;
            };
            ev.bind_target(&clause.target, item)?;
            if !ev.all_hold(clause)? {
                continue;
            }
            match node.clauses.get(self.open.len()) {
                None => return ev.eval_expr(&node.element).map(Some),
                Some(next) => {
                    let inner = ev.clause_iter(next)?;
                    self.open.push(inner);
                }
            }
        }
        Ok(None)
    }
}
