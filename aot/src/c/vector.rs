//! Vectors as GNU C has them: types with `vector_size`, operators that work lane by lane.
//!
//! Passes leave only what has such a form: contiguous accesses, operators, conversions, selection
//! by a comparison, and the calls of [`helper`]. Integers are computed unsigned, as they wrap.

use crate::c::ctype::{Kind, c_type, suffix};
use crate::c::expr::{CExpr, Prec};
use crate::c::func::FuncPrinter;
use crate::error::{AotError, Result};
use tirade_ir::expr::{Binary, BufferLoad, Call, Cast, Ramp, Shuffle};
use tirade_ir::stmt::BufferStore;
use tirade_ir::{BinOp, DType, Op, PrimExpr};

/// The name behind `tir_` of the type of vectors: `f32x16`.
pub(super) fn vector_suffix(dtype: DType) -> String {
    format!("{}x{}", suffix(dtype.element()), dtype.lanes())
}

/// The unsigned integer type with the width and lanes of `dtype`.
fn unsigned(dtype: DType) -> DType {
    DType::uint(dtype.bits() as u8).with_lanes(dtype.lanes())
}

impl FuncPrinter<'_> {
    /// The C type of a vector.
    pub(super) fn vector_type(&mut self, dtype: DType) -> String {
        self.needs.helper(format!("tir_{}", vector_suffix(dtype)))
    }

    fn vector_helper(&mut self, name: &str, dtype: DType) -> String {
        self.needs.helper(format!("tir_v{name}_{}", vector_suffix(dtype)))
    }

    /// An expression of several lanes.
    pub(super) fn vector(&mut self, expr: &PrimExpr) -> Result<CExpr> {
        let dtype = expr.dtype();
        match expr {
            PrimExpr::Var(var) => self.variable(*var),
            PrimExpr::Broadcast(b) => self.splat(&b.value, dtype),
            PrimExpr::Ramp(ramp) => self.ramp(ramp),
            PrimExpr::Load(load) => self.vector_load(load),
            PrimExpr::Cast(cast) => self.vector_cast(cast),
            PrimExpr::Binary(b) => self.vector_binary(b),
            PrimExpr::Select(s) => {
                let mask = self.vector(&s.condition)?;
                let (a, b) = (self.vector(&s.true_value)?, self.vector(&s.false_value)?);
                let helper = self.vector_helper("select", dtype);
                let mask_type = DType::int(dtype.bits() as u8).with_lanes(dtype.lanes());
                let mask = mask.cast(&self.vector_type(mask_type), Kind::Int);
                Ok(call(&helper, &[mask, a, b]))
            }
            PrimExpr::Call(call) => self.vector_call(call),
            PrimExpr::Shuffle(shuffle) => self.shuffle(shuffle),
            PrimExpr::Int { .. }
            | PrimExpr::Float { .. }
            | PrimExpr::Str(_)
            | PrimExpr::Not(_)
            | PrimExpr::Let(_)
            | PrimExpr::CallFunc(_) => {
                let what = format!("a vector expression of type `{dtype}` in this place");
                Err(AotError::unsupported(expr.span(), what))
            }
        }
    }

    fn splat(&mut self, value: &PrimExpr, dtype: DType) -> Result<CExpr> {
        let value = self.expr(value)?;
        let helper = self.vector_helper("splat", dtype);
        Ok(call(&helper, &[value]))
    }

    /// `base + {0, stride, 2 * stride, …}`
    fn ramp(&mut self, ramp: &Ramp) -> Result<CExpr> {
        let base = self.splat(&ramp.base, ramp.dtype)?;
        let stride = ramp.stride.as_int().ok_or_else(|| {
            AotError::unsupported(ramp.span, "a vector of numbers whose distance is not constant")
        })?;
        let wide = self.vector_type(unsigned(ramp.dtype));
        let modulus = 1i128 << ramp.dtype.bits();
        let lane = |k: u32| (i128::from(k) * stride).rem_euclid(modulus).to_string() + "u";
        let lanes: Vec<String> = (0..ramp.dtype.lanes()).map(lane).collect();
        let own = self.vector_type(ramp.dtype);
        let text = format!("({own})(({wide}){} + ({wide}){{{}}})", base.text, lanes.join(", "));
        Ok(CExpr::new(text, Prec::Unary, Kind::Int))
    }

    /// Lanes of one or two vectors of the result's type.
    fn shuffle(&mut self, shuffle: &Shuffle) -> Result<CExpr> {
        let vectors: Result<Vec<CExpr>> = shuffle.vectors.iter().map(|v| self.vector(v)).collect();
        let mut args = vectors?;
        if let [only] = &args[..] {
            args.push(only.clone());
        }
        let lanes = shuffle
            .indices
            .iter()
            .map(|i| CExpr::primary(i.as_int().unwrap_or(0).to_string(), Kind::Int));
        args.extend(lanes);
        let helper = self.vector_helper("shuffle", shuffle.dtype);
        Ok(call(&helper, &args))
    }

    fn vector_load(&mut self, load: &BufferLoad) -> Result<CExpr> {
        let memory = self.memory_of(&load.buffer, load.span)?;
        if memory.is_scalar {
            return Ok(CExpr::primary(memory.name, Kind::Float));
        }
        let address = self.element_address(load)?;
        let helper = self.vector_helper("load", load.dtype());
        Ok(CExpr::primary(format!("{helper}({address})"), Kind::Float))
    }

    /// A store of several lanes.
    pub(super) fn vector_store(&mut self, store: &BufferStore) -> Result<()> {
        let memory = self.memory_of(&store.buffer, store.span)?;
        let value = self.vector(&store.value)?;
        if memory.is_scalar {
            self.line(&format!("{} = {};", memory.name, value.text));
            return Ok(());
        }
        let place = BufferLoad {
            buffer: store.buffer.clone(),
            indices: store.indices.clone(),
            predicate: None,
            span: store.span,
        };
        let address = self.element_address(&place)?;
        let name = if self.streams { "stream" } else { "store" };
        let helper = self.vector_helper(name, store.value.dtype());
        self.line(&format!("{helper}({address}, {});", value.text));
        Ok(())
    }

    fn vector_cast(&mut self, cast: &Cast) -> Result<CExpr> {
        let value = self.vector(&cast.value)?;
        let (from, to) = (cast.value.dtype(), cast.dtype);
        let own = self.vector_type(to);
        if from == to {
            return Ok(value);
        }
        if from.is_integer() && to.is_integer() && from.bits() == to.bits() {
            return Ok(value.cast(&own, Kind::Int));
        }
        if from.is_integer() && to.is_integer() && from.bits() < to.bits() {
            self.vector_type(from);
            let helper = self.vector_helper(&format!("widen_{}", suffix(from.element())), to);
            return Ok(call(&helper, &[value]));
        }
        Ok(CExpr::primary(format!("__builtin_convertvector({}, {own})", value.text), Kind::Float))
    }

    fn vector_binary(&mut self, b: &Binary) -> Result<CExpr> {
        let dtype = b.lhs.dtype();
        let (x, y) = (self.vector(&b.lhs)?, self.vector(&b.rhs)?);
        let (token, prec) = match b.op {
            BinOp::Add => ("+", Prec::Additive),
            BinOp::Sub => ("-", Prec::Additive),
            BinOp::Mul => ("*", Prec::Multiplicative),
            BinOp::Div => ("/", Prec::Multiplicative),
            BinOp::Min | BinOp::Max => {
                let name = if b.op == BinOp::Min { "min" } else { "max" };
                let helper = self.vector_helper(name, dtype);
                return Ok(call(&helper, &[x, y]));
            }
            BinOp::Eq => ("==", Prec::Comparison),
            BinOp::Ne => ("!=", Prec::Comparison),
            BinOp::Lt => ("<", Prec::Comparison),
            BinOp::Le => ("<=", Prec::Comparison),
            BinOp::Gt => (">", Prec::Comparison),
            BinOp::Ge => (">=", Prec::Comparison),
            BinOp::Mod | BinOp::FloorDiv | BinOp::FloorMod | BinOp::And | BinOp::Or => {
                let what = format!("`{:?}` of vectors", b.op);
                return Err(AotError::unsupported(b.span, what));
            }
        };
        if dtype.is_int() && b.op.is_arithmetic() {
            let (wide, own) = (self.vector_type(unsigned(dtype)), self.vector_type(dtype));
            let (x, y) = (x.cast(&wide, Kind::Int), y.cast(&wide, Kind::Int));
            let text = format!("({own})({} {token} {})", x.text, y.text);
            return Ok(CExpr::new(text, Prec::Unary, Kind::Int));
        }
        let right = match prec {
            Prec::Additive => Prec::Multiplicative,
            Prec::Multiplicative => Prec::Unary,
            _ => Prec::Shift,
        };
        let left = if prec == Prec::Comparison { Prec::Shift } else { prec };
        Ok(CExpr::new(format!("{} {token} {}", x.at(left), y.at(right)), prec, Kind::Float))
    }

    fn vector_call(&mut self, c: &Call) -> Result<CExpr> {
        let dtype = c.dtype;
        let args: Result<Vec<CExpr>> = c.args.iter().map(|a| self.vector(a)).collect();
        let args = args?;
        let named = |name: &str, this: &mut Self| {
            let helper = this.vector_helper(name, dtype);
            Ok(call(&helper, &args))
        };
        match c.op {
            Op::Fma => named("fma", self),
            Op::Sqrt => named("sqrt", self),
            Op::Rsqrt => {
                let sqrt = self.vector_helper("sqrt", dtype);
                let one = if dtype.bits() == 64 { "1.0" } else { "1.0f" };
                let text = format!("{one} / {sqrt}({})", args[0].text);
                Ok(CExpr::new(text, Prec::Multiplicative, Kind::Float))
            }
            Op::Fabs => named("fabs", self),
            Op::Floor => named("floor", self),
            Op::Ceil => named("ceil", self),
            Op::Trunc => named("trunc", self),
            Op::Round | Op::Nearbyint => named("nearbyint", self),
            Op::Reinterpret => Ok(args[0].cast(&self.vector_type(dtype), Kind::Float)),
            Op::BitwiseNot => {
                Ok(CExpr::new(format!("~{}", args[0].at(Prec::Unary)), Prec::Unary, Kind::Int))
            }
            Op::BitwiseAnd => Ok(bitwise("&", &args)),
            Op::BitwiseOr => Ok(bitwise("|", &args)),
            Op::BitwiseXor => Ok(bitwise("^", &args)),
            Op::ShiftLeft | Op::ShiftRight => {
                let wide = self.vector_type(unsigned(dtype));
                let own = self.vector_type(dtype);
                let count =
                    format!("({}) & {}u", args[1].cast(&wide, Kind::Int).text, dtype.bits() - 1);
                Ok(match c.op {
                    Op::ShiftLeft => {
                        let value = args[0].cast(&wide, Kind::Int);
                        let text = format!("({own})({} << ({count}))", value.text);
                        CExpr::new(text, Prec::Unary, Kind::Int)
                    }
                    _ => {
                        let text = format!("({} >> ({own})({count}))", args[0].at(Prec::Unary));
                        CExpr::primary(text, Kind::Int)
                    }
                })
            }
            _ => Err(AotError::unsupported(c.span, format!("`{}` of vectors", c.op))),
        }
    }
}

fn call(helper: &str, args: &[CExpr]) -> CExpr {
    let args: Vec<&str> = args.iter().map(|a| a.text.as_str()).collect();
    CExpr::primary(format!("{helper}({})", args.join(", ")), Kind::Float)
}

fn bitwise(token: &str, args: &[CExpr]) -> CExpr {
    let text = format!("{} {token} {}", args[0].at(Prec::Unary), args[1].at(Prec::Unary));
    CExpr::new(text, Prec::Bitwise, Kind::Int)
}

/// The C text of a vector type or helper by its name behind `tir_`, and what it needs.
pub(super) fn helper(name: &str) -> Option<(String, Vec<String>)> {
    let (base, shape) = match name.rsplit_once('_') {
        Some((base, shape)) => (base.strip_prefix('v')?, shape),
        None => ("", name),
    };
    let (element, lanes) = shape.split_once('x')?;
    let lanes: u32 = lanes.parse().ok()?;
    let dtype = element_of(element)?;
    let scalar = c_type(dtype)?;
    let own = format!("tir_{shape}");
    let bits = dtype.bits();
    let bytes = bits / 8 * lanes;
    let bits_type = format!("tir_u{bits}x{lanes}");
    let mask_type = format!("tir_i{bits}x{lanes}");
    let mut needs = vec![own.clone()];
    let f32 = dtype == DType::FLOAT32;
    let at_once = |name: &str| instruction(name, f32, bytes);
    let text = match base {
        "" => {
            needs.clear();
            format!("typedef {scalar} {own} __attribute__((vector_size({bytes})));")
        }
        "load" => format!(
            "static inline {own} tir_vload_{shape}(const {scalar} *p) {{\n  \
             typedef {own} loose __attribute__((aligned({align}), may_alias));\n  \
             return *(const loose *)p;\n}}",
            align = bits / 8
        ),
        "store" => format!(
            "static inline void tir_vstore_{shape}({scalar} *p, {own} x) {{\n  \
             typedef {own} loose __attribute__((aligned({align}), may_alias));\n  \
             *(loose *)p = x;\n}}",
            align = bits / 8
        ),
        "stream" => {
            needs.push(format!("tir_vstore_{shape}"));
            stream(&own, shape, scalar, bytes)
        }
        "splat" => {
            let lanes: Vec<&str> = (0..lanes).map(|_| "x").collect();
            format!(
                "static inline {own} tir_vsplat_{shape}({scalar} x) {{\n  \
                 return ({own}){{{}}};\n}}",
                lanes.join(", ")
            )
        }
        "shuffle" => {
            needs.push(mask_type.clone());
            format!(
                "/* Lanes of a and b by their numbers. gcc has the builtin of clang since version 12. */\n\
                 #if defined(__clang__) || __GNUC__ >= 12\n\
                 #define tir_vshuffle_{shape}(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)\n\
                 #else\n\
                 #define tir_vshuffle_{shape}(a, b, ...) __builtin_shuffle(a, b, ({mask_type}){{__VA_ARGS__}})\n\
                 #endif"
            )
        }
        "select" => {
            needs.extend([bits_type.clone(), mask_type.clone()]);
            format!(
                "static inline {own} tir_vselect_{shape}({mask_type} mask, {own} a, {own} b) {{\n  \
                 return ({own})((({bits_type})mask & ({bits_type})a) | (~({bits_type})mask & ({bits_type})b));\n}}"
            )
        }
        "fabs" => {
            needs.push(bits_type.clone());
            let ones = (u64::MAX >> (64 - bits)) >> 1;
            format!(
                "static inline {own} tir_vfabs_{shape}({own} x) {{\n  \
                 return ({own})(({bits_type})x & UINT{bits}_C({ones:#x}));\n}}"
            )
        }
        "min" | "max" => {
            let token = if base == "min" { "<" } else { ">" };
            let helper = format!("tir_vselect_{shape}");
            needs.push(helper.clone());
            needs.push(mask_type.clone());
            let plain = format!("return {helper}(({mask_type})(a {token} b), a, b);");
            let at_once = if dtype.is_float() { at_once(base) } else { None };
            function(&own, base, shape, &["a", "b"], at_once, &plain)
        }
        "fma" | "sqrt" | "floor" | "ceil" | "trunc" | "nearbyint" => {
            let params: &[&str] = if base == "fma" { &["a", "b", "c"] } else { &["a"] };
            let of_lane: Vec<String> = params.iter().map(|p| format!("{p}[k]")).collect();
            let end = if f32 { "f" } else { "" };
            let plain = format!(
                "{own} r;\n  for (int k = 0; k < {lanes}; ++k) r[k] = __builtin_{base}{end}({});\n  \
                 return r;",
                of_lane.join(", ")
            );
            function(&own, base, shape, params, at_once(base), &plain)
        }
        _ => {
            let from = base.strip_prefix("widen_").and_then(element_of)?;
            needs.push(format!("tir_{}x{lanes}", suffix(from)));
            widen(from, dtype, lanes, shape)
        }
    };
    Some((text, needs))
}

/// Integers of `from` as wider ones of `to`. gcc takes the general form apart, lane by lane.
fn widen(from: DType, to: DType, lanes: u32, shape: &str) -> String {
    let own = format!("tir_{shape}");
    let (short, narrow) = (suffix(from), format!("tir_{}x{lanes}", suffix(from)));
    let kind = if from.is_int() { 's' } else { 'z' };
    let vector =
        |element: &str, bytes: u32| format!("(__attribute__((vector_size({bytes}))) {element})");
    let (chars, shorts) = (vector("char", 16), vector("short", 16));
    let at_once = match (from.bits(), to.bits(), lanes) {
        (8, 32, 16) => Some((
            "__AVX512F__",
            format!(
                "pmov{kind}xbd512_mask({chars}x, {}{{0}}, (unsigned short)-1)",
                vector("int", 64)
            ),
        )),
        (16, 32, 16) => Some((
            "__AVX512F__",
            format!(
                "pmov{kind}xwd512_mask({}x, {}{{0}}, (unsigned short)-1)",
                vector("short", 32),
                vector("int", 64)
            ),
        )),
        (8, 16, 32) => Some((
            "__AVX512BW__",
            format!(
                "pmov{kind}xbw512_mask({}x, {}{{0}}, (unsigned)-1)",
                vector("char", 32),
                vector("short", 64)
            ),
        )),
        (16, 32, 8) => Some(("__AVX2__", format!("pmov{kind}xwd256({shorts}x)"))),
        (8, 16, 16) => Some(("__AVX2__", format!("pmov{kind}xbw256({chars}x)"))),
        (8, 32, 8) => {
            let twice =
                "__builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7)";
            Some(("__AVX2__", format!("pmov{kind}xbd256({chars}{twice})")))
        }
        _ => None,
    };
    let head = format!("static inline {own} tir_vwiden_{short}_{shape}({narrow} x) {{\n");
    let plain = format!("  return __builtin_convertvector(x, {own});\n");
    match at_once {
        Some((feature, call)) => format!(
            "{head}#if defined({feature}) && !defined(__clang__)\n  \
             return ({own})__builtin_ia32_{call};\n#else\n{plain}#endif\n}}"
        ),
        None => format!("{head}{plain}}}"),
    }
}

/// The type that a suffix names.
fn element_of(suffix: &str) -> Option<DType> {
    let bits = suffix.get(1..)?.parse().ok().filter(|b| matches!(b, 8 | 16 | 32 | 64))?;
    match (suffix.as_bytes().first()?, bits) {
        (b'i', bits) => Some(DType::int(bits)),
        (b'u', bits) => Some(DType::uint(bits)),
        (b'f', 32) => Some(DType::FLOAT32),
        (b'f', 64) => Some(DType::FLOAT64),
        _ => None,
    }
}

/// A function with one instruction where the machine has it.
fn function(
    own: &str,
    base: &str,
    shape: &str,
    params: &[&str],
    at_once: Option<(&str, String)>,
    plain: &str,
) -> String {
    let list: Vec<String> = params.iter().map(|p| format!("{own} {p}")).collect();
    let head = format!("static inline {own} tir_v{base}_{shape}({}) {{\n", list.join(", "));
    match at_once {
        Some((guard, call)) => {
            format!("{head}#if {guard}\n  return ({own}){call};\n#else\n  {plain}\n#endif\n}}")
        }
        None => format!("{head}  {plain}\n}}"),
    }
}

/// The built-in function of gcc for x86 that does `name` on vectors of so many bytes, and the
/// condition under which there is one. Its results are those of IEEE, and of `a < b ? a : b` and
/// `a > b ? a : b` for minimum and maximum.
fn instruction(name: &str, f32: bool, bytes: u32) -> Option<(&'static str, String)> {
    let kind = if f32 { "ps" } else { "pd" };
    let all = if f32 { "(unsigned short)-1" } else { "(unsigned char)-1" };
    let rounding = match name {
        "nearbyint" => 8,
        "floor" => 9,
        "ceil" => 10,
        _ => 11,
    };
    let (avx512, avx, fma) = (
        "defined(__AVX512F__) && !defined(__clang__)",
        "defined(__AVX__) && !defined(__clang__)",
        "defined(__FMA__) && !defined(__clang__)",
    );
    match (name, bytes) {
        ("min" | "max", 64) => {
            Some((avx512, format!("__builtin_ia32_{name}{kind}512_mask(a, b, a, {all}, 4)")))
        }
        ("min" | "max", 32) => Some((avx, format!("__builtin_ia32_{name}{kind}256(a, b)"))),
        ("fma", 64) => {
            Some((avx512, format!("__builtin_ia32_vfmadd{kind}512_mask(a, b, c, {all}, 4)")))
        }
        ("fma", 32) => Some((fma, format!("__builtin_ia32_vfmadd{kind}256(a, b, c)"))),
        ("sqrt", 64) => {
            Some((avx512, format!("__builtin_ia32_sqrt{kind}512_mask(a, a, {all}, 4)")))
        }
        ("sqrt", 32) => Some((avx, format!("__builtin_ia32_sqrt{kind}256(a)"))),
        ("floor" | "ceil" | "trunc" | "nearbyint", 64) => Some((
            avx512,
            format!("__builtin_ia32_rndscale{kind}_mask(a, {rounding}, a, {all}, 4)"),
        )),
        ("floor" | "ceil" | "trunc" | "nearbyint", 32) => {
            Some((avx, format!("__builtin_ia32_round{kind}256(a, {rounding})")))
        }
        _ => None,
    }
}

/// A store past the caches, where the machine has it and the place is aligned.
fn stream(own: &str, shape: &str, scalar: &str, bytes: u32) -> String {
    let head = format!("static inline void tir_vstream_{shape}({scalar} *p, {own} x) {{\n");
    let (guard, call) = match bytes {
        64 => (
            "defined(__AVX512F__)",
            "__builtin_ia32_movntdq512((__attribute__((vector_size(64))) long long *)p, (__attribute__((vector_size(64))) long long)x)",
        ),
        32 => (
            "defined(__AVX__)",
            "__builtin_ia32_movntdq256((__attribute__((vector_size(32))) long long *)p, (__attribute__((vector_size(32))) long long)x)",
        ),
        _ => return format!("{head}  tir_vstore_{shape}(p, x);\n}}"),
    };
    format!(
        "{head}#if {guard} && !defined(__clang__)\n  if (((uintptr_t)p & {}) == 0) {{\n    {call};\n    \
         return;\n  }}\n#endif\n  tir_vstore_{shape}(p, x);\n}}",
        bytes - 1
    )
}
