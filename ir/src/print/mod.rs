//! TVMScript from IR: what is printed reads back as structurally equal IR.
//!
//! [`Style::Sugared`] writes what a person would write: `T.grid`, `T.axis.remap`, `range(n)`,
//! operators, and no regions where inference gives the same. [`Style::Explicit`] writes everything.
//! The two differ in no meaning. [`Dialect`] says for which version of TVM; where it has no words
//! for something, the text has ours and a diagnostic says so.
//!
//! ```
//! use tirade_ir::print::{PrintOptions, print_expr};
//! use tirade_ir::{BinOp, DType, PrimExpr, Span, Var};
//!
//! let i = PrimExpr::Var(Var::new("i", DType::INT32));
//! let sum = PrimExpr::binary(BinOp::Add, i.clone(), PrimExpr::i32(1), Span::NONE);
//! let product = PrimExpr::binary(BinOp::Mul, sum, i, Span::NONE);
//! assert_eq!(print_expr(&product, &PrintOptions::default()).text, "(i + 1) * i");
//! ```
//!
//! Reading order: `doc` (lines and their layout), `names`, `literal`; `expr`, `attr`, `buffer`;
//! `stmt`, `for_loop`, `block`; `func` and `signature`, `module`; `comment`.

mod attr;
mod block;
mod buffer;
mod comment;
mod doc;
mod expr;
mod facts;
mod for_loop;
mod func;
mod literal;
mod module;
mod names;
mod precedence;
mod signature;
mod stmt;
#[cfg(test)]
mod tests;

use crate::analysis::regions::Scope;
use crate::diag::{Code, Diagnostic};
use crate::expr::{PrimExpr, Var, VarId};
use crate::func::{IRModule, PrimFunc};
use crate::span::Span;
use crate::stmt::{BlockId, Stmt};
use crate::symbol::Symbol;
use comment::Comments;
use doc::Writer;
use facts::FuncFacts;
use names::Names;
pub(crate) use names::is_keyword;
pub use precedence::is_written_as_operation;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// A version of TVMScript that programs are written in.
///
/// The dialect of 2020 (`@tvm.script.tir`, `tir.grid`) is read, but not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// TVM 0.8 to 0.19: `from tvm.script import tir as T`, `T.block`.
    Classic,
    /// TVM 0.27: `from tvm.script import tirx as T`, `T.sblock`, `s_tir=True`.
    #[default]
    Modern,
}

/// How much is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Style {
    /// What a person would write.
    #[default]
    Sugared,
    /// Everything: every loop and axis by itself, all regions, all types, the root block.
    Explicit,
}

/// A comment of the source, to be kept with the statement it stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Position of its `#`.
    pub pos: u32,
    /// The text behind `#`, as it was written.
    pub text: Box<str>,
    /// Whether nothing but space stands before it on its line.
    pub own_line: bool,
}

/// How to print.
#[derive(Clone, Debug)]
pub struct PrintOptions {
    /// For which version of TVM.
    pub dialect: Dialect,
    /// How much is written.
    pub style: Style,
    /// Columns that lines are kept within where that is possible.
    pub line_width: usize,
    /// Levels of indentation of the first line.
    pub indent: usize,
    /// Whether import lines come first.
    pub imports: bool,
    /// Whether [`Printed::nodes`] is filled.
    pub record_nodes: bool,
    /// Comments of the source, by position.
    pub comments: Vec<Comment>,
}

impl Default for PrintOptions {
    fn default() -> Self {
        PrintOptions {
            dialect: Dialect::default(),
            style: Style::default(),
            line_width: 100,
            indent: 0,
            imports: true,
            record_nodes: false,
            comments: Vec::new(),
        }
    }
}

/// What a piece of the printed text stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKey {
    /// An expression or statement of the source; of statements with a body the header.
    Span(Span),
    /// The header of a block.
    Block(BlockId),
    /// The header of the loop over a variable.
    Loop(VarId),
    /// The header of a function.
    Func(Symbol),
}

/// A printed program.
#[derive(Clone, Debug, Default)]
pub struct Printed {
    /// The text.
    pub text: String,
    /// What the dialect has no words for (codes 07xx).
    pub diagnostics: Vec<Diagnostic>,
    /// Where nodes stand in the text, in bytes; empty without [`PrintOptions::record_nodes`].
    pub nodes: Vec<(NodeKey, Range<usize>)>,
}

impl Printed {
    /// Where the node stands in the text.
    pub fn node(&self, key: NodeKey) -> Option<Range<usize>> {
        self.nodes.iter().find(|(k, _)| *k == key).map(|(_, range)| range.clone())
    }
}

/// Prints a module: the bare function if it has one function and no name, otherwise a class.
pub fn print_module(module: &IRModule, options: &PrintOptions) -> Printed {
    let mut printer = Printer::new(options);
    printer.module(module);
    printer.finish()
}

/// Prints a function, without import lines.
pub fn print_func(func: &PrimFunc, options: &PrintOptions) -> Printed {
    let mut printer = Printer::new(options);
    printer.single_func(func);
    printer.finish()
}

/// Prints a statement; variables without a binder are written by their hints.
pub fn print_stmt(stmt: &Stmt, options: &PrintOptions) -> Printed {
    let mut printer = Printer::new(options);
    printer.facts = FuncFacts::of(stmt, printer.is_modern());
    printer.body(stmt);
    printer.finish()
}

/// Prints an expression; variables without a binder are written by their hints.
pub fn print_expr(expr: &PrimExpr, options: &PrintOptions) -> Printed {
    let mut printer = Printer::new(options);
    printer.expr(expr);
    printer.w.end_line();
    let mut printed = printer.finish();
    printed.text.truncate(printed.text.trim_end().len());
    printed
}

/// The state of printing.
struct Printer<'a> {
    options: &'a PrintOptions,
    w: Writer,
    names: Names,
    comments: Comments<'a>,
    diagnostics: Vec<Diagnostic>,
    /// What the function being printed needs to know of itself beforehand.
    facts: FuncFacts,
    /// The class around functions, by which they call each other.
    module_name: &'static str,
    /// Whether the decorator of the class says that no function need be well-formed.
    unchecked_module: bool,
    /// Whether the function is in the TensorIR dialect.
    s_tir: bool,
    /// The buffers in sight.
    scope: Scope,
    /// Domains of the loops around, for axes that take theirs from a loop.
    loops: FxHashMap<VarId, crate::buffer::Range>,
    /// Symbolic sizes of the function that are type variables.
    type_vars: Vec<Var>,
    /// Names of the type variables of all functions.
    type_var_names: Vec<&'static str>,
    /// Variables that nothing binds, in the order they were met.
    unbound: Vec<(&'static str, Var)>,
}

impl<'a> Printer<'a> {
    fn new(options: &'a PrintOptions) -> Printer<'a> {
        Printer {
            options,
            w: Writer::new(options.line_width, options.indent, options.record_nodes),
            names: Names::new(),
            comments: Comments::default(),
            diagnostics: Vec::new(),
            facts: FuncFacts::default(),
            module_name: "Module",
            unchecked_module: false,
            s_tir: true,
            scope: Scope::default(),
            loops: FxHashMap::default(),
            type_vars: Vec::new(),
            type_var_names: Vec::new(),
            unbound: Vec::new(),
        }
    }

    fn finish(self) -> Printed {
        let (text, nodes) = self.w.finish();
        Printed { text, diagnostics: self.diagnostics, nodes }
    }

    fn is_modern(&self) -> bool {
        self.options.dialect == Dialect::Modern
    }

    fn is_sugared(&self) -> bool {
        self.options.style == Style::Sugared
    }

    /// The spelling of the dialect.
    fn spelling(&self, classic: &'static str, modern: &'static str) -> &'static str {
        match self.options.dialect {
            Dialect::Classic => classic,
            Dialect::Modern => modern,
        }
    }

    /// `T.name`
    fn t(&mut self, name: &str) {
        self.w.text("T.");
        self.w.text(name);
    }

    /// `T.name(`
    fn open_call(&mut self, name: &str) {
        self.t(name);
        self.w.open("(");
    }

    /// Says that the dialect has no words for something.
    fn cannot_express(&mut self, what: &str, span: Span) {
        let (code, dialect) = match self.options.dialect {
            Dialect::Classic => (Code::NOT_IN_CLASSIC, "classic (TVM 0.19)"),
            Dialect::Modern => (Code::NOT_IN_MODERN, "modern (TVM 0.27)"),
        };
        let message = format!("the {dialect} dialect has no {what}");
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }
}

/// Calls `each` for all items, with a comma between them.
macro_rules! separated {
    ($printer:ident, $items:expr, |$item:pat_param| $each:expr) => {
        for (index, $item) in $items.into_iter().enumerate() {
            if 0 < index {
                $printer.w.comma();
            }
            $each;
        }
    };
}
use separated;
