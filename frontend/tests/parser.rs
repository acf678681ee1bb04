//! What programs parse to: each expression written with all its parentheses, spans as the text
//! under them.

use std::sync::Arc;
use tirade_frontend::ast::*;
use tirade_frontend::parser::parse_file;
use tirade_ir::span::{SourceFile, SourceMap, Span};

fn parse(text: &str) -> (Arc<SourceFile>, Module) {
    let mut map = SourceMap::new();
    // A file before it, so that positions are not offsets.
    map.add("first", "first".into()).expect("small");
    let file = map.add("test", text.into()).expect("small");
    let (module, diagnostics) = parse_file(&file);
    assert!(diagnostics.is_empty(), "{text}\n{diagnostics:#?}");
    (file, module)
}

fn text(file: &SourceFile, span: Span) -> &str {
    assert!(file.start <= span.lo && span.lo <= span.hi && span.hi <= file.end(), "{span:?}");
    &file.text[file.local_range(span)]
}

/// Parses `text` as one expression statement and writes it out.
fn shape_of(text: &str) -> String {
    let (file, module) = parse(text);
    match module.body.as_slice() {
        [Stmt { kind: StmtKind::Expr(expr), .. }] => shape(&file, expr),
        other => panic!("{text}: {other:?}"),
    }
}

fn list(file: &SourceFile, exprs: &[Expr]) -> String {
    exprs.iter().map(|e| shape(file, e)).collect::<Vec<_>>().join(", ")
}

fn opt(file: &SourceFile, expr: &Option<Expr>) -> String {
    expr.as_ref().map_or(String::new(), |e| shape(file, e))
}

fn shape(file: &SourceFile, expr: &Expr) -> String {
    let sub = |e: &Expr| shape(file, e);
    match &expr.kind {
        ExprKind::Str(value) => format!("{value:?}"),
        ExprKind::Bytes(value) => format!("b{:?}", String::from_utf8_lossy(value)),
        ExprKind::Float(float) => format!("{:?}~{}", float.value, float.text),
        ExprKind::Int(int) => int.to_bigint().to_string(),
        ExprKind::FString(parts) => format!("f({})", fstring(file, parts)),
        ExprKind::Attribute(a) => format!("{}.{}", sub(&a.value), a.attr.name),
        ExprKind::Subscript(s) => format!("{}[{}]", sub(&s.value), sub(&s.index)),
        ExprKind::Slice(s) => [&s.lower, &s.upper, &s.step].map(|bound| opt(file, bound)).join(":"),
        ExprKind::Call(call) => {
            let keywords = call.keywords.iter().map(|k| match k.name {
                Some(name) => format!("{}={}", name.name, sub(&k.value)),
                None => format!("**{}", sub(&k.value)),
            });
            let args = call.args.iter().map(sub).chain(keywords).collect::<Vec<_>>();
            format!("{}({})", sub(&call.func), args.join(", "))
        }
        ExprKind::BinOp(b) => {
            assert_eq!(text(file, b.op_span), b.op.as_str());
            format!("({} {} {})", sub(&b.left), b.op.as_str(), sub(&b.right))
        }
        ExprKind::UnaryOp(u) => format!("({} {})", u.op.as_str(), sub(&u.operand)),
        ExprKind::BoolOp(b) => {
            let values: Vec<_> = b.values.iter().map(sub).collect();
            format!("({})", values.join(&format!(" {} ", b.op.as_str())))
        }
        ExprKind::Compare(c) => {
            let rest = c.rest.iter().map(|(op, e)| format!(" {} {}", op.as_str(), sub(e)));
            format!("({}{})", sub(&c.first), rest.collect::<String>())
        }
        ExprKind::IfExp(i) => {
            format!("({} if {} else {})", sub(&i.body), sub(&i.test), sub(&i.orelse))
        }
        ExprKind::Lambda(l) => {
            let params: Vec<_> = l.params.iter().map(|p| text(file, p.span)).collect();
            format!("(lambda {}: {})", params.join(", "), sub(&l.body))
        }
        ExprKind::Tuple(elements) => format!("({},)", list(file, elements)),
        ExprKind::List(elements) => format!("[{}]", list(file, elements)),
        ExprKind::Set(elements) => format!("{{{}}}", list(file, elements)),
        ExprKind::Dict(items) => {
            let items = items.iter().map(|item| match item {
                DictItem::Pair(key, value) => format!("{}: {}", sub(key), sub(value)),
                DictItem::Spread(value) => format!("**{}", sub(value)),
            });
            format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
        }
        ExprKind::ListComp(c) => format!("[{}]", comprehension(file, c)),
        ExprKind::SetComp(c) => format!("{{{}}}", comprehension(file, c)),
        ExprKind::Generator(c) => format!("<{}>", comprehension(file, c)),
        ExprKind::DictComp(c) => {
            format!("{{{}: {}{}}}", sub(&c.key), sub(&c.value), clauses(file, &c.clauses))
        }
        ExprKind::Starred(value) => format!("*{}", sub(value)),
        ExprKind::Named(n) => format!("({} := {})", n.target.name, sub(&n.value)),
        ExprKind::None | ExprKind::Bool(_) | ExprKind::Ellipsis | ExprKind::Name(_) => {
            text(file, expr.span).to_string()
        }
    }
}

fn comprehension(file: &SourceFile, c: &Comprehension) -> String {
    format!("{}{}", shape(file, &c.element), clauses(file, &c.clauses))
}

fn clauses(file: &SourceFile, clauses: &[ForClause]) -> String {
    let clause = |c: &ForClause| {
        let conds: String = c.conds.iter().map(|e| format!(" if {}", shape(file, e))).collect();
        format!(" for {} in {}{conds}", shape(file, &c.target), shape(file, &c.iter))
    };
    clauses.iter().map(clause).collect()
}

fn fstring(file: &SourceFile, parts: &[FStringPart]) -> String {
    let part = |part: &FStringPart| match part {
        FStringPart::Text(text) => format!("{text:?}"),
        FStringPart::Field(f) => {
            let conversion = f.conversion.map_or(String::new(), |c| format!("!{c:?}"));
            let spec = f.spec.as_ref().map_or(String::new(), |s| format!(":{}", fstring(file, s)));
            format!("{{{}{conversion}{spec}}}", shape(file, &f.value))
        }
    };
    parts.iter().map(part).collect::<Vec<_>>().join(" ")
}

fn check_shapes(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(shape_of(source), *expected, "{source}");
    }
}

#[test]
fn operators_bind_as_in_python() {
    check_shapes(&[
        ("a + b * c - d", "((a + (b * c)) - d)"),
        ("a | b ^ c & d << e + f @ g", "(a | (b ^ (c & (d << (e + (f @ g))))))"),
        ("a // b % c / d", "(((a // b) % c) / d)"),
        ("-a ** -b ** c", "(- (a ** (- (b ** c))))"),
        ("~-+a", "(~ (- (+ a)))"),
        ("not a == b", "(not (a == b))"),
        ("a or b and not c or d", "(a or (b and (not c)) or d)"),
        ("a < b <= c is not d not in e", "(a < b <= c is not d not in e)"),
        ("(a < b) < c", "((a < b) < c)"),
        ("a if b else c if d else e", "(a if b else (c if d else e))"),
        ("lambda x, *y, z=1, **k: x or y", "(lambda x, *y, z=1, **k: (x or y))"),
        ("lambda: (yes := 1)", "(lambda : (yes := 1))"),
        ("a.b(c)[d].e", "a.b(c)[d].e"),
        ("a + \\\n b", "(a + b)"),
    ]);
}

#[test]
fn displays_and_calls() {
    check_shapes(&[
        ("()", "(,)"),
        ("(a)", "a"),
        ("(a,)", "(a,)"),
        ("a, *b", "(a, *b,)"),
        ("[]", "[]"),
        ("[a, *b,]", "[a, *b]"),
        ("{}", "{}"),
        ("{a}", "{a}"),
        ("{a: b, **c, d: e,}", "{a: b, **c, d: e}"),
        ("[a for a, b in c if d if e for f in g]", "[a for (a, b,) in c if d if e for f in g]"),
        ("{a: b for a in c}", "{a: b for a in c}"),
        ("{a for a in b or c}", "{a for a in (b or c)}"),
        ("(a for a in b)", "<a for a in b>"),
        ("f(a for a in b)", "f(<a for a in b>)"),
        ("f(a, *b, c=d, **e,)", "f(a, *b, c=d, **e)"),
        ("f(a := 1, b=2, *c)", "f((a := 1), *c, b=2)"),
        ("a[1:2, ::3, ..., *b]", "a[(1:2:, ::3, ..., *b,)]"),
        ("a[:]", "a[::]"),
        ("a[b:c:d]", "a[b:c:d]"),
        ("a[()]", "a[(,)]"),
        ("a[b,]", "a[(b,)]"),
    ]);
}

#[test]
fn numbers() {
    check_shapes(&[
        ("0", "0"),
        ("1_000", "1000"),
        ("0x_FF", "255"),
        ("0o17 + 0B11", "(15 + 3)"),
        ("9223372036854775808", "9223372036854775808"),
        ("0xffffffffffffffffffffffffffffffffff", "87112285931760246646623899502532662132735"),
        ("1.5", "1.5~1.5"),
        ("1_0.5e-3", "0.0105~10.5e-3"),
        (".5", "0.5~.5"),
        ("1.", "1.0~1."),
        ("1e400", "inf~1e400"),
        ("1if a else 2", "(1 if a else 2)"),
        ("1 .real", "1.real"),
    ]);
}

#[test]
fn strings() {
    check_shapes(&[
        (r#""a" 'b' """c""""#, r#""abc""#),
        (r#""\x41\u00e9\U0001F600\101\0""#, "\"Aé😀A\\0\""),
        (r#""\n\t\\\q""#, r#""\n\t\\\\q""#),
        (r#"r"\n" R'\''"#, r#""\\n\\'""#),
        ("\"a\\\nb\"", "\"ab\""),
        ("'''a\r\nb\rc'''", r#""a\nb\nc""#),
        (r#"b"a\xffb" rB'\x'"#, "b\"a\u{fffd}b\\\\x\""),
        ("u'é'", "\"é\""),
        ("''", "\"\""),
        ("''''a'b'''", "\"'a'b\""),
    ]);
}

#[test]
fn fstrings() {
    check_shapes(&[
        ("f'a{b}c'", r#"f("a" {b} "c")"#),
        ("f'{{{a}}}'", r#"f("{" {a} "}")"#),
        ("f'{a!r:>{w}.{p}}'", r#"f({a!Repr:">" {w} "." {p}})"#),
        ("f'{a=}' 'b'", r#"f("a=" {a!Repr} "b")"#),
        ("f'{ a = :x}'", r#"f(" a = " {a:"x"})"#),
        ("f'{a!s}' f'{b != c!a}'", "f({a!Str} {(b != c)!Ascii})"),
        (r#"f"{d["k"]}""#, r#"f({d["k"]})"#),
        (r#"f"{f"{1}" + 'x'}""#, r#"f({(f({1}) + "x")})"#),
        ("f'{(lambda x: x)(1)}'", "f({(lambda x: x)(1)})"),
        ("f'{a:=5}'", r#"f({a:"=5"})"#),
        ("f'{a, b}'", "f({(a, b,)})"),
        ("f'''{\na\n}'''", "f({a})"),
        (r"f'\{a}\n'", r#"f("\\" {a} "\n")"#),
        (r"rf'\{a}\n'", r#"f("\\" {a} "\\n")"#),
        ("f''", "f()"),
    ]);
}

/// The text under every top-level statement.
fn statement_texts(source: &str) -> Vec<String> {
    let (file, module) = parse(source);
    module.body.iter().map(|s| text(&file, s.span).to_string()).collect()
}

#[test]
fn statements_span_their_text() {
    let sources = [
        "pass",
        "a = b = c, d",
        "a += 1",
        "a: T.Buffer((1, 2), 'f') = b",
        "a: int",
        "return a, b",
        "raise A(b) from c",
        "assert a, 'b'",
        "import a.b as c, d",
        "from ...a.b import (c, d as e,)",
        "from . import *",
        "global a, b",
        "nonlocal a",
        "del a, b[0], c.d",
        "if a:\n    b\nelif c: d\nelse:\n    e",
        "for a, *b in c, d:\n    pass\nelse:\n    pass",
        "while a: b; c;",
        "with (a as b, c(d) as [e, f],): g",
        "with (a), b as (c, d): e",
        "with (a + b) * c as d: e",
        "with a() as []: b",
        "try:\n    a\nexcept (B, C) as d:\n    e\nexcept: f\nelse: g\nfinally: h",
        "@a.b(c=1)\n@d\ndef f(a, /, b: T = 1, *c: U, d, e=2, **g) -> R:\n    'doc'\n    return 1",
        "class A(B, *c, metaclass=D): x = 1",
    ];
    for source in sources {
        let program = format!("# before\n{source}  # after\n\n\nlast\n");
        let found = statement_texts(&program);
        let expected = [source.trim_end_matches(';'), "last"];
        assert_eq!(found, expected, "{source}");
    }
}

#[test]
fn lines_join_and_split() {
    assert_eq!(statement_texts("a; b ;c;\r\nd\re\n"), ["a", "b", "c", "d", "e"]);
    assert_eq!(statement_texts("\u{feff}a\n\x0cb\n"), ["a", "b"]);
    assert_eq!(statement_texts("f(a,\n# note\n\n  b)\n\\\nc"), ["f(a,\n# note\n\n  b)", "c"]);
    assert_eq!(statement_texts("if a:\n\tb\n\tc\nd"), ["if a:\n\tb\n\tc", "d"]);
    assert_eq!(statement_texts("größe = 1"), ["größe = 1"]);
    assert_eq!(statement_texts(""), [""; 0]);
    assert_eq!(statement_texts("\n  \n# only\n"), [""; 0]);
}

#[test]
fn parameters_have_kinds() {
    let (_, module) = parse("def f(a, /, b, *c, d, **e): pass");
    let StmtKind::FunctionDef(def) = &module.body[0].kind else { panic!("a function") };
    let kinds: Vec<_> = def.params.iter().map(|p| (p.name.name.as_str(), p.kind)).collect();
    let expected = [
        ("a", ParamKind::PositionalOnly),
        ("b", ParamKind::Normal),
        ("c", ParamKind::VarArgs),
        ("d", ParamKind::KeywordOnly),
        ("e", ParamKind::KwArgs),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn comments_are_kept() {
    let source = "# one\na = f(  # two\n    b,\n    # three\n)\nif c:  # four\n    # five\n    d\n";
    let (file, module) = parse(source);
    let comments: Vec<_> =
        module.comments.iter().map(|c| (text(&file, c.span), c.own_line)).collect();
    let expected =
        [("# one", true), ("# two", false), ("# three", true), ("# four", false), ("# five", true)];
    assert_eq!(comments, expected);
}
