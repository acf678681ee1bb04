//! The cases of the semantics' table that are about scalars alone, by number.

use super::*;
use crate::op::Op;

fn int(dtype: DType, value: i128) -> Scalar {
    Scalar::from_i128(dtype, value).unwrap()
}

fn float(dtype: DType, value: f64) -> Scalar {
    Scalar::from_f64(dtype, value).unwrap().value
}

#[track_caller]
fn check(case: &str, result: Option<Checked<Scalar>>, value: Scalar, fault: Fault) {
    let result = result.unwrap_or_else(|| panic!("{case}: not defined"));
    assert!(result.value.agrees_with(value), "{case}: {:?}, not {value:?}", result.value);
    assert_eq!(result.fault, fault, "{case}");
}

/// An operator on integers of one type, and the integer that it gives.
#[track_caller]
fn on_ints(case: &str, dtype: DType, op: BinOp, a: i128, b: i128, value: i128, fault: Fault) {
    let result = binary(op, int(dtype, a), int(dtype, b));
    let dtype = if op.is_comparison() { DType::BOOL } else { dtype };
    check(case, result, int(dtype, value), fault);
}

/// An op on scalars of the type of its first argument.
#[track_caller]
fn call(case: &str, op: Op, args: &[Scalar], value: Scalar, fault: Fault) {
    check(case, op.eval(value.dtype(), args), value, fault);
}

const INTS: [DType; 4] = [DType::INT8, DType::INT16, DType::INT32, DType::INT64];
const NONE: Fault = Fault::None;

#[test]
fn t01_to_t06_division() {
    for dtype in INTS {
        for (a, b, q, r) in [(7, 3, 2, 1), (7, -3, -3, -2), (-7, 3, -3, 2), (-7, -3, 2, -1)] {
            on_ints("T01", dtype, BinOp::FloorDiv, a, b, q, NONE);
            on_ints("T01", dtype, BinOp::FloorMod, a, b, r, NONE);
        }
        for (a, b, q, r) in [(7, 3, 2, 1), (7, -3, -2, 1), (-7, 3, -2, -1), (-7, -3, 2, -1)] {
            on_ints("T02", dtype, BinOp::Div, a, b, q, NONE);
            on_ints("T02", dtype, BinOp::Mod, a, b, r, NONE);
        }
        let min = dtype.int_min();
        on_ints("T03", dtype, BinOp::FloorDiv, min, -1, min, Fault::Overflow);
        on_ints("T03", dtype, BinOp::FloorMod, min, -1, 0, Fault::Overflow);
        on_ints("T03", dtype, BinOp::Div, min, -1, min, Fault::Overflow);
        on_ints("T03", dtype, BinOp::Mod, min, -1, 0, Fault::Overflow);
        on_ints("T04", dtype, BinOp::FloorDiv, 5, 0, 0, Fault::DivisionByZero);
        on_ints("T05", dtype, BinOp::FloorDiv, -1, 8, -1, NONE);
        on_ints("T05", dtype, BinOp::FloorMod, -9, 8, 7, NONE);
    }
    on_ints("T04", DType::UINT32, BinOp::FloorMod, 5, 0, 0, Fault::DivisionByZero);
}

#[test]
fn t07_to_t20_wrapping() {
    let (i32_max, i8t, u8t) = (i32::MAX as i128, DType::INT8, DType::UINT8);
    on_ints("T07", DType::INT32, BinOp::Add, i32_max, 1, i32::MIN as i128, Fault::Overflow);
    on_ints("T09", DType::INT32, BinOp::Mul, 1 << 30, 2, i32::MIN as i128, Fault::Overflow);
    on_ints("T10", i8t, BinOp::Add, 127, 1, -128, NONE);
    on_ints("T10", i8t, BinOp::Mul, 100, 2, -56, NONE);
    on_ints("T11", i8t, BinOp::Div, -56, 2, -28, NONE);
    on_ints("T12", i8t, BinOp::Gt, -56, 0, 0, NONE);
    on_ints("T13", u8t, BinOp::Sub, 1, 2, 255, NONE);
    on_ints("T13", u8t, BinOp::Div, 255, 2, 127, NONE);
    let not = Op::BitwiseNot.eval(u8t, &[int(u8t, 1)]).unwrap().value;
    call("T13", Op::ShiftRight, &[not, int(u8t, 1)], int(u8t, 127), NONE);
    on_ints("T14", DType::UINT16, BinOp::Mul, 65535, 65535, 1, NONE);
    on_ints("T15", i8t, BinOp::Mul, 100, 100, 16, NONE);
    on_ints("T16", DType::INT32, BinOp::Mul, -128, -128, 16384, NONE);
    on_ints("T17", DType::UINT32, BinOp::Sub, 1, 2, u32::MAX as i128, NONE);
    on_ints("T17", DType::UINT32, BinOp::Lt, u32::MAX as i128, 1, 0, NONE);
    on_ints("T18", DType::UINT32, BinOp::Add, u32::MAX as i128, 1, 0, NONE);
    on_ints("T18", DType::UINT32, BinOp::Gt, 0, u32::MAX as i128, 0, NONE);
    let hash = 2166136261i128 * 16777619;
    on_ints("T19", DType::UINT32, BinOp::Mul, 2166136261, 16777619, hash, NONE);
    let minus_five = convert(int(DType::INT32, -5), DType::UINT32).unwrap().value;
    let four = int(DType::UINT32, 4);
    let sum = int(DType::UINT32, u32::MAX as i128);
    check("T20", binary(BinOp::Add, four, minus_five), sum, NONE);
    check("T20", binary(BinOp::Lt, four, minus_five), Scalar::new(true), NONE);
}

#[test]
fn t21_to_t27_bits() {
    let shift = |case, op, dtype, a, count, value, fault| {
        call(case, op, &[int(dtype, a), int(dtype, count)], int(dtype, value), fault)
    };
    let (i32t, i8t) = (DType::INT32, DType::INT8);
    shift("T21", Op::ShiftLeft, i32t, 1, 31, i32::MIN as i128, NONE);
    shift("T21", Op::ShiftLeft, i32t, 1, 32, 1, Fault::Shift);
    shift("T21", Op::ShiftLeft, i32t, 1, 33, 2, Fault::Shift);
    shift("T22", Op::ShiftLeft, i8t, 1, 8, 1, Fault::Shift);
    shift("T22", Op::ShiftRight, i8t, -128, 8, -128, Fault::Shift);
    shift("T22", Op::ShiftLeft, i8t, 64, 1, -128, NONE);
    shift("T23", Op::ShiftRight, i32t, -8, 1, -4, NONE);
    shift("T23", Op::ShiftRight, DType::UINT32, 1 << 31, 1, 1 << 30, NONE);
    call("T24", Op::Clz, &[int(i32t, 0)], int(i32t, 32), Fault::Clz);
    call("T24", Op::Clz, &[int(DType::INT64, 0)], int(i32t, 64), Fault::Clz);
    call("T24", Op::Clz, &[int(i8t, 1)], int(i32t, 7), NONE);
    call("T25", Op::Popcount, &[int(i8t, -1)], int(i8t, 8), NONE);
    assert_eq!(i32::MIN.neg(), Checked { value: i32::MIN, fault: Fault::Overflow }, "T26");
    assert_eq!(Arith::abs(i8::MIN), Checked::ok(-128), "T26");
    call("T27", Op::BitwiseNot, &[Scalar::new(true)], Scalar::new(false), NONE);
    call("T27", Op::BitwiseAnd, &[Scalar::new(true), Scalar::new(false)], Scalar::new(false), NONE);
    assert_eq!(binary(BinOp::Add, Scalar::new(true), Scalar::new(true)), None, "T27");
}

#[test]
fn t32_to_t38_casts() {
    let f32t = DType::FLOAT32;
    let cast = |case, x: Scalar, value: Scalar, fault| {
        check(case, convert(x, value.dtype()), value, fault)
    };
    for (x, value) in [(f64::NAN, 0), (f64::INFINITY, i32::MAX), (1e20, i32::MAX)] {
        cast("T32", float(f32t, x), Scalar::new(value), Fault::Cast);
    }
    cast("T32", float(f32t, 300.0), Scalar::new(127i8), Fault::Cast);
    cast("T33", float(f32t, -1.0), Scalar::new(0u8), Fault::Cast);
    cast("T33", float(f32t, 300.0), Scalar::new(255u8), Fault::Cast);
    cast("T33", float(f32t, -0.9), Scalar::new(0u8), NONE);
    cast("T34", Scalar::new(16777217i32), Scalar::new(16777216f32), NONE);
    cast("T34", Scalar::new(16777219i32), Scalar::new(16777220f32), NONE);
    cast("T34", Scalar::new((1i64 << 53) + 1), Scalar::new((1i64 << 53) as f64), NONE);
    let near = Scalar::new(1.0 + power(-8) + power(-40));
    cast("T35", near, Scalar::new(bf16::from_bits(0x3f81)), NONE);
    let near = Scalar::new((1i64 << 40) + (1i64 << 32) + 1);
    cast("T35", near, Scalar::new(bf16::from_bits(0x5381)), NONE);
    let near = Scalar::new(1.0 + power(-11) + power(-40));
    cast("T36", near, Scalar::new(f16::from_bits(0x3c01)), NONE);
    cast("T36", Scalar::new(65519.99), Scalar::new(f16::from_bits(0x7bff)), NONE);
    cast("T36", Scalar::new(65520.0), Scalar::new(f16::from_bits(0x7c00)), NONE);
    cast("T38", float(f32t, 3.4e38), Scalar::new(bf16::from_bits(0x7f80)), NONE);
    cast("T38", float(f32t, f64::NAN), Scalar::new(bf16::from_bits(0x7fc0)), NONE);
    cast("T38", Scalar::new(1e-40f32), Scalar::new(bf16::from_bits(0x0001)), NONE);
}

/// A chain of operators in one float type, from the left.
fn chain(dtype: DType, first: f64, rest: &[(BinOp, f64)]) -> Scalar {
    rest.iter()
        .fold(float(dtype, first), |sum, (op, x)| binary(*op, sum, float(dtype, *x)).unwrap().value)
}

#[test]
fn t39_to_t45_rounding() {
    use BinOp::{Add, Mul, Sub};
    let (f16t, bf16t, f32t) = (DType::FLOAT16, DType::BFLOAT16, DType::FLOAT32);
    let equal = |case, a: Scalar, b: f64| assert_eq!(a, float(a.dtype(), b), "{case}");
    equal("T39", chain(f16t, 2048.0, &[(Add, 1.0), (Add, 1.0)]), 2048.0);
    equal("T39", chain(f16t, 65504.0, &[(Add, 16.0)]), f64::INFINITY);
    equal("T40", chain(bf16t, 256.0, &[(Add, 1.0), (Add, 1.0)]), 256.0);
    equal("T41", chain(f16t, 2048.0, &[(Add, 1.0), (Sub, 2048.0)]), 0.0);
    equal("T42", chain(f32t, 16777216.0, &[(Add, 1.0), (Sub, 16777216.0)]), 0.0);
    assert_eq!(chain(f32t, 0.1, &[(Add, 0.2)]).bits(), 0x3e99_999a, "T42");
    equal("T43", chain(bf16t, 1.0078125, &[(Mul, 1.0078125), (Add, -1.015625)]), 0.0);
    let (a, c) = (1.0 + power(-12), -(1.0 + power(-11)));
    equal("T44", chain(f32t, a, &[(Mul, a), (Add, c)]), 0.0);
    let args = [float(f32t, a), float(f32t, a), float(f32t, c)];
    call("T45", Op::Fma, &args, float(f32t, power(-24)), NONE);
}

#[test]
fn t46_to_t54_no_algebra() {
    use BinOp::{Add, Div, Eq, Lt, Max, Min, Mul, Ne, Sub};
    let f32t = DType::FLOAT32;
    let on = |case, op, a: f64, b: f64, value: Scalar| {
        check(case, binary(op, float(f32t, a), float(f32t, b)), value, NONE)
    };
    let nan = f64::NAN;
    on("T46", Max, nan, 1.0, float(f32t, 1.0));
    on("T46", Max, 1.0, nan, float(f32t, nan));
    on("T46", Max, 0.0, -0.0, float(f32t, -0.0));
    on("T46", Max, -0.0, 0.0, float(f32t, 0.0));
    on("T46", Min, nan, 1.0, float(f32t, 1.0));
    on("T46", Min, 0.0, -0.0, float(f32t, -0.0));
    on("T47", Ne, nan, 1.0, Scalar::new(true));
    on("T47", Ne, nan, nan, Scalar::new(true));
    on("T48", Eq, nan, nan, Scalar::new(false));
    on("T49", Lt, nan, 1.0, Scalar::new(false));
    on("T50", Sub, f64::INFINITY, f64::INFINITY, float(f32t, nan));
    assert_eq!(chain(f32t, 1e20, &[(Add, 1.0), (Sub, 1e20)]), float(f32t, 0.0), "T51");
    on("T52", Mul, nan, 0.0, float(f32t, nan));
    on("T52", Div, 0.0, 0.0, float(f32t, nan));
    on("T52", Div, 0.0, nan, float(f32t, nan));
    on("T53", Add, -0.0, 0.0, float(f32t, 0.0));
    let tiny = Scalar::new(1e-40f32);
    check(
        "T54",
        binary(Add, tiny, tiny),
        Scalar::new(f32::from_bits(2 * 1e-40f32.to_bits())),
        NONE,
    );
    on("T54", Mul, 1e-30, 1e-10, Scalar::new((1e-30f32 as f64 * 1e-10f32 as f64) as f32));
}

#[test]
fn t55_to_t59_functions() {
    let f32t = DType::FLOAT32;
    let unary =
        |case, op, x: f64, value: f64| call(case, op, &[float(f32t, x)], float(f32t, value), NONE);
    for op in [Op::Round, Op::Nearbyint] {
        for (x, value) in [(0.5, 0.0), (1.5, 2.0), (2.5, 2.0), (-0.5, -0.0)] {
            unary("T55", op, x, value);
        }
    }
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let powers = [
        (0.0, 0.0, 1.0),
        (0.0, -1.0, inf),
        (-8.0, 1.0 / 3.0, nan),
        (-1.0, inf, 1.0),
        (nan, 0.0, 1.0),
        (-0.0, -1.0, -inf),
    ];
    for (x, y, value) in powers {
        call("T56", Op::Pow, &[float(f32t, x), float(f32t, y)], float(f32t, value), NONE);
    }
    unary("T57", Op::Exp, 88.73, inf);
    unary("T57", Op::Exp, -104.0, 0.0);
    unary("T57", Op::Log, 0.0, -inf);
    unary("T57", Op::Log, -1.0, nan);
    unary("T57", Op::Sqrt, -0.0, -0.0);
    unary("T58", Op::Tanh, -0.0, -0.0);
    let worst = |op: Op, f: fn(f64) -> f64, range: f64| {
        let ulps = (0..20000).map(|i| {
            let x = ((random(i) >> 40) as f64 / power(24) * 2.0 - 1.0) * range;
            let x = x as f32;
            let result: f32 = op.eval(f32t, &[Scalar::new(x)]).unwrap().value.get().unwrap();
            let exact = f(x as f64);
            let unit = ((exact as f32).abs().next_up() - (exact as f32).abs()) as f64;
            (result as f64 - exact).abs() / unit
        });
        ulps.fold(0.0, f64::max)
    };
    assert!(worst(Op::Tanh, f64::tanh, 9.0) < 2.5, "T58");
    assert!(worst(Op::Exp10, crate::op::libm::exp10, 30.0) < 2.5, "T59");
}

#[test]
fn t60_to_t63_bits_of_floats() {
    let bits = |case, x: Scalar, value: Scalar, fault| {
        check(case, Op::Reinterpret.eval(value.dtype(), &[x]), value, fault)
    };
    bits("T60", Scalar::new(1.0f32), Scalar::new(1065353216i32), NONE);
    bits("T60", Scalar::new(-0.0f32), Scalar::new(i32::MIN), NONE);
    assert_eq!(Op::Reinterpret.eval(DType::INT64, &[Scalar::new(1.0f32)]), None, "T60");
    let signalling = Scalar::new(f16::from_bits(0x7d01));
    assert_eq!(convert(signalling, DType::FLOAT32).unwrap().value.bits(), 0x7fa0_2000, "T61");
    for (x, value) in [(256.0, true), (-0.0, false), (f64::NAN, true), (1e-45, true)] {
        let result = convert(float(DType::FLOAT32, x), DType::BOOL);
        check("T62", result, Scalar::new(value), NONE);
    }
    bits("T63", Scalar::new(2u8), Scalar::new(true), Fault::Bool);
    bits("T63", Scalar::new(255u8), Scalar::new(true), Fault::Bool);
    bits("T63", Scalar::new(1u8), Scalar::new(true), NONE);
}
