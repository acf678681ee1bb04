//! `repr` and `str`.

use super::Evaluator;
use super::dict::DictKind;
use super::error::{HostError, Result};
use super::exceptions::ExcKind;
use super::object::Instance;
use super::types::type_name;
use super::value::Value;
use crate::dialect::hooks;
use std::rc::Rc;
use tirade_ir::span::Span;

/// Ints with more decimal digits are not turned into text, nor read from it: the time grows with
/// the square of their number.
pub const MAX_INT_DIGITS: usize = 4300;

impl Evaluator {
    /// `str(value)`
    pub fn str_of(&mut self, value: &Value) -> Result<String> {
        match value {
            Value::Str(text) => Ok(text.to_string()),
            Value::Instance(instance) => {
                if let Some(text) = self.call_special(value, "__str__", [], Span::NONE)? {
                    return text_result(text, "__str__");
                }
                if instance.class.exception_kind().is_some() {
                    return self.exception_text(instance);
                }
                self.repr(value)
            }
            _ => self.repr(value),
        }
    }

    fn exception_text(&mut self, exception: &Rc<Instance>) -> Result<String> {
        let items = exception.items.borrow().clone();
        match &*items {
            [] => Ok(String::new()),
            [item] if exception.class.exception_kind() == Some(ExcKind::KeyError) => {
                self.repr(item)
            }
            [item] => self.str_of(item),
            _ => self.repr(&Value::Tuple(items)),
        }
    }

    /// `repr(value)`
    pub fn repr(&mut self, value: &Value) -> Result<String> {
        let mut text = String::new();
        self.write_repr(value, &mut text)?;
        self.budget.consume(text.len())?;
        Ok(text)
    }

    fn write_repr(&mut self, value: &Value, out: &mut String) -> Result<()> {
        self.budget.step(1)?;
        self.budget.reserve(out.len())?;
        match value {
            Value::List(list) => {
                let items = list.items().clone();
                self.write_items(value, &items, ["[", "]"], out)
            }
            Value::Tuple(items) => {
                let close = if items.len() == 1 { ",)" } else { ")" };
                self.write_items(value, items, ["(", close], out)
            }
            Value::Set(set) => {
                let elements = set.elements();
                match (set.frozen, elements.is_empty()) {
                    (false, true) => out.push_str("set()"),
                    (true, true) => out.push_str("frozenset()"),
                    (false, false) => self.write_items(value, &elements, ["{", "}"], out)?,
                    (true, false) => {
                        self.write_items(value, &elements, ["frozenset({", "})"], out)?;
                    }
                }
                Ok(())
            }
            Value::Dict(dict) => self.write_dict(value, dict, out),
            Value::Slice(slice) => {
                let parts = [slice.lower.clone(), slice.upper.clone(), slice.step.clone()];
                self.write_items(value, &parts, ["slice(", ")"], out)
            }
            Value::Instance(instance) => self.write_instance(value, instance, out),
            Value::Object(object) => {
                out.push_str(&object.clone().repr(self)?);
                Ok(())
            }
            Value::BigInt(big) => {
                if big.bits() as f64 > MAX_INT_DIGITS as f64 * std::f64::consts::LOG2_10 + 1.0 {
                    return Err(too_many_digits());
                }
                out.push_str(&big.to_string());
                Ok(())
            }
            Value::Poison => Err(HostError::poisoned()),
            other => {
                match plain_repr(other) {
                    Some(text) => out.push_str(&text),
                    None => out.push_str(&hooks::text(self, other)),
                }
                Ok(())
            }
        }
    }

    /// Items between brackets; a container inside itself is `...`.
    fn write_items(
        &mut self,
        container: &Value,
        items: &[Value],
        [open, close]: [&str; 2],
        out: &mut String,
    ) -> Result<()> {
        if self.enter_repr(container) {
            out.push_str(open);
            out.push_str("...");
            out.push_str(close.trim_start_matches(','));
            return Ok(());
        }
        out.push_str(open);
        let result = self.nested(|ev| {
            items.iter().enumerate().try_for_each(|(i, item)| {
                out.push_str(if i > 0 { ", " } else { "" });
                ev.write_repr(item, out)
            })
        });
        out.push_str(close);
        self.repr_stack.pop();
        result
    }

    /// Notes that `container` is being written; true if it already was.
    fn enter_repr(&mut self, container: &Value) -> bool {
        let address = super::eval::compare::address(container).unwrap_or(0);
        if self.repr_stack.contains(&address) {
            return true;
        }
        self.repr_stack.push(address);
        false
    }

    fn write_dict(
        &mut self,
        value: &Value,
        dict: &Rc<super::dict::Dict>,
        out: &mut String,
    ) -> Result<()> {
        let mut entries = dict.entries();
        let (open, close) = match &dict.kind {
            DictKind::Plain => ("{".to_string(), "}"),
            DictKind::Ordered => return self.write_ordered(value, entries, out),
            DictKind::Default(factory) => {
                let factory = factory.clone();
                (format!("defaultdict({}, {{", self.repr(&factory)?), "})")
            }
            DictKind::Counter if entries.is_empty() => ("Counter(".to_string(), ")"),
            DictKind::Counter => {
                // The most common elements come first.
                entries.sort_by(|a, b| {
                    super::number::compare(&b.1, &a.1).unwrap_or(std::cmp::Ordering::Equal)
                });
                ("Counter({".to_string(), "})")
            }
        };
        if self.enter_repr(value) {
            out.push_str("{...}");
            return Ok(());
        }
        out.push_str(&open);
        let result = self.nested(|ev| {
            entries.iter().enumerate().try_for_each(|(i, (key, value))| {
                out.push_str(if i > 0 { ", " } else { "" });
                ev.write_repr(key, out)?;
                out.push_str(": ");
                ev.write_repr(value, out)
            })
        });
        out.push_str(close);
        self.repr_stack.pop();
        result
    }

    /// An ordered dict is shown as the list of its items.
    fn write_ordered(
        &mut self,
        dict: &Value,
        entries: Vec<(Value, Value)>,
        out: &mut String,
    ) -> Result<()> {
        if entries.is_empty() {
            out.push_str("OrderedDict()");
            return Ok(());
        }
        let pairs: Vec<Value> = entries.into_iter().map(|(k, v)| Value::tuple([k, v])).collect();
        self.write_items(dict, &pairs, ["OrderedDict([", "])"], out)
    }

    fn write_instance(
        &mut self,
        value: &Value,
        instance: &Rc<Instance>,
        out: &mut String,
    ) -> Result<()> {
        if let Some(text) = self.call_special(value, "__repr__", [], Span::NONE)? {
            out.push_str(&text_result(text, "__repr__")?);
            return Ok(());
        }
        let class = &instance.class;
        let fields: Vec<(String, Value)> = match (class.named_fields(), class.dataclass()) {
            (Some(fields), _) => {
                let items = instance.items.borrow().clone();
                let names = fields.iter().map(|field| format!("{}=", field.name));
                names.zip(items.iter().cloned()).collect()
            }
            (None, Some(info)) if info.repr => {
                let shown = info.fields.iter().filter(|field| field.repr);
                let value = |name| instance.get(name).unwrap_or(Value::None);
                shown.map(|field| (format!("{}=", field.name), value(field.name))).collect()
            }
            _ if class.exception_kind().is_some() => {
                let items = instance.items.borrow().clone();
                items.iter().map(|item| (String::new(), item.clone())).collect()
            }
            _ => {
                let address = Rc::as_ptr(instance).addr();
                let id = self.id_of(address, value);
                out.push_str(&format!("<{} object at {id:#x}>", class.name));
                return Ok(());
            }
        };
        if self.enter_repr(value) {
            out.push_str("...");
            return Ok(());
        }
        out.push_str(&format!("{}(", class.name));
        let result = self.nested(|ev| {
            fields.iter().enumerate().try_for_each(|(i, (name, value))| {
                out.push_str(if i > 0 { ", " } else { "" });
                out.push_str(name);
                ev.write_repr(value, out)
            })
        });
        out.push(')');
        self.repr_stack.pop();
        result
    }
}

fn text_result(value: Value, method: &str) -> Result<String> {
    match value {
        Value::Str(text) => Ok(text.to_string()),
        other => Err(HostError::type_error(format!(
            "{method} returned non-string (type {})",
            type_name(&other)
        ))),
    }
}

/// `repr` of values without parts; `None` for others.
fn plain_repr(value: &Value) -> Option<String> {
    Some(match value {
        Value::None => "None".into(),
        Value::Ellipsis => "Ellipsis".into(),
        Value::NotImplemented => "NotImplemented".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(v) => v.to_string(),
        Value::Float(f) => float_repr(f.value),
        Value::Str(text) => str_repr(text),
        Value::Bytes(bytes) => bytes_repr(bytes),
        Value::Range(r) if r.step == 1 => format!("range({}, {})", r.start, r.stop),
        Value::Range(r) => format!("range({}, {}, {})", r.start, r.stop, r.step),
        Value::Function(function) => format!("<function {}>", function.name),
        Value::Builtin(builtin) if builtin.is_typing() => format!("typing.{}", builtin.name),
        Value::Builtin(builtin) => format!("<built-in function {}>", builtin.name),
        Value::BoundMethod(_) => "<bound method>".into(),
        Value::Type(ty) => format!("<class '{}'>", ty.name()),
        Value::Class(class) if class.exception_kind().is_some() && class.span.is_none() => {
            format!("<class '{}'>", class.name)
        }
        Value::Class(class) => format!("<class '__main__.{}'>", class.name),
        Value::Iterator(iterator) => format!("<{} object>", iterator.name),
        Value::Module(name) => format!("<module '{name}'>"),
        _ => return None,
    })
}

/// `repr` without running code of the script, for messages about uncaught exceptions.
pub fn simple_repr(value: &Value) -> String {
    match value {
        Value::Tuple(items) => {
            let items: Vec<String> = items.iter().take(20).map(simple_repr).collect();
            format!("({})", items.join(", "))
        }
        Value::BigInt(big) if big.bits() < 1000 => big.to_string(),
        other => plain_repr(other).unwrap_or_else(|| format!("<{}>", type_name(other))),
    }
}

/// The shortest text that reads back as `value`, laid out as Python does.
pub fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').expect("Rust writes an exponent");
    let exponent: i32 = exponent.parse().expect("an exponent is a number");
    if !(-4..16).contains(&exponent) {
        return format!("{mantissa}e{}{:02}", sign_of(exponent), exponent.abs());
    }
    let text = format!("{value}");
    if text.contains('.') { text } else { format!("{text}.0") }
}

fn sign_of(exponent: i32) -> char {
    if exponent < 0 { '-' } else { '+' }
}

/// A string literal.
pub fn str_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() && u32::from(c) < 0x100 => {
                out.push_str(&format!("\\x{:02x}", u32::from(c)));
            }
            c if c.is_ascii() || is_printable(c) => out.push(c),
            c => out.push_str(&escape_non_ascii(c.encode_utf8(&mut [0; 4]))),
        }
    }
    out.push(quote);
    out
}

/// What `repr` shows as it is: Rust's tables for its own debug output decide.
fn is_printable(c: char) -> bool {
    // A letter before it, since Rust escapes combining characters at the beginning of a text.
    !['a', c].iter().collect::<String>().escape_debug().any(|c| c == '\\')
}

fn bytes_repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            b if char::from(*b) == quote => {
                out.push('\\');
                out.push(quote);
            }
            0x20..=0x7e => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}

/// `ascii`: other characters become escapes.
pub fn escape_non_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match u32::from(c) {
            0..0x80 => out.push(c),
            code @ 0x80..0x100 => out.push_str(&format!("\\x{code:02x}")),
            code @ 0x100..0x10000 => out.push_str(&format!("\\u{code:04x}")),
            code => out.push_str(&format!("\\U{code:08x}")),
        }
    }
    out
}

/// `ValueError` about ints that are too long for text.
pub fn too_many_digits() -> HostError {
    HostError::value_error(format!(
        "Exceeds the limit ({MAX_INT_DIGITS} digits) for integer string conversion"
    ))
}
