//! Traces in a script: `sch.trace`.

use super::super::Dialect;
use super::super::convert::{self, expected};
use super::super::sig::Bound;
use super::super::table::{Row, row};
use super::convert as values;
use super::object::{ScheduleObject, method, object};
use super::{refusal, schedule_of};
use crate::host::{Arg, Evaluator, ExcKind, HostError, HostObject, Result, Value};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::PrimExpr;
use tirade_ir::symbol::Symbol;
use tirade_schedule::primitive::{Primitive, find_kind};
use tirade_schedule::{Instruction, Trace, Value as Item, json};

pub(in crate::dialect) const ROWS: &[Row] = &[
    row("Trace.as_json", "(self, remove_postproc=False)", as_json, "The trace as lists."),
    row("Trace.as_python", "(self, remove_postproc=False)", as_python, "The trace as lines."),
    row("Trace.show", "(self, style=None, black_format=False)", show, "Prints the trace."),
    row("T.Trace", "(insts, decisions)", new_trace, "A trace of these steps."),
    row("T.Instruction", "(kind, inputs, attrs, outputs)", new_step, "A step of a trace."),
    row("T.InstructionKind.get", "(name)", kind_named, "The kind of steps of that name."),
    row("T.InstructionKind", "()", no_kind, "Kinds of steps: see `get`."),
    row("Instruction.same_as", "(self, other)", same, "Whether both are one step."),
    row("InstructionKind.same_as", "(self, other)", same, "Whether both are one kind."),
    row("Trace.append", "(self, inst, decision=None)", append, "Adds a step."),
    row("Trace.pop", "(self)", pop, "Takes the last step off."),
    row("Trace.simplified", "(self, remove_postproc)", simplified, "The trace without dead steps."),
    row("Trace.get_decision", "(self, inst)", get_decision, "What a sampling step decided."),
    row(
        "Trace.apply_to_schedule",
        "(self, sch, remove_postproc, decision_provider=None)",
        apply_to_schedule,
        "Does the steps again on another schedule.",
    ),
    row(
        "T.Trace.apply_json_to_schedule",
        "(json_obj, sch)",
        apply_json,
        "Does the steps of a stored trace on a schedule.",
    ),
];

/// A trace that a script holds.
pub struct TraceObject {
    pub(super) trace: RefCell<Trace>,
}

/// A step of a trace.
pub struct InstructionObject(Arc<Instruction>);

impl TraceObject {
    pub(super) fn new(trace: Trace) -> TraceObject {
        TraceObject { trace: RefCell::new(trace) }
    }

    /// The trace as a function of a schedule.
    fn text(&self, ev: &Evaluator) -> String {
        let module = match ev.dialect.file {
            Dialect::Modern => "s_tir",
            Dialect::Classic | Dialect::Hybrid => "tir",
        };
        let mut lines = self.trace.borrow().to_python();
        if lines.is_empty() {
            lines.push("pass".into());
        }
        let head =
            format!("# from tvm import {module}\ndef apply_trace(sch: {module}.Schedule) -> None:");
        let lines: String = lines.iter().map(|line| format!("\n  {line}")).collect();
        format!("{head}{lines}")
    }
}

impl HostObject for TraceObject {
    fn type_name(&self) -> &str {
        "Trace"
    }

    fn getattr(self: Rc<Self>, ev: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        Ok(match name.as_str() {
            "insts" => {
                let trace = self.trace.borrow();
                let steps = trace.steps().map(|step| object(InstructionObject(step.clone())));
                Some(Value::list(steps.collect()))
            }
            "decisions" => {
                let trace = self.trace.borrow();
                let decided = trace.steps().filter_map(|step| {
                    let decision = step.decision.as_ref()?;
                    Some((object(InstructionObject(step.clone())), decision.clone()))
                });
                let decided: Vec<_> = decided.collect();
                let mut items = Vec::new();
                for (step, decision) in decided {
                    items.push((step, values::value(ev, &decision)?));
                }
                Some(values::dict(ev, items)?)
            }
            _ => method(self, "Trace", name),
        })
    }

    fn repr(self: Rc<Self>, ev: &mut Evaluator) -> Result<String> {
        Ok(self.text(ev))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl HostObject for InstructionObject {
    fn type_name(&self) -> &str {
        "Instruction"
    }

    fn getattr(self: Rc<Self>, ev: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        let step = &self.0;
        Ok(match name.as_str() {
            "kind" => Some(object(KindObject(step.primitive))),
            "inputs" | "attrs" => {
                let attrs = name.as_str() == "attrs";
                let params = tirade_schedule::args::parameters(step.primitive.signature);
                let mut found = Vec::new();
                for (param, item) in params.iter().zip(step.args.values()) {
                    if param.name != "decision"
                        && step.primitive.attrs.contains(&param.name) == attrs
                    {
                        found.push(values::value(ev, item)?);
                    }
                }
                Some(Value::list(found))
            }
            "outputs" => {
                let outputs = step.output.flat();
                let outputs: Result<Vec<_>> =
                    outputs.iter().map(|item| values::value(ev, item)).collect();
                Some(Value::list(outputs?))
            }
            _ => method(self, "Instruction", name),
        })
    }

    fn equal(&self, other: &Value) -> Option<bool> {
        Some(step_of(other).is_some_and(|step| Arc::ptr_eq(&step, &self.0)))
    }

    fn repr(self: Rc<Self>, _: &mut Evaluator) -> Result<String> {
        Ok(self.0.to_python())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The kind of a step.
pub struct KindObject(&'static Primitive);

impl HostObject for KindObject {
    fn type_name(&self) -> &str {
        "InstructionKind"
    }

    fn getattr(self: Rc<Self>, _: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        Ok(match name.as_str() {
            "name" => Some(Value::str(self.0.kind)),
            "is_pure" => Some(Value::Bool(self.0.is_pure())),
            _ => method(self, "InstructionKind", name),
        })
    }

    fn equal(&self, other: &Value) -> Option<bool> {
        let Value::Object(other) = other else { return Some(false) };
        Some(
            other
                .as_any()
                .downcast_ref::<KindObject>()
                .is_some_and(|kind| kind.0.kind == self.0.kind),
        )
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn step_of(value: &Value) -> Option<Arc<Instruction>> {
    let Value::Object(found) = value else { return None };
    found.as_any().downcast_ref::<InstructionObject>().map(|step| step.0.clone())
}

fn no_kind(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let message = "kinds of steps are not made, but found: `InstructionKind.get(name)`";
    Err(HostError::exception(ExcKind::TypeError, message).at(args.span))
}

fn kind_named(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let arg = args.arg("name");
    let name = convert::text(arg)?;
    match find_kind(name) {
        Some(primitive) => Ok(object(KindObject(primitive))),
        None => {
            let message = format!("there is no instruction `{name}`");
            Err(HostError::exception(ExcKind::ValueError, message).at(arg.span))
        }
    }
}

fn same(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let (a, b) = (&args.arg("self").value, &args.arg("other").value);
    let Value::Object(a) = a else { return Ok(Value::Bool(false)) };
    Ok(Value::Bool(a.equal(b).unwrap_or(false)))
}

/// The items of a list as arguments of a step; literals are numbers.
fn step_items(ev: &mut Evaluator, arg: &Arg) -> Result<Vec<Item>> {
    let items =
        convert::items(&arg.value).ok_or_else(|| expected("a list", &arg.value, arg.span))?;
    let span = arg.span;
    let item = |value| {
        let found = values::item(ev, &Arg { value, span }, values::MapDomain::NONE)?;
        Ok(found.map(&mut |item| match item {
            Item::Expr(PrimExpr::Int { value, dtype }) if dtype.is_bool() => {
                Some(Item::Bool(*value != 0))
            }
            Item::Expr(PrimExpr::Int { value, .. }) => Some(Item::Int(*value)),
            Item::Expr(PrimExpr::Float { value, .. }) => Some(Item::Float(*value)),
            _ => None,
        }))
    };
    items.into_iter().map(item).collect()
}

fn new_step(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let arg = args.arg("kind");
    let Value::Object(found) = &arg.value else {
        return Err(expected("a kind of steps", &arg.value, arg.span));
    };
    let Some(KindObject(primitive)) = found.as_any().downcast_ref::<KindObject>() else {
        return Err(expected("a kind of steps", &arg.value, arg.span));
    };
    let inputs = step_items(ev, args.arg("inputs"))?;
    let attrs = step_items(ev, args.arg("attrs"))?;
    let outputs = step_items(ev, args.arg("outputs"))?;
    let step = Instruction::new(primitive, inputs, attrs, outputs, None);
    let step = step.map_err(|e| refusal(ev, e, args.span))?;
    Ok(object(InstructionObject(Arc::new(step))))
}

fn step_arg(arg: &Arg, value: &Value) -> Result<Arc<Instruction>> {
    step_of(value).ok_or_else(|| expected("a step of a trace", value, arg.span))
}

fn decided(step: &Arc<Instruction>, decision: Item) -> Arc<Instruction> {
    Arc::new(Instruction { decision: Some(decision), ..Instruction::clone(step) })
}

fn new_trace(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let (insts, decisions) = (args.arg("insts"), args.arg("decisions"));
    let items = convert::items(&insts.value)
        .ok_or_else(|| expected("a list of steps", &insts.value, insts.span))?;
    let Value::Dict(decisions_of) = &decisions.value else {
        return Err(expected("a dictionary", &decisions.value, decisions.span));
    };
    let mut trace = Trace::default();
    for value in &items {
        let step = step_arg(insts, value)?;
        let found = decisions_of
            .entries()
            .into_iter()
            .find(|(key, _)| step_of(key).is_some_and(|key| Arc::ptr_eq(&key, &step)));
        match found {
            None => trace.push_step(step),
            Some((_, value)) => {
                let arg = Arg { value, span: decisions.span };
                let decision = values::item(ev, &arg, values::MapDomain::NONE)?;
                trace.push_step(decided(&step, decision));
            }
        }
    }
    Ok(object(TraceObject::new(trace)))
}

fn append(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let arg = args.arg("inst");
    let mut step = step_arg(arg, &arg.value)?;
    if let Some(decision) = args.opt("decision") {
        let decision = values::item(ev, decision, values::MapDomain::NONE)?;
        step = decided(&step, decision);
    }
    with_trace(args.arg("self"), |trace| trace.push_step(step))?;
    Ok(Value::None)
}

fn with_trace<T>(arg: &Arg, f: impl FnOnce(&mut Trace) -> T) -> Result<T> {
    if let Value::Object(found) = &arg.value
        && let Some(trace) = found.as_any().downcast_ref::<TraceObject>()
    {
        return Ok(f(&mut trace.trace.borrow_mut()));
    }
    Err(expected("a trace", &arg.value, arg.span))
}

fn receiver(args: &Bound) -> Result<Trace> {
    let remove = args.opt("remove_postproc").map_or(Ok(false), convert::flag)?;
    with_trace(args.arg("self"), |trace| match remove {
        true => trace.without_postproc(),
        false => trace.clone(),
    })
}

fn as_json(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let text = receiver(args)?.to_json().map_err(|e| refusal(ev, e, args.span))?;
    let parsed = json::parse(&text).map_err(|e| refusal(ev, e, args.span))?;
    values::value(ev, &parsed)
}

fn as_python(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let lines = receiver(args)?.to_python();
    Ok(Value::list(lines.into_iter().map(Value::from).collect()))
}

fn show(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let text = TraceObject::new(receiver(args)?).text(ev);
    ev.printed.push_str(&text);
    ev.printed.push('\n');
    Ok(Value::None)
}

fn pop(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let last = with_trace(args.arg("self"), Trace::pop)?;
    Ok(last.map_or(Value::None, |step| object(InstructionObject(step))))
}

fn simplified(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    Ok(object(TraceObject::new(receiver(args)?.simplified())))
}

fn get_decision(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let step = step_of(&args.arg("inst").value);
    match step.and_then(|step| step.decision.clone()) {
        Some(decision) => values::value(ev, &decision),
        None => Ok(Value::None),
    }
}

fn apply_to_schedule(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let trace = receiver(args)?;
    let schedule = schedule_of(args.arg("sch"))?;
    let result = trace.apply_to(&mut schedule_mut(&schedule), false);
    result.map_err(|e| refusal(ev, e, args.span))?;
    Ok(Value::None)
}

fn schedule_mut(object: &ScheduleObject) -> std::cell::RefMut<'_, tirade_schedule::Schedule> {
    object.schedule.borrow_mut()
}

fn apply_json(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let arg = args.arg("json_obj");
    let text = match &arg.value {
        Value::Str(text) => text.to_string(),
        _ => {
            let item = values::item(ev, arg, values::MapDomain::NONE)?;
            json::write(&item).map_err(|e| refusal(ev, e, arg.span))?
        }
    };
    let schedule = schedule_of(args.arg("sch"))?;
    let result = Trace::apply_json(&text, &mut schedule_mut(&schedule));
    result.map_err(|e| refusal(ev, e, args.span))?;
    Ok(Value::None)
}

/// The schedule `copy` after the trace of `schedule`, by way of text, gives the same program and
/// the same trace.
pub(super) fn check_round_trip(
    ev: &mut Evaluator,
    recorded: &Trace,
    copy: &mut tirade_schedule::Schedule,
    span: tirade_ir::Span,
) -> Result<()> {
    let text = recorded.to_json().map_err(|e| refusal(ev, e, span))?;
    Trace::apply_json(&text, copy).map_err(|e| refusal(ev, e, span))?;
    // Stored forms are compared: they do not tell `True` from 1.
    if text == copy.trace().to_json().map_err(|e| refusal(ev, e, span))? {
        return Ok(());
    }
    let message = "the trace changes on its way through JSON";
    Err(HostError::exception(crate::host::ExcKind::AssertionError, message).at(span))
}
