//! Random loop nests: the verdict on races against a comparison of all pairs of accesses.
//!
//! `TIRADE_RACE_NESTS` sets how many nests are tried.

use std::sync::Arc;
use tirade_interp::{Class, Options, run};
use tirade_ir::args::{Arg, Tensor};
use tirade_ir::stmt::{BufferStore, IfThenElse, SeqStmt};
use tirade_ir::*;

/// Elements of each buffer.
const SIZE: i64 = 12;

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// `(sum of factor * loop variable + constant) mod SIZE`, or with the sum squared.
#[derive(Debug)]
struct Index {
    factors: Vec<(usize, i64)>,
    constant: i64,
    squared: bool,
}

#[derive(Debug)]
enum Node {
    Loop { id: usize, extent: i64, kind: ForKind, body: Vec<Node> },
    If { index: Index, below: i64, body: Vec<Node> },
    Store { buffer: usize, index: Index, reads: Vec<(usize, Index)> },
}

fn index(random: &mut Random, loops: &[usize]) -> Index {
    let mut factors = Vec::new();
    for id in loops {
        if random.chance(75) {
            factors.push((*id, [1, 1, 1, 2, 3, 4, 5, 6, -1][random.below(9) as usize]));
        }
    }
    Index { factors, constant: random.below(3) as i64, squared: random.chance(10) }
}

fn nodes(random: &mut Random, loops: &mut Vec<usize>, next: &mut usize) -> Vec<Node> {
    let count = 1 + random.below(2);
    (0..count).map(|_| node(random, loops, next)).collect()
}

fn node(random: &mut Random, loops: &mut Vec<usize>, next: &mut usize) -> Node {
    let depth = loops.len();
    if depth == 0 || depth < 3 && random.chance(45) {
        let id = *next;
        *next += 1;
        let kind = match random.below(5) {
            0 => ForKind::Serial,
            1 => ForKind::Vectorized,
            _ => ForKind::Parallel,
        };
        loops.push(id);
        let body = nodes(random, loops, next);
        loops.pop();
        return Node::Loop { id, extent: 1 + random.below(4) as i64, kind, body };
    }
    if random.chance(15) {
        let index = index(random, loops);
        let below = random.below(SIZE as u64) as i64;
        let store = store(random, loops);
        return Node::If { index, below, body: vec![store] };
    }
    store(random, loops)
}

fn store(random: &mut Random, loops: &[usize]) -> Node {
    let buffer = random.below(3) as usize;
    let index_of_store = index(random, loops);
    let reads = (0..random.below(3)).map(|_| (random.below(3) as usize, index(random, loops)));
    let reads = reads.collect();
    Node::Store { buffer, index: index_of_store, reads }
}

impl Index {
    fn value(&self, vars: &[i64]) -> i64 {
        let sum: i64 =
            self.factors.iter().map(|(id, f)| f * vars[*id]).sum::<i64>() + self.constant;
        let sum = if self.squared { sum * sum } else { sum };
        sum.rem_euclid(SIZE)
    }

    fn expr(&self, vars: &[Var]) -> PrimExpr {
        let bin = |op, a, b| PrimExpr::binary(op, a, b, Span::NONE);
        let mut sum = PrimExpr::i32(self.constant as i32);
        for (id, factor) in &self.factors {
            let term = bin(BinOp::Mul, vars[*id].into(), PrimExpr::i32(*factor as i32));
            sum = bin(BinOp::Add, term, sum);
        }
        if self.squared {
            sum = bin(BinOp::Mul, sum.clone(), sum);
        }
        bin(BinOp::FloorMod, sum, PrimExpr::i32(SIZE as i32))
    }
}

/// One access: where in the nest (loops with their kinds and iterations), to what, and how.
struct Access {
    path: Vec<(usize, bool, i64)>,
    element: (usize, i64),
    is_write: bool,
}

fn accesses(
    nodes: &[Node],
    vars: &mut [i64],
    path: &mut Vec<(usize, bool, i64)>,
    all: &mut Vec<Access>,
) {
    for node in nodes {
        match node {
            Node::Loop { id, extent, kind, body } => {
                for i in 0..*extent {
                    vars[*id] = i;
                    path.push((*id, *kind != ForKind::Serial, i));
                    accesses(body, vars, path, all);
                    path.pop();
                }
            }
            Node::If { index, below, body } => {
                if index.value(vars) < *below {
                    accesses(body, vars, path, all);
                }
            }
            Node::Store { buffer, index, reads } => {
                let mut push = |buffer: usize, index: &Index, is_write| {
                    let element = (buffer, index.value(vars));
                    all.push(Access { path: path.clone(), element, is_write });
                };
                reads.iter().for_each(|(b, i)| push(*b, i, false));
                push(*buffer, index, true);
            }
        }
    }
}

/// Two accesses race if the first thing that tells their places apart is the iteration of a loop
/// without order.
fn race(a: &Access, b: &Access) -> bool {
    let apart = a.path.iter().zip(&b.path).find(|(x, y)| x != y);
    let unordered = apart.is_some_and(|(x, y)| x.0 == y.0 && x.1);
    unordered && a.element == b.element && (a.is_write || b.is_write)
}

fn stmts(nodes: &[Node], vars: &[Var], buffers: &[Buffer]) -> Stmt {
    let all: Vec<Stmt> = nodes.iter().map(|n| stmt(n, vars, buffers)).collect();
    match &all[..] {
        [one] => one.clone(),
        _ => Stmt::Seq(Arc::new(SeqStmt { stmts: all.into() })),
    }
}

fn stmt(node: &Node, vars: &[Var], buffers: &[Buffer]) -> Stmt {
    match node {
        Node::Loop { id, extent, kind, body } => Stmt::For(Arc::new(For {
            loop_var: vars[*id],
            min: PrimExpr::i32(0),
            extent: PrimExpr::i32(*extent as i32),
            step: None,
            kind: *kind,
            thread_tag: None,
            body: stmts(body, vars, buffers),
            annotations: Attrs::new(),
            span: Span::NONE,
        })),
        Node::If { index, below, body } => Stmt::If(Arc::new(IfThenElse {
            condition: PrimExpr::binary(
                BinOp::Lt,
                index.expr(vars),
                PrimExpr::i32(*below as i32),
                Span::NONE,
            ),
            then_case: stmts(body, vars, buffers),
            else_case: None,
            span: Span::NONE,
        })),
        Node::Store { buffer, index, reads } => {
            let mut value = PrimExpr::float(1.0, DType::FLOAT32);
            for (b, i) in reads {
                let read = PrimExpr::load(buffers[*b].clone(), [i.expr(vars)], Span::NONE);
                value = PrimExpr::binary(BinOp::Max, value, read, Span::NONE);
            }
            Stmt::Store(Arc::new(BufferStore {
                buffer: buffers[*buffer].clone(),
                value,
                indices: [index.expr(vars)].into(),
                predicate: None,
                span: Span::NONE,
            }))
        }
    }
}

fn module(nodes: &[Node], loops: usize) -> IRModule {
    let vars: Vec<Var> =
        (0..loops).map(|i| Var::new(format!("i{i}").as_str(), DType::INT32)).collect();
    let buffers: Vec<Buffer> = ["A", "B", "C"]
        .map(|name| Buffer::new(name, [PrimExpr::i32(SIZE as i32)], DType::FLOAT32))
        .into();
    let param = |b: &Buffer| Param {
        var: Var::new(b.name, DType::HANDLE),
        kind: ParamKind::Buffer(b.clone()),
        span: Span::NONE,
    };
    IRModule::from_func(PrimFunc {
        name: "main".into(),
        params: buffers.iter().map(param).collect(),
        ret_dtype: DType::VOID,
        body: stmts(nodes, &vars, &buffers),
        attrs: Attrs::new(),
        private: false,
        s_tir: true,
        check_well_formed: true,
        span: Span::NONE,
    })
}

#[test]
fn verdicts_agree_with_all_pairs() {
    let nests = std::env::var("TIRADE_RACE_NESTS").ok().and_then(|n| n.parse().ok());
    let mut random = Random(20_26);
    let mut racy = 0u64;
    let nests: u64 = nests.unwrap_or(2_000);
    for number in 0..nests {
        let mut loops = 0;
        let nest = vec![node(&mut random, &mut Vec::new(), &mut loops)];
        let mut all = Vec::new();
        accesses(&nest, &mut vec![0; loops], &mut Vec::new(), &mut all);
        let expected = all.iter().enumerate().any(|(i, b)| all[..i].iter().any(|a| race(a, b)));
        racy += expected as u64;
        let module = module(&nest, loops);
        let mut tensor = Tensor::zeros(DType::FLOAT32, &[SIZE as usize]);
        (0..SIZE as usize).for_each(|i| tensor.set(i, Scalar::new(i as f32)));
        let args = vec![Arg::Tensor { tensor, initialised: true }; 3];
        let mut first = None;
        for threads in [1, 2, 4, 16] {
            let options = Options { threads, ..Options::default() };
            let outcome = run(&module, "main".into(), args.clone(), &options).expect("it runs");
            let classes: Vec<_> = outcome.reports.iter().map(|r| Class::of(r.code)).collect();
            let found = classes.contains(&Some(Class::Race));
            assert_eq!(found, expected, "nest {number}: {nest:?}: {:?}", outcome.reports);
            assert!(classes.iter().all(|c| *c == Some(Class::Race)), "{:?}", outcome.reports);
            let text = format!("{:?} {:?}", outcome.reports, outcome.args);
            let first = first.get_or_insert_with(|| text.clone());
            assert_eq!(*first, text, "nest {number} with {threads} threads");
        }
    }
    assert!(racy > nests / 10 && racy < nests * 9 / 10, "{racy} of {nests} nests race");
    println!("{racy} of {nests} nests race");
}
