//! Modules: import lines, type variables, the class, its functions.

use super::comment::Comments;
use super::facts::FuncFacts;
use super::names::Names;
use super::{Dialect, Printer};
use crate::expr::Var;
use crate::func::{IRModule, PrimFunc};
use crate::symbol::Symbol;
use crate::visit::for_each_callee;

impl Printer<'_> {
    /// A module.
    pub(super) fn module(&mut self, module: &IRModule) {
        self.comments = Comments::attach(&self.options.comments, module);
        let class = class_name(module);
        self.module_name = class.unwrap_or("Module");
        let mut plans = Vec::new();
        for func in module.functions() {
            self.facts = FuncFacts::of(&func.body, self.is_modern());
            plans.push((&**func, self.signature(func), std::mem::take(&mut self.facts)));
        }
        let type_vars: Vec<(&PrimFunc, Vec<Var>)> =
            plans.iter().map(|(func, signature, _)| (*func, signature.type_vars.clone())).collect();
        if self.options.imports {
            let uses_type_vars = type_vars.iter().any(|(_, vars)| !vars.is_empty());
            self.imports(class.is_some(), uses_type_vars);
        }
        self.type_var_lines(&type_vars);
        if let Some(class) = class {
            self.class_header(module, class);
        }
        for (i, (func, signature, facts)) in plans.into_iter().enumerate() {
            if 0 < i {
                self.w.blank_line();
            }
            self.facts = facts;
            self.func(func, &signature);
        }
        if class.is_some() {
            self.w.dedent();
        }
        self.last_comments();
    }

    fn imports(&mut self, class: bool, type_vars: bool) {
        if type_vars {
            self.w.line("from typing import TypeVar");
            self.w.blank_line();
        }
        if class {
            self.w.line("from tvm.script import ir as I");
        }
        self.w.line(match self.options.dialect {
            Dialect::Classic => "from tvm.script import tir as T",
            Dialect::Modern => "from tvm.script import tirx as T",
        });
        self.w.blank_line();
    }

    /// `n = TypeVar("n")` for the symbolic sizes of all functions.
    pub(super) fn type_var_lines(&mut self, type_vars: &[(&PrimFunc, Vec<Var>)]) {
        let mut written: Vec<&'static str> = Vec::new();
        for (_, vars) in type_vars {
            let mut names = Names::new();
            names.reserve([self.module_name]);
            for var in vars {
                let name = names.define_var(*var);
                if !written.contains(&name) {
                    written.push(name);
                }
            }
        }
        for name in &written {
            self.w.text(name);
            self.w.text(" = TypeVar(");
            self.string(name);
            self.w.line(")");
        }
        if !written.is_empty() {
            self.w.blank_line();
        }
        self.type_var_names = written;
    }

    fn class_header(&mut self, module: &IRModule, class: &str) {
        self.unchecked_module =
            !module.is_empty() && module.functions().all(|func| !func.check_well_formed);
        self.w.line(match self.unchecked_module {
            true => "@I.ir_module(check_well_formed=False)",
            false => "@I.ir_module",
        });
        self.w.text("class ");
        self.w.text(class);
        self.w.line(":");
        self.w.indent();
        let attrs =
            [("module_attrs", &module.attrs), ("module_global_infos", &module.global_infos)];
        let mut any = false;
        for (method, attrs) in attrs.into_iter().filter(|(_, attrs)| !attrs.is_empty()) {
            self.w.text("I.");
            self.w.text(method);
            self.w.open("(");
            self.attrs(attrs);
            self.w.close(")");
            self.w.end_line();
            any = true;
        }
        if module.is_empty() && !any {
            self.w.line("pass");
        } else if any && !module.is_empty() {
            self.w.blank_line();
        }
    }
}

/// The name of the class that the module needs: none for a function by itself.
fn class_name(module: &IRModule) -> Option<&'static str> {
    if let Some(name) = module.name {
        return Some(name.as_str());
    }
    let bare = module.len() == 1
        && module.attrs.is_empty()
        && module.global_infos.is_empty()
        && module.functions().all(|func| !calls_functions(func));
    (!bare).then(|| Symbol::new("Module").as_str())
}

/// True if the function calls functions of its module, which it does through the class.
fn calls_functions(func: &PrimFunc) -> bool {
    let mut found = false;
    for_each_callee(func, |_| found = true);
    found
}
