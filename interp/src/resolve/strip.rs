//! Which loops can be run in strips (see `crate::strip`): loop nests that end in one store of
//! scalars, with nothing around it but blocks, conditions and names.

use crate::tree::{
    Access, Binary, Block, Choice, Expr, Fold, For, Index, Instances, OpName, Slot, Stmt, Store,
    StripPlan, Target,
};

/// The plan of a loop whose iterations can be run in strips.
pub(super) fn plan(s: &For) -> Option<StripPlan> {
    let mut slots = vec![s.slot];
    let mut body = &s.body;
    if !is_ordered_or_independent(s) || !s.recomputes.is_empty() {
        return None;
    }
    while let Some(inner) = single_loop(body).filter(|s| s.recomputes.is_empty()) {
        let header = [&inner.min, &inner.extent];
        let fixed = header.iter().all(|i| is_fixed(&i.expr, &slots));
        if !is_ordered_or_independent(inner) || inner.step.is_some() || !fixed {
            return None;
        }
        slots.push(inner.slot);
        body = &inner.body;
    }
    is_plain(body).then(StripPlan::default)
}

fn is_ordered_or_independent(s: &For) -> bool {
    s.thread.is_none() && (s.kind.is_ordered() || s.independent)
}

fn single_loop(stmt: &Stmt) -> Option<&For> {
    match stmt {
        Stmt::For(s) => Some(s),
        Stmt::Seq(stmts) => match &stmts[..] {
            [one] => single_loop(one),
            _ => None,
        },
        _ => None,
    }
}

/// True if the value is the same in all iterations of the loops with these variables.
fn is_fixed(e: &Expr, slots: &[Slot]) -> bool {
    match e {
        Expr::Const(_) => true,
        Expr::Scalar(slot) => !slots.contains(slot),
        Expr::Unary(e) => is_fixed(&e.arg, slots),
        Expr::Binary(e) => is_fixed(&e.lhs, slots) && is_fixed(&e.rhs, slots),
        _ => false,
    }
}

/// True for a body that ends in one store of scalars.
fn is_plain(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Store(s) => {
            s.predicate.is_none()
                && s.access.remembered_by.is_empty()
                && s.lanes == 1
                && is_plain_access(&s.access)
                && is_plain_expr(&s.value)
        }
        Stmt::Block(b) => {
            b.allocs.is_empty()
                && b.matches.is_empty()
                && b.regions.is_empty()
                && !b.remembers_writes
                && b.instances == Instances::default()
                && b.iters.iter().all(|i| is_plain_expr(&i.value.expr))
                && b.predicate.as_ref().is_none_or(is_plain_expr)
                && is_plain(&b.body)
        }
        Stmt::If(s) => s.otherwise.is_none() && is_plain_expr(&s.condition) && is_plain(&s.then),
        Stmt::Seq(stmts) => {
            let Some((last, names)) = stmts.split_last() else { return false };
            let is_name = |s: &Stmt| match s {
                Stmt::Bind(b) => matches!(b.0, Target::Scalar(_)) && is_plain_expr(&b.1),
                _ => false,
            };
            names.iter().all(is_name) && is_plain(last)
        }
        _ => false,
    }
}

fn is_plain_access(access: &Access) -> bool {
    access.index_lanes.is_none() && access.indices.iter().all(|i| is_plain_expr(&i.expr))
}

fn is_plain_expr(e: &Expr) -> bool {
    match e {
        Expr::Const(_) | Expr::Scalar(_) => true,
        Expr::Unary(e) => is_plain_expr(&e.arg),
        Expr::Binary(e) => is_plain_expr(&e.lhs) && is_plain_expr(&e.rhs),
        Expr::Nary(e) => e.args.iter().all(is_plain_expr),
        Expr::Logic(e) => is_plain_expr(&e.lhs) && is_plain_expr(&e.rhs),
        Expr::Select(e) | Expr::IfThenElse(e) => {
            is_plain_expr(&e.condition) && is_plain_expr(&e.then) && is_plain_expr(&e.otherwise)
        }
        Expr::Load(e) => e.predicate.is_none() && is_plain_access(&e.access),
        Expr::Let(e) => {
            matches!(e.target, Target::Scalar(_))
                && is_plain_expr(&e.value)
                && is_plain_expr(&e.body)
        }
        Expr::Vector(_)
        | Expr::Ramp(_)
        | Expr::Broadcast(_)
        | Expr::Shuffle(_)
        | Expr::Atomic(_)
        | Expr::Call(_)
        | Expr::Assume(_)
        | Expr::StorageSync(_)
        | Expr::AllReduce(_)
        | Expr::IsNull(_) => false,
    }
}

/// Finds loads of the element that a store writes, and whether it combines the element with
/// another value.
pub(super) fn find_fold(store: &mut Store) {
    mark_echoes(&mut store.value, &store.access);
    let is_echo = |e: &Expr| matches!(e, Expr::Load(load) if load.is_echo);
    if let Expr::Binary(e) = &store.value {
        store.fold = match (is_echo(&e.lhs), is_echo(&e.rhs)) {
            (true, _) => Some(Fold::Left),
            (false, true) => Some(Fold::Right),
            (false, false) => None,
        };
    }
}

/// Finds out whether a block's init writes the element that its body writes.
pub(super) fn find_init(block: &mut Block) {
    let Some(Stmt::Store(init)) = &mut block.init else { return };
    let mut body = &block.body;
    while let Stmt::Seq(stmts) = body {
        let Some(last) = stmts.last() else { return };
        body = last;
    }
    if let Stmt::Store(store) = body {
        let plain = init.predicate.is_none() && init.lanes == 1 && is_plain_expr(&init.value);
        init.is_echo = plain && same_access(&init.access, &store.access);
    }
}

fn mark_echoes(e: &mut Expr, target: &Access) {
    match e {
        Expr::Load(load) => load.is_echo = same_access(&load.access, target),
        Expr::Unary(e) => mark_echoes(&mut e.arg, target),
        Expr::Binary(e) => {
            mark_echoes(&mut e.lhs, target);
            mark_echoes(&mut e.rhs, target);
        }
        Expr::Nary(e) => e.args.iter_mut().for_each(|e| mark_echoes(e, target)),
        Expr::Logic(e) => {
            mark_echoes(&mut e.lhs, target);
            mark_echoes(&mut e.rhs, target);
        }
        Expr::Select(e) | Expr::IfThenElse(e) => {
            let Choice { condition, then, otherwise, .. } = &mut **e;
            [condition, then, otherwise].into_iter().for_each(|e| mark_echoes(e, target));
        }
        _ => {}
    }
}

fn same_access(a: &Access, b: &Access) -> bool {
    let same = |(a, b): (&Index, &Index)| a.widen == b.widen && same_expr(&a.expr, &b.expr);
    a.buffer == b.buffer
        && a.index_lanes == b.index_lanes
        && a.indices.len() == b.indices.len()
        && a.indices.iter().zip(&b.indices).all(same)
}

/// Equality of index arithmetic; anything else counts as different.
fn same_expr(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (Expr::Const(a), Expr::Const(b)) => a == b,
        (Expr::Scalar(a), Expr::Scalar(b)) => a == b,
        (Expr::Unary(a), Expr::Unary(b)) => {
            a.is_cast && b.is_cast && a.dtype == b.dtype && same_expr(&a.arg, &b.arg)
        }
        (Expr::Binary(a), Expr::Binary(b)) => {
            same_op(a, b) && same_expr(&a.lhs, &b.lhs) && same_expr(&a.rhs, &b.rhs)
        }
        _ => false,
    }
}

fn same_op(a: &Binary, b: &Binary) -> bool {
    let same_name = match (a.name, b.name) {
        (OpName::Infix(a), OpName::Infix(b)) => a == b,
        (OpName::Op(a), OpName::Op(b)) => a == b,
        _ => false,
    };
    same_name && a.dtype == b.dtype
}
