//! `itertools`

use super::Builtin;
use super::numbers::integer;
use crate::ast::Operator;
use crate::host::error::{HostError, Result};
use crate::host::iter::{Iter, LazyIter};
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator};
use num_traits::ToPrimitive;
use tirade_ir::span::Span;

/// Every function.
pub static FUNCTIONS: &[Builtin] = &[
    Builtin::new("accumulate", accumulate),
    Builtin::new("batched", batched),
    Builtin::new("chain", chain),
    Builtin::new("combinations", |ev, args, span| choose(ev, args, span, Choice::Combinations)),
    Builtin::new("combinations_with_replacement", |ev, args, span| {
        choose(ev, args, span, Choice::WithReplacement)
    }),
    Builtin::new("compress", compress),
    Builtin::new("count", count),
    Builtin::new("cycle", cycle),
    Builtin::new("dropwhile", |ev, args, span| while_(ev, args, span, "dropwhile")),
    Builtin::new("filterfalse", |ev, args, span| while_(ev, args, span, "filterfalse")),
    Builtin::new("groupby", groupby),
    Builtin::new("islice", islice),
    Builtin::new("pairwise", pairwise),
    Builtin::new("permutations", |ev, args, span| choose(ev, args, span, Choice::Permutations)),
    Builtin::new("product", product),
    Builtin::new("repeat", repeat),
    Builtin::new("starmap", starmap),
    Builtin::new("takewhile", |ev, args, span| while_(ev, args, span, "takewhile")),
    Builtin::new("tee", tee),
    Builtin::new("zip_longest", zip_longest),
];

/// An iteration given by a closure.
struct FromFn<F>(F);

impl<F: FnMut(&mut Evaluator) -> Result<Option<Value>>> LazyIter for FromFn<F> {
    fn next(&mut self, ev: &mut Evaluator) -> Result<Option<Value>> {
        ev.budget.step(1)?;
        (self.0)(ev)
    }
}

fn lazy(
    name: &'static str,
    next: impl FnMut(&mut Evaluator) -> Result<Option<Value>> + 'static,
) -> Result<Value> {
    Ok(Value::iterator(name, FromFn(next)))
}

fn small(ev: &mut Evaluator, value: &Value) -> Result<usize> {
    let count = integer(ev, value)?;
    match count.to_usize() {
        Some(n) => Ok(n),
        None => Err(HostError::value_error("the count must not be negative")),
    }
}

/// A tuple, charged to the budgets.
fn row(ev: &mut Evaluator, items: Vec<Value>) -> Result<Option<Value>> {
    ev.budget.reserve(items.len() * size_of::<Value>())?;
    Ok(Some(Value::tuple(items)))
}

fn accumulate(ev: &mut Evaluator, mut args: CallArgs, span: Span) -> Result<Value> {
    let mut initial = args.take_keyword("initial").filter(|v| !matches!(v, Value::None));
    let [iterable, function] = args.bind("accumulate", ["iterable", "func"], 1)?;
    let function = function.filter(|f| !matches!(f, Value::None));
    let mut iter = ev.iter(&iterable.expect("required"))?;
    let mut total: Option<Value> = None;
    lazy("accumulate", move |ev| {
        if let Some(initial) = initial.take() {
            total = Some(initial);
            return Ok(total.clone());
        }
        let Some(value) = iter.next(ev)? else {
            return Ok(None);
        };
        total = Some(match (total.take(), &function) {
            (None, _) => value,
            (Some(so_far), None) => ev.binary_op(Operator::Add, &so_far, &value, span)?,
            (Some(so_far), Some(function)) => ev.call_with(function, [so_far, value], span)?,
        });
        Ok(total.clone())
    })
}

fn batched(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [iterable, n] = args.exact("batched")?;
    let n = small(ev, &n)?;
    if n == 0 {
        return Err(HostError::value_error("n must be at least one"));
    }
    let mut iter = ev.iter(&iterable)?;
    lazy("batched", move |ev| {
        let mut items = Vec::new();
        while items.len() < n
            && let Some(value) = iter.next(ev)?
        {
            items.push(value);
        }
        if items.is_empty() { Ok(None) } else { row(ev, items) }
    })
}

fn chain(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let sources: Vec<Value> = args.positional.into_iter().map(|arg| arg.value).collect();
    chained(Iter::Owned(sources.into_iter()))
}

/// `chain.from_iterable`
pub static CHAIN_FROM_ITERABLE: Builtin = Builtin::new("from_iterable", |ev, args, _| {
    let [iterable] = args.exact("from_iterable")?;
    chained(ev.iter(&iterable)?)
});

fn chained(mut sources: Iter) -> Result<Value> {
    let mut open: Option<Iter> = None;
    lazy("chain", move |ev| {
        loop {
            if let Some(iter) = &mut open {
                if let Some(value) = iter.next(ev)? {
                    return Ok(Some(value));
                }
                open = None;
            }
            match sources.next(ev)? {
                Some(source) => open = Some(ev.iter(&source)?),
                None => return Ok(None),
            }
        }
    })
}

fn compress(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [data, selectors] = args.exact("compress")?;
    let (mut data, mut selectors) = (ev.iter(&data)?, ev.iter(&selectors)?);
    lazy("compress", move |ev| {
        while let (Some(value), Some(selector)) = (data.next(ev)?, selectors.next(ev)?) {
            if ev.truthy(&selector, span)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    })
}

fn count(_: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [start, step] = args.bind("count", ["start", "step"], 0)?;
    let (mut at, step) = (start.unwrap_or(Value::Int(0)), step.unwrap_or(Value::Int(1)));
    lazy("count", move |ev| {
        let next = ev.binary_op(Operator::Add, &at, &step, span)?;
        Ok(Some(std::mem::replace(&mut at, next)))
    })
}

fn cycle(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [iterable] = args.exact("cycle")?;
    let mut iter = Some(ev.iter(&iterable)?);
    let mut saved: Vec<Value> = Vec::new();
    let mut at = 0;
    lazy("cycle", move |ev| {
        if let Some(source) = &mut iter {
            if let Some(value) = source.next(ev)? {
                ev.budget.consume(size_of::<Value>())?;
                saved.push(value.clone());
                return Ok(Some(value));
            }
            iter = None;
        }
        at += 1;
        Ok(saved.get((at - 1) % saved.len().max(1)).cloned())
    })
}

fn while_(ev: &mut Evaluator, args: CallArgs, span: Span, name: &'static str) -> Result<Value> {
    let [predicate, iterable] = args.exact(name)?;
    let mut iter = ev.iter(&iterable)?;
    // `takewhile`: still taking; `dropwhile`: still dropping.
    let mut active = true;
    lazy(name, move |ev| {
        while let Some(value) = iter.next(ev)? {
            if name == "dropwhile" && !active {
                return Ok(Some(value));
            }
            if name == "takewhile" && !active {
                return Ok(None);
            }
            let verdict = match &predicate {
                Value::None => value.clone(),
                predicate => ev.call_with(predicate, [value.clone()], span)?,
            };
            let holds = ev.truthy(&verdict, span)?;
            match (name, holds) {
                ("takewhile", true) | ("filterfalse", false) => return Ok(Some(value)),
                ("takewhile", false) => {
                    active = false;
                    return Ok(None);
                }
                ("dropwhile", false) => {
                    active = false;
                    return Ok(Some(value));
                }
                _ => {}
            }
        }
        Ok(None)
    })
}

fn groupby(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [iterable, key] = args.bind("groupby", ["iterable", "key"], 1)?;
    let key = key.filter(|key| !matches!(key, Value::None));
    let mut iter = ev.iter(&iterable.expect("required"))?;
    let mut ahead: Option<(Value, Value)> = None;
    let measure = move |ev: &mut Evaluator, value: Value| -> Result<(Value, Value)> {
        match &key {
            None => Ok((value.clone(), value)),
            Some(key) => Ok((ev.call_with(key, [value.clone()], span)?, value)),
        }
    };
    lazy("groupby", move |ev| {
        let (group_key, first) = match ahead.take() {
            Some(pair) => pair,
            None => match iter.next(ev)? {
                Some(value) => measure(ev, value)?,
                None => return Ok(None),
            },
        };
        let mut group = vec![first];
        while let Some(value) = iter.next(ev)? {
            let pair = measure(ev, value)?;
            if !ev.equal(&pair.0, &group_key)? {
                ahead = Some(pair);
                break;
            }
            group.push(pair.1);
        }
        ev.charge_items(group.len())?;
        let group = Value::iterator("_grouper", Iter::Owned(group.into_iter()));
        Ok(Some(Value::tuple([group_key, group])))
    })
}

fn islice(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let values = args.between("islice", 2, 4)?;
    let part = |ev: &mut Evaluator, value: Option<&Value>, default: usize| match value {
        None | Some(Value::None) => Ok(default),
        Some(value) => small(ev, value),
    };
    let (start, stop, step) = match values.len() {
        2 => (0, part(ev, values.get(1), usize::MAX)?, 1),
        _ => (
            part(ev, values.get(1), 0)?,
            part(ev, values.get(2), usize::MAX)?,
            part(ev, values.get(3), 1)?,
        ),
    };
    if step == 0 {
        return Err(HostError::value_error(
            "Step for islice() must be a positive integer or None.",
        ));
    }
    let mut iter = ev.iter(&values[0])?;
    let (mut at, mut wanted) = (0, start);
    lazy("islice", move |ev| {
        while at < stop && wanted < stop {
            let Some(value) = iter.next(ev)? else {
                return Ok(None);
            };
            at += 1;
            if at - 1 == wanted {
                wanted = wanted.saturating_add(step);
                return Ok(Some(value));
            }
        }
        Ok(None)
    })
}

fn pairwise(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [iterable] = args.exact("pairwise")?;
    let mut iter = ev.iter(&iterable)?;
    let mut last: Option<Value> = None;
    lazy("pairwise", move |ev| {
        if last.is_none() {
            last = iter.next(ev)?;
        }
        match (last.take(), iter.next(ev)?) {
            (Some(a), Some(b)) => {
                last = Some(b.clone());
                row(ev, vec![a, b])
            }
            _ => Ok(None),
        }
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    Combinations,
    WithReplacement,
    Permutations,
}

/// Selections of `r` items, in the order of their positions.
fn choose(ev: &mut Evaluator, args: CallArgs, span: Span, choice: Choice) -> Result<Value> {
    let required = if choice == Choice::Permutations { 1 } else { 2 };
    let [iterable, r] = args.bind("combinations", ["iterable", "r"], required)?;
    let pool = ev.iterate(&iterable.expect("required"), span)?;
    let r = match r {
        None | Some(Value::None) => pool.len(),
        Some(r) => small(ev, &r)?,
    };
    let n = pool.len();
    let enough = r <= n || (choice == Choice::WithReplacement && n > 0);
    ev.charge_items(r.min(n))?;
    let first = match choice {
        Choice::WithReplacement => vec![0; r],
        Choice::Combinations | Choice::Permutations => (0..r).collect(),
    };
    let mut positions: Option<Vec<usize>> = (enough || r == 0).then_some(first);
    lazy("combinations", move |ev| {
        let Some(current) = positions.take() else {
            return Ok(None);
        };
        ev.budget.step(current.len() as u64)?;
        let items = current.iter().map(|&at| pool[at].clone()).collect();
        positions = next_choice(choice, current, n);
        row(ev, items)
    })
}

fn next_choice(choice: Choice, mut at: Vec<usize>, n: usize) -> Option<Vec<usize>> {
    let r = at.len();
    match choice {
        Choice::Combinations => {
            let i = (0..r).rev().find(|&i| at[i] != i + n - r)?;
            at[i] += 1;
            for j in i + 1..r {
                at[j] = at[j - 1] + 1;
            }
        }
        Choice::WithReplacement => {
            let i = (0..r).rev().find(|&i| at[i] != n - 1)?;
            let next = at[i] + 1;
            at[i..].fill(next);
        }
        Choice::Permutations => {
            // The next position that is larger and not taken by those before.
            for i in (0..r).rev() {
                let free = (at[i] + 1..n).find(|p| !at[..i].contains(p));
                if let Some(next) = free {
                    at[i] = next;
                    for j in i + 1..r {
                        at[j] = (0..n).find(|p| !at[..j].contains(p))?;
                    }
                    return Some(at);
                }
            }
            return None;
        }
    }
    Some(at)
}

fn product(ev: &mut Evaluator, mut args: CallArgs, span: Span) -> Result<Value> {
    let n_repeats = match args.take_keyword("repeat") {
        Some(n) => small(ev, &n)?,
        None => 1,
    };
    args.no_keywords("product")?;
    let mut pools: Vec<Vec<Value>> = Vec::new();
    for arg in &args.positional {
        pools.push(ev.iterate(&arg.value, span)?);
    }
    ev.charge_items(pools.len().saturating_mul(n_repeats))?;
    let n_pools = pools.len() * n_repeats;
    let pools: Vec<Vec<Value>> = pools.iter().cycle().take(n_pools).cloned().collect();
    let empty = pools.iter().any(Vec::is_empty);
    let mut positions: Option<Vec<usize>> = (!empty).then(|| vec![0; pools.len()]);
    lazy("product", move |ev| {
        let Some(current) = &mut positions else {
            return Ok(None);
        };
        let items = current.iter().zip(&pools).map(|(&at, pool)| pool[at].clone()).collect();
        let advanced = (0..pools.len()).rev().find(|&i| current[i] + 1 < pools[i].len());
        match advanced {
            Some(i) => {
                current[i] += 1;
                current[i + 1..].fill(0);
            }
            None => positions = None,
        }
        row(ev, items)
    })
}

fn repeat(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [object, times] = args.bind("repeat", ["object", "times"], 1)?;
    let object = object.expect("required");
    let mut left = match times {
        None => usize::MAX,
        Some(times) => integer(ev, &times)?.to_usize().unwrap_or(0),
    };
    let endless = left == usize::MAX;
    lazy("repeat", move |_| {
        if left == 0 {
            return Ok(None);
        }
        left -= usize::from(!endless);
        Ok(Some(object.clone()))
    })
}

fn starmap(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [function, iterable] = args.exact("starmap")?;
    let mut iter = ev.iter(&iterable)?;
    lazy("starmap", move |ev| match iter.next(ev)? {
        None => Ok(None),
        Some(values) => {
            let values = ev.iterate(&values, span)?;
            ev.call(&function, CallArgs::positional(values), span).map(Some)
        }
    })
}

fn tee(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [iterable, n] = args.bind("tee", ["iterable", "n"], 1)?;
    let n = n.map_or(Ok(2), |n| small(ev, &n))?;
    let values = ev.iterate(&iterable.expect("required"), span)?;
    ev.charge_items(values.len().saturating_mul(n))?;
    let copies = (0..n).map(|_| Value::iterator("_tee", Iter::Owned(values.clone().into_iter())));
    Ok(Value::tuple(copies.collect::<Vec<_>>()))
}

fn zip_longest(ev: &mut Evaluator, mut args: CallArgs, _: Span) -> Result<Value> {
    let fill = args.take_keyword("fillvalue").unwrap_or(Value::None);
    args.no_keywords("zip_longest")?;
    let iters = args.positional.iter().map(|arg| ev.iter(&arg.value).map(Some));
    let mut iters: Vec<Option<Iter>> = iters.collect::<Result<_>>()?;
    lazy("zip_longest", move |ev| {
        let mut items = Vec::with_capacity(iters.len());
        for slot in &mut iters {
            let value = match slot {
                Some(iter) => iter.next(ev)?,
                None => None,
            };
            if value.is_none() {
                *slot = None;
            }
            items.push(value.unwrap_or_else(|| fill.clone()));
        }
        match iters.iter().any(Option::is_some) {
            true => row(ev, items),
            false => Ok(None),
        }
    })
}
