//! Scalar arithmetic against references that share nothing with it: wide integers, and what
//! rounding to the nearest means.

use half::{bf16, f16};
use tirade_ir::op::Kernel;
use tirade_ir::scalar::{Checked, Element, Fault, Integer, Scalar, binary, cast};
use tirade_ir::{BinOp, DType, Op};

/// What an operator gives, computed in 64 bits before it is wrapped; `None` for a zero divisor.
fn wide(op: BinOp, a: i64, b: i64) -> Option<i64> {
    Some(match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mul => a * b,
        BinOp::Min => a.min(b),
        BinOp::Max => a.max(b),
        BinOp::Div | BinOp::Mod | BinOp::FloorDiv | BinOp::FloorMod if b == 0 => return None,
        BinOp::Div => a / b,
        BinOp::Mod => a % b,
        BinOp::FloorDiv => (a as f64 / b as f64).floor() as i64,
        BinOp::FloorMod => a - b * (a as f64 / b as f64).floor() as i64,
        BinOp::Eq => (a == b) as i64,
        BinOp::Ne => (a != b) as i64,
        BinOp::Lt => (a < b) as i64,
        BinOp::Le => (a <= b) as i64,
        BinOp::Gt => (a > b) as i64,
        BinOp::Ge => (a >= b) as i64,
        BinOp::And | BinOp::Or => unreachable!("of bools"),
    })
}

const OPS: [BinOp; 15] = [
    BinOp::Add,
    BinOp::Sub,
    BinOp::Mul,
    BinOp::Div,
    BinOp::Mod,
    BinOp::FloorDiv,
    BinOp::FloorMod,
    BinOp::Min,
    BinOp::Max,
    BinOp::Eq,
    BinOp::Ne,
    BinOp::Lt,
    BinOp::Le,
    BinOp::Gt,
    BinOp::Ge,
];

fn all_pairs<T: Integer + Into<i64>>(all: impl Iterator<Item = T> + Clone, wrap: fn(i64) -> u64) {
    for op in OPS {
        for a in all.clone() {
            for b in all.clone() {
                let (x, y): (i64, i64) = (a.into(), b.into());
                let found =
                    binary(op, Scalar::new(a), Scalar::new(b)).expect("an operator of integers");
                let Some(expected) = wide(op, x, y) else {
                    assert_eq!(found.fault, Fault::DivisionByZero, "{op:?} {x} {y}");
                    continue;
                };
                assert_eq!(found.value.bits(), wrap(expected), "{op:?} {x} {y}");
                let divides =
                    matches!(op, BinOp::Div | BinOp::Mod | BinOp::FloorDiv | BinOp::FloorMod);
                let fault =
                    if divides && x == -128 && y == -1 { Fault::Overflow } else { Fault::None };
                assert_eq!(found.fault, fault, "{op:?} {x} {y}");
            }
        }
    }
}

#[test]
fn operators_on_all_pairs_of_bytes() {
    all_pairs(i8::MIN..=i8::MAX, |v| v as u8 as u64);
    all_pairs(u8::MIN..=u8::MAX, |v| v as u8 as u64);
}

#[test]
fn shifts_of_all_pairs_of_bytes() {
    for a in 0..=u8::MAX {
        for b in 0..=u8::MAX {
            let count = u32::from(b) % 8;
            let fault = if b < 8 { Fault::None } else { Fault::Shift };
            let expected = |value| Checked { value, fault };
            assert_eq!(Integer::shl(a, b), expected((u32::from(a) << count) as u8));
            assert_eq!(Integer::shr(a, b), expected((u32::from(a) >> count) as u8));
            let (x, y) = (a as i8, b as i8);
            let expected = |value| Checked { value, fault };
            assert_eq!(Integer::shl(x, y), expected((i32::from(x) << count) as i8));
            assert_eq!(Integer::shr(x, y), expected((i32::from(x) >> count) as i8));
        }
    }
}

/// A float becomes an integer: cut off, and if it has no place, the nearest that has.
fn check_to_int<F: Element, T: Integer + TryFrom<i128>>(value: F, exact: f64, lo: i128, hi: i128) {
    let found: Checked<T> = cast(value);
    let cut = exact.trunc();
    let inside = cut >= lo as f64 && cut < (hi as f64 + if hi > 1 << 53 { 0.0 } else { 1.0 });
    let nearest = match inside {
        _ if exact.is_nan() => 0,
        true => cut as i128,
        false if cut < 0.0 => lo,
        false => hi,
    };
    let expected = T::try_from(nearest).ok().expect("clamped to the type");
    assert_eq!(found.value, expected, "{exact}");
    assert_eq!(found.fault.is_none(), inside && !exact.is_nan(), "{exact}");
}

fn check_all_ints<F: Element>(value: F, exact: f64) {
    check_to_int::<F, i8>(value, exact, i8::MIN.into(), i8::MAX.into());
    check_to_int::<F, u8>(value, exact, 0, u8::MAX.into());
    check_to_int::<F, i16>(value, exact, i16::MIN.into(), i16::MAX.into());
    check_to_int::<F, u16>(value, exact, 0, u16::MAX.into());
    check_to_int::<F, i32>(value, exact, i32::MIN.into(), i32::MAX.into());
    check_to_int::<F, u32>(value, exact, 0, u32::MAX.into());
    check_to_int::<F, i64>(value, exact, i64::MIN.into(), i64::MAX.into());
    check_to_int::<F, u64>(value, exact, 0, u64::MAX.into());
}

#[test]
fn casts_of_all_16_bit_floats_to_integers() {
    for bits in 0..=u16::MAX {
        check_all_ints(f16::from_bits(bits), f16::from_bits(bits).to_f64());
        check_all_ints(bf16::from_bits(bits), bf16::from_bits(bits).to_f64());
    }
}

#[test]
fn casts_of_float32_to_integers() {
    let mut state = 1u32;
    for exponent in 0..=255u32 {
        for low in [0, 1, 0x3f_ffff, 0x40_0000, 0x7f_fffe, 0x7f_ffff] {
            for sign in [0, 1 << 31] {
                let value = f32::from_bits(sign | exponent << 23 | low);
                check_all_ints(value, value.into());
            }
        }
    }
    for _ in 0..100_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let value = f32::from_bits(state);
        check_all_ints(value, value.into());
    }
}

/// Between each float and the next, the middle goes to the even one, the rest to the nearer one.
fn check_rounding<F: Element>(exact: fn(u16) -> f64, bits_of: fn(F) -> u16, infinity: u16) {
    for bits in 0..infinity - 1 {
        let (below, above) = (exact(bits), exact(bits + 1));
        let middle = (below + above) / 2.0;
        let nearest = |value: f64| bits_of(cast::<f64, F>(value).value);
        let even = if bits % 2 == 0 { bits } else { bits + 1 };
        assert_eq!(nearest(middle), even, "{middle}");
        assert_eq!(nearest(middle.next_down()), bits);
        assert_eq!(nearest(middle.next_up()), bits + 1);
        assert_eq!(nearest(-middle), even | 0x8000);
        assert_eq!(nearest(below), bits);
    }
    let largest = exact(infinity - 1);
    let limit = largest + (largest - exact(infinity - 2)) / 2.0;
    assert_eq!(bits_of(cast::<f64, F>(limit).value), infinity);
    assert_eq!(bits_of(cast::<f64, F>(limit.next_down()).value), infinity - 1);
}

#[test]
fn every_16_bit_float_is_the_nearest_to_its_surroundings() {
    check_rounding::<f16>(|b| f16::from_bits(b).to_f64(), f16::to_bits, 0x7c00);
    check_rounding::<bf16>(|b| bf16::from_bits(b).to_f64(), bf16::to_bits, 0x7f80);
}

#[test]
fn widening_and_truth_of_all_16_bit_floats() {
    for bits in 0..=u16::MAX {
        let (h, b) = (f16::from_bits(bits), bf16::from_bits(bits));
        for (wide, exact) in
            [(cast::<f16, f32>(h).value, h.to_f64()), (cast::<bf16, f32>(b).value, b.to_f64())]
        {
            assert!(f64::from(wide) == exact || wide.is_nan() && exact.is_nan());
        }
        assert_eq!(cast::<f16, bool>(h).value, bits & 0x7fff != 0);
        assert_eq!(cast::<bf16, bool>(b).value, bits & 0x7fff != 0);
        assert_eq!(cast::<bf16, f32>(b).value.is_nan(), b.is_nan());
    }
}

/// A function of one float in 64 bits, by the standard library of Rust or, for what that lacks, by
/// a series; `None` for ops that are defined by their nodes.
fn real_function(op: Op) -> Option<fn(f64) -> f64> {
    Some(match op {
        Op::Exp => f64::exp,
        Op::Exp2 => f64::exp2,
        Op::Exp10 => |x| 10f64.powf(x),
        Op::Expm1 => f64::exp_m1,
        Op::Log => f64::ln,
        Op::Log2 => f64::log2,
        Op::Log10 => f64::log10,
        Op::Log1p => f64::ln_1p,
        Op::Sin => f64::sin,
        Op::Cos => f64::cos,
        Op::Tan => f64::tan,
        Op::Asin => f64::asin,
        Op::Acos => f64::acos,
        Op::Atan => f64::atan,
        Op::Sinh => f64::sinh,
        Op::Cosh => f64::cosh,
        Op::Tanh => f64::tanh,
        Op::Asinh => |x| x.abs().asinh().copysign(x),
        Op::Acosh => |x| if x < 1.0 { f64::NAN } else { x.acosh() },
        Op::Atanh => |x| x.abs().atanh().copysign(x),
        Op::Erf => erf,
        Op::Sqrt => f64::sqrt,
        Op::Floor => f64::floor,
        Op::Ceil => f64::ceil,
        Op::Trunc => f64::trunc,
        Op::Round | Op::Nearbyint => f64::round_ties_even,
        Op::Fabs => f64::abs,
        _ => return None,
    })
}

/// The error function, by a series of terms of one sign: `2x/√π · e^(−x²) · Σ (2x²)^n / (2n+1)!!`
/// (Abramowitz and Stegun, 7.1.6).
fn erf(x: f64) -> f64 {
    if 6.0 < x.abs() {
        return 1f64.copysign(x);
    }
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..400 {
        term *= 2.0 * x * x / f64::from(2 * n + 1);
        sum += term;
    }
    std::f64::consts::FRAC_2_SQRT_PI * x * (-x * x).exp() * sum
}

/// What a float becomes that is known up to the error of a function of 32-bit floats: the nearest
/// of the lowest and of the highest value it may have.
fn bounds<F: Element>(exact: f64) -> (f64, f64)
where
    f64: From<F>,
{
    let error = exact.abs() * 3e-7 + 2e-45;
    let error = if error.is_finite() { error } else { 0.0 };
    let round = |value| f64::from(cast::<f64, F>(value).value);
    (round(exact - error), round(exact + error))
}

/// Checks an op on all values of a 16-bit type.
fn check_unary<F: Element>(op: Op, dtype: DType, function: fn(f64) -> f64)
where
    f64: From<F>,
{
    for bits in 0..=u16::MAX {
        let argument = Scalar::from_raw(dtype, bits.into()).expect("16 bits");
        let found = op.eval(dtype, &[argument]).expect("an op on floats").value.to_f64();
        let exact = function(argument.to_f64());
        if exact.is_nan() {
            assert!(found.is_nan(), "{op}({}) is {found}", argument.to_f64());
            continue;
        }
        let (low, high) = bounds::<F>(exact);
        assert!(
            low <= found && found <= high,
            "{op}({}) is {found}, expected {exact}",
            argument.to_f64()
        );
        let signed = exact != 0.0 || found.is_sign_negative() == exact.is_sign_negative();
        assert!(signed, "{op}({}) has the other sign", argument.to_f64());
    }
}

#[test]
fn functions_of_all_16_bit_floats() {
    let mut checked = 0;
    for &op in Op::ALL {
        if let Some(function) = real_function(op) {
            check_unary::<f16>(op, DType::FLOAT16, function);
            check_unary::<bf16>(op, DType::BFLOAT16, function);
            checked += 1;
        }
    }
    let unary = Op::ALL.iter().filter(|op| matches!(op.info().kernel, Kernel::Unary(_)));
    // `sigmoid` and `rsqrt` are the two that are defined by their nodes.
    assert_eq!(checked + 2, unary.count());
}

/// `1 / (1 + exp(-x))` and `1 / sqrt(x)`, of which every node is rounded.
#[test]
fn functions_by_nodes_of_all_16_bit_floats() {
    fn check<F: Element>(dtype: DType)
    where
        f64: From<F>,
    {
        let round = |value| f64::from(cast::<f64, F>(value).value);
        for bits in 0..=u16::MAX {
            let argument = Scalar::from_raw(dtype, bits.into()).expect("16 bits");
            let x = argument.to_f64();
            let eval =
                |op: Op| op.eval(dtype, &[argument]).expect("an op on floats").value.to_f64();
            let same = |a: f64, b: f64| a == b || a.is_nan() && b.is_nan();
            let root = round(1.0 / round(x.sqrt()));
            assert!(same(eval(Op::Rsqrt), root), "rsqrt({x})");
            let (low, high) = bounds::<F>((-x).exp());
            let ends = [low, high].map(|e| round(1.0 / round(1.0 + e)));
            assert!(ends.iter().any(|&end| same(eval(Op::Sigmoid), end)), "sigmoid({x})");
        }
    }
    check::<f16>(DType::FLOAT16);
    check::<bf16>(DType::BFLOAT16);
}

/// `+ - * /` of 16-bit floats: all pairs of values from both ends of every binade, rounded once
/// from 64 bits, which are so many more that rounding twice makes no difference.
#[test]
fn operators_on_pairs_of_16_bit_floats() {
    fn check<F: Element>(dtype: DType, mantissa: u32)
    where
        f64: From<F>,
    {
        let ends = [0, 1, 2, (1 << mantissa) / 2 - 1, (1 << mantissa) / 2, (1 << mantissa) - 1];
        let values: Vec<u16> = (0..1u32 << (15 - mantissa))
            .step_by(3)
            .flat_map(|exponent| ends.map(|low| (exponent << mantissa | low) as u16))
            .flat_map(|bits| [bits, bits | 0x8000])
            .collect();
        let exact = |op, a: f64, b: f64| match op {
            BinOp::Add => a + b,
            BinOp::Sub => a - b,
            BinOp::Mul => a * b,
            _ => a / b,
        };
        for op in [BinOp::Add, BinOp::Sub, BinOp::Mul, BinOp::Div] {
            for &a in &values {
                for &b in &values {
                    let [a, b] =
                        [a, b].map(|v| Scalar::from_raw(dtype, v.into()).expect("16 bits"));
                    let found = binary(op, a, b).expect("an operator of floats").value.to_f64();
                    let exact = exact(op, a.to_f64(), b.to_f64());
                    let expected = f64::from(cast::<f64, F>(exact).value);
                    let same = found == expected || found.is_nan() && expected.is_nan();
                    assert!(same, "{op:?} {} {}: {found}", a.to_f64(), b.to_f64());
                }
            }
        }
    }
    check::<f16>(DType::FLOAT16, 10);
    check::<bf16>(DType::BFLOAT16, 7);
}
