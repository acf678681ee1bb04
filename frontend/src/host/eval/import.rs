//! Imports: only modules that stand in the binary can be imported.

use crate::ast::{Ident, Import, ImportFrom, ImportNames};
use crate::dialect::hooks;
use crate::host::Evaluator;
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::value::Value;
use crate::host::{builtins, library};
use tirade_ir::diag::Code;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

impl Evaluator {
    /// `import a.b as c`
    pub(crate) fn exec_import(&mut self, imports: &[Import]) -> Result<()> {
        for import in imports {
            let path = dotted(&import.path);
            self.check_module(&path, import.span)?;
            match import.alias {
                Some(alias) => self.bind(alias.name, Value::Module(Symbol::new(&path))),
                None => {
                    let first = import.path[0].name;
                    self.bind(first, Value::Module(first));
                }
            }
        }
        Ok(())
    }

    /// `from a.b import c as d`
    pub(crate) fn exec_import_from(&mut self, node: &ImportFrom, span: Span) -> Result<()> {
        if node.level > 0 {
            return Err(refused("relative imports", node.path_span));
        }
        let path = dotted(&node.path);
        if path == "__future__" {
            return Ok(());
        }
        self.check_module(&path, node.path_span)?;
        let module = Symbol::new(&path);
        match &node.names {
            ImportNames::Star(at) => self.import_star(module, *at),
            ImportNames::List(names) => names.iter().try_for_each(|item| {
                let value = self.imported_name(module, item.name, span)?;
                self.bind(item.alias.unwrap_or(item.name).name, value);
                Ok(())
            }),
        }
    }

    fn import_star(&mut self, module: Symbol, span: Span) -> Result<()> {
        let names = self.attribute_names(&Value::Module(module));
        if names.is_empty() {
            let text = format!("`from {module} import *` does not say which names it brings");
            return Err(HostError::unsupported(span, text));
        }
        for name in names.into_iter().filter(|name| !name.as_str().starts_with('_')) {
            let value = self.opt_getattr(&Value::Module(module), name, span)?;
            value.into_iter().for_each(|value| self.bind(name, value));
        }
        Ok(())
    }

    fn imported_name(&mut self, module: Symbol, name: Ident, span: Span) -> Result<Value> {
        if let Some(value) = self.opt_getattr(&Value::Module(module), name.name, span)? {
            return Ok(value);
        }
        let path = format!("{module}.{}", name.name);
        if self.is_known_module(&path, name.span)? {
            return Ok(Value::Module(Symbol::new(&path)));
        }
        // `typing.TypeVar` and its kin are names of the dialects.
        if module.as_str() == "typing"
            && let Some(value) = self.lookup_default(name.name)
        {
            return Ok(value);
        }
        let message = format!("cannot import name '{}' from '{module}'", name.name);
        Err(HostError::exception(ExcKind::ImportError, message).at(name.span))
    }

    fn check_module(&mut self, path: &str, span: Span) -> Result<()> {
        match self.is_known_module(path, span)? {
            true => Ok(()),
            false => Err(refused(&format!("the module `{path}`"), span)),
        }
    }

    fn is_known_module(&mut self, path: &str, span: Span) -> Result<bool> {
        if hooks::is_module(path) {
            hooks::import_note(self, path);
            return Ok(true);
        }
        Ok(builtins::is_module(path)
            || library::is_package(path)
            || self.load_library(path, span)?)
    }
}

fn dotted(path: &[Ident]) -> String {
    let parts: Vec<&str> = path.iter().map(|part| part.name.as_str()).collect();
    parts.join(".")
}

fn refused(what: &str, span: Span) -> HostError {
    HostError::new(Code::HOST_IMPORT, span, format!("{what} cannot be imported"))
        .with_note("a script is evaluated without access to files, network or other modules")
        .with_help(
            "importable: `tvm`, `tirade`, `math`, `dataclasses`, `functools`, `itertools`, \
             `collections`, `typing`, `__future__`",
        )
}
