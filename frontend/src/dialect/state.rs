//! What the dialects remember while a file is evaluated.

use super::Dialect;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::sync::Arc;
use tirade_ir::buffer::Buffer;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{Var, VarId};
use tirade_ir::func::{Attrs, PrimFunc};
use tirade_ir::stmt::PointerType;
use tirade_ir::symbol::Symbol;

/// What the dialects remember while a file is evaluated.
#[derive(Default)]
pub struct State {
    /// The dialect of the file, by its imports, decorators and names.
    pub file: Dialect,
    /// Tensor intrinsics that the script has registered.
    pub intrinsics: Vec<TensorIntrin>,
    pub(super) funcs: Vec<FuncContext>,
    pub(super) modules: Vec<ModuleContext>,
    /// What pointers point to, where it is known.
    pointers: FxHashMap<VarId, PointerType>,
    /// The buffers behind raw allocations.
    pointer_buffers: FxHashMap<VarId, Buffer>,
    /// How many block axes `tir.bind` has given a value so far.
    pub(super) axes_bound: usize,
}

/// A tensor intrinsic: what it computes, and how.
#[derive(Clone, Debug)]
pub struct TensorIntrin {
    /// The name it is registered under.
    pub name: Symbol,
    /// What it computes.
    pub description: Arc<PrimFunc>,
    /// What is put in its place.
    pub implementation: Arc<PrimFunc>,
}

/// A prim_func whose body is being evaluated.
pub(super) struct FuncContext {
    pub(super) dialect: Dialect,
    pub(super) ret_dtype: DType,
    /// Type of the first value returned, where no type is declared.
    pub(super) inferred_ret: Option<DType>,
    /// The `global_symbol` attribute.
    pub(super) name_set: Option<Symbol>,
    /// Variables that were made by a call and have not been given to a name yet.
    pub(super) fresh: SmallVec<[(VarId, Origin); 4]>,
    /// Symbolic sizes that the signature introduced by name.
    pub(super) symbols: FxHashMap<Symbol, Var>,
}

/// Where a variable without a name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A statement or a block binds it.
    Bound,
    /// `T.int32()`: what binds it comes later.
    Declared,
}

/// A module class whose body is being evaluated.
pub(super) struct ModuleContext {
    pub(super) name: Symbol,
    /// Its functions, also those that are defined later, with the types of their results.
    pub(super) functions: FxHashMap<Symbol, DType>,
    pub(super) s_tir: bool,
    /// Its functions need not be well-formed.
    pub(super) unchecked: bool,
    pub(super) attrs: Attrs,
    pub(super) global_infos: Attrs,
}

impl State {
    /// The dialect of the function being evaluated, or of the file.
    pub fn dialect(&self) -> Dialect {
        self.funcs.last().map_or(self.file, |f| f.dialect)
    }

    /// True in the modern dialect.
    pub(super) fn is_modern(&self) -> bool {
        self.dialect() == Dialect::Modern
    }

    /// A new variable that the next assignment may take as it is.
    pub(super) fn fresh_var(&mut self, name: Symbol, dtype: DType) -> Var {
        self.new_var(name, dtype, Origin::Bound)
    }

    /// A variable that nothing binds yet: `T.int32()`.
    pub(super) fn declared_var(&mut self, name: Symbol, dtype: DType) -> Var {
        self.new_var(name, dtype, Origin::Declared)
    }

    fn new_var(&mut self, name: Symbol, dtype: DType, origin: Origin) -> Var {
        let var = Var::new(name, dtype);
        if let Some(func) = self.funcs.last_mut() {
            func.fresh.push((var.id, origin));
        }
        var
    }

    /// True if no name was given to the variable yet.
    pub(super) fn is_fresh(&self, var: Var) -> bool {
        self.funcs.last().is_some_and(|f| f.fresh.iter().any(|(id, _)| *id == var.id))
    }

    /// Where a variable comes from that no name was given to yet; this gives it one.
    pub(super) fn take_fresh(&mut self, var: Var) -> Option<Origin> {
        let func = self.funcs.last_mut()?;
        let found = func.fresh.iter().position(|(id, _)| *id == var.id)?;
        Some(func.fresh.swap_remove(found).1)
    }

    /// Remembers what a pointer points to.
    pub(super) fn set_pointer(&mut self, var: Var, pointer: PointerType) {
        self.pointers.insert(var.id, pointer);
    }

    /// What a pointer points to, if it is known.
    pub(super) fn pointer(&self, var: Var) -> Option<PointerType> {
        self.pointers.get(&var.id).copied()
    }

    /// Remembers the buffer behind a raw allocation.
    pub(super) fn set_pointer_buffer(&mut self, var: Var, buffer: Buffer) {
        self.pointer_buffers.insert(var.id, buffer);
    }

    /// The buffer behind a raw allocation.
    pub(super) fn pointer_buffer(&self, var: Var) -> Option<Buffer> {
        self.pointer_buffers.get(&var.id).cloned()
    }

    /// Type of the result of a function of the module being evaluated.
    pub(super) fn result_of(&self, name: Symbol) -> Option<DType> {
        self.modules.iter().rev().find_map(|m| m.functions.get(&name).copied())
    }
}
