//! Files: running them from top to bottom, and what of them becomes the module.

use super::env::{Scope, ScopeInfo, ScopeKind};
use super::error::{HostError, Result};
use super::value::Value;
use super::{Evaluator, library};
use crate::ast::{self, Stmt};
use crate::dialect::hooks;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::diag::{Code, Diagnostic};
use tirade_ir::func::{IRModule, PrimFunc};
use tirade_ir::span::Span;
use tirade_ir::structural::structural_equal;
use tirade_ir::symbol::Symbol;
use tirade_ir::visit::for_each_callee;

impl Evaluator {
    /// Runs the statements of a file. Errors are reported; the statements after a failed one run
    /// nevertheless, so that an error in one function does not hide those of another.
    pub fn run_file(&mut self, module: &ast::Module, text: &str) {
        hooks::begin_file(self, module, text);
        self.run_statements(&module.body);
        hooks::finish(self);
    }

    fn run_statements(&mut self, body: &[Stmt]) {
        for stmt in body {
            if let Err(error) = self.exec_reported(stmt) {
                let error = self.locate(error, stmt.span);
                self.report(error);
                return;
            }
        }
    }

    /// The module that the file stands for: what it binds to `mod`, or all functions and modules
    /// that it binds at top level.
    pub fn result(&mut self) -> Option<IRModule> {
        let scope = self.scope.module();
        if let Some(module) = scope.get(Symbol::new("mod")).and_then(|value| as_module(&value)) {
            return Some(self.closed(module));
        }
        let values: Vec<Value> = scope.ordered().into_iter().filter_map(|n| scope.get(n)).collect();
        let mut modules = values.iter().filter(|value| matches!(value, Value::IRModule(_)));
        let mut result = IRModule::new();
        // The only module keeps its name and attributes.
        if let (Some(Value::IRModule(only)), None) = (modules.next(), modules.next()) {
            let only = only.borrow();
            result.name = only.name;
            result.attrs = only.attrs.clone();
            result.global_infos = only.global_infos.clone();
        }
        let names = scope.ordered().into_iter();
        let mut found = Vec::new();
        for name in names {
            if let Some(value) = scope.get(name) {
                self.collect(name, &value, &mut found);
            }
        }
        for func in self.named_apart(found) {
            self.add_function(&mut result, func);
        }
        let result = self.closed(result);
        // A module class without functions is a module, too.
        (!result.is_empty() || result.name.is_some()).then_some(result)
    }

    /// The functions that a value of the file holds, each with the name that it can be called by
    /// if its own is not clear: that of the variable, with the place in a list or the key of a
    /// dictionary.
    fn collect(&self, name: Symbol, value: &Value, found: &mut Vec<(Symbol, Arc<PrimFunc>)>) {
        let part = |key: &dyn std::fmt::Display| Symbol::new(&format!("{name}_{key}"));
        match value {
            Value::PrimFunc(func) if !hooks::is_part_of_intrinsic(self, func) => {
                let called = self.call_names.get(&Arc::as_ptr(func));
                found.push((name, called.map_or(func, |(_, renamed)| renamed).clone()));
            }
            Value::IRModule(module) => {
                found.extend(module.borrow().functions().map(|func| (func.name, func.clone())));
            }
            Value::List(items) => {
                for (i, item) in items.items().iter().enumerate() {
                    self.collect_part(part(&i), item, found);
                }
            }
            Value::Tuple(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.collect_part(part(&i), item, found);
                }
            }
            Value::Dict(items) => {
                for (key, item) in items.entries() {
                    let key = match &key {
                        Value::Str(text) => text.to_string(),
                        Value::Int(number) => number.to_string(),
                        _ => continue,
                    };
                    self.collect_part(part(&key), &item, found);
                }
            }
            _ => {}
        }
    }

    fn collect_part(&self, name: Symbol, value: &Value, found: &mut Vec<(Symbol, Arc<PrimFunc>)>) {
        if matches!(value, Value::PrimFunc(_)) && is_name(name.as_str()) {
            self.collect(name, value, found);
        }
    }

    /// The functions under names of their own: where several that differ have one name, each is
    /// named after the variable that holds it, unless it is called by its own.
    fn named_apart(&self, found: Vec<(Symbol, Arc<PrimFunc>)>) -> Vec<Arc<PrimFunc>> {
        let mut names: FxHashMap<Symbol, (Arc<PrimFunc>, bool)> = FxHashMap::default();
        for (_, func) in &found {
            let (first, clashes) = names.entry(func.name).or_insert((func.clone(), false));
            *clashes |= !same_function(first, func);
        }
        let apart = |(binding, func): (Symbol, Arc<PrimFunc>)| {
            let is_called = self.called.get(&func.name).is_some_and(|f| same_function(f, &func));
            match names[&func.name].1 && !is_called && !names.contains_key(&binding) {
                true => hooks::renamed(&func, binding),
                false => func,
            }
        };
        found.into_iter().map(apart).collect()
    }

    fn add_function(&mut self, module: &mut IRModule, func: Arc<PrimFunc>) {
        match module.get(func.name) {
            None => drop(module.insert(func)),
            Some(old) if same_function(old, &func) => {}
            Some(old) => {
                let message = format!("two different functions are named `{}`", func.name);
                let diagnostic = Diagnostic::error(Code::DUPLICATE_FUNCTION, func.span, message)
                    .with_secondary(old.span, "the other function of this name")
                    .with_help(
                        "rename one, or bind the module that is meant to `mod` at the end of the \
                         file",
                    );
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// The module with the functions that its functions call, if those are known.
    fn closed(&self, mut module: IRModule) -> IRModule {
        let mut open: Vec<Arc<PrimFunc>> = module.functions().cloned().collect();
        while let Some(func) = open.pop() {
            for name in callees(&func) {
                if module.get(name).is_none()
                    && let Some(callee) = self.called.get(&name)
                {
                    module.insert(callee.clone());
                    open.push(callee.clone());
                }
            }
        }
        module
    }

    /// Remembers a function that another one calls; it becomes part of the module. Gives the
    /// function as it is called: under another name, if a different function is called by its own.
    pub(crate) fn note_called(&mut self, func: &Arc<PrimFunc>) -> Arc<PrimFunc> {
        if let Some((_, known)) = self.call_names.get(&Arc::as_ptr(func)) {
            return known.clone();
        }
        let mut callee = func.clone();
        let mut number = 0;
        while let Some(known) = self.called.get(&callee.name) {
            if same_function(known, &callee) {
                callee = known.clone();
                break;
            }
            number += 1;
            callee = hooks::renamed(func, Symbol::new(&format!("{}_{number}", func.name)));
        }
        self.called.insert(callee.name, callee.clone());
        self.call_names.insert(Arc::as_ptr(func), (func.clone(), callee.clone()));
        callee
    }

    /// Runs a script of the library that is part of the binary, once.
    pub(crate) fn load_library(&mut self, path: &str, span: Span) -> Result<bool> {
        let Some(script) = library::script(path) else {
            return Ok(false);
        };
        let name = Symbol::new(path);
        if self.imported.contains_key(&name) {
            return Ok(true);
        }
        let too_large = || HostError::new(Code::SOURCE_TOO_LARGE, span, "too much source text");
        let file =
            self.sources.add(script.name, script.text.to_string()).map_err(|_| too_large())?;
        let (module, diagnostics) = crate::parser::parse_file(&file);
        self.diagnostics.extend(diagnostics);
        let info = Rc::new(ScopeInfo::default());
        let scope = Rc::new(Scope::new(ScopeKind::Module, info, None));
        self.imported.insert(name, scope.clone());
        self.in_file(scope, |ev| ev.run_statements(&module.body));
        Ok(true)
    }

    /// Runs `f` at the top level of another file.
    fn in_file(&mut self, scope: Rc<Scope>, f: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.scope, scope);
        let frames = std::mem::replace(&mut self.frames, vec![super::Frame::file()]);
        let dialect = std::mem::take(&mut self.dialect.file);
        f(self);
        self.dialect.file = dialect;
        self.frames = frames;
        self.scope = outer;
    }
}

fn same_function(a: &Arc<PrimFunc>, b: &Arc<PrimFunc>) -> bool {
    Arc::ptr_eq(a, b) || structural_equal(&**a, &**b).is_ok()
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn as_module(value: &Value) -> Option<IRModule> {
    match value {
        Value::IRModule(module) => Some(module.borrow().clone()),
        Value::PrimFunc(func) => {
            let mut module = IRModule::new();
            module.insert(func.clone());
            Some(module)
        }
        _ => None,
    }
}

/// Names of the functions that `func` calls.
fn callees(func: &PrimFunc) -> Vec<Symbol> {
    let mut found = Vec::new();
    for_each_callee(func, |name| found.push(name));
    found
}
