//! Values of attributes and annotations, as Python values.

use super::literal::push_float;
use super::{Dialect, Printer, separated};
use crate::dtype::DType;
use crate::expr::PrimExpr;
use crate::func::{AttrValue, Attrs, CommReducer};
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
            AttrValue::Reducer(reducer) => self.comm_reducer(reducer),
            AttrValue::Target(value) => {
                self.open_call("target");
                self.attr_value(value);
                self.w.close(")");
            }
            AttrValue::Opaque(text) => self.w.text(text),
        }
    }

    /// `T.comm_reducer(lambda x, y: x + y, [T.float32(0)])`
    fn comm_reducer(&mut self, reducer: &CommReducer) {
        let scope = self.names.enter();
        self.open_call("comm_reducer");
        self.w.text("lambda ");
        for (i, var) in reducer.lhs.iter().chain(&reducer.rhs).enumerate() {
            if 0 < i {
                self.w.text(", ");
            }
            let name = self.names.define_var(*var);
            self.w.text(name);
        }
        self.w.text(": ");
        match &reducer.result[..] {
            [result] => self.expr(result),
            results => {
                self.w.open("(");
                separated!(self, results, |e| self.expr(e));
                self.w.close(")");
            }
        }
        self.w.comma();
        self.w.open("[");
        separated!(self, &reducer.identity[..], |e| match e {
            PrimExpr::Int { value, dtype: DType::INT32 } => self.typed_int(*value, DType::INT32),
            e => self.expr(e),
        });
        self.w.close("]");
        self.w.close(")");
        self.names.leave(scope);
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
