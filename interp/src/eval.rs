//! Expressions.

mod access;
mod call;
mod vector;

use crate::machine::Machine;
use crate::options::Class;
use crate::report::show;
use crate::tree::{Binary, Choice, Expr, Index, Logic, Nary, OpName, Target, Unary};
use smallvec::SmallVec;
use tirade_ir::{BinOp, Checked, Code, DType, Fault, Span};

pub use access::Indices;
pub use call::{Value, dims_of, enter};
pub use vector::Mask;

impl Machine<'_> {
    /// The value of a scalar expression, as bits of its type.
    pub fn eval(&mut self, expr: &Expr) -> u64 {
        match expr {
            Expr::Const(bits) => *bits,
            Expr::Scalar(slot) => self.frame.scalars[*slot as usize],
            Expr::Unary(e) => self.unary(e),
            Expr::Binary(e) => self.binary(e),
            Expr::Nary(e) => self.nary(e),
            Expr::Logic(e) => self.logic(e),
            Expr::Select(e) => self.select(e),
            Expr::IfThenElse(e) => match self.truth(&e.condition) {
                true => self.eval(&e.then),
                false => self.eval(&e.otherwise),
            },
            Expr::Load(e) => self.load(e),
            Expr::Let(e) => {
                self.bind(e.target, &e.value);
                self.eval(&e.body)
            }
            Expr::Shuffle(_) => self.vector(expr, 1, None)[0],
            Expr::Atomic(e) => self.atomic(e),
            Expr::Call(e) => self.call(e).unwrap_or(0),
            Expr::Assume(e) => {
                if !self.truth(&e.condition) {
                    let message = "the condition of `T.assume` is false".to_string();
                    self.report(Code::ASSERT, e.span, message);
                }
                0
            }
            Expr::IsNull(place) => self.place(place).is_none() as u64,
            // Effects that only a statement can have: `exec` meets them before `eval` does.
            Expr::StorageSync(_) | Expr::AllReduce(_) => 0,
            Expr::Vector(_) | Expr::Ramp(_) | Expr::Broadcast(_) => {
                unreachable!("resolving puts vectors where vectors are expected")
            }
        }
    }

    /// The value of a scalar bool.
    #[inline]
    pub fn truth(&mut self, expr: &Expr) -> bool {
        self.eval(expr) != 0
    }

    /// The value of an index or size.
    #[inline]
    pub fn index(&mut self, index: &Index) -> i64 {
        match &index.expr {
            Expr::Scalar(slot) => index.widen.apply(self.frame.scalars[*slot as usize]),
            expr => {
                let bits = self.eval(expr);
                index.widen.apply(bits)
            }
        }
    }

    /// Gives a variable its value.
    pub fn bind(&mut self, target: Target, value: &Expr) {
        match target {
            Target::Scalar(slot) => {
                let bits = self.eval(value);
                self.frame.scalars[slot as usize] = bits;
            }
            Target::Vector(slot, lanes) => {
                let value = self.vector(value, lanes, None);
                self.frame.vectors[slot as usize] = value;
            }
        }
    }

    fn unary(&mut self, e: &Unary) -> u64 {
        let x = self.eval(&e.arg);
        let Checked { value, fault } = e.kernel.apply(x);
        if !fault.is_none() {
            self.unary_fault(e, fault, x, None);
        }
        value
    }

    fn binary(&mut self, e: &Binary) -> u64 {
        let x = self.eval(&e.lhs);
        let y = self.eval(&e.rhs);
        let Checked { value, fault } = e.kernel.apply(x, y);
        if !fault.is_none() {
            self.binary_fault(e.name, e.dtype, e.span, fault, [x, y], None);
        }
        value
    }

    fn nary(&mut self, e: &Nary) -> u64 {
        let args: SmallVec<[u64; 4]> = e.args.iter().map(|arg| self.eval(arg)).collect();
        let Checked { value, fault } = e.kernel.apply(&args);
        if !fault.is_none() {
            self.report_fault(fault, e.span, "a value cannot be computed".into(), DType::INT64);
        }
        value
    }

    fn logic(&mut self, e: &Logic) -> u64 {
        let first = self.truth(&e.lhs);
        let value = if first == e.decided_by { first } else { self.truth(&e.rhs) };
        value as u64
    }

    fn select(&mut self, e: &Choice) -> u64 {
        let condition = self.truth(&e.condition);
        let then = self.eval(&e.then);
        let otherwise = self.eval(&e.otherwise);
        if condition { then } else { otherwise }
    }

    /// Reports a fault of an operation on one value.
    #[cold]
    pub fn unary_fault(&mut self, e: &Unary, fault: Fault, x: u64, lane: Option<usize>) {
        let arg = show(x, e.arg_dtype);
        let what = match fault {
            Fault::Cast => {
                let (from, to) = (e.arg_dtype.element(), e.dtype.element());
                format!("cast of {arg} from `{from}` to `{to}`")
            }
            _ => format!("operation on {arg}"),
        };
        self.report_fault(fault, e.span, with_lane(what, lane), e.arg_dtype.element());
    }

    /// Reports a fault of an operation on two values.
    #[cold]
    pub fn binary_fault(
        &mut self,
        name: OpName,
        dtype: DType,
        span: Span,
        fault: Fault,
        [x, y]: [u64; 2],
        lane: Option<usize>,
    ) {
        let (x, y) = (show(x, dtype), show(y, dtype));
        let what = match name {
            OpName::Infix(op) => match infix_token(op) {
                Some(token) => format!("`{x} {token} {y}`"),
                None => format!("`{op:?}` of {x} and {y}"),
            },
            OpName::Op(op) => format!("`{op}({x}, {y})`"),
        };
        self.report_fault(fault, span, with_lane(what, lane), dtype.element());
    }

    /// True if accesses have to be noted to find races.
    #[inline(always)]
    pub fn watches_races(&self) -> bool {
        self.strands.is_active() && self.checks(Class::Race)
    }
}

fn with_lane(what: String, lane: Option<usize>) -> String {
    match lane {
        Some(lane) => format!("{what} in lane {lane}"),
        None => what,
    }
}

/// How an operator is written, if it is written between its operands.
fn infix_token(op: BinOp) -> Option<&'static str> {
    Some(match op {
        BinOp::Add => "+",
        BinOp::Sub => "-",
        BinOp::Mul => "*",
        BinOp::FloorDiv => "//",
        BinOp::FloorMod => "%",
        BinOp::Eq => "==",
        BinOp::Ne => "!=",
        BinOp::Lt => "<",
        BinOp::Le => "<=",
        BinOp::Gt => ">",
        BinOp::Ge => ">=",
        BinOp::And => "and",
        BinOp::Or => "or",
        BinOp::Div | BinOp::Mod | BinOp::Min | BinOp::Max => return None,
    })
}
