//! All values of `float16` and `bfloat16`.

use super::*;
use crate::op::Op;

fn all<T: Element>() -> impl Iterator<Item = T> {
    (0..=u16::MAX).map(|bits| T::from_raw(bits.into()))
}

#[test]
fn widening_is_exact() {
    for x in all::<f16>() {
        assert!(same(x.widen() as f64, half::f16::to_f64(x)), "{x:?}");
        let kept = (x.widen().to_bits() >> 13) & 0x3ff;
        assert!(!Float::is_nan(x) || kept == x.to_bits() as u32 & 0x3ff, "payload of {x:?}");
    }
    for x in all::<bf16>() {
        assert!(same(x.widen() as f64, half::bf16::to_f64(x)), "{x:?}");
        assert_eq!(x.widen().to_bits() >> 16, x.to_bits() as u32);
    }
}

#[test]
fn rounding_is_right_at_every_boundary() {
    fn check<T: Float<Compute = f32>>(format: Format) {
        let mut values: Vec<f64> =
            all::<T>().filter(|x| Float::is_finite(*x)).map(|x| cast::<T, f64>(x).value).collect();
        values.sort_by(f64::total_cmp);
        let limit = power(format.greatest) * 2.0;
        values.extend([limit, -limit]);
        values.sort_by(f64::total_cmp);
        for pair in values.windows(2) {
            // All of these are exact in `f64`, the midpoint in `f32` too.
            let middle = (pair[0] + pair[1]) / 2.0;
            for x in [pair[0], middle, middle.next_up(), middle.next_down()] {
                let expected = format.round(x);
                assert!(same(cast::<T, f64>(cast::<f64, T>(x).value).value, expected), "{x:e}");
                let narrow = x as f32;
                let expected = format.round(narrow as f64);
                assert!(same(cast::<T, f64>(T::round_from(narrow)).value, expected), "{x:e}");
            }
        }
    }
    check::<f16>(F16);
    check::<bf16>(BF16);
}

/// Values that meet every case of an exponent range, to pair with all others.
fn partners<T: Element>() -> Vec<T> {
    let edges =
        [0, 1, 0x03ff, 0x0400, 0x3c00, 0x3c01, 0x3f80, 0x4000, 0x7bff, 0x7c00, 0x7e00, 0x7f80];
    let edges = edges.into_iter().flat_map(|bits: u64| [bits, bits | 0x8000]);
    edges.chain((0..20).map(|i| random(i) & 0xffff)).map(T::from_raw).collect()
}

#[test]
fn arithmetic_rounds_at_every_node() {
    fn check<T: Float<Compute = f32>>(format: Format) {
        let value = |x: T| cast::<T, f64>(x).value;
        for a in all::<T>() {
            for b in partners::<T>() {
                let (x, y) = (value(a), value(b));
                // Sums and products of 16-bit floats are exact in `f64`, and quotients there
                // are never so near to a midpoint that rounding twice matters.
                let sum = if x.abs() < 1e30 && y.abs() < 1e30 {
                    x + y
                } else {
                    (x as f32 + y as f32) as f64
                };
                assert!(same(value(a.add(b).value), format.round(F32.round(sum))), "{x:e} + {y:e}");
                let product = F32.round(x * y);
                assert!(same(value(a.mul(b).value), format.round(product)), "{x:e} * {y:e}");
                let quotient = F32.round(x / y);
                assert!(same(value(a.truncdiv(b).value), format.round(quotient)), "{x:e} / {y:e}");
                assert!(same(value(a.truncmod(b).value), x % y), "{x:e} % {y:e}");
                let min = if x < y { a } else { b };
                assert_eq!(a.select_min(b).to_raw(), min.to_raw());
                let max = if x > y { a } else { b };
                assert_eq!(a.select_max(b).to_raw(), max.to_raw());
                assert_eq!(a < b, x < y);
                assert_eq!(a == b, x == y);
            }
            assert_eq!(a.neg().value.to_raw(), a.to_raw() ^ 0x8000);
            assert_eq!(a.abs().value.to_raw(), a.to_raw() & 0x7fff);
        }
    }
    check::<f16>(F16);
    check::<bf16>(BF16);
}

#[test]
fn unary_ops_on_all_values() {
    fn check<T: Float<Compute = f32>>(format: Format, op: Op, exact: fn(f64) -> f64) {
        for x in all::<T>() {
            let input = cast::<T, f64>(x).value;
            let result = op.eval(T::DTYPE, &[Scalar::new(x)]).unwrap().value;
            let expected = format.round(exact(input));
            assert!(same(result.to_f64(), expected), "{op}({input:e}) = {result}, not {expected}");
        }
    }
    type Exact = fn(f64) -> f64;
    let cases: [(Op, Exact); 7] = [
        (Op::Sqrt, f64::sqrt),
        (Op::Floor, f64::floor),
        (Op::Ceil, f64::ceil),
        (Op::Trunc, f64::trunc),
        (Op::Round, f64::round_ties_even),
        (Op::Nearbyint, f64::round_ties_even),
        (Op::Fabs, f64::abs),
    ];
    for (op, exact) in cases {
        check::<f16>(F16, op, exact);
        check::<bf16>(BF16, op, exact);
    }
}

#[test]
fn functions_on_all_values_are_those_of_float32_rounded() {
    fn check<T: Float<Compute = f32>>(format: Format, op: Op) {
        for x in all::<T>() {
            let wide = Scalar::new(x.widen());
            let expected = op.eval(DType::FLOAT32, &[wide]).unwrap().value.to_f64();
            let result = op.eval(T::DTYPE, &[Scalar::new(x)]).unwrap().value.to_f64();
            assert!(same(result, format.round(expected)), "{op}({:e})", x.widen());
        }
    }
    let nodes = [Op::Sigmoid, Op::Rsqrt];
    let is_function = |op: &Op| matches!(op.info().kernel, crate::op::Kernel::Unary(_));
    for &op in Op::ALL.iter().filter(|op| is_function(op) && !nodes.contains(op)) {
        check::<f16>(F16, op);
        check::<bf16>(BF16, op);
    }
}

#[test]
fn sigmoid_and_rsqrt_round_at_every_node() {
    fn check<T: Float<Compute = f32>>() {
        let one: T = cast(1i32).value;
        for x in all::<T>() {
            let eval = |op: Op, x: T| op.eval(T::DTYPE, &[Scalar::new(x)]).unwrap().value;
            let get = |s: Scalar| s.get::<T>().unwrap();
            let sum = one.add(get(eval(Op::Exp, x.neg().value))).value;
            assert!(eval(Op::Sigmoid, x).agrees_with(Scalar::new(one.truncdiv(sum).value)));
            let root = get(eval(Op::Sqrt, x));
            assert!(eval(Op::Rsqrt, x).agrees_with(Scalar::new(one.truncdiv(root).value)));
        }
    }
    check::<f16>();
    check::<bf16>();
}

#[test]
fn literals_round_trip() {
    for dtype in [DType::FLOAT16, DType::BFLOAT16] {
        for bits in 0..=u16::MAX {
            let x = Scalar::from_raw(dtype, bits.into()).unwrap();
            match x.to_literal() {
                Some(literal) => assert_eq!(Scalar::from_literal(&literal), Some(x)),
                None => assert!(x.is_nan()),
            }
        }
    }
}
