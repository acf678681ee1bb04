//! JSON text of plain [`Value`]s, as traces are stored.

use crate::error::{Result, ScheduleError};
use crate::value::Value;
use std::fmt::Write;
use std::sync::Arc;

/// How deep lists may nest in text that is read.
const MAX_DEPTH: usize = 64;

/// The text of a value that consists of numbers, strings, lists and dictionaries.
pub fn write(value: &Value) -> Result<String> {
    let mut out = String::new();
    write_into(value, &mut out)?;
    Ok(out)
}

fn write_into(value: &Value, out: &mut String) -> Result<()> {
    match value {
        Value::None => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => write!(out, "{value}").expect("writing to a string"),
        Value::Float(value) if value.is_finite() => {
            write!(out, "{value:?}").expect("writing to a string");
        }
        Value::Str(text) => write_str(text, out),
        Value::Expr(e) if e.as_int().is_some() => {
            write!(out, "{}", e.as_int().unwrap_or(0)).expect("writing to a string");
        }
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                write_into(item, out)?;
            }
            out.push(']');
        }
        Value::Dict(items) => {
            out.push('{');
            for (i, (key, item)) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                write_str(key, out);
                out.push_str(": ");
                write_into(item, out)?;
            }
            out.push('}');
        }
        Value::Float(_)
        | Value::Block(_)
        | Value::Loop(_)
        | Value::Expr(_)
        | Value::IndexMap(_)
        | Value::Buffer(_) => {
            let what = value.type_name();
            return Err(ScheduleError::argument(format!("{what} has no form in JSON")));
        }
    }
    Ok(())
}

fn write_str(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 32 => write!(out, "\\u{:04x}", c as u32).expect("writing"),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// The value of a JSON text.
pub fn parse(text: &str) -> Result<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.skip_space();
    match reader.at == text.len() {
        true => Ok(value),
        false => Err(reader.error("the end")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn error(&self, expected: &str) -> ScheduleError {
        ScheduleError::argument(format!("not JSON: {expected} expected at byte {}", self.at))
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn opt(&mut self, token: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn expect(&mut self, token: &str) -> Result<()> {
        match self.opt(token) {
            true => Ok(()),
            false => Err(self.error(&format!("`{token}`"))),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value> {
        self.skip_space();
        if depth > MAX_DEPTH {
            return Err(self.error("less nesting"));
        }
        match self.rest().chars().next() {
            Some('[') => self.list(depth),
            Some('{') => self.dict(depth),
            Some('"') => Ok(Value::str(&self.string()?)),
            Some('-' | '0'..='9') => self.number(),
            _ if self.opt("null") => Ok(Value::None),
            _ if self.opt("true") => Ok(Value::Bool(true)),
            _ if self.opt("false") => Ok(Value::Bool(false)),
            _ => Err(self.error("a value")),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value> {
        self.expect("[")?;
        let mut items = Vec::new();
        while !self.opt("]") {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(self.value(depth + 1)?);
        }
        Ok(Value::list(items))
    }

    fn dict(&mut self, depth: usize) -> Result<Value> {
        self.expect("{")?;
        let mut items: Vec<(Arc<str>, Value)> = Vec::new();
        while !self.opt("}") {
            if !items.is_empty() {
                self.expect(",")?;
            }
            self.skip_space();
            let key = self.string()?;
            self.expect(":")?;
            items.push((key.into(), self.value(depth + 1)?));
        }
        Ok(Value::Dict(items.into()))
    }

    fn number(&mut self) -> Result<Value> {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let end = self.rest().find(|c| !is_part(c)).unwrap_or(self.rest().len());
        let text = &self.rest()[..end];
        let value = match (text.parse(), text.parse()) {
            (Ok(value), _) => Value::Int(value),
            (_, Ok(value)) => Value::Float(value),
            _ => return Err(self.error("a number")),
        };
        self.at += end;
        Ok(value)
    }

    fn string(&mut self) -> Result<String> {
        self.expect("\"")?;
        let mut out = String::new();
        loop {
            let Some(c) = self.rest().chars().next() else { return Err(self.error("`\"`")) };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(out),
                '\\' => out.push(self.escape()?),
                c => out.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let Some(c) = self.rest().chars().next() else { return Err(self.error("an escape")) };
        self.at += c.len_utf8();
        Ok(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let digits = self.rest().get(..4).map(|d| u32::from_str_radix(d, 16));
                let Some(c) = digits.and_then(Result::ok).and_then(char::from_u32) else {
                    return Err(self.error("four hexadecimal digits"));
                };
                self.at += 4;
                c
            }
            other => other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_reading_and_writing() {
        let text = r#"[["Split", ["l1", 4, null], [1, true], {"a\"b": -2.5}], []]"#;
        assert_eq!(write(&parse(text).unwrap()).unwrap(), text);
        assert!(parse("[1, ").is_err() && parse("[1] 2").is_err() && parse("").is_err());
        assert!(parse(&"[".repeat(1000)).is_err());
    }
}
