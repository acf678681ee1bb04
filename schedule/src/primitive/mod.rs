//! The primitives: one file each, and the table that everything generic reads.

use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::schedule::Schedule;
use crate::value::Value;

pub mod add_unit_loop;
pub mod annotate;
pub mod annotate_buffer_access;
pub mod blockize;
mod blockize_several;
pub mod cache;
pub mod compute_at;
pub mod compute_inline;
pub mod decompose_padding;
pub mod decompose_reduction;
pub mod enter_postproc;
pub mod for_kind;
pub mod fuse;
pub mod get_block;
pub mod get_blocks;
pub mod get_loops;
pub mod merge;
pub mod reindex;
pub mod reindex_cache;
pub mod reorder;
pub mod reorder_block_iter_var;
pub mod rfactor;
pub mod rolling_buffer;
pub mod sample_categorical;
pub mod sample_perfect_tile;
pub mod set_axis_separator;
pub mod set_scope;
pub mod split;
pub mod storage_align;
pub mod tensorize;
pub mod transform_block_layout;
pub mod transform_layout;
pub mod unsafe_set_dtype;

/// A row of the table of primitives.
#[derive(Debug)]
pub struct Primitive {
    /// TVM's name of the method.
    pub name: &'static str,
    /// TVM's name of the instruction in a trace.
    pub kind: &'static str,
    /// The parameters as Python writes them, without `self`. A parameter named `decision` is what a
    /// trace stores as the decision of a sampling primitive.
    pub signature: &'static str,
    /// The parameters that a trace stores as attributes; all others are inputs.
    pub attrs: &'static [&'static str],
    /// The parameter whose list a trace stores as several inputs.
    pub spread: Option<&'static str>,
    /// Checks the preconditions and rewrites. On an error the schedule is restored by the caller.
    pub apply: fn(&mut Schedule, &Args) -> Result<Value>,
    /// One line for people.
    pub doc: &'static str,
}

impl Primitive {
    /// True if it only gives out handles and numbers.
    pub fn is_pure(&self) -> bool {
        self.name.starts_with("get_") || self.name.starts_with("sample_")
    }

    /// True if it gives out a list, however long.
    pub fn gives_list(&self) -> bool {
        let several = self.name.starts_with("get_") && self.name.ends_with('s');
        several || self.name == "split" || self.name.ends_with("_tile")
    }

    /// The call does not fit the signature.
    pub(crate) fn misused(&self, what: &str) -> ScheduleError {
        ScheduleError::argument(format!("`{}`: {what}", self.name))
            .help(format!("the signature is `{}{}`", self.name, self.signature))
    }
}

/// Every primitive.
pub static TABLE: &[&Primitive] = &[
    &get_block::GET_SBLOCK,
    &get_block::GET_BLOCK,
    &get_loops::GET_LOOPS,
    &get_blocks::GET_CHILD_BLOCKS,
    &get_blocks::GET_PRODUCERS,
    &get_blocks::GET_CONSUMERS,
    &get_blocks::GET_OUTPUT_BLOCKS,
    &sample_categorical::SAMPLE_CATEGORICAL,
    &sample_perfect_tile::SAMPLE_PERFECT_TILE,
    &sample_perfect_tile::SAMPLE_PARTITIONED_TILE,
    &enter_postproc::ENTER_POSTPROC,
    &set_scope::SET_SCOPE,
    &set_axis_separator::SET_AXIS_SEPARATOR,
    &storage_align::STORAGE_ALIGN,
    &unsafe_set_dtype::UNSAFE_SET_DTYPE,
    &annotate_buffer_access::ANNOTATE_BUFFER_ACCESS,
    &transform_block_layout::TRANSFORM_BLOCK_LAYOUT,
    &transform_layout::TRANSFORM_LAYOUT,
    &blockize::BLOCKIZE,
    &tensorize::TENSORIZE,
    &reindex::REINDEX,
    &cache::CACHE_READ,
    &cache::CACHE_WRITE,
    &reindex_cache::REINDEX_CACHE_READ,
    &reindex_cache::REINDEX_CACHE_WRITE,
    &decompose_reduction::DECOMPOSE_REDUCTION,
    &decompose_padding::DECOMPOSE_PADDING,
    &rfactor::RFACTOR,
    &rolling_buffer::ROLLING_BUFFER,
    &annotate::ANNOTATE,
    &annotate::UNANNOTATE,
    &split::SPLIT,
    &fuse::FUSE,
    &merge::MERGE,
    &reorder::REORDER,
    &reorder_block_iter_var::REORDER_BLOCK_ITER_VAR,
    &add_unit_loop::ADD_UNIT_LOOP,
    &for_kind::PARALLEL,
    &for_kind::VECTORIZE,
    &for_kind::UNROLL,
    &for_kind::BIND,
    &compute_at::COMPUTE_AT,
    &compute_at::REVERSE_COMPUTE_AT,
    &compute_inline::COMPUTE_INLINE,
    &compute_inline::REVERSE_COMPUTE_INLINE,
];

/// The primitive of that name.
pub fn find(name: &str) -> Option<&'static Primitive> {
    TABLE.iter().copied().find(|row| row.name == name)
}

/// The primitive that a trace calls so.
pub fn find_kind(kind: &str) -> Option<&'static Primitive> {
    TABLE.iter().copied().find(|row| row.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::parameters;

    #[test]
    fn rows_are_consistent() {
        for (i, row) in TABLE.iter().enumerate() {
            let params = parameters(row.signature);
            let has = |name: &str| params.iter().any(|p| p.name == name);
            assert!(row.attrs.iter().chain(&row.spread).all(|name| has(name)), "{}", row.name);
            assert!(TABLE[..i].iter().all(|other| other.name != row.name), "{}", row.name);
            assert!(row.doc.ends_with('.'), "{}", row.name);
        }
    }
}
