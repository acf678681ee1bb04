//! `text.format(…)`

use super::error::{HostError, Result};
use super::value::Value;
use super::{CallArgs, Evaluator};
use tirade_ir::span::Span;

impl Evaluator {
    /// `text.format(…)`
    pub(crate) fn str_format(&mut self, text: &str, args: &CallArgs) -> Result<String> {
        let mut auto = Numbering::Open;
        self.format_fields(text, args, &mut auto, 0)
    }

    fn format_fields(
        &mut self,
        text: &str,
        args: &CallArgs,
        auto: &mut Numbering,
        depth: usize,
    ) -> Result<String> {
        if depth > 2 {
            return Err(HostError::value_error("Max string recursion exceeded"));
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let brace = &rest[at..at + 1];
            if rest[at + 1..].starts_with(brace) {
                out.push_str(brace);
                rest = &rest[at + 2..];
                continue;
            }
            if brace == "}" {
                let message = "Single '}' encountered in format string";
                return Err(HostError::value_error(message));
            }
            let end = field_end(&rest[at + 1..])
                .ok_or_else(|| HostError::value_error("expected '}' before end of string"))?;
            let field = &rest[at + 1..at + 1 + end];
            out.push_str(&self.format_field(field, args, auto, depth)?);
            rest = &rest[at + 2 + end..];
        }
        out.push_str(rest);
        self.budget.consume(out.len())?;
        Ok(out)
    }

    fn format_field(
        &mut self,
        field: &str,
        args: &CallArgs,
        auto: &mut Numbering,
        depth: usize,
    ) -> Result<String> {
        let (target, spec) = match field.find(':') {
            Some(at) => (&field[..at], &field[at + 1..]),
            None => (field, ""),
        };
        let (path, conversion) = match target.rsplit_once('!') {
            Some((path, conversion)) => (path, Some(conversion)),
            None => (target, None),
        };
        let mut value = self.field_value(path, args, auto)?;
        match conversion {
            None => {}
            Some("r") => value = self.repr(&value)?.into(),
            Some("s") => value = self.str_of(&value)?.into(),
            Some("a") => value = super::text::escape_non_ascii(&self.repr(&value)?).into(),
            Some(other) => {
                let message = format!("Unknown conversion specifier {other}");
                return Err(HostError::value_error(message));
            }
        }
        let spec = self.format_fields(spec, args, auto, depth + 1)?;
        self.format_value(&value, &spec)
    }

    /// The value of `name`, `0`, `name.attr`, `name[key]`.
    fn field_value(&mut self, path: &str, args: &CallArgs, auto: &mut Numbering) -> Result<Value> {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (first, mut rest) = path.split_at(end);
        let mut value = match first.parse::<usize>() {
            Ok(_) if matches!(auto, Numbering::Automatic(_)) => {
                let message = "cannot switch from automatic field numbering to manual field \
                               specification";
                return Err(HostError::value_error(message));
            }
            Ok(at) => {
                *auto = Numbering::Manual;
                positional(args, at)?
            }
            Err(_) if first.is_empty() => positional(args, auto.next()?)?,
            Err(_) => match args.keyword.iter().find(|k| k.name.as_str() == first) {
                Some(k) => k.value.clone(),
                None => return Err(self.key_error(&first.into())?),
            },
        };
        while !rest.is_empty() {
            if let Some(tail) = rest.strip_prefix('.') {
                let end = tail.find(['.', '[']).unwrap_or(tail.len());
                let name = crate::ast::Ident { name: tail[..end].into(), span: Span::NONE };
                value = self.getattr(&value, name, Span::NONE)?;
                rest = &tail[end..];
            } else {
                let Some(end) = rest.find(']') else {
                    return Err(HostError::value_error("Missing ']' in format string"));
                };
                let key = &rest[1..end];
                let index = key.parse::<i64>().map_or_else(|_| key.into(), Value::Int);
                value = self.getitem(&value, &index, Span::NONE)?;
                rest = &rest[end + 1..];
            }
        }
        Ok(value)
    }
}

/// How the fields of a template are numbered: `{}` or `{0}`, not both.
enum Numbering {
    /// No field was numbered yet.
    Open,
    /// `{}`: so many so far.
    Automatic(usize),
    /// `{0}`
    Manual,
}

impl Numbering {
    /// The number of the next `{}`.
    fn next(&mut self) -> Result<usize> {
        let at = match self {
            Numbering::Open => 0,
            Numbering::Automatic(at) => *at,
            Numbering::Manual => {
                let message = "cannot switch from manual field specification to automatic field \
                               numbering";
                return Err(HostError::value_error(message));
            }
        };
        *self = Numbering::Automatic(at + 1);
        Ok(at)
    }
}

fn positional(args: &CallArgs, at: usize) -> Result<Value> {
    args.positional.get(at).map(|arg| arg.value.clone()).ok_or_else(|| {
        let message = format!("Replacement index {at} out of range for positional args tuple");
        HostError::exception(super::ExcKind::IndexError, message)
    })
}

/// Where the field that starts before `text` ends: at its `}`.
fn field_end(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}
