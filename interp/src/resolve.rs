//! From a `PrimFunc` to the resolved tree.
//!
//! Every name becomes a slot of the frame, every operator the kernel for its type. What can be
//! told of the program without running it is told here, once: which regions hold an access by its
//! form alone, which loops have independent iterations, which blocks need no record of their
//! instances. A construct that cannot be run is an error here, so that the walk has no such case.

mod affine;
mod block;
mod cells;
mod expr;
mod func;
mod independent;
mod path;
mod place;
mod stmt;
mod strip;

use crate::options::Options;
use crate::tree::{Func, ParamKind, Program};
use func::FuncResolver;
use rustc_hash::{FxHashMap, FxHashSet};
use tirade_ir::validate::check_runnable;
use tirade_ir::{Code, Diagnostic, IRModule, Span, Symbol, VarId};

/// What the functions of a program have in common while they are resolved.
struct Resolver<'a> {
    module: &'a IRModule,
    options: &'a Options,
    /// Numbers of functions; those beyond `funcs` wait to be resolved.
    numbers: FxHashMap<Symbol, usize>,
    names: Vec<Symbol>,
    sites: Vec<Span>,
    counted: Vec<Span>,
    errors: Vec<Diagnostic>,
    /// Bytes of a cell, by pointer to the memory.
    cells: FxHashMap<VarId, usize>,
}

/// What is remembered of a resolved function to find out which parameters are written.
struct Summary {
    /// Pointers to memory that is stored to.
    stored: FxHashSet<VarId>,
    /// Calls: the callee, and the pointers that go to its parameters.
    calls: Vec<(usize, Vec<Option<VarId>>)>,
    /// Pointers of the parameters.
    params: Vec<VarId>,
}

/// Resolves `name` and everything it calls. Errors are constructs that cannot be run.
pub fn resolve(
    module: &IRModule,
    name: Symbol,
    options: &Options,
) -> Result<Program, Vec<Diagnostic>> {
    let mut resolver = Resolver {
        module,
        options,
        numbers: FxHashMap::default(),
        names: Vec::new(),
        sites: Vec::new(),
        counted: Vec::new(),
        errors: Vec::new(),
        cells: cells::cell_bytes(module),
    };
    resolver.number_of(name);
    let mut funcs = Vec::new();
    let mut summaries = Vec::new();
    while funcs.len() < resolver.names.len() {
        let name = resolver.names[funcs.len()];
        let Some(func) = module.get(name).cloned() else {
            let message = format!("there is no function `{name}`");
            return Err(vec![Diagnostic::error(Code::UNKNOWN_ARGUMENT, Span::NONE, message)]);
        };
        resolver.errors.extend(check_runnable(&func));
        if !resolver.errors.is_empty() {
            return Err(resolver.errors);
        }
        let (func, summary) = FuncResolver::resolve(&mut resolver, func);
        funcs.push(func);
        summaries.push(summary);
    }
    if !resolver.errors.is_empty() {
        return Err(resolver.errors);
    }
    mark_written(&mut funcs, &mut summaries);
    Ok(Program { funcs, sites: resolver.sites, counted: resolver.counted })
}

impl Resolver<'_> {
    /// The number of a function of the module, which will be resolved if it was not yet.
    fn number_of(&mut self, name: Symbol) -> usize {
        *self.numbers.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.names.len() - 1
        })
    }
}

/// Finds the parameters that a function writes itself or through calls.
fn mark_written(funcs: &mut [Func], summaries: &mut [Summary]) {
    loop {
        let written: Vec<Vec<bool>> = summaries
            .iter()
            .map(|s| s.params.iter().map(|p| s.stored.contains(p)).collect())
            .collect();
        let mut grew = false;
        for summary in summaries.iter_mut() {
            for (callee, args) in &summary.calls {
                for (arg, is_written) in args.iter().zip(&written[*callee]) {
                    if let (Some(arg), true) = (arg, is_written) {
                        grew |= summary.stored.insert(*arg);
                    }
                }
            }
        }
        if !grew {
            break;
        }
    }
    for (func, summary) in funcs.iter_mut().zip(summaries) {
        for (param, pointer) in func.params.iter_mut().zip(&summary.params) {
            if let ParamKind::Buffer { written, .. } = &mut param.kind {
                *written = summary.stored.contains(pointer);
            }
        }
    }
}
