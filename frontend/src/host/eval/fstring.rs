//! f-strings.

use crate::ast::{Conversion, FStringField, FStringPart};
use crate::host::Evaluator;
use crate::host::error::Result;
use crate::host::value::Value;

impl Evaluator {
    pub(crate) fn eval_fstring(&mut self, parts: &[FStringPart]) -> Result<Value> {
        self.fstring_text(parts).map(Value::from)
    }

    fn fstring_text(&mut self, parts: &[FStringPart]) -> Result<String> {
        let mut text = String::new();
        for part in parts {
            match part {
                FStringPart::Text(piece) => text.push_str(piece),
                FStringPart::Field(field) => {
                    let piece = self.field_text(field).map_err(|e| self.locate(e, field.span))?;
                    text.push_str(&piece);
                }
            }
        }
        self.budget.consume(text.len() + 32)?;
        Ok(text)
    }

    fn field_text(&mut self, field: &FStringField) -> Result<String> {
        let mut value = self.eval_expr(&field.value)?;
        match field.conversion {
            None => {}
            Some(Conversion::Repr) => value = self.repr(&value)?.into(),
            Some(Conversion::Str) => value = self.str_of(&value)?.into(),
            Some(Conversion::Ascii) => {
                value = crate::host::text::escape_non_ascii(&self.repr(&value)?).into();
            }
        }
        match &field.spec {
            None => self.format_value(&value, ""),
            Some(spec) => {
                let spec = self.fstring_text(spec)?;
                self.format_value(&value, &spec)
            }
        }
    }
}
