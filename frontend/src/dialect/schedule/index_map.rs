//! Maps of indices: `IndexMap.from_func(lambda i, j: (j, i))`, and lambdas where a map is asked for.

use super::super::convert::{self, expected};
use super::super::sig::Bound;
use super::super::table::{Row, row};
use super::convert::MapDomain;
use super::object::{method, object};
use crate::ast::ParamKind;
use crate::host::{Arg, CallArgs, Evaluator, HostError, HostObject, Result, Value};
use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::DType;
use tirade_ir::arith::{self as fold, Analyzer};
use tirade_ir::diag::Code;
use tirade_ir::expr::{PrimExpr, Var};
use tirade_ir::span::Span;
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::symbol::Symbol;
use tirade_schedule::IndexMap;

pub(in crate::dialect) const ROWS: &[Row] = &[
    row(
        "T.IndexMap",
        "(initial_indices, final_indices, inverse_index_map=None)",
        new,
        "A map of indices.",
    ),
    row(
        "T.IndexMap.from_func",
        "(mapping_function, ndim=None, inverse_index_map=None, *, index_dtype='int64')",
        from_func,
        "The map of indices that a function describes.",
    ),
    row("IndexMap.map_indices", "(self, indices, analyzer=None)", map_indices, "Mapped indices."),
];

/// A map of indices that a script holds.
pub struct MapObject(pub Arc<IndexMap>);

/// Stands between results of a map where a physical axis ends.
pub struct AxisSeparator;

impl HostObject for AxisSeparator {
    fn type_name(&self) -> &str {
        "IndexMap.AXIS_SEPARATOR"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl HostObject for MapObject {
    fn type_name(&self) -> &str {
        "IndexMap"
    }

    fn getattr(self: Rc<Self>, _: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        let exprs = |items: &mut dyn Iterator<Item = PrimExpr>| {
            Some(Value::list(items.map(Value::Expr).collect()))
        };
        Ok(match name.as_str() {
            "initial_indices" => exprs(&mut self.0.initial.iter().map(|v| (*v).into())),
            "final_indices" => exprs(&mut self.0.result.iter().cloned()),
            "inverse_index_map" => Some(match &self.0.inverse {
                Some(inverse) => object(MapObject(inverse.clone())),
                None => Value::None,
            }),
            _ => method(self, "IndexMap", name),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `IndexMap.AXIS_SEPARATOR`
pub(in crate::dialect) fn axis_separator() -> Value {
    object(AxisSeparator)
}

fn map_of(arg: &Arg) -> Result<Arc<IndexMap>> {
    if let Value::Object(found) = &arg.value
        && let Some(map) = found.as_any().downcast_ref::<MapObject>()
    {
        return Ok(map.0.clone());
    }
    Err(expected("a map of indices", &arg.value, arg.span))
}

fn new(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let initial = convert::exprs(args.arg("initial_indices"))?;
    let span = args.arg("initial_indices").span;
    let initial: Result<Vec<Var>> = initial
        .iter()
        .map(|e| e.as_var().ok_or_else(|| expected("a variable", &Value::Expr(e.clone()), span)))
        .collect();
    let inverse = args.opt("inverse_index_map").map(map_of).transpose()?;
    let last = args.arg("final_indices");
    let (result, axis_separators) = results(&last.value, None, last.span)?;
    let initial = initial?.into();
    Ok(object(MapObject(Arc::new(IndexMap { initial, result, axis_separators, inverse }))))
}

fn from_func(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let rank = args.opt("ndim").map(convert::int).transpose()?;
    let rank = rank.and_then(|n| usize::try_from(n).ok());
    let dtype = match args.opt("index_dtype") {
        Some(dtype) => convert::dtype(dtype)?,
        None => DType::INT64,
    };
    let inverse = match args.opt("inverse_index_map") {
        None => None,
        Some(arg) if matches!(arg.value, Value::Function(_)) => {
            let domain = MapDomain { dtype, ..MapDomain::NONE };
            Some(Arc::new(from_function(ev, arg, domain, None)?))
        }
        Some(arg) => Some(map_of(arg)?),
    };
    let domain = MapDomain { rank, dtype, pairs: false };
    let map = from_function(ev, args.arg("mapping_function"), domain, inverse)?;
    Ok(object(MapObject(Arc::new(map))))
}

/// The map that a function of the script describes. With `*indices` the function takes as many
/// as `domain` says.
pub(super) fn from_function(
    ev: &mut Evaluator,
    function: &Arg,
    domain: MapDomain,
    inverse: Option<Arc<IndexMap>>,
) -> Result<IndexMap> {
    let dtype = domain.dtype;
    let Value::Function(code) = &function.value else {
        return Err(expected("a function from indices to indices", &function.value, function.span));
    };
    let mut names = Vec::new();
    let mut rest = None;
    for param in code.params() {
        match param.kind {
            ParamKind::Normal | ParamKind::PositionalOnly => names.push(param.name.name),
            ParamKind::VarArgs => rest = Some(param.name.name),
            ParamKind::KeywordOnly | ParamKind::KwArgs => {
                let message = "a map of indices takes them by position";
                return Err(HostError::new(Code::ARGUMENT_TYPE, function.span, message));
            }
        }
    }
    if let Some(rest) = rest {
        let Some(rank) = domain.rank else {
            let message = "how many indices the function takes is not known here";
            let error = HostError::new(Code::ARGUMENT_TYPE, function.span, message);
            return Err(error.with_help("give `ndim`, or name each index"));
        };
        let more = rank.saturating_sub(names.len());
        names.extend((0..more).map(|i| Symbol::new(&format!("{rest}_{i}"))));
    }
    let initial: Box<[Var]> = names.iter().map(|name| Var::new(*name, dtype)).collect();
    let given = initial.iter().map(|v| Value::Expr((*v).into()));
    let found = ev.call(&function.value, CallArgs::positional(given), function.span)?;
    let found = if domain.pairs { ends(&found, function.span)? } else { found };
    let (result, axis_separators) = results(&found, Some(dtype), function.span)?;
    Ok(IndexMap { initial, result, axis_separators, inverse })
}

/// The two ends of each range, one behind the other; a point is a range of one value.
fn ends(value: &Value, span: Span) -> Result<Value> {
    let mut found = Vec::new();
    for item in convert::items_or_one(value) {
        match convert::items(&item) {
            Some(pair) => found.extend(pair),
            None => {
                let first = convert::expr(&item, span)?;
                let one = PrimExpr::int(1, first.dtype());
                found.extend([Value::Expr(first.clone()), Value::Expr(fold::add(&first, &one))]);
            }
        }
    }
    Ok(Value::list(found))
}

/// New indices, and the positions between them at which physical axes end.
type Results = (Box<[PrimExpr]>, Box<[i64]>);

/// Results of a map, and where physical axes end between them.
fn results(value: &Value, dtype: Option<DType>, span: Span) -> Result<Results> {
    let (mut exprs, mut separators) = (Vec::new(), Vec::new());
    for value in convert::items_or_one(value) {
        match (&value, dtype) {
            (Value::Object(o), _) if o.as_any().is::<AxisSeparator>() => {
                separators.push(exprs.len() as i64);
            }
            (Value::Int(n), Some(dtype)) => exprs.push(PrimExpr::int(*n, dtype)),
            _ => exprs.push(convert::expr(&value, span)?),
        }
    }
    Ok((exprs.into(), separators.into()))
}

fn map_indices(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let map = map_of(args.arg("self"))?;
    let indices = convert::exprs(args.arg("indices"))?;
    if indices.len() != map.initial.len() {
        let message = format!("the map takes {} indices", map.initial.len());
        return Err(HostError::new(Code::ARGUMENT_TYPE, args.arg("indices").span, message));
    }
    let vars = VarMap::from_iter(map.initial.iter().map(|v| v.id).zip(indices));
    let analyzer = Analyzer::new();
    let mapped = map.result.iter().map(|e| analyzer.simplify(&substitute(e, &vars)));
    Ok(Value::list(mapped.map(Value::Expr).collect()))
}
