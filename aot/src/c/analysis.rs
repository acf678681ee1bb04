//! What printing a function needs to know beforehand: which memory is written, accessed as what,
//! and handed out; what can fail; what calls what.

use rustc_hash::{FxHashMap, FxHashSet};
use tirade_ir::expr::{Call, CallFunc};
use tirade_ir::op::Evaluation;
use tirade_ir::visit::{BufferSite, Visit, Visitor, walk_expr, walk_stmt};
use tirade_ir::{
    Buffer, CallArg, Callee, DType, ForKind, IRModule, Op, PrimExpr, PrimFunc, Stmt, Symbol, Var,
    VarId,
};

/// Facts about the memory and the calls of a function.
#[derive(Debug, Default)]
pub struct Facts {
    /// Pointer variables that name the memory of another one.
    aliases: FxHashMap<VarId, VarId>,
    /// Element types with which a pointer's memory is accessed.
    pub accessed_as: FxHashMap<VarId, Vec<DType>>,
    /// Pointers whose memory is read by loads.
    pub read: FxHashSet<VarId>,
    /// Pointers whose memory is written.
    pub written: FxHashSet<VarId>,
    /// Pointers that are used as values, or with an index other than 0.
    pub not_scalar: FxHashSet<VarId>,
    /// Every variable that is used.
    pub used: FxHashSet<VarId>,
    /// Calls of functions of the module: callee, and for each parameter the pointer given.
    pub calls: Vec<(Symbol, Vec<Option<VarId>>)>,
    /// There is an assertion.
    pub asserts: bool,
    /// The outermost parallel loop around the node at hand, and around each allocation.
    parallel: Option<VarId>,
    home: FxHashMap<VarId, Option<VarId>>,
}

impl Facts {
    /// The facts of one function.
    pub fn of(func: &PrimFunc) -> Facts {
        let mut facts = Facts::default();
        func.visit_with(&mut facts);
        facts
    }

    /// The pointer that owns the memory of `var`.
    pub fn root(&self, var: VarId) -> VarId {
        let mut root = var;
        while let Some(next) = self.aliases.get(&root) {
            root = *next;
        }
        root
    }

    fn access(&mut self, buffer: &Buffer, indices: &[PrimExpr]) -> VarId {
        let root = self.root(buffer.data.id);
        let types = self.accessed_as.entry(root).or_default();
        if !types.contains(&buffer.dtype.element()) {
            types.push(buffer.dtype.element());
        }
        if !indices.iter().all(|i| i.is_int(0)) {
            self.not_scalar.insert(root);
        }
        // A variable cannot be shared by threads; memory can.
        if self.home.get(&root).is_some_and(|home| *home != self.parallel) {
            self.not_scalar.insert(root);
        }
        self.used.insert(root);
        root
    }

    /// A pointer used as a value: anything may happen to its memory.
    fn escape(&mut self, var: VarId) {
        let root = self.root(var);
        self.written.insert(root);
        self.read.insert(root);
        self.not_scalar.insert(root);
    }

    fn call_func(&mut self, call: &CallFunc) {
        let pointer = |facts: &Facts, arg: &CallArg| match arg {
            CallArg::Expr(PrimExpr::Var(v)) if v.dtype.is_handle() => Some(facts.root(v.id)),
            CallArg::Buffer(b) => Some(facts.root(b.data.id)),
            CallArg::Region(r) => Some(facts.root(r.buffer.data.id)),
            CallArg::Expr(_) | CallArg::DType(_) | CallArg::Attr(_) => None,
        };
        let pointers: Vec<Option<VarId>> = call.args.iter().map(|a| pointer(self, a)).collect();
        for root in pointers.iter().flatten() {
            self.read.insert(*root);
            self.not_scalar.insert(*root);
            self.used.insert(*root);
            if !matches!(call.callee, Callee::Global(_)) {
                self.written.insert(*root);
            }
        }
        if let Callee::Global(name) = call.callee {
            self.calls.push((name, pointers));
        }
        for arg in &call.args {
            match arg {
                CallArg::Expr(PrimExpr::Var(v)) => _ = self.used.insert(v.id),
                CallArg::Expr(e) => self.visit_expr(e),
                CallArg::Region(r) => {
                    r.region.visit_with(self);
                    self.fields(&r.buffer);
                }
                // The sizes of a buffer may be handed on.
                CallArg::Buffer(b) => self.fields(b),
                CallArg::DType(_) | CallArg::Attr(_) => {}
            }
        }
    }

    fn fields(&mut self, buffer: &Buffer) {
        let fields = buffer.shape.iter().chain(&buffer.strides).chain(&buffer.elem_offset);
        fields.for_each(|e| self.visit_expr(e));
    }

    fn call(&mut self, call: &Call) {
        let place = match call.args.first() {
            Some(PrimExpr::Load(load)) => load,
            _ => return call.args.iter().for_each(|a| self.visit_expr(a)),
        };
        let root = self.access(&place.buffer, &place.indices);
        self.written.insert(root);
        self.read.insert(root);
        if call.op == Op::AddressOf {
            self.escape(root);
        }
        place.indices.iter().chain(&call.args[1..]).for_each(|e| self.visit_expr(e));
    }
}

impl Visitor for Facts {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        match expr {
            PrimExpr::Load(load) => {
                let root = self.access(&load.buffer, &load.indices);
                self.read.insert(root);
                walk_expr(self, expr);
            }
            PrimExpr::Var(v) => {
                self.used.insert(v.id);
                if v.dtype.is_handle() {
                    self.escape(v.id);
                }
            }
            PrimExpr::Call(call) if call.op.info().evaluation == Evaluation::Place => {
                self.call(call)
            }
            PrimExpr::CallFunc(call) => self.call_func(call),
            _ => walk_expr(self, expr),
        }
    }

    fn visit_stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Store(s) => {
                let root = self.access(&s.buffer, &s.indices);
                self.written.insert(root);
            }
            Stmt::Bind(s) => {
                if let PrimExpr::Var(v) = &s.value
                    && v.dtype.is_handle()
                {
                    self.aliases.insert(s.var.id, self.root(v.id));
                    return;
                }
            }
            Stmt::Assert(_) => self.asserts = true,
            Stmt::AllocBuffer(s) => _ = self.home.insert(s.buffer.data.id, self.parallel),
            Stmt::For(l) if l.kind == ForKind::Parallel && self.parallel.is_none() => {
                self.parallel = Some(l.loop_var.id);
                walk_stmt(self, stmt);
                self.parallel = None;
                return;
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    /// What a shape mentions is used where memory of that size is made; accesses are flat.
    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        if site == BufferSite::Alloc {
            buffer.shape.visit_with(self);
        }
    }

    fn visit_var(&mut self, var: Var) {
        self.used.insert(var.id);
    }
}

/// Facts about all functions of a module, with what follows through calls.
#[derive(Debug, Default)]
pub struct ModuleFacts {
    /// By name.
    pub functions: FxHashMap<Symbol, Facts>,
    /// Functions that call themselves, directly or not.
    pub recursive: FxHashSet<Symbol>,
    /// Functions that a call hands parts of the same memory twice.
    pub shared: FxHashSet<Symbol>,
}

impl ModuleFacts {
    /// The facts of a module.
    pub fn of(module: &IRModule) -> ModuleFacts {
        let functions = module.functions().map(|f| (f.name, Facts::of(f))).collect();
        let mut facts = ModuleFacts { functions, ..Default::default() };
        facts.propagate_writes(module);
        let calls = facts.functions.values().flat_map(|f| &f.calls);
        let twice = |pointers: &[Option<VarId>]| {
            let mut seen = FxHashSet::default();
            !pointers.iter().flatten().all(|p| seen.insert(*p))
        };
        facts.shared = calls.filter(|(_, p)| twice(p)).map(|(callee, _)| *callee).collect();
        for func in module.functions() {
            if facts.reaches(func.name, func.name) {
                facts.recursive.insert(func.name);
            }
        }
        facts
    }

    /// A pointer is written if a function that gets it writes it.
    fn propagate_writes(&mut self, module: &IRModule) {
        loop {
            let mut new: Vec<(Symbol, VarId)> = Vec::new();
            for (name, facts) in &self.functions {
                for (callee, pointers) in &facts.calls {
                    let (Some(target), Some(known)) =
                        (module.get(*callee), self.functions.get(callee))
                    else {
                        continue;
                    };
                    for (param, pointer) in target.params.iter().zip(pointers) {
                        let data = param.buffer().map_or(param.var, |b| b.data);
                        if let Some(root) = pointer
                            && known.written.contains(&data.id)
                            && !facts.written.contains(root)
                        {
                            new.push((*name, *root));
                        }
                    }
                }
            }
            if new.is_empty() {
                return;
            }
            for (name, root) in new {
                self.functions.entry(name).or_default().written.insert(root);
            }
        }
    }

    /// True if a function of the module calls `name`.
    pub fn is_called(&self, name: Symbol) -> bool {
        self.functions.values().any(|f| f.calls.iter().any(|(callee, _)| *callee == name))
    }

    /// True if `from` calls `to`, directly or not.
    fn reaches(&self, from: Symbol, to: Symbol) -> bool {
        let mut seen = FxHashSet::default();
        let mut todo = vec![from];
        while let Some(name) = todo.pop() {
            let Some(facts) = self.functions.get(&name) else { continue };
            for (callee, _) in &facts.calls {
                if *callee == to {
                    return true;
                }
                if seen.insert(*callee) {
                    todo.push(*callee);
                }
            }
        }
        false
    }
}
