//! Values of attributes and annotations, as Python values.

use super::literal::push_float;
use super::{Dialect, Printer, separated};
use crate::dtype::DType;
use crate::expr::PrimExpr;
use crate::func::{AttrValue, Attrs};
use std::borrow::Cow;

/// How a dialect spells an attribute's key: `tir.noalias` became `tirx.noalias`.
pub(super) fn key_spelling(key: &'static str, dialect: Dialect) -> Cow<'static, str> {
    match (dialect, key.split_once('.')) {
        (Dialect::Classic, Some(("tirx", rest))) => Cow::Owned(format!("tir.{rest}")),
        (Dialect::Modern, Some(("tir", rest))) => Cow::Owned(format!("tirx.{rest}")),
        (Dialect::Classic | Dialect::Modern, _) => Cow::Borrowed(key),
    }
}

impl Printer<'_> {
    /// `{"key": value}`
    pub(super) fn attrs(&mut self, attrs: &Attrs) {
        let dialect = self.options.dialect;
        self.w.open("{");
        separated!(self, attrs.iter(), |(key, value)| {
            self.string(&key_spelling(key.as_str(), dialect));
            self.w.text(": ");
            self.attr_value(value);
        });
        self.w.close("}");
    }

    /// One value.
    pub(super) fn attr_value(&mut self, value: &AttrValue) {
        match value {
            AttrValue::None => self.w.text("None"),
            AttrValue::Bool(true) => self.w.text("True"),
            AttrValue::Bool(false) => self.w.text("False"),
            AttrValue::Int(value) => self.w.number(value),
            AttrValue::Float(value) => self.python_float(*value),
            AttrValue::Str(value) => self.string(value),
            AttrValue::Expr(PrimExpr::Int { value, dtype: DType::INT32 }) => {
                self.typed_int(*value, DType::INT32);
            }
            AttrValue::Expr(expr) => self.expr(expr),
            AttrValue::Buffer(buffer) => self.buffer_name(buffer),
            AttrValue::List(items) => {
                self.w.open("[");
                separated!(self, items.iter(), |item| self.attr_value(item));
                self.w.close("]");
            }
            AttrValue::Dict(items) => {
                self.w.open("{");
                separated!(self, items.iter(), |(key, value)| {
                    self.string(key);
                    self.w.text(": ");
                    self.attr_value(value);
                });
                self.w.close("}");
            }
            AttrValue::Target(value) => {
                self.open_call("target");
                self.attr_value(value);
                self.w.close(")");
            }
            AttrValue::Opaque(text) => self.w.text(text),
        }
    }

    fn python_float(&mut self, value: f64) {
        let mut text = String::new();
        push_float(&mut text, value);
        if value.is_finite() {
            self.w.text(&text);
        } else {
            self.w.text("float(");
            self.w.text(&text);
            self.w.text(")");
        }
    }
}
