//! Random schedules: whatever steps are taken, the result stays what it was.
//!
//! `TIRADE_SCHEDULES=100000 cargo test --release --test schedules -- --nocapture` takes so many
//! traces of up to twenty steps; `TIRADE_SEED` says where to begin. Elements are integers, so that
//! steps which add in another order have to give the same bits too.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tirade::interp::{self, Options};
use tirade::ir::args::{Arg, Request, prepare};
use tirade::ir::print::{PrintOptions, print_module};
use tirade::ir::validate::validate;
use tirade::ir::visit::for_each_block;
use tirade::ir::{BufferId, DType, IRModule, ParamKind, PrimExpr, PrimFunc, SourceMap, Var, arith};
use tirade::schedule::args::{Parameter, parameters};
use tirade::schedule::primitive::{Primitive, TABLE};
use tirade::schedule::{Args, IndexMap, Schedule, Value};
use tirade_fuzz::Choices;

const PROGRAMS: &str = include_str!("schedules/programs.py");

/// Steps of a trace.
const STEPS: usize = 20;
/// Attempts at a step that is not refused.
const ATTEMPTS: usize = 12;
/// How many failures are looked for before the test stops.
const FAILURES: usize = 10;

/// Not for here: they do not promise to keep the result, need intrinsics, or do nothing.
const LEFT_OUT: &[&str] = &["unsafe_set_dtype", "annotate_buffer_access", "tensorize"];

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn programs() -> Vec<IRModule> {
    let mut sources = SourceMap::new();
    let file = sources.add("programs.py", PROGRAMS.to_string()).expect("a small script");
    let evaluated =
        tirade::frontend::evaluate(&mut sources, &file, &tirade::frontend::Options::default());
    assert!(!evaluated.has_errors(), "{:?}", evaluated.diagnostics);
    let module = evaluated.module.expect("a module");
    module.functions().map(|func| IRModule::from_func(PrimFunc::clone(func))).collect()
}

fn only(module: &IRModule) -> Arc<PrimFunc> {
    module.functions().next().expect("one function").clone()
}

/// The parameters' buffers: steps that lay one out otherwise are not for callers who do not know.
fn interface(func: &PrimFunc) -> Vec<Option<BufferId>> {
    let buffer = |kind: &ParamKind| match kind {
        ParamKind::Buffer(b) => Some(b.id),
        ParamKind::Scalar | ParamKind::Pointer(_) => None,
    };
    func.params.iter().map(|p| buffer(&p.kind)).collect()
}

/// What the function gives, or what is wrong with it.
fn run(module: &IRModule, args: &[Arg]) -> Result<String, String> {
    let broken = validate(module).into_iter().find(|d| d.is_error());
    if let Some(error) = broken {
        return Err(format!("it is not valid any more: {}", error.message));
    }
    let options = Options { threads: 1, ..Options::default() };
    match interp::run(module, only(module).name, args.to_vec(), &options) {
        Ok(outcome) => match outcome.reports.first() {
            None => Ok(format!("{:?}", outcome.args)),
            Some(report) => Err(format!("the interpreter reports: {}", report.message)),
        },
        Err(errors) => Err(format!("it cannot be run: {:?}", errors.first().map(|e| &e.message))),
    }
}

/// Draws arguments.
struct Draw<'a> {
    choices: &'a mut Choices,
    schedule: &'a mut Schedule,
}

impl Draw<'_> {
    fn block(&mut self) -> Option<Value> {
        let func = only(self.schedule.module());
        let mut names = Vec::new();
        for_each_block(&func.body, |realize| names.push(realize.block.name));
        let name = self.choices.pick(&names[..]);
        self.schedule.call("get_sblock", [Value::str(name.as_str())], []).ok()
    }

    fn loops(&mut self) -> Option<Vec<Value>> {
        let block = self.block()?;
        let loops = self.schedule.call("get_loops", [block], []).ok()?.flat();
        (!loops.is_empty()).then_some(loops)
    }

    fn some_loop(&mut self) -> Option<Value> {
        let loops = self.loops()?;
        Some(loops[self.choices.below(loops.len() as u64) as usize].clone())
    }

    /// Loops of one nest: some neighbours, or some in another order.
    fn several_loops(&mut self, ordered: bool) -> Option<Value> {
        let loops = self.loops()?;
        let n = loops.len() as u64;
        let first = self.choices.below(n);
        let count = 1 + self.choices.below(n - first);
        let chosen = &loops[first as usize..(first + count) as usize];
        if ordered {
            return Some(Value::list(chosen.iter().cloned()));
        }
        let order = self.choices.order(chosen.len());
        Some(Value::list(order.into_iter().map(|i| chosen[i].clone())))
    }

    fn small(&mut self, most: u64) -> Value {
        Value::Int(self.choices.below(most) as i64)
    }

    fn flag(&mut self) -> Value {
        Value::Bool(self.choices.chance(1, 2))
    }

    fn factors(&mut self) -> Value {
        let n = 2 + self.choices.below(2);
        let open = self.choices.below(n + 1);
        let factor = |i: u64, choices: &mut Choices| match i == open {
            true => Value::None,
            false => Value::Int(1 + choices.below(4) as i64),
        };
        Value::list((0..n).map(|i| factor(i, self.choices)).collect::<Vec<_>>())
    }

    /// A permutation of some indices, one of which may be cut in two.
    fn index_map(&mut self) -> Value {
        let n = 1 + self.choices.below(3) as usize;
        let initial: Vec<Var> =
            (0..n).map(|i| Var::new(format!("i{i}").as_str(), DType::INT32)).collect();
        let order = self.choices.order(n);
        let mut result: Vec<PrimExpr> = order.into_iter().map(|i| initial[i].into()).collect();
        if self.choices.chance(1, 2) {
            let at = self.choices.below(n as u64) as usize;
            let factor = PrimExpr::i32(2 + self.choices.below(3) as i32);
            let whole = result[at].clone();
            result[at] = arith::floordiv(&whole, &factor);
            result.push(arith::floormod(&whole, &factor));
        } else if n > 1 && self.choices.chance(1, 4) {
            let factor = PrimExpr::i32(2 + self.choices.below(8) as i32);
            let (a, b) = (result.remove(0), result.remove(0));
            result.insert(0, arith::add(&arith::mul(&a, &factor), &b));
        }
        Value::IndexMap(Arc::new(IndexMap {
            initial: initial.into(),
            result: result.into(),
            axis_separators: Box::default(),
            inverse: None,
        }))
    }

    fn buffer(&mut self) -> Value {
        let kind = if self.choices.chance(1, 2) { "read" } else { "write" };
        let index = self.small(3);
        match self.choices.chance(1, 3) {
            true => index,
            false => Value::list([Value::str(kind), index]),
        }
    }

    fn argument(&mut self, primitive: &Primitive, param: &Parameter) -> Option<Value> {
        Some(match param.name {
            "block" => self.block()?,
            "target" | "block_or_loop" => match self.choices.chance(1, 2) {
                true => self.block()?,
                false => self.some_loop()?,
            },
            "loop" => self.some_loop()?,
            "loops" if primitive.name == "merge" => {
                Value::list([self.some_loop()?, self.some_loop()?])
            }
            "loops" | "ordered_loops" => self.several_loops(primitive.name == "fuse")?,
            "factors" => self.factors(),
            "index_map" => self.index_map(),
            "buffer" => self.buffer(),
            "buffer_index" | "read_buffer_index" | "write_buffer_index" => self.small(3),
            "storage_scope" => Value::str("global"),
            "factor_axis" | "axis" => self.small(3),
            "factor" | "offset" => self.small(4),
            "new_order" => {
                let n = 1 + self.choices.below(4) as usize;
                let order = self.choices.order(n);
                Value::list(order.into_iter().map(|i| Value::Int(i as i64)))
            }
            "axis_separators" => Value::list([self.small(3)]),
            // Threads may be bound to a reduction: a program for GPUs that are yet to lower it.
            "thread_axis" => Value::str("blockIdx.x"),
            "ann_key" => Value::str(self.choices.pick(&["first", "second"])),
            "ann_val" => self.small(10),
            "pad_value" if self.choices.chance(1, 2) => Value::Int(0),
            "preserve_unit_loops" | "preserve_unit_iters" => self.flag(),
            _ => param.default.clone()?,
        })
    }
}

/// Tries a primitive; `None` if no arguments were found, else its name and how it was refused.
fn step(
    schedule: &mut Schedule,
    choices: &mut Choices,
    table: &[&'static Primitive],
) -> Option<(&'static str, Result<(), String>)> {
    let primitive = choices.pick(table);
    let mut draw = Draw { choices, schedule };
    let mut values = Vec::new();
    for param in parameters(primitive.signature) {
        values.push(draw.argument(primitive, &param)?);
    }
    let done = schedule.apply(primitive, Args::from_values(primitive, values));
    Some((primitive.name, done.map(|_| ()).map_err(|e| e.code.to_string())))
}

/// How often each primitive was done, and refused for which reason.
type Tally = BTreeMap<(&'static str, String), u64>;

/// Takes a random trace; gives what went wrong.
fn trace(seed: u64, programs: &[IRModule], tally: &mut Tally) -> Result<(), String> {
    let mut choices = Choices::from_seed(seed);
    let original = programs[choices.below(programs.len() as u64) as usize].clone();
    let func = only(&original);
    let (args, _) = prepare(&original, &func, &Request::default()).expect("arguments");
    let expected = run(&original, &args).expect("the program has a meaning");
    let unsafe_or_pure = |p: &&&Primitive| p.is_pure() || LEFT_OUT.contains(&p.name);
    let table: Vec<_> = TABLE.iter().filter(|p| !unsafe_or_pure(p)).copied().collect();
    let mut schedule = Schedule::new(original);
    let mut history = vec![schedule.clone()];
    for _ in 0..1 + choices.below(STEPS as u64) {
        for _ in 0..ATTEMPTS {
            let before = schedule.clone();
            let attempt =
                catch_unwind(AssertUnwindSafe(|| step(&mut schedule, &mut choices, &table)));
            let Ok(attempt) = attempt else {
                return Err(format!("a panic\n{}", shown(&before)));
            };
            let Some((name, outcome)) = attempt else { continue };
            let code = outcome.as_ref().err().cloned().unwrap_or_default();
            *tally.entry((name, code)).or_default() += 1;
            // A caller would have to change with the parameters.
            if interface(&only(schedule.module())) != interface(&func) {
                schedule = before;
                continue;
            }
            if outcome.is_ok() {
                history.push(schedule.clone());
                break;
            }
        }
    }
    let found = run(schedule.module(), &args);
    if found.as_ref() == Ok(&expected) {
        return Ok(());
    }
    // The first step after which it is wrong.
    let wrong = |s: &&[Schedule]| run(s[1].module(), &args).as_ref() != Ok(&expected);
    let (before, after) = match history.windows(2).find(wrong) {
        Some(pair) => (&pair[0], &pair[1]),
        None => (&history[0], &schedule),
    };
    let why = run(after.module(), &args).err().unwrap_or_else(|| "the result changes".into());
    let line = after.trace().to_python().pop().unwrap_or_default();
    Err(format!("{why}\nby {line}\nbefore:\n{}\nafter:\n{}", shown(before), shown(after)))
}

fn shown(schedule: &Schedule) -> String {
    print_module(schedule.module(), &PrintOptions::default()).text
}

#[test]
fn no_schedule_changes_a_result() {
    let (count, first) = (number("TIRADE_SCHEDULES", 400), number("TIRADE_SEED", 1));
    let programs = programs();
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let lane = |lane: u64| {
        let (mut tally, mut failures) = (Tally::new(), Vec::new());
        for seed in (first..first + count).filter(|seed| seed % threads == lane) {
            if let Err(failure) = trace(seed, &programs, &mut tally) {
                failures.push(format!("seed {seed}: {failure}\n"));
            }
            if failures.len() == FAILURES {
                break;
            }
        }
        (tally, failures)
    };
    let (tallies, failures): (Vec<Tally>, Vec<_>) = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..threads).map(|n| scope.spawn(move || lane(n))).collect();
        lanes.into_iter().map(|lane| lane.join().expect("no panic outside of a guard")).unzip()
    });
    let mut all = Tally::new();
    for (key, n) in tallies.into_iter().flatten() {
        *all.entry(key).or_default() += n;
    }
    let mut by_name: BTreeMap<&str, (u64, Vec<String>)> = BTreeMap::new();
    for ((name, code), n) in &all {
        let entry = by_name.entry(name).or_default();
        match code.is_empty() {
            true => entry.0 = *n,
            false => entry.1.push(format!("{n} {code}")),
        }
    }
    for (name, (done, refused)) in &by_name {
        println!("{name}: {done} done; refused {}", refused.join(", "));
    }
    let failures = failures.concat();
    assert!(failures.is_empty(), "{}", failures.concat());
    let done: u64 = by_name.values().map(|(done, _)| done).sum();
    assert!(done > count, "{done} steps in {count} traces");
}
