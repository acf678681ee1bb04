//! Traces in a script: `sch.trace`.

use super::super::convert::{self, expected};
use super::super::sig::Bound;
use super::super::table::{Row, row};
use super::convert as values;
use super::object::{ScheduleObject, method, object};
use super::{refusal, schedule_of};
use crate::host::{Arg, Evaluator, HostError, HostObject, Result, Value};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::symbol::Symbol;
use tirade_schedule::{Instruction, Trace, json};

pub(in crate::dialect) const ROWS: &[Row] = &[
    row("Trace.as_json", "(self, remove_postproc=False)", as_json, "The trace as lists."),
    row("Trace.as_python", "(self, remove_postproc=False)", as_python, "The trace as lines."),
    row("Trace.show", "(self, style=None, black_format=False)", show, "Prints the trace."),
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

    fn text(&self) -> String {
        let mut lines = self.trace.borrow().to_python();
        if lines.is_empty() {
            lines.push("pass".into());
        }
        let head = "# from tvm import s_tir\ndef apply_trace(sch: s_tir.Schedule) -> None:";
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

    fn repr(self: Rc<Self>, _: &mut Evaluator) -> Result<String> {
        Ok(self.text())
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
            "kind" => Some(object(KindObject(step.primitive.kind))),
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
            _ => None,
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
pub struct KindObject(&'static str);

impl HostObject for KindObject {
    fn type_name(&self) -> &str {
        "InstructionKind"
    }

    fn getattr(self: Rc<Self>, _: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        Ok((name.as_str() == "name").then(|| Value::str(self.0)))
    }

    fn equal(&self, other: &Value) -> Option<bool> {
        let Value::Object(other) = other else { return Some(false) };
        Some(other.as_any().downcast_ref::<KindObject>().is_some_and(|kind| kind.0 == self.0))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn step_of(value: &Value) -> Option<Arc<Instruction>> {
    let Value::Object(found) = value else { return None };
    found.as_any().downcast_ref::<InstructionObject>().map(|step| step.0.clone())
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
    let text = TraceObject::new(receiver(args)?).text();
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
