//! Integer expressions. Where a value could overflow, divide by zero and so on, the operands are
//! narrowed first, in one of several ways; what is possible is known from their facts.

use super::Generator;
use super::value::{Fact, Value, binary, call, cast, overflows, select, splat};
use tirade_ir::expr::Shuffle;
use tirade_ir::op::Op;
use tirade_ir::{BinOp, DType, PrimExpr, Span};

impl Generator {
    pub(super) fn int_operation(&mut self, dtype: DType, depth: u32) -> Value {
        match self.c.weighted(&[10, 5, 3, 3, 4, 2, 2, 1, 1]) {
            0 => self.sum_or_product(dtype, depth),
            1 => self.division(dtype, depth),
            2 => {
                let op = self.c.pick(&[BinOp::Min, BinOp::Max]);
                let (a, b) = self.pair(dtype, depth);
                let fact = match op {
                    BinOp::Min => Fact::range(a.fact.lo.min(b.fact.lo), a.fact.hi.min(b.fact.hi)),
                    _ => Fact::range(a.fact.lo.max(b.fact.lo), a.fact.hi.max(b.fact.hi)),
                };
                Value::new(binary(op, a.expr, b.expr), fact)
            }
            3 => self.shift(dtype, depth),
            4 => self.bitwise(dtype, depth),
            5 => self.count_bits(dtype, depth),
            6 => self.absolute(dtype, depth),
            7 if !dtype.is_scalar() => self.shuffled(dtype, depth),
            8 if dtype == DType::INT32 => self.fixed_point(depth),
            8 if dtype == DType::UINT64 => {
                let (low, high) = (self.c.bits() as u32, self.c.bits() as u32);
                let half = |v: u32| PrimExpr::int(v as i64, DType::UINT32);
                let value = (high as i128) << 32 | low as i128;
                let expr = call(Op::LargeUIntImm, [half(low), half(high)], dtype);
                Value::new(expr, Fact::range(value, value))
            }
            _ => self.sum_or_product(dtype, depth),
        }
    }

    fn pair(&mut self, dtype: DType, depth: u32) -> (Value, Value) {
        (self.expr(dtype, depth - 1), self.expr(dtype, depth - 1))
    }

    fn sum_or_product(&mut self, dtype: DType, depth: u32) -> Value {
        let op = self.c.pick(&[BinOp::Add, BinOp::Sub, BinOp::Mul]);
        let (a, b) = self.pair(dtype, depth);
        self.arithmetic(op, a, b)
    }

    /// `a op b` for `+`, `-` or `*`, with operands narrowed as far as that needs.
    pub fn arithmetic(&mut self, op: BinOp, a: Value, b: Value) -> Value {
        let dtype = a.dtype();
        let fact = exact(op, a.fact, b.fact);
        if !overflows(dtype) || fact.fits(dtype) {
            return Value::new(binary(op, a.expr, b.expr), fact.wrapped(dtype));
        }
        if self.c.chance(1, 3) {
            let unsigned = DType::uint(dtype.bits() as u8).with_lanes_of(dtype);
            let (a, b) = (cast(unsigned, a.expr), cast(unsigned, b.expr));
            return Value::new(cast(dtype, binary(op, a, b)), Fact::any(dtype));
        }
        let limit = match (op, dtype.bits()) {
            (BinOp::Mul, 32) => 46340,
            (BinOp::Mul, _) => 3_037_000_499,
            (_, _) => dtype.int_max() / 2,
        };
        let (a, b) = (self.narrowed(a, limit), self.narrowed(b, limit));
        let fact = exact(op, a.fact, b.fact);
        Value::new(binary(op, a.expr, b.expr), fact)
    }

    /// A value with magnitude of at most `limit`, made from `value`.
    pub fn narrowed(&mut self, value: Value, limit: i128) -> Value {
        if value.fact.magnitude() <= limit {
            return value;
        }
        let dtype = value.dtype();
        let small = limit.min(1 + self.c.below(1 << 12) as i128);
        match self.c.below(4) {
            0 => {
                let divisor = small.max(1);
                let expr = binary(BinOp::FloorMod, value.expr, Value::int(divisor, dtype).expr);
                Value::new(expr, Fact::range(0, divisor - 1))
            }
            1 => {
                let divisor = limit.max(1);
                let expr = binary(BinOp::Mod, value.expr, Value::int(divisor, dtype).expr);
                Value::new(expr, Fact::range(1 - divisor, divisor - 1))
            }
            2 => {
                let mask = (1i128 << (127 - (limit + 1).leading_zeros())) - 1;
                let mask_literal = Value::int(mask, dtype).expr;
                let expr = call(Op::BitwiseAnd, [value.expr, mask_literal], dtype);
                Value::new(expr, Fact::range(0, mask))
            }
            _ => {
                let low = binary(BinOp::Max, value.expr, Value::int(-limit, dtype).expr);
                let expr = binary(BinOp::Min, low, Value::int(limit, dtype).expr);
                Value::new(expr, Fact::range(-limit, limit))
            }
        }
    }

    fn division(&mut self, dtype: DType, depth: u32) -> Value {
        let op = self.c.pick(&[BinOp::FloorDiv, BinOp::FloorMod, BinOp::Div, BinOp::Mod]);
        let (mut a, mut b) = self.pair(dtype, depth);
        if dtype.is_scalar() && dtype.is_uint() && self.c.chance(1, 4) {
            return self.guarded_division(op, a, b);
        }
        if b.fact.lo <= 0 && 0 <= b.fact.hi {
            b = self.nonzero(b);
        }
        if b.fact.lo <= -1 && a.fact.lo == dtype.int_min() && dtype.is_int() {
            let least = dtype.int_min() + 1;
            let expr = binary(BinOp::Max, a.expr, Value::int(least, dtype).expr);
            a = Value::new(expr, Fact::range(least, a.fact.hi.max(least)));
        }
        let fact = quotient(op, a.fact, b.fact);
        Value::new(binary(op, a.expr, b.expr), fact)
    }

    /// `T.if_then_else(b != 0, a // b, c)`: only the guard keeps the division from failing.
    fn guarded_division(&mut self, op: BinOp, a: Value, b: Value) -> Value {
        let dtype = a.dtype();
        let zero = Value::int(0, dtype).expr;
        let other = self.leaf(dtype);
        let divisor = b.expr.as_int();
        let guard = binary(BinOp::Ne, b.expr.clone(), zero);
        let divided = binary(op, a.expr, b.expr);
        // A guard that is a literal decides at once, as in `if_then_else`.
        let expr = match divisor {
            Some(0) => return other,
            Some(_) => divided,
            None => call(Op::IfThenElse, [guard, divided, other.expr], dtype),
        };
        Value::new(expr, Fact::any(dtype))
    }

    /// A divisor made from `value`; its fact may span 0, which it is not.
    fn nonzero(&mut self, value: Value) -> Value {
        let dtype = value.dtype();
        let any = value.fact;
        match self.c.below(3) {
            0 => {
                let expr = binary(BinOp::Max, value.expr, Value::int(1, dtype).expr);
                Value::new(expr, Fact::range(1, any.hi.max(1)))
            }
            1 => {
                let one = Value::int(1, dtype).expr;
                Value::new(call(Op::BitwiseOr, [value.expr, one], dtype), Fact::any(dtype))
            }
            _ => {
                let divisor = Value::int(1 + self.c.below(9) as i128, dtype);
                let test = binary(BinOp::Eq, value.expr.clone(), Value::int(0, dtype).expr);
                Value::new(select(test, divisor.expr, value.expr), any.join(divisor.fact))
            }
        }
    }

    fn shift(&mut self, dtype: DType, depth: u32) -> Value {
        let op = self.c.pick(&[Op::ShiftLeft, Op::ShiftRight]);
        let (a, count) = self.pair(dtype, depth);
        let width = dtype.bits() as i128;
        let count = match (0 <= count.fact.lo && count.fact.hi < width, self.c.below(2)) {
            (true, _) => count,
            (false, 0) => {
                let mask = Value::int(width - 1, dtype).expr;
                let expr = call(Op::BitwiseAnd, [count.expr, mask], dtype);
                Value::new(expr, Fact::range(0, width - 1))
            }
            (false, _) => {
                let n = Value::int(width, dtype).expr;
                let expr = binary(BinOp::FloorMod, count.expr, n);
                Value::new(expr, Fact::range(0, width - 1))
            }
        };
        let fact = match op {
            Op::ShiftRight => Fact::range(a.fact.lo.min(0), a.fact.hi.max(0)),
            _ => Fact::any(dtype),
        };
        Value::new(call(op, [a.expr, count.expr], dtype), fact)
    }

    fn bitwise(&mut self, dtype: DType, depth: u32) -> Value {
        let (a, b) = self.pair(dtype, depth);
        let op = self.c.pick(&[Op::BitwiseAnd, Op::BitwiseOr, Op::BitwiseXor, Op::BitwiseNot]);
        if op == Op::BitwiseNot {
            return Value::new(call(op, [a.expr], dtype), Fact::any(dtype));
        }
        let fact = match op {
            Op::BitwiseAnd if 0 <= b.fact.lo => Fact::range(0, b.fact.hi),
            _ => Fact::any(dtype),
        };
        Value::new(call(op, [a.expr, b.expr], dtype), fact)
    }

    /// Bit counts; of leading and trailing zeros only where there is a one.
    fn count_bits(&mut self, dtype: DType, depth: u32) -> Value {
        let op = self.c.pick(&[Op::Popcount, Op::Clz, Op::Ctz]);
        if op == Op::Popcount {
            let value = self.expr(dtype, depth - 1);
            let fact = Fact::range(0, dtype.bits() as i128);
            return Value::new(call(op, [value.expr], dtype), fact);
        }
        let of = self.int_dtype().with_lanes_of(dtype);
        let value = self.expr(of, depth - 1);
        let value = match value.fact.lo <= 0 && 0 <= value.fact.hi {
            true => self.nonzero(value),
            false => value,
        };
        let int32 = DType::INT32.with_lanes_of(dtype);
        let fact = Fact::range(0, of.bits() as i128 - 1);
        let counted = Value::new(call(op, [value.expr], int32), fact);
        self.cast_value(dtype, counted)
    }

    /// `|x|` as `T.abs` spells it for integers.
    fn absolute(&mut self, dtype: DType, depth: u32) -> Value {
        let value = self.expr(dtype, depth - 1);
        let value = match overflows(dtype) {
            true => self.narrowed(value, dtype.int_max()),
            false => value,
        };
        let zero = Value::int(0, dtype).expr;
        let test = binary(BinOp::Ge, value.expr.clone(), zero.clone());
        let negated = binary(BinOp::Sub, zero, value.expr.clone());
        let fact = match value.fact.lo == dtype.int_min() {
            true => Fact::any(dtype),
            false => Fact::range(0, value.fact.magnitude()),
        };
        Value::new(select(test, value.expr, negated), fact.wrapped(dtype))
    }

    /// Lanes of one or two vectors in another order.
    pub(super) fn shuffled(&mut self, dtype: DType, depth: u32) -> Value {
        let (a, b) = self.pair(dtype, depth);
        let two = self.c.chance(1, 2);
        let lanes = dtype.lanes() as u64;
        let of = if two { 2 * lanes } else { lanes };
        let indices = (0..lanes).map(|_| PrimExpr::i32(self.c.below(of) as i32)).collect();
        let fact = if two { a.fact.join(b.fact) } else { a.fact };
        let vectors = if two { vec![a.expr, b.expr] } else { vec![a.expr] };
        let shuffle = Shuffle { vectors: vectors.into(), indices, dtype, span: Span::NONE };
        Value::new(PrimExpr::Shuffle(shuffle.into()), fact)
    }

    fn fixed_point(&mut self, depth: u32) -> Value {
        let dtype = DType::INT32;
        let (a, b) = self.pair(dtype, depth);
        let (a, b) = (self.narrowed(a, 1 << 20), self.narrowed(b, 1 << 20));
        let shift = -(self.c.below(8) as i64);
        let args = [a.expr, b.expr, PrimExpr::i32(31), PrimExpr::i32(shift as i32)];
        Value::new(call(Op::QMultiplyShift, args, dtype), Fact::any(dtype))
    }

    /// An integer variable or literal as an `int32` scalar in `0..extent`; `extent` is at least 1.
    pub fn index(&mut self, extent: i64) -> PrimExpr {
        let hi = extent as i128 - 1;
        let fitting: Vec<_> = self
            .scalars
            .iter()
            .copied()
            .filter(|(v, f)| v.dtype.is_integer() && 0 <= f.lo && f.hi <= hi)
            .collect();
        match self.c.weighted(&[3, 6, 2, 1]) {
            1 if !fitting.is_empty() => self.c.pick(&fitting).0.into(),
            2 => self.computed_index(extent),
            3 => {
                let dtype = self.c.pick(&[DType::INT64, DType::UINT32, DType::INT16]);
                PrimExpr::int(self.c.below(extent.min(1 << 10) as u64) as i64, dtype)
            }
            _ => PrimExpr::i32(self.c.below(extent as u64) as i32),
        }
    }

    /// An index that is computed, and brought into the range.
    fn computed_index(&mut self, extent: i64) -> PrimExpr {
        let dtype = self.c.pick(&[DType::INT32, DType::INT32, DType::INT64]);
        let value = self.expr(dtype, 1);
        if 0 <= value.fact.lo && value.fact.hi < extent as i128 {
            return value.expr;
        }
        let n = Value::int(extent as i128, dtype);
        match self.c.below(3) {
            0 => binary(BinOp::FloorMod, value.expr, n.expr),
            1 => {
                let last = Value::int(extent as i128 - 1, dtype).expr;
                let low = binary(BinOp::Max, value.expr, Value::int(0, dtype).expr);
                binary(BinOp::Min, low, last)
            }
            _ => {
                let inside = binary(
                    BinOp::And,
                    binary(BinOp::Le, Value::int(0, dtype).expr, value.expr.clone()),
                    binary(BinOp::Lt, value.expr.clone(), n.expr),
                );
                let zero = Value::int(0, dtype).expr;
                call(Op::IfThenElse, [inside, value.expr, zero], dtype)
            }
        }
    }

    /// A vector of `lanes` indices in `0..extent`.
    pub fn vector_index(&mut self, extent: i64, lanes: u32) -> PrimExpr {
        let dtype = DType::INT32.with_lanes(lanes);
        let room = extent - lanes as i64;
        if 0 <= room && self.c.chance(3, 4) {
            let base = self.index(room + 1);
            let base = cast(DType::INT32, base);
            return ramp(base, 1, dtype);
        }
        if 0 <= room && self.c.chance(1, 2) {
            let base = cast(DType::INT32, self.index(room + 1));
            let end = super::value::add(base, PrimExpr::i32(lanes as i32 - 1));
            return ramp(end, -1, dtype);
        }
        let value = self.expr(dtype, 1);
        if 0 <= value.fact.lo && value.fact.hi < extent as i128 {
            return value.expr;
        }
        binary(BinOp::FloorMod, value.expr, splat(PrimExpr::i32(extent as i32), dtype))
    }
}

/// A ramp of `int32`s.
pub fn ramp(base: PrimExpr, stride: i32, dtype: DType) -> PrimExpr {
    let stride = PrimExpr::int(stride as i64, base.dtype());
    let dtype = base.dtype().with_lanes_of(dtype);
    PrimExpr::Ramp(tirade_ir::expr::Ramp { base, stride, dtype, span: Span::NONE }.into())
}

/// What the exact result can be.
fn exact(op: BinOp, a: Fact, b: Fact) -> Fact {
    match op {
        BinOp::Add => Fact::range(a.lo + b.lo, a.hi + b.hi),
        BinOp::Sub => Fact::range(a.lo - b.hi, a.hi - b.lo),
        _ => {
            let product = |x: i128, y: i128| x.saturating_mul(y);
            let corners = [
                product(a.lo, b.lo),
                product(a.lo, b.hi),
                product(a.hi, b.lo),
                product(a.hi, b.hi),
            ];
            let lo = corners.into_iter().fold(i128::MAX, i128::min);
            Fact::range(lo, corners.into_iter().fold(i128::MIN, i128::max))
        }
    }
}

/// What a quotient or remainder can be; the divisor is not 0, and nothing overflows.
fn quotient(op: BinOp, a: Fact, b: Fact) -> Fact {
    let (most, divisor) = (a.magnitude(), b.magnitude());
    match op {
        BinOp::Div | BinOp::FloorDiv if 0 <= a.lo && 0 <= b.lo => Fact::range(0, a.hi),
        BinOp::Div => Fact::range(-most, most),
        BinOp::FloorDiv => Fact::range(-most, most),
        BinOp::Mod if 0 <= a.lo => Fact::range(0, a.hi.min(divisor - 1)),
        BinOp::Mod => Fact::range(1 - divisor, divisor - 1),
        _ if 0 <= b.lo => Fact::range(0, divisor - 1),
        _ => Fact::range(1 - divisor, divisor - 1),
    }
}
