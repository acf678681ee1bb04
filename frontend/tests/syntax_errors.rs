//! What is wrong programs are told: each diagnostic with its exact place.

use tirade_frontend::parser::{MAX_EXPR_DEPTH, MAX_STMT_DEPTH, parse_file};
use tirade_ir::diag::Diagnostic;
use tirade_ir::span::SourceMap;

/// Every diagnostic as `line:column-line:column code message`, and its hints as `help: ...`.
fn diagnose(source: &str) -> Vec<String> {
    let mut map = SourceMap::new();
    map.add("first", "first".into()).expect("small");
    let file = map.add("test", source.into()).expect("small");
    let (_, diagnostics) = parse_file(&file);
    let line = |d: &Diagnostic| {
        let (lo, hi) = (file.line_col(d.span.lo), file.line_col(d.span.hi));
        let place = format!("{}:{}-{}:{}", lo.line, lo.column, hi.line, hi.column);
        let help: String = d.help.iter().map(|h| format!(" help: {h}")).collect();
        format!("{place} {} {}{help}", d.code, d.message)
    };
    diagnostics.iter().map(line).collect()
}

fn check(cases: &[(&str, &[&str])]) {
    for (source, expected) in cases {
        assert_eq!(diagnose(source), *expected, "{source}");
    }
}

#[test]
fn characters_and_layout() {
    check(&[
        (
            "a ? b",
            &[
                "1:3-1:4 TIR0101 invalid character `?` help: write `a if condition else b` for a conditional expression",
            ],
        ),
        (
            "é = “x”",
            &[
                "1:5-1:6 TIR0101 invalid character `“` help: write `\"` or `'` around strings",
                "1:7-1:8 TIR0101 invalid character `”` help: write `\"` or `'` around strings",
            ],
        ),
        (
            "a\u{a0}= 1",
            &["1:2-1:3 TIR0101 invalid character `U+00A0` help: write an ordinary space"],
        ),
        (
            "if a:\n        b\n\tc",
            &[
                "3:1-3:2 TIR0102 indentation mixes tabs and spaces inconsistently help: indent with spaces only",
            ],
        ),
        (
            "if a:\n    b\n  c\nd",
            &[
                "3:1-3:3 TIR0103 unindent does not match any outer indentation level help: align this line with the statement it follows",
            ],
        ),
        ("a\n  b\nc", &["2:3-2:4 TIR0202 unexpected indentation"]),
        ("a \\ b", &["1:3-1:4 TIR0109 misplaced line continuation"]),
        ("a \\\n", &["1:3-1:4 TIR0109 misplaced line continuation"]),
    ]);
}

#[test]
fn brackets_and_strings() {
    check(&[
        ("a = (1,\nb = 2\n", &["1:5-1:6 TIR0105 unclosed `(`"]),
        (
            "a = [1\ndef f():\n    return 1 +\n",
            &[
                "1:5-1:6 TIR0105 unclosed `[`",
                "3:15-3:15 TIR0201 expected an expression, found end of line",
            ],
        ),
        ("a = (1]", &["1:7-1:8 TIR0106 closing bracket `]` does not match `(`"]),
        ("a)", &["1:2-1:3 TIR0106 unmatched `)`"]),
        (
            "f([1, 2)\nb = = 1",
            &[
                "1:8-1:9 TIR0106 closing bracket `)` does not match `[`",
                "2:5-2:6 TIR0201 expected an expression, found `=`",
            ],
        ),
        (
            "a = 'b\nc = = 1",
            &[
                "1:5-1:7 TIR0104 unterminated string help: close the string, or use triple quotes for one of several lines",
                "2:5-2:6 TIR0201 expected an expression, found `=`",
            ],
        ),
        ("a = '''b\nc", &["1:5-1:8 TIR0104 unterminated triple-quoted string"]),
        ("f'{a'", &["1:3-1:4 TIR0110 unclosed `{` in an f-string help: write `{{` for a brace"]),
        ("f'{a:x'", &["1:3-1:4 TIR0110 unclosed `{` in an f-string help: write `{{` for a brace"]),
        ("f'a}'", &["1:4-1:5 TIR0110 single `}` in an f-string help: write `}}` for a brace"]),
        ("f'{}'", &["1:4-1:5 TIR0201 expected an expression, found `}`"]),
        (
            "f'{a!x}'",
            &["1:6-1:7 TIR0201 the conversion of an f-string field is `!r`, `!s` or `!a`"],
        ),
        (
            r"'a\x4'",
            &[
                r"1:3-1:5 TIR0111 truncated escape: hexadecimal digits are missing help: write `\xhh`, `\uhhhh` or `\Uhhhhhhhh`",
            ],
        ),
        (r"f'ab{{\ud800'", &["1:7-1:13 TIR0111 escape of a code point that is no character"]),
        (
            "b'é'",
            &[
                "1:3-1:4 TIR0111 a bytes literal holds only ASCII characters help: write `\\x..` for other bytes",
            ],
        ),
        (
            "'a' b'c'",
            &[
                "1:5-1:9 TIR0210 cannot join a bytes literal and a string help: add or remove the prefix `b`",
            ],
        ),
    ]);
}

#[test]
fn numbers() {
    check(&[
        ("1abc", &["1:1-1:5 TIR0107 invalid number `1abc` help: a name cannot begin with a digit"]),
        (
            "0x",
            &[
                "1:1-1:3 TIR0107 invalid number `0x` help: the digits after `0x` are `0` to `9` and `a` to `f`",
            ],
        ),
        (
            "1.5f",
            &[
                "1:1-1:5 TIR0107 invalid number `1.5f` help: numbers have no suffix; write `T.float32(1.5)` or `T.int64(1)`",
            ],
        ),
        (
            "1__0",
            &[
                "1:1-1:5 TIR0107 invalid number `1__0` help: write single underscores between digits",
            ],
        ),
        (
            "012",
            &[
                "1:1-1:4 TIR0107 decimal number `012` begins with a zero help: write `12`, or `0o12` for an octal number",
            ],
        ),
        ("2.5j", &["1:1-1:5 TIR0108 imaginary number `2.5j` is not supported"]),
    ]);
    let long = "9".repeat(4301);
    assert!(diagnose(&long)[0].starts_with("1:1-1:4302 TIR0107 integer literal has more than"));
}

#[test]
fn statements() {
    check(&[
        (
            "if a = 1:\n    b",
            &["1:6-1:7 TIR0201 expected `:`, found `=` help: write `==` to compare two values"],
        ),
        (
            "if a\n    b\nelse:\n    c",
            &["1:5-1:5 TIR0201 expected `:`, found end of line help: end this line with `:`"],
        ),
        (
            "if a:\n    b\nelse if c:\n    d",
            &["3:6-3:8 TIR0201 expected `:`, found keyword `if` help: write `elif` for `else if`"],
        ),
        (
            "if a:\nb",
            &[
                "2:1-2:2 TIR0203 expected an indented block, found `b` help: indent the body, or write `pass` for an empty one",
            ],
        ),
        (
            "class A:\n    def f():\nb",
            &[
                "3:1-3:2 TIR0203 expected an indented block, found `b` help: indent the body, or write `pass` for an empty one",
            ],
        ),
        (
            "else:\n    a",
            &[
                "1:1-1:5 TIR0209 `else` does not belong to a statement help: align it with the statement it belongs to",
            ],
        ),
        ("for i range(3):\n    a", &["1:7-1:12 TIR0201 expected `in`, found `range`"]),
        ("try:\n    a\nb", &["3:1-3:2 TIR0201 expected `except` or `finally`, found `b`"]),
        ("@a\nb = 1", &["2:1-2:2 TIR0201 expected `def` or `class` after a decorator, found `b`"]),
        (
            "print a",
            &["1:7-1:8 TIR0201 expected end of line, found `a` help: call it with parentheses"],
        ),
        ("a++", &["1:4-1:4 TIR0201 expected an expression, found end of line help: write `+= 1`"]),
        (
            "a && b",
            &["1:4-1:5 TIR0201 expected an expression, found `&` help: write `and` for `&&`"],
        ),
        (
            "if a: for b in c: d",
            &[
                "1:7-1:10 TIR0201 expected a statement, found keyword `for` help: begin this statement on a line of its own",
            ],
        ),
        (
            "match a:\n    case 1:\n        b\nc = = 1",
            &[
                "1:1-1:6 TIR0208 `match` statements are not supported",
                "4:5-4:6 TIR0201 expected an expression, found `=`",
            ],
        ),
        ("async def f():\n    a", &["1:1-1:6 TIR0208 `async` is not supported"]),
        ("def f[T](): pass", &["1:6-1:7 TIR0208 type parameters are not supported"]),
        ("type A = int", &["1:1-1:5 TIR0208 `type` statements are not supported"]),
        (
            "from a import b,",
            &[
                "1:16-1:17 TIR0201 a trailing comma needs parentheses around the imported names help: remove the comma",
            ],
        ),
        ("import in", &["1:8-1:10 TIR0201 expected the name of a module, found keyword `in`"]),
    ]);
}

#[test]
fn targets() {
    check(&[
        ("f(x) = 1", &["1:1-1:5 TIR0204 cannot assign to a call"]),
        (
            "a + b = 1",
            &[
                "1:1-1:6 TIR0204 cannot assign to an operation help: write `==` to compare two values",
            ],
        ),
        ("a, (b, 1) = c", &["1:8-1:9 TIR0204 cannot assign to an integer literal"]),
        (
            "a, b += 1",
            &[
                "1:1-1:5 TIR0204 a tuple cannot be the target of an augmented assignment help: write one statement for each target",
            ],
        ),
        (
            "a, b: c",
            &[
                "1:1-1:5 TIR0204 a tuple cannot be annotated help: write one statement for each target",
            ],
        ),
        ("for f() in b: pass", &["1:5-1:8 TIR0204 a call cannot be the target of a loop"]),
        ("with a as 1: pass", &["1:11-1:12 TIR0204 an integer literal cannot be bound by `as`"]),
        ("del f()", &["1:5-1:8 TIR0204 cannot delete a call"]),
        ("[a for 1 in b]", &["1:8-1:9 TIR0204 an integer literal cannot be the target of a loop"]),
    ]);
}

#[test]
fn expressions() {
    check(&[
        ("f(a b)", &["1:5-1:6 TIR0201 expected `,` or `)`, found `b`"]),
        (
            "f(a=1, b)",
            &[
                "1:8-1:9 TIR0205 positional argument after a keyword argument help: move it before the keyword arguments",
            ],
        ),
        (
            "f(**a, *b)",
            &[
                "1:8-1:10 TIR0205 `*` argument after a `**` argument help: move it before the `**` argument",
            ],
        ),
        (
            "f(a.b=1)",
            &[
                "1:6-1:7 TIR0201 expected `,` or `)`, found `=` help: a keyword argument is a plain name; write `==` to compare two values",
            ],
        ),
        (
            "f(a for a in b, c)",
            &["1:3-1:15 TIR0212 a generator among other arguments needs parentheses"],
        ),
        (
            "a[]",
            &[
                "1:3-1:4 TIR0201 expected an expression, found `]` help: write `[()]` for no index at all",
            ],
        ),
        (
            "a + not b",
            &[
                "1:5-1:8 TIR0201 expected an expression, found keyword `not` help: put parentheses around `not ...`",
            ],
        ),
        (
            "a if b",
            &["1:7-1:7 TIR0201 expected `else` of a conditional expression, found end of line"],
        ),
        (
            "(*a)",
            &[
                "1:2-1:4 TIR0212 a starred expression cannot stand in parentheses help: add a comma to make a tuple of it",
            ],
        ),
        ("{a: 1, b}", &["1:9-1:10 TIR0201 expected `:` after a dict key, found `}`"]),
        (
            "x = yield 1",
            &["1:5-1:10 TIR0208 `yield` is not supported help: build a list and return it"],
        ),
        (
            "def f(a, a): pass",
            &["1:10-1:11 TIR0206 parameter name given twice help: rename one of them"],
        ),
        (
            "def f(a=1, b): pass",
            &[
                "1:12-1:13 TIR0206 parameter without a default after one with a default help: give it a default, or move it forward",
            ],
        ),
        ("def f(*): pass", &["1:7-1:8 TIR0206 no named parameter follows `*`"]),
        (
            "lambda **a, b: 1",
            &[
                "1:13-1:14 TIR0206 nothing can follow the `**` parameter help: move the `**` parameter to the end",
            ],
        ),
    ]);
}

#[test]
fn each_function_reports_its_own_error() {
    let source = "def f():\n    a = = 1\n    return a\n\ndef g(\n    b c):\n    pass\n\ndef h():\n    for i in range(3)\n        pass\n    return (1\n";
    let expected = [
        "2:9-2:10 TIR0201 expected an expression, found `=`",
        "6:7-6:8 TIR0201 expected `,` or `)`, found `c`",
        "10:22-10:22 TIR0201 expected `:`, found end of line help: end this line with `:`",
        "12:12-12:13 TIR0105 unclosed `(`",
    ];
    assert_eq!(diagnose(source), expected);
}

#[test]
fn only_the_first_errors_are_shown() {
    let found = diagnose(&"a = = 1\n".repeat(100_000));
    assert_eq!(found.len(), 21);
    assert_eq!(
        found[20],
        "21:5-21:6 TIR0211 only the first 20 syntax errors of this file are shown"
    );
    assert_eq!(diagnose(&"$ ".repeat(100_000)).len(), 21);
}

/// Runs `test` on the smallest stack that any thread of ours has.
fn on_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(test);
    thread.expect("a thread").join().expect("no panic");
}

fn blocks(header: &str, depth: usize) -> String {
    let line = |i: usize| format!("{}{header}\n", " ".repeat(i));
    (0..depth).map(line).collect::<String>() + &" ".repeat(depth)
}

#[test]
fn deep_nesting_is_refused_without_overflow() {
    const OPENERS: [(&str, &str); 22] = [
        ("(", ")"),
        ("[", "]"),
        ("1, (", ")"),
        ("{1: ", "}"),
        ("{", "}"),
        ("f(", ")"),
        ("f(*", ")"),
        ("f(a=", ")"),
        ("f[", "]"),
        ("f[1:", "]"),
        ("- ", ""),
        ("not ", ""),
        ("2 ** ", ""),
        ("lambda: ", ""),
        ("lambda *, a=", ": 1"),
        ("1 if 2 else ", ""),
        ("1 + ", ""),
        ("[a for a in ", "]"),
        ("(a := ", ")"),
        ("f'{", "}'"),
        ("f'{a:{", "}}'"),
        ("1 < (", ")"),
    ];
    on_small_stack(|| {
        let prefix = blocks("def f():", MAX_STMT_DEPTH as usize);
        for (open, close) in OPENERS {
            let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
            let found = diagnose(&format!("{prefix}{deep}"));
            assert!(
                found[0].contains("TIR0207 expressions are nested deeper"),
                "{open}: {found:?}"
            );
            let allowed = open.repeat(MAX_EXPR_DEPTH as usize / 8);
            let allowed =
                format!("{prefix}{allowed}1{}", close.repeat(MAX_EXPR_DEPTH as usize / 8));
            assert_eq!(diagnose(&allowed), [""; 0], "{open}");
        }
    });
}

#[test]
fn long_chains_are_flat_or_refused() {
    on_small_stack(|| {
        for link in [" + 1", " @ b", ".b", "()", "[0]"] {
            let found = diagnose(&format!("a{}", link.repeat(100_000)));
            assert_eq!(found.len(), 1, "{link}");
            assert!(found[0].contains("TIR0207 expressions"), "{found:?}");
        }
        for link in [" and b", " < b", ", b", " = b", "; b"] {
            assert_eq!(diagnose(&format!("a{}", link.repeat(100_000))), [""; 0], "{link}");
        }
        let strings = "'a' ".repeat(100_000);
        assert_eq!(diagnose(&strings), [""; 0]);
        let elifs = "elif b: c\n".repeat(100_000);
        assert_eq!(diagnose(&format!("if a: b\n{elifs}else: d")), [""; 0]);
        let limit = MAX_EXPR_DEPTH as usize;
        let sum = |n: usize| ["a"].repeat(n).join(" + ");
        assert_eq!(diagnose(&sum(limit - 1)), [""; 0]);
        assert_eq!(diagnose(&format!("({0}) + ({0})", sum(limit / 2))), [""; 0]);
        assert_eq!(diagnose(&format!("({0}){1}", sum(limit / 2), ".b".repeat(limit / 2))).len(), 1);
    });
}

#[test]
fn deep_blocks_are_refused_once() {
    on_small_stack(|| {
        for header in ["if a:", "for a in b:", "def f():", "with a:", "class A:", "while a:"] {
            let deep = format!("{}a\nb = = 1\n", blocks(header, MAX_STMT_DEPTH as usize + 50));
            let found = diagnose(&deep);
            assert!(found[0].contains("TIR0207 statements are nested deeper"), "{found:?}");
            assert_eq!(found.len(), 2, "{found:?}");
            assert_eq!(diagnose(&(blocks(header, MAX_STMT_DEPTH as usize) + "a")), [""; 0]);
        }
    });
}
