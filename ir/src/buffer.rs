//! Buffers and regions of buffers.

use crate::dtype::DType;
use crate::expr::{PrimExpr, Var, fresh_id};
use crate::span::Span;
use crate::symbol::Symbol;
use std::ops::Deref;
use std::sync::Arc;

/// Identity of a buffer, unique in the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BufferId(pub u32);

/// A buffer: a shared handle to a [`BufferNode`]. Equal when the ids are.
#[derive(Clone)]
pub struct Buffer(Arc<BufferNode>);

/// A multi-dimensional view of memory.
///
/// Element `(i0, i1, …)` lies at element offset `elem_offset + i0 * strides[0] + i1 * strides[1] + …`
/// of the memory that `data` points to.
#[derive(Clone, Debug)]
pub struct BufferNode {
    /// Identity.
    pub id: BufferId,
    /// The name in the source.
    pub name: Symbol,
    /// The pointer to the memory. Views of one allocation have the same `data`.
    pub data: Var,
    /// Type of an element; may be a vector type.
    pub dtype: DType,
    /// Extent of each dimension, in elements.
    pub shape: Box<[PrimExpr]>,
    /// Distance in elements between neighbours of each dimension; empty means row-major compact.
    pub strides: Box<[PrimExpr]>,
    /// Offset in elements of the first element; `None` means 0.
    pub elem_offset: Option<PrimExpr>,
    /// Storage scope: `global`, `shared`, `local`, …
    pub scope: Symbol,
    /// Alignment of `data` in bytes.
    pub align: i32,
    /// `elem_offset` is a multiple of this; 0 means that no offset was declared.
    pub offset_factor: i32,
    /// Dimensions before which a physical axis ends; empty for flat memory.
    pub axis_separators: Box<[i64]>,
    /// Where the buffer is declared.
    pub span: Span,
}

impl BufferNode {
    /// A new compact buffer in `global` scope with TVM's defaults (alignment 64, no offset).
    pub fn new(name: impl Into<Symbol>, shape: impl Into<Box<[PrimExpr]>>, dtype: DType) -> Self {
        let name = name.into();
        BufferNode {
            id: BufferId(fresh_id()),
            name,
            data: Var::new(name, DType::HANDLE),
            dtype,
            shape: shape.into(),
            strides: Box::default(),
            elem_offset: None,
            scope: Symbol::new("global"),
            align: 64,
            offset_factor: 1,
            axis_separators: Box::default(),
            span: Span::NONE,
        }
    }
}

impl Buffer {
    /// A buffer from its fields.
    pub fn from_node(node: BufferNode) -> Buffer {
        Buffer(Arc::new(node))
    }

    /// A new compact buffer, see [`BufferNode::new`].
    pub fn new(name: impl Into<Symbol>, shape: impl Into<Box<[PrimExpr]>>, dtype: DType) -> Buffer {
        Buffer::from_node(BufferNode::new(name, shape, dtype))
    }

    /// Number of dimensions.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// True if the two handles share one node (not only one id).
    pub fn ptr_eq(&self, other: &Buffer) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The whole buffer as a region.
    pub fn full_region(&self) -> BufferRegion {
        let zero = |extent: &PrimExpr| PrimExpr::int(0, extent.dtype());
        let region = self.shape.iter().map(|e| Range { min: zero(e), extent: e.clone() }).collect();
        BufferRegion { buffer: self.clone(), region }
    }
}

impl Deref for Buffer {
    type Target = BufferNode;

    fn deref(&self) -> &BufferNode {
        &self.0
    }
}

impl PartialEq for Buffer {
    fn eq(&self, other: &Buffer) -> bool {
        self.id == other.id
    }
}

impl Eq for Buffer {}

impl std::hash::Hash for Buffer {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl std::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.name, self.id.0)
    }
}

/// `extent` integers from `min` on.
#[derive(Clone, Debug)]
pub struct Range {
    /// First value.
    pub min: PrimExpr,
    /// How many values.
    pub extent: PrimExpr,
}

impl Range {
    /// The range from `min` with `extent` values.
    pub fn new(min: PrimExpr, extent: PrimExpr) -> Range {
        Range { min, extent }
    }

    /// `0..extent`, in the type of `extent`.
    pub fn from_extent(extent: PrimExpr) -> Range {
        Range { min: PrimExpr::int(0, extent.dtype().element()), extent }
    }
}

/// A box of elements of a buffer, one range per dimension.
#[derive(Clone, Debug)]
pub struct BufferRegion {
    /// The buffer.
    pub buffer: Buffer,
    /// One range per dimension.
    pub region: Box<[Range]>,
}

/// `buffer` names the elements of `source`: `T.match_buffer(source[…], …)` inside a block.
#[derive(Clone, Debug)]
pub struct MatchBufferRegion {
    /// The new view.
    pub buffer: Buffer,
    /// What it views.
    pub source: BufferRegion,
    /// Where.
    pub span: Span,
}
