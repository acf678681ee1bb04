//! Does a block compute what the description of a tensor intrinsic says?

use super::index_map::substitute_typed;
use rustc_hash::FxHashMap;
use tirade_ir::arith::{self, Analyzer};
use tirade_ir::stmt::{Block, BlockRealize, Stmt};
use tirade_ir::subst::VarMap;
use tirade_ir::{AttrValue, Attrs, Buffer, BufferId, BufferRegion, PrimExpr, PrimFunc, Var};

/// What stands for the buffers of the description: a buffer, and where its part begins.
#[derive(Default)]
pub struct Matched {
    /// By the description's buffer.
    pub buffers: FxHashMap<BufferId, (Buffer, Vec<PrimExpr>)>,
}

type Check<T = ()> = Result<T, String>;

/// Compares a block with a description. Buffers of the program may have more dimensions in front;
/// indices count from where the block's regions begin, and may have another integer type.
pub fn match_description(
    realize: &BlockRealize,
    description: &PrimFunc,
    analyzer: &Analyzer,
) -> Check<Matched> {
    let Stmt::Block(outer) = &description.body else {
        return Err("the description has no outermost block".into());
    };
    let mut matcher = Matcher {
        analyzer: analyzer.clone(),
        vars: VarMap::default(),
        buffers: FxHashMap::default(),
        taken: FxHashMap::default(),
        is_scope: true,
    };
    for axis in &realize.block.iter_vars {
        matcher.analyzer.bind(axis.var, &axis.dom);
    }
    matcher.block(&realize.block, &outer.block)?;
    Ok(Matched { buffers: matcher.buffers })
}

struct Matcher {
    analyzer: Analyzer,
    /// Variables of the description in terms of the program.
    vars: VarMap,
    buffers: FxHashMap<BufferId, (Buffer, Vec<PrimExpr>)>,
    taken: FxHashMap<BufferId, BufferId>,
    is_scope: bool,
}

impl Matcher {
    fn same(&self, ours: &PrimExpr, theirs: &PrimExpr) -> bool {
        let theirs = substitute_typed(theirs, &self.vars);
        let theirs = match (&theirs, theirs.as_int()) {
            (_, Some(value)) => PrimExpr::int(value as i64, ours.dtype()),
            _ => theirs,
        };
        ours.dtype() == theirs.dtype() && self.analyzer.can_prove_equal(ours, &theirs)
    }

    fn define(&mut self, ours: Var, theirs: Var) {
        self.vars.insert(theirs.id, ours.into());
    }

    fn block(&mut self, ours: &Block, theirs: &Block) -> Check {
        let scope = std::mem::replace(&mut self.is_scope, false);
        if !scope {
            if ours.iter_vars.len() != theirs.iter_vars.len() {
                return Err(format!("`{}` has another number of axes", ours.name));
            }
            for (a, b) in ours.iter_vars.iter().zip(&theirs.iter_vars) {
                if a.kind != b.kind {
                    return Err(format!("the axis `{}` is of another kind", a.var.name));
                }
                self.define(a.var, b.var);
                self.analyzer.bind(a.var, &a.dom);
            }
            if ours.alloc_buffers.len() != theirs.alloc_buffers.len() {
                return Err(format!("`{}` allocates other buffers", ours.name));
            }
        }
        for (ours, theirs) in [(&ours.writes, &theirs.writes), (&ours.reads, &theirs.reads)] {
            if ours.len() != theirs.len() {
                let (n, m) = (ours.len(), theirs.len());
                return Err(format!("a block accesses {n} regions where {m} are described"));
            }
            ours.iter().zip(theirs.iter()).try_for_each(|(a, b)| self.region(a, b, scope))?;
        }
        match (&ours.init, &theirs.init) {
            (None, None) => {}
            (Some(a), Some(b)) => self.stmt(a, b)?,
            _ if scope => {}
            _ => return Err(format!("`{}` has an init, or lacks one", ours.name)),
        }
        self.stmt(&ours.body, &theirs.body)
    }

    fn buffer(&mut self, ours: &Buffer, theirs: &Buffer) -> Check {
        if let Some((known, _)) = self.buffers.get(&theirs.id) {
            return match known == ours {
                true => Ok(()),
                false => Err(format!("`{}` stands for two buffers", theirs.name)),
            };
        }
        if ours.dtype != theirs.dtype || ours.scope != theirs.scope {
            let (a, b) = (ours.name, theirs.name);
            return Err(format!("`{a}` has another type or storage scope than `{b}`"));
        }
        if self.taken.insert(ours.id, theirs.id).is_some_and(|other| other != theirs.id) {
            return Err(format!("`{}` stands for two buffers", ours.name));
        }
        Ok(())
    }

    fn region(&mut self, ours: &BufferRegion, theirs: &BufferRegion, scope: bool) -> Check {
        self.buffer(&ours.buffer, &theirs.buffer)?;
        let name = ours.buffer.name;
        let offset = ours.region.len().checked_sub(theirs.region.len());
        let offset = offset.ok_or_else(|| format!("`{name}` has too few dimensions"))?;
        if ours.region[..offset].iter().any(|range| !range.extent.is_int(1)) {
            return Err(format!("`{name}` is accessed in more than one slice"));
        }
        let base = match self.buffers.get(&theirs.buffer.id) {
            Some((_, base)) => base.clone(),
            None if scope => {
                let base: Vec<PrimExpr> = ours.region.iter().map(|r| r.min.clone()).collect();
                self.buffers.insert(theirs.buffer.id, (ours.buffer.clone(), base.clone()));
                base
            }
            None => return Err(format!("`{name}` is not in the regions of the outer block")),
        };
        for (i, (a, b)) in ours.region[offset..].iter().zip(&theirs.region).enumerate() {
            let start = self.analyzer.simplify(&arith::sub(&a.min, &base[i + offset]));
            let starts_there = (scope && base[i + offset] == a.min) || self.same(&start, &b.min);
            if !starts_there || !self.same(&a.extent, &b.extent) {
                return Err(format!("`{name}` is accessed in another region"));
            }
        }
        Ok(())
    }

    fn access(
        &mut self,
        (ours, our_indices): (&Buffer, &[PrimExpr]),
        (theirs, their_indices): (&Buffer, &[PrimExpr]),
    ) -> Check {
        self.buffer(ours, theirs)?;
        let Some((_, base)) = self.buffers.get(&theirs.id) else {
            return Err(format!("`{}` is not in the regions of the outer block", ours.name));
        };
        let offset = our_indices.len().checked_sub(their_indices.len());
        let offset = offset.ok_or_else(|| format!("`{}` has too few dimensions", ours.name))?;
        for (i, (a, b)) in our_indices[offset..].iter().zip(their_indices).enumerate() {
            let index = self.analyzer.simplify(&arith::sub(a, &base[i + offset]));
            if !self.same(&index, b) {
                return Err(format!("`{}` is accessed at another place", ours.name));
            }
        }
        Ok(())
    }

    fn stmt(&mut self, ours: &Stmt, theirs: &Stmt) -> Check {
        match (ours, theirs) {
            (Stmt::For(a), Stmt::For(b)) => {
                let name = a.loop_var.name;
                self.define(a.loop_var, b.loop_var);
                let range = tirade_ir::Range::new(a.min.clone(), a.extent.clone());
                self.analyzer.bind(a.loop_var, &range);
                let same = self.same(&a.min, &b.min)
                    && self.same(&a.extent, &b.extent)
                    && a.kind == b.kind
                    && a.thread_tag == b.thread_tag;
                if !same {
                    return Err(format!("the loop `{name}` has another range or kind"));
                }
                if !self.annotations(&a.annotations, &b.annotations) {
                    return Err(format!("the loop `{name}` has other annotations"));
                }
                self.stmt(&a.body, &b.body)
            }
            (Stmt::Block(a), Stmt::Block(b)) => {
                if a.iter_values.len() != b.iter_values.len() {
                    return Err(format!("`{}` has another number of axes", a.block.name));
                }
                let pairs = a.iter_values.iter().zip(&b.iter_values);
                let mut pairs = pairs.chain([(&a.predicate, &b.predicate)]);
                if !pairs.all(|(a, b)| self.same(a, b)) {
                    return Err(format!("the axes of `{}` are bound otherwise", a.block.name));
                }
                self.block(&a.block, &b.block)
            }
            (Stmt::Seq(a), Stmt::Seq(b)) if a.stmts.len() == b.stmts.len() => {
                a.stmts.iter().zip(&b.stmts).try_for_each(|(a, b)| self.stmt(a, b))
            }
            (Stmt::Store(a), Stmt::Store(b)) => {
                self.access((&a.buffer, &a.indices), (&b.buffer, &b.indices))?;
                self.expr(&a.value, &b.value)
            }
            (Stmt::Evaluate(a), Stmt::Evaluate(b)) => self.expr(&a.value, &b.value),
            (Stmt::If(a), Stmt::If(b)) => {
                self.expr(&a.condition, &b.condition)?;
                self.stmt(&a.then_case, &b.then_case)?;
                match (&a.else_case, &b.else_case) {
                    (None, None) => Ok(()),
                    (Some(a), Some(b)) => self.stmt(a, b),
                    _ => Err("one side has an `else`".into()),
                }
            }
            _ => Err("the statements are of different kinds".into()),
        }
    }

    fn annotations(&mut self, ours: &Attrs, theirs: &Attrs) -> bool {
        let value = |a: &AttrValue, b: &AttrValue| match (a, b) {
            (AttrValue::Int(a), AttrValue::Int(b)) => a == b,
            (AttrValue::Str(a), AttrValue::Str(b)) => a == b,
            (AttrValue::Bool(a), AttrValue::Bool(b)) => a == b,
            (AttrValue::Float(a), AttrValue::Float(b)) => a.to_bits() == b.to_bits(),
            (AttrValue::Expr(a), AttrValue::Expr(b)) => {
                a == b || (a.as_int().is_some() && a.as_int() == b.as_int())
            }
            (AttrValue::Int(a), AttrValue::Expr(b)) | (AttrValue::Expr(b), AttrValue::Int(a)) => {
                b.as_int() == Some(i128::from(*a))
            }
            _ => false,
        };
        ours.iter().count() == theirs.iter().count()
            && ours.iter().all(|(key, a)| theirs.get(key.as_str()).is_some_and(|b| value(a, b)))
    }

    fn expr(&mut self, ours: &PrimExpr, theirs: &PrimExpr) -> Check {
        if ours.dtype().code() != theirs.dtype().code() {
            return Err(format!("{} stands where {} is described", ours.dtype(), theirs.dtype()));
        }
        let differs = || Err("the expressions differ".to_string());
        match (ours, theirs) {
            (PrimExpr::Int { value: a, .. }, PrimExpr::Int { value: b, .. }) if a == b => Ok(()),
            (PrimExpr::Float { value: a, .. }, PrimExpr::Float { value: b, .. })
                if a.to_bits() == b.to_bits() =>
            {
                Ok(())
            }
            (PrimExpr::Load(a), PrimExpr::Load(b)) => {
                self.access((&a.buffer, &a.indices), (&b.buffer, &b.indices))
            }
            (PrimExpr::Cast(a), PrimExpr::Cast(b)) => self.expr(&a.value, &b.value),
            (PrimExpr::Binary(a), PrimExpr::Binary(b)) if a.op == b.op => {
                self.expr(&a.lhs, &b.lhs)?;
                self.expr(&a.rhs, &b.rhs)
            }
            (PrimExpr::Not(a), PrimExpr::Not(b)) => self.expr(&a.value, &b.value),
            (PrimExpr::Select(a), PrimExpr::Select(b)) => {
                self.expr(&a.condition, &b.condition)?;
                self.expr(&a.true_value, &b.true_value)?;
                self.expr(&a.false_value, &b.false_value)
            }
            (PrimExpr::Call(a), PrimExpr::Call(b))
                if a.op == b.op && a.args.len() == b.args.len() =>
            {
                a.args.iter().zip(&b.args).try_for_each(|(a, b)| self.expr(a, b))
            }
            _ if ours.dtype().is_integer() && self.same(ours, theirs) => Ok(()),
            _ => differs(),
        }
    }
}
