//! Parameters: inputs with values at which something changes, sizes, scalars, outputs.

use super::value::Fact;
use super::{Dim, Generator, Source, extents_of, shape_of};
use tirade_ir::args::{Arg, Tensor};
use tirade_ir::buffer::BufferNode;
use tirade_ir::{Buffer, DType, Param, ParamKind, PrimExpr, Scalar, Span, Var};

/// Elements of a buffer, at most.
const MOST_ELEMENTS: i64 = 192;

impl Generator {
    /// Sizes, scalars and inputs.
    pub(super) fn inputs(&mut self) {
        for i in 0..self.c.weighted(&[3, 2, 1]) {
            let dtype = if self.c.chance(1, 5) { DType::INT64 } else { DType::INT32 };
            let value = self.extent();
            let var = Var::new(["n", "m"][i], dtype);
            self.scalars.push((var, Fact::range(value as i128, value as i128)));
            let dim = Dim { expr: var.into(), value };
            self.sizes.push(dim.clone());
            // An argument has to tell the size.
            self.input(vec![dim]);
        }
        for _ in 0..1 + self.c.below(3) {
            let dims = self.dims();
            self.input(dims);
        }
        for _ in 0..self.c.weighted(&[4, 1, 1]) {
            self.scalar_param();
        }
    }

    fn extent(&mut self) -> i64 {
        self.c.pick(&[1, 2, 3, 4, 5, 7, 8, 11, 16, 17, 1, 4, 8, 0])
    }

    /// A shape, with symbolic extents now and then.
    pub(super) fn dims(&mut self) -> Vec<Dim> {
        let rank = [1, 2, 3, 0][self.c.weighted(&[5, 5, 2, 1])];
        let mut dims: Vec<Dim> = Vec::new();
        let mut len = 1;
        for _ in 0..rank {
            let dim = match !self.sizes.is_empty() && self.c.chance(1, 3) {
                true => {
                    let at = self.c.below(self.sizes.len() as u64) as usize;
                    self.sizes[at].clone()
                }
                false => {
                    let value = self.extent();
                    Dim { expr: PrimExpr::i32(value as i32), value }
                }
            };
            if len * dim.value.max(1) <= MOST_ELEMENTS {
                len *= dim.value.max(1);
                dims.push(dim);
            }
        }
        dims
    }

    /// A buffer parameter, with strides now and then; true if it has no gaps.
    fn param_buffer(&mut self, stem: &str, dims: &[Dim], dtype: DType) -> (Buffer, bool) {
        let name = self.name(stem);
        let constant = dims.iter().all(|d| d.expr.as_int().is_some());
        if dims.is_empty() || !constant || !self.c.chance(1, 6) {
            return (Buffer::new(name, shape_of(dims), dtype), true);
        }
        let mut strides = Vec::new();
        let mut next = 1 + self.c.below(2) as i64;
        for dim in dims.iter().rev() {
            strides.insert(0, PrimExpr::i32(next as i32));
            next = next * dim.value.max(1) + self.c.below(3) as i64;
        }
        let node =
            BufferNode { strides: strides.into(), ..BufferNode::new(name, shape_of(dims), dtype) };
        (Buffer::from_node(node), false)
    }

    /// Adds an input.
    fn input(&mut self, dims: Vec<Dim>) {
        let dtype = self.dtype();
        let (buffer, plain) = self.param_buffer("A", &dims, dtype);
        let extents = extents_of(&dims);
        let shape: Vec<usize> = extents.iter().map(|e| *e as usize).collect();
        let (tensor, fact) = self.values(dtype, &shape);
        self.param(&buffer, Arg::Tensor { tensor, initialised: true });
        self.sources.push(Source { buffer, extents, fact, used: false, plain });
    }

    /// Adds an output.
    pub(super) fn output(&mut self, dims: &[Dim], dtype: DType) -> (Buffer, bool) {
        let (buffer, plain) = self.param_buffer("B", dims, dtype);
        let shape: Vec<usize> = dims.iter().map(|d| d.value as usize).collect();
        let tensor = Tensor::zeros(dtype, &shape);
        self.param(&buffer, Arg::Tensor { tensor, initialised: false });
        (buffer, plain)
    }

    fn scalar_param(&mut self) {
        let dtype = self.dtype();
        let var = Var::new(self.name("s"), dtype);
        let (tensor, fact) = self.values(dtype, &[1]);
        self.params.push(Param { var, kind: ParamKind::Scalar, span: Span::NONE });
        self.args.push(Arg::Scalar(tensor.get(0)));
        self.scalars.push((var, fact));
    }

    /// An array of values, and what they are.
    fn values(&mut self, dtype: DType, shape: &[usize]) -> (Tensor, Fact) {
        let mode = self.c.weighted(&[4, 3, 2]);
        let mut random = crate::choice::Choices::from_seed(self.c.below(1 << 32));
        let mut tensor = Tensor::zeros(dtype, shape);
        let mut fact: Option<Fact> = None;
        for i in 0..tensor.len() {
            let value = sample(dtype, mode, &mut random);
            tensor.set(i, value);
            let one = match value.to_i128() {
                Some(v) => Fact::range(v, v),
                None => Fact::float(false),
            };
            fact = Some(fact.map_or(one, |f| f.join(one)));
        }
        (tensor, fact.unwrap_or(Fact::range(0, 0)))
    }
}

/// A value of the type: small (mode 0), of any size (mode 1), or at an edge (mode 2).
fn sample(dtype: DType, mode: usize, random: &mut crate::choice::Choices) -> Scalar {
    let edge = mode == 2 && random.chance(1, 2) || mode == 1 && random.chance(1, 12);
    if dtype.is_float() {
        return sample_float(dtype, mode, edge, random);
    }
    let (lo, hi) = (dtype.int_min(), dtype.int_max());
    let value = if edge {
        random.pick(&[lo, hi, 0, -1, 1, lo + 1, hi - 1, hi / 2 + 1]).clamp(lo, hi)
    } else if mode == 0 {
        (random.below(24) as i128 - 8).clamp(lo, hi)
    } else {
        random.bits() as i64 as i128
    };
    Scalar::from_i128(dtype, value).expect("a computable type")
}

fn sample_float(
    dtype: DType,
    mode: usize,
    edge: bool,
    random: &mut crate::choice::Choices,
) -> Scalar {
    let raw = |bits| Scalar::from_raw(dtype, bits).expect("a computable type");
    let ones = |n: u32| (1u64 << n) - 1;
    let fraction = match dtype {
        DType::FLOAT16 => 10,
        DType::BFLOAT16 => 7,
        DType::FLOAT32 => 23,
        _ => 52,
    };
    let sign = 1u64 << (dtype.bits() - 1);
    let infinity = (sign - 1) & !ones(fraction);
    let from = |v: f64| Scalar::from_f64(dtype, v).expect("a computable type").value;
    if edge {
        let quiet = infinity | 1 << (fraction - 1) | random.bits() & ones(fraction - 1);
        let magnitude = random.pick(&[
            infinity,
            0,
            quiet,
            1,
            ones(fraction),
            1 << fraction,
            infinity - 1,
            from(1.0).bits(),
        ]);
        return raw(magnitude | if random.chance(1, 2) { sign } else { 0 });
    }
    if mode == 0 {
        return from((random.below(257) as f64 - 128.0) / 16.0);
    }
    let value = raw(random.bits() & (sign | (sign - 1)));
    // Signalling NaNs are made quiet: what a cast makes of them is the machine's choice.
    if value.is_nan() { raw(value.bits() | 1 << (fraction - 1)) } else { value }
}
