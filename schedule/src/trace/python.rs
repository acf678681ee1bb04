//! Traces as Python: one call a line, as a script would make them.

use super::names::Names;
use super::{Instruction, Trace};
use crate::args::parameters;
use crate::value::Value;
use tirade_ir::print::{PrintOptions, print_expr};

impl Trace {
    /// The trace as lines of Python.
    pub fn to_python(&self) -> Vec<String> {
        let mut names = Names::default();
        self.steps().map(|step| line(step, &mut names)).collect()
    }
}

impl Instruction {
    /// The step as a line of Python; by itself it has no names for handles.
    pub fn to_python(&self) -> String {
        line(self, &mut Names::none())
    }
}

fn line(step: &Instruction, names: &mut Names) -> String {
    let mut args = Vec::new();
    for (param, value) in parameters(step.primitive.signature).iter().zip(step.args.values()) {
        if param.name == "decision" {
            continue;
        }
        match (param.is_rest, value) {
            (true, Value::List(items)) => args.extend(items.iter().map(|v| text(v, names))),
            _ => args.push(format!("{}={}", param.name, text(value, names))),
        }
    }
    if let Some(decision) = &step.decision {
        args.push(format!("decision={}", text(decision, names)));
    }
    let call = format!("sch.{}({})", step.primitive.name, args.join(", "));
    let outputs = names.add(&step.output);
    match (&step.output, &outputs[..]) {
        (_, []) => call,
        (Value::List(_), [one]) => format!("{one}, = {call}"),
        (_, several) => format!("{} = {call}", several.join(", ")),
    }
}

fn text(value: &Value, names: &Names) -> String {
    if let Some(name) = names.of(value) {
        return name.to_string();
    }
    match value {
        Value::None => "None".into(),
        Value::Bool(value) => if *value { "True" } else { "False" }.into(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => format!("{value:?}"),
        Value::Str(text) => format!("{text:?}"),
        Value::Block(_) => "block".into(),
        Value::Loop(_) => "loop".into(),
        Value::Expr(e) => print_expr(e, &PrintOptions::default()).text,
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| text_of(item, names)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Dict(items) => {
            let item = |(key, item): &(std::sync::Arc<str>, Value)| {
                format!("{key:?}: {}", text_of(item, names))
            };
            let items: Vec<String> = items.iter().map(item).collect();
            format!("{{{}}}", items.join(", "))
        }
        Value::IndexMap(map) => {
            let vars: Vec<&str> = map.initial.iter().map(|v| v.name.as_str()).collect();
            let print = |e| print_expr(e, &PrintOptions::default()).text;
            let results: Vec<String> = map.result.iter().map(print).collect();
            format!("lambda {}: ({},)", vars.join(", "), results.join(", "))
        }
        Value::Buffer(buffer) => format!("{:?}", buffer.name.as_str()),
    }
}

fn text_of(value: &Value, names: &Names) -> String {
    text(value, names)
}
