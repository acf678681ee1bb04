//! Accesses and pointers.

use super::func::FuncResolver;
use crate::tree::{Access, Index, Place};
use tirade_ir::{Buffer, Op, PrimExpr, Range, Span, Var};

impl FuncResolver<'_, '_> {
    /// The element or elements of `buffer` at `indices`.
    pub(super) fn access(
        &mut self,
        buffer: &Buffer,
        indices: &[PrimExpr],
        span: Span,
        is_write: bool,
    ) -> Access {
        if is_write {
            let root = self.root(buffer.data);
            self.stored.insert(root);
        }
        if indices.len() != buffer.rank() {
            let (rank, n) = (buffer.rank(), indices.len());
            self.cannot_run(span, format!("{n} indices into `{}` of rank {rank}", buffer.name));
        }
        let regions = self.region_checks(buffer, indices, is_write);
        let remembered_by = if is_write { self.remembering_blocks(buffer) } else { Box::default() };
        let slot = self.buffer(buffer, span);
        let (last, leading) = match indices.split_last() {
            Some((last, leading)) => (Some(last), leading),
            None => (None, indices),
        };
        for index in leading {
            if !index.dtype().is_scalar() {
                self.cannot_run(
                    span,
                    "a vector in the place of an index other than the last".into(),
                );
            }
        }
        let lanes = last.map_or(1, |e| e.dtype().lanes());
        let indices: Box<[Index]> = indices.iter().map(|e| self.index(e, span)).collect();
        let recomputes = is_write && self.blocks.last().is_some_and(|b| b.recomputes);
        self.r.sites.push(span);
        let is_traced = self.r.options.trace.iter().any(|name| *name == buffer.name.as_str());
        Access {
            buffer: slot,
            indices,
            index_lanes: (lanes > 1).then_some(lanes),
            is_plain: regions.is_empty() && remembered_by.is_empty() && !is_traced,
            regions,
            remembered_by,
            recomputes,
            site: self.r.sites.len() as u32 - 1,
            span,
        }
    }

    /// Minimum and extent of each dimension.
    pub(super) fn index_ranges(&mut self, ranges: &[Range], span: Span) -> Box<[(Index, Index)]> {
        ranges.iter().map(|r| (self.index(&r.min, span), self.index(&r.extent, span))).collect()
    }

    /// A pointer expression.
    pub(super) fn place(&mut self, e: &PrimExpr, outer: Span) -> Place {
        let span = e.span().or(outer);
        match e {
            PrimExpr::Var(var) => match self.pointer(*var) {
                Some(slot) => Place::Var(slot),
                None => self.no_place(span, format!("the pointer `{}`", var.name)),
            },
            PrimExpr::Cast(c) if c.dtype.is_handle() => self.place(&c.value, span),
            PrimExpr::Call(c) => match (c.op, &c.args[..]) {
                (Op::AddressOf, [PrimExpr::Load(load)]) => {
                    let access = self.access(&load.buffer, &load.indices, load.span, false);
                    Place::AddressOf(Box::new(access))
                }
                (Op::Reinterpret, [value]) if value.is_int(0) => Place::Null,
                (Op::Reinterpret, [value]) if value.dtype().is_handle() => self.place(value, span),
                _ => self.no_place(span, format!("`{}` as a pointer", c.op)),
            },
            PrimExpr::Int { value: 0, .. } => Place::Null,
            _ => self.no_place(span, "this expression as a pointer".into()),
        }
    }

    fn no_place(&mut self, span: Span, what: String) -> Place {
        self.cannot_run(span, what);
        Place::Null
    }
}

/// The pointer variable that a pointer expression starts from.
pub(super) fn base_pointer(e: &PrimExpr) -> Option<Var> {
    match e {
        PrimExpr::Var(var) => Some(*var),
        PrimExpr::Cast(c) => base_pointer(&c.value),
        PrimExpr::Call(c) => match (c.op, &c.args[..]) {
            (Op::AddressOf, [PrimExpr::Load(load)]) => Some(load.buffer.data),
            (Op::Reinterpret, [value]) => base_pointer(value),
            _ => None,
        },
        _ => None,
    }
}
