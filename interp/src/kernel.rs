//! Operators on bits: the scalar arithmetic of `tirade_ir::scalar`, picked by type once.
//!
//! A value is held as the bits of its type, extended with zeros. A kernel reads them as its type,
//! computes, and gives bits again; the type is no longer looked at when the program runs.

pub mod column;

use column::{Columns1, Columns2};
use smallvec::SmallVec;
use std::marker::PhantomData;
use tirade_ir::op::{FloatKernel, Kernel};
use tirade_ir::scalar::{Arith, Checked, Element, Integer, Scalar, bf16, cast, f16};
use tirade_ir::{BinOp, DType, Op, with_arith, with_element, with_integer};

/// A function of one value.
#[derive(Clone, Copy, Debug)]
pub enum UnaryKernel {
    /// On bits.
    Bits(fn(u64) -> Checked<u64>, Columns1),
    /// On `float16`.
    F16(fn(f16) -> f16),
    /// On `bfloat16`.
    Bf16(fn(bf16) -> bf16),
    /// On `float32`.
    F32(fn(f32) -> f32),
    /// On `float64`.
    F64(fn(f64) -> f64),
    /// An op on a value of the first type, with a result of the second.
    Op(Op, DType, DType),
}

/// A function of two values.
#[derive(Clone, Copy, Debug)]
pub enum BinaryKernel {
    /// On bits.
    Bits(fn(u64, u64) -> Checked<u64>, Columns2),
    /// On `float16`.
    F16(fn(f16, f16) -> f16),
    /// On `bfloat16`.
    Bf16(fn(bf16, bf16) -> bf16),
    /// On `float32`.
    F32(fn(f32, f32) -> f32),
    /// On `float64`.
    F64(fn(f64, f64) -> f64),
    /// An op on values of the two types, with a result of the third.
    Op(Op, [DType; 2], DType),
}

/// A function of more values.
#[derive(Clone, Debug)]
pub enum NaryKernel {
    /// Of three `float32`s.
    F32(fn(f32, f32, f32) -> f32),
    /// Of three `float64`s.
    F64(fn(f64, f64, f64) -> f64),
    /// An op on values of the given types, with a result of the last type.
    Op(Op, Box<[DType]>, DType),
}

impl UnaryKernel {
    /// The value.
    #[inline(always)]
    pub fn apply(self, x: u64) -> Checked<u64> {
        match self {
            UnaryKernel::Bits(f, _) => f(x),
            UnaryKernel::F16(f) => Checked::ok(f(f16::from_raw(x)).to_raw()),
            UnaryKernel::Bf16(f) => Checked::ok(f(bf16::from_raw(x)).to_raw()),
            UnaryKernel::F32(f) => Checked::ok(f(f32::from_raw(x)).to_raw()),
            UnaryKernel::F64(f) => Checked::ok(f(f64::from_raw(x)).to_raw()),
            UnaryKernel::Op(op, arg, dtype) => apply_op(op, dtype, &[(arg, x)]),
        }
    }
}

impl BinaryKernel {
    /// The value.
    #[inline(always)]
    pub fn apply(self, x: u64, y: u64) -> Checked<u64> {
        match self {
            BinaryKernel::Bits(f, _) => f(x, y),
            BinaryKernel::F16(f) => Checked::ok(f(f16::from_raw(x), f16::from_raw(y)).to_raw()),
            BinaryKernel::Bf16(f) => Checked::ok(f(bf16::from_raw(x), bf16::from_raw(y)).to_raw()),
            BinaryKernel::F32(f) => Checked::ok(f(f32::from_raw(x), f32::from_raw(y)).to_raw()),
            BinaryKernel::F64(f) => Checked::ok(f(f64::from_raw(x), f64::from_raw(y)).to_raw()),
            BinaryKernel::Op(op, [a, b], dtype) => apply_op(op, dtype, &[(a, x), (b, y)]),
        }
    }
}

impl NaryKernel {
    /// The value.
    pub fn apply(&self, values: &[u64]) -> Checked<u64> {
        match (self, values) {
            (NaryKernel::F32(f), &[x, y, z]) => {
                Checked::ok(f(f32::from_raw(x), f32::from_raw(y), f32::from_raw(z)).to_raw())
            }
            (NaryKernel::F64(f), &[x, y, z]) => {
                Checked::ok(f(f64::from_raw(x), f64::from_raw(y), f64::from_raw(z)).to_raw())
            }
            (NaryKernel::Op(op, dtypes, dtype), _) => {
                let args: SmallVec<[_; MAX_ARGS]> =
                    dtypes.iter().copied().zip(values.iter().copied()).collect();
                apply_op(*op, *dtype, &args)
            }
            (NaryKernel::F32(_) | NaryKernel::F64(_), _) => Checked::ok(0),
        }
    }
}

/// Ops with kernels take no more arguments than this.
const MAX_ARGS: usize = 8;

/// The op on values of known types. Resolving has seen that the op is defined on these types.
fn apply_op(op: Op, dtype: DType, args: &[(DType, u64)]) -> Checked<u64> {
    let mut scalars = [Scalar::new(false); MAX_ARGS];
    for (slot, (dtype, bits)) in scalars.iter_mut().zip(args) {
        *slot = Scalar::from_raw(*dtype, *bits).unwrap_or(*slot);
    }
    match op.eval(dtype, &scalars[..args.len().min(MAX_ARGS)]) {
        Some(checked) => checked.map(Scalar::bits),
        None => Checked::ok(0),
    }
}

/// A function of one value on bits.
pub trait Lane1 {
    /// The value.
    fn run(x: u64) -> Checked<u64>;
}

/// A function of two values on bits.
pub trait Lane2 {
    /// The value.
    fn run(x: u64, y: u64) -> Checked<u64>;
}

fn kernel1<L: Lane1>() -> UnaryKernel {
    UnaryKernel::Bits(L::run, Columns1::of::<L>())
}

fn kernel2<L: Lane2>() -> BinaryKernel {
    BinaryKernel::Bits(L::run, Columns2::of::<L>())
}

/// The kernel of an infix operator on operands of `dtype` (lanes do not matter).
pub fn infix(op: BinOp, dtype: DType) -> Option<BinaryKernel> {
    let dtype = dtype.element();
    Some(match op {
        BinOp::Add => with_arith!(dtype, T => kernel2::<Fallible<T, Add>>(), else return None),
        BinOp::Sub => with_arith!(dtype, T => kernel2::<Fallible<T, Sub>>(), else return None),
        BinOp::Mul => with_arith!(dtype, T => kernel2::<Fallible<T, Mul>>(), else return None),
        BinOp::Div => {
            with_arith!(dtype, T => kernel2::<Fallible<T, TruncDiv>>(), else return None)
        }
        BinOp::Mod => {
            with_arith!(dtype, T => kernel2::<Fallible<T, TruncMod>>(), else return None)
        }
        BinOp::FloorDiv => {
            with_integer!(dtype, T => kernel2::<Fallible<T, FloorDiv>>(), else return None)
        }
        BinOp::FloorMod => {
            with_integer!(dtype, T => kernel2::<Fallible<T, FloorMod>>(), else return None)
        }
        BinOp::Min => with_element!(dtype, T => kernel2::<Total<T, Min>>(), else return None),
        BinOp::Max => with_element!(dtype, T => kernel2::<Total<T, Max>>(), else return None),
        BinOp::Eq => with_element!(dtype, T => kernel2::<Test<T, Eq>>(), else return None),
        BinOp::Ne => with_element!(dtype, T => kernel2::<Test<T, Ne>>(), else return None),
        BinOp::Lt => with_element!(dtype, T => kernel2::<Test<T, Lt>>(), else return None),
        BinOp::Le => with_element!(dtype, T => kernel2::<Test<T, Le>>(), else return None),
        BinOp::Gt => with_element!(dtype, T => kernel2::<Test<T, Gt>>(), else return None),
        BinOp::Ge => with_element!(dtype, T => kernel2::<Test<T, Ge>>(), else return None),
        BinOp::And if dtype.is_bool() => kernel2::<Total<bool, Min>>(),
        BinOp::Or if dtype.is_bool() => kernel2::<Total<bool, Max>>(),
        BinOp::And | BinOp::Or => return None,
    })
}

/// Cast from one element type to another.
pub fn cast_kernel(from: DType, to: DType) -> Option<UnaryKernel> {
    struct Cast<A, B>(PhantomData<(A, B)>);
    impl<A: Element, B: Element> Lane1 for Cast<A, B> {
        #[inline(always)]
        fn run(x: u64) -> Checked<u64> {
            cast::<A, B>(A::from_raw(x)).map(B::to_raw)
        }
    }
    with_element!(from.element(), A => {
        with_element!(to.element(), B => Some(kernel1::<Cast<A, B>>()), else None)
    }, else None)
}

/// Logical negation of a bool.
pub fn not_kernel() -> UnaryKernel {
    struct Not;
    impl Lane1 for Not {
        #[inline(always)]
        fn run(x: u64) -> Checked<u64> {
            Checked::ok((x == 0) as u64)
        }
    }
    kernel1::<Not>()
}

/// The kernel of an op of one argument.
pub fn unary_op(op: Op, arg: DType, dtype: DType) -> Option<UnaryKernel> {
    let (arg, dtype) = (arg.element(), dtype.element());
    if let Kernel::Unary(table) = &op.info().kernel {
        return match arg {
            DType::FLOAT16 => Some(UnaryKernel::F16(f16::unary(table))),
            DType::BFLOAT16 => Some(UnaryKernel::Bf16(bf16::unary(table))),
            DType::FLOAT32 => Some(UnaryKernel::F32(f32::unary(table))),
            DType::FLOAT64 => Some(UnaryKernel::F64(f64::unary(table))),
            _ => None,
        };
    }
    is_defined(op, &[arg], dtype).then_some(UnaryKernel::Op(op, arg, dtype))
}

/// The kernel of an op of two arguments.
pub fn binary_op(op: Op, args: [DType; 2], dtype: DType) -> Option<BinaryKernel> {
    let (args, dtype) = (args.map(DType::element), dtype.element());
    if let Kernel::Binary(table) = &op.info().kernel {
        return match args[0] {
            DType::FLOAT16 => Some(BinaryKernel::F16(f16::binary(table))),
            DType::BFLOAT16 => Some(BinaryKernel::Bf16(bf16::binary(table))),
            DType::FLOAT32 => Some(BinaryKernel::F32(f32::binary(table))),
            DType::FLOAT64 => Some(BinaryKernel::F64(f64::binary(table))),
            _ => None,
        };
    }
    let same = args[0] == args[1];
    let shift = match op {
        Op::ShiftLeft if same => {
            with_integer!(dtype, T => Some(kernel2::<Fallible<T, Shl>>()), else None)
        }
        Op::ShiftRight if same => {
            with_integer!(dtype, T => Some(kernel2::<Fallible<T, Shr>>()), else None)
        }
        _ => None,
    };
    let defined = || is_defined(op, &args, dtype).then_some(BinaryKernel::Op(op, args, dtype));
    shift.or_else(defined)
}

/// The kernel of an op of any number of arguments.
pub fn nary_op(op: Op, args: &[DType], dtype: DType) -> Option<NaryKernel> {
    let args: Box<[DType]> = args.iter().map(|d| d.element()).collect();
    let dtype = dtype.element();
    match (&op.info().kernel, dtype) {
        (Kernel::Ternary(table), DType::FLOAT32) => Some(NaryKernel::F32(f32::ternary(table))),
        (Kernel::Ternary(table), DType::FLOAT64) => Some(NaryKernel::F64(f64::ternary(table))),
        _ if args.len() > MAX_ARGS || !is_defined(op, &args, dtype) => None,
        _ => Some(NaryKernel::Op(op, args, dtype)),
    }
}

/// True if the op has a value on arguments of these types.
fn is_defined(op: Op, args: &[DType], dtype: DType) -> bool {
    let ones: Option<Vec<Scalar>> = args.iter().map(|d| Scalar::from_i128(*d, 1)).collect();
    ones.is_some_and(|ones| op.eval(dtype, &ones).is_some())
}

/// A function of two values of type `T`.
trait Function<T, R> {
    fn run(a: T, b: T) -> R;
}

macro_rules! functions {
    ($bound:path => $R:ty: $($name:ident |$a:ident, $b:ident| $body:expr;)*) => {
        $(struct $name;
        impl<T: $bound> Function<T, $R> for $name {
            #[inline(always)]
            fn run($a: T, $b: T) -> $R {
                $body
            }
        })*
    };
}

functions! { Arith => Checked<T>:
    Add |a, b| a.add(b);
    Sub |a, b| a.sub(b);
    Mul |a, b| a.mul(b);
    TruncDiv |a, b| a.truncdiv(b);
    TruncMod |a, b| a.truncmod(b);
}

functions! { Integer => Checked<T>:
    FloorDiv |a, b| a.floordiv(b);
    FloorMod |a, b| a.floormod(b);
    Shl |a, b| a.shl(b);
    Shr |a, b| a.shr(b);
}

functions! { Element => T:
    Min |a, b| a.select_min(b);
    Max |a, b| a.select_max(b);
}

functions! { Element => bool:
    Eq |a, b| a == b;
    Ne |a, b| a != b;
    Lt |a, b| a < b;
    Le |a, b| a <= b;
    Gt |a, b| a > b;
    Ge |a, b| a >= b;
}

/// A function on bits of type `T` that may have a fault.
struct Fallible<T, F>(PhantomData<(T, F)>);

impl<T: Element, F: Function<T, Checked<T>>> Lane2 for Fallible<T, F> {
    #[inline(always)]
    fn run(x: u64, y: u64) -> Checked<u64> {
        F::run(T::from_raw(x), T::from_raw(y)).map(T::to_raw)
    }
}

/// A function on bits of type `T` that has no fault.
struct Total<T, F>(PhantomData<(T, F)>);

impl<T: Element, F: Function<T, T>> Lane2 for Total<T, F> {
    #[inline(always)]
    fn run(x: u64, y: u64) -> Checked<u64> {
        Checked::ok(F::run(T::from_raw(x), T::from_raw(y)).to_raw())
    }
}

/// A comparison on bits of type `T`.
struct Test<T, F>(PhantomData<(T, F)>);

impl<T: Element, F: Function<T, bool>> Lane2 for Test<T, F> {
    #[inline(always)]
    fn run(x: u64, y: u64) -> Checked<u64> {
        Checked::ok(F::run(T::from_raw(x), T::from_raw(y)) as u64)
    }
}
