//! The arguments of one call, bound to a primitive's signature.

use crate::error::{Result, ScheduleError};
use crate::handle::{BlockRV, LoopRV};
use crate::primitive::Primitive;
use crate::value::Value;

/// One value for each parameter of the signature, defaults filled in. A parameter `*loops` holds a
/// list.
#[derive(Clone, Debug)]
pub struct Args {
    primitive: &'static Primitive,
    values: Vec<Value>,
}

/// A parameter of a signature.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The name, without stars.
    pub name: &'static str,
    /// The default, if it has one.
    pub default: Option<Value>,
    /// Collects further positional arguments.
    pub is_rest: bool,
    /// Can be given by name only.
    pub by_name_only: bool,
}

/// The parameters of a signature as Python writes it.
pub fn parameters(signature: &'static str) -> Vec<Parameter> {
    let inner = signature.strip_prefix('(').and_then(|t| t.strip_suffix(')')).expect("(…)");
    let mut found = Vec::new();
    let mut by_name_only = false;
    for part in inner.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        if part == "*" {
            by_name_only = true;
            continue;
        }
        let (name, default) = match part.split_once('=') {
            Some((name, text)) => (name.trim(), Some(literal(text.trim()))),
            None => (part, None),
        };
        let is_rest = name.starts_with('*');
        let name = name.trim_start_matches('*');
        found.push(Parameter { name, default, is_rest, by_name_only });
        by_name_only |= is_rest;
    }
    found
}

/// A default: `None`, `True`, `False`, a number or a string.
fn literal(text: &str) -> Value {
    match text {
        "None" => Value::None,
        "True" => Value::Bool(true),
        "False" => Value::Bool(false),
        _ => match (text.parse(), text.parse()) {
            (Ok(value), _) => Value::Int(value),
            (_, Ok(value)) => Value::Float(value),
            _ => Value::str(text.trim_matches(['\'', '"'])),
        },
    }
}

impl Args {
    /// Binds positional and keyword arguments.
    pub fn bind(
        primitive: &'static Primitive,
        positional: impl IntoIterator<Item = Value>,
        keyword: impl IntoIterator<Item = (String, Value)>,
    ) -> Result<Args> {
        let params = parameters(primitive.signature);
        let mut slots: Vec<Option<Value>> = vec![None; params.len()];
        let mut rest = Vec::new();
        let by_position: Vec<usize> =
            (0..params.len()).filter(|i| !params[*i].by_name_only && !params[*i].is_rest).collect();
        let rest_slot = params.iter().position(|p| p.is_rest);
        for (i, value) in positional.into_iter().enumerate() {
            match (by_position.get(i), rest_slot) {
                (Some(slot), _) => slots[*slot] = Some(value),
                (None, Some(_)) => rest.push(value),
                (None, None) => return Err(primitive.misused("too many arguments")),
            }
        }
        if let Some(slot) = rest_slot {
            slots[slot] = Some(Value::list(rest));
        }
        for (name, value) in keyword {
            match params.iter().position(|p| p.name == name && !p.is_rest) {
                Some(i) if slots[i].is_none() => slots[i] = Some(value),
                Some(_) => return Err(primitive.misused(&format!("`{name}` is given twice"))),
                None => return Err(primitive.misused(&format!("there is no parameter `{name}`"))),
            }
        }
        let fill = |(slot, param): (Option<Value>, &Parameter)| {
            slot.or_else(|| param.default.clone())
                .ok_or_else(|| primitive.misused(&format!("`{}` is missing", param.name)))
        };
        let values: Result<Vec<_>> = slots.into_iter().zip(&params).map(fill).collect();
        Ok(Args { primitive, values: values? })
    }

    /// Arguments from one value for each parameter.
    pub fn from_values(primitive: &'static Primitive, values: Vec<Value>) -> Args {
        Args { primitive, values }
    }

    /// One value for each parameter.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The same with another value for one parameter.
    pub fn with(mut self, name: &str, value: Value) -> Args {
        let params = parameters(self.primitive.signature);
        if let Some(position) = params.iter().position(|p| p.name == name) {
            self.values[position] = value;
        }
        self
    }

    /// True if the primitive has a parameter of that name.
    pub fn has(&self, name: &str) -> bool {
        parameters(self.primitive.signature).iter().any(|p| p.name == name)
    }

    /// The argument of a parameter.
    ///
    /// # Panics
    /// If the signature has no parameter of that name.
    pub fn get(&self, name: &str) -> &Value {
        let params = parameters(self.primitive.signature);
        let position = params.iter().position(|p| p.name == name);
        &self.values[position.unwrap_or_else(|| panic!("no parameter `{name}`"))]
    }

    /// The argument, or nothing for `None`.
    pub fn opt(&self, name: &str) -> Option<&Value> {
        Some(self.get(name)).filter(|value| !matches!(value, Value::None))
    }

    fn unexpected(&self, name: &str, expected: &str) -> ScheduleError {
        let (primitive, found) = (self.primitive.name, self.get(name).type_name());
        ScheduleError::argument(format!("`{name}` of `{primitive}` is {found}, not {expected}"))
            .help(format!("the signature is `{primitive}{}`", self.primitive.signature))
    }

    /// A block. Names of blocks are resolved by
    /// [`Schedule::block_arg`](crate::Schedule::block_arg).
    pub fn block(&self, name: &str) -> Result<BlockRV> {
        match self.get(name) {
            Value::Block(block) => Ok(*block),
            _ => Err(self.unexpected(name, "a block")),
        }
    }

    /// A loop.
    pub fn loop_rv(&self, name: &str) -> Result<LoopRV> {
        match self.get(name) {
            Value::Loop(loop_rv) => Ok(*loop_rv),
            _ => Err(self.unexpected(name, "a loop")),
        }
    }

    /// Loops, one or several, also in lists.
    pub fn loops(&self, name: &str) -> Result<Vec<LoopRV>> {
        let mut found = Vec::new();
        let mut open = vec![self.get(name).clone()];
        while let Some(value) = open.pop() {
            match value {
                Value::List(items) => open.extend(items.iter().rev().cloned()),
                Value::Loop(loop_rv) => found.push(loop_rv),
                _ => return Err(self.unexpected(name, "a list of loops")),
            }
        }
        Ok(found)
    }

    /// Blocks in a list; `None` for none.
    pub fn blocks(&self, name: &str) -> Result<Vec<BlockRV>> {
        let block = |value: &Value| match value {
            Value::Block(block) => Ok(*block),
            _ => Err(self.unexpected(name, "a list of blocks")),
        };
        self.get(name).flat().iter().map(block).collect()
    }

    /// A bool; integers count.
    pub fn bool(&self, name: &str) -> Result<bool> {
        match self.get(name) {
            Value::Bool(value) => Ok(*value),
            Value::Int(value) => Ok(*value != 0),
            _ => Err(self.unexpected(name, "a bool")),
        }
    }

    /// A plain integer.
    pub fn int(&self, name: &str) -> Result<i64> {
        match self.get(name) {
            Value::Int(value) => Ok(*value),
            Value::Expr(e) => match e.as_int() {
                Some(value) => Ok(value as i64),
                None => Err(self.unexpected(name, "an int")),
            },
            _ => Err(self.unexpected(name, "an int")),
        }
    }

    /// Plain integers in a list.
    pub fn ints(&self, name: &str) -> Result<Vec<i64>> {
        let int = |value: &Value| match value {
            Value::Int(value) => Ok(*value),
            _ => Err(self.unexpected(name, "a list of ints")),
        };
        self.get(name).flat().iter().map(int).collect()
    }

    /// A string.
    pub fn str(&self, name: &str) -> Result<&str> {
        match self.get(name) {
            Value::Str(text) => Ok(text),
            _ => Err(self.unexpected(name, "a string")),
        }
    }
}
