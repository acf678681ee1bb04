//! Where the elements of a buffer parameter lie in the memory behind it.

use super::{Sizes, Tensor, eval_size};
use crate::buffer::Buffer;
use crate::diag::{Code, Diagnostic};
use crate::func::Param;

/// Shape, strides and offset of a buffer parameter, in elements, with all sizes known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Extent of each dimension.
    pub shape: Vec<i64>,
    /// Distance of neighbours in each dimension.
    pub strides: Vec<i64>,
    /// Place of element `(0, 0, …)`.
    pub offset: i64,
    /// Elements that the memory must hold.
    pub len: usize,
    /// Bytes of one element, with all lanes.
    pub element_bytes: usize,
}

impl Layout {
    /// The layout of `buffer`; an error if a stride or offset is negative or too large.
    pub fn of(param: &Param, buffer: &Buffer, sizes: &Sizes) -> Result<Layout, Diagnostic> {
        let fail = |what: &str| {
            let message = format!("the {what} of `{}` cannot be used", buffer.name);
            Diagnostic::error(Code::ARGUMENT, param.span.or(buffer.span), message).with_note(
                "extents, strides and offset of a parameter must be known and not negative",
            )
        };
        let size = |expr, what: &str| {
            let value = eval_size(expr, sizes).and_then(|v| i64::try_from(v).ok());
            value.filter(|v| *v >= 0).ok_or_else(|| fail(what))
        };
        let shape: Vec<i64> =
            buffer.shape.iter().map(|e| size(e, "shape")).collect::<Result<_, _>>()?;
        let strides = match buffer.strides.is_empty() {
            true => compact_strides(&shape).ok_or_else(|| fail("shape"))?,
            false => buffer.strides.iter().map(|e| size(e, "strides")).collect::<Result<_, _>>()?,
        };
        let offset = buffer.elem_offset.as_ref().map_or(Ok(0), |e| size(e, "offset"))?;
        let last = shape.iter().zip(&strides).try_fold(offset as i128, |at, (extent, stride)| {
            at.checked_add((*extent as i128 - 1).checked_mul(*stride as i128)?)
        });
        let len = if shape.contains(&0) { Some(offset as i128) } else { last.map(|l| l + 1) };
        let element_bytes = buffer.dtype.element().bytes() * buffer.dtype.lanes() as usize;
        let limit = isize::MAX as i128 / 16;
        let len = len.filter(|l| *l <= limit).ok_or_else(|| fail("shape"))? as usize;
        Ok(Layout { shape, strides, offset, len, element_bytes })
    }

    /// True if the elements lie in row-major order without gaps, from the start.
    pub fn is_compact(&self) -> bool {
        let compact = compact_strides(&self.shape).unwrap_or_default();
        let mut dims = self.shape.iter().zip(&self.strides).zip(&compact);
        self.offset == 0 && dims.all(|((extent, stride), want)| *extent <= 1 || stride == want)
    }

    /// Element offsets in row-major order of the indices.
    pub fn offsets(&self) -> impl Iterator<Item = usize> + '_ {
        let n: i64 = self.shape.iter().product();
        let mut index = vec![0; self.shape.len()];
        let mut at = self.offset;
        (0..n).map(move |_| {
            let here = at as usize;
            for d in (0..index.len()).rev() {
                index[d] += 1;
                at += self.strides[d];
                if index[d] < self.shape[d] {
                    break;
                }
                at -= index[d] * self.strides[d];
                index[d] = 0;
            }
            here
        })
    }

    /// The array's elements at their places in memory; gaps are zero.
    pub fn scatter(&self, tensor: &Tensor) -> Vec<u8> {
        if self.is_compact() {
            return tensor.bytes.clone();
        }
        let width = self.element_bytes;
        let mut memory = vec![0; self.len * width];
        for (from, to) in self.offsets().enumerate() {
            memory[to * width..][..width].copy_from_slice(&tensor.bytes[from * width..][..width]);
        }
        memory
    }

    /// The elements of memory in row-major order.
    pub fn gather(&self, memory: &[u8]) -> Vec<u8> {
        if self.is_compact() {
            let n = self.shape.iter().product::<i64>() as usize;
            return memory[..n * self.element_bytes].to_vec();
        }
        let width = self.element_bytes;
        self.offsets().flat_map(|at| &memory[at * width..][..width]).copied().collect()
    }
}

fn compact_strides(shape: &[i64]) -> Option<Vec<i64>> {
    let mut strides = vec![1i64; shape.len()];
    for d in (0..shape.len().saturating_sub(1)).rev() {
        strides[d] = strides[d + 1].checked_mul(shape[d + 1].max(1))?;
    }
    Some(strides)
}
