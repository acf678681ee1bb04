//! The syntax tree: one stable, spanned subset of Python, independent of any Python's own `ast`.
//!
//! Statements and expressions are a kind and a [`Span`]; a kind with parts holds them in one boxed
//! struct, so an [`Expr`] is 32 bytes. Definitions and lambdas are behind an [`Arc`], so that a
//! closure keeps its body alive without copying it. The parser bounds the height of every tree
//! ([`crate::parser::MAX_EXPR_DEPTH`], [`crate::parser::MAX_STMT_DEPTH`]): walking a tree by
//! recursion is safe.
//!
//! Parentheses leave no node: the span of `(a + b)` is that of `a + b`. The brackets of tuples,
//! lists, sets, dicts, calls and subscripts belong to their node's span.

use num_bigint::BigInt;
use std::sync::Arc;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// A parsed file.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// The statements in order.
    pub body: Vec<Stmt>,
    /// Every comment of the file in order.
    pub comments: Vec<Comment>,
    /// The whole file.
    pub span: Span,
}

/// A `# comment`, which the grammar does not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From the `#` to the end of the line, line break excluded.
    pub span: Span,
    /// True when nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// A name with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ident {
    /// The name.
    pub name: Symbol,
    /// Where it stands.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// From the first token (a decorator's `@` included) to the last token of the last nested
    /// statement, or of the statement itself.
    pub span: Span,
    /// What it does.
    pub kind: StmtKind,
}

/// The kinds of statements.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// `def f(...): ...`
    FunctionDef(Arc<FunctionDef>),
    /// `class C(...): ...`
    ClassDef(Arc<ClassDef>),
    /// `if a: ... elif b: ... else: ...`
    If(Box<If>),
    /// `for target in iter: ... else: ...`
    For(Box<For>),
    /// `while test: ... else: ...`
    While(Box<While>),
    /// `with a as b, c: ...`
    With(Box<With>),
    /// `try: ... except E as e: ... else: ... finally: ...`
    Try(Box<Try>),
    /// `a = b = value`
    Assign(Box<Assign>),
    /// `target op= value`
    AugAssign(Box<AugAssign>),
    /// `target: annotation = value`
    AnnAssign(Box<AnnAssign>),
    /// `return value`
    Return(Option<Box<Expr>>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `pass`
    Pass,
    /// `assert test, message`
    Assert(Box<Assert>),
    /// `raise exception from cause`
    Raise(Box<Raise>),
    /// `import a.b as c, d`
    Import(Box<[Import]>),
    /// `from a.b import c as d`
    ImportFrom(Box<ImportFrom>),
    /// `global a, b`
    Global(Box<[Ident]>),
    /// `nonlocal a, b`
    Nonlocal(Box<[Ident]>),
    /// `del a, b[i]`
    Del(Box<[Expr]>),
    /// An expression that stands alone; docstrings are among them.
    Expr(Box<Expr>),
}

/// `@decorator def name(params) -> returns: body`
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionDef {
    /// The function's name.
    pub name: Ident,
    /// Decorators, outermost (topmost) first.
    pub decorators: Box<[Expr]>,
    /// Parameters in source order.
    pub params: Box<[Param]>,
    /// The annotation after `->`.
    pub returns: Option<Expr>,
    /// At least one statement.
    pub body: Vec<Stmt>,
    /// From `def` to the `:` that opens the body.
    pub header: Span,
}

/// One parameter of a function or lambda.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The parameter's name.
    pub name: Ident,
    /// How arguments bind to it.
    pub kind: ParamKind,
    /// The annotation after `:`; never in a lambda.
    pub annotation: Option<Expr>,
    /// The default after `=`; never on `*args` and `**kwargs`.
    pub default: Option<Expr>,
    /// Stars, name, annotation and default.
    pub span: Span,
}

/// How arguments bind to a parameter. A parameter list holds the kinds in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParamKind {
    /// Stands before a `/`.
    PositionalOnly,
    /// By position or by name.
    Normal,
    /// `*args`
    VarArgs,
    /// Stands after `*` or `*args`.
    KeywordOnly,
    /// `**kwargs`
    KwArgs,
}

/// `@decorator class name(bases, keyword=value): body`
#[derive(Clone, Debug, PartialEq)]
pub struct ClassDef {
    /// The class's name.
    pub name: Ident,
    /// Decorators, outermost (topmost) first.
    pub decorators: Box<[Expr]>,
    /// Base classes.
    pub bases: Box<[Expr]>,
    /// Keyword arguments of the class.
    pub keywords: Box<[Keyword]>,
    /// At least one statement.
    pub body: Vec<Stmt>,
    /// From `class` to the `:` that opens the body.
    pub header: Span,
}

/// `if` with all its `elif` branches side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct If {
    /// The `if` branch and the `elif` branches.
    pub branches: Vec<Branch>,
    /// The body of `else`; empty when there is none.
    pub orelse: Vec<Stmt>,
}

/// One `if` or `elif` branch.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// The condition.
    pub test: Expr,
    /// At least one statement.
    pub body: Vec<Stmt>,
    /// From `if` or `elif` to the end of the body.
    pub span: Span,
}

/// `for target in iter: body else: orelse`
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// A name, attribute, subscript, or a tuple or list of such.
    pub target: Expr,
    /// What is iterated over.
    pub iter: Expr,
    /// At least one statement.
    pub body: Vec<Stmt>,
    /// The body of `else`; empty when there is none.
    pub orelse: Vec<Stmt>,
}

/// `while test: body else: orelse`
#[derive(Clone, Debug, PartialEq)]
pub struct While {
    /// The condition.
    pub test: Expr,
    /// At least one statement.
    pub body: Vec<Stmt>,
    /// The body of `else`; empty when there is none.
    pub orelse: Vec<Stmt>,
}

/// `with item, item: body`, with or without parentheses around the items.
#[derive(Clone, Debug, PartialEq)]
pub struct With {
    /// At least one item.
    pub items: Box<[WithItem]>,
    /// At least one statement.
    pub body: Vec<Stmt>,
}

/// One `context as target` of a `with`.
#[derive(Clone, Debug, PartialEq)]
pub struct WithItem {
    /// The context manager.
    pub context: Expr,
    /// What `as` binds; it may be the empty list of `as []`.
    pub target: Option<Expr>,
}

/// `try: body except ...: ... else: orelse finally: finalbody`
#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    /// At least one statement.
    pub body: Vec<Stmt>,
    /// The `except` clauses; empty only where there is a `finally`.
    pub handlers: Vec<ExceptHandler>,
    /// The body of `else`; empty when there is none.
    pub orelse: Vec<Stmt>,
    /// The body of `finally`; empty when there is none.
    pub finalbody: Vec<Stmt>,
}

/// `except exception as name: body`
#[derive(Clone, Debug, PartialEq)]
pub struct ExceptHandler {
    /// What is caught; `None` catches everything.
    pub exception: Option<Expr>,
    /// What the exception is bound to.
    pub name: Option<Ident>,
    /// At least one statement.
    pub body: Vec<Stmt>,
    /// From `except` to the end of the body.
    pub span: Span,
}

/// `target = target = value`
#[derive(Clone, Debug, PartialEq)]
pub struct Assign {
    /// At least one target, leftmost first.
    pub targets: Box<[Expr]>,
    /// The value given to each.
    pub value: Expr,
}

/// `target op= value`
#[derive(Clone, Debug, PartialEq)]
pub struct AugAssign {
    /// A name, attribute or subscript.
    pub target: Expr,
    /// The operator without its `=`.
    pub op: Operator,
    /// The right-hand side.
    pub value: Expr,
}

/// `target: annotation = value`
#[derive(Clone, Debug, PartialEq)]
pub struct AnnAssign {
    /// A name, attribute or subscript.
    pub target: Expr,
    /// What stands after `:`.
    pub annotation: Expr,
    /// What stands after `=`.
    pub value: Option<Expr>,
}

/// `assert test, message`
#[derive(Clone, Debug, PartialEq)]
pub struct Assert {
    /// The condition.
    pub test: Expr,
    /// What stands after the comma.
    pub message: Option<Expr>,
}

/// `raise exception from cause`
#[derive(Clone, Debug, PartialEq)]
pub struct Raise {
    /// `None` re-raises.
    pub exception: Option<Expr>,
    /// What stands after `from`.
    pub cause: Option<Expr>,
}

/// One `a.b.c as d` of an `import`.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The dotted name, at least one part.
    pub path: Box<[Ident]>,
    /// The name after `as`.
    pub alias: Option<Ident>,
    /// Path and alias.
    pub span: Span,
}

/// `from ..a.b import c as d, e`
#[derive(Clone, Debug, PartialEq)]
pub struct ImportFrom {
    /// How many dots stand before the module.
    pub level: u32,
    /// The dotted name of the module; empty only where `level` is not 0.
    pub path: Box<[Ident]>,
    /// The dots and the path.
    pub path_span: Span,
    /// What is imported.
    pub names: ImportNames,
}

/// What a `from ... import` brings in.
#[derive(Clone, Debug, PartialEq)]
pub enum ImportNames {
    /// `*`, with its place.
    Star(Span),
    /// The names, at least one.
    List(Box<[ImportName]>),
}

/// One `name as alias` of a `from ... import`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportName {
    /// The name inside the module.
    pub name: Ident,
    /// The name after `as`.
    pub alias: Option<Ident>,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// From its first to its last token.
    pub span: Span,
    /// What it computes.
    pub kind: ExprKind,
}

const _: () = assert!(size_of::<Expr>() == 32);

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// `...`
    Ellipsis,
    /// An integer literal; never negative.
    Int(Int),
    /// A float literal; never negative.
    Float(Float),
    /// A string literal: the value after escapes and implicit concatenation.
    Str(Arc<str>),
    /// A bytes literal: the value after escapes and implicit concatenation.
    Bytes(Arc<[u8]>),
    /// `f"..."`, also concatenated with plain strings.
    FString(Box<[FStringPart]>),
    /// A name.
    Name(Symbol),
    /// `value.attr`
    Attribute(Box<Attribute>),
    /// `value[index]`
    Subscript(Box<Subscript>),
    /// `lower:upper:step`, only inside the brackets of a subscript.
    Slice(Box<Slice>),
    /// `func(args)`
    Call(Box<Call>),
    /// `left op right`
    BinOp(Box<BinOp>),
    /// `op operand`
    UnaryOp(Box<UnaryOp>),
    /// `a and b and c`, `a or b or c`
    BoolOp(Box<BoolOp>),
    /// `left < a <= b`
    Compare(Box<Compare>),
    /// `body if test else orelse`
    IfExp(Box<IfExp>),
    /// `lambda params: body`
    Lambda(Arc<Lambda>),
    /// `a, b`, `(a, b)`, `()`
    Tuple(Box<[Expr]>),
    /// `[a, b]`
    List(Box<[Expr]>),
    /// `{a, b}`
    Set(Box<[Expr]>),
    /// `{k: v, **more}`
    Dict(Box<[DictItem]>),
    /// `[element for ...]`
    ListComp(Box<Comprehension>),
    /// `{element for ...}`
    SetComp(Box<Comprehension>),
    /// `{key: value for ...}`
    DictComp(Box<DictComprehension>),
    /// `(element for ...)`
    Generator(Box<Comprehension>),
    /// `*value` in a display, a subscript, a call or a target.
    Starred(Box<Expr>),
    /// `target := value`
    Named(Box<Named>),
}

/// The value of an integer literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Int {
    /// It fits 64 bits.
    Small(i64),
    /// It does not.
    Big(Box<BigInt>),
}

impl Int {
    /// The value as `i128`, if it fits.
    pub fn to_i128(&self) -> Option<i128> {
        match self {
            Int::Small(value) => Some(i128::from(*value)),
            Int::Big(value) => i128::try_from(&**value).ok(),
        }
    }

    /// The value.
    pub fn to_bigint(&self) -> BigInt {
        match self {
            Int::Small(value) => BigInt::from(*value),
            Int::Big(value) => BigInt::clone(value),
        }
    }
}

/// A float literal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Float {
    /// The nearest `f64`.
    pub value: f64,
    /// The decimal text without underscores, for rounding once to another width.
    pub text: Symbol,
}

/// One piece of an f-string.
#[derive(Clone, Debug, PartialEq)]
pub enum FStringPart {
    /// Plain text after escapes, with the `x=` of a self-documenting field.
    Text(Arc<str>),
    /// `{value!conversion:spec}`
    Field(Box<FStringField>),
}

/// `{value!conversion:spec}`
#[derive(Clone, Debug, PartialEq)]
pub struct FStringField {
    /// The expression.
    pub value: Expr,
    /// `!r`, `!s` or `!a`. A self-documenting field without conversion and specification has
    /// [`Conversion::Repr`].
    pub conversion: Option<Conversion>,
    /// The pieces after `:`; `None` when there is no `:`.
    pub spec: Option<Box<[FStringPart]>>,
    /// From `{` to `}`.
    pub span: Span,
}

/// How an f-string field is turned into text before it is formatted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `!r`
    Repr,
    /// `!s`
    Str,
    /// `!a`
    Ascii,
}

/// `value.attr`
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The object.
    pub value: Expr,
    /// The attribute.
    pub attr: Ident,
}

/// `value[index]`
#[derive(Clone, Debug, PartialEq)]
pub struct Subscript {
    /// The object.
    pub value: Expr,
    /// One index; several indices are a tuple, whose span lies inside the brackets.
    pub index: Expr,
}

/// `lower:upper:step`
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// Before the first `:`.
    pub lower: Option<Expr>,
    /// After the first `:`.
    pub upper: Option<Expr>,
    /// After the second `:`.
    pub step: Option<Expr>,
}

/// `func(args, keyword=value)`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What is called.
    pub func: Expr,
    /// Positional arguments; `*more` is a [`ExprKind::Starred`].
    pub args: Box<[Expr]>,
    /// Keyword arguments.
    pub keywords: Box<[Keyword]>,
}

/// `name=value` or `**value` of a call or class.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyword {
    /// `None` for `**value`.
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
    /// Name and value.
    pub span: Span,
}

/// `left op right`
#[derive(Clone, Debug, PartialEq)]
pub struct BinOp {
    /// The operator.
    pub op: Operator,
    /// The operator's place.
    pub op_span: Span,
    /// The left operand.
    pub left: Expr,
    /// The right operand.
    pub right: Expr,
}

/// `op operand`
#[derive(Clone, Debug, PartialEq)]
pub struct UnaryOp {
    /// The operator.
    pub op: UnaryOperator,
    /// The operand.
    pub operand: Expr,
}

/// A chain of one logical operator.
#[derive(Clone, Debug, PartialEq)]
pub struct BoolOp {
    /// The operator.
    pub op: BoolOperator,
    /// At least two operands.
    pub values: Box<[Expr]>,
}

/// A chain of comparisons: `first < a <= b`.
#[derive(Clone, Debug, PartialEq)]
pub struct Compare {
    /// The leftmost operand.
    pub first: Expr,
    /// Each operator with the operand on its right; at least one.
    pub rest: Box<[(CmpOperator, Expr)]>,
}

/// `body if test else orelse`
#[derive(Clone, Debug, PartialEq)]
pub struct IfExp {
    /// The condition.
    pub test: Expr,
    /// The value where it is true.
    pub body: Expr,
    /// The value where it is false.
    pub orelse: Expr,
}

/// `lambda params: body`
#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    /// Parameters in source order.
    pub params: Box<[Param]>,
    /// The value.
    pub body: Expr,
}

/// One entry of a dict display.
#[derive(Clone, Debug, PartialEq)]
pub enum DictItem {
    /// `key: value`
    Pair(Expr, Expr),
    /// `**mapping`
    Spread(Expr),
}

/// `element for target in iter if cond ...`
#[derive(Clone, Debug, PartialEq)]
pub struct Comprehension {
    /// What each step gives.
    pub element: Expr,
    /// At least one clause, outermost first.
    pub clauses: Box<[ForClause]>,
}

/// `key: value for target in iter if cond ...`
#[derive(Clone, Debug, PartialEq)]
pub struct DictComprehension {
    /// The key of each step.
    pub key: Expr,
    /// The value of each step.
    pub value: Expr,
    /// At least one clause, outermost first.
    pub clauses: Box<[ForClause]>,
}

/// `for target in iter if cond if cond`
#[derive(Clone, Debug, PartialEq)]
pub struct ForClause {
    /// What each step binds.
    pub target: Expr,
    /// What is iterated over.
    pub iter: Expr,
    /// The conditions, all of which must hold.
    pub conds: Box<[Expr]>,
}

/// `target := value`
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The name that is bound.
    pub target: Ident,
    /// The value.
    pub value: Expr,
}

macro_rules! operators {
    ($(#[$meta:meta])* $name:ident { $($variant:ident $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
        }

        impl $name {
            /// The operator as it is written.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }
        }
    };
}

operators! {
    /// A binary operator.
    Operator {
        Add "+",
        Sub "-",
        Mul "*",
        Div "/",
        FloorDiv "//",
        Mod "%",
        Pow "**",
        MatMul "@",
        LShift "<<",
        RShift ">>",
        BitAnd "&",
        BitOr "|",
        BitXor "^",
    }
}

operators! {
    /// A prefix operator.
    UnaryOperator {
        Neg "-",
        Pos "+",
        Invert "~",
        Not "not",
    }
}

operators! {
    /// A logical operator.
    BoolOperator {
        And "and",
        Or "or",
    }
}

operators! {
    /// A comparison.
    CmpOperator {
        Lt "<",
        Le "<=",
        Gt ">",
        Ge ">=",
        Eq "==",
        Ne "!=",
        Is "is",
        IsNot "is not",
        In "in",
        NotIn "not in",
    }
}

impl Stmt {
    /// The text, if this statement is a docstring.
    pub fn as_docstring(&self) -> Option<&str> {
        match &self.kind {
            StmtKind::Expr(expr) => expr.as_str(),
            _ => None,
        }
    }
}

impl Expr {
    /// An expression.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Expr { span, kind }
    }

    /// The name, if this is one.
    pub fn as_name(&self) -> Option<Symbol> {
        match self.kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The value, if this is a string literal.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Str(text) => Some(text),
            _ => None,
        }
    }

    /// What this is, for messages: "a call", "a tuple".
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            ExprKind::None => "`None`",
            ExprKind::Bool(true) => "`True`",
            ExprKind::Bool(false) => "`False`",
            ExprKind::Ellipsis => "`...`",
            ExprKind::Int(_) => "an integer literal",
            ExprKind::Float(_) => "a float literal",
            ExprKind::Str(_) => "a string literal",
            ExprKind::Bytes(_) => "a bytes literal",
            ExprKind::FString(_) => "an f-string",
            ExprKind::Name(_) => "a name",
            ExprKind::Attribute(_) => "an attribute",
            ExprKind::Subscript(_) => "a subscript",
            ExprKind::Slice(_) => "a slice",
            ExprKind::Call(_) => "a call",
            ExprKind::BinOp(_) | ExprKind::UnaryOp(_) => "an operation",
            ExprKind::BoolOp(_) => "a logical operation",
            ExprKind::Compare(_) => "a comparison",
            ExprKind::IfExp(_) => "a conditional expression",
            ExprKind::Lambda(_) => "a lambda",
            ExprKind::Tuple(_) => "a tuple",
            ExprKind::List(_) => "a list",
            ExprKind::Set(_) => "a set",
            ExprKind::Dict(_) => "a dict",
            ExprKind::ListComp(_) => "a list comprehension",
            ExprKind::SetComp(_) => "a set comprehension",
            ExprKind::DictComp(_) => "a dict comprehension",
            ExprKind::Generator(_) => "a generator expression",
            ExprKind::Starred(_) => "a starred expression",
            ExprKind::Named(_) => "an assignment expression",
        }
    }
}
