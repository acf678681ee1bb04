//! Functions: slots of variables, pointers and buffers.

use super::affine::Meanings;
use super::block::BlockContext;
use super::path::Step;
use super::{Resolver, Summary};
use crate::tree::{
    BufferInfo, Func, Index, Param, ParamKind, Reducer, Scope, Sharing, Slot, Stmt, Target,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use tirade_ir::{
    AttrValue, Buffer, BufferId, BufferRegion, Code, CommReducer, Diagnostic,
    ParamKind as IrParamKind, PrimFunc, Span, Symbol, Var, VarId,
};

/// A function while it is resolved.
pub(super) struct FuncResolver<'r, 'a> {
    pub(super) r: &'r mut Resolver<'a>,
    pub(super) func: Arc<PrimFunc>,
    vars: FxHashMap<VarId, Target>,
    pointers: FxHashMap<VarId, Slot>,
    buffers: FxHashMap<BufferId, Slot>,
    infos: Vec<BufferInfo>,
    n_scalars: usize,
    n_vectors: usize,
    pub(super) scopes: Vec<Scope>,
    pub(super) scope: usize,
    /// Enclosing blocks, outermost first.
    pub(super) blocks: Vec<BlockContext>,
    /// Children of each block by number, and its name.
    pub(super) block_children: Vec<Vec<usize>>,
    pub(super) block_names: Vec<Symbol>,
    pub(super) root_blocks: Vec<usize>,
    /// Ranges of enclosing loops and axes.
    pub(super) ranges: super::block::Ranges,
    /// Variables of enclosing loops over threads.
    pub(super) thread_vars: Vec<(Var, Slot)>,
    /// The reducer of the enclosing `reduce_scope`.
    pub(super) reducer: Option<Arc<CommReducer>>,
    /// Buffers that are used but declared nowhere, and whose memory is known: declared before the
    /// statement.
    pub(super) undeclared: Vec<(BufferId, Slot)>,
    /// Pointers of views, by the pointer of what they view.
    roots: FxHashMap<VarId, VarId>,
    /// Pointers to memory that the function allocates.
    pub(super) allocated: FxHashSet<VarId>,
    /// Blocks that the loops around may compute anew, by the loop's place in the path.
    pub(super) recomputed: Vec<(usize, usize)>,
    /// What axes and names stand for.
    pub(super) meanings: Meanings,
    /// Views of regions, with the region.
    pub(super) views: FxHashMap<BufferId, BufferRegion>,
    /// What stands around the present place.
    pub(super) path: Vec<Step>,
    /// The function has `break`, `continue` or `return`.
    pub(super) has_jumps: bool,
    /// Parameters do not overlap.
    pub(super) noalias: bool,
    pub(super) stored: FxHashSet<VarId>,
    pub(super) calls: Vec<(usize, Vec<Option<VarId>>)>,
}

impl<'r, 'a> FuncResolver<'r, 'a> {
    /// Resolves one function.
    pub(super) fn resolve(r: &'r mut Resolver<'a>, func: Arc<PrimFunc>) -> (Func, Summary) {
        let this = FuncResolver {
            r,
            func: func.clone(),
            vars: FxHashMap::default(),
            pointers: FxHashMap::default(),
            buffers: FxHashMap::default(),
            infos: Vec::new(),
            n_scalars: 0,
            n_vectors: 0,
            scopes: vec![Scope { parent: 0, block: None, vars: Vec::new() }],
            scope: 0,
            blocks: Vec::new(),
            block_children: Vec::new(),
            block_names: Vec::new(),
            root_blocks: Vec::new(),
            ranges: Default::default(),
            thread_vars: Vec::new(),
            reducer: None,
            undeclared: Vec::new(),
            roots: FxHashMap::default(),
            allocated: FxHashSet::default(),
            recomputed: Vec::new(),
            meanings: Meanings::default(),
            views: FxHashMap::default(),
            path: Vec::new(),
            has_jumps: has_jumps(&func.body),
            noalias: is_noalias(&func),
            stored: FxHashSet::default(),
            calls: Vec::new(),
        };
        this.run(func)
    }

    fn run(mut self, func: Arc<PrimFunc>) -> (Func, Summary) {
        let sizes = self.define_sizes();
        let params: Vec<Param> = func.params.iter().map(|p| self.param(p)).collect();
        let body = self.stmt(&func.body);
        let pointer_of = |p: &tirade_ir::Param| p.buffer().map_or(p.var.id, |b| b.data.id);
        let summary = Summary {
            stored: self.stored,
            calls: self.calls,
            params: func.params.iter().map(pointer_of).collect(),
        };
        let resolved = Func {
            name: func.name,
            params: params.into(),
            sizes: sizes.into(),
            buffers: self.infos,
            scopes: self.scopes,
            n_scalars: self.n_scalars,
            n_vectors: self.n_vectors,
            n_pointers: self.pointers.len(),
            blocks: self.block_children.into_iter().map(Into::into).collect(),
            block_names: self.block_names,
            root_blocks: self.root_blocks.into(),
            body,
            ret_dtype: func.ret_dtype,
            noalias: self.noalias,
            source: func,
        };
        (resolved, summary)
    }

    /// Gives slots to the variables that shapes, strides and offsets of parameters bind.
    fn define_sizes(&mut self) -> Vec<(Slot, Var)> {
        let func = self.func.clone();
        for param in &func.params {
            if !param.var.dtype.is_handle() {
                self.define(param.var);
            }
        }
        let mut sizes = Vec::new();
        for var in tirade_ir::args::size_vars(&func) {
            if !self.vars.contains_key(&var.id)
                && let Target::Scalar(slot) = self.define(var)
            {
                sizes.push((slot, var));
            }
        }
        sizes
    }

    fn param(&mut self, param: &tirade_ir::Param) -> Param {
        let kind = match &param.kind {
            IrParamKind::Scalar => match self.vars.get(&param.var.id) {
                Some(Target::Scalar(slot)) => ParamKind::Scalar(*slot),
                _ => {
                    self.cannot_run(param.span, format!("vector parameter `{}`", param.var.name));
                    ParamKind::Scalar(0)
                }
            },
            IrParamKind::Pointer(_) => ParamKind::Pointer(self.define_pointer(param.var)),
            IrParamKind::Buffer(buffer) => {
                let own = self.define_pointer(param.var);
                let data = self.define_pointer(buffer.data);
                let slot = self.define_buffer(buffer);
                ParamKind::Buffer { buffer: slot, pointers: [data, own], written: false }
            }
        };
        Param { var: param.var, kind }
    }

    /// A slot for a scalar or vector variable.
    pub(super) fn define(&mut self, var: Var) -> Target {
        let target = match var.dtype.lanes() {
            1 => {
                self.n_scalars += 1;
                Target::Scalar(self.n_scalars as Slot - 1)
            }
            lanes => {
                self.n_vectors += 1;
                Target::Vector(self.n_vectors as Slot - 1, lanes)
            }
        };
        self.vars.insert(var.id, target);
        target
    }

    /// A slot for a variable that has to be a scalar.
    pub(super) fn define_scalar(&mut self, var: Var, span: Span) -> Slot {
        match self.define(var) {
            Target::Scalar(slot) => slot,
            Target::Vector(..) => {
                self.cannot_run(span, format!("the vector `{}` as a scalar", var.name));
                0
            }
        }
    }

    /// The slot of a variable.
    pub(super) fn target(&self, var: Var) -> Option<Target> {
        self.vars.get(&var.id).copied()
    }

    /// A slot for a pointer.
    pub(super) fn define_pointer(&mut self, var: Var) -> Slot {
        let next = self.pointers.len() as Slot;
        *self.pointers.entry(var.id).or_insert(next)
    }

    /// The slot of a pointer that is bound somewhere.
    pub(super) fn pointer(&self, var: Var) -> Option<Slot> {
        self.pointers.get(&var.id).copied()
    }

    /// A slot for a buffer that is introduced here; its pointer has to be known.
    pub(super) fn define_buffer(&mut self, buffer: &Buffer) -> Slot {
        let pointer = self.define_pointer(buffer.data);
        if !buffer.dtype.is_computable() {
            let (name, dtype) = (buffer.name, buffer.dtype);
            self.cannot_run(buffer.span, format!("the buffer `{name}` of `{dtype}`"));
        }
        let span = buffer.span;
        let shape: Box<[Index]> = buffer.shape.iter().map(|e| self.index(e, span)).collect();
        let strides = buffer.strides.iter().map(|e| self.index(e, span)).collect();
        let offset = buffer.elem_offset.as_ref().map(|e| self.index(e, span));
        let name = buffer.name.as_str();
        let info = BufferInfo {
            name: buffer.name,
            dtype: buffer.dtype,
            shape,
            strides,
            offset,
            sharing: sharing(buffer.scope),
            cell_bytes: self.r.cells.get(&buffer.data.id).copied().unwrap_or(1),
            pointer,
            offset_factor: buffer.offset_factor as i64,
            align: if buffer.align == DEFAULT_ALIGN { 1 } else { buffer.align.into() },
            traced: self.r.options.trace.iter().any(|t| t == name),
            span,
        };
        self.infos.push(info);
        let slot = self.infos.len() as Slot - 1;
        self.buffers.insert(buffer.id, slot);
        slot
    }

    /// The slot of a buffer; one that is declared nowhere is declared before the statement.
    pub(super) fn buffer(&mut self, buffer: &Buffer, span: Span) -> Slot {
        if let Some(slot) = self.buffers.get(&buffer.id) {
            return *slot;
        }
        if self.pointer(buffer.data).is_none() {
            self.cannot_run(span, format!("the buffer `{}`, which has no memory", buffer.name));
        }
        let slot = self.define_buffer(buffer);
        self.undeclared.push((buffer.id, slot));
        slot
    }

    /// Declarations of buffers that the statement just resolved uses without any.
    pub(super) fn take_undeclared(&mut self) -> Vec<Stmt> {
        let taken = std::mem::take(&mut self.undeclared);
        taken
            .into_iter()
            .map(|(id, slot)| {
                self.buffers.remove(&id);
                Stmt::Decl(slot)
            })
            .collect()
    }

    /// `view` is a view of the memory behind `source`.
    pub(super) fn set_root(&mut self, view: Var, source: Var) {
        let root = self.root(source);
        self.roots.insert(view.id, root);
    }

    /// True if the memory behind a pointer is allocated by the function.
    pub(super) fn is_allocated(&self, root: VarId) -> bool {
        self.allocated.contains(&root)
    }

    /// The pointer by which the memory behind `pointer` was introduced.
    pub(super) fn root(&self, pointer: Var) -> VarId {
        self.roots.get(&pointer.id).copied().unwrap_or(pointer.id)
    }

    /// Files an error about something that cannot be run.
    pub(super) fn cannot_run(&mut self, span: Span, what: String) {
        let message = format!("{what} cannot be run");
        self.r.errors.push(Diagnostic::error(Code::NOT_RUNNABLE, span, message));
    }

    /// A new scope inside of the present one.
    pub(super) fn open_scope(&mut self, block: Option<Symbol>, vars: Vec<(Var, Slot)>) -> usize {
        self.scopes.push(Scope { parent: self.scope, block, vars });
        self.scope = self.scopes.len() - 1;
        self.scope
    }

    /// Ends the innermost scope.
    pub(super) fn close_scope(&mut self) {
        self.scope = self.scopes[self.scope].parent;
    }

    /// The reducer of the enclosing `reduce_scope`, with variables of its own.
    pub(super) fn resolve_reducer(&mut self, span: Span) -> Option<Reducer> {
        let reducer = self.reducer.clone()?;
        let mut slots = |vars: &[Var]| -> Box<[Slot]> {
            vars.iter().map(|v| self.define_scalar(*v, span)).collect()
        };
        let (lhs, rhs) = (slots(&reducer.lhs), slots(&reducer.rhs));
        let result = reducer.result.iter().map(|e| self.scalar(e, span)).collect();
        let identity = reducer.identity.iter().map(|e| self.scalar(e, span)).collect();
        Some(Reducer { lhs, rhs, result, identity })
    }
}

/// The alignment of buffers that ask for none.
const DEFAULT_ALIGN: i32 = 64;

fn sharing(scope: Symbol) -> Sharing {
    let scope = scope.as_str();
    if scope.starts_with("shared") || scope.starts_with("warp") {
        Sharing::Shared
    } else if scope.starts_with("local") {
        Sharing::Local
    } else {
        Sharing::Global
    }
}

/// A missing attribute means that parameters do not overlap.
fn is_noalias(func: &PrimFunc) -> bool {
    let attr = func.attrs.get("tirx.noalias").or_else(|| func.attrs.get("tir.noalias"));
    match attr {
        Some(AttrValue::Bool(value)) => *value,
        Some(AttrValue::Int(value)) => *value != 0,
        Some(AttrValue::Expr(e)) => e.as_int() != Some(0),
        _ => true,
    }
}

fn has_jumps(body: &tirade_ir::Stmt) -> bool {
    struct Jumps(bool);
    impl tirade_ir::visit::Visitor for Jumps {
        fn visit_stmt(&mut self, stmt: &tirade_ir::Stmt) {
            use tirade_ir::Stmt;
            self.0 |= matches!(stmt, Stmt::Break(_) | Stmt::Continue(_) | Stmt::Return(_));
            tirade_ir::visit::walk_stmt(self, stmt);
        }
    }
    let mut found = Jumps(false);
    tirade_ir::visit::Visitor::visit_stmt(&mut found, body);
    found.0
}
