//! What a function of the script takes where a primitive asks for a map of indices: how many
//! indices, and of which type.

use super::convert::MapDomain;
use tirade_ir::DType;
use tirade_ir::stmt::Block;
use tirade_schedule::primitive::Primitive;
use tirade_schedule::{Schedule, Value as Item};

/// The indices of the map that `param` of a call with the arguments `given` so far takes.
pub(super) fn of(
    schedule: &Schedule,
    primitive: &Primitive,
    given: &[Item],
    param: &str,
) -> MapDomain {
    let pairs = param == "gen_new_ranges";
    let unknown = MapDomain { rank: None, dtype: DType::INT32, pairs };
    if !matches!(param, "index_map" | "pad_value" | "gen_new_ranges") {
        return unknown;
    }
    let place = match given.first() {
        Some(Item::Block(rv)) => schedule.block(*rv),
        Some(Item::Str(name)) => schedule.block_named(name, None),
        _ => return unknown,
    };
    let Ok(place) = place else { return unknown };
    let block = place.block();
    let rank = match (param, primitive.name) {
        ("pad_value", _) => given.iter().find_map(|item| match item {
            Item::IndexMap(map) => Some(map.result.len()),
            _ => None,
        }),
        (_, "transform_layout") => given.get(1).and_then(|item| buffer_rank(block, item)),
        _ => Some(block.iter_vars.len()),
    };
    MapDomain { rank, dtype: index_dtype(block), pairs }
}

/// The type that the block counts in.
fn index_dtype(block: &Block) -> DType {
    let of_region = || {
        let ranges = block.reads.iter().chain(&block.writes).flat_map(|r| &r.region);
        ranges.map(|range| range.min.dtype()).next()
    };
    let of_axes = block.iter_vars.first().map(|v| v.var.dtype);
    of_axes.or_else(of_region).unwrap_or(DType::INT64)
}

/// The rank of the buffer that an argument names: `"A"`, `("read", 0)`, or the buffer itself.
fn buffer_rank(block: &Block, item: &Item) -> Option<usize> {
    let mut regions = block.reads.iter().chain(&block.writes);
    match item {
        Item::Buffer(buffer) => Some(buffer.rank()),
        Item::Str(name) => {
            regions.find(|r| r.buffer.name.as_str() == &**name).map(|r| r.buffer.rank())
        }
        Item::List(items) => {
            let [Item::Str(kind), Item::Int(index)] = &items[..] else { return None };
            let list = if &**kind == "write" { &block.writes } else { &block.reads };
            Some(list.get(usize::try_from(*index).ok()?)?.buffer.rank())
        }
        _ => None,
    }
}
