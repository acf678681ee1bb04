//! `fuse(*loops)`: nested loops become one.
//!
//! ```text
//! for i, j in T.grid(4, 8):              for i_j_fused in range(32):
//!     with T.sblock("B"):           →        with T.sblock("B"):
//!         vi, vj = T.axis.remap("SS", [i, j])    vi = T.axis.spatial(4, i_j_fused // 8)
//!                                                vj = T.axis.spatial(8, i_j_fused % 8)
//! ```
//!
//! The order of iterations does not change.
//!
//! - Each loop is the only statement of the one before it.
//! - The loops start at 0, have no step, no annotations and no thread binding.
//! - No extent depends on a loop that is fused.

use super::Primitive;
use super::split::{expect_plain, expect_zero_start, has_jumps};
use crate::analysis::binding::simplify_bindings;
use crate::args::Args;
use crate::build::{cast, serial, suffixed};
use crate::error::{Result, ScheduleError};
use crate::place::Place;
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::arith::{self, Analyzer};
use tirade_ir::diag::Code;
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::visit::uses_var;
use tirade_ir::{DType, For, PrimExpr, Stmt};

/// `fuse`
pub const FUSE: Primitive = Primitive {
    name: "fuse",
    kind: "Fuse",
    signature: "(*loops, preserve_unit_iters=True)",
    attrs: &["preserve_unit_iters"],
    spread: Some("loops"),
    apply,
    doc: "Fuses nested loops into one.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let rvs = args.loops("loops")?;
    let places: Result<Vec<Place>> = rvs.iter().map(|rv| schedule.loop_place(*rv)).collect();
    let places = places?;
    let Some(first) = places.first() else {
        return Err(ScheduleError::argument("there are no loops to fuse"));
    };
    expect_nest(&places)?;
    let loops: Vec<Arc<For>> = places.iter().map(|place| place.for_loop().clone()).collect();
    let dtype = match loops.iter().any(|f| f.loop_var.dtype == DType::INT64) {
        true => DType::INT64,
        false => loops[0].loop_var.dtype,
    };
    let names: Vec<String> = loops[1..].iter().map(|f| format!("_{}", f.loop_var.name)).collect();
    let fused = suffixed(loops[0].loop_var, &format!("{}_fused", names.concat()), dtype);
    let keep_units = args.bool("preserve_unit_iters")?;

    let analyzer = Analyzer::new();
    let mut values = VarMap::default();
    let mut below = PrimExpr::int(1, dtype);
    for (i, f) in loops.iter().enumerate().rev() {
        let extent = cast(dtype, &f.extent);
        let whole = PrimExpr::Var(fused);
        let next = analyzer.simplify(&arith::mul(&extent, &below));
        let value = match (extent.is_int(1), i) {
            (true, _) => PrimExpr::int(0, dtype),
            (false, 0) => arith::floordiv(&whole, &below),
            (false, _) => arith::floordiv(&arith::floormod(&whole, &next), &below),
        };
        values.insert(f.loop_var.id, cast(f.loop_var.dtype, &value));
        below = next;
    }
    let extents = loops.iter().map(|f| cast(dtype, &f.extent));
    let extent = extents.reduce(|all, extent| arith::mul(&all, &extent)).expect("not empty");
    let body = &loops[loops.len() - 1].body;
    let new = serial(fused, analyzer.simplify(&extent), substitute(body, &values), loops[0].span);
    schedule.replace(first, simplify_bindings(&new, &first.loops(), keep_units));
    Ok(schedule.new_loop(first.func.name, fused.id).into())
}

/// Each loop is the body of the one before, and can be fused.
fn expect_nest(places: &[Place]) -> Result<()> {
    for (i, place) in places.iter().enumerate() {
        expect_plain(place)?;
        expect_zero_start(place)?;
        let f = place.for_loop();
        if let Some(outer) = i.checked_sub(1).map(|i| &places[i]) {
            let is_body =
                matches!(&outer.for_loop().body, Stmt::For(inner) if Arc::ptr_eq(inner, f));
            if !is_body {
                let message = format!(
                    "the loop over `{}` is not the only statement of the loop over `{}`",
                    f.loop_var.name,
                    outer.for_loop().loop_var.name
                );
                return Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
                    .at(place.at())
                    .at_with(outer.at(), "the loop before it in the list"));
            }
        }
        let outer = places[..i].iter().find(|o| uses_var(&f.extent, o.for_loop().loop_var));
        if let Some(outer) = outer {
            let message = format!(
                "the extent of the loop over `{}` depends on the loop over `{}`",
                f.loop_var.name,
                outer.for_loop().loop_var.name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_LOOP, message)
                .at(place.at())
                .at_with(outer.at(), "what it depends on"));
        }
        if places.len() > 1 && has_jumps(&f.body) {
            let message = format!("the loop over `{}` can be left early", f.loop_var.name);
            return Err(ScheduleError::new(Code::SCHEDULE_LOOP, message).at(place.at()));
        }
    }
    Ok(())
}
