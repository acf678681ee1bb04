//! `enter_postproc()`: marks where postprocessing begins in a trace.

use super::Primitive;
use crate::args::Args;
use crate::error::Result;
use crate::schedule::Schedule;
use crate::value::Value;

/// `enter_postproc`
pub const ENTER_POSTPROC: Primitive = Primitive {
    name: "enter_postproc",
    kind: "EnterPostproc",
    signature: "()",
    attrs: &[],
    spread: None,
    apply,
    doc: "Marks where the steps of postprocessing begin; it changes nothing.",
};

fn apply(_: &mut Schedule, _: &Args) -> Result<Value> {
    Ok(Value::None)
}
