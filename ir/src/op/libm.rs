//! The C library's mathematical functions.
//!
//! Compiled programs call these symbols, so the interpreter and constant folding call the very
//! same ones: their results then agree bit by bit, whatever the accuracy of the library. This is
//! also why nothing here goes through Rust's `f32::exp` and the like, which need not end in the
//! same library.
#![allow(unsafe_code)]

#[link(name = "m")]
unsafe extern "C" {}

macro_rules! functions {
    ($($name:ident($($arg:ident: $T:ty),*) -> $R:ty;)*) => {
        $(
            #[doc = concat!("C's `", stringify!($name), "`.")]
            // Never inlined: an optimiser that sees a constant argument may fold the call with
            // its own library, whose last bit need not be that of the C library at run time.
            #[inline(never)]
            pub fn $name($($arg: $T),*) -> $R {
                // SAFETY: this is the prototype in C99 7.12 (exp10: in glibc's and C23's <math.h>).
                unsafe extern "C" {
                    fn $name($($arg: $T),*) -> $R;
                }
                // SAFETY: a function of numbers by value, defined for all of them, that touches
                // no memory but errno.
                unsafe { $name($($arg),*) }
            }
        )*
    };
}

macro_rules! unary {
    ($($f32:ident $f64:ident)*) => {
        functions! { $($f32(x: f32) -> f32; $f64(x: f64) -> f64;)* }
    };
}

unary! {
    expf exp
    exp2f exp2
    exp10f exp10
    expm1f expm1
    logf log
    log2f log2
    log10f log10
    log1pf log1p
    sinf sin
    cosf cos
    tanf tan
    asinf asin
    acosf acos
    atanf atan
    sinhf sinh
    coshf cosh
    tanhf tanh
    asinhf asinh
    acoshf acosh
    atanhf atanh
    cbrtf cbrt
    erff erf
    erfcf erfc
}

functions! {
    powf(x: f32, y: f32) -> f32;
    pow(x: f64, y: f64) -> f64;
    atan2f(y: f32, x: f32) -> f32;
    atan2(y: f64, x: f64) -> f64;
    hypotf(x: f32, y: f32) -> f32;
    hypot(x: f64, y: f64) -> f64;
    nextafterf(x: f32, y: f32) -> f32;
    nextafter(x: f64, y: f64) -> f64;
    ldexpf(x: f32, exponent: i32) -> f32;
    ldexp(x: f64, exponent: i32) -> f64;
    fmaf(x: f32, y: f32, z: f32) -> f32;
    fma(x: f64, y: f64, z: f64) -> f64;
}
