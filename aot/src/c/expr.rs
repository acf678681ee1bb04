//! Expressions.
//!
//! Every node computes exactly what SEMANTICS says: integers are cut to their type at every node,
//! by unsigned arithmetic unless the range of the result shows that plain C does the same; 16-bit
//! floats are rounded at every node.

use crate::c::bounds::Interval;
use crate::c::ctype::{Kind, c_type, is_half, kind_of, suffix};
use crate::c::func::FuncPrinter;
use crate::c::literal::{float_literal, int_literal, string_literal};
use crate::error::{AotError, Result};
use tirade_ir::expr::{Binary, Cast};
use tirade_ir::scalar::{self, Scalar};
use tirade_ir::{BinOp, DType, PrimExpr, Span};

/// Precedence of the outermost operator of a text, higher binds tighter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Prec {
    /// `a ? b : c`
    Conditional,
    /// `a || b`
    LogicalOr,
    /// `a && b`
    LogicalAnd,
    /// `a | b`, `a ^ b`, `a & b`
    Bitwise,
    /// `a == b`, `a < b`
    Comparison,
    /// `a << b`
    Shift,
    /// `a + b`
    Additive,
    /// `a * b`
    Multiplicative,
    /// `-a`, `!a`, `(int)a`
    Unary,
    /// Names, literals, calls, subscripts.
    Primary,
}

/// A printed expression.
#[derive(Clone, Debug)]
pub struct CExpr {
    /// The text.
    pub text: String,
    /// How tightly it binds.
    pub prec: Prec,
    /// The C type it has.
    pub kind: Kind,
}

impl CExpr {
    /// A text of any precedence.
    pub fn new(text: impl Into<String>, prec: Prec, kind: Kind) -> CExpr {
        CExpr { text: text.into(), prec, kind }
    }

    /// A name, literal, call or subscript.
    pub fn primary(text: impl Into<String>, kind: Kind) -> CExpr {
        CExpr::new(text, Prec::Primary, kind)
    }

    /// The text, in parentheses if it binds less tightly than `prec`.
    pub fn at(&self, prec: Prec) -> String {
        if self.prec < prec { format!("({})", self.text) } else { self.text.clone() }
    }

    /// `(c_type)text`
    pub fn cast(&self, c_type: &str, kind: Kind) -> CExpr {
        CExpr::new(format!("({c_type}){}", self.at(Prec::Unary)), Prec::Unary, kind)
    }

    /// `lhs token rhs` with a left-associative operator.
    fn infix(lhs: &CExpr, token: &str, rhs: &CExpr, prec: Prec, kind: Kind) -> CExpr {
        let tighter = match prec {
            Prec::Multiplicative => Prec::Unary,
            Prec::Additive => Prec::Multiplicative,
            _ => Prec::Shift,
        };
        CExpr::new(format!("{} {token} {}", lhs.at(prec), rhs.at(tighter)), prec, kind)
    }
}

/// The unsigned C type of `bits` bits, at least 32.
fn unsigned_type(bits: u32) -> &'static str {
    if bits == 64 { "uint64_t" } else { "uint32_t" }
}

fn unsigned_kind(bits: u32) -> Kind {
    if bits == 64 { Kind::UInt64 } else { Kind::UInt }
}

impl FuncPrinter<'_> {
    /// An expression.
    pub(super) fn expr(&mut self, expr: &PrimExpr) -> Result<CExpr> {
        let dtype = expr.dtype();
        if !dtype.is_scalar() {
            return self.vector(expr);
        }
        match expr {
            PrimExpr::Int { .. } | PrimExpr::Float { .. } => self.literal(expr),
            PrimExpr::Var(var) => self.variable(*var),
            PrimExpr::Str(s) => Ok(CExpr::primary(string_literal(&s.value), Kind::Pointer)),
            PrimExpr::Cast(cast) => self.cast(cast),
            PrimExpr::Binary(b) => self.binary(b),
            PrimExpr::Not(not) => self.not(&not.value),
            // Both arms are pure here, so that evaluating one of them makes no difference.
            PrimExpr::Select(s) => self.conditional(&s.condition, &s.true_value, &s.false_value),
            PrimExpr::Load(load) => self.load(load),
            PrimExpr::Call(call) => self.call(call),
            PrimExpr::CallFunc(call) => self.call_func(call),
            PrimExpr::Ramp(_) | PrimExpr::Broadcast(_) | PrimExpr::Shuffle(_) => {
                Err(AotError::unsupported(expr.span(), "a vector in this place"))
            }
            PrimExpr::Let(l) => Err(AotError::unsupported(l.span, "`T.Let` in this place")),
        }
    }

    fn literal(&mut self, expr: &PrimExpr) -> Result<CExpr> {
        let dtype = expr.dtype();
        let Some(value) = Scalar::from_literal(expr) else {
            return Err(AotError::unsupported(Span::NONE, format!("a literal of type `{dtype}`")));
        };
        if let Some(value) = value.to_i128() {
            return Ok(int_expr(value, dtype));
        }
        if is_half(dtype) {
            return Ok(CExpr::primary(format!("0x{:04x}", value.bits()), Kind::Int));
        }
        let is_double = dtype == DType::FLOAT64;
        let kind = kind_of(dtype);
        match float_literal(value.to_f64(), is_double) {
            // `INFINITY` would be all that is needed of a header that may be missing.
            Some(text) if !(self.module.options.freestanding && text.contains("INFINITY")) => {
                if text.contains("INFINITY") {
                    self.needs.header("math.h");
                }
                let is_primary = !text.starts_with(['-', '(']);
                let prec = if is_primary { Prec::Primary } else { Prec::Unary };
                Ok(CExpr::new(text, prec, kind))
            }
            _ => {
                let helper = self.needs.helper(format!("tir_from_bits_{}", suffix(dtype)));
                let bits = int_literal(value.bits().into(), DType::uint(dtype.bits() as u8));
                Ok(CExpr::primary(format!("{helper}({bits})"), kind))
            }
        }
    }

    /// `!value`
    pub(super) fn not(&mut self, value: &PrimExpr) -> Result<CExpr> {
        let value = self.truth(value)?;
        Ok(CExpr::new(format!("!{}", value.at(Prec::Unary)), Prec::Unary, Kind::Int))
    }

    /// A bool that decides something. Tiny C takes the wrong arm of `(x ? 0 : 0) ? a : b`, and of
    /// `!(x ? 1 : 1) ? a : b`.
    fn truth(&mut self, condition: &PrimExpr) -> Result<CExpr> {
        let value = self.expr(condition)?;
        Ok(match value.prec {
            Prec::Conditional => {
                CExpr::new(format!("({}) != 0", value.text), Prec::Comparison, Kind::Int)
            }
            _ => value,
        })
    }

    /// `condition ? a : b`
    pub(super) fn conditional(
        &mut self,
        condition: &PrimExpr,
        a: &PrimExpr,
        b: &PrimExpr,
    ) -> Result<CExpr> {
        let dtype = a.dtype();
        let condition = self.truth(condition)?;
        let (a, b) = (self.expr(a)?, self.expr(b)?);
        // Arms of different C types would meet in a common one, which has to be the right one.
        let (a, b) = if a.kind == b.kind { (a, b) } else { self.meet(a, b, dtype) };
        let condition = condition.at(Prec::LogicalOr);
        let text = format!("{condition} ? {} : {}", a.at(Prec::LogicalOr), b.text);
        Ok(CExpr::new(text, Prec::Conditional, a.kind.max(b.kind)))
    }

    /// The value in exactly the C type of `dtype`, by a cast if it has another.
    pub(super) fn widen(&self, value: CExpr, dtype: DType) -> CExpr {
        let kind = kind_of(dtype);
        match c_type(dtype) {
            Some(c_type) if value.kind != kind => value.cast(c_type, kind),
            _ => value,
        }
    }

    /// Two operands whose usual arithmetic conversion gives the C type of `dtype`.
    fn meet(&self, a: CExpr, b: CExpr, dtype: DType) -> (CExpr, CExpr) {
        let kind = kind_of(dtype);
        let harmless = |e: &CExpr| match e.kind {
            Kind::Int => kind == Kind::Int64,
            Kind::UInt => kind == Kind::UInt64,
            _ => false,
        };
        match (a.kind == kind, b.kind == kind) {
            (true, true) => (a, b),
            (true, false) if harmless(&b) => (a, b),
            (false, true) if harmless(&a) => (a, b),
            (false, false) if harmless(&a) && harmless(&b) => {
                // One of them is enough; a literal is easier to read as it is.
                let is_literal = a.text.bytes().all(|c| c.is_ascii_digit());
                match is_literal {
                    true => (a, self.widen(b, dtype)),
                    false => (self.widen(a, dtype), b),
                }
            }
            _ => (self.widen(a, dtype), self.widen(b, dtype)),
        }
    }

    fn binary(&mut self, b: &Binary) -> Result<CExpr> {
        if b.op.is_logical() {
            return self.logical(b);
        }
        let dtype = b.lhs.dtype();
        if dtype.is_handle() {
            let (x, y) = (self.expr(&b.lhs)?, self.expr(&b.rhs)?);
            let token = if b.op == BinOp::Eq { "==" } else { "!=" };
            return Ok(CExpr::infix(&x, token, &y, Prec::Comparison, Kind::Int));
        }
        if b.op.is_comparison() {
            return self.comparison(b, dtype);
        }
        if matches!(b.op, BinOp::Min | BinOp::Max) {
            return self.min_max(b, dtype);
        }
        if dtype.is_float() {
            return self.float_binary(b, dtype);
        }
        let whole = PrimExpr::binary(b.op, b.lhs.clone(), b.rhs.clone(), b.span);
        let exact = self.bounds.exact(&whole);
        match b.op {
            BinOp::Add | BinOp::Sub | BinOp::Mul => self.wrapping(&whole, b, dtype, exact),
            BinOp::Div | BinOp::Mod | BinOp::FloorDiv | BinOp::FloorMod => self.division(b, dtype),
            _ => unreachable!("comparisons, logic, minimum and maximum are handled above"),
        }
    }

    fn logical(&mut self, b: &Binary) -> Result<CExpr> {
        let (x, y) = (self.truth(&b.lhs)?, self.truth(&b.rhs)?);
        Ok(match b.op {
            BinOp::And => {
                let (x, y) = (x.at(Prec::LogicalAnd), y.at(Prec::Bitwise));
                CExpr::new(format!("{x} && {y}"), Prec::LogicalAnd, Kind::Int)
            }
            _ => {
                // `a || b && c` is right, but compilers warn of it.
                let arm = |e: &CExpr| match e.prec {
                    Prec::LogicalOr => e.text.clone(),
                    _ => e.at(Prec::Bitwise),
                };
                CExpr::new(
                    format!("{} || {}", arm(&x), y.at(Prec::Bitwise)),
                    Prec::LogicalOr,
                    Kind::Int,
                )
            }
        })
    }

    fn comparison(&mut self, b: &Binary, dtype: DType) -> Result<CExpr> {
        if let Some(value) = self.decided_by_type(b, dtype) {
            return Ok(int_expr(value.into(), DType::BOOL));
        }
        let (x, y) = match is_half(dtype) {
            true => (self.wide_half(&b.lhs)?, self.wide_half(&b.rhs)?),
            false => (self.expr(&b.lhs)?, self.expr(&b.rhs)?),
        };
        // An `int` meets an `int64_t` without harm, signed and unsigned do not meet.
        let (x, y) = match x.kind == y.kind || dtype.is_int() {
            true => (x, y),
            false => self.meet(x, y, dtype),
        };
        let token = match b.op {
            BinOp::Eq => "==",
            BinOp::Ne => "!=",
            BinOp::Lt => "<",
            BinOp::Le => "<=",
            BinOp::Gt => ">",
            _ => ">=",
        };
        let text = format!("{} {token} {}", x.at(Prec::Shift), y.at(Prec::Shift));
        Ok(CExpr::new(text, Prec::Comparison, Kind::Int))
    }

    /// Comparisons of unsigned values with 0 that are always the same: compilers warn of them.
    fn decided_by_type(&self, b: &Binary, dtype: DType) -> Option<bool> {
        if !dtype.is_uint() {
            return None;
        }
        match b.op {
            BinOp::Ge if b.rhs.is_int(0) => Some(true),
            BinOp::Le if b.lhs.is_int(0) => Some(true),
            BinOp::Lt if b.rhs.is_int(0) => Some(false),
            BinOp::Gt if b.lhs.is_int(0) => Some(false),
            _ => None,
        }
    }

    fn min_max(&mut self, b: &Binary, dtype: DType) -> Result<CExpr> {
        let (x, y) = (self.expr(&b.lhs)?, self.expr(&b.rhs)?);
        let name = if b.op == BinOp::Min { "min" } else { "max" };
        let narrow = !dtype.is_float() && dtype.bits() < 32;
        let by = if narrow { DType::INT32 } else { dtype };
        let helper = self.needs.helper(format!("tir_{name}_{}", suffix(by)));
        let call = CExpr::primary(format!("{helper}({}, {})", x.text, y.text), kind_of(by));
        Ok(self.narrowed(call, dtype))
    }

    /// A value that fits `dtype`, in the C type of `dtype` if that is narrower than `int`.
    pub(super) fn narrowed(&self, value: CExpr, dtype: DType) -> CExpr {
        match c_type(dtype) {
            Some(c_type) if !dtype.is_float() && dtype.bits() < 32 => value.cast(c_type, Kind::Int),
            _ => value,
        }
    }

    // ---- integers -------------------------------------------------------------------------

    /// Addition, subtraction and multiplication.
    fn wrapping(
        &mut self,
        whole: &PrimExpr,
        b: &Binary,
        dtype: DType,
        exact: Interval,
    ) -> Result<CExpr> {
        let exact_here = exact.fits(dtype) || self.is_offset_arithmetic(whole);
        if dtype.is_int() && dtype.bits() >= 32 && !exact_here {
            let value = self.modular(whole, dtype.bits())?;
            let c_type = c_type(dtype).expect("an integer type");
            return Ok(value.cast(c_type, kind_of(dtype)));
        }
        let (x, y) = (self.expr(&b.lhs)?, self.expr(&b.rhs)?);
        // A product of two `uint16_t` may leave `int`.
        let leaves_int = dtype.bits() < 32 && !exact.fits(DType::INT32);
        let (x, y) = match leaves_int {
            true => (x.cast("uint32_t", Kind::UInt), y.cast("uint32_t", Kind::UInt)),
            false if dtype.bits() < 32 => (x, y),
            false => self.meet(x, y, dtype),
        };
        let kind = if x.kind == y.kind { x.kind } else { kind_of(dtype) };
        let sum = arithmetic(b.op, &x, &y, &b.rhs, kind);
        Ok(self.narrowed(sum, dtype))
    }

    /// True for a sum or product that flattening added: it is part of the offset of an element in
    /// memory, so it is at most the memory's size. What the script wrote has a place in it.
    fn is_offset_arithmetic(&self, expr: &PrimExpr) -> bool {
        self.in_offset && expr.dtype() == DType::INT64 && expr.span().is_none()
    }

    /// A signed value modulo `2^bits`, in unsigned arithmetic: nested sums and products need only
    /// one cast back.
    fn modular(&mut self, expr: &PrimExpr, bits: u32) -> Result<CExpr> {
        let kind = unsigned_kind(bits);
        if let Some(value) = expr.as_int() {
            let value = value.rem_euclid(1i128 << bits);
            return Ok(int_expr(value, DType::uint(bits as u8)));
        }
        if let PrimExpr::Binary(b) = expr
            && matches!(b.op, BinOp::Add | BinOp::Sub | BinOp::Mul)
            && !self.bounds.exact(expr).fits(expr.dtype())
            && !self.is_offset_arithmetic(expr)
        {
            let zero = PrimExpr::int(0, expr.dtype());
            let (op, lhs, rhs) = match (b.op, b.rhs.as_int()) {
                // Negation, and addition of a negative number, as people write them.
                (BinOp::Mul, Some(-1)) => (BinOp::Sub, &zero, b.lhs.clone()),
                (BinOp::Add, Some(c)) if c < 0 && -c < 1 << (bits - 1) => {
                    (BinOp::Sub, &b.lhs, PrimExpr::int(-c as i64, expr.dtype()))
                }
                _ => (b.op, &b.lhs, b.rhs.clone()),
            };
            let (x, y) = (self.modular(lhs, bits)?, self.modular(&rhs, bits)?);
            return Ok(arithmetic(op, &x, &y, &rhs, kind));
        }
        let value = self.expr(expr)?;
        Ok(value.cast(unsigned_type(bits), kind))
    }

    /// Division and remainder, toward zero or toward minus infinity.
    fn division(&mut self, b: &Binary, dtype: DType) -> Result<CExpr> {
        let (lhs, rhs) = (self.bounds.of(&b.lhs), self.bounds.of(&b.rhs));
        let floors = matches!(b.op, BinOp::FloorDiv | BinOp::FloorMod);
        let same_as_trunc = !floors || (lhs.lo >= 0 && rhs.lo >= 0);
        // `MIN / -1` is the only quotient that does not fit.
        let fits = dtype.bits() < 32 || lhs.lo > dtype.int_min() || rhs.lo > -1 || rhs.hi < -1;
        let (x, y) = (self.expr(&b.lhs)?, self.expr(&b.rhs)?);
        let is_quotient = matches!(b.op, BinOp::Div | BinOp::FloorDiv);
        if dtype.is_uint() || (same_as_trunc && fits) {
            let (x, y) = if dtype.bits() < 32 { (x, y) } else { self.meet(x, y, dtype) };
            let token = if is_quotient { "/" } else { "%" };
            let kind = kind_of(dtype);
            let text = CExpr::infix(&x, token, &y, Prec::Multiplicative, kind);
            return Ok(self.narrowed(text, dtype));
        }
        let name = match b.op {
            BinOp::Div => "div",
            BinOp::Mod => "mod",
            BinOp::FloorDiv => "floordiv",
            _ => "floormod",
        };
        let by = if dtype.bits() == 64 { DType::INT64 } else { DType::INT32 };
        let helper = self.needs.helper(format!("tir_{name}_{}", suffix(by)));
        let call = CExpr::primary(format!("{helper}({}, {})", x.text, y.text), kind_of(by));
        Ok(self.narrowed(call, dtype))
    }

    // ---- floats ---------------------------------------------------------------------------

    fn float_binary(&mut self, b: &Binary, dtype: DType) -> Result<CExpr> {
        if is_half(dtype) {
            let wide = self.half_operation(b)?;
            return Ok(self.half_bits(wide, dtype));
        }
        if let Some(value) = constant_of(b).map(Scalar::to_f64).filter(|v| v.is_finite()) {
            return self.literal(&PrimExpr::float(value, dtype));
        }
        let (x, y) = (self.expr(&b.lhs)?, self.expr(&b.rhs)?);
        self.float_operation(b, &x, &y, kind_of(dtype))
    }

    fn float_operation(&mut self, b: &Binary, x: &CExpr, y: &CExpr, kind: Kind) -> Result<CExpr> {
        match b.op {
            BinOp::Add | BinOp::Sub | BinOp::Mul => {
                self.needs.float_operation(b.op);
                Ok(arithmetic(b.op, x, y, &b.rhs, kind))
            }
            BinOp::Div => Ok(CExpr::infix(x, "/", y, Prec::Multiplicative, kind)),
            BinOp::Mod => {
                self.needs.header("math.h");
                let name = if kind == Kind::Double { "fmod" } else { "fmodf" };
                Ok(CExpr::primary(format!("{name}({}, {})", x.text, y.text), kind))
            }
            _ => Err(AotError::unsupported(b.span, format!("`{:?}` of floats", b.op))),
        }
    }

    /// A 16-bit operation in `float`, before rounding.
    fn half_operation(&mut self, b: &Binary) -> Result<CExpr> {
        let (x, y) = (self.wide_half(&b.lhs)?, self.wide_half(&b.rhs)?);
        self.float_operation(b, &x, &y, Kind::Float)
    }

    /// The bits of the 16-bit float nearest to a `float`.
    pub(super) fn half_bits(&mut self, value: CExpr, dtype: DType) -> CExpr {
        let helper = self.needs.helper(format!("tir_f32_to_{}", suffix(dtype)));
        CExpr::primary(format!("{helper}({})", value.text), Kind::Int)
    }

    /// A 16-bit float as a `float`. Operations are rounded in place, without a detour through
    /// their bits.
    pub(super) fn wide_half(&mut self, expr: &PrimExpr) -> Result<CExpr> {
        let dtype = expr.dtype();
        match expr {
            PrimExpr::Float { value, .. } => {
                let rounded = Scalar::from_f64(dtype, *value).map(|s| s.value.to_f64());
                return self.literal(&PrimExpr::float(rounded.unwrap_or(*value), DType::FLOAT32));
            }
            PrimExpr::Binary(b) if !matches!(b.op, BinOp::Min | BinOp::Max) => {
                let wide = self.half_operation(b)?;
                let helper = self.needs.helper(format!("tir_round_{}", suffix(dtype)));
                return Ok(CExpr::primary(format!("{helper}({})", wide.text), Kind::Float));
            }
            _ => {}
        }
        let bits = self.expr(expr)?;
        let helper = self.needs.helper(format!("tir_{}_to_f32", suffix(dtype)));
        Ok(CExpr::primary(format!("{helper}({})", bits.text), Kind::Float))
    }

    // ---- casts ----------------------------------------------------------------------------

    fn cast(&mut self, cast: &Cast) -> Result<CExpr> {
        let (from, to) = (cast.value.dtype(), cast.dtype);
        if to.is_handle() || from.is_handle() {
            let value = self.expr(&cast.value)?;
            if to.is_handle() {
                return Ok(value);
            }
            return Err(AotError::unsupported(cast.span, "a cast of a pointer"));
        }
        if c_type(to).is_none() || c_type(from).is_none() {
            return Err(AotError::unsupported(
                cast.span,
                format!("a cast from `{from}` to `{to}`"),
            ));
        }
        match (from.is_float(), to.is_float()) {
            (_, false) if to.is_bool() => self.cast_to_bool(cast, from),
            (false, false) => self.int_to_int(cast, from, to),
            (false, true) => self.int_to_float(cast, from, to),
            (true, false) => self.float_to_int(cast, from, to),
            (true, true) => self.float_to_float(cast, from, to),
        }
    }

    fn cast_to_bool(&mut self, cast: &Cast, from: DType) -> Result<CExpr> {
        if from.is_bool() {
            return self.expr(&cast.value);
        }
        let value =
            if is_half(from) { self.wide_half(&cast.value)? } else { self.expr(&cast.value)? };
        let zero = match value.kind {
            Kind::Float => "0.0f",
            Kind::Double => "0.0",
            Kind::UInt | Kind::UInt64 => "0u",
            Kind::Int | Kind::Int64 | Kind::Pointer => "0",
        };
        let text = format!("{} != {zero}", value.at(Prec::Shift));
        Ok(CExpr::new(text, Prec::Comparison, Kind::Int))
    }

    fn int_to_int(&mut self, cast: &Cast, from: DType, to: DType) -> Result<CExpr> {
        let mut value = self.expr(&cast.value)?;
        // Tiny C leaves the sign of `(uint16_t)c` where `c` is an `int8_t`.
        if from == DType::INT8 && to == DType::UINT16 {
            value = value.cast("int32_t", Kind::Int);
        }
        let holds_all = to.holds_int(from.int_min()) && to.holds_int(from.int_max());
        // A value that `int` holds goes into wider signed types by itself.
        if holds_all && value.kind == Kind::Int && to.is_int() {
            return Ok(value);
        }
        if holds_all && value.kind == kind_of(to) {
            return Ok(value);
        }
        Ok(value.cast(c_type(to).expect("checked by the caller"), kind_of(to)))
    }

    fn int_to_float(&mut self, cast: &Cast, from: DType, to: DType) -> Result<CExpr> {
        let value = self.expr(&cast.value)?;
        if !is_half(to) {
            return Ok(value.cast(c_type(to).expect("checked by the caller"), kind_of(to)));
        }
        let exact = from.bits() <= 16 || from.is_bool();
        if exact {
            let wide = value.cast("float", Kind::Float);
            return Ok(self.half_bits(wide, to));
        }
        // Through `double`: exactly, or such that the second rounding is the only one.
        let wide = match from.bits() {
            32 => value.cast("double", Kind::Double),
            _ => {
                let helper = self.needs.helper(format!("tir_{}_to_f64_odd", suffix(from)));
                CExpr::primary(format!("{helper}({})", value.text), Kind::Double)
            }
        };
        let helper = self.needs.helper(format!("tir_f64_to_{}", suffix(to)));
        Ok(CExpr::primary(format!("{helper}({})", wide.text), Kind::Int))
    }

    fn float_to_int(&mut self, cast: &Cast, from: DType, to: DType) -> Result<CExpr> {
        let value =
            if is_half(from) { self.wide_half(&cast.value)? } else { self.expr(&cast.value)? };
        let by = if from == DType::FLOAT64 { "f64" } else { "f32" };
        let helper = self.needs.helper(format!("tir_{by}_to_{}", suffix(to)));
        Ok(CExpr::primary(format!("{helper}({})", value.text), kind_of(to)))
    }

    fn float_to_float(&mut self, cast: &Cast, from: DType, to: DType) -> Result<CExpr> {
        if from == to {
            return self.expr(&cast.value);
        }
        if is_half(to) && from == DType::FLOAT64 {
            let value = self.expr(&cast.value)?;
            let helper = self.needs.helper(format!("tir_f64_to_{}", suffix(to)));
            return Ok(CExpr::primary(format!("{helper}({})", value.text), Kind::Int));
        }
        let value =
            if is_half(from) { self.wide_half(&cast.value)? } else { self.expr(&cast.value)? };
        if is_half(to) {
            return Ok(self.half_bits(value, to));
        }
        Ok(match value.kind == kind_of(to) {
            true => value,
            false => value.cast(c_type(to).expect("checked by the caller"), kind_of(to)),
        })
    }
}

/// An integer literal.
pub fn int_expr(value: i128, dtype: DType) -> CExpr {
    let text = int_literal(value, dtype);
    let prec = if text.starts_with('-') { Prec::Unary } else { Prec::Primary };
    let kind = match (dtype.is_uint(), dtype.bits()) {
        (true, 64) if text.starts_with("UINT64") => Kind::UInt64,
        (true, 32 | 64) => Kind::UInt,
        (false, 64) if text.starts_with("INT64") || text.len() > 11 => Kind::Int64,
        _ => Kind::Int,
    };
    CExpr::new(text, prec, kind)
}

/// `x + y`, `x - y`, `x * y`; adding a negative literal is printed as subtraction.
fn arithmetic(op: BinOp, x: &CExpr, y: &CExpr, rhs: &PrimExpr, kind: Kind) -> CExpr {
    let negative_literal = y.text.starts_with('-') && rhs.as_int().is_some();
    match op {
        BinOp::Add if negative_literal => {
            let text = format!("{} - {}", x.at(Prec::Additive), &y.text[1..]);
            CExpr::new(text, Prec::Additive, kind)
        }
        BinOp::Add => CExpr::infix(x, "+", y, Prec::Additive, kind),
        BinOp::Sub => CExpr::infix(x, "-", y, Prec::Additive, kind),
        _ => CExpr::infix(x, "*", y, Prec::Multiplicative, kind),
    }
}

/// What an operation on constants gives: Tiny C would round it twice.
fn constant_of(b: &Binary) -> Option<Scalar> {
    if !b.op.is_arithmetic() || b.op == BinOp::Mod {
        return None;
    }
    let operand = |e: &PrimExpr| match e {
        PrimExpr::Binary(inner) => constant_of(inner),
        other => Scalar::from_literal(other),
    };
    // A chain leans to the left: most are told by the right operand at once.
    let (y, x) = (operand(&b.rhs)?, operand(&b.lhs)?);
    scalar::binary(b.op, x, y).map(|checked| checked.value)
}
