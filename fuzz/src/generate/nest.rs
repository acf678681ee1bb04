//! Loop nests that visit every index of a shape exactly once, in many ways.

use super::value::{Fact, add, binary};
use super::{Dim, Generator};
use tirade_ir::stmt::{For, IfThenElse};
use tirade_ir::{Attrs, BinOp, DType, ForKind, PrimExpr, Span, Stmt, Symbol, Var};

/// A loop to be put around a body.
#[derive(Clone, Debug)]
pub(crate) struct Loop {
    pub var: Var,
    min: PrimExpr,
    extent: PrimExpr,
    step: Option<PrimExpr>,
    /// First and last value; the last one is below the first if there is no iteration.
    first: i64,
    last: i64,
    trips: i64,
    kind: ForKind,
    thread_tag: Option<Symbol>,
    /// Part of a reduction: its iterations stay in order.
    ordered: bool,
}

/// Loops, the index that they reach in each dimension, and when there is one.
pub(crate) struct Nest {
    pub loops: Vec<Loop>,
    pub indices: Vec<PrimExpr>,
    pub guards: Vec<PrimExpr>,
}

/// A literal of the dimension's type.
fn literal(like: &PrimExpr, value: i64) -> PrimExpr {
    PrimExpr::int(value, like.dtype())
}

impl Loop {
    fn new(var: Var, extent: PrimExpr, value: i64) -> Loop {
        Loop {
            var,
            min: literal(&extent, 0),
            extent,
            step: None,
            first: 0,
            last: value - 1,
            trips: value,
            kind: ForKind::Serial,
            thread_tag: None,
            ordered: false,
        }
    }

    fn is_constant(&self) -> bool {
        self.extent.as_int().is_some()
    }

    /// The loop variable's values.
    pub fn fact(&self) -> Fact {
        Fact::range(self.first as i128, self.last.max(self.first) as i128)
    }

    /// The loop around `body`.
    pub fn around(&self, body: Stmt) -> Stmt {
        let node = For {
            loop_var: self.var,
            min: self.min.clone(),
            extent: self.extent.clone(),
            step: self.step.clone(),
            kind: self.kind,
            thread_tag: self.thread_tag,
            body,
            annotations: Attrs::new(),
            span: Span::NONE,
        };
        Stmt::For(node.into())
    }
}

impl Nest {
    /// The nest around `body`, which the guards keep from running where there is no index.
    pub fn around_guarded(&self, body: Stmt) -> Stmt {
        let guarded = match self.guard() {
            Some(condition) => {
                let branch =
                    IfThenElse { condition, then_case: body, else_case: None, span: Span::NONE };
                Stmt::If(branch.into())
            }
            None => body,
        };
        self.around(guarded)
    }

    /// The nest around `body`.
    pub fn around(&self, body: Stmt) -> Stmt {
        self.loops.iter().rev().fold(body, |body, l| l.around(body))
    }

    /// All guards in one.
    pub fn guard(&self) -> Option<PrimExpr> {
        self.guards.iter().cloned().reduce(|a, b| binary(BinOp::And, a, b))
    }
}

impl Generator {
    /// A nest over `dims`; the loops of dimensions that are `ordered` reach their first index
    /// first and stay serial.
    pub(crate) fn nest(&mut self, dims: &[Dim], ordered: &[bool]) -> Nest {
        self.c.begin();
        let mut nest = Nest { loops: Vec::new(), indices: Vec::new(), guards: Vec::new() };
        for (dim, ordered) in dims.iter().zip(ordered) {
            self.dimension(dim, *ordered, &mut nest);
        }
        if self.c.chance(1, 3) {
            let order = self.c.order(nest.loops.len());
            nest.loops = order.into_iter().map(|i| nest.loops[i].clone()).collect();
        }
        match self.c.weighted(&[3, 4, 1]) {
            0 => {}
            1 => self.loop_kinds(&mut nest.loops),
            _ => self.thread_kinds(&mut nest.loops),
        }
        self.c.end();
        nest
    }

    /// Loops for one dimension.
    fn dimension(&mut self, dim: &Dim, ordered: bool, nest: &mut Nest) {
        let dtype = dim.expr.dtype();
        let lit = |value: i64| PrimExpr::int(value, dtype);
        let var = Var::new(self.name("i"), dtype);
        let i = PrimExpr::Var(var);
        let mut one = Loop::new(var, dim.expr.clone(), dim.value);
        one.ordered = ordered;
        let constant = dim.expr.as_int().is_some();
        let way = match self.c.weighted(&[6, 4, 2, 1, 2, 1, 1]) {
            2 | 5 | 6 if ordered => 0,
            way => way,
        };
        let index = match way {
            1 => return self.split(dim, ordered, nest),
            2 => binary(BinOp::Sub, binary(BinOp::Sub, dim.expr.clone(), lit(1)), i),
            3 => {
                let step = 2 + self.c.below(2) as i64;
                one.step = Some(lit(step));
                one.extent = match constant {
                    true => lit(dim.value * step),
                    false => binary(BinOp::Mul, dim.expr.clone(), lit(step)),
                };
                one.last = (dim.value - 1) * step;
                binary(BinOp::FloorDiv, i, lit(step))
            }
            4 => {
                let offset = 1 + self.c.below(5) as i64;
                one.min = lit(offset);
                (one.first, one.last) = (offset, offset + dim.value - 1);
                binary(BinOp::Sub, i, lit(offset))
            }
            5 => {
                let turn = lit(1 + self.c.below(7) as i64);
                binary(BinOp::FloorMod, binary(BinOp::Add, i, turn), dim.expr.clone())
            }
            6 if constant && dim.value.count_ones() == 1 => {
                let mask = self.c.below(dim.value as u64) as i64;
                super::value::call(tirade_ir::Op::BitwiseXor, [i, lit(mask)], dtype)
            }
            _ => i,
        };
        nest.loops.push(one);
        nest.indices.push(index);
    }

    /// Two loops, with a guard where the factor does not divide the extent.
    fn split(&mut self, dim: &Dim, ordered: bool, nest: &mut Nest) {
        let dtype = dim.expr.dtype();
        let lit = |value: i64| PrimExpr::int(value, dtype);
        let factor = [2, 3, 4, 8][self.c.below(4) as usize];
        let trips = (dim.value + factor - 1) / factor;
        let constant = dim.expr.as_int().is_some();
        let extent = match constant {
            true => lit(trips),
            false => {
                let rounded = binary(BinOp::Add, dim.expr.clone(), lit(factor - 1));
                binary(BinOp::FloorDiv, rounded, lit(factor))
            }
        };
        let (outer, inner) = (Var::new(self.name("i"), dtype), Var::new(self.name("i"), dtype));
        let scaled = binary(BinOp::Mul, outer.into(), lit(factor));
        let index = add(scaled, inner.into());
        if !constant || dim.value % factor != 0 {
            nest.guards.push(binary(BinOp::Lt, index.clone(), dim.expr.clone()));
        }
        let outer = Loop { ordered, ..Loop::new(outer, extent, trips) };
        let inner = Loop { ordered, ..Loop::new(inner, lit(factor), factor) };
        nest.loops.extend([outer, inner]);
        nest.indices.push(index);
    }

    fn loop_kinds(&mut self, loops: &mut [Loop]) {
        let innermost = loops.len().saturating_sub(1);
        for (i, l) in loops.iter_mut().enumerate() {
            let vectorizable = i == innermost && l.is_constant() && (1..=16).contains(&l.trips);
            l.kind = match self.c.weighted(&[4, 3, 1, 2]) {
                1 if !l.ordered => ForKind::Parallel,
                2 if l.is_constant() => ForKind::Unrolled,
                3 if !l.ordered && vectorizable && l.step.is_none() => ForKind::Vectorized,
                _ => ForKind::Serial,
            };
        }
    }

    fn thread_kinds(&mut self, loops: &mut [Loop]) {
        let tags = ["blockIdx.x", "blockIdx.y", "threadIdx.x", "threadIdx.y", "threadIdx.z"];
        let mut tags = tags[self.c.below(3) as usize..].iter();
        for l in loops {
            let fits = !l.ordered && l.is_constant() && 1 <= l.trips && l.step.is_none();
            if !fits || l.first != 0 || l.var.dtype != DType::INT32 {
                continue;
            }
            if let Some(tag) = tags.next() {
                l.kind = ForKind::ThreadBinding;
                l.thread_tag = Some(Symbol::new(tag));
            }
        }
    }

    /// Runs `f` with the loop variables in scope.
    pub(crate) fn inside<T>(&mut self, loops: &[Loop], f: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.scalars.len();
        self.scalars.extend(loops.iter().map(|l| (l.var, l.fact())));
        let result = f(self);
        self.scalars.truncate(before);
        result
    }
}
