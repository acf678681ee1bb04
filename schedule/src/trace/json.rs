//! Traces as JSON, in TVM's format: `[[[kind, inputs, attrs, outputs], …], [[step, decision], …]]`.

use super::names::Names;
use super::{Instruction, Trace, map_json};
use crate::args::{Args, parameters};
use crate::error::{Result, ScheduleError};
use crate::json;
use crate::primitive::{Primitive, find_kind};
use crate::schedule::Schedule;
use crate::value::{IndexMap, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

impl Trace {
    /// The trace as JSON text.
    pub fn to_json(&self) -> Result<String> {
        let mut names = Names::default();
        let (mut steps, mut decisions) = (Vec::new(), Vec::new());
        for (i, step) in self.steps().enumerate() {
            steps.push(encoded(step, &mut names)?);
            if let Some(decision) = &step.decision {
                decisions.push(Value::list([Value::Int(i as i64), decision.clone()]));
            }
        }
        json::write(&Value::list([Value::list(steps), Value::list(decisions)]))
    }

    /// Does the steps of a JSON text on a schedule.
    pub fn apply_json(text: &str, schedule: &mut Schedule) -> Result<()> {
        let malformed = || ScheduleError::argument("the text is not that of a trace");
        let [steps, decisions] = &json::parse(text)?.flat()[..] else { return Err(malformed()) };
        let mut decided = FxHashMap::default();
        for entry in decisions.flat() {
            let [Value::Int(step), decision] = &entry.flat()[..] else { return Err(malformed()) };
            decided.insert(*step, decision.clone());
        }
        let mut known = FxHashMap::default();
        for (i, step) in steps.flat().iter().enumerate() {
            let [Value::Str(kind), inputs, attrs, outputs] = &list(step)[..] else {
                return Err(malformed());
            };
            let primitive = find_kind(kind).ok_or_else(|| {
                ScheduleError::argument(format!("there is no instruction `{kind}`"))
            })?;
            let args = decoded(primitive, &list(inputs), &list(attrs), &known)?;
            let decision = decided.remove(&(i as i64));
            let output = schedule.apply_decided(primitive, args, decision)?;
            for (name, value) in list(outputs).iter().zip(output.flat()) {
                let Value::Str(name) = name else { return Err(malformed()) };
                known.insert(name.to_string(), value);
            }
        }
        Ok(())
    }
}

/// The items of a list, `None` among them.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::List(items) => items.to_vec(),
        _ => Vec::new(),
    }
}

/// `[kind, inputs, attrs, outputs]`
fn encoded(step: &Instruction, names: &mut Names) -> Result<Value> {
    let primitive = step.primitive;
    let (mut inputs, mut attrs) = (Vec::new(), Vec::new());
    for (param, value) in parameters(primitive.signature).iter().zip(step.args.values()) {
        if param.name == "decision" {
            continue;
        }
        if primitive.attrs.contains(&param.name) {
            attrs.push(attr(value, names)?);
        } else if primitive.spread == Some(param.name) {
            let items: Result<Vec<_>> = list(value).iter().map(|item| input(item, names)).collect();
            inputs.extend(items?);
        } else {
            inputs.push(input(value, names)?);
        }
    }
    let outputs = names.add(&step.output);
    let outputs = Value::list(outputs.iter().map(|name| Value::str(name)));
    Ok(Value::list([Value::str(primitive.kind), Value::list(inputs), Value::list(attrs), outputs]))
}

/// Handles by name, strings in quotes.
fn input(value: &Value, names: &Names) -> Result<Value> {
    if let Value::IndexMap(map) = value {
        return encoded_map(map, names);
    }
    Ok(value.map(&mut |value| match value {
        Value::Str(text) => Some(Value::Str(format!("\"{text}\"").into())),
        Value::None => Some(Value::str("None")),
        Value::Dict(_) => Some(value.clone()),
        other => names.of(other).map(Value::str),
    }))
}

fn attr(value: &Value, names: &Names) -> Result<Value> {
    if let Value::IndexMap(map) = value {
        return encoded_map(map, names);
    }
    Ok(value.map(&mut |value| match value {
        Value::Bool(value) => Some(Value::Int(*value as i64)),
        other => names.of(other).map(Value::str),
    }))
}

fn encoded_map(map: &IndexMap, names: &Names) -> Result<Value> {
    map_json::encode(map, &|e| names.of(&Value::Expr(e.clone())).map(str::to_string))
}

/// The value with an index map in the place of its stored form.
fn with_map(value: &Value, known: &FxHashMap<String, Value>) -> Result<Value> {
    let number_of = |name: &str| match known.get(name) {
        Some(Value::Expr(e)) => Some(e.clone()),
        _ => None,
    };
    let map = map_json::decode(value, &number_of)?;
    Ok(map.map_or_else(|| value.clone(), |map| Value::IndexMap(Arc::new(map))))
}

fn decoded(
    primitive: &'static Primitive,
    inputs: &[Value],
    attrs: &[Value],
    known: &FxHashMap<String, Value>,
) -> Result<Args> {
    let inputs: Result<Vec<Value>> = inputs.iter().map(|v| read_input(v, known)).collect();
    let attrs: Result<Vec<Value>> = attrs.iter().map(|v| with_map(v, known)).collect();
    assembled(primitive, inputs?, attrs?)
}

/// Arguments from what a trace keeps apart: inputs and attributes.
pub(super) fn assembled(
    primitive: &'static Primitive,
    inputs: Vec<Value>,
    attrs: Vec<Value>,
) -> Result<Args> {
    let params = parameters(primitive.signature);
    let is_input = |name: &str| name != "decision" && !primitive.attrs.contains(&name);
    let n_single = params.iter().filter(|p| is_input(p.name)).count()
        - usize::from(primitive.spread.is_some());
    let wrong =
        || ScheduleError::argument(format!("`{}` has a wrong number of inputs", primitive.kind));
    let n_spread = inputs.len().checked_sub(n_single).ok_or_else(wrong)?;
    let (mut inputs, mut attrs) = (inputs.into_iter(), attrs.into_iter());
    let mut values = Vec::new();
    for param in &params {
        let value = if !is_input(param.name) {
            // What an older version did not have is left at its default.
            attrs.next().or_else(|| param.default.clone())
        } else if primitive.spread == Some(param.name) {
            Some(Value::list(inputs.by_ref().take(n_spread)))
        } else {
            inputs.next()
        };
        values.push(value.ok_or_else(wrong)?);
    }
    Ok(Args::from_values(primitive, values))
}

fn read_input(value: &Value, known: &FxHashMap<String, Value>) -> Result<Value> {
    match value {
        Value::Str(text) if &**text == "None" => Ok(Value::None),
        Value::Str(text) => match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
            Some(inner) => Ok(Value::str(inner)),
            None => known.get(&**text).cloned().ok_or_else(|| {
                ScheduleError::argument(format!("`{text}` is used before it is defined"))
            }),
        },
        Value::List(items) => {
            let items: Result<Vec<_>> = items.iter().map(|item| read_input(item, known)).collect();
            Ok(Value::list(items?))
        }
        other => with_map(other, known),
    }
}
