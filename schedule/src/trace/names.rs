//! Names of handles in the text of a trace: `b0`, `l1`, `v2`, numbered together.

use crate::handle::{BlockRV, LoopRV};
use crate::value::Value;
use rustc_hash::FxHashMap;
use tirade_ir::{PrimExpr, VarId};

#[derive(Default)]
pub(super) struct Names {
    blocks: FxHashMap<BlockRV, String>,
    loops: FxHashMap<LoopRV, String>,
    exprs: FxHashMap<VarId, String>,
    /// Every handle is `_`.
    nameless: bool,
}

impl Names {
    /// No names at all.
    pub fn none() -> Names {
        Names { nameless: true, ..Names::default() }
    }

    fn next(&self, prefix: &str) -> String {
        if self.nameless {
            return "_".into();
        }
        format!("{prefix}{}", self.blocks.len() + self.loops.len() + self.exprs.len())
    }

    /// Gives names to the handles of an output; returns them in order.
    pub fn add(&mut self, output: &Value) -> Vec<String> {
        let mut names = Vec::new();
        for value in output.flat() {
            let name = match &value {
                Value::Block(rv) => {
                    let name = self.next("b");
                    self.blocks.insert(*rv, name.clone());
                    name
                }
                Value::Loop(rv) => {
                    let name = self.next("l");
                    self.loops.insert(*rv, name.clone());
                    name
                }
                Value::Expr(PrimExpr::Var(var)) => {
                    let name = self.next("v");
                    self.exprs.insert(var.id, name.clone());
                    name
                }
                other => format!("{other:?}"),
            };
            names.push(name);
        }
        names
    }

    /// The name of a handle.
    pub fn of(&self, value: &Value) -> Option<&str> {
        let is_handle =
            matches!(value, Value::Block(_) | Value::Loop(_) | Value::Expr(PrimExpr::Var(_)));
        if self.nameless && is_handle {
            return Some("_");
        }
        match value {
            Value::Block(rv) => self.blocks.get(rv).map(String::as_str),
            Value::Loop(rv) => self.loops.get(rv).map(String::as_str),
            Value::Expr(PrimExpr::Var(var)) => self.exprs.get(&var.id).map(String::as_str),
            _ => None,
        }
    }
}
