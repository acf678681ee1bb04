//! Functions of the C library as formulas of ordinary float32 arithmetic.
//!
//! Polynomials and quotients of polynomials are best in the relative maximum norm, found by Lawson's
//! iteration (C. L. Lawson, 1961) in float64; `tests/peers/approximations.py` finds them again.
//! NaN gives NaN; where a limit exists, infinity gives it.

use crate::expr::{Broadcast, Let, Select, Var};
use crate::rewrite::{Rewriter, walk_rewrite_expr};
use crate::{BinOp, DType, Op, PrimExpr, Span};
use std::sync::Arc;

/// `(e^r - 1 - r) / r^2` for |r| up to ln(2) / 2.
const EXP: &[f32] = &[0.49999994, 0.16666521, 0.04166839, 0.008368711, 0.001381461];
/// `(ln(1 + f) - f + f^2 / 2) / f^3` for 1 + f from sqrt(1/2) to sqrt(2).
const LOG: &[f32] = &[
    0.33333313,
    -0.2500001,
    0.20002119,
    -0.16667996,
    0.14219552,
    -0.12405589,
    0.11888162,
    -0.11675652,
    0.06746641,
];
/// `erf(x) / x` in `x^2`, up to x = 3.95: numerator and denominator.
const ERF: (&[f32], &[f32]) = (
    &[
        std::f32::consts::FRAC_2_SQRT_PI,
        0.19155008,
        0.052875422,
        0.0038081529,
        0.00028468776,
        2.0259126e-6,
    ],
    &[1.0, 0.5030895, 0.11455953, 0.0150550725, 0.001170724, 3.783185e-5],
);
/// `tanh(x) / x` in `x^2`, up to x = 9.02: numerator and denominator.
const TANH: (&[f32], &[f32]) = (
    &[1.0, 0.13379721, 0.003494038, 2.0583535e-5, 1.331914e-8],
    &[1.0, 0.46713036, 0.025871087, 0.00032830983, 7.7620484e-7],
);

/// ln(2), as a sum of two numbers whose first has zeros at its end.
const LN_2: (f32, f32) = (0.693_359_4, -0.000_212_194_44);
/// Adding this rounds to an integer, which then stands in the last bits.
const ROUND: f32 = 12_582_912.0;
/// The bits of sqrt(1/2).
const SQRT_HALF: i64 = 0x3f35_04f3;

/// Puts formulas in the place of calls.
pub(super) struct Approximate;

impl Rewriter for Approximate {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let walked = walk_rewrite_expr(self, expr);
        let formula = match walked.as_ref().unwrap_or(expr) {
            PrimExpr::Call(call) if call.dtype.element() == DType::FLOAT32 => {
                Formula { lanes: call.dtype.lanes(), span: call.span }
                    .of(call.op, call.args.first())
            }
            _ => None,
        };
        formula.or(walked)
    }
}

/// What is raised to a power.
#[derive(Clone, Copy)]
enum Base {
    E,
    Two,
}

/// Builds expressions of as many lanes as a call has.
#[derive(Clone, Copy)]
struct Formula {
    lanes: u32,
    span: Span,
}

impl Formula {
    fn of(self, op: Op, x: Option<&PrimExpr>) -> Option<PrimExpr> {
        let formula: fn(Formula, PrimExpr) -> PrimExpr = match op {
            Op::Exp => |f, x| f.exp(x, Base::E),
            Op::Exp2 => |f, x| f.exp(x, Base::Two),
            Op::Log => |f, x| f.log(x),
            Op::Log2 => |f, x| f.mul(f.log(x), f.literal(std::f32::consts::LOG2_E)),
            Op::Log10 => |f, x| f.mul(f.log(x), f.literal(std::f32::consts::LOG10_E)),
            Op::Erf => |f, x| f.saturating(x, 3.95, ERF),
            Op::Tanh => |f, x| f.saturating(x, 9.02, TANH),
            Op::Sigmoid => |f, x| f.sigmoid(x),
            _ => return None,
        };
        Some(formula(self, x?.clone()))
    }

    fn literal(self, value: f32) -> PrimExpr {
        self.splat(PrimExpr::float(f64::from(value), DType::FLOAT32))
    }

    fn bits(self, value: i64) -> PrimExpr {
        self.splat(PrimExpr::int(value, DType::UINT32))
    }

    fn splat(self, value: PrimExpr) -> PrimExpr {
        match self.lanes {
            1 => value,
            lanes => {
                let dtype = value.dtype().with_lanes(lanes);
                PrimExpr::Broadcast(Arc::new(Broadcast { value, dtype, span: Span::NONE }))
            }
        }
    }

    fn binary(self, op: BinOp, x: PrimExpr, y: PrimExpr) -> PrimExpr {
        PrimExpr::binary(op, x, y, self.span)
    }

    fn add(self, x: PrimExpr, y: PrimExpr) -> PrimExpr {
        self.binary(BinOp::Add, x, y)
    }

    fn sub(self, x: PrimExpr, y: PrimExpr) -> PrimExpr {
        self.binary(BinOp::Sub, x, y)
    }

    fn mul(self, x: PrimExpr, y: PrimExpr) -> PrimExpr {
        self.binary(BinOp::Mul, x, y)
    }

    fn call(self, op: Op, args: impl Into<Box<[PrimExpr]>>, dtype: DType) -> PrimExpr {
        PrimExpr::call(op, args, dtype.with_lanes(self.lanes), self.span)
    }

    fn reinterpret(self, x: PrimExpr, dtype: DType) -> PrimExpr {
        self.call(Op::Reinterpret, [x], dtype)
    }

    fn select(self, condition: PrimExpr, yes: PrimExpr, no: PrimExpr) -> PrimExpr {
        let (true_value, false_value) = (yes, no);
        PrimExpr::Select(Arc::new(Select { condition, true_value, false_value, span: self.span }))
    }

    /// `body` of a value that is computed once.
    fn bind(
        self,
        name: &str,
        value: PrimExpr,
        body: impl FnOnce(PrimExpr) -> PrimExpr,
    ) -> PrimExpr {
        let var = Var::new(name, value.dtype());
        let body = body(var.into());
        PrimExpr::Let(Arc::new(Let { var, value, body, span: self.span }))
    }

    /// `x` between two limits; a NaN stays one, as the second operand of a comparison that fails.
    fn clamp(self, x: PrimExpr, low: f32, high: f32) -> PrimExpr {
        let above = self.binary(BinOp::Max, self.literal(low), x);
        self.binary(BinOp::Min, self.literal(high), above)
    }

    /// The polynomial with these coefficients, the constant one first (Horner).
    fn polynomial(self, x: &PrimExpr, coefficients: &[f32]) -> PrimExpr {
        let (last, rest) = coefficients.split_last().expect("a coefficient");
        rest.iter().rev().fold(self.literal(*last), |sum, c| {
            self.add(self.mul(sum, x.clone()), self.literal(*c))
        })
    }

    /// A power, by `2^n * e^r`. Results below 2^-126 are 0.
    fn exp(self, x: PrimExpr, base: Base) -> PrimExpr {
        let doublings = match base {
            Base::E => std::f32::consts::LOG2_E,
            Base::Two => 1.0,
        };
        self.bind("x", self.clamp(x, -126.1 / doublings, 128.4 / doublings), |x| {
            let scaled = match base {
                Base::E => self.mul(x.clone(), self.literal(doublings)),
                Base::Two => x.clone(),
            };
            self.bind("rounded", self.add(scaled, self.literal(ROUND)), |rounded| {
                let n = self.sub(rounded.clone(), self.literal(ROUND));
                let rest = |n: PrimExpr| match base {
                    Base::E => {
                        let most = self.sub(x, self.mul(n.clone(), self.literal(LN_2.0)));
                        self.sub(most, self.mul(n, self.literal(LN_2.1)))
                    }
                    Base::Two => self.mul(self.sub(x, n), self.literal(std::f32::consts::LN_2)),
                };
                let r = self.bind("n", n, rest);
                self.bind("r", r, |r| {
                    let square = self.mul(r.clone(), r.clone());
                    let tail = self.mul(square, self.polynomial(&r, EXP));
                    let power = self.add(self.add(tail, r), self.literal(1.0));
                    // 2^(n - 1), so that n = 128 has one; the first doubling may overflow, rightly.
                    let exponent = self.call(
                        Op::ShiftLeft,
                        [self.reinterpret(rounded, DType::UINT32), self.bits(23)],
                        DType::UINT32,
                    );
                    let half = self.add(exponent, self.bits(126 << 23));
                    let scale = self.reinterpret(half, DType::FLOAT32);
                    self.mul(self.mul(power, self.literal(2.0)), scale)
                })
            })
        })
    }

    /// `ln(x)`, by `n * ln(2) + ln(1 + f)`.
    fn log(self, x: PrimExpr) -> PrimExpr {
        let compare = |op, x: &PrimExpr, y: f32| self.binary(op, x.clone(), self.literal(y));
        self.bind("x", x, |x| {
            let tiny = |yes: PrimExpr, no: PrimExpr| {
                self.select(compare(BinOp::Lt, &x, f32::MIN_POSITIVE), yes, no)
            };
            let grown = self.mul(x.clone(), self.literal(8_388_608.0));
            let normal = self.reinterpret(tiny(grown, x.clone()), DType::UINT32);
            let above = self.sub(normal, self.bits(SQRT_HALF));
            let value = self.bind("above", above, |above| {
                let shift = [self.reinterpret(above.clone(), DType::INT32), self.int(23)];
                let exponent = self.call(Op::ShiftRight, shift, DType::INT32);
                let exponent = PrimExpr::cast(self.float_type(), exponent, self.span);
                let n = self.sub(exponent, tiny(self.literal(23.0), self.literal(0.0)));
                let fraction = [above, self.bits(0x007f_ffff)];
                let mantissa = self.call(Op::BitwiseAnd, fraction, DType::UINT32);
                let mantissa = self.add(mantissa, self.bits(SQRT_HALF));
                let f = self.sub(self.reinterpret(mantissa, DType::FLOAT32), self.literal(1.0));
                self.bind("n", n, |n| self.bind("f", f, |f| self.log_of(n, f)))
            });
            let below = self.select(
                compare(BinOp::Eq, &x, 0.0),
                self.literal(f32::NEG_INFINITY),
                self.literal(f32::NAN),
            );
            let finite = self.select(compare(BinOp::Gt, &x, 0.0), value, below);
            self.select(compare(BinOp::Lt, &x, f32::INFINITY), finite, x.clone())
        })
    }

    /// `n * ln(2) + ln(1 + f)`, small parts first.
    fn log_of(self, n: PrimExpr, f: PrimExpr) -> PrimExpr {
        let square = self.mul(f.clone(), f.clone());
        self.bind("square", square, |square| {
            let cube = self.mul(square.clone(), f.clone());
            let tail = self.mul(cube, self.polynomial(&f, LOG));
            let half = self.mul(square, self.literal(0.5));
            let small = self.add(self.mul(n.clone(), self.literal(LN_2.1)), self.sub(tail, half));
            self.add(self.mul(n, self.literal(LN_2.0)), self.add(small, f))
        })
    }

    /// An odd function that is 1 from `limit` on: `x * p(x^2) / q(x^2)`.
    fn saturating(self, x: PrimExpr, limit: f32, (p, q): (&[f32], &[f32])) -> PrimExpr {
        self.bind("x", self.clamp(x, -limit, limit), |x| {
            self.bind("square", self.mul(x.clone(), x.clone()), |square| {
                let numerator = self.mul(x, self.polynomial(&square, p));
                let quotient = self.binary(BinOp::Div, numerator, self.polynomial(&square, q));
                self.clamp(quotient, -1.0, 1.0)
            })
        })
    }

    fn sigmoid(self, x: PrimExpr) -> PrimExpr {
        let minus = self.mul(x, self.literal(-1.0));
        let exp = self.exp(minus, Base::E);
        self.binary(BinOp::Div, self.literal(1.0), self.add(exp, self.literal(1.0)))
    }

    fn int(self, value: i64) -> PrimExpr {
        self.splat(PrimExpr::int(value, DType::INT32))
    }

    fn float_type(self) -> DType {
        DType::FLOAT32.with_lanes(self.lanes)
    }
}
