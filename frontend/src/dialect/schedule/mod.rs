//! Schedules in a script: `sch = tvm.s_tir.Schedule(mod)` and its methods.
//!
//! The methods that change a program are rows of [`tirade_schedule::primitive::TABLE`]; what stands
//! here binds their arguments, and turns a refusal into an exception that a script can catch.

mod convert;
mod domain;
mod index_map;
mod object;
mod trace;

use super::convert::{self as common, expected};
use super::sig::Bound;
use super::table::{Row, row};
use crate::host::{Arg, Evaluator, ExcKind, HostError, Result, Value};
use object::{SRefObject, object};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::func::{IRModule, PrimFunc};
use tirade_ir::print::{PrintOptions, print_module};
use tirade_ir::structural::structural_equal;
use tirade_ir::symbol::Symbol;
use tirade_ir::{Span, Stmt};
use tirade_schedule::primitive::{self, Primitive};
use tirade_schedule::{Args, Schedule, ScheduleError, Value as Item};

pub(super) use index_map::axis_separator;
pub use object::{ScheduleObject, StmtObject};

const NEW: &str = "(mod, seed=None, debug_mask='none', error_render_level='detail', \
     enable_check=True, verify=False)";

const OWN_ROWS: &[Row] = &[
    row("T.Schedule", NEW, new, "A schedule of a module or function."),
    row("tirade.Schedule", NEW, new, "A schedule of a module or function."),
    row("T.LoopRV", "()", new_loop, "A loop that stands for none of a schedule."),
    row("T.SBlockRV", "()", new_block, "A block that stands for none of a schedule."),
    row("T.BlockRV", "()", new_block, "A block that stands for none of a schedule."),
    row("Stmt.same_as", "(self, other)", same_stmt, "Whether two statements are the same."),
    row("T.TensorIntrin.get", "(name, allow_missing=False)", get_intrinsic, "A tensor intrinsic."),
    row("RV.same_as", "(self, other)", same_as, "Whether two handles are the same."),
    row("Schedule.show", "(self, style=None, black_format=None)", show, "Prints the program."),
    row("Schedule.get", "(self, rand_var_or_sref)", get, "What stands behind a handle."),
    row("Schedule.get_sref", "(self, rand_var_or_stmt)", get_sref, "A reference to a statement."),
    row("Schedule.copy", "(self)", copy, "A schedule that goes its own way from here on."),
    row(
        "Schedule.can_decompose_padding",
        "(self, block, loop)",
        can_decompose_padding,
        "Whether `decompose_padding` would be done.",
    ),
    row("Schedule.work_on", "(self, func_name)", work_on, "Looks for blocks in that function."),
    row("Schedule.seed", "(self, seed)", seed, "Sets what sampling draws from."),
    row("Schedule.fork_seed", "(self)", fork_seed, "A seed for another schedule."),
    row("Schedule.remove_rv", "(self, rand_var)", remove_rv, "Gives up a handle."),
    row(
        "testing.verify_trace_roundtrip",
        "(sch, mod, *, debug_mask='all', text_format=None)",
        verify_trace_roundtrip,
        "The trace of a schedule, stored and read again, gives the same program.",
    ),
];

pub(super) const ROWS: &[&[Row]] = &[OWN_ROWS, index_map::ROWS, trace::ROWS];

/// One row for each primitive.
pub(super) fn generated_rows() -> Vec<Row> {
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let method = |found: &&'static Primitive| {
        let inner = found.signature.trim_start_matches('(');
        let comma = if inner == ")" { "" } else { ", " };
        let sig = leak(format!("(self{comma}{inner}"));
        row(leak(format!("Schedule.{}", found.name)), sig, call_primitive, found.doc)
    };
    primitive::TABLE.iter().map(method).collect()
}

/// A refusal as an error of the script.
fn refusal(ev: &mut Evaluator, error: ScheduleError, span: Span) -> HostError {
    HostError::diagnostic(error.into_diagnostic(&mut ev.sources, span))
}

fn schedule_of(arg: &Arg) -> Result<Rc<ScheduleObject>> {
    if let Value::Object(found) = &arg.value
        && let Ok(schedule) = (found.clone() as Rc<dyn std::any::Any>).downcast::<ScheduleObject>()
    {
        return Ok(schedule);
    }
    Err(expected("a schedule", &arg.value, arg.span))
}

/// The module behind an argument; a function by itself is called `main`, as TVM does it.
fn module_of(arg: &Arg) -> Result<IRModule> {
    match &arg.value {
        Value::IRModule(module) => Ok(module.borrow().clone()),
        Value::PrimFunc(func) => {
            let mut module = IRModule::new();
            let name = Symbol::new("main");
            module.insert(Arc::new(PrimFunc { name, ..PrimFunc::clone(func) }));
            Ok(module)
        }
        other => Err(expected("a module or a prim_func", other, arg.span)),
    }
}

fn new(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let mut schedule = Schedule::new(module_of(args.arg("mod"))?);
    if let Some(seed) = args.opt("seed") {
        schedule.seed(common::int(seed)?);
    }
    let number = ev.dialect.schedules.len();
    let made = Rc::new(ScheduleObject { schedule: RefCell::new(schedule), number });
    ev.dialect.schedules.push(made.clone());
    Ok(Value::Object(made))
}

fn new_loop(_: &mut Evaluator, _: &Bound) -> Result<Value> {
    Ok(object(object::LoopObject(tirade_schedule::LoopRV(tirade_schedule::handle::fresh()))))
}

fn new_block(_: &mut Evaluator, _: &Bound) -> Result<Value> {
    Ok(object(object::BlockObject(tirade_schedule::BlockRV(tirade_schedule::handle::fresh()))))
}

fn same_as(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let (a, b) = (&args.arg("self").value, &args.arg("other").value);
    let same = match (a, b) {
        (Value::Object(a), _) => a.equal(b).unwrap_or(false),
        _ => a.is_same(b),
    };
    Ok(Value::Bool(same))
}

fn same_stmt(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let statement = |arg: &Arg| match &arg.value {
        Value::Object(found) => found.as_any().downcast_ref::<StmtObject>().map(|o| o.0.clone()),
        _ => None,
    };
    let both = statement(args.arg("self")).zip(statement(args.arg("other")));
    Ok(Value::Bool(both.is_some_and(|(a, b)| object::same_statement(&a, &b))))
}

fn get_intrinsic(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let arg = args.arg("name");
    let name = common::symbol(arg)?;
    match ev.dialect.intrinsics.get(&name) {
        Some(found) => Ok(object(object::IntrinsicObject(found.clone()))),
        None if args.opt("allow_missing").map_or(Ok(false), common::flag)? => Ok(Value::None),
        None => {
            let message = format!("no tensor intrinsic is registered under `{name}`");
            Err(HostError::exception(ExcKind::ValueError, message).at(arg.span))
        }
    }
}

/// Calls a primitive. A parameter `*loops` takes the rest of the arguments.
fn call_primitive(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let name = args.entry.name.trim_start_matches("Schedule.");
    let found = primitive::find(name).expect("every row is one of the table");
    let object = schedule_of(args.arg("self"))?;
    let mut items: Vec<Item> = Vec::new();
    for param in tirade_schedule::args::parameters(found.signature) {
        let domain = domain::of(&object.schedule.borrow(), found, &items, param.name);
        items.push(match (param.is_rest, args.given(param.name)) {
            (true, _) => {
                let rest: Result<Vec<_>> =
                    args.rest.iter().map(|arg| convert::item(ev, arg, domain)).collect();
                Item::list(rest?)
            }
            (false, Some(arg)) => convert::item(ev, arg, domain)?,
            (false, None) => param.default.clone().unwrap_or(Item::None),
        });
    }
    let bound = Args::from_values(found, items);
    let mut schedule = object.schedule.borrow_mut();
    schedule.intrinsics = ev.dialect.intrinsics.clone();
    let result = schedule.apply(found, bound);
    drop(schedule);
    match result {
        Ok(output) => convert::value(ev, &output),
        Err(error) => Err(refusal(ev, error, args.span)),
    }
}

fn show(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let schedule = schedule_of(args.arg("self"))?;
    let dialect = ev.dialect.dialect().printable();
    let options = PrintOptions { dialect, ..PrintOptions::default() };
    let text = print_module(schedule.schedule.borrow().module(), &options).text;
    ev.budget.consume(text.len())?;
    ev.printed.push_str(&text);
    ev.printed.push('\n');
    Ok(Value::None)
}

/// The statement behind a handle.
fn statement(ev: &mut Evaluator, args: &Bound, name: &str) -> Result<Option<Stmt>> {
    let schedule = schedule_of(args.arg("self"))?;
    let schedule = schedule.schedule.borrow();
    let value = &args.arg(name).value;
    let found = if let Some(block) = convert::block_of(value) {
        schedule.block(block)
    } else if let Some(loop_rv) = convert::loop_of(value) {
        schedule.loop_place(loop_rv)
    } else if let Value::Object(o) = value
        && let Some(sref) = o.as_any().downcast_ref::<SRefObject>()
    {
        return Ok(Some(sref.0.clone()));
    } else if let Value::Object(o) = value
        && let Some(stmt) = o.as_any().downcast_ref::<StmtObject>()
    {
        return Ok(Some(stmt.0.clone()));
    } else {
        return Ok(None);
    };
    found.map(|place| Some(place.stmt)).map_err(|e| refusal(ev, e, args.span))
}

fn get(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    if let Some(stmt) = statement(ev, args, "rand_var_or_sref")? {
        return Ok(object(StmtObject(stmt)));
    }
    let arg = args.arg("rand_var_or_sref");
    let expr = common::arg_expr(arg)?;
    let schedule = schedule_of(args.arg("self"))?;
    let value = schedule.schedule.borrow().get_int(&expr);
    value.map(Value::Int).ok_or_else(|| expected("a handle of this schedule", &arg.value, arg.span))
}

fn get_sref(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    match statement(ev, args, "rand_var_or_stmt")? {
        Some(stmt) => Ok(object(SRefObject(stmt))),
        None => {
            let arg = args.arg("rand_var_or_stmt");
            Err(expected("a block or loop", &arg.value, arg.span))
        }
    }
}

fn copy(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let schedule = schedule_of(args.arg("self"))?.schedule.borrow().clone();
    let number = ev.dialect.schedules.len();
    let made = Rc::new(ScheduleObject { schedule: RefCell::new(schedule), number });
    ev.dialect.schedules.push(made.clone());
    Ok(Value::Object(made))
}

fn can_decompose_padding(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let schedule = schedule_of(args.arg("self"))?;
    let mut trial = schedule.schedule.borrow().clone();
    let items = [args.arg("block"), args.arg("loop")];
    let items: Result<Vec<Item>> =
        items.into_iter().map(|arg| convert::item(ev, arg, convert::MapDomain::NONE)).collect();
    Ok(Value::Bool(trial.call("decompose_padding", items?, []).is_ok()))
}

fn work_on(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let arg = args.arg("func_name");
    let name = match &arg.value {
        Value::GlobalVar(name) => name.as_str(),
        _ => common::text(arg)?,
    };
    let schedule = schedule_of(args.arg("self"))?;
    let result = schedule.schedule.borrow_mut().work_on(name);
    result.map_err(|e| refusal(ev, e, args.span))?;
    Ok(Value::None)
}

fn seed(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let seed = common::int(args.arg("seed"))?;
    schedule_of(args.arg("self"))?.schedule.borrow_mut().seed(seed);
    Ok(Value::None)
}

fn fork_seed(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let schedule = schedule_of(args.arg("self"))?;
    let seed = schedule.schedule.borrow_mut().fork_seed();
    Ok(Value::Int(seed))
}

fn remove_rv(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let item = convert::item(ev, args.arg("rand_var"), convert::MapDomain::NONE)?;
    schedule_of(args.arg("self"))?.schedule.borrow_mut().remove(&item);
    Ok(Value::None)
}

/// The trace of `sch`, stored and done again on `mod`, gives the same program.
fn verify_trace_roundtrip(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let recorded = schedule_of(args.arg("sch"))?;
    let (trace, module) = {
        let schedule = recorded.schedule.borrow();
        (schedule.trace().clone(), schedule.module().clone())
    };
    let mut again = Schedule::new(module_of(args.arg("mod"))?);
    again.intrinsics = ev.dialect.intrinsics.clone();
    trace::check_round_trip(ev, &trace, &mut again, args.span)?;
    if let Err(found) = structural_equal(again.module(), &module) {
        let message = format!("the replayed trace is not structurally equal: {found}");
        let error = HostError::exception(ExcKind::AssertionError, message);
        return Err(error.at(args.span));
    }
    let number = ev.dialect.schedules.len();
    Ok(object(ScheduleObject { schedule: RefCell::new(again), number }))
}
