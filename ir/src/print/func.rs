//! Functions: decorator, signature, attributes, root block, body.

use super::facts::FuncFacts;
use super::signature::Signature;
use super::stmt::type_annotation;
use super::{NodeKey, Printer, names::Names};
use crate::analysis::regions::Scope;
use crate::expr::Var;
use crate::func::PrimFunc;
use crate::stmt::{Block, Stmt};
use crate::visit::Visitor;

impl Printer<'_> {
    /// A function by itself.
    pub(super) fn single_func(&mut self, func: &PrimFunc) {
        self.facts = FuncFacts::of(&func.body, self.is_modern());
        let signature = self.signature(func);
        self.type_var_lines(&[(func, signature.type_vars.clone())]);
        self.func(func, &signature);
    }

    /// How the function's parameters are written. Needs the function's facts.
    pub(super) fn signature(&self, func: &PrimFunc) -> Signature {
        Signature::of(func, self.options.dialect, |var| self.facts.uses_pointer(var))
    }

    /// A function, whose facts are known; names start afresh.
    pub(super) fn func(&mut self, func: &PrimFunc, signature: &Signature) {
        self.names = Names::new();
        self.scope = Scope::default();
        self.s_tir = func.s_tir;
        self.names.reserve([self.module_name]);
        self.type_vars.clone_from(&signature.type_vars);
        for var in &signature.type_vars {
            self.names.define_var(*var);
        }
        self.names.reserve(self.type_var_names.iter().copied());
        self.comments_before(func.span);
        self.decorator(func);
        self.def_line(func, signature);
        self.comments_behind(func.span);
        if let Some(last) = func.params.last() {
            self.comments_behind(last.span);
        }
        self.w.indent();
        let body_start = self.w.len();
        if !func.attrs.is_empty() {
            self.open_call("func_attr");
            self.attrs(&func.attrs);
            self.w.close(")");
            self.w.end_line();
        }
        self.param_matches(func, signature);
        self.env_threads();
        match implicit_root(func, &self.facts).filter(|_| self.is_sugared()) {
            Some(root) => {
                self.w.text("# with T.");
                self.w.text(self.spelling("block", "sblock"));
                self.w.line("(\"root\"):");
                self.block_allocs(root);
                self.body(&root.body);
            }
            None => self.body(&func.body),
        }
        self.declare_unbound(body_start);
        self.w.dedent();
    }

    fn decorator(&mut self, func: &PrimFunc) {
        self.w.text("@");
        self.w.text("T.prim_func");
        let options = [
            (func.private, "private=True"),
            (!func.check_well_formed && !self.unchecked_module, "check_well_formed=False"),
            (func.s_tir && self.is_modern(), "s_tir=True"),
        ];
        let options: Vec<&str> = options.iter().filter(|o| o.0).map(|o| o.1).collect();
        if !options.is_empty() {
            self.w.text("(");
            self.w.text(&options.join(", "));
            self.w.text(")");
        }
        self.w.end_line();
    }

    fn def_line(&mut self, func: &PrimFunc, signature: &Signature) {
        let node = self.w.begin_node(NodeKey::Func(func.name));
        self.w.text("def ");
        self.w.text(func.name.as_str());
        self.params(func, signature);
        if !func.ret_dtype.is_void() {
            let annotation = type_annotation(func.ret_dtype, None);
            self.w.text(" -> ");
            self.w.text(annotation.as_deref().unwrap_or("T.handle"));
        }
        self.w.text(":");
        self.w.end_node(node);
        self.w.end_line();
    }

    /// `tx = T.env_thread("threadIdx.x")` for axes that are launched several times.
    fn env_threads(&mut self) {
        for (axis, tag) in self.facts.env_threads() {
            let name = self.names.define_var(axis);
            self.w.text(name);
            self.w.text(" = ");
            self.open_call("env_thread");
            self.string(tag.as_str());
            self.w.close(")");
            self.w.end_line();
        }
    }

    /// Declares the variables that the body uses and nothing binds, at its beginning.
    fn declare_unbound(&mut self, body_start: usize) {
        let mut lines = String::new();
        for (name, var) in std::mem::take(&mut self.unbound) {
            let Var { dtype, .. } = var;
            let dtype = super::expr::dtype_name(dtype);
            lines.push_str(&" ".repeat(self.w.columns()));
            lines.push_str(&format!("{name} = T.{dtype}()\n"));
        }
        if !lines.is_empty() {
            self.w.insert(body_start, &lines);
        }
    }
}

/// The root block, if readers put it there by themselves.
fn implicit_root<'f>(func: &'f PrimFunc, facts: &FuncFacts) -> Option<&'f Block> {
    let Stmt::Block(realize) = &func.body else { return None };
    let root = &*realize.block;
    let bare = func.s_tir
        && facts.has_block
        && realize.iter_values.is_empty()
        && realize.predicate.is_int(1)
        && root.name.as_str() == "root"
        && root.annotations.is_empty()
        && root.match_buffers.is_empty()
        && root.reads.is_empty()
        && root.writes.is_empty()
        && root.init.is_none();
    let is_added = match &root.body {
        _ if !root.alloc_buffers.is_empty() => true,
        Stmt::Block(inner) => !inner.block.iter_vars.is_empty(),
        body => contains_block(body),
    };
    (bare && is_added).then_some(root)
}

fn contains_block(stmt: &Stmt) -> bool {
    struct Finder(bool);
    impl Visitor for Finder {
        fn visit_stmt(&mut self, stmt: &Stmt) {
            self.0 |= matches!(stmt, Stmt::Block(_));
            if !self.0 {
                crate::visit::walk_stmt(self, stmt);
            }
        }

        fn visit_expr(&mut self, _: &crate::PrimExpr) {}
    }
    let mut finder = Finder(false);
    finder.visit_stmt(stmt);
    finder.0
}
