//! Blocks: axes bound to loops in injective ways, reductions with an init, views of regions.

use super::body::Place;
use super::nest::Nest;
use super::value::{Fact, binary, call, overflows};
use super::{Dim, Generator, Source};
use tirade_ir::buffer::BufferNode;
use tirade_ir::op::Op;
use tirade_ir::stmt::InferredRegions;
use tirade_ir::{
    Attrs, BinOp, Block, BlockId, BlockRealize, Buffer, BufferRegion, DType, IterVar, IterVarKind,
    MatchBufferRegion, PrimExpr, Range, Span, Stmt, Var,
};

/// An axis to be: its extent, and how far its domain begins from 0.
struct Axis {
    dim: Dim,
    offset: i64,
    kind: IterVarKind,
}

/// What to compute at one index of a block.
pub(crate) struct Body {
    pub init: Option<Stmt>,
    pub stmts: Vec<Stmt>,
    pub fact: Fact,
}

impl Generator {
    /// A block that gives every element of `buffer` a value.
    pub(crate) fn spatial_block(&mut self, buffer: &Buffer, dims: &[Dim]) -> (Vec<Stmt>, Fact) {
        self.block(buffer, dims, &[], |g, place, _| {
            let (stmts, fact) = g.produce(place);
            Body { init: None, stmts, fact }
        })
    }

    /// A block that reduces to every element of `buffer`.
    pub(crate) fn reduction_block(&mut self, buffer: &Buffer, dims: &[Dim]) -> (Vec<Stmt>, Fact) {
        let n = 1 + self.c.below(2);
        let mut reduce = Vec::new();
        for _ in 0..n {
            let sizes: Vec<Dim> = self.sizes.iter().filter(|d| 0 < d.value).cloned().collect();
            reduce.push(match !sizes.is_empty() && self.c.chance(1, 3) {
                true => sizes[self.c.below(sizes.len() as u64) as usize].clone(),
                false => {
                    let value = self.c.pick(&[2, 1, 3, 4, 5, 7, 8]);
                    Dim { expr: PrimExpr::i32(value as i32), value }
                }
            });
        }
        let terms: i64 = reduce.iter().map(|d| d.value).product();
        self.block(buffer, dims, &reduce, |g, place, _| g.reduction(place, terms))
    }

    /// `place = init`, then `place = place op term`, `terms` times.
    fn reduction(&mut self, place: &Place, terms: i64) -> Body {
        let dtype = place.buffer.dtype;
        let mut start = self.leaf(dtype);
        let mut term = self.expr(dtype, 3);
        if dtype.is_bool() {
            let op = self.c.pick(&[BinOp::And, BinOp::Or, BinOp::Ne]);
            let next = binary(op, place.load(), term.expr);
            return body(place, start.expr, next, Fact::range(0, 1));
        }
        if dtype.is_float() {
            let op = self.c.pick(&[BinOp::Add, BinOp::Mul, BinOp::Max, BinOp::Min, BinOp::Sub]);
            let next = binary(op, place.load(), term.expr);
            return body(place, start.expr, next, Fact::float(true));
        }
        match self.c.weighted(&[4, 2, 1]) {
            0 => {
                let limit = dtype.int_max() / (2 * (terms as i128 + 1));
                if overflows(dtype) {
                    start = self.narrowed(start, limit);
                    term = self.narrowed(term, limit);
                }
                let fact = Fact::range(-limit * (terms as i128 + 1), limit * (terms as i128 + 1));
                let fact = if overflows(dtype) { fact } else { Fact::any(dtype) };
                body(place, start.expr, binary(BinOp::Add, place.load(), term.expr), fact)
            }
            1 => {
                let op = self.c.pick(&[BinOp::Max, BinOp::Min]);
                let fact = start.fact.join(term.fact);
                body(place, start.expr, binary(op, place.load(), term.expr), fact)
            }
            _ => {
                let op = self.c.pick(&[Op::BitwiseXor, Op::BitwiseOr, Op::BitwiseAnd]);
                let next = call(op, [place.load(), term.expr], dtype);
                body(place, start.expr, next, Fact::any(dtype))
            }
        }
    }

    /// A block over `dims` and the reduction over `reduce`.
    fn block(
        &mut self,
        buffer: &Buffer,
        dims: &[Dim],
        reduce: &[Dim],
        make: impl FnOnce(&mut Self, &Place, &[Var]) -> Body,
    ) -> (Vec<Stmt>, Fact) {
        self.c.begin();
        self.has_blocks = true;
        let (spatial, fused) = self.fused(dims);
        let mut axes = self.axes(&spatial, IterVarKind::DataPar);
        axes.extend(self.axes(reduce, IterVarKind::CommReduce));
        let all: Vec<Dim> = axes.iter().map(|a| a.dim.clone()).collect();
        let ordered: Vec<bool> = axes.iter().map(|a| a.kind == IterVarKind::CommReduce).collect();
        let nest = self.nest(&all, &ordered);
        let vars: Vec<Var> = all.iter().map(|d| Var::new(self.name("v"), d.expr.dtype())).collect();
        // A block sees the outside through its axes alone, as far as loops are concerned.
        let before = self.scalars.len();
        for (var, axis) in vars.iter().zip(&axes) {
            let (lo, n) = (axis.offset as i128, axis.dim.value as i128);
            self.scalars.push((*var, Fact::range(lo, (lo + n - 1).max(lo))));
        }
        let at: Vec<PrimExpr> =
            vars.iter().zip(&axes).map(|(v, a)| from_zero(*v, a.offset)).collect();
        let place = Place { buffer: buffer.clone(), indices: unfused(&at, fused, dims) };
        let view = if self.c.chance(1, 5) { self.view_region() } else { None };
        let made = make(self, &place, &vars);
        if view.is_some() {
            self.sources.pop();
        }
        self.scalars.truncate(before);
        let block = Block {
            id: BlockId::fresh(),
            name: self.name("block"),
            iter_vars: vars.iter().zip(&axes).map(|(v, a)| iter_var(*v, a)).collect(),
            reads: Box::default(),
            writes: Box::default(),
            inferred: InferredRegions { reads: true, writes: true },
            init: made.init,
            alloc_buffers: Box::default(),
            match_buffers: view.into_iter().collect(),
            annotations: Attrs::new(),
            body: Stmt::seq(made.stmts),
            span: Span::NONE,
        };
        let stmt = self.realize(&nest, &axes, block);
        self.c.end();
        (vec![stmt], made.fact)
    }

    fn realize(&mut self, nest: &Nest, axes: &[Axis], block: Block) -> Stmt {
        let values = nest.indices.iter().zip(axes);
        let iter_values = values.map(|(index, a)| match a.offset {
            0 => index.clone(),
            offset => {
                let offset = PrimExpr::int(offset, index.dtype());
                binary(BinOp::Add, index.clone(), offset)
            }
        });
        let realize = BlockRealize {
            iter_values: iter_values.collect(),
            predicate: nest.guard().unwrap_or(PrimExpr::bool(true)),
            block: block.into(),
        };
        nest.around(Stmt::Block(realize.into()))
    }

    fn axes(&mut self, dims: &[Dim], kind: IterVarKind) -> Vec<Axis> {
        let axis = |dim: &Dim| {
            let offset = if self.c.chance(1, 5) { 1 + self.c.below(4) as i64 } else { 0 };
            Axis { dim: dim.clone(), offset, kind }
        };
        dims.iter().map(axis).collect()
    }

    /// The dimensions, with the first two in one now and then.
    fn fused(&mut self, dims: &[Dim]) -> (Vec<Dim>, bool) {
        let [a, b, rest @ ..] = dims else { return (dims.to_vec(), false) };
        if a.expr.dtype() != b.expr.dtype() || !self.c.chance(1, 5) {
            return (dims.to_vec(), false);
        }
        let value = a.value * b.value;
        let expr = match (a.expr.as_int(), b.expr.as_int()) {
            (Some(_), Some(_)) => PrimExpr::int(value, a.expr.dtype()),
            _ => binary(BinOp::Mul, a.expr.clone(), b.expr.clone()),
        };
        let mut dims = vec![Dim { expr, value }];
        dims.extend(rest.iter().cloned());
        (dims, true)
    }

    /// A view of a part of a source, which is readable until it is taken away again.
    fn view_region(&mut self) -> Option<MatchBufferRegion> {
        let fits = |s: &Source| !s.extents.is_empty() && !s.extents.contains(&0);
        let found: Vec<usize> =
            (0..self.sources.len()).filter(|i| fits(&self.sources[*i])).collect();
        if found.is_empty() {
            return None;
        }
        let at = self.c.pick(&found);
        self.sources[at].used = true;
        let source = self.sources[at].clone();
        let mut region = Vec::new();
        let mut extents = Vec::new();
        for n in &source.extents {
            let start = self.c.below(*n as u64) as i64;
            let extent = n - start - self.c.below((n - start) as u64) as i64;
            region.push(Range::new(PrimExpr::i32(start as i32), PrimExpr::i32(extent as i32)));
            extents.push(extent);
        }
        let shape: Vec<PrimExpr> = extents.iter().map(|e| PrimExpr::i32(*e as i32)).collect();
        let mut node = BufferNode::new(self.name("W"), shape, source.buffer.dtype);
        if self.c.chance(1, 2) {
            let name = format!("{}_elem_offset", node.name);
            node.elem_offset = Some(Var::new(name.as_str(), DType::INT32).into());
            let strides = (0..extents.len()).map(|d| {
                let name = format!("{}_s{d}", node.name);
                PrimExpr::Var(Var::new(name.as_str(), DType::INT32))
            });
            node.strides = strides.collect();
        }
        node.scope = source.buffer.scope;
        let buffer = Buffer::from_node(node);
        self.sources.push(Source {
            buffer: buffer.clone(),
            extents,
            fact: source.fact,
            used: true,
            plain: false,
        });
        let source = BufferRegion { buffer: source.buffer, region: region.into() };
        Some(MatchBufferRegion { buffer, source, span: Span::NONE })
    }
}

fn body(place: &Place, start: PrimExpr, next: PrimExpr, fact: Fact) -> Body {
    Body { init: Some(place.store(start)), stmts: vec![place.store(next)], fact }
}

fn iter_var(var: Var, axis: &Axis) -> IterVar {
    let min = PrimExpr::int(axis.offset, var.dtype);
    let dom = Range::new(min, axis.dim.expr.clone());
    IterVar { var, dom, kind: axis.kind, thread_tag: None, span: Span::NONE }
}

fn from_zero(var: Var, offset: i64) -> PrimExpr {
    match offset {
        0 => var.into(),
        _ => binary(BinOp::Sub, var.into(), PrimExpr::int(offset, var.dtype)),
    }
}

/// The buffer's indices at the axes' values; the reduction's axes come last and are left out.
fn unfused(at: &[PrimExpr], fused: bool, dims: &[Dim]) -> Box<[PrimExpr]> {
    if !fused {
        return at[..dims.len()].into();
    }
    let inner = &dims[1].expr;
    let mut indices = vec![
        binary(BinOp::FloorDiv, at[0].clone(), inner.clone()),
        binary(BinOp::FloorMod, at[0].clone(), inner.clone()),
    ];
    indices.extend(at[1..dims.len() - 1].iter().cloned());
    indices.into()
}
