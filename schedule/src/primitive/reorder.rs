//! `reorder(*ordered_loops)`: loops of one nest in another order.
//!
//! ```text
//! for i, j in T.grid(4, 8):      →      for j, i in T.grid(8, 4):
//! ```
//!
//! Loops of the nest that are not named stay where they are.
//!
//! - The loops stand in one nest, each the only statement of the one around it.
//! - No extent depends on a loop that moves inside of it.
//! - Axes of the blocks below are spatial or reduction axes, and an affine map of the loops.
//! - No two iterations whose order changes access the same place, of which one is a write; updates
//!   of a reduction may change places.

use super::Primitive;
use crate::analysis::binding::expect_affine;
use crate::analysis::dependence::expect_reorderable;
use crate::analysis::scope::Scope;
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::place::{Place, with_body};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::diag::Code;
use tirade_ir::visit::uses_var;
use tirade_ir::{For, IterVarKind, Stmt, VarId};

/// `reorder`
pub const REORDER: Primitive = Primitive {
    name: "reorder",
    kind: "Reorder",
    signature: "(*ordered_loops)",
    attrs: &[],
    spread: Some("ordered_loops"),
    apply,
    doc: "Puts loops of one nest in the given order.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let rvs = args.loops("ordered_loops")?;
    let places: Result<Vec<Place>> = rvs.iter().map(|rv| schedule.loop_place(*rv)).collect();
    let places = places?;
    for (i, place) in places.iter().enumerate() {
        let id = place.for_loop().loop_var.id;
        if places[..i].iter().any(|other| other.for_loop().loop_var.id == id) {
            let message = "a loop stands twice in the new order";
            return Err(ScheduleError::new(Code::SCHEDULE_ARGUMENT, message).at(place.at()));
        }
    }
    if places.len() <= 1 {
        return Ok(Value::None);
    }
    let (top, bottom) = ends(&places);
    let chain = chain(&places, top, bottom)?;
    let top = &places[top];
    let bottom = &places[bottom];
    expect_axes(top, bottom)?;
    let order = new_order(&chain, &places);
    expect_independent_extents(&order, bottom)?;
    expect_reorderable(bottom, &chain, &order)?;
    let body = bottom.for_loop().body.clone();
    let nest = order.iter().rev().fold(body, |body, f| Stmt::For(Arc::new(with_body(f, body))));
    schedule.replace(top, nest);
    Ok(Value::None)
}

/// The outermost and the innermost of the loops.
fn ends(places: &[Place]) -> (usize, usize) {
    let depth = |i: &usize| places[*i].around.len();
    let all = 0..places.len();
    let top = all.clone().min_by_key(depth).expect("not empty");
    (top, all.max_by_key(depth).expect("not empty"))
}

/// The loops from the outermost to the innermost one.
fn chain(places: &[Place], top: usize, bottom: usize) -> Result<Vec<Arc<For>>> {
    let not_a_chain = |why: &str, place: &Place| {
        let error = ScheduleError::new(
            Code::SCHEDULE_STRUCTURE,
            format!("the loops are not in one nest: {why}"),
        );
        error.at(place.at())
    };
    let (top, bottom) = (&places[top], &places[bottom]);
    if top.func.name != bottom.func.name {
        return Err(not_a_chain("they are in different functions", bottom));
    }
    let first = top.around.len();
    let mut chain = Vec::new();
    let between = bottom.around[first..].iter().map(|(stmt, _)| stmt);
    for stmt in between.chain([&bottom.stmt]) {
        match stmt {
            Stmt::For(f) => chain.push(f.clone()),
            _ => {
                let f = chain.last().unwrap_or(top.for_loop());
                let place = Place::of_loop(&top.func, f.loop_var.id).unwrap_or(top.clone());
                return Err(not_a_chain("other statements stand between them", &place));
            }
        }
    }
    let in_chain = |id: VarId| chain.iter().any(|f| f.loop_var.id == id);
    let is_top = chain.first().is_some_and(|f| f.loop_var.id == top.for_loop().loop_var.id);
    if !is_top {
        return Err(not_a_chain("they are below different statements", bottom));
    }
    match places.iter().find(|place| !in_chain(place.for_loop().loop_var.id)) {
        Some(place) => Err(not_a_chain("this one is not between the others", place)),
        None => Ok(chain),
    }
}

/// Blocks below have spatial and reduction axes only, which are affine.
fn expect_axes(top: &Place, bottom: &Place) -> Result<()> {
    let outer = top.loops().len();
    for child in Scope::of(bottom).children {
        let axes = &child.block().iter_vars;
        let other =
            axes.iter().find(|a| !matches!(a.kind, IterVarKind::DataPar | IterVarKind::CommReduce));
        if let Some(axis) = other {
            let message = format!(
                "axis `{}` of block `{}` is neither spatial nor a reduction axis",
                axis.var.name,
                child.block().name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_BLOCK_KIND, message).at(child.at()));
        }
        if !axes.is_empty() {
            expect_affine(&child, Some(&child.loops()[outer..]))?;
        }
    }
    Ok(())
}

/// The chain with the given loops in the given order; the others stay.
fn new_order(chain: &[Arc<For>], places: &[Place]) -> Vec<Arc<For>> {
    let mut ordered = places.iter().map(Place::for_loop);
    let is_named = |f: &For| places.iter().any(|p| p.for_loop().loop_var == f.loop_var);
    let next = |f: &Arc<For>| match is_named(f) {
        true => ordered.next().expect("as many as named").clone(),
        false => f.clone(),
    };
    chain.iter().map(next).collect()
}

fn expect_independent_extents(order: &[Arc<For>], place: &Place) -> Result<()> {
    for (i, outer) in order.iter().enumerate() {
        let inner = order[i + 1..]
            .iter()
            .find(|f| uses_var(&outer.min, f.loop_var) || uses_var(&outer.extent, f.loop_var));
        if let Some(inner) = inner {
            let message = format!(
                "the loop over `{}` would stand around the loop over `{}`, on which its range depends",
                outer.loop_var.name, inner.loop_var.name
            );
            let at = |f: &For| crate::error::At::Loop(f.loop_var.id);
            return Err(ScheduleError::new(Code::SCHEDULE_LOOP, message)
                .at(at(outer))
                .at_with(at(inner), "has to stay around it"));
        }
    }
    debug_assert!(!place.around.is_empty());
    Ok(())
}
