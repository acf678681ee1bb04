//! `decompose_padding(block, loop)`: padding as a block that fills, and one that copies.
//!
//! ```text
//! for i in range(140):                               for i in range(140):
//!     with T.sblock("pad"):                              with T.sblock("pad_pad_const"):
//!         vi = T.axis.spatial(140, i)                        vi = T.axis.spatial(140, i)
//!         B[vi] = T.if_then_else(                            B[vi] = 0
//!             6 <= vi and vi < 134, A[vi - 6], 0)  →     for i in range(128):
//!                                                            with T.sblock("pad"):
//!                                                                vi = T.axis.spatial(128, i)
//!                                                                B[vi + 6] = A[vi]
//! ```
//!
//! The block that fills stands before the loop, in loops of its own.
//!
//! - The block stores one value: a choice by bounds of its axes, which are spatial, between something
//!   and a constant; and the choice is not always the same.
//! - It is the only one of its scope that writes the buffer, and stands before all that read it.
//! - The loop is one around the block; from there on, loops are plain.

use super::Primitive;
use super::split::{expect_plain, has_jumps};
use crate::analysis::binding::loop_ranges;
use crate::analysis::context::simplified_accesses;
use crate::analysis::scope::Scope;
use crate::args::Args;
use crate::build::{all as all_of, conditions, serial};
use crate::error::{Result, ScheduleError};
use crate::place::{Place, with_body};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::arith::iter_map::{IterMapLevel, detect_iter_map};
use tirade_ir::arith::{self, Analyzer};
use tirade_ir::diag::Code;
use tirade_ir::expr::PrimExpr;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::stmt::{BufferStore, InferredRegions};
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::visit::uses_var;
use tirade_ir::{
    Block, BlockId, BlockRealize, Buffer, For, IterVar, IterVarKind, Op, Range, Stmt, Symbol, Var,
};

/// `decompose_padding`
pub const DECOMPOSE_PADDING: Primitive = Primitive {
    name: "decompose_padding",
    kind: "DecomposePadding",
    signature: "(block, loop)",
    attrs: &[],
    spread: None,
    apply,
    doc: "Splits a block that pads into one that fills and one that copies.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    let target = schedule.loop_arg(args, "loop")?;
    let loops = place.loops();
    let from = place.position_of_loop(&target)?;
    let padding = Padding::of(&place)?;
    expect_first(&place, &padding.buffer)?;
    for f in &loops[from..] {
        let at = Place::of_loop(&place.func, f.loop_var.id).unwrap_or_else(|| target.clone());
        expect_plain(&at)?;
        if has_jumps(&f.body) {
            let message = format!("the loop over `{}` can be left early", f.loop_var.name);
            return Err(ScheduleError::new(Code::SCHEDULE_LOOP, message).at(at.at()));
        }
    }
    expect_once(&place, &loops[from..])?;
    let mut outer = Analyzer::new();
    for f in loops[..from].iter() {
        outer.bind(f.loop_var, &Range::new(f.min.clone(), f.extent.clone()));
    }
    let (fill, id) = fill(&place, &padding, &loops[from..], &outer);
    let copy = copy(&place, &target, &padding, &loops[from..], &outer);
    schedule.replace(&target, Stmt::seq([fill, copy]));
    Ok(schedule.new_block(place.func.name, id).into())
}

/// What a block pads, and with what.
struct Padding {
    buffer: Buffer,
    store: Arc<BufferStore>,
    inside: PrimExpr,
    constant: PrimExpr,
    condition: PrimExpr,
    /// For each axis where what is inside starts and how long it is, if not all of it is.
    bounds: Vec<Option<(PrimExpr, PrimExpr)>>,
}

impl Padding {
    fn of(place: &Place) -> Result<Padding> {
        let block = place.block();
        let refuse = |why: &str| {
            let message = format!("block `{}` is no padding: {why}", block.name);
            ScheduleError::new(Code::SCHEDULE_PATTERN, message)
                .at(place.at())
                .help("a padding stores `T.if_then_else(bounds of axes, value, constant)`, once")
        };
        let Stmt::Store(store) = &block.body else { return Err(refuse("it does more than store")) };
        let (condition, inside, constant) = match &store.value {
            PrimExpr::Call(call) if call.op == Op::IfThenElse => {
                (&call.args[0], &call.args[1], &call.args[2])
            }
            PrimExpr::Select(s) => (&s.condition, &s.true_value, &s.false_value),
            _ => return Err(refuse("what it stores is no choice")),
        };
        if !matches!(constant, PrimExpr::Int { .. } | PrimExpr::Float { .. }) {
            return Err(refuse("what stands outside of the bounds is no constant"));
        }
        if block.init.is_some() || block.iter_vars.iter().any(|v| v.kind != IterVarKind::DataPar) {
            return Err(refuse("it has other axes than spatial ones"));
        }
        let analyzer = Analyzer::new();
        let mut known: Vec<(Var, i128, i128)> = Vec::new();
        for part in conditions(condition) {
            let simple = analyzer.simplify(&part);
            let (var, bound) = analyzer
                .bound_on_var(&simple)
                .filter(|(var, _)| block.iter_vars.iter().any(|axis| axis.var == *var))
                .ok_or_else(|| refuse("its condition is more than bounds of axes"))?;
            match known.iter_mut().find(|(other, ..)| *other == var) {
                Some((_, min, max)) => {
                    (*min, *max) = ((*min).max(bound.min), (*max).min(bound.max))
                }
                None => known.push((var, bound.min, bound.max)),
            }
        }
        let bounds: Vec<_> = block.iter_vars.iter().map(|axis| bounds_of(axis, &known)).collect();
        if bounds.iter().all(Option::is_none) {
            return Err(refuse("its condition always holds"));
        }
        Ok(Padding {
            buffer: store.buffer.clone(),
            store: store.clone(),
            inside: inside.clone(),
            constant: constant.clone(),
            condition: condition.clone(),
            bounds,
        })
    }
}

/// Where the part of an axis starts that is inside, and how long it is; `None` for all of it.
fn bounds_of(axis: &IterVar, known: &[(Var, i128, i128)]) -> Option<(PrimExpr, PrimExpr)> {
    let (_, low, high) = *known.iter().find(|(var, ..)| *var == axis.var)?;
    let (min, extent) = (axis.dom.min.as_int()?, axis.dom.extent.as_int()?);
    let (low, end) = (low.max(min), (high + 1).min(min + extent));
    if low == min && end == min + extent {
        return None;
    }
    let literal = |value: i128| PrimExpr::int(value as i64, axis.var.dtype);
    Some((literal(low), literal((end - low).max(0))))
}

/// Nothing else writes the buffer, and nothing reads it before.
fn expect_first(place: &Place, buffer: &Buffer) -> Result<()> {
    let Some(around) = place.scope() else { return Ok(()) };
    let scope = Scope::of(&around);
    let own = place.block().id;
    let position = scope.position(own);
    let other_writer = scope.writers(buffer).into_iter().find(|w| w.block().id != own).cloned();
    let early_reader = scope
        .readers(buffer)
        .into_iter()
        .find(|r| r.block().id == own || scope.position(r.block().id) < position)
        .cloned();
    let Some(other) = other_writer.or(early_reader) else { return Ok(()) };
    let message = format!(
        "block `{}` also accesses `{}`, which would be filled before",
        other.block().name,
        buffer.name
    );
    Err(ScheduleError::new(Code::SCHEDULE_DEPENDENCE, message)
        .at(place.at())
        .at_with(other.at(), "the other one"))
}

/// The store of the padding with another value.
fn storing(padding: &Padding, value: &PrimExpr) -> Stmt {
    let store = &padding.store;
    Stmt::Store(Arc::new(BufferStore {
        buffer: store.buffer.clone(),
        value: value.clone(),
        indices: store.indices.clone(),
        predicate: store.predicate.clone(),
        span: store.span,
    }))
}

/// Loops with variables of their own around the block that fills.
fn fill(place: &Place, padding: &Padding, loops: &[Arc<For>], outer: &Analyzer) -> (Stmt, BlockId) {
    let (block, realize) = (place.block(), place.realize());
    let own: Vec<Var> = loops.iter().map(|f| f.loop_var.fresh_copy()).collect();
    let by_loop = loops.iter().zip(&own).map(|(f, var)| (f.loop_var.id, (*var).into()));
    let by_loop = VarMap::from_iter(by_loop);
    let axes: Vec<IterVar> = block
        .iter_vars
        .iter()
        .map(|axis| IterVar { var: axis.var.fresh_copy(), ..axis.clone() })
        .collect();
    let by_axis = block.iter_vars.iter().zip(&axes).map(|(old, new)| (old.var.id, new.var.into()));
    let by_axis = VarMap::from_iter(by_axis);
    let id = BlockId::fresh();
    let store = storing(padding, &padding.constant);
    let own_block = Block {
        id,
        name: Symbol::new(&format!("{}_pad_const", block.name)),
        iter_vars: axes.into(),
        reads: Box::default(),
        writes: block.writes.iter().map(|region| substitute(region, &by_axis)).collect(),
        inferred: InferredRegions::default(),
        init: None,
        alloc_buffers: Box::default(),
        match_buffers: Box::default(),
        annotations: Default::default(),
        body: substitute(&store, &by_axis),
        span: block.span,
    };
    let value = |e: &PrimExpr| outer.simplify(&substitute(e, &by_loop));
    let stmt = Stmt::Block(Arc::new(BlockRealize {
        iter_values: realize.iter_values.iter().map(value).collect(),
        predicate: substitute(&realize.predicate, &by_loop),
        block: Arc::new(own_block),
    }));
    let nest = loops.iter().zip(&own).rev().fold(stmt, |body, (f, var)| {
        let (min, extent) = (substitute(&f.min, &by_loop), substitute(&f.extent, &by_loop));
        Stmt::For(Arc::new(For { loop_var: *var, min, extent, ..with_body(f, body) }))
    });
    (nest, id)
}

/// The loop with a block that copies what is inside.
fn copy(
    place: &Place,
    target: &Place,
    padding: &Padding,
    loops: &[Arc<For>],
    outer: &Analyzer,
) -> Stmt {
    let (block, realize) = (place.block(), place.realize());
    let (mut axes, mut shifts) = (Vec::new(), VarMap::default());
    let mut values: Vec<PrimExpr> = Vec::new();
    let mut narrowed: Vec<(Var, PrimExpr)> = Vec::new();
    for ((axis, value), bounds) in
        block.iter_vars.iter().zip(&realize.iter_values).zip(&padding.bounds)
    {
        let Some((start, extent)) = bounds else {
            axes.push(axis.clone());
            values.push(outer.simplify(value));
            continue;
        };
        let var = axis.var.fresh_copy();
        shifts.insert(axis.var.id, outer.simplify(&arith::add(&var.into(), start)));
        let dom = Range::new(PrimExpr::int(0, var.dtype), extent.clone());
        axes.push(IterVar { var, dom, ..axis.clone() });
        match own_loop(place, target, value, loops) {
            Some(loop_var) => {
                narrowed.push((loop_var, extent.clone()));
                values.push(value.clone());
            }
            None => values.push(outer.simplify(&arith::sub(value, start))),
        }
    }
    let body = storing(padding, &padding.inside);
    let unshifted = Arc::new(Block { body, ..Block::clone(block) });
    let mut new = Arc::unwrap_or_clone(substitute(&unshifted, &shifts));
    (new.iter_vars, new.inferred) = (axes.into(), InferredRegions::default());
    let mut all = outer.clone();
    for f in loops {
        let extent = narrowed.iter().find(|(var, _)| *var == f.loop_var);
        let extent = extent.map_or(&f.extent, |(_, extent)| extent).clone();
        all.bind(f.loop_var, &Range::new(f.min.clone(), extent));
    }
    let bindings = block.iter_vars.iter().zip(&realize.iter_values);
    let in_loops = VarMap::from_iter(bindings.clone().map(|(axis, v)| (axis.var.id, v.clone())));
    // What the narrowed loops do not see to.
    let is_left = |part: &&PrimExpr| {
        let axis = bindings.clone().find(|(axis, _)| uses_var(*part, axis.var));
        let cut = axis.is_some_and(|(_, value)| {
            value.as_var().is_some_and(|var| narrowed.iter().any(|(other, _)| *other == var))
        });
        !cut && !all.can_prove(&substitute(*part, &in_loops))
    };
    let parts = conditions(&padding.condition);
    let left = parts.iter().filter(is_left).map(|part| substitute(part, &in_loops));
    let left: Vec<PrimExpr> = left.chain(conditions(&realize.predicate)).collect();
    let predicate = all_of(&left);
    let stmt = Stmt::Block(Arc::new(BlockRealize {
        iter_values: values.into(),
        predicate,
        block: Arc::new(new),
    }));
    let stmt = simplified_accesses(&stmt, &Analyzer::new());
    let at = target.around.len();
    let rest = place.replaced_below(at, stmt);
    narrowed.iter().fold(rest, |stmt, (var, extent)| with_extent(&stmt, *var, extent))
}

/// The loop that counts an axis alone, around nothing but the block.
fn own_loop(place: &Place, target: &Place, value: &PrimExpr, loops: &[Arc<For>]) -> Option<Var> {
    let var = value.as_var()?;
    let f = loops.iter().find(|f| f.loop_var == var)?;
    let below = place.around[target.around.len()..].iter().map(|(stmt, _)| stmt);
    let alone = below
        .skip_while(|stmt| !matches!(stmt, Stmt::For(other) if other.loop_var == var))
        .all(|stmt| matches!(stmt, Stmt::For(_)));
    let others = place.realize().iter_values.iter().filter(|v| uses_var(*v, var)).count();
    let used = uses_var(&place.realize().predicate, var) || others > 1;
    (alone && !used && f.min.is_int(0)).then_some(var)
}

/// The statement with another extent of one loop.
fn with_extent(stmt: &Stmt, var: Var, extent: &PrimExpr) -> Stmt {
    struct Narrow<'a>(Var, &'a PrimExpr);
    impl Rewriter for Narrow<'_> {
        fn rewrite_expr(&mut self, _: &PrimExpr) -> Option<PrimExpr> {
            None
        }

        fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
            match stmt {
                Stmt::For(f) if f.loop_var == self.0 => {
                    Some(serial(self.0, self.1.clone(), f.body.clone(), f.span))
                }
                other => walk_rewrite_stmt(self, other),
            }
        }
    }
    stmt.rewrite_or_clone(&mut Narrow(var, extent))
}

/// The loops that fill do not fill a place twice.
fn expect_once(place: &Place, loops: &[Arc<For>]) -> Result<()> {
    let realize = place.realize();
    let level = IterMapLevel::Bijective;
    let analyzer = Analyzer::new();
    let iters = loop_ranges(loops);
    let once = detect_iter_map(&realize.iter_values, &iters, &realize.predicate, level, &analyzer);
    match once {
        Ok(_) => Ok(()),
        Err(_) => {
            let message = format!(
                "from the loop on, block `{}` pads some places more than once",
                place.block().name
            );
            Err(ScheduleError::new(Code::SCHEDULE_BINDING, message)
                .at(place.at())
                .help("choose a loop further in"))
        }
    }
}
