//! Loads, stores, pointers.

use crate::c::ctype::{Kind, c_type, kind_of, suffix};
use crate::c::expr::{CExpr, Prec};
use crate::c::func::{FuncPrinter, Memory};
use crate::error::{AotError, Result};
use tirade_ir::expr::{BufferLoad, Call};
use tirade_ir::stmt::BufferStore;
use tirade_ir::{BinOp, Buffer, DType, PrimExpr, Span};

impl FuncPrinter<'_> {
    /// The memory behind a buffer.
    pub(super) fn memory_of(&self, buffer: &Buffer, span: Span) -> Result<Memory> {
        let data = buffer.data.id;
        let known = self.memory.get(&data).or_else(|| self.memory.get(&self.facts.root(data)));
        known.cloned().ok_or_else(|| {
            let what = format!("the buffer `{}`, whose memory nothing defines here,", buffer.name);
            AotError::unsupported(span, what)
        })
    }

    /// The offset of an access in elements.
    fn offset(&mut self, buffer: &Buffer, indices: &[PrimExpr], span: Span) -> Result<CExpr> {
        match indices {
            [index] if buffer.strides.is_empty() || buffer.strides[0].is_int(1) => {
                let outer = std::mem::replace(&mut self.in_offset, true);
                let offset = self.expr(index);
                self.in_offset = outer;
                offset
            }
            _ => Err(AotError::unsupported(span, format!("an access to `{}`", buffer.name))),
        }
    }

    pub(super) fn load(&mut self, load: &BufferLoad) -> Result<CExpr> {
        if load.predicate.is_some() {
            return Err(AotError::unsupported(load.span, "a predicate of a single element"));
        }
        let memory = self.memory_of(&load.buffer, load.span)?;
        let dtype = load.buffer.dtype;
        if memory.is_scalar {
            return Ok(CExpr::primary(memory.name, kind_of(dtype)));
        }
        let offset = self.offset(&load.buffer, &load.indices, load.span)?;
        if is_direct(&memory, dtype) {
            let text = format!("{}[{}]", memory.name, offset.text);
            return Ok(CExpr::primary(text, kind_of(dtype)));
        }
        let helper = self.needs.helper(format!("tir_load_{}", suffix(dtype)));
        let address = byte_address(&memory, dtype, &offset, "const ");
        Ok(CExpr::primary(format!("{helper}({address})"), kind_of(dtype)))
    }

    pub(super) fn store(&mut self, store: &BufferStore) -> Result<()> {
        if store.predicate.is_some() {
            return Err(AotError::unsupported(store.span, "a predicate of a single element"));
        }
        if !store.value.dtype().is_scalar() {
            return self.vector_store(store);
        }
        let memory = self.memory_of(&store.buffer, store.span)?;
        let dtype = store.buffer.dtype;
        if is_direct(&memory, dtype) {
            let place = match memory.is_scalar {
                true => memory.name,
                false => {
                    let offset = self.offset(&store.buffer, &store.indices, store.span)?;
                    format!("{}[{}]", memory.name, offset.text)
                }
            };
            let (token, value) = match self.update(store) {
                Some((op, rhs)) => (op, self.expr(rhs)?),
                None => ("=", self.expr(&store.value)?),
            };
            self.line(&format!("{place} {token} {};", value.text));
            return Ok(());
        }
        let value = self.expr(&store.value)?;
        let offset = self.offset(&store.buffer, &store.indices, store.span)?;
        let helper = self.needs.helper(format!("tir_store_{}", suffix(dtype)));
        let address = byte_address(&memory, dtype, &offset, "");
        self.line(&format!("{helper}({address}, {});", value.text));
        Ok(())
    }

    /// `x = x + y` of floats is printed `x += y`, which is the same: operator and `y`.
    fn update<'s>(&mut self, store: &'s BufferStore) -> Option<(&'static str, &'s PrimExpr)> {
        let PrimExpr::Binary(b) = &store.value else { return None };
        let PrimExpr::Load(load) = &b.lhs else { return None };
        let same = load.buffer == store.buffer && load.indices == store.indices;
        let dtype = store.buffer.dtype;
        if !same || (dtype != DType::FLOAT32 && dtype != DType::FLOAT64) {
            return None;
        }
        let token = match b.op {
            BinOp::Add => "+=",
            BinOp::Sub => "-=",
            BinOp::Mul => "*=",
            _ => return None,
        };
        self.needs.float_operation(b.op);
        Some((token, &b.rhs))
    }

    /// A pointer to an element.
    pub(super) fn address_of(&mut self, call: &Call) -> Result<CExpr> {
        let PrimExpr::Load(load) = &call.args[0] else {
            return Err(AotError::unsupported(call.span, "the address of something not in memory"));
        };
        let text = self.element_address(load)?;
        Ok(CExpr::new(text, Prec::Unary, Kind::Pointer))
    }

    /// `&A[i]`, or a cast of a byte address.
    pub(super) fn element_address(&mut self, load: &BufferLoad) -> Result<String> {
        let memory = self.memory_of(&load.buffer, load.span)?;
        let dtype = load.buffer.dtype.element();
        if memory.is_scalar {
            return Ok(format!("&{}", memory.name));
        }
        let offset = match load.indices.first() {
            Some(PrimExpr::Ramp(ramp)) => self.expr(&ramp.base)?,
            _ => self.offset(&load.buffer, &load.indices, load.span)?,
        };
        if is_direct(&memory, dtype) {
            return Ok(format!("&{}[{}]", memory.name, offset.text));
        }
        let c_type = c_type(dtype).ok_or_else(|| {
            AotError::unsupported(load.span, format!("an element of type `{dtype}`"))
        })?;
        Ok(format!("({c_type} *)({})", byte_address(&memory, dtype, &offset, "")))
    }

    /// An atomic update; gives the old value.
    pub(super) fn atomic(&mut self, call: &Call, name: &str) -> Result<CExpr> {
        let PrimExpr::Load(place) = &call.args[0] else {
            return Err(AotError::unsupported(call.span, "an atomic update of no element"));
        };
        let dtype = place.buffer.dtype;
        let address = self.element_address(place)?;
        let value = self.expr(&call.args[1])?;
        let helper = self.needs.helper(format!("tir_{name}_{}", suffix(dtype)));
        let call = CExpr::primary(format!("{helper}({address}, {})", value.text), kind_of(dtype));
        Ok(self.narrowed(call, dtype))
    }
}

/// True if elements of `dtype` are those of the memory's C type.
fn is_direct(memory: &Memory, dtype: DType) -> bool {
    c_type(memory.element) == c_type(dtype)
}

/// The address of element `offset` of another type than the memory's.
fn byte_address(memory: &Memory, dtype: DType, offset: &CExpr, konst: &str) -> String {
    let width = dtype.element().bytes();
    let name = &memory.name;
    match offset.text.as_str() {
        "0" => name.clone(),
        _ if width == 1 => {
            format!("({konst}unsigned char *){name} + {}", offset.at(Prec::Multiplicative))
        }
        _ => format!(
            "({konst}unsigned char *){name} + {width} * (int64_t){}",
            offset.at(Prec::Primary)
        ),
    }
}
