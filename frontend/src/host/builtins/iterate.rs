//! The global functions that iterate: most give iterators that work on demand.

use crate::ast::Operator;
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::iter::{Iter, LazyIter};
use crate::host::types::type_name;
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator, RangeValue};
use tirade_ir::span::Span;

/// `iter`
pub fn iter(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let values = args.between("iter", 1, 2)?;
    match values.get(1) {
        Some(sentinel) => {
            let state = UntilSentinel { function: values[0].clone(), sentinel: sentinel.clone() };
            Ok(Value::iterator("callable_iterator", state))
        }
        None => match &values[0] {
            Value::Iterator(_) => Ok(values[0].clone()),
            Value::Instance(_) if ev.special(&values[0], "__iter__").is_some() => {
                let result = ev.call_special(&values[0], "__iter__", [], Span::NONE)?;
                Ok(result.unwrap_or(Value::None))
            }
            value => {
                let name = iterator_name(value);
                let state = ev.iter(value)?;
                Ok(Value::iterator(name, state))
            }
        },
    }
}

fn iterator_name(value: &Value) -> &'static str {
    match value {
        Value::List(_) => "list_iterator",
        Value::Tuple(_) => "tuple_iterator",
        Value::Range(_) => "range_iterator",
        Value::Str(_) => "str_ascii_iterator",
        Value::Dict(_) => "dict_keyiterator",
        Value::Set(_) => "set_iterator",
        _ => "iterator",
    }
}

struct UntilSentinel {
    function: Value,
    sentinel: Value,
}

impl LazyIter for UntilSentinel {
    fn next(&mut self, ev: &mut Evaluator) -> Result<Option<Value>> {
        let value = ev.call_with(&self.function, [], Span::NONE)?;
        match ev.equal(&value, &self.sentinel)? {
            true => Ok(None),
            false => Ok(Some(value)),
        }
    }
}

/// `next`
pub fn next(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let values = args.between("next", 1, 2)?;
    let result = match &values[0] {
        Value::Iterator(iterator) => iterator.next(ev),
        Value::Instance(_) if ev.special(&values[0], "__next__").is_some() => {
            match ev.call_special(&values[0], "__next__", [], Span::NONE) {
                Err(e) if e.is_exception(ExcKind::StopIteration) && values.len() == 2 => Ok(None),
                result => result,
            }
        }
        other => {
            Err(HostError::type_error(format!("'{}' object is not an iterator", type_name(other))))
        }
    }?;
    match (result, values.get(1)) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(HostError::exception(ExcKind::StopIteration, "")),
    }
}

struct Enumerate {
    iter: Iter,
    count: Value,
}

/// `enumerate`
pub fn enumerate(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [iterable, start] = args.bind("enumerate", ["iterable", "start"], 1)?;
    let count = start.unwrap_or(Value::Int(0));
    if !count.is_int() {
        return Err(super::core::integer_needed(&count));
    }
    let iter = ev.iter(&iterable.expect("required"))?;
    Ok(Value::iterator("enumerate", Enumerate { iter, count }))
}

impl LazyIter for Enumerate {
    fn next(&mut self, ev: &mut Evaluator) -> Result<Option<Value>> {
        let Some(value) = self.iter.next(ev)? else {
            return Ok(None);
        };
        let next = ev.binary_op(Operator::Add, &self.count, &Value::Int(1), Span::NONE)?;
        let count = std::mem::replace(&mut self.count, next);
        Ok(Some(Value::tuple([count, value])))
    }
}

struct Zip {
    iters: Vec<Iter>,
    strict: bool,
    done: bool,
}

/// `zip`
pub fn zip(ev: &mut Evaluator, mut args: CallArgs, span: Span) -> Result<Value> {
    let strict = args.take_keyword("strict");
    let strict = strict.map_or(Ok(false), |value| ev.truthy(&value, span))?;
    args.no_keywords("zip")?;
    let iters = args.positional.iter().map(|arg| ev.iter(&arg.value));
    let iters: Vec<Iter> = iters.collect::<Result<_>>()?;
    let done = iters.is_empty();
    Ok(Value::iterator("zip", Zip { iters, strict, done }))
}

impl LazyIter for Zip {
    fn next(&mut self, ev: &mut Evaluator) -> Result<Option<Value>> {
        if self.done {
            return Ok(None);
        }
        let mut row = Vec::with_capacity(self.iters.len());
        for at in 0..self.iters.len() {
            match self.iters[at].next(ev)? {
                Some(value) => row.push(value),
                None => {
                    self.done = true;
                    return self.check_strict(ev, at).map(|()| None);
                }
            }
        }
        ev.budget.reserve(0)?;
        Ok(Some(Value::tuple(row)))
    }
}

impl Zip {
    /// With `strict=True`, all iterations must end together.
    fn check_strict(&mut self, ev: &mut Evaluator, ended: usize) -> Result<()> {
        if !self.strict {
            return Ok(());
        }
        let others =
            |n: usize| if n == 1 { "argument 1".into() } else { format!("arguments 1-{n}") };
        if ended > 0 {
            return Err(HostError::value_error(format!(
                "zip() argument {} is shorter than {}",
                ended + 1,
                others(ended)
            )));
        }
        for (at, iter) in self.iters.iter_mut().enumerate().skip(1) {
            if iter.next(ev)?.is_some() {
                return Err(HostError::value_error(format!(
                    "zip() argument {} is longer than {}",
                    at + 1,
                    others(at)
                )));
            }
        }
        Ok(())
    }
}

struct Map {
    function: Value,
    iters: Vec<Iter>,
    span: Span,
}

/// `map`
pub fn map(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    args.no_keywords("map")?;
    let Some((function, iterables)) = args.positional.split_first() else {
        return Err(HostError::type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(HostError::type_error("map() must have at least two arguments."));
    }
    let iters = iterables.iter().map(|arg| ev.iter(&arg.value)).collect::<Result<_>>()?;
    Ok(Value::iterator("map", Map { function: function.value.clone(), iters, span }))
}

impl LazyIter for Map {
    fn next(&mut self, ev: &mut Evaluator) -> Result<Option<Value>> {
        let mut row = Vec::with_capacity(self.iters.len());
        for iter in &mut self.iters {
            match iter.next(ev)? {
                Some(value) => row.push(value),
                None => return Ok(None),
            }
        }
        ev.call(&self.function, CallArgs::positional(row), self.span).map(Some)
    }
}

struct Filter {
    function: Value,
    iter: Iter,
    span: Span,
}

/// `filter`
pub fn filter(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [function, iterable] = args.exact("filter")?;
    let iter = ev.iter(&iterable)?;
    Ok(Value::iterator("filter", Filter { function, iter, span }))
}

impl LazyIter for Filter {
    fn next(&mut self, ev: &mut Evaluator) -> Result<Option<Value>> {
        while let Some(value) = self.iter.next(ev)? {
            let kept = match &self.function {
                Value::None => value.clone(),
                function => ev.call_with(function, [value.clone()], self.span)?,
            };
            if ev.truthy(&kept, self.span)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }
}

/// `reversed`
pub fn reversed(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [value] = args.exact("reversed")?;
    if let Some(result) = ev.call_special(&value, "__reversed__", [], span)? {
        return Ok(result);
    }
    if let Value::Range(range) = &value {
        let range = *range.clone();
        let (step, len) = (-range.step, range.len());
        let start = if len == 0 { range.start } else { range.get(len - 1) };
        let back = RangeValue { start, stop: range.start.saturating_add(step.signum()), step };
        let state = Iter::Range { range: back, at: 0, len };
        return Ok(Value::iterator("range_iterator", state));
    }
    let mut values = match &value {
        Value::List(_) | Value::Tuple(_) | Value::Str(_) | Value::Bytes(_) | Value::Dict(_) => {
            ev.iterate(&value, span)?
        }
        Value::Instance(instance) if instance.as_tuple().is_some() => ev.iterate(&value, span)?,
        Value::Instance(_) if ev.special(&value, "__getitem__").is_some() => {
            ev.iterate(&value, span)?
        }
        _ => {
            let text = format!("'{}' object is not reversible", type_name(&value));
            return Err(HostError::type_error(text));
        }
    };
    values.reverse();
    Ok(Value::iterator("reversed", Iter::Owned(values.into_iter())))
}
