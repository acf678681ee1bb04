//! The built-in types.

use super::dict::DictKind;
use super::value::Value;

macro_rules! types {
    ($($name:ident $text:literal,)*) => {
        /// A built-in type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Type {
            $(#[doc = concat!("`", $text, "`")] $name,)*
        }

        impl Type {
            /// The type's name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Type::$name => $text,)*
                }
            }
        }
    };
}

types! {
    Object "object",
    Type "type",
    None "NoneType",
    Ellipsis "ellipsis",
    NotImplemented "NotImplementedType",
    Bool "bool",
    Int "int",
    Float "float",
    Str "str",
    Bytes "bytes",
    Tuple "tuple",
    List "list",
    Dict "dict",
    OrderedDict "OrderedDict",
    DefaultDict "defaultdict",
    Counter "Counter",
    Set "set",
    FrozenSet "frozenset",
    Range "range",
    Slice "slice",
    Function "function",
    Builtin "builtin_function_or_method",
    Method "method",
    Iterator "iterator",
    Module "module",
    Expr "PrimExpr",
    Buffer "Buffer",
    Region "BufferRegion",
    IterVar "IterVar",
    PrimFunc "PrimFunc",
    IRModule "IRModule",
    GlobalVar "GlobalVar",
    DType "DataType",
    Entry "builtin",
}

impl Type {
    /// True if every value of this type is one of `other`.
    pub fn is_a(self, other: Type) -> bool {
        self == other
            || other == Type::Object
            || matches!((self, other), (Type::Bool, Type::Int))
            || matches!(
                (self, other),
                (Type::OrderedDict | Type::DefaultDict | Type::Counter, Type::Dict)
            )
    }
}

/// The built-in type of a value; `None` for instances of classes and values of other crates.
pub fn type_of(value: &Value) -> Option<Type> {
    Some(match value {
        Value::Poison | Value::None => Type::None,
        Value::Ellipsis => Type::Ellipsis,
        Value::NotImplemented => Type::NotImplemented,
        Value::Bool(_) => Type::Bool,
        Value::Int(_) | Value::BigInt(_) => Type::Int,
        Value::Float(_) => Type::Float,
        Value::Str(_) => Type::Str,
        Value::Bytes(_) => Type::Bytes,
        Value::Tuple(_) => Type::Tuple,
        Value::List(_) => Type::List,
        Value::Dict(dict) => match dict.kind {
            DictKind::Plain => Type::Dict,
            DictKind::Ordered => Type::OrderedDict,
            DictKind::Default(_) => Type::DefaultDict,
            DictKind::Counter => Type::Counter,
        },
        Value::Set(set) => match set.frozen {
            true => Type::FrozenSet,
            false => Type::Set,
        },
        Value::Range(_) => Type::Range,
        Value::Slice(_) => Type::Slice,
        Value::Function(_) => Type::Function,
        Value::Builtin(_) => Type::Builtin,
        Value::BoundMethod(_) | Value::BoundEntry(_) => Type::Method,
        Value::Type(_) | Value::Class(_) => Type::Type,
        Value::Iterator(_) => Type::Iterator,
        Value::Module(_) => Type::Module,
        Value::Expr(_) => Type::Expr,
        Value::Scalar(_) | Value::Buffer(_) => Type::Buffer,
        Value::Region(_) => Type::Region,
        Value::IterVar(_) => Type::IterVar,
        Value::PrimFunc(_) => Type::PrimFunc,
        Value::IRModule(_) => Type::IRModule,
        Value::GlobalVar(_) => Type::GlobalVar,
        Value::DType(_) => Type::DType,
        Value::Entry(_) => Type::Entry,
        Value::Instance(_) | Value::Dialect(_) | Value::Object(_) => return None,
    })
}

/// The name of a value's type, for messages.
pub fn type_name(value: &Value) -> String {
    match (value, type_of(value)) {
        (Value::Iterator(iterator), _) => iterator.name.to_string(),
        (_, Some(ty)) => ty.name().to_string(),
        (Value::Instance(instance), None) => instance.class.name.to_string(),
        (Value::Dialect(object), None) => object.type_name().to_string(),
        (Value::Object(object), None) => object.type_name().to_string(),
        (_, None) => unreachable!("type_of names every other type"),
    }
}

impl Value {
    /// The name of the value's type, for messages.
    pub fn type_name(&self) -> String {
        type_name(self)
    }
}
