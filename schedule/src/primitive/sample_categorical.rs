//! `sample_categorical(candidates, probs)`: one of several numbers.

use super::Primitive;
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::schedule::Schedule;
use crate::value::Value;

/// `sample_categorical`
pub const SAMPLE_CATEGORICAL: Primitive = Primitive {
    name: "sample_categorical",
    kind: "SampleCategorical",
    signature: "(candidates, probs, decision=None)",
    attrs: &["candidates", "probs"],
    spread: None,
    apply,
    doc: "One of several numbers, drawn with the given probabilities.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let candidates = args.ints("candidates")?;
    let weights: Result<Vec<f64>> = args.get("probs").flat().iter().map(weight).collect();
    let weights = weights?;
    if candidates.is_empty() || candidates.len() != weights.len() {
        let (n, m) = (candidates.len(), weights.len());
        let message = format!("{n} candidates cannot be drawn with {m} probabilities");
        return Err(ScheduleError::argument(message));
    }
    let given = schedule.decision().cloned().or_else(|| args.opt("decision").cloned());
    let index = match given {
        None => schedule.random.weighted(&weights) as i64,
        Some(value) => integer(&value)?,
    };
    let Some(value) = usize::try_from(index).ok().and_then(|i| candidates.get(i)) else {
        let n = candidates.len();
        let message = format!("the decision {index} is no index of the {n} candidates");
        return Err(ScheduleError::argument(message));
    };
    schedule.set_decision(Value::Int(index));
    let sample = schedule.new_sample("v", *value);
    Ok(Value::Expr(sample.0.into()))
}

fn weight(value: &Value) -> Result<f64> {
    match value {
        Value::Float(value) if 0.0 <= *value => Ok(*value),
        Value::Int(value) if 0 <= *value => Ok(*value as f64),
        Value::Expr(tirade_ir::PrimExpr::Float { value, .. }) if 0.0 <= *value => Ok(*value),
        other => {
            let found = other.type_name();
            Err(ScheduleError::argument(format!("a probability is no {found}")))
        }
    }
}

/// A decision that is a number.
pub(super) fn integer(value: &Value) -> Result<i64> {
    let number = match value {
        Value::Int(value) => Some(*value),
        Value::Expr(e) => e.as_int().and_then(|value| i64::try_from(value).ok()),
        _ => None,
    };
    number.ok_or_else(|| ScheduleError::argument("a decision of this step is a number"))
}
