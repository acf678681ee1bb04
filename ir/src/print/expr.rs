//! Expressions.

use super::doc::Writer;
use super::literal::{push_float, push_string};
use super::names::VarText;
use super::precedence::{Infix, Prec, folds};
use super::{NodeKey, Printer, separated};
use crate::buffer::Buffer;
use crate::dtype::DType;
use crate::expr::{BinOp, Binary, BufferLoad, Call, CallArg, CallFunc, Callee, Let, PrimExpr, Var};
use crate::op::Op;
use smallvec::SmallVec;
use std::borrow::Cow;

/// The name of a type.
pub(super) fn dtype_name(dtype: DType) -> Cow<'static, str> {
    let common = match dtype {
        DType::INT32 => "int32",
        DType::INT64 => "int64",
        DType::FLOAT32 => "float32",
        DType::FLOAT16 => "float16",
        DType::BOOL => "bool",
        DType::INT8 => "int8",
        DType::UINT8 => "uint8",
        _ => return Cow::Owned(dtype.to_string()),
    };
    Cow::Borrowed(common)
}

impl Printer<'_> {
    /// An expression in a place where any may stand.
    pub(super) fn expr(&mut self, expr: &PrimExpr) {
        self.operand(expr, Prec::Lowest);
    }

    /// An expression that may be continued on lines of its own, in parentheses.
    pub(super) fn wrapping_expr(&mut self, expr: &PrimExpr) {
        if matches!(expr, PrimExpr::Not(_)) || self.infix(expr).is_some() {
            self.w.begin_paren();
            self.expr(expr);
            self.w.end_group();
        } else {
            self.expr(expr);
        }
    }

    /// An expression without line breaks, as text.
    pub(super) fn expr_text(&mut self, expr: &PrimExpr) -> String {
        let flat = Writer::new(usize::MAX, 0, false);
        let w = std::mem::replace(&mut self.w, flat);
        self.expr(expr);
        std::mem::replace(&mut self.w, w).finish().0
    }

    /// Expressions with commas between them.
    pub(super) fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e PrimExpr>) {
        separated!(self, exprs, |e| self.expr(e));
    }

    /// An expression in a place that asks for `least`; parentheses if it binds more loosely.
    pub(super) fn operand(&mut self, expr: &PrimExpr, least: Prec) {
        if !self.options.record_nodes {
            return self.unrecorded_operand(expr, least);
        }
        let span = expr.span();
        let node = self.w.begin_node(NodeKey::Span(span));
        self.unrecorded_operand(expr, least);
        self.w.end_node(node);
    }

    fn unrecorded_operand(&mut self, expr: &PrimExpr, least: Prec) {
        match expr {
            PrimExpr::Int { value, dtype } => self.int(*value, *dtype, least),
            PrimExpr::Float { value, dtype } => self.float(*value, *dtype),
            PrimExpr::Var(var) => self.var(*var),
            PrimExpr::Str(e) => self.string(&e.value),
            PrimExpr::Cast(e) => {
                self.open_call("Cast");
                self.dtype_string(e.dtype);
                self.w.comma();
                self.expr(&e.value);
                self.w.close(")");
            }
            PrimExpr::Binary(e) => match Infix::of_binary(e) {
                Some(infix) => self.infix_chain(infix, least),
                None => self.named_binary(e),
            },
            PrimExpr::Not(e) => self.not(&e.value, least),
            PrimExpr::Select(e) => {
                self.open_call("Select");
                self.exprs([&e.condition, &e.true_value, &e.false_value]);
                self.w.close(")");
            }
            PrimExpr::Load(e) => self.load(e),
            PrimExpr::Ramp(e) => {
                self.open_call("Ramp");
                self.exprs([&e.base, &e.stride]);
                self.lanes(e.dtype);
            }
            PrimExpr::Broadcast(e) => {
                self.open_call("Broadcast");
                self.expr(&e.value);
                self.lanes(e.dtype);
            }
            PrimExpr::Shuffle(e) => {
                self.open_call("Shuffle");
                self.expr_list(&e.vectors);
                self.w.comma();
                self.expr_list(&e.indices);
                self.w.close(")");
            }
            PrimExpr::Let(e) => self.let_expr(e),
            PrimExpr::Call(e) => match self.infix_call(e) {
                Some(infix) => self.infix_chain(infix, least),
                None => self.call(e, least),
            },
            PrimExpr::CallFunc(e) => self.call_func(e),
        }
    }

    /// The infix form of an expression, if it is written so.
    fn infix<'e>(&self, expr: &'e PrimExpr) -> Option<Infix<'e>> {
        match expr {
            PrimExpr::Binary(e) => Infix::of_binary(e),
            PrimExpr::Call(e) => self.infix_call(e),
            PrimExpr::Int { .. }
            | PrimExpr::Float { .. }
            | PrimExpr::Var(_)
            | PrimExpr::Str(_)
            | PrimExpr::Cast(_)
            | PrimExpr::Not(_)
            | PrimExpr::Select(_)
            | PrimExpr::Load(_)
            | PrimExpr::Ramp(_)
            | PrimExpr::Broadcast(_)
            | PrimExpr::Shuffle(_)
            | PrimExpr::Let(_)
            | PrimExpr::CallFunc(_) => None,
        }
    }

    /// True if the expression is written with an operator between two operands.
    pub(super) fn is_infix(&self, expr: &PrimExpr) -> bool {
        self.infix(expr).is_some()
    }

    /// The infix form of an op that has an operator.
    fn infix_call<'e>(&self, call: &'e Call) -> Option<Infix<'e>> {
        let (token, prec) = match call.op {
            Op::BitwiseAnd => ("&", Prec::BitAnd),
            Op::BitwiseOr => ("|", Prec::BitOr),
            Op::BitwiseXor => ("^", Prec::BitXor),
            Op::ShiftLeft => ("<<", Prec::Shift),
            Op::ShiftRight => (">>", Prec::Shift),
            _ => return None,
        };
        let [lhs, rhs] = &call.args[..] else { return None };
        let both_literal = lhs.as_int().is_some() && rhs.as_int().is_some();
        let same_type = lhs.dtype() == rhs.dtype();
        (same_type && !both_literal).then_some(Infix { token, prec, lhs, rhs })
    }

    /// `a + b - c`: operators of one precedence, from left to right.
    fn infix_chain(&mut self, outer: Infix<'_>, least: Prec) {
        let prec = outer.prec;
        let parenthesised = prec < least;
        if parenthesised {
            self.w.open("(");
        }
        self.w.begin_chain();
        let mut tail: SmallVec<[(&'static str, &PrimExpr, usize); 8]> = SmallVec::new();
        tail.push((outer.token, outer.rhs, usize::MAX));
        let mut first = outer.lhs;
        // The left spine is walked by a loop: sums may have more terms than the stack has room for.
        while let Some(infix) = self.infix(first).filter(|i| i.prec == prec)
            && prec != Prec::Compare
        {
            let node = self.w.begin_node(NodeKey::Span(first.span()));
            tail.push((infix.token, infix.rhs, node));
            first = infix.lhs;
        }
        self.operand(first, prec.of_left_operand());
        for (i, (token, rhs, _)) in tail.iter().enumerate().rev() {
            self.w.operator(token);
            self.operand(rhs, prec.tighter());
            if 0 < i {
                self.w.end_node(tail[i].2);
            }
        }
        self.w.end_group();
        if parenthesised {
            self.w.close(")");
        }
    }

    /// A binary node by name: `T.max(a, b)`, and `T.Add(a, b)` where the operator would fold.
    fn named_binary(&mut self, node: &Binary) {
        let name = match node.op {
            BinOp::Mod if !folds(node) => "truncmod",
            BinOp::Min if !folds(node) => "min",
            BinOp::Max if !folds(node) => "max",
            BinOp::Add => "Add",
            BinOp::Sub => "Sub",
            BinOp::Mul => "Mul",
            BinOp::Div => "Div",
            BinOp::Mod => "Mod",
            BinOp::FloorDiv => "FloorDiv",
            BinOp::FloorMod => "FloorMod",
            BinOp::Min => "Min",
            BinOp::Max => "Max",
            BinOp::Eq => "EQ",
            BinOp::Ne => "NE",
            BinOp::Lt => "LT",
            BinOp::Le => "LE",
            BinOp::Gt => "GT",
            BinOp::Ge => "GE",
            BinOp::And => "And",
            BinOp::Or => "Or",
        };
        self.open_call(name);
        self.exprs([&node.lhs, &node.rhs]);
        self.w.close(")");
    }

    fn not(&mut self, value: &PrimExpr, least: Prec) {
        if value.as_int().is_some() || !value.dtype().is_scalar() {
            self.open_call("Not");
            self.expr(value);
            return self.w.close(")");
        }
        let parenthesised = Prec::Not < least;
        if parenthesised {
            self.w.open("(");
        }
        self.w.text("not ");
        self.operand(value, Prec::Not);
        if parenthesised {
            self.w.close(")");
        }
    }

    fn int(&mut self, value: i64, dtype: DType, least: Prec) {
        match dtype {
            DType::INT32 if value < 0 && Prec::Unary < least => {
                self.w.text("(");
                self.w.number(value);
                self.w.text(")");
            }
            DType::INT32 => self.w.number(value),
            DType::BOOL => self.w.text(if value == 0 { "T.bool(False)" } else { "T.bool(True)" }),
            _ => self.typed_int(value, dtype),
        }
    }

    /// `T.int64(3)`
    pub(super) fn typed_int(&mut self, value: i64, dtype: DType) {
        self.t(&dtype_name(dtype));
        self.w.text("(");
        match dtype {
            DType::UINT64 => self.w.number(value as u64),
            DType::BOOL => self.w.text(if value == 0 { "False" } else { "True" }),
            _ => self.w.number(value),
        }
        self.w.text(")");
    }

    fn float(&mut self, value: f64, dtype: DType) {
        let mut text = String::with_capacity(32);
        push_float(&mut text, value);
        self.t(&dtype_name(dtype));
        self.w.text("(");
        self.w.text(&text);
        self.w.text(")");
    }

    /// A string literal.
    pub(super) fn string(&mut self, value: &str) {
        let mut text = String::with_capacity(value.len() + 2);
        push_string(&mut text, value);
        self.w.text(&text);
    }

    /// A use of a variable.
    pub(super) fn var(&mut self, var: Var) {
        let text = self.names.var(var).unwrap_or_else(|| {
            let name = self.names.define_var(var);
            self.unbound.push((name, var));
            VarText::Name(name)
        });
        match text {
            VarText::Name(name) => self.w.text(name),
            VarText::Data(buffer) => {
                self.w.text(buffer);
                self.w.text(".data");
            }
            VarText::ElemOffset(buffer) => {
                self.w.text(buffer);
                self.w.text(".elem_offset");
            }
            VarText::Stride(buffer, dim) => {
                self.w.text(buffer);
                self.w.text(".strides[");
                self.w.number(dim);
                self.w.text("]");
            }
        }
    }

    /// A use of a buffer.
    pub(super) fn buffer_name(&mut self, buffer: &Buffer) {
        let name = match self.names.buffer(buffer) {
            Some(name) => name,
            None => self.names.define_buffer(buffer),
        };
        self.w.text(name);
    }

    fn load(&mut self, load: &BufferLoad) {
        self.buffer_name(&load.buffer);
        if let Some(predicate) = &load.predicate {
            self.w.open(".vload(");
            self.expr_list(&load.indices);
            self.w.comma();
            self.w.text("predicate=");
            self.expr(predicate);
            self.w.close(")");
        } else if !self.facts.is_scalar(&load.buffer) {
            self.indices(&load.indices);
        }
    }

    /// `[i, j]`
    pub(super) fn indices(&mut self, indices: &[PrimExpr]) {
        if indices.is_empty() {
            return self.w.text("[()]");
        }
        self.w.open("[");
        self.exprs(indices);
        self.w.close("]");
    }

    /// `[a, b]` as a list.
    pub(super) fn expr_list(&mut self, exprs: &[PrimExpr]) {
        self.w.open("[");
        self.exprs(exprs);
        self.w.close("]");
    }

    /// The number of lanes as last argument of a call, and its end.
    fn lanes(&mut self, dtype: DType) {
        self.w.comma();
        if dtype.is_scalable() {
            self.w.text("T.vscale() * ");
        }
        self.w.number(dtype.lanes());
        self.w.close(")");
    }

    fn let_expr(&mut self, e: &Let) {
        // The name stays taken: it is declared for the rest of the lines around.
        let name = self.names.define_var(e.var);
        let declaration = format!("{name} = T.{}()", dtype_name(e.var.dtype));
        self.w.line_before(&declaration);
        self.open_call("Let");
        self.expr(&e.body);
        self.w.comma();
        self.w.open("where={");
        self.w.text(name);
        self.w.text(": ");
        self.expr(&e.value);
        self.w.close("}");
        self.w.close(")");
    }

    fn call(&mut self, call: &Call, least: Prec) {
        if let (Op::BitwiseNot, [value]) = (call.op, &call.args[..])
            && value.as_int().is_none()
        {
            let parenthesised = Prec::Unary < least;
            self.w.text(if parenthesised { "(~" } else { "~" });
            self.operand(value, Prec::Unary);
            return self.w.text(if parenthesised { ")" } else { "" });
        }
        self.open_call(call.op.name());
        if call.op.info().rule.leads_with_dtype() {
            self.dtype_string(call.dtype);
            if !call.args.is_empty() {
                self.w.comma();
            }
        }
        self.exprs(&call.args);
        if call.op == Op::Undef && call.dtype != DType::INT32 {
            self.w.text("dtype=");
            self.dtype_string(call.dtype);
        }
        self.w.close(")");
    }

    /// `"float32"`
    pub(super) fn dtype_string(&mut self, dtype: DType) {
        self.w.text("\"");
        self.w.text(&dtype_name(dtype));
        self.w.text("\"");
    }

    fn call_func(&mut self, call: &CallFunc) {
        let leading = match &call.callee {
            Callee::Global(name) => {
                let callee = format!("{}.{}(", self.module_name, name.as_str());
                self.w.open(&callee);
                None
            }
            Callee::Extern { name, pure } => {
                self.open_call(if *pure { "call_pure_extern" } else { "call_extern" });
                Some((call.dtype, name.as_str()))
            }
            Callee::Packed(name) | Callee::Opaque(name) => {
                self.open_call(name.as_str());
                None
            }
        };
        if let Some((dtype, name)) = leading {
            self.dtype_string(dtype);
            self.w.comma();
            self.string(name);
            if !call.args.is_empty() {
                self.w.comma();
            }
        }
        let to_func = matches!(call.callee, Callee::Global(_));
        separated!(self, &call.args[..], |arg| match arg {
            CallArg::Region(region) if to_func => self.sliced(region),
            arg => self.call_arg(arg),
        });
        self.w.close(")");
    }

    fn call_arg(&mut self, arg: &CallArg) {
        match arg {
            CallArg::Expr(e) => self.expr(e),
            CallArg::Buffer(buffer) => self.buffer_name(buffer),
            CallArg::Region(region) => self.region(region),
            CallArg::DType(dtype) => {
                self.open_call("type_annotation");
                self.dtype_string(*dtype);
                self.w.close(")");
            }
            CallArg::Attr(value) => self.attr_value(value),
        }
    }
}
