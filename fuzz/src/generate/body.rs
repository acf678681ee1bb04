//! What happens at one index: one element of a buffer gets its value.

use super::value::{Fact, Value, binary};
use super::{Generator, Source, alloc};
use tirade_ir::buffer::BufferNode;
use tirade_ir::stmt::{AllocOrigin, AssertStmt, Bind, BufferStore, For, IfThenElse, While};
use tirade_ir::{Attrs, BinOp, Buffer, DType, ForKind, PrimExpr, Span, Stmt, Symbol, Var};

/// Depth of the expressions that are stored.
const DEPTH: u32 = 3;

/// An element that is to be written.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub buffer: Buffer,
    pub indices: Box<[PrimExpr]>,
}

impl Place {
    /// The statement that writes `value`.
    pub fn store(&self, value: PrimExpr) -> Stmt {
        store(&self.buffer, &self.indices, value)
    }

    /// The element's value.
    pub fn load(&self) -> PrimExpr {
        PrimExpr::load(self.buffer.clone(), self.indices.clone(), Span::NONE)
    }
}

/// `buffer[indices] = value`
pub(crate) fn store(buffer: &Buffer, indices: &[PrimExpr], value: PrimExpr) -> Stmt {
    let store = BufferStore {
        buffer: buffer.clone(),
        value,
        indices: indices.into(),
        predicate: None,
        span: Span::NONE,
    };
    Stmt::Store(store.into())
}

/// `if condition: then_case else: else_case`
fn branch(condition: PrimExpr, then_case: Stmt, else_case: Option<Stmt>) -> Stmt {
    Stmt::If(IfThenElse { condition, then_case, else_case, span: Span::NONE }.into())
}

/// `for var in range(extent)`
fn serial(var: Var, extent: i64, body: Stmt) -> Stmt {
    let node = For {
        loop_var: var,
        min: PrimExpr::int(0, var.dtype),
        extent: PrimExpr::int(extent, var.dtype),
        step: None,
        kind: ForKind::Serial,
        thread_tag: None,
        body,
        annotations: Attrs::new(),
        span: Span::NONE,
    };
    Stmt::For(node.into())
}

impl Generator {
    /// Statements that give `place` a value, and what that is.
    pub(crate) fn produce(&mut self, place: &Place) -> (Vec<Stmt>, Fact) {
        self.c.begin();
        let dtype = place.buffer.dtype;
        let result = match self.c.weighted(&[8, 2, 2, 2, 2, 1, 1, 1]) {
            1 => self.named(place),
            2 => {
                let condition = self.expr(DType::BOOL, 2).expr;
                let (a, b) = (self.expr(dtype, DEPTH - 1), self.expr(dtype, DEPTH - 1));
                let stmt = branch(condition, place.store(a.expr), Some(place.store(b.expr)));
                (vec![stmt], a.fact.join(b.fact))
            }
            3 => self.updated(place),
            4 => self.accumulated(place),
            5 => self.counted(place),
            6 => self.asserted(place),
            7 => self.staged(place),
            _ => {
                let value = self.expr(dtype, DEPTH);
                (vec![place.store(value.expr)], value.fact)
            }
        };
        self.c.end();
        result
    }

    /// A name for a value, which the stored one may use.
    fn named(&mut self, place: &Place) -> (Vec<Stmt>, Fact) {
        let of = self.dtype();
        let value = self.expr(of, DEPTH - 1);
        let var = Var::new(self.name("v"), of);
        let bind = Bind { var, pointer: None, value: value.expr, span: Span::NONE };
        self.scalars.push((var, value.fact));
        let stored = self.expr(place.buffer.dtype, DEPTH - 1);
        self.scalars.pop();
        (vec![Stmt::Bind(bind.into()), place.store(stored.expr)], stored.fact)
    }

    /// A value, then another one made from it.
    fn updated(&mut self, place: &Place) -> (Vec<Stmt>, Fact) {
        let dtype = place.buffer.dtype;
        let first = self.expr(dtype, DEPTH - 1);
        let own = Value::new(place.load(), first.fact);
        let second = self.combined(own, dtype);
        (vec![place.store(first.expr), place.store(second.expr)], second.fact)
    }

    /// `value` and something else, of any type.
    fn combined(&mut self, value: Value, dtype: DType) -> Value {
        let other = self.expr(dtype, 1);
        if dtype.is_bool() {
            return Value::new(binary(BinOp::Ne, value.expr, other.expr), Fact::range(0, 1));
        }
        if dtype.is_float() {
            let op = self.c.pick(&[BinOp::Add, BinOp::Mul, BinOp::Sub]);
            return Value::new(binary(op, value.expr, other.expr), Fact::float(true));
        }
        let op = self.c.pick(&[BinOp::Add, BinOp::Mul, BinOp::Sub]);
        self.arithmetic(op, value, other)
    }

    /// A mutable scalar, changed in a loop that may be left early.
    fn accumulated(&mut self, place: &Place) -> (Vec<Stmt>, Fact) {
        let dtype = place.buffer.dtype;
        let acc = self.scalar_buffer("acc", dtype);
        let first = self.leaf(dtype);
        let var = Var::new(self.name("k"), DType::INT32);
        let trips = self.c.between(1, 5);
        self.scalars.push((var, Fact::range(0, trips as i128 - 1)));
        self.sources.push(source_of(&acc, dtype));
        let own = Value::new(acc.load(), Fact::any(dtype));
        let next = self.combined(own, dtype);
        let mut body = vec![acc.store(next.expr)];
        if self.c.chance(1, 3) {
            let condition = self.expr(DType::BOOL, 2).expr;
            let leave = match self.c.below(2) {
                0 => Stmt::Continue(Span::NONE),
                _ => Stmt::Break(Span::NONE),
            };
            body.insert(0, branch(condition, leave, None));
        }
        self.sources.pop();
        self.scalars.pop();
        let value = self.cast_value(dtype, Value::new(acc.load(), Fact::any(dtype)));
        let stmts = vec![
            alloc(acc.buffer.clone(), AllocOrigin::Scalar),
            acc.store(first.expr),
            serial(var, trips, Stmt::seq(body)),
            place.store(value.expr),
        ];
        (stmts, Fact::any(dtype))
    }

    /// A loop that runs while a counter is below a bound.
    fn counted(&mut self, place: &Place) -> (Vec<Stmt>, Fact) {
        let dtype = place.buffer.dtype;
        let count = self.scalar_buffer("count", DType::INT32);
        let bound = self.c.between(1, 5);
        let acc = self.scalar_buffer("acc", dtype);
        let first = self.leaf(dtype);
        let mut counter = source_of(&count, DType::INT32);
        counter.fact = Fact::range(0, bound as i128 - 1);
        self.sources.extend([source_of(&acc, dtype), counter]);
        let next = self.combined(Value::new(acc.load(), Fact::any(dtype)), dtype);
        self.sources.truncate(self.sources.len() - 2);
        let more = binary(BinOp::Add, count.load(), PrimExpr::i32(1));
        let body = Stmt::seq([acc.store(next.expr), count.store(more)]);
        let condition = binary(BinOp::Lt, count.load(), PrimExpr::i32(bound as i32));
        let repeat = Stmt::While(While { condition, body, span: Span::NONE }.into());
        let stmts = vec![
            alloc(count.buffer.clone(), AllocOrigin::Scalar),
            alloc(acc.buffer.clone(), AllocOrigin::Scalar),
            count.store(PrimExpr::i32(0)),
            acc.store(first.expr),
            repeat,
            place.store(acc.load()),
        ];
        (stmts, Fact::any(dtype))
    }

    /// An assertion that holds, and a value.
    fn asserted(&mut self, place: &Place) -> (Vec<Stmt>, Fact) {
        let of = self.int_dtype();
        let (value, least) = (self.expr(of, 2), Value::int(of.int_min(), of));
        let condition = binary(BinOp::Ge, value.expr, least.expr);
        let assert = AssertStmt {
            condition,
            kind: Symbol::new("RuntimeError"),
            message: ["always".into()].into(),
            span: Span::NONE,
        };
        let stored = self.expr(place.buffer.dtype, DEPTH - 1);
        (vec![Stmt::Assert(assert.into()), place.store(stored.expr)], stored.fact)
    }

    /// An array of its own for each index, filled and then read.
    fn staged(&mut self, place: &Place) -> (Vec<Stmt>, Fact) {
        let of = self.dtype();
        let extent = self.c.between(1, 4);
        let buffer = Buffer::new(self.name("L"), [PrimExpr::i32(extent as i32)], of);
        let var = Var::new(self.name("k"), DType::INT32);
        self.scalars.push((var, Fact::range(0, extent as i128 - 1)));
        let value = self.expr(of, DEPTH - 1);
        self.scalars.pop();
        let fill = serial(var, extent, store(&buffer, &[var.into()], value.expr));
        self.sources.push(Source {
            buffer: buffer.clone(),
            extents: vec![extent],
            fact: value.fact,
            used: false,
            plain: false,
        });
        let last = self.sources.len() - 1;
        let read = self.load_from(last, of);
        let stored = self.cast_value(place.buffer.dtype, read);
        self.sources.pop();
        (vec![alloc(buffer, AllocOrigin::AllocBuffer), fill, place.store(stored.expr)], stored.fact)
    }

    /// A mutable scalar.
    fn scalar_buffer(&mut self, stem: &str, dtype: DType) -> Place {
        let node = BufferNode::new(self.name(stem), [PrimExpr::i32(1)], dtype);
        let buffer = Buffer::from_node(BufferNode { scope: Symbol::new("local"), ..node });
        Place { buffer, indices: [PrimExpr::i32(0)].into() }
    }
}

/// A mutable scalar as something to read.
fn source_of(place: &Place, dtype: DType) -> Source {
    let (buffer, fact) = (place.buffer.clone(), Fact::any(dtype));
    Source { buffer, extents: vec![1], fact, used: false, plain: false }
}
