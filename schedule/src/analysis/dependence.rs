//! Dependences between the iterations of loops, from what is really accessed.
//!
//! For each buffer that the body of the loops writes, the loops fall into two groups. Of the loops
//! that *own* it, different iterations touch different places: the lower ends of the box that an
//! iteration touches are an injective map of those loop variables, and advance by no less than the
//! box is wide. Iterations that differ in the other loops only may touch the same places, and must
//! keep their order.

use super::access::Accesses;
use super::binding::loop_range;
use super::reducer::is_commutative_update;
use crate::error::{At, Result, ScheduleError};
use crate::place::Place;
use std::sync::Arc;
use tirade_ir::arith::iter_map::{IterMapLevel, detect_iter_map};
use tirade_ir::arith::{Analyzer, IntSet, add, sub};
use tirade_ir::diag::Code;
use tirade_ir::stmt::Stmt;
use tirade_ir::subst::{free_vars, substitute};
use tirade_ir::visit::uses_var;
use tirade_ir::{Buffer, For, ForKind, PrimExpr, Range, Symbol, Var};

/// Fails unless the loops of `chain`, the innermost of which is at `bottom`, may run in `order`.
pub fn expect_reorderable(bottom: &Place, chain: &[Arc<For>], order: &[Arc<For>]) -> Result<()> {
    let differs = |i: &usize| chain[*i].loop_var != order[*i].loop_var;
    let Some(first) = (0..chain.len()).find(differs) else { return Ok(()) };
    let last = (0..chain.len()).rfind(differs).expect("there is a first");
    let moved = &chain[first..=last];
    let inner = chain[last].body.clone();
    let accesses = Accesses::of(&inner, &bottom.all_loops_with(chain));
    let analyzer = facts(&bottom.all_loops_with(chain));
    for buffer in accesses.written() {
        let owned = owned_loops(&accesses.hull(&buffer, &analyzer), moved, &analyzer);
        // A loop with one iteration has no order.
        let several = moved.iter().filter(|f| !f.extent.is_int(1)).map(|f| f.loop_var);
        let shared: Vec<Var> = several.filter(|v| !owned.contains(v)).collect();
        let reordered = order[first..=last].iter().map(|f| f.loop_var);
        let keeps_order = reordered.filter(|v| shared.contains(v)).eq(shared.iter().copied());
        if keeps_order
            || is_reduction(&accesses, &buffer, &shared)
            || is_repeated(&inner, &accesses, &buffer, &shared)
        {
            continue;
        }
        return Err(conflict(&buffer, &shared, "would change their order", &accesses)
            .help("only loops whose iterations touch different places, or contribute to a reduction, may change places"));
    }
    Ok(())
}

/// Fails unless the iterations of the loop may run in any order at the same time.
pub fn expect_parallel(place: &Place, kind: ForKind, tag: Option<Symbol>) -> Result<()> {
    let f = place.for_loop();
    let mut outer = place.all_loops();
    outer.push(f.clone());
    let accesses = Accesses::of(&f.body, &outer);
    let analyzer = facts(&outer);
    let is_bound = kind == ForKind::ThreadBinding;
    let cross_thread = tag.is_some_and(|tag| tag.as_str().starts_with("threadIdx."));
    for buffer in accesses.written() {
        let hull = accesses.hull(&buffer, &analyzer);
        let owned = owned_loops(&hull, std::slice::from_ref(f), &analyzer);
        // Memory of threads and of groups of threads is not what other threads see.
        let is_local = is_bound && buffer.scope.as_str() != "global";
        let reduces = cross_thread && is_reduction(&accesses, &buffer, &[f.loop_var]);
        if f.extent.is_int(1) || is_local || reduces || owned.contains(&f.loop_var) {
            continue;
        }
        return Err(conflict(&buffer, &[f.loop_var], "would run at the same time", &accesses)
            .at_with(place.at(), "the loop")
            .help("make the loop one along which each iteration writes a place of its own"));
    }
    Ok(())
}

/// Fails unless whatever one of `bodies` writes and another accesses is met in the same iteration of
/// the loops over `merged`, whose nest `new` stands in the place `top`.
pub fn expect_same_iteration(
    top: &Place,
    merged: &[Var],
    new: &Stmt,
    bodies: &[Stmt],
) -> Result<()> {
    let mut outer = top.all_loops();
    let mut stmt = new;
    while let Stmt::For(f) = stmt
        && merged.contains(&f.loop_var)
    {
        outer.push(f.clone());
        stmt = &f.body;
    }
    let loops = &outer[outer.len() - merged.len()..];
    let analyzer = facts(&outer);
    let accesses = Accesses::of(stmt, &outer);
    let parts: Vec<Accesses> = bodies.iter().map(|body| Accesses::of(body, &outer)).collect();
    if parts.iter().any(|part| part.is_opaque) {
        let message = "the nests call what cannot be looked into";
        return Err(ScheduleError::new(Code::SCHEDULE_DEPENDENCE, message).at(top.at()));
    }
    for buffer in accesses.written() {
        let touches = |part: &&Accesses| part.list.iter().any(|a| a.buffer == buffer);
        if parts.iter().filter(touches).count() < 2 {
            continue;
        }
        let owned = owned_loops(&accesses.hull(&buffer, &analyzer), loops, &analyzer);
        let shared: Vec<Var> = merged.iter().filter(|v| !owned.contains(v)).copied().collect();
        if !shared.is_empty() {
            return Err(conflict(&buffer, &shared, "would mix", &accesses).help(
                "only nests that meet in the same iterations, or share nothing, can be merged",
            ));
        }
    }
    Ok(())
}

fn facts(loops: &[Arc<For>]) -> Analyzer {
    let mut analyzer = Analyzer::new();
    for f in loops {
        let (var, range) = loop_range(f);
        analyzer.bind(var, &range);
    }
    analyzer
}

impl Place {
    /// All loops of the function around this place and the place itself, those of `chain` taken
    /// from there.
    fn all_loops_with(&self, chain: &[Arc<For>]) -> Vec<Arc<For>> {
        let mut loops = self.all_loops();
        loops.retain(|f| chain.iter().all(|other| other.loop_var != f.loop_var));
        loops.extend(chain.iter().cloned());
        loops
    }
}

/// The loops whose iterations touch different places of a buffer, of which each iteration touches
/// the box `hull`.
pub fn owned_loops(hull: &[IntSet], loops: &[Arc<For>], analyzer: &Analyzer) -> Vec<Var> {
    let iters: Vec<(Var, Range)> = loops.iter().map(|f| loop_range(f)).collect();
    let ends: Vec<(PrimExpr, i128)> = hull
        .iter()
        .filter_map(|set| {
            let (min, max) = (set.min.as_ref()?, set.max.as_ref()?);
            let width = analyzer.simplify(&add(&sub(max, min), &PrimExpr::int(1, max.dtype())));
            Some((analyzer.simplify(min), analyzer.bound(&width).max))
        })
        .collect();
    let mut owned = injective(&ends, &iters, analyzer);
    for end in &ends {
        owned.extend(injective(std::slice::from_ref(end), &iters, analyzer));
    }
    owned
}

/// The variables that the lower ends determine; none if that is not certain.
fn injective(ends: &[(PrimExpr, i128)], iters: &[(Var, Range)], analyzer: &Analyzer) -> Vec<Var> {
    let used: Vec<(Var, Range)> = iters
        .iter()
        .filter(|(var, _)| ends.iter().any(|(min, _)| uses_var(min, *var)))
        .cloned()
        .collect();
    if used.is_empty() {
        return Vec::new();
    }
    let mut mins = Vec::new();
    let mut widths = Vec::new();
    for (min, width) in ends.iter().filter(|(min, _)| used.iter().any(|(v, _)| uses_var(min, *v))) {
        mins.push(min.clone());
        widths.push(*width);
    }
    let yes = PrimExpr::bool(true);
    let Ok(map) = detect_iter_map(&mins, &used, &yes, IterMapLevel::Bijective, analyzer) else {
        return Vec::new();
    };
    let advances = map.indices.iter().zip(widths).all(|(sum, width)| match &sum.args[..] {
        [] => true,
        [split] => analyzer.bound(&split.scale).min >= width,
        _ => false,
    });
    if advances { used.into_iter().map(|(var, _)| var).collect() } else { Vec::new() }
}

/// True if all accesses of the buffer are the updates of one reduction, in an order that does not
/// matter but for rounding, and nothing else that is written depends on its course.
fn is_reduction(accesses: &Accesses, buffer: &Buffer, shared: &[Var]) -> bool {
    let mut blocks = accesses.list.iter().filter(|a| a.buffer == *buffer).map(|a| a.block);
    let Some(Some(id)) = blocks.next() else { return false };
    if blocks.any(|other| other != Some(id)) {
        return false;
    }
    let Some(realize) = accesses.blocks.get(&id) else { return false };
    // The loops must count reduction axes: along others the init would run again.
    let spatial = |v: &Var| {
        realize.block.iter_vars.iter().zip(&realize.iter_values).any(|(axis, value)| {
            axis.kind != tirade_ir::IterVarKind::CommReduce && uses_var(value, *v)
        })
    };
    !accesses.is_opaque && is_commutative_update(&realize.block) && !shared.iter().any(spatial)
}

/// True if every iteration of the shared loops writes the same values to the buffer before it reads
/// them.
fn is_repeated(body: &Stmt, accesses: &Accesses, buffer: &Buffer, shared: &[Var]) -> bool {
    let own: Vec<_> = accesses.list.iter().filter(|a| a.buffer == *buffer).collect();
    let writers: Vec<_> = own.iter().filter(|a| a.is_write).map(|a| a.block).collect();
    let Some(Some(id)) = writers.first().copied() else { return false };
    let first_read = own.iter().position(|a| !a.is_write).unwrap_or(own.len());
    let last_write = own.iter().rposition(|a| a.is_write).unwrap_or(0);
    if accesses.is_opaque || writers.iter().any(|w| *w != Some(id)) || first_read < last_write {
        return false;
    }
    let Some(realize) = accesses.blocks.get(&id) else { return false };
    let reads_written = accesses
        .list
        .iter()
        .filter(|a| a.block == Some(id) && !a.is_write)
        .any(|a| accesses.list.iter().any(|w| w.is_write && w.buffer == a.buffer));
    let values = super::binding::bindings(realize);
    let block_body = substitute(&realize.block.body, &values);
    let depends = |v: &Var| {
        free_vars(&block_body).contains(v)
            || uses_var(&realize.predicate, *v)
            || realize.iter_values.iter().any(|value| uses_var(value, *v))
    };
    !reads_written
        && realize.block.init.is_none()
        && !shared.iter().any(depends)
        && !stands_under_condition(body, id)
}

/// True if a branch or loop with a condition stands around the block.
fn stands_under_condition(stmt: &Stmt, id: tirade_ir::BlockId) -> bool {
    let holds = |s: &Stmt| {
        tirade_ir::visit::any_stmt(s, |s| matches!(s, Stmt::Block(r) if r.block.id == id))
    };
    tirade_ir::visit::any_stmt(stmt, |s| match s {
        Stmt::If(_) | Stmt::While(_) => holds(s),
        _ => false,
    })
}

fn conflict(buffer: &Buffer, loops: &[Var], what: &str, accesses: &Accesses) -> ScheduleError {
    let names: Vec<String> = loops.iter().map(|v| format!("`{}`", v.name)).collect();
    let message = format!(
        "iterations of the loop{} over {} that {what} access the same places of `{}`",
        if loops.len() == 1 { "" } else { "s" },
        names.join(", "),
        buffer.name
    );
    let error = ScheduleError::new(Code::SCHEDULE_DEPENDENCE, message)
        .note("what is really accessed counts, whatever axes and regions say");
    let writer = accesses.list.iter().find(|a| a.buffer == *buffer && a.is_write);
    match writer.and_then(|a| a.block) {
        Some(id) => error.at_with(At::Block(id), format!("writes `{}`", buffer.name)),
        None => error,
    }
}
