//! Casts between all types, against mathematics.

use super::*;

/// Values that are near every limit of every type, exactly.
fn integers() -> Vec<i128> {
    let mut values = Vec::new();
    for bit in 0..=64 {
        for near in [-3, -2, -1, 0, 1, 2, 3] {
            values.extend([(1i128 << bit) + near, -(1i128 << bit) + near]);
        }
        // Halves of the last place of each float format, and their neighbours.
        for precision in [8, 11, 24, 53] {
            if bit > precision {
                let half = (1i128 << bit) + (1i128 << (bit - precision));
                values.extend([
                    half - 1,
                    half,
                    half + 1,
                    -half,
                    half + (1i128 << (bit - precision + 1)),
                ]);
            }
        }
    }
    values.extend([65503, 65504, 65519, 65520, 16777217, 16777219, 1 << 53 | 1]);
    values.extend((0..2000).map(|i| (random(i) as i64 >> (i % 60)) as i128));
    values.extend((0..2000).map(|i| (random(i) >> (i % 60)) as i128));
    values
}

/// Values of `T` among the integers.
fn of<T: Integer>() -> impl Iterator<Item = (T, i128)> {
    let holds = |v: &i128| T::DTYPE.holds_int(*v);
    integers().into_iter().filter(holds).map(|v| (T::from_raw(v as u64), v))
}

#[test]
fn integer_to_integer_keeps_the_low_bits() {
    fn check<A: Integer, B: Integer>() {
        for (a, exact) in of::<A>() {
            let expected = exact.rem_euclid(1 << B::DTYPE.bits()) as u64;
            let result = cast::<A, B>(a);
            assert_eq!((result.value.to_raw(), result.fault), (expected, Fault::None), "{exact}");
        }
    }
    fn check_from<A: Integer>() {
        check::<A, i8>();
        check::<A, i16>();
        check::<A, i32>();
        check::<A, i64>();
        check::<A, u8>();
        check::<A, u16>();
        check::<A, u32>();
        check::<A, u64>();
    }
    check_from::<i8>();
    check_from::<i16>();
    check_from::<i32>();
    check_from::<i64>();
    check_from::<u8>();
    check_from::<u16>();
    check_from::<u32>();
    check_from::<u64>();
}

#[test]
fn integer_to_float_rounds_once() {
    fn check<A: Integer>() {
        for (a, exact) in of::<A>() {
            let double = Format { precision: 53, least: -1022, greatest: 1023 };
            assert!(same(cast::<A, f64>(a).value, double.round_int(exact)), "{exact}");
            assert!(same(cast::<A, f32>(a).value as f64, F32.round_int(exact)), "{exact}");
            assert!(same(cast::<A, f16>(a).value.to_f64(), F16.round_int(exact)), "{exact}");
            assert!(same(cast::<A, bf16>(a).value.to_f64(), BF16.round_int(exact)), "{exact}");
        }
    }
    check::<i8>();
    check::<u16>();
    check::<i32>();
    check::<u32>();
    check::<i64>();
    check::<u64>();
}

fn floats() -> Vec<f64> {
    let mut values = vec![0.0, -0.0, 0.5, -0.5, 0.99, -0.99, 1e20, -1e20, 1e300, 5e-324];
    values.extend([f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -f64::NAN]);
    for v in integers() {
        let v = v as f64;
        values.extend([v, v + 0.5, v.next_up(), v.next_down()]);
        values.extend([
            v as f32 as f64,
            (v as f32).next_up() as f64,
            (v as f32).next_down() as f64,
        ]);
    }
    values.extend((0..5000).map(|i| f64::from_bits(random(i))));
    values.extend((0..5000).map(|i| f32::from_bits(random(i) as u32) as f64));
    values
}

#[test]
fn float_to_integer_truncates_and_saturates() {
    fn check<T: Integer>(x: f64, result: Checked<T>) {
        let (min, max) = (T::DTYPE.int_min(), T::DTYPE.int_max());
        // Beyond 2^65 the exact integer does not matter any more.
        let exact = if x.is_nan() { 0 } else { x.clamp(-power(65), power(65)).trunc() as i128 };
        let fault = Fault::Cast.when(x.is_nan() || exact < min || max < exact);
        let value = Scalar::new(result.value).to_i128();
        assert_eq!(
            (value, result.fault),
            (Some(exact.clamp(min, max)), fault),
            "{x:e} {}",
            T::DTYPE
        );
    }
    fn check_all<T: Integer>() {
        for x in floats() {
            check(x, cast::<f64, T>(x));
            let narrow = x as f32;
            check(narrow as f64, cast::<f32, T>(narrow));
            let half = f16::from_f64(x);
            check(half.to_f64(), cast::<f16, T>(half));
            let brain = bf16::from_f64(x);
            check(brain.to_f64(), cast::<bf16, T>(brain));
        }
    }
    check_all::<i8>();
    check_all::<i16>();
    check_all::<i32>();
    check_all::<i64>();
    check_all::<u8>();
    check_all::<u16>();
    check_all::<u32>();
    check_all::<u64>();
}

#[test]
fn bool_is_nonzero() {
    for x in floats() {
        assert_eq!(cast::<f64, bool>(x), Checked::ok(x != 0.0));
        assert_eq!(cast::<f32, bool>(x as f32), Checked::ok(x as f32 != 0.0));
    }
    assert!(cast::<i32, bool>(256).value);
    assert_eq!(cast::<bool, i64>(true).value, 1);
    assert_eq!(cast::<bool, f16>(true).value.to_f64(), 1.0);
}

#[test]
fn float_to_float_rounds_once() {
    for x in floats() {
        assert!(same(cast::<f64, f32>(x).value as f64, F32.round(x)), "{x:e}");
        assert!(same(cast::<f64, f16>(x).value.to_f64(), F16.round(x)), "{x:e}");
        assert!(same(cast::<f64, bf16>(x).value.to_f64(), BF16.round(x)), "{x:e}");
        let narrow = x as f32;
        assert!(same(cast::<f32, f16>(narrow).value.to_f64(), F16.round(narrow as f64)));
        assert!(same(cast::<f32, bf16>(narrow).value.to_f64(), BF16.round(narrow as f64)));
        assert!(same(cast::<f32, f64>(narrow).value, narrow as f64));
    }
}

#[test]
fn the_dynamic_layer_is_the_typed_one() {
    for from in DType::COMPUTABLE {
        for to in DType::COMPUTABLE {
            for i in 0..300 {
                let x = Scalar::from_raw(from, random(i) >> (i % 64)).unwrap();
                let typed = crate::with_element!(from, A => crate::with_element!(to, B => {
                    cast::<A, B>(x.get().unwrap()).map(Scalar::new)
                }, else unreachable!()), else unreachable!());
                assert_eq!(convert(x, to), Some(typed), "{x:?} to {to}");
            }
        }
    }
}
