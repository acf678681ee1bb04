//! `split(loop, factors)`: one loop becomes a nest of loops with the given extents.
//!
//! ```text
//! for i in range(100):            for i_0, i_1 in T.grid(7, 16):
//!     with T.sblock("B"):     →       with T.sblock("B"):
//!         vi = T.axis.spatial(100, i)     vi = T.axis.spatial(100, i_0 * 16 + i_1)
//!                                         T.where(i_0 * 16 + i_1 < 100)
//! ```
//!
//! The order of iterations does not change. At most one factor may be `None`: it becomes what is
//! needed to cover the extent. Where the product of the factors may be larger than the extent, the
//! blocks below get a condition, unless `disable_predication` promises that it is not larger.
//!
//! - The loop starts at 0, has no step, no annotations and no thread binding.
//! - Factors are positive, and their product covers the extent.
//! - With a condition: nothing but blocks is executed below the loop.

use super::Primitive;
use crate::analysis::binding::simplify_bindings;
use crate::args::Args;
use crate::build::{add_predicate, cast, serial, suffixed};
use crate::error::{Result, ScheduleError};
use crate::place::Place;
use crate::schedule::Schedule;
use crate::value::Value;
use tirade_ir::arith::{self, Analyzer};
use tirade_ir::diag::Code;
use tirade_ir::subst::substitute_var;
use tirade_ir::visit::{any_expr, any_stmt};
use tirade_ir::{BinOp, DType, For, PrimExpr, Range, Stmt, Var};

/// `split`
pub const SPLIT: Primitive = Primitive {
    name: "split",
    kind: "Split",
    signature: "(loop, factors, preserve_unit_iters=True, disable_predication=False)",
    attrs: &["preserve_unit_iters", "disable_predication"],
    spread: Some("factors"),
    apply,
    doc: "Splits a loop into a nest of loops with the given extents.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.loop_arg(args, "loop")?;
    let f = place.for_loop().clone();
    expect_plain(&place)?;
    expect_zero_start(&place)?;
    let given = factors(schedule, args, &f)?;
    let factors = completed(&given, &place, &f)?;
    let dtype = factors.iter().map(PrimExpr::dtype).fold(f.loop_var.dtype, wider);
    let disable_predication = args.bool("disable_predication")?;
    let keep_units = args.bool("preserve_unit_iters")?;

    let vars: Vec<Var> =
        (0..factors.len()).map(|i| suffixed(f.loop_var, &format!("_{i}"), dtype)).collect();
    let mut analyzer = outer_facts(&place);
    let mut value = PrimExpr::int(0, dtype);
    for (var, factor) in vars.iter().zip(&factors) {
        let factor = cast(dtype, factor);
        value = arith::add(&arith::mul(&value, &factor), &PrimExpr::Var(*var));
        analyzer.bind(*var, &Range::from_extent(factor));
    }
    let mut body = substitute_var(&f.body, f.loop_var, cast(f.loop_var.dtype, &value));
    let within = arith::binary(BinOp::Lt, &value, &f.extent);
    if !analyzer.can_prove(&within) {
        if disable_predication {
            expect_may_be_even(&place, &factors, &f)?;
        } else {
            expect_only_blocks(&place, "split")?;
            body = add_predicate(&body, &within);
        }
    }
    let nest = vars.iter().zip(&factors).rev();
    let nest = nest.fold(body, |body, (v, factor)| serial(*v, factor.clone(), body, f.span));
    schedule.replace(&place, simplify_bindings(&nest, &place.loops(), keep_units));
    let func = place.func.name;
    Ok(Value::list(vars.iter().map(|var| Value::Loop(schedule.new_loop(func, var.id)))))
}

fn wider(a: DType, b: DType) -> DType {
    if a.bits() < b.bits() { b } else { a }
}

/// What is known of the loops around a place.
pub(super) fn outer_facts(place: &Place) -> Analyzer {
    let mut analyzer = Analyzer::new();
    for f in place.all_loops() {
        analyzer.bind(f.loop_var, &Range::new(f.min.clone(), f.extent.clone()));
    }
    analyzer
}

/// The factors that were given, `None` for the one to be inferred.
pub(super) fn factors(schedule: &Schedule, args: &Args, f: &For) -> Result<Vec<Option<PrimExpr>>> {
    let Value::List(items) = args.get("factors") else {
        return Err(ScheduleError::argument("`factors` has to be a list"));
    };
    if items.is_empty() {
        return Err(ScheduleError::argument("a split needs at least one factor"));
    }
    let mut found = Vec::with_capacity(items.len());
    for item in items.iter() {
        if matches!(item, Value::None) {
            found.push(None);
            continue;
        }
        let factor = schedule.expr_value(item, f.loop_var.dtype)?;
        if !arith::is_index(factor.dtype()) {
            let dtype = factor.dtype();
            return Err(ScheduleError::argument(format!("a factor of type {dtype} is no index")));
        }
        if factor.as_int().is_some_and(|value| value <= 0) {
            return Err(ScheduleError::argument("factors have to be positive"));
        }
        let wide = f.extent.dtype().bits() < factor.dtype().bits();
        found.push(Some(if wide { cast(f.extent.dtype(), &factor) } else { factor }));
    }
    if found.iter().filter(|factor| factor.is_none()).count() > 1 {
        return Err(ScheduleError::argument("only one factor can be left to be inferred"));
    }
    Ok(found)
}

/// The factors with the missing one inferred.
fn completed(given: &[Option<PrimExpr>], place: &Place, f: &For) -> Result<Vec<PrimExpr>> {
    let analyzer = outer_facts(place);
    let one = PrimExpr::int(1, f.extent.dtype());
    let product = given.iter().flatten().fold(one.clone(), |all, factor| arith::mul(&all, factor));
    if given.iter().all(Option::is_some)
        && !analyzer.can_prove(&arith::binary(BinOp::Ge, &product, &f.extent))
    {
        let message = format!("the factors do not cover the loop over `{}`", f.loop_var.name);
        return Err(ScheduleError::new(Code::SCHEDULE_ARGUMENT, message)
            .at_with(place.at(), "its extent is larger, or cannot be compared")
            .help("leave one factor out as `None`"));
    }
    let up = arith::sub(&arith::add(&f.extent, &product), &one);
    let inferred = || analyzer.simplify(&arith::floordiv(&up, &product));
    Ok(given.iter().map(|factor| factor.clone().unwrap_or_else(inferred)).collect())
}

/// Fails if the loop is bound to threads, has annotations or a step.
pub(super) fn expect_plain(place: &Place) -> Result<()> {
    let f = place.for_loop();
    let what = match (f.thread_tag, &f.step) {
        (Some(tag), _) => format!("is bound to `{tag}`"),
        (None, Some(step)) if !step.is_int(1) => "has a step".to_string(),
        _ if !f.annotations.is_empty() => "has annotations".to_string(),
        _ => return Ok(()),
    };
    let message = format!("the loop over `{}` {what}", f.loop_var.name);
    Err(ScheduleError::new(Code::SCHEDULE_LOOP, message)
        .at(place.at())
        .help("change loops before they are annotated or bound"))
}

/// Fails unless the loop starts at 0.
pub(super) fn expect_zero_start(place: &Place) -> Result<()> {
    let f = place.for_loop();
    if outer_facts(place).simplify(&f.min).is_int(0) {
        return Ok(());
    }
    let message = format!("the loop over `{}` does not start at 0", f.loop_var.name);
    Err(ScheduleError::new(Code::SCHEDULE_LOOP, message).at(place.at()))
}

/// Fails unless all that is executed below a loop stands in blocks, which a condition can guard.
pub(super) fn expect_only_blocks(place: &Place, what: &str) -> Result<()> {
    let f = place.for_loop();
    if only_blocks(&f.body) {
        return Ok(());
    }
    let message = format!(
        "the loop over `{}` executes statements outside of blocks, which the condition that this \
         {what} needs would not guard",
        f.loop_var.name
    );
    Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
        .at(place.at())
        .help("choose factors that divide the extent"))
}

pub(super) fn only_blocks(stmt: &Stmt) -> bool {
    let reads = |e: &PrimExpr| any_expr(e, |e| matches!(e, PrimExpr::Load(_)));
    match stmt {
        Stmt::Block(_) => true,
        Stmt::Seq(s) => s.stmts.iter().all(only_blocks),
        Stmt::For(f) => !reads(&f.min) && !reads(&f.extent) && only_blocks(&f.body),
        Stmt::If(s) => {
            !reads(&s.condition)
                && only_blocks(&s.then_case)
                && s.else_case.as_ref().is_none_or(only_blocks)
        }
        Stmt::Evaluate(s) => s.value.as_int().is_some(),
        Stmt::Attr(s) => !reads(&s.value) && only_blocks(&s.body),
        Stmt::Store(_)
        | Stmt::While(_)
        | Stmt::Bind(_)
        | Stmt::AllocBuffer(_)
        | Stmt::DeclBuffer(_)
        | Stmt::Assert(_)
        | Stmt::Return(_)
        | Stmt::Break(_)
        | Stmt::Continue(_) => false,
    }
}

/// A split without condition is refused where the factors are known to overrun the extent.
fn expect_may_be_even(place: &Place, factors: &[PrimExpr], f: &For) -> Result<()> {
    let one = PrimExpr::int(1, f.extent.dtype());
    let product = factors.iter().fold(one, |all, factor| arith::mul(&all, factor));
    let (product, extent) = (product.as_int(), f.extent.as_int());
    match (product, extent) {
        (Some(product), Some(extent)) if product != extent => {
            let message = format!(
                "without a condition, the loops would run {product} times instead of {extent}"
            );
            Err(ScheduleError::new(Code::SCHEDULE_ARGUMENT, message)
                .at(place.at())
                .help("leave `disable_predication` off, or choose factors that divide the extent"))
        }
        _ => Ok(()),
    }
}

/// True if a loop below can be left before its end, so that splitting it changes what is left.
pub(super) fn has_jumps(stmt: &Stmt) -> bool {
    any_stmt(stmt, |s| matches!(s, Stmt::Break(_) | Stmt::Continue(_) | Stmt::Return(_)))
}
