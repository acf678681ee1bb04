//! The schedule: a module, handles into it, and what was done to it.

use crate::analysis::buffers::{Access, Accessed, buffer_arg};
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::handle::{BlockRV, ExprRV, Handle, LoopRV, fresh};
use crate::intrinsic::Intrinsics;
use crate::place::Place;
use crate::primitive::{Primitive, find};
use crate::random::Random;
use crate::trace::{Instruction, Trace};
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::arith::Analyzer;
use tirade_ir::diag::{Code, Diagnostic};
use tirade_ir::persistent::{PMap, PVec};
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::validate::validate;
use tirade_ir::{BlockId, DType, For, IRModule, PrimExpr, PrimFunc, Stmt, Symbol, Var, VarId};

/// A module that is being scheduled: a value.
///
/// Cloning is O(1), so a clone is a fork, and keeping one is all that undo takes. A primitive that
/// refuses leaves the schedule as it was.
#[derive(Clone, Debug)]
pub struct Schedule {
    module: IRModule,
    working_on: Option<Symbol>,
    handles: PMap<u32, Handle>,
    sampled: PMap<VarId, i64>,
    trace: Trace,
    /// The module before each step.
    history: PVec<IRModule>,
    decision: Option<Value>,
    /// What sampling draws from.
    pub random: Random,
    /// Tensor intrinsics that `tensorize` knows.
    pub intrinsics: Intrinsics,
}

/// A step, with the module on both sides of it.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What was done.
    pub instruction: &'a Instruction,
    /// The module before.
    pub before: &'a IRModule,
    /// The module after.
    pub after: &'a IRModule,
}

impl Schedule {
    /// A schedule of a module. Primitives look for blocks in the function `main`, or in the only
    /// function.
    pub fn new(module: IRModule) -> Schedule {
        let main = Symbol::new("main");
        let only = || module.functions().next().filter(|_| module.len() == 1).map(|f| f.name);
        let working_on = module.get(main).map(|_| main).or_else(only);
        Schedule {
            module,
            working_on,
            handles: PMap::new(),
            sampled: PMap::new(),
            trace: Trace::default(),
            history: PVec::new(),
            decision: None,
            random: Random::new(42),
            intrinsics: Intrinsics::new(),
        }
    }

    /// The module as it is now.
    pub fn module(&self) -> &IRModule {
        &self.module
    }

    /// What was done so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// What every step made of the module, in order.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        let after = self.history.iter().skip(1).chain([&self.module]);
        let modules = self.history.iter().zip(after);
        self.trace.steps().zip(modules).map(|(instruction, (before, after))| Step {
            instruction,
            before,
            after,
        })
    }

    /// The function in which blocks are looked for by name.
    pub fn working_on(&self) -> Option<Symbol> {
        self.working_on
    }

    /// Looks for blocks in another function from now on.
    pub fn work_on(&mut self, name: &str) -> Result<()> {
        self.function(Some(name))?;
        self.working_on = Some(Symbol::new(name));
        Ok(())
    }

    /// Calls a primitive by its name.
    pub fn call(
        &mut self,
        name: &str,
        positional: impl IntoIterator<Item = Value>,
        keyword: impl IntoIterator<Item = (String, Value)>,
    ) -> Result<Value> {
        let primitive = find(name).ok_or_else(|| {
            ScheduleError::argument(format!("a schedule has no primitive `{name}`"))
        })?;
        self.apply(primitive, Args::bind(primitive, positional, keyword)?)
    }

    /// Applies a primitive and records it.
    pub fn apply(&mut self, primitive: &'static Primitive, args: Args) -> Result<Value> {
        self.apply_decided(primitive, args, None)
    }

    /// Applies a primitive with what a sampling one has to decide.
    pub fn apply_decided(
        &mut self,
        primitive: &'static Primitive,
        args: Args,
        decision: Option<Value>,
    ) -> Result<Value> {
        let before = self.clone();
        let args = self.with_numbered_buffer(args);
        self.decision = decision;
        match (primitive.apply)(self, &args) {
            Ok(output) if let Some(mut error) = self.broken(primitive, &before.module) => {
                error.primitive = primitive.name;
                error.module = Some(before.module.clone());
                drop(output);
                *self = before;
                Err(error)
            }
            Ok(output) => {
                let decision = self.decision.take();
                self.trace.push(Instruction { primitive, args, output: output.clone(), decision });
                self.history.push_back(before.module);
                Ok(output)
            }
            Err(mut error) => {
                error.primitive = primitive.name;
                error.module = Some(before.module.clone());
                *self = before;
                Err(error)
            }
        }
    }

    /// A buffer by itself has no form in a stored trace: it is named by its place among the regions of
    /// the block.
    fn with_numbered_buffer(&self, args: Args) -> Args {
        let named = args.has("block") && args.has("buffer");
        if !named || !matches!(args.get("buffer"), Value::Buffer(_)) {
            return args;
        }
        let place = self.block_arg(&args, "block");
        let found = place.and_then(|p| buffer_arg(&p, &args, "buffer", Access::Write, false));
        match found {
            Ok(Accessed { access, index, .. }) => {
                let pair = [Value::str(access.as_str()), Value::Int(index as i64)];
                args.with("buffer", Value::list(pair))
            }
            // The primitive says what is wrong.
            Err(_) => args,
        }
    }

    /// Why a step may not be: whatever else holds, a program stays one.
    fn broken(&self, primitive: &Primitive, before: &IRModule) -> Option<ScheduleError> {
        if primitive.is_pure() {
            return None;
        }
        let problem = |module| validate(module).into_iter().find(Diagnostic::is_error);
        let found = problem(&self.module).filter(|_| problem(before).is_none())?;
        let message = format!("the step would leave what is no valid program: {}", found.message);
        Some(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message))
    }

    /// The decision that a replayed sampling primitive has to take.
    pub fn decision(&self) -> Option<&Value> {
        self.decision.as_ref()
    }

    /// Records what a sampling primitive decided.
    pub fn set_decision(&mut self, decision: Value) {
        self.decision = Some(decision);
    }

    /// The function `name`, or the one that is being worked on.
    pub fn function(&self, name: Option<&str>) -> Result<&Arc<PrimFunc>> {
        let name = name.map(Symbol::new).or(self.working_on).ok_or_else(|| {
            ScheduleError::new(
                Code::SCHEDULE_NOT_FOUND,
                "the module has several functions, and none is called `main`",
            )
            .help("name the function, or call `work_on` first")
        })?;
        self.module.get(name).ok_or_else(|| {
            let message = format!("the module has no function `{name}`");
            ScheduleError::new(Code::SCHEDULE_NOT_FOUND, message)
        })
    }

    /// A new handle for a block.
    pub fn new_block(&mut self, func: Symbol, block: BlockId) -> BlockRV {
        let rv = BlockRV(fresh());
        self.handles.insert(rv.0, Handle::Block(func, block));
        rv
    }

    /// A new handle for a loop.
    pub fn new_loop(&mut self, func: Symbol, var: VarId) -> LoopRV {
        let rv = LoopRV(fresh());
        self.handles.insert(rv.0, Handle::Loop(func, var));
        rv
    }

    /// A new number that was sampled.
    pub fn new_sample(&mut self, name: &str, value: i64) -> ExprRV {
        let var = Var::new(name, DType::INT32);
        self.sampled.insert(var.id, value);
        ExprRV(var)
    }

    /// Gives up a handle.
    pub fn remove(&mut self, value: &Value) {
        match value {
            Value::Block(rv) => drop(self.handles.remove(&rv.0)),
            Value::Loop(rv) => drop(self.handles.remove(&rv.0)),
            Value::Expr(PrimExpr::Var(var)) => drop(self.sampled.remove(&var.id)),
            _ => {}
        }
    }

    /// The block behind a handle.
    pub fn block(&self, rv: BlockRV) -> Result<Place> {
        let Some(Handle::Block(func, id)) = self.handles.get(&rv.0) else {
            return Err(unknown("block"));
        };
        let func = self.function(Some(func.as_str()))?;
        Place::of_block(func, *id).ok_or_else(|| gone("block"))
    }

    /// The loop behind a handle.
    pub fn loop_place(&self, rv: LoopRV) -> Result<Place> {
        let Some(Handle::Loop(func, id)) = self.handles.get(&rv.0) else {
            if rv == LoopRV::ROOT || rv == LoopRV::INLINE {
                return Err(ScheduleError::argument("this stands for no loop of the program"));
            }
            return Err(unknown("loop"));
        };
        let func = self.function(Some(func.as_str()))?;
        Place::of_loop(func, *id).ok_or_else(|| gone("loop"))
    }

    /// The block of an argument: a handle, or a name.
    pub fn block_arg(&self, args: &Args, name: &str) -> Result<Place> {
        match args.get(name) {
            Value::Str(text) => self.block_named(text, None),
            _ => self.block(args.block(name)?),
        }
    }

    /// The loop of an argument.
    pub fn loop_arg(&self, args: &Args, name: &str) -> Result<Place> {
        self.loop_place(args.loop_rv(name)?)
    }

    /// The block or loop of an argument.
    pub fn block_or_loop_arg(&self, args: &Args, name: &str) -> Result<Place> {
        match args.get(name) {
            Value::Loop(rv) => self.loop_place(*rv),
            _ => self.block_arg(args, name),
        }
    }

    /// The only block of that name.
    pub fn block_named(&self, name: &str, func: Option<&str>) -> Result<Place> {
        let func = self.function(func)?;
        let mut found = Vec::new();
        tirade_ir::visit::for_each_block(&func.body, |realize| {
            if realize.block.name.as_str() == name {
                found.push(realize.block.id);
            }
        });
        match found[..] {
            [id] => Place::of_block(func, id).ok_or_else(|| gone("block")),
            [] => {
                let message = format!("`{}` has no block `{name}`", func.name);
                Err(ScheduleError::new(Code::SCHEDULE_NOT_FOUND, message)
                    .at(crate::error::At::Func(func.name))
                    .note(block_names(func)))
            }
            _ => {
                let message = format!("`{}` has {} blocks named `{name}`", func.name, found.len());
                let error = ScheduleError::new(Code::SCHEDULE_NOT_FOUND, message)
                    .help("give them names of their own, or find the one by its loops");
                let at = found.iter().map(|id| crate::error::At::Block(*id));
                Err(at.fold(error, |error, at| error.at_with(at, "one of them")))
            }
        }
    }

    /// Puts `new` in the place of a statement.
    pub fn replace(&mut self, place: &Place, new: Stmt) {
        self.set_body(&place.func, place.replaced(new));
    }

    /// Gives a function another body.
    pub fn set_body(&mut self, func: &PrimFunc, body: Stmt) {
        self.module.insert(PrimFunc { body, ..func.clone() });
    }

    /// Replaces a function.
    pub fn set_func(&mut self, func: PrimFunc) {
        self.module.insert(func);
    }

    /// An expression with sampled numbers put in.
    pub fn resolve(&self, expr: &PrimExpr) -> PrimExpr {
        let vars = tirade_ir::subst::free_vars(expr).into_iter().filter_map(|var| {
            let value = self.sampled.get(&var.id)?;
            Some((var.id, PrimExpr::int(*value, var.dtype)))
        });
        let vars = VarMap::from_iter(vars);
        match vars.is_empty() {
            true => expr.clone(),
            false => Analyzer::new().simplify(&substitute(expr, &vars)),
        }
    }

    /// An argument that is a number or an expression, in the index type `dtype` for numbers.
    pub fn expr_value(&self, value: &Value, dtype: DType) -> Result<PrimExpr> {
        match value {
            Value::Int(value) if dtype.holds_int(*value as i128) => {
                Ok(PrimExpr::int(*value, dtype))
            }
            Value::Int(value) => {
                Err(ScheduleError::argument(format!("{value} does not fit {dtype}")))
            }
            Value::Expr(e) => {
                let resolved = self.resolve(e);
                match resolved.as_int() {
                    Some(value) if dtype.holds_int(value) => Ok(PrimExpr::int(value as i64, dtype)),
                    _ => Ok(resolved),
                }
            }
            other => {
                let found = other.type_name();
                Err(ScheduleError::argument(format!("a number is needed, not {found}")))
            }
        }
    }

    /// The value of a sampled number, or of an expression of such.
    pub fn get_int(&self, expr: &PrimExpr) -> Option<i64> {
        self.resolve(expr).as_int().map(|value| value as i64)
    }

    /// Handles for loops, in order.
    pub fn loop_values(&mut self, func: Symbol, loops: &[Arc<For>]) -> Value {
        Value::list(loops.iter().map(|f| Value::Loop(self.new_loop(func, f.loop_var.id))))
    }
}

fn block_names(func: &PrimFunc) -> String {
    let mut names = Vec::new();
    tirade_ir::visit::for_each_block(&func.body, |realize| {
        let name = format!("`{}`", realize.block.name);
        if !names.contains(&name) {
            names.push(name);
        }
    });
    format!("its blocks are {}", names.join(", "))
}

fn unknown(what: &str) -> ScheduleError {
    let message = format!("this {what} is not one of this schedule");
    ScheduleError::new(Code::SCHEDULE_STALE, message)
}

fn gone(what: &str) -> ScheduleError {
    let message = format!("the {what} is no longer there: an earlier step replaced it");
    ScheduleError::new(Code::SCHEDULE_STALE, message)
        .help(format!("ask for the {what} again after that step"))
}
