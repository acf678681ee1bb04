//! Functions, modules and attributes.

use crate::buffer::Buffer;
use crate::dtype::DType;
use crate::expr::{PrimExpr, Var};
use crate::persistent::{PMap, PVec};
use crate::span::Span;
use crate::stmt::{PointerType, Stmt};
use crate::symbol::Symbol;
use std::sync::Arc;

/// A value of an attribute or annotation.
#[derive(Clone, Debug)]
pub enum AttrValue {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// A plain integer.
    Int(i64),
    /// A plain float.
    Float(f64),
    /// A string.
    Str(Arc<str>),
    /// A TIR expression, such as `T.int64(1)` or a variable.
    Expr(PrimExpr),
    /// A buffer.
    Buffer(Buffer),
    /// A list or tuple.
    List(Arc<[AttrValue]>),
    /// A dictionary with string keys, in the order written.
    Dict(Arc<[(Arc<str>, AttrValue)]>),
    /// A reducer, for the threads of a `reduce_scope`.
    Reducer(Arc<CommReducer>),
    /// `T.target(…)`: a string or dictionary, and the target's host.
    Target(Arc<AttrValue>),
    /// Something the reader keeps as text, to print it back: its TVMScript spelling.
    Opaque(Arc<str>),
}

/// A commutative reducer of `n` values: `T.comm_reducer(lambda x, y: x + y, [T.float32(0)])`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommReducer {
    /// The variables that stand for what is reduced so far.
    pub lhs: Box<[Var]>,
    /// Those that stand for what is added.
    pub rhs: Box<[Var]>,
    /// The combinations of the two.
    pub result: Box<[PrimExpr]>,
    /// What combines with everything without changing it.
    pub identity: Box<[PrimExpr]>,
}

/// Attributes by name, sorted by name. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Attrs(Option<Arc<[(Symbol, AttrValue)]>>);

impl Attrs {
    /// No attributes.
    pub fn new() -> Attrs {
        Attrs::default()
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&AttrValue> {
        self.iter().find(|(k, _)| k.as_str() == key).map(|(_, v)| v)
    }

    /// These attributes with `key` set to `value`.
    pub fn with(&self, key: impl Into<Symbol>, value: AttrValue) -> Attrs {
        let key = key.into();
        let mut items: Vec<_> = self.iter().filter(|(k, _)| *k != key).cloned().collect();
        items.push((key, value));
        Attrs::from_iter(items)
    }

    /// These attributes without `key`.
    pub fn without(&self, key: &str) -> Attrs {
        self.iter().filter(|(k, _)| k.as_str() != key).cloned().collect()
    }

    /// All attributes, sorted by name.
    pub fn iter(&self) -> std::slice::Iter<'_, (Symbol, AttrValue)> {
        self.0.as_deref().unwrap_or(&[]).iter()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl FromIterator<(Symbol, AttrValue)> for Attrs {
    /// A later entry replaces an earlier one of the same name.
    fn from_iter<I: IntoIterator<Item = (Symbol, AttrValue)>>(items: I) -> Attrs {
        let mut sorted: Vec<(Symbol, AttrValue)> = Vec::new();
        for (key, value) in items {
            match sorted.binary_search_by(|(k, _)| k.as_str().cmp(key.as_str())) {
                Ok(i) => sorted[i].1 = value,
                Err(i) => sorted.insert(i, (key, value)),
            }
        }
        Attrs((!sorted.is_empty()).then(|| sorted.into()))
    }
}

/// What a parameter of a function is.
#[derive(Clone, Debug)]
pub enum ParamKind {
    /// A scalar passed by value.
    Scalar,
    /// A pointer without a buffer; the type of what it points to, if written.
    Pointer(Option<PointerType>),
    /// A pointer matched to a buffer: `A: T.Buffer(…)`, or `T.match_buffer(a, …)`.
    Buffer(Buffer),
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub struct Param {
    /// The parameter itself: a scalar, or a handle.
    pub var: Var,
    /// What it is.
    pub kind: ParamKind,
    /// Where.
    pub span: Span,
}

impl Param {
    /// The buffer behind the parameter.
    pub fn buffer(&self) -> Option<&Buffer> {
        match &self.kind {
            ParamKind::Buffer(buffer) => Some(buffer),
            ParamKind::Scalar | ParamKind::Pointer(_) => None,
        }
    }
}

/// A function.
///
/// Variables that occur in the shapes, strides and offsets of buffer parameters without being
/// bound elsewhere are bound there: their values follow from the arguments.
#[derive(Clone, Debug)]
pub struct PrimFunc {
    /// The name in its module, and of the C function.
    pub name: Symbol,
    /// Parameters in order.
    pub params: Box<[Param]>,
    /// Type of the result; void if there is none.
    pub ret_dtype: DType,
    /// What it does. If it has blocks, this is the root block.
    pub body: Stmt,
    /// Attributes, without `global_symbol`.
    pub attrs: Attrs,
    /// Not visible outside its module: `@T.prim_func(private=True)`.
    pub private: bool,
    /// Written in the TensorIR dialect (`s_tir=True`), in which blocks may stand.
    pub s_tir: bool,
    /// Whether the function must be well-formed: `@T.prim_func(check_well_formed=False)` asks that
    /// it be only read and printed.
    pub check_well_formed: bool,
    /// The name in its definition.
    pub span: Span,
}

impl PrimFunc {
    /// Buffer parameters in order.
    pub fn buffers(&self) -> impl Iterator<Item = &Buffer> {
        self.params.iter().filter_map(Param::buffer)
    }
}

/// A module: functions by name, in the order they were added.
#[derive(Clone, Debug, Default)]
pub struct IRModule {
    /// Name of the module class, if it has one.
    pub name: Option<Symbol>,
    functions: PMap<Symbol, Arc<PrimFunc>>,
    order: PVec<Symbol>,
    /// Module attributes.
    pub attrs: Attrs,
    /// Module global infos, as attributes.
    pub global_infos: Attrs,
}

impl IRModule {
    /// A module without functions.
    pub fn new() -> IRModule {
        IRModule::default()
    }

    /// A module with the one function.
    pub fn from_func(func: PrimFunc) -> IRModule {
        let mut module = IRModule::new();
        module.insert(func);
        module
    }

    /// Adds a function, or replaces the one of its name; returns the replaced one.
    pub fn insert(&mut self, func: impl Into<Arc<PrimFunc>>) -> Option<Arc<PrimFunc>> {
        let func = func.into();
        let name = func.name;
        let old = self.functions.insert(name, func);
        if old.is_none() {
            self.order.push_back(name);
        }
        old
    }

    /// The function `name`.
    pub fn get(&self, name: Symbol) -> Option<&Arc<PrimFunc>> {
        self.functions.get(&name)
    }

    /// Functions in the order they were added.
    pub fn functions(&self) -> impl Iterator<Item = &Arc<PrimFunc>> {
        self.order.iter().map(|name| &self.functions[name])
    }

    /// Number of functions.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// True if there are no functions.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The module with every function replaced by `f` of it.
    pub fn map_functions(&self, mut f: impl FnMut(&PrimFunc) -> PrimFunc) -> IRModule {
        let mut module = IRModule { functions: PMap::new(), order: PVec::new(), ..self.clone() };
        for func in self.functions() {
            module.insert(f(func));
        }
        module
    }
}
