//! The reduction that a block does as a whole: which values it starts from, what it combines into
//! which buffers, and how.

use super::reducer::{Combiner, as_update};
use crate::error::{Result, ScheduleError};
use crate::place::Place;
use tirade_ir::diag::Code;
use tirade_ir::op::Op;
use tirade_ir::stmt::BufferStore;
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::visit::any_expr;
use tirade_ir::{BinOp, Buffer, PrimExpr, Span, Stmt};

/// What a reduction block does: `accumulators = combine(accumulators, values)`.
#[derive(Clone, Debug)]
pub struct Reduction {
    /// The buffers that are accumulated into, in the order of their stores.
    pub buffers: Vec<Buffer>,
    /// Where, the same in all of them.
    pub indices: Box<[PrimExpr]>,
    /// What the init stores.
    pub init: Vec<PrimExpr>,
    /// What is combined with each accumulator.
    pub values: Vec<PrimExpr>,
    /// How.
    pub combine: Combine,
}

/// How accumulators and values are combined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Combine {
    /// Each accumulator with its own value, in any order.
    Each(Vec<Combiner>),
    /// The better of two pairs of a key and what belongs to it.
    Best(Best),
}

/// `a if a is better than b else b`, for pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Best {
    /// Which of the two buffers holds the keys.
    pub key: usize,
    /// The comparison under which the left pair wins.
    pub op: BinOp,
    /// Of pairs with the same key the one with the smaller companion wins. Without this, the order
    /// in which pairs are compared shows in the result.
    pub breaks_ties: bool,
}

impl Combine {
    /// True if values may be combined in another order, but for rounding.
    pub fn is_commutative(&self) -> bool {
        match self {
            Combine::Each(_) => true,
            Combine::Best(best) => best.breaks_ties,
        }
    }

    /// What is stored: `lhs` are the accumulators.
    pub fn apply(&self, lhs: &[PrimExpr], rhs: &[PrimExpr]) -> Vec<PrimExpr> {
        match self {
            Combine::Each(combiners) => {
                let pairs = lhs.iter().zip(rhs).zip(combiners);
                pairs.map(|((a, b), combiner)| combiner.apply(a.clone(), b.clone())).collect()
            }
            Combine::Best(best) => {
                let conditions = best.conditions(lhs, rhs);
                let pairs = lhs.iter().zip(rhs).zip(conditions);
                pairs.map(|((a, b), condition)| select(condition, a, b)).collect()
            }
        }
    }

    /// True if a reduction in parts, each of which starts from `init`, gives the whole's result.
    fn may_start_again(&self, i: usize, init: &PrimExpr) -> bool {
        let is = |int: i128, float: f64| match init {
            PrimExpr::Float { value, .. } => *value == float,
            other => other.as_int() == Some(int),
        };
        match self {
            Combine::Each(combiners) => match combiners[i] {
                Combiner::Binary(BinOp::Add) | Combiner::Call(Op::BitwiseXor) => is(0, 0.0),
                Combiner::Binary(BinOp::Mul) => is(1, 1.0),
                // To meet the same value several times changes nothing.
                Combiner::Binary(_) | Combiner::Call(_) => true,
            },
            Combine::Best(_) => true,
        }
    }
}

impl Best {
    /// The condition under which the left one is taken, for each of the two buffers.
    fn conditions(self, lhs: &[PrimExpr], rhs: &[PrimExpr]) -> [PrimExpr; 2] {
        let (key, other) = (self.key, 1 - self.key);
        let test = |op, i: usize| PrimExpr::binary(op, lhs[i].clone(), rhs[i].clone(), Span::NONE);
        let better = test(self.op, key);
        let mut conditions = [better.clone(), better.clone()];
        if self.breaks_ties {
            let tie = PrimExpr::binary(
                BinOp::And,
                test(BinOp::Eq, key),
                test(BinOp::Lt, other),
                Span::NONE,
            );
            conditions[other] = PrimExpr::binary(BinOp::Or, better, tie, Span::NONE);
        }
        conditions
    }
}

fn select(condition: PrimExpr, a: &PrimExpr, b: &PrimExpr) -> PrimExpr {
    PrimExpr::Select(std::sync::Arc::new(tirade_ir::expr::Select {
        condition,
        true_value: a.clone(),
        false_value: b.clone(),
        span: Span::NONE,
    }))
}

/// The reduction of a block that has an init, or why it is none that is known.
pub fn reduction_of(place: &Place) -> Result<Reduction> {
    let refuse = |message: &str| {
        Err(ScheduleError::new(Code::SCHEDULE_PATTERN, message.to_owned()).at(place.at()).note(
            "known are sums, products, minima, maxima, `and`, `or` and bitwise operations of one or \
             more buffers, and the greatest or smallest of pairs",
        ))
    };
    let block = place.block();
    let (Some(stores), Some(init)) =
        (final_stores(&block.body), block.init.as_ref().and_then(final_stores))
    else {
        return refuse("the block is not made of stores to its accumulators");
    };
    let buffers: Vec<Buffer> = stores.iter().map(|store| store.buffer.clone()).collect();
    let indices = stores[0].indices.clone();
    let is_repeated = |i: usize| buffers[..i].contains(&buffers[i]);
    if (0..buffers.len()).any(is_repeated) || stores.iter().any(|s| s.indices != indices) {
        return refuse("the accumulators are not accessed at the same indices, each once");
    }
    let initial = |buffer: &Buffer| {
        let mut own = init.iter().filter(|s| s.buffer == *buffer && s.indices == indices);
        own.next().map(|store| store.value.clone())
    };
    let Some(init) = buffers.iter().map(initial).collect::<Option<Vec<_>>>() else {
        return refuse("the init does not store to the places that are accumulated into");
    };
    let Some((combine, values)) = each(&stores).or_else(|| best(&stores)) else {
        return refuse("the block combines its accumulators in no way that is known");
    };
    let reads_accumulator = |e: &PrimExpr| {
        any_expr(e, |e| matches!(e, PrimExpr::Load(load) if buffers.contains(&load.buffer)))
    };
    if values.iter().any(reads_accumulator) {
        return refuse("what is combined with an accumulator reads an accumulator");
    }
    if let Some(i) = (0..init.len()).find(|i| !combine.may_start_again(*i, &init[*i])) {
        let message = format!(
            "the init of `{}` is not the value that combining with changes nothing",
            buffers[i].name
        );
        return refuse(&message);
    }
    Ok(Reduction { buffers, indices, init, values, combine })
}

/// The stores of a statement that binds values first and then stores, the bindings put in.
fn final_stores(stmt: &Stmt) -> Option<Vec<BufferStore>> {
    let mut bound = VarMap::default();
    let mut stores: Vec<BufferStore> = Vec::new();
    let mut add = |stmt: &Stmt| match stmt {
        // A binding behind a store would read what was stored.
        Stmt::Bind(bind) if stores.is_empty() => {
            bound.insert(bind.var.id, substitute(&bind.value, &bound));
            true
        }
        Stmt::Store(store) if store.predicate.is_none() => {
            stores.push(BufferStore {
                buffer: store.buffer.clone(),
                value: substitute(&store.value, &bound),
                indices: store.indices.clone(),
                predicate: None,
                span: store.span,
            });
            true
        }
        _ => false,
    };
    let all_known = match stmt {
        Stmt::Seq(seq) => seq.stmts.iter().all(&mut add),
        other => add(other),
    };
    (all_known && !stores.is_empty()).then_some(stores)
}

/// Accumulators that know nothing of each other.
fn each(stores: &[BufferStore]) -> Option<(Combine, Vec<PrimExpr>)> {
    let updates: Option<Vec<_>> = stores.iter().map(as_update).collect();
    let updates = updates?;
    let combiners = updates.iter().map(|update| update.combiner).collect();
    Some((Combine::Each(combiners), updates.into_iter().map(|update| update.value).collect()))
}

/// The greatest or smallest of pairs.
fn best(stores: &[BufferStore]) -> Option<(Combine, Vec<PrimExpr>)> {
    let [a, b] = stores else { return None };
    let (PrimExpr::Select(first), PrimExpr::Select(second)) = (&a.value, &b.value) else {
        return None;
    };
    let own = |store: &BufferStore| {
        PrimExpr::load(store.buffer.clone(), store.indices.clone(), store.span)
    };
    let lhs = [own(a), own(b)];
    let rhs = [first.false_value.clone(), second.false_value.clone()];
    let found = [&a.value, &b.value];
    let forms = [BinOp::Gt, BinOp::Ge, BinOp::Lt, BinOp::Le].into_iter().flat_map(|op| {
        [0, 1]
            .into_iter()
            .flat_map(move |key| [false, true].map(|breaks_ties| Best { key, op, breaks_ties }))
    });
    for form in forms {
        let combine = Combine::Best(form);
        let values = combine.apply(&lhs, &rhs);
        if found.iter().zip(&values).all(|(found, value)| *found == value) {
            return Some((combine, rhs.to_vec()));
        }
    }
    None
}
