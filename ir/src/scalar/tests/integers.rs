//! Every operator on every pair of 8-bit integers, and on edges and random pairs of wider ones.

use super::*;

/// What mathematics and the rules of I1 to I4 say: value and fault.
fn expected(op: BinOp, dtype: DType, a: i128, b: i128) -> (i128, Fault) {
    let reports = dtype.is_int() && dtype.bits() >= 32;
    let fits = |exact: i128| (exact, Fault::Overflow.when(reports && !dtype.holds_int(exact)));
    let quotient = |exact: i128| (exact, Fault::Overflow.when(!dtype.holds_int(exact)));
    let is_quotient_too_large = b != 0 && !dtype.holds_int(a.wrapping_div(b));
    let remainder = |exact: i128| (exact, Fault::Overflow.when(is_quotient_too_large));
    let floor = |a: i128, b: i128| a.div_euclid(b) - (b < 0 && a.rem_euclid(b) != 0) as i128;
    match op {
        BinOp::Add => fits(a + b),
        BinOp::Sub => fits(a - b),
        // The product of two `uint64` is too large even here, but wraps silently anyway.
        BinOp::Mul => fits(a.wrapping_mul(b)),
        BinOp::Div | BinOp::Mod | BinOp::FloorDiv | BinOp::FloorMod if b == 0 => {
            (0, Fault::DivisionByZero)
        }
        BinOp::Div => quotient(a / b),
        BinOp::FloorDiv => quotient(floor(a, b)),
        BinOp::Mod => remainder(a % b),
        BinOp::FloorMod => remainder(a - floor(a, b) * b),
        BinOp::Min => (a.min(b), Fault::None),
        BinOp::Max => (a.max(b), Fault::None),
        BinOp::Eq => ((a == b) as i128, Fault::None),
        BinOp::Ne => ((a != b) as i128, Fault::None),
        BinOp::Lt => ((a < b) as i128, Fault::None),
        BinOp::Le => ((a <= b) as i128, Fault::None),
        BinOp::Gt => ((a > b) as i128, Fault::None),
        BinOp::Ge => ((a >= b) as i128, Fault::None),
        BinOp::And | BinOp::Or => unreachable!("not on integers"),
    }
}

fn check(op: BinOp, dtype: DType, a: i128, b: i128) {
    let scalar = |v| Scalar::from_i128(dtype, v).unwrap();
    let (value, fault) = expected(op, dtype, a, b);
    let result = if op.is_comparison() { DType::BOOL } else { dtype };
    let expected = Checked { value: Scalar::from_i128(result, value).unwrap(), fault };
    assert_eq!(binary(op, scalar(a), scalar(b)), Some(expected), "{a} {op:?} {b}: {dtype}");
}

fn check_shifts<T: Integer>(a: T, count: T, exact_count: i128) {
    let bits = T::DTYPE.bits() as i128;
    let unsigned = exact_count & ((1 << bits) - 1);
    let by = (unsigned % bits) as u32;
    let fault = Fault::Shift.when(unsigned >= bits);
    let exact = Scalar::new(a).to_i128().unwrap();
    let scalar = |v| Scalar::from_i128(T::DTYPE, v).unwrap();
    let left = Checked { value: scalar(exact << by), fault };
    assert_eq!(a.shl(count).map(Scalar::new), left, "{exact} << {exact_count}");
    let right = Checked { value: scalar(exact >> by), fault };
    assert_eq!(a.shr(count).map(Scalar::new), right, "{exact} >> {exact_count}");
}

fn operators() -> impl Iterator<Item = BinOp> {
    BinOp::ALL.into_iter().filter(|op| !op.is_logical())
}

#[test]
fn all_pairs_of_8_bits() {
    for dtype in [DType::INT8, DType::UINT8] {
        for a in dtype.int_min()..=dtype.int_max() {
            for b in dtype.int_min()..=dtype.int_max() {
                operators().for_each(|op| check(op, dtype, a, b));
            }
        }
    }
    for a in 0..=255u8 {
        for b in 0..=255u8 {
            check_shifts(a, b, b.into());
            check_shifts(a as i8, b as i8, (b as i8).into());
        }
        assert_eq!(a.popcount(), (0..8).map(|i| (a as u32 >> i) & 1).sum());
        let expected = (0..8).rev().take_while(|i| a >> i & 1 == 0).count() as u32;
        assert_eq!(a.clz(), Checked::faulty_if(expected, Fault::Clz, a == 0));
        let expected = (0..8).take_while(|i| a >> i & 1 == 0).count() as u32;
        assert_eq!((a as i8).ctz(), Checked::faulty_if(expected, Fault::Clz, a == 0));
    }
}

#[test]
fn edges_and_random_pairs_of_wider_types() {
    for dtype in DType::COMPUTABLE.into_iter().filter(|d| d.is_integer() && d.bits() > 8) {
        let (min, max) = (dtype.int_min(), dtype.int_max());
        let mut values = vec![min, min + 1, min / 2, -8, -7, -3, -2, -1, 0, 1, 2, 3, 7, 8];
        values.extend([max / 2, max - 1, max, 1 << (dtype.bits() / 2), 46341, 65535]);
        values.extend(
            (0..40).map(|i| {
                Scalar::from_raw(dtype, random(i) >> (i % 64)).unwrap().to_i128().unwrap()
            }),
        );
        values.retain(|v| dtype.holds_int(*v));
        for &a in &values {
            for &b in &values {
                operators().for_each(|op| check(op, dtype, a, b));
                crate::with_integer!(dtype, T => {
                    let of = |v: i128| T::from_raw(v as u64);
                    check_shifts(of(a), of(b), b)
                }, else unreachable!());
            }
        }
    }
}

#[test]
fn negation_and_absolute_value() {
    fn check_all<T: Integer>(values: impl IntoIterator<Item = i128>) {
        let reports = T::DTYPE.is_int() && T::DTYPE.bits() >= 32;
        for v in values {
            let x = T::from_raw(v as u64);
            let expected = |exact: i128| {
                let value = T::from_raw(exact as u64);
                let fits = T::DTYPE.holds_int(exact);
                Checked::faulty_if(value, Fault::Overflow, reports && !fits)
            };
            assert_eq!(x.neg(), expected(-v), "-{v}");
            assert_eq!(x.abs(), expected(v.abs()), "abs({v})");
        }
    }
    check_all::<i8>(-128..128);
    check_all::<u8>(0..256);
    check_all::<i16>(-32768..32768);
    check_all::<i32>([i32::MIN as i128, -1, 0, 1, i32::MAX as i128]);
    check_all::<i64>([i64::MIN as i128, -1, 0, 1, i64::MAX as i128]);
    check_all::<u64>([0, 1, u64::MAX as i128]);
}

#[test]
fn bool_is_logic() {
    let scalar = |v: bool| Scalar::new(v);
    for a in [false, true] {
        for b in [false, true] {
            let value = |op| binary(op, scalar(a), scalar(b)).map(|r| r.value.is_true());
            assert_eq!(value(BinOp::And), Some(a && b));
            assert_eq!(value(BinOp::Or), Some(a || b));
            assert_eq!(value(BinOp::Lt), Some(!a && b));
            assert_eq!(value(BinOp::Max), Some(a || b));
            assert_eq!(value(BinOp::Add), None);
            assert_eq!(value(BinOp::FloorDiv), None);
        }
    }
}
