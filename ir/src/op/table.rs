//! The rows.

use super::kernel::{
    self, Custom, Kernel, PerFloat, fabs, fma, fmod, generic, rsqrt, sigmoid, via_f32,
};
use super::{Arity, CSpelling, Effect, Evaluation, OpInfo, Tolerance, TypeRule, libm};
use crate::scalar::{Float, bf16, f16};

/// Starts a row: everything that is most often so.
const fn row(arity: usize, rule: TypeRule, kernel: Kernel, c: CSpelling) -> OpInfo {
    OpInfo {
        op: Op::ALL[0],
        name: "",
        aliases: &[],
        tvm_name: "",
        extension: false,
        arity: Arity::Exactly(arity),
        rule,
        effect: Effect::Pure,
        evaluation: Evaluation::Strict,
        kernel,
        c,
        tolerance: Tolerance::Exact,
        domain: &[(-1000.0, 1000.0)],
        doc: "",
    }
}

/// A function of the C library on one float.
const fn libm1(kernel: kernel::Unary, name: &'static str) -> OpInfo {
    row(1, TypeRule::Float, Kernel::Unary(kernel), CSpelling::Libm(name))
}

/// A function of the C library on two floats.
const fn libm2(kernel: kernel::Binary, name: &'static str) -> OpInfo {
    row(2, TypeRule::Float, Kernel::Binary(kernel), CSpelling::Libm(name))
}

/// A function with a helper in the C prelude.
const fn helper(arity: usize, rule: TypeRule, kernel: Custom, name: &'static str) -> OpInfo {
    row(arity, rule, Kernel::Custom(kernel), CSpelling::Helper(name))
}

/// An operator of C.
const fn operator(arity: usize, rule: TypeRule, kernel: Custom, token: &'static str) -> OpInfo {
    row(arity, rule, Kernel::Custom(kernel), CSpelling::Operator(token)).on(&[(-128.0, 127.0)])
}

/// Something that is not a function of scalars.
const fn special(arity: usize, rule: TypeRule) -> OpInfo {
    row(arity, rule, Kernel::None, CSpelling::Special)
}

/// A value of its argument that the C backend writes by itself.
const fn hint() -> OpInfo {
    row(1, TypeRule::Same, Kernel::Custom(kernel::identity), CSpelling::Special).on(&[FLAG])
}

/// A function that the C backend writes out node by node.
const fn written_out(kernel: kernel::Unary) -> OpInfo {
    row(1, TypeRule::Float, Kernel::Unary(kernel), CSpelling::Special)
}

/// Something without a value.
const fn statement(least: usize) -> OpInfo {
    let row = special(least, TypeRule::Statement).effect(Effect::Opaque);
    OpInfo { arity: Arity::AtLeast(least), ..row }
}

/// An atomic update of an element; gives the old value.
const fn atomic(rule: TypeRule, kernel: Custom, helper: &'static str) -> OpInfo {
    let row = row(2, rule, Kernel::Custom(kernel), CSpelling::Helper(helper));
    OpInfo { effect: Effect::Opaque, evaluation: Evaluation::Place, extension: true, ..row }
}

impl OpInfo {
    const fn ulp(self, ulps: u32) -> OpInfo {
        OpInfo { tolerance: Tolerance::Ulp(ulps), ..self }
    }

    const fn on(self, domain: &'static [(f64, f64)]) -> OpInfo {
        OpInfo { domain, ..self }
    }

    const fn alias(self, aliases: &'static [&'static str]) -> OpInfo {
        OpInfo { aliases, ..self }
    }

    const fn rule(self, rule: TypeRule) -> OpInfo {
        OpInfo { rule, ..self }
    }

    const fn effect(self, effect: Effect) -> OpInfo {
        OpInfo { effect, ..self }
    }

    const fn evaluation(self, evaluation: Evaluation) -> OpInfo {
        OpInfo { evaluation, ..self }
    }

    const fn extension(self) -> OpInfo {
        OpInfo { extension: true, ..self }
    }
}

macro_rules! ops {
    ($(#[doc = $doc:literal] $op:ident $name:literal: $row:expr;)*) => {
        /// An operation that is a call.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op {
            $(#[doc = $doc] $op,)*
        }

        impl Op {
            /// Every op, in the order of the table.
            pub const ALL: &[Op] = &[$(Op::$op),*];
        }

        pub(super) static TABLE: [OpInfo; Op::ALL.len()] = [$(OpInfo {
            op: Op::$op,
            name: $name,
            tvm_name: concat!("tirx.", $name),
            doc: $doc.trim_ascii(),
            ..$row
        }),*];
    };
}

/// `libm1` or `libm2` on the functions `name`f and `name` of the C library.
macro_rules! libm1 {
    ($f32:ident $f64:ident) => {
        libm1(via_f32!(libm::$f32, libm::$f64; x), stringify!($f64))
    };
}

macro_rules! libm2 {
    ($f32:ident $f64:ident) => {
        libm2(via_f32!(libm::$f32, libm::$f64; x y), stringify!($f64))
    };
}

/// A function that Rust and IEEE-754 define exactly.
macro_rules! exact1 {
    ($rust:ident $c:literal) => {
        libm1(via_f32!(f32::$rust, f64::$rust; x), $c)
    };
}

const ANGLE: &[(f64, f64)] = &[(-50.0, 50.0)];
const UNIT: &[(f64, f64)] = &[(-1.0, 1.0)];
const POSITIVE: &[(f64, f64)] = &[(1e-6, 1e6)];
const INT32: (f64, f64) = (-2147483648.0, 2147483647.0);
const FLAG: (f64, f64) = (0.0, 1.0);

ops! {
    /// e to the power of `x`.
    Exp "exp": libm1!(expf exp).ulp(1).on(&[(-80.0, 80.0)]);
    /// 2 to the power of `x`.
    Exp2 "exp2": libm1!(exp2f exp2).ulp(1).on(&[(-120.0, 120.0)]);
    /// 10 to the power of `x`.
    Exp10 "exp10": libm1!(exp10f exp10).ulp(1).on(&[(-35.0, 35.0)]);
    /// `exp(x) - 1` without cancellation near 0.
    Expm1 "expm1": libm1!(expm1f expm1).ulp(1).on(&[(-20.0, 80.0)]).extension();
    /// Natural logarithm of `x`.
    Log "log": libm1!(logf log).ulp(1).on(POSITIVE);
    /// Logarithm of `x` to base 2.
    Log2 "log2": libm1!(log2f log2).ulp(1).on(POSITIVE);
    /// Logarithm of `x` to base 10.
    Log10 "log10": libm1!(log10f log10).ulp(2).on(POSITIVE);
    /// `log(1 + x)` without cancellation near 0.
    Log1p "log1p": libm1!(log1pf log1p).ulp(1).on(&[(-0.99, 1e6)]);
    /// Sine of `x` in radians.
    Sin "sin": libm1!(sinf sin).ulp(1).on(ANGLE);
    /// Cosine of `x` in radians.
    Cos "cos": libm1!(cosf cos).ulp(1).on(ANGLE);
    /// Tangent of `x` in radians.
    Tan "tan": libm1!(tanf tan).ulp(1).on(ANGLE);
    /// Arc sine of `x`, in radians.
    Asin "asin": libm1!(asinf asin).ulp(1).on(UNIT);
    /// Arc cosine of `x`, in radians.
    Acos "acos": libm1!(acosf acos).ulp(1).on(UNIT);
    /// Arc tangent of `x`, in radians.
    Atan "atan": libm1!(atanf atan).ulp(1);
    /// Hyperbolic sine of `x`.
    Sinh "sinh": libm1!(sinhf sinh).ulp(2).on(ANGLE);
    /// Hyperbolic cosine of `x`.
    Cosh "cosh": libm1!(coshf cosh).ulp(2).on(ANGLE);
    /// Hyperbolic tangent of `x`.
    Tanh "tanh": libm1!(tanhf tanh).ulp(2).on(&[(-10.0, 10.0)]);
    /// Inverse hyperbolic sine of `x`.
    Asinh "asinh": libm1!(asinhf asinh).ulp(2);
    /// Inverse hyperbolic cosine of `x`.
    Acosh "acosh": libm1!(acoshf acosh).ulp(2).on(&[(1.0, 1e6)]);
    /// Inverse hyperbolic tangent of `x`.
    Atanh "atanh": libm1!(atanhf atanh).ulp(2).on(&[(-0.999, 0.999)]);
    /// Error function of `x`.
    Erf "erf": libm1!(erff erf).ulp(1).on(&[(-5.0, 5.0)]);
    /// `1 / (1 + exp(-x))`, rounded at every node.
    Sigmoid "sigmoid": written_out(generic!(sigmoid)).ulp(4).on(&[(-80.0, 80.0)]);
    /// Square root of `x`, correctly rounded.
    Sqrt "sqrt": exact1!(sqrt "sqrt").on(&[(0.0, 1e6)]);
    /// `1 / sqrt(x)`, rounded at every node.
    Rsqrt "rsqrt": written_out(generic!(rsqrt)).ulp(2).on(POSITIVE);
    /// `x` to the power of `y`.
    Pow "pow":
        libm2!(powf pow)
            .rule(TypeRule::PromotedFloat)
            .alias(&["power"])
            .ulp(1)
            .on(&[(1e-3, 1e3), (-8.0, 8.0)]);
    /// Angle of the point `(y, x)`, in radians; `y` comes first.
    Atan2 "atan2": libm2!(atan2f atan2).ulp(1);
    /// `sqrt(x * x + y * y)` without overflow in between.
    Hypot "hypot": libm2!(hypotf hypot).ulp(1);
    /// `x` with the sign of `y`.
    Copysign "copysign": libm2(via_f32!(f32::copysign, f64::copysign; x y), "copysign");
    /// The value next to `x` in the direction of `y`.
    Nextafter "nextafter": libm2!(nextafterf nextafter).rule(TypeRule::WideFloat);
    /// Remainder of `x / y` with the sign of `x`, exact.
    Fmod "fmod": libm2(generic!(fmod), "fmod").on(&[(-1000.0, 1000.0), (1.0, 100.0)]);
    /// `x * 2^e`.
    Ldexp "ldexp":
        row(2, TypeRule::FloatAndInt32, Kernel::Custom(kernel::ldexp), CSpelling::Libm("ldexp"))
            .on(&[(-10.0, 10.0), (-10.0, 10.0)]);
    /// `x * y + z`, rounded once.
    Fma "fma": row(3, TypeRule::Float, Kernel::Ternary(generic!(fma)), CSpelling::Libm("fma"));
    /// The nearest integer that is not above `x`.
    Floor "floor": exact1!(floor "floor").rule(TypeRule::Rounding);
    /// The nearest integer that is not below `x`.
    Ceil "ceil": exact1!(ceil "ceil").rule(TypeRule::Rounding);
    /// The nearest integer that is not farther from 0 than `x`.
    Trunc "trunc": exact1!(trunc "trunc").rule(TypeRule::Rounding);
    /// The nearest integer, halves to even.
    Round "round": exact1!(round_ties_even "nearbyint").rule(TypeRule::Rounding);
    /// The nearest integer, halves to even.
    Nearbyint "nearbyint": exact1!(round_ties_even "nearbyint").rule(TypeRule::Rounding);
    /// Absolute value; of an integer this is written `T.Select(x >= 0, x, 0 - x)`.
    Fabs "fabs": libm1(generic!(fabs), "fabs").alias(&["abs"]);
    /// True if `x` is a NaN.
    IsNan "isnan": helper(1, TypeRule::FloatToBool, kernel::is_nan, "isnan");
    /// True if `x` is plus or minus infinity.
    IsInf "isinf": helper(1, TypeRule::FloatToBool, kernel::is_infinite, "isinf");
    /// True if `x` is neither a NaN nor infinite.
    IsFinite "isfinite": helper(1, TypeRule::FloatToBool, kernel::is_finite, "isfinite");
    /// Number of one bits, in the type of `x`.
    Popcount "popcount": helper(1, TypeRule::Integer, kernel::popcount, "popcount").on(&[INT32]);
    /// Number of zero bits above the highest one bit; of 0 it is an error.
    Clz "clz": helper(1, TypeRule::IntegerToInt32, kernel::clz, "clz").on(&[(1.0, 2147483647.0)]);
    /// Number of zero bits below the lowest one bit; of 0 it is an error.
    Ctz "ctz":
        helper(1, TypeRule::IntegerToInt32, kernel::ctz, "ctz")
            .on(&[(1.0, 2147483647.0)])
            .extension();
    /// `x & y`, bit by bit.
    BitwiseAnd "bitwise_and": operator(2, TypeRule::Bits, kernel::bitwise_and, "&");
    /// `x | y`, bit by bit.
    BitwiseOr "bitwise_or": operator(2, TypeRule::Bits, kernel::bitwise_or, "|");
    /// `x ^ y`, bit by bit.
    BitwiseXor "bitwise_xor": operator(2, TypeRule::Bits, kernel::bitwise_xor, "^");
    /// `~x`, bit by bit; of a bool this is `not`.
    BitwiseNot "bitwise_not": operator(1, TypeRule::Bits, kernel::bitwise_not, "~");
    /// `x << y`; the count `y` is below the width of `x`.
    ShiftLeft "shift_left":
        helper(2, TypeRule::Shift, kernel::shift_left, "shl").on(&[(-128.0, 127.0), (0.0, 7.0)]);
    /// `x >> y`, copying the sign; the count `y` is below the width of `x`.
    ShiftRight "shift_right":
        helper(2, TypeRule::Shift, kernel::shift_right, "shr").on(&[(-128.0, 127.0), (0.0, 7.0)]);
    /// The second argument where the first holds, else the third; the other one is not evaluated.
    IfThenElse "if_then_else":
        special(3, TypeRule::IfThenElse)
            .evaluation(Evaluation::Lazy)
            .on(&[FLAG, (-1000.0, 1000.0)]);
    /// The argument itself, which is mostly true.
    Likely "likely": hint();
    /// The argument itself; loops are not split because of it.
    IgnoreLoopPartition "ignore_loop_partition": hint();
    /// States that a condition holds.
    Assume "assume": special(1, TypeRule::Condition).effect(Effect::Opaque).on(&[(1.0, 1.0)]);
    /// Any value: reading it is an error until something is written over it.
    Undef "undef": special(0, TypeRule::Undefined).effect(Effect::ReadsState);
    /// The value of the given type with the same bits.
    Reinterpret "reinterpret":
        row(1, TypeRule::Reinterpret, Kernel::Custom(kernel::reinterpret), CSpelling::Special);
    /// The `uint64` with the given low and high halves.
    LargeUIntImm "large_uint_imm":
        row(2, TypeRule::LargeUInt, Kernel::Custom(kernel::large_uint_imm), CSpelling::Special)
            .on(&[(0.0, 4294967295.0)]);
    /// Fixed-point product `x * y * 2^(s - q)`, rounded half up.
    QMultiplyShift "q_multiply_shift":
        helper(4, TypeRule::FixedPoint, kernel::q_multiply_shift, "q_multiply_shift")
            .on(&[INT32, INT32, (31.0, 31.0), (-16.0, 0.0)]);
    /// Fixed-point product with shifts that are given one by one.
    QMultiplyShiftPerAxis "q_multiply_shift_per_axis":
        helper(7, TypeRule::FixedPoint, kernel::q_per_axis, "q_multiply_shift_per_axis")
            .on(&[INT32, INT32, (0.0, 0.0), (0.0, 16.0), (31.0, 31.0), FLAG]);
    /// The lower half of a vector's lanes.
    VectorLow "vectorlow": special(1, TypeRule::VectorHalf);
    /// The upper half of a vector's lanes.
    VectorHigh "vectorhigh": special(1, TypeRule::VectorHalf);
    /// The lanes of two vectors, one after the other.
    VectorCombine "vectorcombine": special(2, TypeRule::VectorJoin);
    /// The address of an element.
    AddressOf "address_of": special(1, TypeRule::AddressOf).evaluation(Evaluation::Place);
    /// True for a null pointer.
    IsNullptr "isnullptr": special(1, TypeRule::PointerToBool);
    /// Adds to an element, atomically; gives the old value.
    AtomicAdd "atomic_add": atomic(TypeRule::Update, kernel::atomic_add, "atomic_add");
    /// Lowers an element to a value, atomically; gives the old value.
    AtomicMin "atomic_min": atomic(TypeRule::IntegerUpdate, kernel::atomic_min, "atomic_min");
    /// Raises an element to a value, atomically; gives the old value.
    AtomicMax "atomic_max": atomic(TypeRule::IntegerUpdate, kernel::atomic_max, "atomic_max");
    /// Masks an element with a value, atomically; gives the old value.
    AtomicAnd "atomic_and": atomic(TypeRule::IntegerUpdate, kernel::bitwise_and, "atomic_and");
    /// Sets bits of an element, atomically; gives the old value.
    AtomicOr "atomic_or": atomic(TypeRule::IntegerUpdate, kernel::bitwise_or, "atomic_or");
    /// Flips bits of an element, atomically; gives the old value.
    AtomicXor "atomic_xor": atomic(TypeRule::IntegerUpdate, kernel::bitwise_xor, "atomic_xor");
    /// Waits until all threads of the block have come here.
    StorageSync "tvm_storage_sync": statement(1);
    /// Reduces values over the threads of the block.
    ThreadAllreduce "tvm_thread_allreduce": statement(4);
}
