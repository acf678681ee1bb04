//! The trace: what was done, to be looked at, stored and done again.

mod json;
mod map_json;
mod names;
mod python;

use crate::args::Args;
use crate::error::Result;
use crate::handle::{BlockRV, LoopRV};
use crate::primitive::Primitive;
use crate::schedule::Schedule;
use crate::value::Value;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use tirade_ir::persistent::PVec;
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::{PrimExpr, VarId};

/// One step.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// What was done.
    pub primitive: &'static Primitive,
    /// With what.
    pub args: Args,
    /// What came out.
    pub output: Value,
    /// What was decided, for primitives that sample.
    pub decision: Option<Value>,
}

impl Instruction {
    /// A step by the parts that a trace keeps: what goes in, attributes, and what comes out.
    pub fn new(
        primitive: &'static Primitive,
        inputs: Vec<Value>,
        attrs: Vec<Value>,
        outputs: Vec<Value>,
        decision: Option<Value>,
    ) -> Result<Instruction> {
        let args = json::assembled(primitive, inputs, attrs)?;
        let output = match (&outputs[..], primitive.gives_list()) {
            ([], false) => Value::None,
            ([one], false) => one.clone(),
            _ => Value::list(outputs),
        };
        Ok(Instruction { primitive, args, output, decision })
    }
}

/// The steps of a schedule in order. Cloning is O(1).
#[derive(Clone, Debug, Default)]
pub struct Trace {
    steps: PVec<Arc<Instruction>>,
}

impl Trace {
    /// Adds a step.
    pub fn push(&mut self, step: Instruction) {
        self.steps.push_back(Arc::new(step));
    }

    /// Adds a step that may stand in other traces too.
    pub fn push_step(&mut self, step: Arc<Instruction>) {
        self.steps.push_back(step);
    }

    /// Takes the last step off.
    pub fn pop(&mut self) -> Option<Arc<Instruction>> {
        self.steps.pop_back()
    }

    /// The steps before `enter_postproc`.
    pub fn without_postproc(&self) -> Trace {
        let kept = self.steps.iter().take_while(|step| step.primitive.name != "enter_postproc");
        Trace { steps: kept.cloned().collect() }
    }

    /// The steps without those that only give out handles that no later step uses.
    pub fn simplified(&self) -> Trace {
        let mut used = FxHashSet::default();
        let mut kept = Vec::new();
        for step in self.steps.iter().rev() {
            let mut outputs = Vec::new();
            for_each_handle(&step.output, &mut |handle| outputs.push(handle));
            let is_dead = step.primitive.is_pure() && !outputs.iter().any(|h| used.contains(h));
            if is_dead {
                continue;
            }
            for value in step.args.values() {
                for_each_handle(value, &mut |handle| {
                    used.insert(handle);
                });
            }
            kept.push(step.clone());
        }
        Trace { steps: kept.into_iter().rev().collect() }
    }

    /// The steps in order.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = &Arc<Instruction>> {
        self.steps.iter()
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// True if nothing was done.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Does the steps again, with the same decisions, on another schedule. Steps behind
    /// `enter_postproc` are left out if `remove_postproc` is set.
    pub fn apply_to(&self, schedule: &mut Schedule, remove_postproc: bool) -> Result<()> {
        let mut handles = Replay::default();
        for step in &self.steps {
            if remove_postproc && step.primitive.name == "enter_postproc" {
                break;
            }
            let values = step.args.values().iter().map(|value| handles.of(value)).collect();
            let args = Args::from_values(step.primitive, values);
            let output = schedule.apply_decided(step.primitive, args, step.decision.clone())?;
            handles.learn(&step.output, &output);
        }
        Ok(())
    }
}

/// What stands for which handle of the recorded schedule.
#[derive(Default)]
struct Replay {
    blocks: FxHashMap<BlockRV, BlockRV>,
    loops: FxHashMap<LoopRV, LoopRV>,
    exprs: FxHashMap<VarId, PrimExpr>,
}

impl Replay {
    fn of(&self, value: &Value) -> Value {
        value.map(&mut |value| match value {
            Value::Block(rv) => Some(Value::Block(*self.blocks.get(rv).unwrap_or(rv))),
            Value::Loop(rv) => Some(Value::Loop(*self.loops.get(rv).unwrap_or(rv))),
            Value::Expr(e) => {
                let vars = VarMap::from_iter(self.exprs.iter().map(|(id, e)| (*id, e.clone())));
                Some(Value::Expr(substitute(e, &vars)))
            }
            _ => None,
        })
    }

    fn learn(&mut self, recorded: &Value, now: &Value) {
        match (recorded, now) {
            (Value::Block(a), Value::Block(b)) => {
                self.blocks.insert(*a, *b);
            }
            (Value::Loop(a), Value::Loop(b)) => {
                self.loops.insert(*a, *b);
            }
            (Value::Expr(PrimExpr::Var(a)), Value::Expr(b)) => {
                self.exprs.insert(a.id, b.clone());
            }
            (Value::List(a), Value::List(b)) => {
                a.iter().zip(b.iter()).for_each(|(a, b)| self.learn(a, b));
            }
            _ => {}
        }
    }
}

/// A handle, whatever it stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum AnyHandle {
    Block(BlockRV),
    Loop(LoopRV),
    Number(VarId),
}

fn for_each_handle(value: &Value, f: &mut impl FnMut(AnyHandle)) {
    match value {
        Value::Block(rv) => f(AnyHandle::Block(*rv)),
        Value::Loop(rv) => f(AnyHandle::Loop(*rv)),
        Value::Expr(e) => {
            tirade_ir::subst::free_vars(e).into_iter().for_each(|v| f(AnyHandle::Number(v.id)));
        }
        Value::List(items) => items.iter().for_each(|item| for_each_handle(item, f)),
        Value::Dict(items) => items.iter().for_each(|(_, item)| for_each_handle(item, f)),
        Value::IndexMap(map) => map.result.iter().for_each(|e| {
            tirade_ir::subst::free_vars(e).into_iter().for_each(|v| f(AnyHandle::Number(v.id)));
        }),
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::Buffer(_) => {}
    }
}
