//! Float expressions. No float operation reports anything; only what depends on the sign or the
//! payload of a NaN has to be kept out.

use super::Generator;
use super::value::{Fact, Value, binary, call, select, splat};
use tirade_ir::expr::Let;
use tirade_ir::op::{Arity, Effect, Op, TypeRule};
use tirade_ir::{BinOp, DType, PrimExpr, Span, Var};

impl Generator {
    pub(super) fn float_operation(&mut self, dtype: DType, depth: u32) -> Value {
        let arithmetic = [BinOp::Add, BinOp::Sub, BinOp::Mul, BinOp::Div, BinOp::Mod];
        match self.c.weighted(&[8, 2, 6, 1]) {
            0 => {
                let op = self.c.pick(&arithmetic);
                let (a, b) = (self.expr(dtype, depth - 1), self.expr(dtype, depth - 1));
                Value::new(binary(op, a.expr, b.expr), Fact::float(true))
            }
            1 => {
                let op = self.c.pick(&[BinOp::Min, BinOp::Max]);
                let (a, b) = (self.expr(dtype, depth - 1), self.expr(dtype, depth - 1));
                Value::new(binary(op, a.expr, b.expr), a.fact.join(b.fact))
            }
            3 if !dtype.is_scalar() => self.shuffled(dtype, depth),
            _ => self.float_call(dtype, depth),
        }
    }

    /// A call of one of the table's float ops.
    fn float_call(&mut self, dtype: DType, depth: u32) -> Value {
        let fits = |op: Op| {
            let info = op.info();
            let wide = matches!(dtype.element(), DType::FLOAT32 | DType::FLOAT64);
            info.effect == Effect::Pure
                && match info.rule {
                    TypeRule::Float
                    | TypeRule::PromotedFloat
                    | TypeRule::Rounding
                    | TypeRule::FloatAndInt32 => true,
                    TypeRule::WideFloat => wide,
                    _ => false,
                }
        };
        let ops: Vec<Op> = Op::ALL.iter().copied().filter(|op| fits(*op)).collect();
        let op = self.c.pick(&ops);
        let info = op.info();
        let Arity::Exactly(n) = info.arity else { return self.literal(dtype) };
        let mut args: Vec<PrimExpr> = (0..n).map(|_| self.expr(dtype, depth - 1).expr).collect();
        if info.rule == TypeRule::FloatAndInt32 {
            args[1] = self.expr(DType::INT32.with_lanes_of(dtype), depth - 1).expr;
        }
        if op == Op::Copysign {
            args[1] = self.without_nan(args[1].clone());
        }
        Value::new(call(op, args, dtype), Fact::float(true))
    }

    /// `value`, or a number where it is a NaN.
    fn without_nan(&mut self, value: PrimExpr) -> PrimExpr {
        let dtype = value.dtype();
        if !dtype.is_scalar() {
            return splat(PrimExpr::float(-1.0, dtype.element()), dtype);
        }
        let var = Var::new(self.name("t"), dtype);
        let test = call(Op::IsNan, [var.into()], DType::BOOL);
        let body = select(test, PrimExpr::float(1.0, dtype), var.into());
        PrimExpr::Let(Let { var, value, body, span: Span::NONE }.into())
    }
}
