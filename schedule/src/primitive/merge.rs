//! `merge(*loops)`: loops of nests that stand one behind the other become one.
//!
//! ```text
//! for i, j in T.grid(4, 8):                    for i_m, j_m in T.grid(4, 8):
//!     with T.sblock("B"):                          with T.sblock("B"):
//!         …                                            …
//! for i, j in T.grid(4, 8):              →         with T.sblock("C"):
//!     with T.sblock("C"):                              …
//!         …
//! ```
//!
//! Each loop is named with those that stand around it in its nest: all of them are merged.
//!
//! - The nests are neighbours in one sequence, of as many loops with the same extents.
//! - Each loop but the named one is there for the next one only.
//! - The loops start at 0, have no step, no annotations and no thread binding, and are not left
//!   early.
//! - What one nest writes and another accesses is met in the same iteration of the merged loops.

use super::Primitive;
use super::split::{expect_plain, expect_zero_start, has_jumps};
use crate::analysis::dependence::expect_same_iteration;
use crate::args::Args;
use crate::build::{cast, serial, suffixed};
use crate::error::{Result, ScheduleError};
use crate::place::{Place, Slot};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::arith::Analyzer;
use tirade_ir::diag::Code;
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::{For, PrimExpr, Stmt, Var};

/// `merge`
pub const MERGE: Primitive = Primitive {
    name: "merge",
    kind: "Merge",
    signature: "(*loops)",
    attrs: &[],
    spread: Some("loops"),
    apply,
    doc: "Merges loops of neighbouring nests into one.",
};

/// A loop with those around it up to the sequence in which the nests stand.
struct Nest {
    place: Place,
    /// Outermost first, the named loop last.
    loops: Vec<Arc<For>>,
    /// Position in the sequence.
    position: usize,
}

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let rvs = args.loops("loops")?;
    let places: Result<Vec<Place>> = rvs.iter().map(|rv| schedule.loop_place(*rv)).collect();
    let places = places?;
    if places.len() < 2 {
        return Err(ScheduleError::argument("merging takes at least two loops"));
    }
    let depth = sequence_depth(&places)?;
    let mut nests = places.into_iter().map(|p| nest(p, depth)).collect::<Result<Vec<Nest>>>()?;
    nests.sort_by_key(|nest| nest.position);
    expect_neighbours(&nests)?;
    expect_same_extents(&nests)?;

    let first = &nests[0];
    let merged: Vec<Var> =
        first.loops.iter().map(|f| suffixed(f.loop_var, "_m", f.loop_var.dtype)).collect();
    let body_of = |nest: &Nest| {
        let values = nest
            .loops
            .iter()
            .zip(&merged)
            .map(|(f, var)| (f.loop_var.id, cast(f.loop_var.dtype, &PrimExpr::Var(*var))));
        substitute(&nest.loops[nest.loops.len() - 1].body, &VarMap::from_iter(values))
    };
    let bodies: Vec<Stmt> = nests.iter().map(body_of).collect();
    let wrapped = |body: Stmt| {
        let loops = merged.iter().zip(&first.loops).rev();
        loops.fold(body, |body, (var, f)| serial(*var, f.extent.clone(), body, f.span))
    };
    let top = first.place.ancestor(depth);
    let new = wrapped(Stmt::seq(bodies.iter().cloned()));
    expect_same_iteration(&top, &merged, &new, &bodies)?;

    let Stmt::Seq(sequence) = &top.stmt else { unreachable!("nests stand in a sequence") };
    let (start, end) = (first.position, first.position + nests.len());
    let stmts = &sequence.stmts;
    let rest = stmts[..start].iter().cloned().chain([new]).chain(stmts[end..].iter().cloned());
    schedule.replace(&top, Stmt::seq(rest));
    let innermost = merged[merged.len() - 1];
    Ok(schedule.new_loop(first.place.func.name, innermost.id).into())
}

/// Where the sequence that all loops stand in is among what is around them.
fn sequence_depth(places: &[Place]) -> Result<usize> {
    let (first, rest) = places.split_first().expect("at least two");
    let parts_at = |depth: usize| {
        let slot = |p: &Place| p.around.get(depth).map(|(_, slot)| *slot);
        rest.iter().any(|other| slot(other) != slot(first))
    };
    let same_function = rest.iter().all(|other| other.func.name == first.func.name);
    let depth = (0..first.around.len()).find(|depth| parts_at(*depth));
    match depth {
        Some(depth) if same_function && matches!(first.around[depth].0, Stmt::Seq(_)) => Ok(depth),
        _ => {
            let message = "the loops do not stand in nests one behind the other";
            let error = ScheduleError::new(Code::SCHEDULE_STRUCTURE, message);
            Err(places.iter().fold(error, |error, p| error.at_with(p.at(), "one of them")))
        }
    }
}

fn nest(place: Place, depth: usize) -> Result<Nest> {
    let Some((_, Slot::Seq(position))) = place.around.get(depth) else {
        unreachable!("the loops part in a sequence")
    };
    let position = *position;
    let around = place.around[depth + 1..].iter().map(|(stmt, _)| stmt);
    let mut loops = Vec::new();
    for stmt in around.chain([&place.stmt]) {
        let Stmt::For(f) = stmt else {
            let message = format!(
                "the loop over `{}` is not alone in the loops around it",
                place.for_loop().loop_var.name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message).at(place.at()));
        };
        let at = Place::of_loop(&place.func, f.loop_var.id).unwrap_or_else(|| place.clone());
        expect_plain(&at)?;
        expect_zero_start(&at)?;
        if has_jumps(&f.body) {
            let message = format!("the loop over `{}` can be left early", f.loop_var.name);
            return Err(ScheduleError::new(Code::SCHEDULE_LOOP, message).at(at.at()));
        }
        loops.push(f.clone());
    }
    Ok(Nest { place, loops, position })
}

fn expect_neighbours(nests: &[Nest]) -> Result<()> {
    match nests.windows(2).find(|pair| pair[0].position + 1 != pair[1].position) {
        None => Ok(()),
        Some(pair) => {
            let message = "something stands between the nests";
            Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
                .at(pair[1].place.at())
                .at_with(pair[0].place.at(), "the nest before it"))
        }
    }
}

fn expect_same_extents(nests: &[Nest]) -> Result<()> {
    let (first, rest) = nests.split_first().expect("at least two");
    let analyzer = Analyzer::new();
    for other in rest {
        let same =
            first.loops.len() == other.loops.len()
                && first.loops.iter().zip(&other.loops).all(|(a, b)| {
                    a.kind == b.kind && analyzer.can_prove_equal(&a.extent, &b.extent)
                });
        if !same {
            let message = "the nests have other numbers, kinds or extents of loops";
            return Err(ScheduleError::new(Code::SCHEDULE_LOOP, message)
                .at(other.place.at())
                .at_with(first.place.at(), "what it would be merged with"));
        }
    }
    Ok(())
}
