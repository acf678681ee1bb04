//! Defects on purpose: one statement whose report and place are known.

use super::body::store;
use super::int::ramp;
use super::value::{binary, call, cast, splat};
use super::{Generator, Planted, alloc, buffer_param};
use tirade_ir::args::{Arg, Tensor};
use tirade_ir::buffer::BufferNode;
use tirade_ir::expr::{BufferLoad, CallFunc};
use tirade_ir::op::Op;
use tirade_ir::stmt::{
    AllocBuffer, AllocOrigin, AssertStmt, BufferStore, DeclBuffer, Evaluate, For, IfThenElse,
    InferredRegions, While,
};
use tirade_ir::{
    Attrs, BinOp, Block, BlockId, BlockRealize, Buffer, BufferRegion, CallArg, Callee, Code, DType,
    ForKind, IterVar, IterVarKind, MatchBufferRegion, PrimExpr, PrimFunc, Range, Scalar, Span,
    Stmt, Symbol, Var,
};

/// The place of the defect: a position that no file has.
pub const PLACE: Span = Span { lo: 0xF000_0000, hi: 0xF000_0001 };

const LITERAL: fn(i32) -> PrimExpr = PrimExpr::i32;

impl Generator {
    /// Adds a statement that is to be reported.
    pub(super) fn plant(&mut self, body: &mut Vec<Stmt>) {
        self.c.begin();
        let i = Var::new(self.name("p"), DType::INT32);
        let out = self.sink(DType::INT32, 8);
        let store_value = |value| store(&out, &[LITERAL(0)], value);
        let iv = || PrimExpr::Var(i);
        // Most defects happen in the second of two iterations.
        let (code, stmt) = match self.c.below(19) {
            0 => {
                let indices = [binary(BinOp::Add, iv(), LITERAL(3))].into();
                let read = self.fresh_filled(4);
                let load = BufferLoad { buffer: read.0, indices, predicate: None, span: PLACE };
                let stmt = store_value(PrimExpr::Load(load.into()));
                (Code::OUT_OF_BOUNDS, Stmt::seq(read.1.into_iter().chain([around(i, 2, stmt)])))
            }
            1 => {
                let buffer = Buffer::new(self.name("U"), [LITERAL(4)], DType::INT32);
                let first = store(&buffer, &[LITERAL(0)], LITERAL(1));
                let load = BufferLoad {
                    buffer: buffer.clone(),
                    indices: [iv()].into(),
                    predicate: None,
                    span: PLACE,
                };
                let read = around(i, 2, store_value(PrimExpr::Load(load.into())));
                (
                    Code::UNINITIALISED,
                    Stmt::seq([alloc(buffer, AllocOrigin::AllocBuffer), first, read]),
                )
            }
            2 => {
                let sum = PrimExpr::binary(BinOp::Add, LITERAL(i32::MAX), iv(), PLACE);
                (Code::OVERFLOW, around(i, 2, store_value(sum)))
            }
            3 => {
                let op = self.c.pick(&[BinOp::FloorDiv, BinOp::FloorMod, BinOp::Div, BinOp::Mod]);
                let divisor = binary(BinOp::Sub, LITERAL(1), iv());
                let quotient = PrimExpr::binary(op, LITERAL(7), divisor, PLACE);
                (Code::DIVISION_BY_ZERO, around(i, 2, store_value(quotient)))
            }
            4 => {
                let op = self.c.pick(&[Op::ShiftLeft, Op::ShiftRight]);
                let count = binary(BinOp::Add, iv(), LITERAL(31));
                let shifted = PrimExpr::call(op, [LITERAL(1), count], DType::INT32, PLACE);
                (Code::SHIFT, around(i, 2, store_value(shifted)))
            }
            5 => {
                let big = PrimExpr::float(300.0, DType::FLOAT32);
                let scaled = binary(BinOp::Mul, cast(DType::FLOAT32, iv()), big);
                let narrow = PrimExpr::cast(DType::INT8, scaled, PLACE);
                (Code::CAST, around(i, 2, store_value(cast(DType::INT32, narrow))))
            }
            6 => {
                let op = self.c.pick(&[Op::Clz, Op::Ctz]);
                let value = binary(BinOp::Sub, LITERAL(1), iv());
                let count = PrimExpr::call(op, [value], DType::INT32, PLACE);
                (Code::CLZ, around(i, 2, store_value(count)))
            }
            7 => {
                let kind = self.c.pick(&[ForKind::Parallel, ForKind::Vectorized]);
                (Code::RACE, looped(i, 4, kind, placed_store(&out, LITERAL(0), iv())))
            }
            8 => {
                let lanes = DType::INT32.with_lanes(4);
                let index = ramp(LITERAL(1), 0, lanes);
                (Code::LANES, placed_store(&out, index, splat(LITERAL(5), lanes)))
            }
            9 => (Code::BINDING_DOMAIN, self.planted_block(i, &out, Wrong::Domain)),
            10 => (Code::BINDING_DUPLICATE, self.planted_block(i, &out, Wrong::Duplicate)),
            11 => (Code::INIT, self.planted_block(i, &out, Wrong::Init)),
            12 => (Code::REGION, self.planted_block(i, &out, Wrong::Region)),
            13 => (Code::MATCH, self.planted_block(i, &out, Wrong::Match)),
            14 => {
                let assert = AssertStmt {
                    condition: binary(BinOp::Lt, iv(), LITERAL(1)),
                    kind: Symbol::new("ValueError"),
                    message: ["planted".into()].into(),
                    span: PLACE,
                };
                (Code::ASSERT, around(i, 2, Stmt::Assert(assert.into())))
            }
            15 => {
                let condition = binary(
                    BinOp::Ge,
                    PrimExpr::load(out.clone(), [LITERAL(0)], Span::NONE),
                    LITERAL(0),
                );
                let body = store_value(LITERAL(1));
                let endless = Stmt::While(While { condition, body, span: PLACE }.into());
                (Code::FUEL, Stmt::seq([store_value(LITERAL(0)), endless]))
            }
            16 => {
                let extent = binary(BinOp::Sub, LITERAL(0), iv());
                let buffer = Buffer::new(self.name("U"), [extent], DType::INT32);
                let alloc = AllocBuffer {
                    buffer,
                    annotations: Attrs::new(),
                    constant: None,
                    origin: AllocOrigin::AllocBuffer,
                    span: PLACE,
                };
                let stmts = [Stmt::AllocBuffer(alloc.into()), store_value(LITERAL(1))];
                (Code::ALLOC, around(i, 2, Stmt::seq(stmts)))
            }
            17 => (Code::BOOL, self.planted_bool(&out)),
            _ => (Code::ALIAS, self.planted_alias(&out)),
        };
        body.push(self.wrapped(stmt));
        self.planted = Some(Planted { code, span: PLACE });
        self.c.end();
    }

    /// The statement, or one that runs it.
    fn wrapped(&mut self, stmt: Stmt) -> Stmt {
        let var = Var::new(self.name("q"), DType::INT32);
        match self.c.below(3) {
            0 => stmt,
            1 => looped(var, self.c.between(1, 3), ForKind::Serial, stmt),
            _ => {
                let condition = binary(BinOp::Lt, var.into(), LITERAL(5));
                let node =
                    IfThenElse { condition, then_case: stmt, else_case: None, span: Span::NONE };
                looped(var, 2, ForKind::Serial, Stmt::If(node.into()))
            }
        }
    }

    /// An output for what nobody needs.
    fn sink(&mut self, dtype: DType, extent: i64) -> Buffer {
        let buffer = Buffer::new(self.name("Z"), [LITERAL(extent as i32)], dtype);
        let tensor = Tensor::zeros(dtype, &[extent as usize]);
        self.param(&buffer, Arg::Tensor { tensor, initialised: false });
        buffer
    }

    /// A buffer with contents, and the statements that make it.
    fn fresh_filled(&mut self, extent: i64) -> (Buffer, Vec<Stmt>) {
        let buffer = Buffer::new(self.name("U"), [LITERAL(extent as i32)], DType::INT32);
        let k = Var::new(self.name("k"), DType::INT32);
        let fill = looped(k, extent, ForKind::Serial, store(&buffer, &[k.into()], k.into()));
        (buffer.clone(), vec![alloc(buffer, AllocOrigin::AllocBuffer), fill])
    }

    /// A byte that is neither 0 nor 1, read as a bool.
    fn planted_bool(&mut self, out: &Buffer) -> Stmt {
        let bytes = Buffer::new(self.name("U"), [LITERAL(2)], DType::UINT8);
        let mut tensor = Tensor::zeros(DType::UINT8, &[2]);
        tensor.set(1, Scalar::new(2 + self.c.below(250) as u8));
        self.param(&bytes, Arg::Tensor { tensor, initialised: true });
        let node = BufferNode::new(self.name("V"), [LITERAL(2)], DType::BOOL);
        let view = Buffer::from_node(BufferNode { data: bytes.data, ..node });
        let decl = Stmt::DeclBuffer(DeclBuffer { buffer: view.clone(), span: Span::NONE }.into());
        let i = Var::new(self.name("p"), DType::INT32);
        let load =
            BufferLoad { buffer: view, indices: [i.into()].into(), predicate: None, span: PLACE };
        let value = cast(DType::INT32, PrimExpr::Load(load.into()));
        Stmt::seq([decl, around(i, 2, store(out, &[LITERAL(0)], value))])
    }

    /// One buffer for two parameters of a function that writes.
    fn planted_alias(&mut self, out: &Buffer) -> Stmt {
        let shape = out.shape.clone();
        let from = Buffer::new(self.name("X"), shape.clone(), DType::INT32);
        let to = Buffer::new(self.name("Y"), shape, DType::INT32);
        let value = PrimExpr::load(from.clone(), [LITERAL(1)], Span::NONE);
        let params = [&from, &to].map(buffer_param);
        let name = self.name("copy");
        self.functions.push(PrimFunc {
            name,
            params: params.into(),
            ret_dtype: DType::VOID,
            body: store(&to, &[LITERAL(0)], value),
            attrs: Attrs::new(),
            private: true,
            s_tir: true,
            check_well_formed: true,
            span: Span::NONE,
        });
        let args = [CallArg::Buffer(out.clone()), CallArg::Buffer(out.clone())].into();
        let call = CallFunc { callee: Callee::Global(name), args, dtype: DType::VOID, span: PLACE };
        let call = PrimExpr::CallFunc(call.into());
        Stmt::seq([
            store(out, &[LITERAL(1)], LITERAL(1)),
            Stmt::Evaluate(Evaluate { value: call, span: PLACE }.into()),
        ])
    }

    /// A block over `i` that breaks one rule.
    fn planted_block(&mut self, i: Var, out: &Buffer, wrong: Wrong) -> Stmt {
        self.has_blocks = true;
        let (spatial, reduce) =
            (Var::new(self.name("v"), DType::INT32), Var::new(self.name("r"), DType::INT32));
        let iv = || PrimExpr::Var(i);
        let is = |wanted| if wrong == wanted { PLACE } else { Span::NONE };
        let extent = if wrong == Wrong::Domain { 3 } else { 4 };
        let mut iter_vars = vec![axis(spatial, extent, IterVarKind::DataPar, is(Wrong::Domain))];
        let mut values = vec![match wrong {
            Wrong::Duplicate => binary(BinOp::FloorDiv, iv(), LITERAL(2)),
            Wrong::Init => LITERAL(0),
            Wrong::Domain | Wrong::Region | Wrong::Match => iv(),
        }];
        if wrong == Wrong::Init {
            iter_vars.push(axis(reduce, 4, IterVarKind::CommReduce, Span::NONE));
            values.push(binary(BinOp::Sub, LITERAL(3), iv()));
        }
        let (filled, fill) = self.fresh_filled(8);
        let index = if wrong == Wrong::Region { LITERAL(1) } else { spatial.into() };
        let span = is(Wrong::Region);
        let load =
            BufferLoad { buffer: filled.clone(), indices: [index].into(), predicate: None, span };
        let read = PrimExpr::Load(load.into());
        let value = match wrong {
            Wrong::Init => {
                let own = PrimExpr::load(out.clone(), [spatial.into()], Span::NONE);
                call(Op::BitwiseXor, [own, read], DType::INT32)
            }
            _ => read,
        };
        let region = |b: &Buffer, extent: i32| BufferRegion {
            buffer: b.clone(),
            region: [Range::new(LITERAL(0), LITERAL(extent))].into(),
        };
        let view = (wrong == Wrong::Match).then(|| {
            let node = BufferNode::new(self.name("W"), [LITERAL(4)], DType::INT32);
            let buffer = Buffer::from_node(BufferNode { strides: [LITERAL(2)].into(), ..node });
            MatchBufferRegion { buffer, source: region(&filled, 4), span: PLACE }
        });
        let declared = wrong == Wrong::Region;
        let init = (wrong == Wrong::Init).then(|| store(out, &[spatial.into()], LITERAL(0)));
        let block = Block {
            id: BlockId::fresh(),
            name: self.name("block"),
            iter_vars: iter_vars.into(),
            reads: if declared { [region(&filled, 1)].into() } else { Box::default() },
            writes: if declared { [region(out, 4)].into() } else { Box::default() },
            inferred: InferredRegions { reads: !declared, writes: !declared },
            init,
            alloc_buffers: Box::default(),
            match_buffers: view.into_iter().collect(),
            annotations: Attrs::new(),
            body: store(out, &[spatial.into()], value),
            span: if matches!(wrong, Wrong::Duplicate | Wrong::Init) { PLACE } else { Span::NONE },
        };
        let realize = BlockRealize {
            iter_values: values.into(),
            predicate: PrimExpr::bool(true),
            block: block.into(),
        };
        Stmt::seq(fill.into_iter().chain([around(i, 4, Stmt::Block(realize.into()))]))
    }
}

/// The rule that a planted block breaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Domain,
    Duplicate,
    Init,
    Region,
    Match,
}

fn axis(var: Var, extent: i32, kind: IterVarKind, span: Span) -> IterVar {
    let dom = Range::from_extent(LITERAL(extent));
    IterVar { var, dom, kind, thread_tag: None, span }
}

fn around(var: Var, extent: i64, body: Stmt) -> Stmt {
    looped(var, extent, ForKind::Serial, body)
}

fn looped(var: Var, extent: i64, kind: ForKind, body: Stmt) -> Stmt {
    let node = For {
        loop_var: var,
        min: LITERAL(0),
        extent: LITERAL(extent as i32),
        step: None,
        kind,
        thread_tag: None,
        body,
        annotations: Attrs::new(),
        span: Span::NONE,
    };
    Stmt::For(node.into())
}

fn placed_store(buffer: &Buffer, index: PrimExpr, value: PrimExpr) -> Stmt {
    let store = BufferStore {
        buffer: buffer.clone(),
        value,
        indices: [index].into(),
        predicate: None,
        span: PLACE,
    };
    Stmt::Store(store.into())
}
