//! Expressions of any type: leaves, choices, casts. What needs care for one family of types is in
//! `int` and `float`.

use super::value::{Fact, Value, binary, call, cast, select, splat};
use super::{Generator, Source};
use tirade_ir::expr::{Let, Ramp};
use tirade_ir::op::Op;
use tirade_ir::{BinOp, DType, PrimExpr, Scalar, Span, Var};

/// Floats at which something changes.
const FLOATS: [f64; 20] = [
    0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    -2.5,
    3.0,
    0.1,
    100.0,
    -0.0,
    1e-3,
    65504.0,
    16777217.0,
    1e20,
    3.4e38,
    1e-40,
    6e-8,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

impl Generator {
    /// An expression of type `dtype` that reports nothing, at most about `depth` nodes deep.
    pub fn expr(&mut self, dtype: DType, depth: u32) -> Value {
        if depth == 0 || self.c.is_low() {
            return self.leaf(dtype);
        }
        self.c.begin();
        let value = match self.c.weighted(&[2, 6, 1, 1, 1, 1]) {
            0 => self.leaf(dtype),
            1 => self.operation(dtype, depth),
            2 => self.select(dtype, depth),
            3 => self.if_then_else(dtype, depth),
            4 if dtype.is_scalar() => self.let_in(dtype, depth),
            4 => self.operation(dtype, depth),
            _ => self.converted(dtype, depth),
        };
        self.c.end();
        debug_assert_eq!(value.dtype(), dtype);
        value
    }

    fn operation(&mut self, dtype: DType, depth: u32) -> Value {
        if dtype.is_bool() {
            self.bool_operation(dtype, depth)
        } else if dtype.is_float() {
            self.float_operation(dtype, depth)
        } else {
            self.int_operation(dtype, depth)
        }
    }

    /// A literal, a variable, or an element of a buffer.
    pub fn leaf(&mut self, dtype: DType) -> Value {
        match self.c.weighted(&[2, 5, 2]) {
            0 => self.literal(dtype),
            1 => match self.load(dtype) {
                Some(value) => value,
                None => self.literal(dtype),
            },
            _ => self.variable(dtype),
        }
    }

    /// A literal; of vectors sometimes a ramp.
    pub fn literal(&mut self, dtype: DType) -> Value {
        if dtype.is_float() {
            return self.float_literal(dtype);
        }
        if dtype.is_bool() {
            return Value::int(self.c.below(2) as i128, dtype);
        }
        let (lo, hi) = (dtype.int_min(), dtype.int_max());
        if !dtype.is_scalar() && self.c.chance(1, 2) {
            return self.ramp(dtype);
        }
        let value = match self.c.weighted(&[6, 2, 1, 1]) {
            0 => self.c.below(10) as i128,
            1 => -(self.c.below(10) as i128),
            2 => [hi, lo, hi - 1, lo + 1, hi / 2][self.c.below(5) as usize],
            _ => self.c.bits() as i64 as i128,
        };
        Value::int(value.clamp(lo, hi), dtype)
    }

    fn float_literal(&mut self, dtype: DType) -> Value {
        let value = match self.c.weighted(&[4, 3, 1]) {
            0 => self.c.pick(&FLOATS),
            1 => self.c.below(64) as f64 / 8.0 - 3.0,
            _ => f32::from_bits(self.c.bits() as u32) as f64,
        };
        // A literal's own NaN is the default one of its type.
        let value = if value.is_nan() { f64::NAN } else { value };
        // A finite literal has to have a place in its type.
        let rounded = Scalar::from_f64(dtype.element(), value).map(|r| r.value.to_f64());
        let value = rounded.filter(|r| r.is_infinite()).unwrap_or(value);
        let literal = PrimExpr::float(value, dtype.element());
        Value::new(splat(literal, dtype), Fact::float(false))
    }

    fn ramp(&mut self, dtype: DType) -> Value {
        let base = self.c.below(8) as i128;
        let stride = [1, 0, 2, 3][self.c.below(4) as usize];
        let down = dtype.is_int() && self.c.chance(1, 4);
        let stride = if down { -stride } else { stride };
        let end = base + stride * (dtype.lanes() as i128 - 1);
        let fact = Fact::range(base.min(end), base.max(end)).wrapped(dtype);
        let element = dtype.element();
        let ramp = Ramp {
            base: PrimExpr::int(base as i64, element),
            stride: PrimExpr::int(stride as i64, element),
            dtype,
            span: Span::NONE,
        };
        Value::new(PrimExpr::Ramp(ramp.into()), fact)
    }

    /// A variable in scope, converted to the type if none has it.
    fn variable(&mut self, dtype: DType) -> Value {
        let element = dtype.element();
        let same: Vec<_> =
            self.scalars.iter().copied().filter(|(v, _)| v.dtype == element).collect();
        if !same.is_empty() {
            let (var, fact) = self.c.pick(&same);
            return Value::new(splat(var.into(), dtype), fact);
        }
        let ints: Vec<_> =
            self.scalars.iter().copied().filter(|(v, _)| v.dtype.is_integer()).collect();
        if ints.is_empty() {
            return self.literal(dtype);
        }
        let (var, fact) = self.c.pick(&ints);
        let value = self.cast_value(element, Value::new(var.into(), fact));
        Value::new(splat(value.expr, dtype), value.fact)
    }

    /// An element, or a vector of elements, of a buffer of the type.
    fn load(&mut self, dtype: DType) -> Option<Value> {
        let element = dtype.element();
        let fits = |s: &Source| s.buffer.dtype == element && !s.extents.contains(&0);
        let found: Vec<usize> =
            (0..self.sources.len()).filter(|i| fits(&self.sources[*i])).collect();
        if found.is_empty() {
            return None;
        }
        let source = self.c.pick(&found);
        Some(self.load_from(source, dtype))
    }

    /// An element, or a vector of elements, of one source.
    pub fn load_from(&mut self, source: usize, dtype: DType) -> Value {
        self.sources[source].used = true;
        let Source { buffer, extents, fact, .. } = self.sources[source].clone();
        let lanes = dtype.lanes();
        let last = extents.len().saturating_sub(1);
        if dtype.is_scalar() || extents.is_empty() || self.c.chance(1, 6) {
            let indices: Vec<_> = extents.iter().map(|extent| self.index(*extent)).collect();
            let value = PrimExpr::load(buffer, indices, Span::NONE);
            return Value::new(splat(value, dtype), fact);
        }
        let mut indices: Vec<_> = extents[..last].iter().map(|e| self.index(*e)).collect();
        indices.push(self.vector_index(extents[last], lanes));
        Value::new(PrimExpr::load(buffer, indices, Span::NONE), fact)
    }

    fn select(&mut self, dtype: DType, depth: u32) -> Value {
        let condition = self.expr(DType::BOOL.with_lanes_of(dtype), depth - 1);
        let a = self.expr(dtype, depth - 1);
        let b = self.expr(dtype, depth - 1);
        Value::new(select(condition.expr, a.expr, b.expr), a.fact.join(b.fact))
    }

    fn if_then_else(&mut self, dtype: DType, depth: u32) -> Value {
        let condition = self.expr(DType::BOOL, depth - 1);
        let a = self.expr(dtype, depth - 1);
        let b = self.expr(dtype, depth - 1);
        // A condition that is a literal has no form in a script: it decides while that is read.
        let expr = match condition.expr.as_int() {
            Some(0) => return b,
            Some(_) => return a,
            None => call(Op::IfThenElse, [condition.expr, a.expr, b.expr], dtype),
        };
        Value::new(expr, a.fact.join(b.fact))
    }

    fn let_in(&mut self, dtype: DType, depth: u32) -> Value {
        let of = self.dtype();
        let value = self.expr(of, depth - 1);
        let var = Var::new(self.name("t"), of);
        self.scalars.push((var, value.fact));
        let body = self.expr(dtype, depth - 1);
        self.scalars.pop();
        let expr = Let { var, value: value.expr, body: body.expr, span: Span::NONE };
        Value::new(PrimExpr::Let(expr.into()), body.fact)
    }

    /// A value of another type, as `dtype`.
    fn converted(&mut self, dtype: DType, depth: u32) -> Value {
        let from = self.dtype().with_lanes_of(dtype);
        let value = self.expr(from, depth - 1);
        let same_width = from.bits() == dtype.bits() && !from.is_bool() && !dtype.is_bool();
        if same_width && from != dtype && self.c.chance(1, 3) {
            return self.reinterpreted(dtype, value);
        }
        self.cast_value(dtype, value)
    }

    /// A cast that reports nothing.
    pub fn cast_value(&mut self, dtype: DType, value: Value) -> Value {
        let from = value.dtype();
        if from == dtype {
            return value;
        }
        if dtype.is_bool() {
            return Value::new(cast(dtype, value.expr), Fact::range(0, 1));
        }
        if dtype.is_float() {
            let nan = from.is_float() && value.fact.nan;
            return Value::new(cast(dtype, value.expr), Fact::float(nan));
        }
        if !from.is_float() {
            return Value::new(cast(dtype, value.expr), value.fact.wrapped(dtype));
        }
        let (value, fact) = self.clamped(dtype, value);
        Value::new(cast(dtype, value), fact)
    }

    /// A float between bounds that truncate to values of the integer type. NaNs become a bound.
    fn clamped(&mut self, to: DType, value: Value) -> (PrimExpr, Fact) {
        let from = value.dtype();
        let small = self.c.chance(1, 3);
        let bound = |wanted: i128| {
            let wanted = if small { wanted.clamp(-100, 100) } else { wanted };
            let digits = match from.element() {
                DType::FLOAT16 => 11,
                DType::BFLOAT16 => 8,
                DType::FLOAT32 => 24,
                _ => 53,
            };
            let excess = (128 - wanted.unsigned_abs().leading_zeros()).saturating_sub(digits);
            let rounded = (wanted.unsigned_abs() >> excess << excess) as i128 * wanted.signum();
            if from.element() == DType::FLOAT16 { rounded.clamp(-65504, 65504) } else { rounded }
        };
        let (lo, hi) = (bound(to.int_min()), bound(to.int_max()));
        let literal = |v: i128| splat(PrimExpr::float(v as f64, from.element()), from);
        let above = binary(BinOp::Max, value.expr, literal(lo));
        (binary(BinOp::Min, above, literal(hi)), Fact::range(lo, hi))
    }

    /// The same bits as another type. NaNs are left out: neither their bits nor what arithmetic
    /// makes of signalling ones is the same everywhere.
    fn reinterpreted(&mut self, dtype: DType, value: Value) -> Value {
        let from = value.dtype();
        let mut expr = value.expr;
        if from.is_float() && value.fact.nan {
            let of = DType::BOOL.with_lanes_of(from);
            let zero = splat(PrimExpr::float(0.0, from.element()), from);
            // The value is named, so that it is the one that was tested.
            return match from.is_scalar() {
                true => {
                    let var = Var::new(self.name("t"), from);
                    let test = call(Op::IsNan, [var.into()], of);
                    let body = call(Op::Reinterpret, [select(test, zero, var.into())], dtype);
                    let body = Let { var, value: expr, body, span: Span::NONE };
                    Value::new(PrimExpr::Let(body.into()), Fact::any(dtype))
                }
                false if dtype.is_float() => self.float_literal(dtype),
                false => Value::int(3, dtype),
            };
        }
        expr = call(Op::Reinterpret, [expr], dtype);
        if !dtype.is_float() {
            return Value::new(expr, Fact::any(dtype));
        }
        if !dtype.is_scalar() {
            return self.float_literal(dtype);
        }
        let var = Var::new(self.name("t"), dtype);
        let test = call(Op::IsNan, [var.into()], DType::BOOL);
        let zero = PrimExpr::float(0.0, dtype);
        let body = select(test, zero, var.into());
        let body = Let { var, value: expr, body, span: Span::NONE };
        Value::new(PrimExpr::Let(body.into()), Fact::float(false))
    }

    fn bool_operation(&mut self, dtype: DType, depth: u32) -> Value {
        let fact = Fact::range(0, 1);
        let below = |g: &mut Self| g.expr(dtype, depth - 1).expr;
        let expr = match self.c.weighted(&[6, 2, 2, 1, 2, 1, 1]) {
            0 => {
                let of = self.dtype().with_lanes_of(dtype);
                let op = self.c.pick(&[
                    BinOp::Lt,
                    BinOp::Le,
                    BinOp::Gt,
                    BinOp::Ge,
                    BinOp::Eq,
                    BinOp::Ne,
                ]);
                let (a, b) = (self.expr(of, depth - 1), self.expr(of, depth - 1));
                binary(op, a.expr, b.expr)
            }
            1 => binary(BinOp::And, below(self), below(self)),
            2 => binary(BinOp::Or, below(self), below(self)),
            3 => PrimExpr::logical_not(below(self), Span::NONE),
            4 => {
                let op = self.c.pick(&[Op::BitwiseAnd, Op::BitwiseOr, Op::BitwiseXor]);
                call(op, [below(self), below(self)], dtype)
            }
            5 => call(Op::BitwiseNot, [below(self)], dtype),
            _ => {
                let of = self.float_dtype().with_lanes_of(dtype);
                let op = self.c.pick(&[Op::IsNan, Op::IsInf, Op::IsFinite]);
                let value = self.expr(of, depth - 1).expr;
                call(op, [value], dtype)
            }
        };
        Value::new(expr, fact)
    }

    /// A computable type, more often a common one.
    pub fn dtype(&mut self) -> DType {
        let weights = [2, 4, 3, 8, 4, 4, 3, 4, 4, 3, 3, 8, 4];
        DType::COMPUTABLE[self.c.weighted(&weights)]
    }

    /// A float type.
    pub fn float_dtype(&mut self) -> DType {
        self.c.pick(&[DType::FLOAT32, DType::FLOAT64, DType::FLOAT16, DType::BFLOAT16])
    }

    /// An integer type.
    pub fn int_dtype(&mut self) -> DType {
        DType::COMPUTABLE[1 + self.c.below(8) as usize]
    }
}
