//! A thousand hostile names in every place that has one: the C holds only tokens that the printer
//! means, and compilers take it.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::Arc;
use tirade_aot::{EmitOptions, emit_c};
use tirade_ir::builder::{AttrFrame, BlockFrame, ForFrame, Frame, FuncFrame, IRBuilder, LoopSpec};
use tirade_ir::stmt::{AllocOrigin, AssertStmt, AttrNode};
use tirade_ir::{
    AttrValue, Attrs, BinOp, Buffer, DType, IRModule, IterVar, IterVarKind, Param, ParamKind,
    PrimExpr, PrimFunc, Range, Span, Stmt, Symbol, Var,
};

/// Words that mean something to C, its preprocessor, its library, C++, make, or the printer.
const WORDS: &str = "auto break case char const continue default do double else enum extern float \
    for goto if inline int long register restrict return short signed sizeof static struct switch \
    typedef union unsigned void volatile while _Bool _Complex _Imaginary _Static_assert _Generic \
    _Alignas _Alignof _Atomic _Noreturn _Thread_local asm typeof fortran near far class this new \
    delete template typename namespace operator private public protected virtual friend using try \
    catch throw and or not xor bitand bitor compl true false bool nullptr constexpr alignas \
    main exit abort malloc calloc realloc free memcpy memset memmove printf puts system exec fork \
    kill read write open close stat time index y0 y1 yn j0 j1 jn gamma exp log sin cos tan pow \
    sqrt fabs floor ceil expf logf sqrtf erf round trunc fma fmin fmax abs labs div signgam errno \
    stdin stdout stderr NULL EOF NAN INFINITY HUGE_VAL M_PI INT32_MAX UINT64_C INT8_MIN SIZE_MAX \
    size_t int8_t int32_t uint64_t uintptr_t ptrdiff_t wchar_t va_list FILE NDEBUG assert linux \
    unix i386 __GNUC__ __FILE__ __LINE__ __func__ defined include define pragma _Pragma \
    __attribute__ __asm__ __builtin_trap environ pthread_create tir_max_i32 tir_check tir_overlap \
    tir_arena tir_entry_f TIR_OK TIR_STATUS TIR_KERNEL_H workspace workspace_size result status \
    kernel CC CFLAGS OBJECTS PHONY all clean example begin end step context buffers scalars \
    F_WORKSPACE_SIZE restrict__ complex I _Complex_I";

/// Texts that try to leave their place.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\"",
    "'",
    "\\",
    "\\\n",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "*/",
    "/*",
    "//",
    "*/ int x; /*",
    "/*/",
    "**/",
    "??/",
    "??/\n",
    "??'",
    "%:include",
    "#include <stdlib.h>",
    "\n#define int long\n",
    "\"); system(\"true\"); (\"",
    "x); system(\"true\"); (",
    "a;b",
    "a b",
    "a-b",
    "a.b",
    "a::b",
    "a$b",
    "a@b",
    "a,b",
    "a[0]",
    "{",
    "}",
    "(",
    ")",
    "0",
    "1x",
    "0x1p3",
    "../x",
    "../../../../etc/passwd",
    "/etc/passwd",
    "C:\\x",
    "$(touch x)",
    "`touch x`",
    "${HOME}",
    "%s%n",
    "|| touch x",
    "& touch x",
    "-o x",
    "@file",
    "é",
    "名前",
    "\u{202e}x",
    "\u{feff}",
    "\u{1f600}",
    "ａ",
    "\\u0041",
    "\u{7f}",
    "__STDC__",
    "_",
    "__",
    "_Z1fv",
];

/// A thousand and more different names.
fn names() -> Vec<String> {
    let mut all: BTreeSet<String> = WORDS.split_whitespace().map(String::from).collect();
    all.extend(TEXTS.iter().map(|t| t.to_string()));
    all.insert("x".repeat(5000));
    all.insert("*/".repeat(300));
    let seeds: Vec<String> = all.iter().cloned().collect();
    for (i, seed) in seeds.iter().enumerate() {
        let text = TEXTS[i % TEXTS.len()];
        all.extend([format!("{seed}{text}"), format!("{text}{seed}"), format!("{seed}_1")]);
        all.insert(seed.to_uppercase());
    }
    all.into_iter().collect()
}

/// A function that has `name` in every place that takes one.
fn function(name: &str) -> PrimFunc {
    let mut b = IRBuilder::new();
    let mut func = FuncFrame::new(name, Span::NONE);
    let n = Var::new(name, DType::INT32);
    let [a, c] = [0, 1].map(|_| Buffer::new(name, vec![n.into()], DType::INT32));
    func.add_buffer(a.clone());
    func.add_buffer(c.clone());
    let scale = Var::new(name, DType::INT32);
    func.params.push(Param { var: scale, kind: ParamKind::Scalar, span: Span::NONE });
    func.attrs = func.attrs.with(name, AttrValue::Str(name.into()));
    b.enter(Frame::Func(func)).unwrap();
    b.add(Stmt::Assert(Arc::new(AssertStmt {
        condition: PrimExpr::binary(BinOp::Gt, scale.into(), PrimExpr::i32(0), Span::NONE),
        kind: Symbol::new(name),
        message: vec![name.into()].into(),
        span: Span::NONE,
    })));
    let small = Buffer::new(name, vec![PrimExpr::i32(4)], DType::INT32);
    b.alloc(small.clone(), AllocOrigin::AllocBuffer, Attrs::new(), Span::NONE);
    b.enter(Frame::Attr(AttrFrame {
        node: AttrNode::Value(AttrValue::Str(name.into())),
        key: Symbol::new(name),
        value: PrimExpr::i32(0),
        span: Span::NONE,
    }))
    .unwrap();
    let i = Var::new(name, DType::INT32);
    let loops = vec![LoopSpec::serial(i, n.into())];
    b.enter(Frame::For(ForFrame { loops, span: Span::NONE })).unwrap();
    let mut block = BlockFrame::new(name, Span::NONE);
    let v = Var::new(name, DType::INT32);
    let dom = Range::from_extent(n.into());
    let axis =
        IterVar { var: v, dom, kind: IterVarKind::DataPar, thread_tag: None, span: Span::NONE };
    block.add_axis(axis, i.into());
    b.enter(Frame::Block(block)).unwrap();
    let sum = Var::new(name, DType::INT32);
    let load = PrimExpr::load(a, vec![v.into()], Span::NONE);
    let value = PrimExpr::binary(BinOp::Max, load, scale.into(), Span::NONE);
    b.bind(sum, None, value, Span::NONE);
    b.store(small.clone(), sum.into(), [PrimExpr::i32(1)], Span::NONE);
    let kept = PrimExpr::load(small, vec![PrimExpr::i32(1)], Span::NONE);
    b.store(c, kept, [v.into()], Span::NONE);
    b.exit_func().func
}

/// Splits C as the printer writes it into tokens; panics at anything else.
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            ' ' | '\n' => 1,
            '#' => {
                let line = rest.lines().next().unwrap_or_default();
                let known = [
                    "#include <",
                    "#include \"",
                    "#if",
                    "#endif",
                    "#define ",
                    "#undef ",
                    "#pragma STDC ",
                ];
                assert!(known.iter().any(|k| line.starts_with(k)), "{line}");
                line.len()
            }
            '/' if rest.starts_with("/*") => rest[2..].find("*/").expect("an end of comment") + 4,
            '"' => rest[1..].find('"').expect("an end of string") + 2,
            c if c.is_ascii_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            c if "(){}[]<>=+-*/%&|^!~?:;,.".contains(c) => 1,
            c => panic!("{c:?} in {:?}", &rest[..rest.len().min(60)]),
        };
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
    found
}

fn check_tokens(text: &str) {
    assert!(text.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b)));
    assert!(!text.contains("??") && !text.contains("\\\n"), "a trigraph or a continued line");
    let code: Vec<&str> = tokens(text).into_iter().filter(|t| !t.starts_with("/*")).collect();
    assert!(!code.windows(2).any(|w| w == ["system", "("]), "a call that nobody asked for");
    let mut depth = 0;
    for token in tokens(text) {
        match token {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        for bad in ["__attribute__", "asm", "goto"] {
            assert_ne!(token, bad);
        }
        if token.starts_with("/*") {
            assert!(!token[2..token.len() - 2].contains("/*"), "{token}");
        }
        assert!(depth >= 0);
    }
    assert_eq!(depth, 0);
}

fn accepts(compiler: &str, args: &[&str], folder: &std::path::Path) {
    let mut command = Command::new(compiler);
    command.args(args).current_dir(folder).stdin(Stdio::null());
    let Ok(output) = command.output() else {
        println!("there is no {compiler}: it is not asked");
        return;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{compiler}: {}", errors.lines().take(5).collect::<String>());
}

#[test]
fn a_thousand_hostile_names() {
    let names = names();
    assert!(names.len() >= 1000, "{}", names.len());
    let strict =
        "-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Werror";
    for (i, part) in names.chunks(250).enumerate() {
        let mut module = IRModule::new();
        part.iter().for_each(|name| drop(module.insert(Arc::new(function(name)))));
        let options = EmitOptions { name: part[0].clone(), ..EmitOptions::default() };
        let files = emit_c(&module, &options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut sources = Vec::new();
        for file in &files {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
            assert!(file.name.chars().all(plain) && !file.name.starts_with('.'), "{}", file.name);
            std::fs::write(folder.path().join(&file.name), &file.text).unwrap();
            if file.name.ends_with(".c") || file.name.ends_with(".h") {
                check_tokens(&file.text);
            }
            if file.name.ends_with(".c") {
                sources.push(file.name.as_str());
            }
        }
        let compiler = ["gcc", "clang", "gcc", "tcc"][i % 4];
        let mut args: Vec<&str> = match compiler {
            "tcc" => vec!["-c"],
            _ => strict.split(' ').chain(["-fsyntax-only"]).collect(),
        };
        for source in sources {
            args.push(source);
            accepts(compiler, &args, folder.path());
            args.pop();
        }
    }
}
