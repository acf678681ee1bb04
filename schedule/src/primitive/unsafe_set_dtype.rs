//! `unsafe_set_dtype(block, buffer_index, dtype)`: the type a buffer stores its elements in.

use super::Primitive;
use crate::analysis::buffers::{
    Access, allocation_or_refuse, block_and_buffer, changed, replace_buffer,
};
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::buffer::BufferId;
use tirade_ir::expr::PrimExpr;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_expr, walk_rewrite_stmt};
use tirade_ir::stmt::{BufferStore, Stmt};
use tirade_ir::{DType, Span, make};

/// `unsafe_set_dtype`
pub const UNSAFE_SET_DTYPE: Primitive = Primitive {
    name: "unsafe_set_dtype",
    kind: "UnsafeSetDType",
    signature: "(block, buffer_index, dtype)",
    attrs: &["buffer_index", "dtype"],
    spread: None,
    apply,
    doc: "Stores the elements of a buffer in another type, which may lose digits.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let (place, accessed) = block_and_buffer(schedule, args, "buffer_index", Access::Write)?;
    let text = args.str("dtype")?;
    let dtype: DType =
        text.parse().map_err(|_| ScheduleError::argument(format!("`{text}` is no data type")))?;
    let old = accessed.buffer;
    if make::cast(dtype, PrimExpr::int(0, DType::INT32), Span::NONE).is_err() {
        return Err(ScheduleError::argument(format!("a buffer cannot hold elements of {dtype}")));
    }
    if old.dtype == dtype {
        return Ok(Value::None);
    }
    let site = allocation_or_refuse(&place, &old)?;
    let new = changed(&old, |node| node.dtype = dtype);
    let (stmt, buffers) =
        replace_buffer(&site.stmt, &old, &new, |view| changed(view, |node| node.dtype = dtype));
    let buffers = buffers.values().map(|buffer| buffer.id).collect();
    let mut casts = Casts { buffers, to: dtype, from: old.dtype };
    schedule.replace(&site, stmt.rewrite_or_clone(&mut casts));
    Ok(Value::None)
}

/// Casts what is loaded back, and what is stored to the new type.
struct Casts {
    buffers: Vec<BufferId>,
    to: DType,
    from: DType,
}

impl Rewriter for Casts {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let new = walk_rewrite_expr(self, expr);
        match expr {
            PrimExpr::Load(load) if self.buffers.contains(&load.buffer.id) => {
                let inner = match new.as_ref().unwrap_or(expr) {
                    PrimExpr::Load(load) => load.clone(),
                    _ => return new,
                };
                let indices = inner.indices.to_vec();
                let load = PrimExpr::load(inner.buffer.clone(), indices, inner.span);
                Some(cast(load, self.from))
            }
            _ => new,
        }
    }

    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let new = walk_rewrite_stmt(self, stmt);
        match new.as_ref().unwrap_or(stmt) {
            Stmt::Store(store) if self.buffers.contains(&store.buffer.id) => {
                let value = cast(store.value.clone(), self.to);
                Some(Stmt::Store(Arc::new(BufferStore {
                    buffer: store.buffer.clone(),
                    indices: store.indices.clone(),
                    value,
                    predicate: store.predicate.clone(),
                    span: store.span,
                })))
            }
            _ => new,
        }
    }
}

/// A type that cannot be cast to was refused when the buffer got it.
fn cast(value: PrimExpr, dtype: DType) -> PrimExpr {
    make::cast(dtype, value.clone(), value.span()).unwrap_or(value)
}
