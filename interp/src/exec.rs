//! Statements.

mod block;
mod loops;
mod memory;
mod thread;

pub use loops::Trip;

use crate::machine::{Flow, Machine};
use crate::options::Class;
use crate::tree::{Expr, If, Stmt, While};
use tirade_ir::Code;

impl<'p> Machine<'p> {
    /// Runs the body of the present function.
    pub fn run_body(&mut self) -> Flow {
        let func = self.func;
        self.forget_instances(&func.root_blocks);
        self.exec(&func.body)
    }

    /// Runs a statement.
    pub fn exec(&mut self, stmt: &'p Stmt) -> Flow {
        if self.halted {
            return Flow::Stop;
        }
        match stmt {
            Stmt::Seq(stmts) => {
                for stmt in stmts {
                    match self.exec(stmt) {
                        Flow::Next => {}
                        other => return other,
                    }
                }
                Flow::Next
            }
            Stmt::Store(s) => {
                self.store(s);
                self.next()
            }
            Stmt::Undefine(access) => {
                self.undefine(access);
                self.next()
            }
            Stmt::For(s) => self.exec_for(s),
            Stmt::While(s) => self.exec_while(s),
            Stmt::If(s) => self.exec_if(s),
            Stmt::Block(s) => self.exec_block(s),
            Stmt::Bind(s) => {
                self.bind(s.0, &s.1);
                self.next()
            }
            Stmt::BindPointer(s) => {
                let pointer = self.place(&s.1);
                self.frame.pointers[s.0 as usize] = pointer;
                self.next()
            }
            Stmt::Alloc(s) => {
                self.allocate(s);
                self.next()
            }
            Stmt::Decl(buffer) => {
                self.declare(*buffer);
                self.next()
            }
            Stmt::Assert(s) => {
                if !self.truth(&s.condition) {
                    self.report(Code::ASSERT, s.span, s.message.clone());
                }
                self.next()
            }
            Stmt::Evaluate(e) => self.exec_evaluate(e),
            Stmt::Return(value) => self.exec_return(value.as_ref()),
            Stmt::Break => Flow::Break,
            Stmt::Continue => Flow::Continue,
            Stmt::Counted(number, stmt) => {
                use std::sync::atomic::Ordering::Relaxed;
                self.shared.counts[*number].fetch_add(1, Relaxed);
                self.exec(stmt)
            }
        }
    }

    /// How a statement without control flow ends.
    #[inline(always)]
    fn next(&self) -> Flow {
        if self.halted { Flow::Stop } else { Flow::Next }
    }

    fn exec_evaluate(&mut self, e: &'p Expr) -> Flow {
        match e {
            Expr::StorageSync(span) => self.lone_sync(*span),
            Expr::AllReduce(e) => self.lone_all_reduce(e),
            // A function without a result is called here.
            Expr::Call(call) => {
                self.call(call);
            }
            _ => {
                self.eval(e);
            }
        }
        self.next()
    }

    fn exec_return(&mut self, value: Option<&Expr>) -> Flow {
        self.returned = value.map(|e| self.eval(e));
        if self.halted { Flow::Stop } else { Flow::Return }
    }

    fn exec_if(&mut self, s: &'p If) -> Flow {
        let condition = self.truth(&s.condition);
        if self.halted {
            return Flow::Stop;
        }
        match (condition, &s.otherwise) {
            (true, _) => self.exec(&s.then),
            (false, Some(otherwise)) => self.exec(otherwise),
            (false, None) => Flow::Next,
        }
    }

    fn exec_while(&mut self, s: &'p While) -> Flow {
        while self.truth(&s.condition) && !self.halted {
            self.step(s.span);
            match self.exec(&s.body) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                Flow::Return => return Flow::Return,
                Flow::Stop => return Flow::Stop,
            }
        }
        self.next()
    }

    /// True if `class` is reported and the run goes on.
    pub(crate) fn minds(&self, class: Class) -> bool {
        self.checks(class) && !self.halted
    }
}
