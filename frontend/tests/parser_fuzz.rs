//! Nonsense: whatever the text, the parser ends, does not panic and stays inside the file.

use std::time::{Duration, Instant};
use tirade_frontend::lexer::lex;
use tirade_frontend::parser::parse_file;
use tirade_frontend::token::TokenKind;
use tirade_ir::span::{SourceFile, SourceMap, Span};

/// Each kind of nonsense stops at whichever comes first.
const MAX_CASES: u32 = 100_000;
const MAX_TIME: Duration = Duration::from_millis(1500);

const PROGRAM: &str = r#"
@T.prim_func
def matmul(a: T.handle, *args, n: int = 16, **kwargs) -> None:
    """Multiplies."""
    A = T.match_buffer(a, (n, n), "float32")  # note
    for i, j in T.grid(n, n):
        with T.block("C"), T.let(x := 1) as [vi, vj]:
            A[vi, vj:vj + 4, ...] += 1.5e-3 if i < j <= 0x1F else -x ** 2
            assert x is not None and y not in {1, 2}, f"{x!r:>{n}} {{}} {y=}"
    else:
        x: T.int32 = [a for a, b in zip(*c, **d) if a or not b]
    try:
        raise E from lambda k, /, *, m=1: (k, m)
    except (A, B) as e:
        del a.b, c[0]
        while True: break
    return {"a": 1, **b}, b'\x00' r"\d"
class Module(Base, metaclass=M):
	x = '''long
string'''
"#;

/// Xorshift: the same cases on every machine.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

fn assert_inside(file: &SourceFile, span: Span) {
    let inside = file.start <= span.lo && span.lo <= span.hi && span.hi <= file.end();
    assert!(inside, "span {span:?} of {}..{} in {:?}", file.start, file.end(), file.text);
    let range = file.local_range(span);
    assert!(file.text.get(range).is_some(), "span {span:?} splits a character of {:?}", file.text);
}

/// Every `span: lo..hi` that the tree prints.
fn assert_tree_inside(file: &SourceFile, tree: &str) {
    for found in tree.split("span: ").skip(1) {
        let end = found.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(found.len());
        let (lo, hi) = found[..end].split_once("..").expect("a span");
        let number = |text: &str| text.parse().expect("a position");
        assert_inside(file, Span::new(number(lo), number(hi)));
    }
}

fn check(text: String, check_tree: bool) {
    let mut map = SourceMap::new();
    let file = map.add("nonsense", text).expect("small");
    let lexed = lex(&file);
    let mut end = file.start;
    for token in &lexed.tokens {
        assert_inside(&file, token.span);
        assert!(end <= token.span.lo, "tokens overlap in {:?}", file.text);
        end = token.span.hi;
    }
    assert_eq!(lexed.tokens.last().map(|t| t.kind), Some(TokenKind::EndOfFile));
    let (module, diagnostics) = parse_file(&file);
    assert!(lexed.errors.is_empty() || !diagnostics.is_empty(), "{:?}", file.text);
    for diagnostic in &diagnostics {
        assert_inside(&file, diagnostic.span);
        diagnostic.labels.iter().for_each(|label| assert_inside(&file, label.span));
    }
    if check_tree {
        assert_tree_inside(&file, &format!("{module:?}"));
    }
}

fn run(seed: u64, mut make: impl FnMut(&mut Rng) -> String) {
    let mut rng = Rng(seed);
    let start = Instant::now();
    for case in 0..MAX_CASES {
        check(make(&mut rng), case % 16 == 0);
        if start.elapsed() > MAX_TIME {
            break;
        }
    }
}

#[test]
fn random_bytes() {
    run(0x9E37_79B9_7F4A_7C15, |rng| {
        let len = rng.below(80);
        let bytes: Vec<u8> = (0..len).map(|_| rng.next() as u8).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    });
}

#[test]
fn random_ascii() {
    const LIKELY: &[u8] = b"()[]{}'\"\"\"'''\\\n\n\n    \t:;,.=#f{}!rab01_eEx-+*<>\r\x0c";
    run(0xD1B5_4A32_D192_ED03, |rng| {
        let len = rng.below(60);
        (0..len).map(|_| char::from(*rng.pick(LIKELY))).collect()
    });
}

#[test]
fn random_tokens() {
    const WORDS: &str = "a b 1 2.5 'x' f'{a}' f\"{ }\" b'' None ( ) [ ] { } , : := = == < not in is \
        if else elif for while with as def class return lambda and or try except finally raise \
        from import assert del global pass async yield match + - * ** / @ -> ... . ; ! ~ # \\";
    let words: Vec<&str> = WORDS.split_ascii_whitespace().collect();
    const GAPS: [&str; 8] = [" ", " ", " ", "", "\n", "\n    ", "\n        ", ":\n    "];
    run(0x2545_F491_4F6C_DD1D, |rng| {
        let len = rng.below(30);
        (0..len).map(|_| [*rng.pick(&words), *rng.pick(&GAPS)].concat()).collect()
    });
}

#[test]
fn mutated_programs() {
    let chars: Vec<char> = PROGRAM.chars().collect();
    run(0x1234_5678_9ABC_DEF1, |rng| {
        let mut chars = chars.clone();
        for _ in 0..1 + rng.below(4) {
            let at = rng.below(chars.len());
            match rng.below(4) {
                0 => drop(chars.remove(at)),
                1 => chars.insert(at, *rng.pick(&['(', ')', '"', '\'', '\n', '{', ':', ' ', 'é'])),
                2 => chars.truncate(at.max(8)),
                _ => {
                    let other = rng.below(chars.len());
                    chars.swap(at, other);
                }
            }
        }
        chars.into_iter().collect()
    });
}

#[test]
fn large_nonsense_is_quick() {
    let mut rng = Rng(7);
    let random: Vec<u8> = (0..2_000_000).map(|_| (rng.next() >> 32) as u8).collect();
    let texts = [
        String::from_utf8_lossy(&random).into_owned(),
        "(".repeat(1_000_000) + &"]".repeat(1_000_000),
        "\"\"\"\n".repeat(500_001),
        "f'{".repeat(500_000),
        "f'{a:".repeat(500_000),
        "with (".repeat(300_000),
        "“ ".repeat(500_000),
        "x \\\n".repeat(500_000),
        " a\n  b\nc\n".repeat(200_000),
        format!("def f({}): pass", "a, ".repeat(300_000)),
    ];
    for text in texts {
        let start = Instant::now();
        let begins: String = text.chars().take(10).collect();
        check(text, false);
        assert!(start.elapsed() < Duration::from_secs(20), "{begins}: {:?}", start.elapsed());
    }
}
