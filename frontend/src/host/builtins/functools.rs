//! `functools`

use super::Builtin;
use crate::host::chain::drop_as_chain;
use crate::host::dict::Dict;
use crate::host::error::{HostError, Result};
use crate::host::iter::LazyIter;
use crate::host::limits::Charge;
use crate::host::object::{HostObject, Method, set_attr};
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator, KeywordArg};
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// Every function.
pub static FUNCTIONS: &[Builtin] = &[
    Builtin::new("cache", cache),
    Builtin::new("cached_property", super::objects::property),
    Builtin::new("cmp_to_key", cmp_to_key),
    Builtin::new("lru_cache", lru_cache),
    Builtin::new("partial", partial),
    Builtin::new("reduce", reduce),
    Builtin::new("total_ordering", total_ordering),
    Builtin::new("wraps", wraps),
];

fn reduce(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let values = args.between("reduce", 2, 3)?;
    let mut iter = ev.iter(&values[1])?;
    let first = match values.get(2) {
        Some(initial) => Some(initial.clone()),
        None => iter.next(ev)?,
    };
    let Some(mut total) = first else {
        return Err(HostError::type_error("reduce() of empty iterable with no initial value"));
    };
    while let Some(value) = iter.next(ev)? {
        total = ev.call_with(&values[0], [total, value], span)?;
    }
    Ok(total)
}

/// `partial(function, …)`
struct Partial {
    function: Value,
    args: CallArgs,
    /// Kept for the memory meter.
    _charge: Charge,
}

drop_as_chain! {
    Partial: function, args;
    Cached: function;
    Wraps: function;
}

fn partial(_: &mut Evaluator, mut args: CallArgs, _: Span) -> Result<Value> {
    if args.positional.is_empty() {
        let message = "type 'partial' takes at least one argument";
        return Err(HostError::type_error(message));
    }
    let function = args.positional.remove(0).value;
    args.targets.clear();
    Ok(Value::Object(Rc::new(Partial { function, args, _charge: Charge::of(512) })))
}

impl HostObject for Partial {
    fn type_name(&self) -> &str {
        "functools.partial"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn getattr(self: Rc<Self>, ev: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        Ok(match name.as_str() {
            "func" => Some(self.function.clone()),
            "args" => {
                let values = self.args.positional.iter().map(|arg| arg.value.clone());
                Some(Value::tuple(values.collect::<Vec<_>>()))
            }
            "keywords" => {
                let dict = Rc::new(Dict::default());
                for k in &self.args.keyword {
                    ev.dict_set(&dict, k.name.as_str().into(), k.value.clone())?;
                }
                Some(Value::Dict(dict))
            }
            _ => None,
        })
    }

    fn call(
        self: Rc<Self>,
        ev: &mut Evaluator,
        args: CallArgs,
        span: Span,
    ) -> Result<Option<Value>> {
        let mut all = self.args.clone();
        all.positional.extend(args.positional);
        for k in args.keyword {
            all.keyword.retain(|own| own.name != k.name);
            all.keyword.push(k);
        }
        all.targets = args.targets;
        ev.call(&self.function, all, span).map(Some)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A function with remembered results.
pub struct Cached {
    function: Value,
    results: Rc<Dict>,
    maxsize: Option<usize>,
    hits: Cell<i64>,
    misses: Cell<i64>,
}

fn cached(function: Value, maxsize: Option<usize>) -> Value {
    let (hits, misses) = Default::default();
    Value::Object(Rc::new(Cached { function, results: Rc::default(), maxsize, hits, misses }))
}

fn cache(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [function] = args.exact("cache")?;
    Ok(cached(function, None))
}

/// `@lru_cache` and `@lru_cache(maxsize=…)`
fn lru_cache(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [maxsize, _typed] = args.bind("lru_cache", ["maxsize", "typed"], 0)?;
    match maxsize {
        None => Ok(Value::Object(Rc::new(CacheDecorator { maxsize: Some(128) }))),
        Some(Value::None) => Ok(Value::Object(Rc::new(CacheDecorator { maxsize: None }))),
        Some(Value::Int(n)) => {
            let maxsize = Some(usize::try_from(n).unwrap_or(0));
            Ok(Value::Object(Rc::new(CacheDecorator { maxsize })))
        }
        Some(function) if ev.is_callable(&function) => Ok(cached(function, Some(128))),
        Some(_) => Err(HostError::type_error(
            "Expected first argument to be an integer, a callable, or None",
        )),
    }
}

struct CacheDecorator {
    maxsize: Option<usize>,
}

impl HostObject for CacheDecorator {
    fn type_name(&self) -> &str {
        "function"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, _: &mut Evaluator, args: CallArgs, _: Span) -> Result<Option<Value>> {
        let [function] = args.exact("decorator")?;
        Ok(Some(cached(function, self.maxsize)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl HostObject for Cached {
    fn type_name(&self) -> &str {
        "functools._lru_cache_wrapper"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn getattr(self: Rc<Self>, ev: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        let method = match name.as_str() {
            "__wrapped__" => return Ok(Some(self.function.clone())),
            "cache_clear" => &CACHE_CLEAR,
            "cache_info" => &CACHE_INFO,
            _ => {
                let function = self.function.clone();
                return ev.opt_getattr(&function, name, Span::NONE);
            }
        };
        let receiver = Value::Object(self);
        let method = Method::Builtin(method);
        Ok(Some(Value::BoundMethod(Rc::new(crate::host::object::BoundMethod { receiver, method }))))
    }

    fn call(
        self: Rc<Self>,
        ev: &mut Evaluator,
        args: CallArgs,
        span: Span,
    ) -> Result<Option<Value>> {
        let key = cache_key(&args);
        // A call that the IR takes part in emits statements; it is never remembered.
        if args.any_ir() || ev.in_prim_func() {
            return ev.call(&self.function, args, span).map(Some);
        }
        if let Some(value) = ev.dict_get(&self.results, &key)? {
            self.hits.set(self.hits.get() + 1);
            if self.maxsize.is_some() {
                // The entry becomes the youngest.
                ev.dict_remove(&self.results, &key)?;
                ev.dict_set(&self.results, key, value.clone())?;
            }
            return Ok(Some(value));
        }
        let value = ev.call(&self.function, args, span)?;
        self.misses.set(self.misses.get() + 1);
        if self.maxsize != Some(0) {
            ev.dict_set(&self.results, key, value.clone())?;
            if self.maxsize.is_some_and(|max| self.results.table().len() > max) {
                let oldest = self.results.table_mut().pop_first();
                drop(oldest);
            }
        }
        Ok(Some(value))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn cache_key(args: &CallArgs) -> Value {
    let positional = args.positional.iter().map(|arg| arg.value.clone());
    let keyword = args.keyword.iter().flat_map(|k: &KeywordArg| {
        [Value::Ellipsis, Value::from(k.name.as_str()), k.value.clone()]
    });
    Value::tuple(positional.chain(keyword).collect::<Vec<_>>())
}

fn with_cached<T>(value: &Value, f: impl FnOnce(&Cached) -> T) -> Result<T> {
    let cached = match value {
        Value::Object(object) => object.as_any().downcast_ref::<Cached>(),
        _ => None,
    };
    cached.map(f).ok_or_else(|| HostError::type_error("this is no cached function"))
}

static CACHE_CLEAR: Builtin = Builtin::new("cache_clear", |_, args, _| {
    let [object] = args.exact("cache_clear")?;
    with_cached(&object, |cached| {
        cached.results.table_mut().clear();
        cached.hits.set(0);
        cached.misses.set(0);
        Value::None
    })
});

static CACHE_INFO: Builtin = Builtin::new("cache_info", |ev, args, span| {
    let [object] = args.exact("cache_info")?;
    let values = with_cached(&object, |cached| {
        let maxsize = cached.maxsize.map_or(Value::None, Value::from);
        let size = Value::from(cached.results.table().len());
        [Value::Int(cached.hits.get()), Value::Int(cached.misses.get()), maxsize, size]
    })?;
    let names = ["hits", "misses", "maxsize", "currsize"];
    let class = super::collections::named_tuple_class("CacheInfo", names.map(Symbol::new), &[]);
    ev.instantiate(&class, CallArgs::positional(values), span)
});

/// `@wraps(function)`
fn wraps(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [wrapped] = args.exact("wraps")?;
    Ok(Value::Object(Rc::new(Wraps { function: wrapped })))
}

struct Wraps {
    function: Value,
}

impl HostObject for Wraps {
    fn type_name(&self) -> &str {
        "function"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Option<Value>> {
        let [wrapper] = args.exact("wraps")?;
        if let Value::Function(function) = &wrapper {
            for name in ["__name__", "__qualname__", "__doc__"] {
                let name = Symbol::new(name);
                if let Some(value) = ev.opt_getattr(&self.function, name, Span::NONE)? {
                    set_attr(&mut function.attrs.borrow_mut(), name, value);
                }
            }
            let name = Symbol::new("__wrapped__");
            let wrapped = self.function.clone();
            set_attr(&mut function.attrs.borrow_mut(), name, wrapped);
        }
        Ok(Some(wrapper))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn cmp_to_key(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [function] = args.exact("cmp_to_key")?;
    Ok(Value::Object(Rc::new(Partial {
        function: Value::Builtin(&COMPARISON_KEY),
        args: CallArgs::positional([function]),
        _charge: Charge::of(512),
    })))
}

/// Makes an object that is compared by a function of two arguments.
static COMPARISON_KEY: Builtin = Builtin::new("K", |ev, args, _| {
    let [function, value] = args.exact("K")?;
    let class = ev.comparison_class();
    let instance = crate::host::object::Instance::new(class, [function, value].into());
    Ok(Value::Instance(Rc::new(instance)))
});

/// `__lt__` of the keys that `cmp_to_key` makes.
pub static COMPARISON_LT: Builtin = Builtin::new("__lt__", |ev, args, span| {
    let [a, b] = args.exact("__lt__")?;
    let (Value::Instance(a), Value::Instance(b)) = (&a, &b) else {
        return Ok(Value::NotImplemented);
    };
    let (a, b) = (a.items.borrow().clone(), b.items.borrow().clone());
    let order = ev.call_with(&a[0], [a[1].clone(), b[1].clone()], span)?;
    ev.less_than(&order, &Value::Int(0), span).map(Value::Bool)
});

/// Fills in the comparisons that a class does not define from `__lt__` and `__eq__`.
fn total_ordering(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("total_ordering")?;
    let Value::Class(class) = &value else {
        return Err(HostError::type_error("total_ordering() takes a class"));
    };
    if class.lookup(Symbol::new("__lt__")).is_none() {
        let message = "must define at least one ordering operation: < > <= >=";
        return Err(HostError::value_error(message));
    }
    for row in ORDERINGS {
        let name = Symbol::new(row.name);
        if class.lookup(name).is_none() {
            class.set(name, Value::Builtin(row));
        }
    }
    Ok(value)
}

static ORDERINGS: &[Builtin] = &[
    Builtin::new("__gt__", |ev, args, span| {
        let [a, b] = args.exact("__gt__")?;
        let less_or_equal = ev.less_than(&a, &b, span)? || ev.equal(&a, &b)?;
        Ok(Value::Bool(!less_or_equal))
    }),
    Builtin::new("__le__", |ev, args, span| {
        let [a, b] = args.exact("__le__")?;
        Ok(Value::Bool(ev.less_than(&a, &b, span)? || ev.equal(&a, &b)?))
    }),
    Builtin::new("__ge__", |ev, args, span| {
        let [a, b] = args.exact("__ge__")?;
        Ok(Value::Bool(!ev.less_than(&a, &b, span)?))
    }),
];
