//! Calls of ops of the table.

use crate::c::ctype::{Kind, c_type, is_half, kind_of, suffix};
use crate::c::expr::{CExpr, Prec, int_expr};
use crate::c::func::FuncPrinter;
use crate::error::{AotError, Result};
use tirade_ir::expr::Call;
use tirade_ir::op::CSpelling;
use tirade_ir::{DType, Op, PrimExpr};

impl FuncPrinter<'_> {
    /// A call of an op.
    pub(super) fn call(&mut self, call: &Call) -> Result<CExpr> {
        match call.op.info().c {
            CSpelling::Libm(name) => self.libm(call, name),
            CSpelling::Operator(token) => self.bit_operator(call, token),
            CSpelling::Helper(name) => self.helper_call(call, name),
            CSpelling::Special => self.special(call),
        }
    }

    /// A function of `<math.h>`; 16-bit floats go through `float`.
    fn libm(&mut self, call: &Call, name: &str) -> Result<CExpr> {
        let dtype = call.dtype;
        // The sign bit of a 16-bit float is changed in place: a NaN keeps its bits.
        if call.op == Op::Fabs && is_half(dtype) {
            let bits = self.expr(&call.args[0])?;
            return Ok(CExpr::new(
                format!("{} & 0x7fff", bits.at(Prec::Shift)),
                Prec::Bitwise,
                Kind::Int,
            ));
        }
        if call.op == Op::Fma && is_half(dtype) {
            return self.half_fma(call);
        }
        if is_half(dtype) {
            let wide = self.libm_in_float(call, name)?;
            return Ok(self.half_bits(wide, dtype));
        }
        self.libm_in_float(call, name)
    }

    fn libm_in_float(&mut self, call: &Call, name: &str) -> Result<CExpr> {
        self.needs.header("math.h");
        if call.op == Op::Exp10 {
            self.needs.helper("tir_exp10");
        }
        let args = self.float_args(call)?;
        let end = if call.dtype == DType::FLOAT64 { "" } else { "f" };
        let kind = if end.is_empty() { Kind::Double } else { Kind::Float };
        Ok(CExpr::primary(format!("{name}{end}({})", args.join(", ")), kind))
    }

    /// The arguments, with 16-bit floats widened.
    fn float_args(&mut self, call: &Call) -> Result<Vec<String>> {
        let text = |arg| match is_half(PrimExpr::dtype(arg)) {
            true => self.wide_half(arg),
            false => self.expr(arg),
        };
        let args: Result<Vec<CExpr>> = call.args.iter().map(text).collect();
        Ok(args?.into_iter().map(|a| a.text).collect())
    }

    /// Exact in `double`, then rounded once.
    fn half_fma(&mut self, call: &Call) -> Result<CExpr> {
        self.needs.header("math.h");
        let args = self.float_args(call)?;
        let args: Vec<String> = args.iter().map(|a| format!("(double)({a})")).collect();
        let helper = self.needs.helper(format!("tir_f64_to_{}", suffix(call.dtype)));
        Ok(CExpr::primary(format!("{helper}(fma({}))", args.join(", ")), Kind::Int))
    }

    fn bit_operator(&mut self, call: &Call, token: &str) -> Result<CExpr> {
        let dtype = call.dtype;
        if call.args.len() == 1 && dtype.is_bool() {
            return self.not(&call.args[0]);
        }
        let first = self.bits_of(&call.args[0])?;
        if call.args.len() == 1 {
            let kind = first.kind;
            let text = CExpr::new(format!("~{}", first.at(Prec::Unary)), Prec::Unary, kind);
            return Ok(self.narrowed(text, dtype));
        }
        let (x, y) = (first, self.bits_of(&call.args[1])?);
        // Operands that are bit operations themselves are put in parentheses for readers.
        let text = format!("{} {token} {}", x.at(Prec::Unary), y.at(Prec::Unary));
        let value = CExpr::new(text, Prec::Bitwise, x.kind.max(y.kind));
        Ok(if dtype.is_bool() { value } else { self.narrowed(value, dtype) })
    }

    /// An operand of a bit operation. A wide unsigned one is brought to its type, which a small
    /// literal does not have by itself: a complement sets every bit of the type it is taken in.
    fn bits_of(&mut self, arg: &PrimExpr) -> Result<CExpr> {
        let (dtype, value) = (arg.dtype(), self.expr(arg)?);
        Ok(match dtype.is_uint() && dtype.bits() >= 32 {
            true => self.widen(value, dtype),
            false => value,
        })
    }

    fn helper_call(&mut self, call: &Call, name: &str) -> Result<CExpr> {
        match name {
            "shl" | "shr" => self.shift(call, name == "shl"),
            "popcount" | "clz" | "ctz" => self.bit_count(call, name),
            "isnan" | "isinf" | "isfinite" => {
                let dtype = call.args[0].dtype();
                let args = self.float_args(call)?;
                let by = if dtype == DType::FLOAT64 { "f64" } else { "f32" };
                let helper = self.needs.helper(format!("tir_{name}_{by}"));
                Ok(CExpr::primary(format!("{helper}({})", args.join(", ")), Kind::Int))
            }
            "q_multiply_shift" | "q_multiply_shift_per_axis" => {
                let helper = self.needs.helper(format!("tir_{name}"));
                let args: Result<Vec<CExpr>> = call.args.iter().map(|a| self.expr(a)).collect();
                let args: Vec<String> = args?.into_iter().map(|a| a.text).collect();
                Ok(CExpr::primary(format!("{helper}({})", args.join(", ")), Kind::Int))
            }
            _ if name.starts_with("atomic_") => self.atomic(call, name),
            _ => Err(AotError::unsupported(call.span, format!("`{}`", call.op))),
        }
    }

    /// Shifts; the count is taken modulo the width.
    fn shift(&mut self, call: &Call, left: bool) -> Result<CExpr> {
        let dtype = call.dtype;
        let bits = dtype.bits();
        let range = self.bounds.of(&call.args[1]);
        let count = self.expr(&call.args[1])?;
        let count = match range.lo >= 0 && range.hi < bits.into() {
            true => count.at(Prec::Unary),
            false => {
                let suffix = if matches!(count.kind, Kind::UInt | Kind::UInt64) { "u" } else { "" };
                format!("({} & {}{suffix})", count.at(Prec::Unary), bits - 1)
            }
        };
        let value = self.expr(&call.args[0])?;
        let unsigned =
            if bits == 64 { ("uint64_t", Kind::UInt64) } else { ("uint32_t", Kind::UInt) };
        if left {
            let value =
                if value.kind == unsigned.1 { value } else { value.cast(unsigned.0, unsigned.1) };
            let text = format!("{} << {count}", value.at(Prec::Unary));
            let shifted = CExpr::new(text, Prec::Shift, unsigned.1);
            let c_type = c_type(dtype).expect("an integer type");
            return Ok(match kind_of(dtype) == unsigned.1 {
                true => shifted,
                false => shifted.cast(c_type, kind_of(dtype)),
            });
        }
        let value = if bits < 32 { value } else { self.widen(value, dtype) };
        let kind = value.kind;
        let shifted =
            CExpr::new(format!("{} >> {count}", value.at(Prec::Unary)), Prec::Shift, kind);
        Ok(self.narrowed(shifted, dtype))
    }

    fn bit_count(&mut self, call: &Call, name: &str) -> Result<CExpr> {
        let from = call.args[0].dtype();
        let unsigned = DType::uint(from.bits() as u8);
        let value = self.expr(&call.args[0])?;
        let c_type = c_type(unsigned).expect("an integer type");
        let value = if from == unsigned { value } else { value.cast(c_type, kind_of(unsigned)) };
        let helper = self.needs.helper(format!("tir_{name}_{}", suffix(unsigned)));
        let count = CExpr::primary(format!("{helper}({})", value.text), Kind::Int);
        if call.dtype == DType::INT32 {
            return Ok(count);
        }
        let to = c_type_of(call)?;
        Ok(count.cast(to, kind_of(call.dtype)))
    }

    fn special(&mut self, call: &Call) -> Result<CExpr> {
        match call.op {
            Op::IfThenElse => self.conditional(&call.args[0], &call.args[1], &call.args[2]),
            Op::Likely | Op::IgnoreLoopPartition => self.expr(&call.args[0]),
            Op::Sigmoid => self.sigmoid(call),
            Op::Rsqrt => self.rsqrt(call),
            Op::Reinterpret => self.reinterpret(call),
            Op::Undef => Ok(match call.dtype.is_float() {
                true if call.dtype == DType::FLOAT64 => CExpr::primary("0.0", Kind::Double),
                true if !is_half(call.dtype) => CExpr::primary("0.0f", Kind::Float),
                _ => int_expr(0, call.dtype),
            }),
            Op::LargeUIntImm => {
                let part = |i: usize| call.args[i].as_int().unwrap_or(0) & 0xffff_ffff;
                Ok(int_expr(part(1) << 32 | part(0), DType::UINT64))
            }
            Op::AddressOf => self.address_of(call),
            Op::IsNullptr => {
                let pointer = self.expr(&call.args[0])?;
                let text = format!("{} == 0", pointer.at(Prec::Shift));
                Ok(CExpr::new(text, Prec::Comparison, Kind::Int))
            }
            _ => Err(AotError::unsupported(call.span, format!("`{}`", call.op))),
        }
    }

    fn sigmoid(&mut self, call: &Call) -> Result<CExpr> {
        let by = if is_half(call.dtype) { call.dtype } else { call.dtype.element() };
        let helper = self.needs.helper(format!("tir_sigmoid_{}", suffix(by)));
        let x = self.expr(&call.args[0])?;
        Ok(CExpr::primary(format!("{helper}({})", x.text), kind_of(call.dtype)))
    }

    fn rsqrt(&mut self, call: &Call) -> Result<CExpr> {
        self.needs.header("math.h");
        if is_half(call.dtype) {
            let round = self.needs.helper(format!("tir_round_{}", suffix(call.dtype)));
            let x = self.wide_half(&call.args[0])?;
            let text = format!("1.0f / {round}(sqrtf({}))", x.text);
            return Ok(
                self.half_bits(CExpr::new(text, Prec::Multiplicative, Kind::Float), call.dtype)
            );
        }
        let x = self.expr(&call.args[0])?;
        let text = match kind_of(call.dtype) {
            Kind::Double => format!("1.0 / sqrt({})", x.text),
            _ => format!("1.0f / sqrtf({})", x.text),
        };
        Ok(CExpr::new(text, Prec::Multiplicative, kind_of(call.dtype)))
    }

    /// The same bits as another type.
    fn reinterpret(&mut self, call: &Call) -> Result<CExpr> {
        let (from, to) = (call.args[0].dtype(), call.dtype);
        let value = self.expr(&call.args[0])?;
        if from == to {
            return Ok(value);
        }
        if to.is_bool() {
            let text = format!("{} != 0", value.at(Prec::Shift));
            return Ok(CExpr::new(text, Prec::Comparison, Kind::Int));
        }
        let unsigned = DType::uint(to.bits() as u8);
        let wide = |dtype: DType| dtype.is_float() && dtype.bits() >= 32;
        // First the bits as an unsigned integer; 16-bit floats are that already.
        let bits = match wide(from) {
            true => {
                let helper = self.needs.helper(format!("tir_bits_{}", suffix(from)));
                CExpr::primary(format!("{helper}({})", value.text), kind_of(unsigned))
            }
            false if from.is_uint() || from.is_float() || from.is_bool() => value,
            false => value.cast(c_type(unsigned).expect("an integer type"), kind_of(unsigned)),
        };
        if wide(to) {
            let helper = self.needs.helper(format!("tir_from_bits_{}", suffix(to)));
            return Ok(CExpr::primary(format!("{helper}({})", bits.text), kind_of(to)));
        }
        match to.is_int() {
            true => Ok(bits.cast(c_type_of(call)?, kind_of(to))),
            false => Ok(bits),
        }
    }
}

fn c_type_of(call: &Call) -> Result<&'static str> {
    c_type(call.dtype).ok_or_else(|| AotError::unsupported(call.span, format!("`{}`", call.op)))
}
