//! What a script holds of a schedule: the schedule itself, its blocks and loops, and the
//! statements behind them.

use super::super::table;
use super::{convert, trace};
use crate::host::value::BoundEntry;
use crate::host::{Evaluator, HostObject, Result, Value};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::symbol::Symbol;
use tirade_ir::{Attrs, Block, ForKind, PrimExpr, Stmt};
use tirade_schedule::{BlockRV, LoopRV, Schedule, TensorIntrin};

/// A schedule of a script: mutable, as in TVM.
pub struct ScheduleObject {
    /// The schedule as it is now.
    pub schedule: RefCell<Schedule>,
    /// Every schedule of the script has a number, in the order they were made.
    pub number: usize,
}

/// A block of a schedule.
pub struct BlockObject(pub BlockRV);

/// A loop of a schedule.
pub struct LoopObject(pub LoopRV);

/// A statement of the scheduled program: what `sch.get(block)` gives.
pub struct StmtObject(pub Stmt);

/// A reference to a statement: what `sch.get_sref(block)` gives.
pub struct SRefObject(pub Stmt);

/// A method of the tables, bound to its receiver.
pub(super) fn method(receiver: Rc<dyn HostObject>, class: &str, name: Symbol) -> Option<Value> {
    let entry = table::lookup(&format!("{class}.{name}"))?;
    let receiver = Value::Object(receiver);
    Some(Value::BoundEntry(Rc::new(BoundEntry { receiver, entry })))
}

/// A value that a script holds.
pub(super) fn object(value: impl HostObject) -> Value {
    Value::Object(Rc::new(value))
}

impl HostObject for ScheduleObject {
    fn type_name(&self) -> &str {
        "Schedule"
    }

    fn getattr(self: Rc<Self>, _: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        let schedule = self.schedule.borrow();
        Ok(match name.as_str() {
            "mod" => Some(Value::IRModule(Rc::new(RefCell::new(schedule.module().clone())))),
            "trace" => Some(object(trace::TraceObject::new(schedule.trace().clone()))),
            "state" => Some(Value::Object(self.clone())),
            "func_working_on" => Some(schedule.working_on().map_or(Value::None, Value::GlobalVar)),
            _ => method(self.clone(), "Schedule", name),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl HostObject for BlockObject {
    fn type_name(&self) -> &str {
        "SBlockRV"
    }

    fn getattr(self: Rc<Self>, _: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        Ok(method(self, "RV", name))
    }

    fn equal(&self, other: &Value) -> Option<bool> {
        Some(convert::block_of(other) == Some(self.0))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl HostObject for LoopObject {
    fn type_name(&self) -> &str {
        "LoopRV"
    }

    fn getattr(self: Rc<Self>, _: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        Ok(method(self, "RV", name))
    }

    fn equal(&self, other: &Value) -> Option<bool> {
        Some(convert::loop_of(other) == Some(self.0))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl HostObject for SRefObject {
    fn type_name(&self) -> &str {
        "StmtSRef"
    }

    fn getattr(self: Rc<Self>, _: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        Ok((name.as_str() == "stmt").then(|| object(StmtObject(self.0.clone()))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl HostObject for StmtObject {
    fn type_name(&self) -> &str {
        match &self.0 {
            Stmt::Block(_) => "SBlock",
            Stmt::For(_) => "For",
            _ => "Stmt",
        }
    }

    fn getattr(self: Rc<Self>, ev: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        if let Some(found) = method(self.clone(), "Stmt", name) {
            return Ok(Some(found));
        }
        Ok(match &self.0 {
            Stmt::Block(realize) => return block_member(ev, &realize.block, name.as_str()),
            Stmt::For(f) => match name.as_str() {
                "loop_var" => Some(Value::Expr(f.loop_var.into())),
                "min" => Some(number(&f.min)),
                "extent" => Some(number(&f.extent)),
                "kind" => Some(Value::Int(kind_number(f.kind))),
                "body" => Some(object(StmtObject(f.body.clone()))),
                "annotations" => Some(annotations(ev, &f.annotations)?),
                _ => None,
            },
            Stmt::Seq(seq) if name.as_str() == "seq" => {
                let items = seq.stmts.iter().map(|s| object(StmtObject(s.clone())));
                Some(Value::list(items.collect()))
            }
            _ => None,
        })
    }

    /// The same statement of the same program.
    fn equal(&self, other: &Value) -> Option<bool> {
        let Value::Object(other) = other else { return Some(false) };
        let other = other.as_any().downcast_ref::<StmtObject>();
        Some(other.is_some_and(|other| same_statement(&self.0, &other.0)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// True if both are one node of a program. A block is itself whatever it is bound to.
pub(super) fn same_statement(a: &Stmt, b: &Stmt) -> bool {
    match (a, b) {
        (Stmt::Block(a), Stmt::Block(b)) => Arc::ptr_eq(&a.block, &b.block),
        (Stmt::For(a), Stmt::For(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// A tensor intrinsic that a script holds.
pub struct IntrinsicObject(pub TensorIntrin);

impl HostObject for IntrinsicObject {
    fn type_name(&self) -> &str {
        "TensorIntrin"
    }

    fn getattr(self: Rc<Self>, _: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        Ok(match name.as_str() {
            "desc" => Some(Value::PrimFunc(self.0.description.clone())),
            "impl" => Some(Value::PrimFunc(self.0.implementation.clone())),
            _ => None,
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn block_member(ev: &mut Evaluator, block: &Block, name: &str) -> Result<Option<Value>> {
    let region = |r: &tirade_ir::BufferRegion| Value::Region(Rc::new(r.clone()));
    Ok(Some(match name {
        "name_hint" => Value::str(block.name.as_str()),
        "iter_vars" => {
            let axes = block.iter_vars.iter().map(|v| Value::IterVar(Rc::new(v.clone())));
            Value::list(axes.collect())
        }
        "reads" => Value::list(block.reads.iter().map(region).collect()),
        "writes" => Value::list(block.writes.iter().map(region).collect()),
        "alloc_buffers" => {
            Value::list(block.alloc_buffers.iter().cloned().map(Value::Buffer).collect())
        }
        "annotations" => annotations(ev, &block.annotations)?,
        "body" => object(StmtObject(block.body.clone())),
        "init" => match &block.init {
            Some(init) => object(StmtObject(init.clone())),
            None => Value::None,
        },
        _ => return Ok(None),
    }))
}

/// TVM's number of a kind of loop.
fn kind_number(kind: ForKind) -> i64 {
    match kind {
        ForKind::Serial => 0,
        ForKind::Parallel => 1,
        ForKind::Vectorized => 2,
        ForKind::Unrolled => 3,
        ForKind::ThreadBinding => 4,
    }
}

/// A number of the program: literals are values that are known now.
fn number(e: &PrimExpr) -> Value {
    match e {
        PrimExpr::Int { value, .. } => Value::Int(*value),
        other => Value::Expr(other.clone()),
    }
}

fn annotations(ev: &mut Evaluator, attrs: &Attrs) -> Result<Value> {
    let mut items = Vec::new();
    for (key, value) in attrs.iter() {
        items.push((Value::str(key.as_str()), convert::of_attr(ev, value)?));
    }
    convert::dict(ev, items)
}
