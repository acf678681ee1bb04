//! `set_scope(block, buffer_index, storage_scope)`: where a buffer lives.

use super::Primitive;
use crate::analysis::buffers::{
    Access, allocation_or_refuse, block_and_buffer, check_scope, replace_buffer, with_scope,
};
use crate::args::Args;
use crate::error::Result;
use crate::schedule::Schedule;
use crate::value::Value;

/// `set_scope`
pub const SET_SCOPE: Primitive = Primitive {
    name: "set_scope",
    kind: "SetScope",
    signature: "(block, buffer_index, storage_scope)",
    attrs: &["buffer_index", "storage_scope"],
    spread: None,
    apply,
    doc: "Puts a buffer that a block writes into another storage scope.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let (place, accessed) = block_and_buffer(schedule, args, "buffer_index", Access::Write)?;
    let scope = args.str("storage_scope")?;
    if accessed.buffer.scope.as_str() == scope {
        return Ok(Value::None);
    }
    let scope = check_scope(scope)?;
    let site = allocation_or_refuse(&place, &accessed.buffer)?;
    let new = with_scope(&accessed.buffer, scope);
    let (stmt, _) =
        replace_buffer(&site.stmt, &accessed.buffer, &new, |view| with_scope(view, scope));
    schedule.replace(&site, stmt);
    Ok(Value::None)
}
