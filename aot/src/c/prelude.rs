//! The helper functions that printed code may call: one definition each, printed where used.
//!
//! They define what C leaves open (division of `MIN` by -1, floats out of an integer's range) and
//! what C lacks (division toward minus infinity, 16-bit floats).

use std::collections::BTreeSet;
use std::fmt::Write;
use tirade_ir::BinOp;

/// Helpers and headers that a printed file needs.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    helpers: BTreeSet<String>,
    headers: BTreeSet<&'static str>,
    /// Floats are multiplied, and added or subtracted: a compiler might do both at once.
    multiplies: bool,
    adds: bool,
}

impl Needs {
    /// Notes that the helper `name` is called; gives the name back.
    pub fn helper(&mut self, name: impl Into<String>) -> String {
        let name = name.into();
        self.helpers.insert(name.clone());
        name
    }

    /// Notes that a header is needed.
    pub fn header(&mut self, name: &'static str) {
        self.headers.insert(name);
    }

    /// Notes an operation on floats.
    pub fn float_operation(&mut self, op: BinOp) {
        self.multiplies |= op == BinOp::Mul;
        self.adds |= matches!(op, BinOp::Add | BinOp::Sub);
    }

    /// What keeps compilers from fusing a product and a sum, which would round once, not twice.
    pub fn no_contraction(&self) -> &'static str {
        match self.multiplies && self.adds {
            true => NO_CONTRACTION,
            false => "",
        }
    }

    /// Adds everything that `other` needs.
    pub fn merge(&mut self, other: &Needs) {
        self.multiplies |= other.multiplies;
        self.adds |= other.adds;
        self.helpers.extend(other.helpers.iter().cloned());
        self.headers.extend(&other.headers);
    }

    /// The headers of the C library that are needed, `<stdint.h>` always.
    pub fn headers(&self) -> BTreeSet<&'static str> {
        let mut headers = self.headers.clone();
        headers.insert("stdint.h");
        for name in self.closure() {
            headers.extend(lookup(&name).headers);
        }
        headers
    }

    /// The helpers' definitions, those that are called before those that call them.
    pub fn definitions(&self) -> String {
        self.closure().iter().map(|name| lookup(name).text + "\n").collect()
    }

    /// The same without the C library: bytes are copied one by one.
    pub fn freestanding(mut self) -> Needs {
        let copies = |name: &str| name.starts_with("tir_load_") || name.starts_with("tir_store_");
        let bytewise = |name: String| if copies(&name) { name + FREESTANDING } else { name };
        self.helpers = self.helpers.into_iter().map(bytewise).collect();
        self
    }

    fn closure(&self) -> Vec<String> {
        fn visit(name: &str, order: &mut Vec<String>) {
            if !order.iter().any(|n| n == name) {
                lookup(name).calls.iter().for_each(|c| visit(c, order));
                order.push(name.to_string());
            }
        }
        let mut order = Vec::new();
        self.helpers.iter().for_each(|name| visit(name, &mut order));
        order
    }
}

/// Ends the names under which helpers that copy bytes are looked up for freestanding C.
const FREESTANDING: &str = "/freestanding";

const NO_CONTRACTION: &str = "\
/* A product and a sum are rounded one after the other. */
#if defined(__clang__) || !defined(__GNUC__)
#pragma STDC FP_CONTRACT OFF
#endif
";

/// A helper's definition.
struct Helper {
    text: String,
    calls: Vec<String>,
    headers: Vec<&'static str>,
}

/// Helpers with one type in the name: `tir_NAME_TYPE`. `T` stands for the C type, `U` for the
/// unsigned one, `W` for the unsigned one of at least 32 bits, `N` for the bits, `#` for the suffix.
const BY_TYPE: &[(&str, &str)] = &[
    (
        "div",
        "static inline $T tir_div_#($T a, $T b) {
  return b == -1 ? ($T)(0u - ($U)a) : a / b;
}",
    ),
    (
        "mod",
        "static inline $T tir_mod_#($T a, $T b) {
  return b == -1 ? 0 : a % b;
}",
    ),
    (
        "floordiv",
        "static inline $T tir_floordiv_#($T a, $T b) {
  if (b == -1) return ($T)(0u - ($U)a);
  return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}",
    ),
    (
        "floormod",
        "static inline $T tir_floormod_#($T a, $T b) {
  const $T r = b == -1 ? 0 : a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}",
    ),
    ("min", "static inline $T tir_min_#($T a, $T b) { return a < b ? a : b; }"),
    ("max", "static inline $T tir_max_#($T a, $T b) { return a > b ? a : b; }"),
    // In a form that gcc 12 does not know: it counts wrongly with the vector instruction for it.
    (
        "popcount",
        "static inline int32_t tir_popcount_#($T v) {
  $W x = v;
  x = (x & ~($W)0 / 3) + (x >> 1 & ~($W)0 / 3);
  x = (x & ~($W)0 / 5) + (x >> 2 & ~($W)0 / 5);
  x = (x + (x >> 4)) & ~($W)0 / 17;
  return (int32_t)(x * (~($W)0 / 255) >> (sizeof x - 1) * 8);
}",
    ),
    (
        "clz",
        "static inline int32_t tir_clz_#($T v) {
  $W x = v;
  for (int s = 1; s < $N; s *= 2) x |= x >> s;
  return $N - tir_popcount_#(($T)x);
}",
    ),
    (
        "ctz",
        "static inline int32_t tir_ctz_#($T v) { return tir_popcount_#(($T)(~($W)v & (v - ($W)1))); }",
    ),
];

/// Helpers with a fixed name: what they need, headers among it.
const FIXED: &[(&str, &[&str], &str)] = &[
    ("tir_bits_f32", &[], "static inline uint32_t tir_bits_f32(float x) {
  const union { float value; uint32_t bits; } u = {x};
  return u.bits;
}"),
    ("tir_from_bits_f32", &[], "static inline float tir_from_bits_f32(uint32_t x) {
  const union { uint32_t bits; float value; } u = {x};
  return u.value;
}"),
    ("tir_bits_f64", &[], "static inline uint64_t tir_bits_f64(double x) {
  const union { double value; uint64_t bits; } u = {x};
  return u.bits;
}"),
    ("tir_from_bits_f64", &[], "static inline double tir_from_bits_f64(uint64_t x) {
  const union { uint64_t bits; double value; } u = {x};
  return u.value;
}"),
    ("tir_f16_to_f32", &["tir_from_bits_f32", "tir_bits_f32"], "\
static inline float tir_f16_to_f32(uint16_t h) {
  const uint32_t sign = (uint32_t)(h & 0x8000u) << 16, rest = (uint32_t)(h & 0x7fffu) << 13;
  if (rest >= 0x0f800000u) return tir_from_bits_f32(sign | 0x7f800000u | rest);
  if (rest >= 0x00800000u) return tir_from_bits_f32(sign | (rest + 0x38000000u));
  return tir_from_bits_f32(sign | tir_bits_f32((float)(h & 0x3ffu) * 0x1p-24f));
}"),
    ("tir_f32_to_f16", &["tir_from_bits_f32", "tir_bits_f32"], "\
static inline uint16_t tir_f32_to_f16(float x) {
  const uint32_t bits = tir_bits_f32(x), sign = bits >> 16 & 0x8000u, abs = bits & 0x7fffffffu;
  if (abs > 0x7f800000u) return (uint16_t)(sign | 0x7e00u | (abs >> 13 & 0x3ffu));
  if (abs >= 0x47800000u) return (uint16_t)(sign | 0x7c00u);
  if (abs < 0x38800000u) return (uint16_t)(sign | (tir_bits_f32(tir_from_bits_f32(abs) + 0.5f) - 0x3f000000u));
  return (uint16_t)(sign | (abs - 0x38000000u + 0xfffu + (abs >> 13 & 1u)) >> 13);
}"),
    ("tir_bf16_to_f32", &["tir_from_bits_f32"], "\
static inline float tir_bf16_to_f32(uint16_t h) {
  return tir_from_bits_f32((uint32_t)h << 16);
}"),
    ("tir_f32_to_bf16", &["tir_bits_f32"], "\
static inline uint16_t tir_f32_to_bf16(float x) {
  const uint32_t bits = tir_bits_f32(x);
  if (x != x) return (uint16_t)(bits >> 16 | 0x40u);
  return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}"),
    ("tir_round_f16", &["tir_f16_to_f32", "tir_f32_to_f16"], "\
static inline float tir_round_f16(float x) { return tir_f16_to_f32(tir_f32_to_f16(x)); }"),
    ("tir_round_bf16", &["tir_bf16_to_f32", "tir_f32_to_bf16"], "\
static inline float tir_round_bf16(float x) { return tir_bf16_to_f32(tir_f32_to_bf16(x)); }"),
    ("tir_f64_to_f32_odd", &["tir_bits_f32", "tir_from_bits_f32"], "\
/* Truncates, and sets the last bit if anything was cut off: rounding further rounds once. */
static inline float tir_f64_to_f32_odd(double x) {
  const float nearest = (float)x;
  const double back = (double)nearest;
  const uint32_t bits = tir_bits_f32(nearest);
  if (back == x || x != x) return nearest;
  return tir_from_bits_f32((bits - ((x < 0.0 ? -back : back) > (x < 0.0 ? -x : x))) | 1u);
}"),
    ("tir_f64_to_f16", &["tir_f32_to_f16", "tir_f64_to_f32_odd"], "\
static inline uint16_t tir_f64_to_f16(double x) { return tir_f32_to_f16(tir_f64_to_f32_odd(x)); }"),
    ("tir_f64_to_bf16", &["tir_f32_to_bf16", "tir_f64_to_f32_odd"], "\
static inline uint16_t tir_f64_to_bf16(double x) { return tir_f32_to_bf16(tir_f64_to_f32_odd(x)); }"),
    ("tir_u64_to_f64_odd", &[], "\
/* Exact, or with the last bit set if anything was cut off: rounding further rounds once. */
static inline double tir_u64_to_f64_odd(uint64_t x) {
  if (x >> 53 == 0) return (double)(int64_t)x;
  return (double)(int64_t)(x >> 11 | ((x & 0x7ffu) != 0)) * 2048.0;
}"),
    ("tir_i64_to_f64_odd", &["tir_u64_to_f64_odd"], "\
static inline double tir_i64_to_f64_odd(int64_t x) {
  return x < 0 ? -tir_u64_to_f64_odd(0u - (uint64_t)x) : tir_u64_to_f64_odd((uint64_t)x);
}"),
    ("tir_isnan_f32", &["tir_bits_f32"], "\
static inline uint8_t tir_isnan_f32(float x) { return (tir_bits_f32(x) & 0x7fffffffu) > 0x7f800000u; }"),
    ("tir_isinf_f32", &["tir_bits_f32"], "\
static inline uint8_t tir_isinf_f32(float x) { return (tir_bits_f32(x) & 0x7fffffffu) == 0x7f800000u; }"),
    ("tir_isfinite_f32", &["tir_bits_f32"], "\
static inline uint8_t tir_isfinite_f32(float x) { return (tir_bits_f32(x) & 0x7f800000u) != 0x7f800000u; }"),
    ("tir_isnan_f64", &["tir_bits_f64"], "\
static inline uint8_t tir_isnan_f64(double x) {
  return (tir_bits_f64(x) & UINT64_C(0x7fffffffffffffff)) > UINT64_C(0x7ff0000000000000);
}"),
    ("tir_isinf_f64", &["tir_bits_f64"], "\
static inline uint8_t tir_isinf_f64(double x) {
  return (tir_bits_f64(x) & UINT64_C(0x7fffffffffffffff)) == UINT64_C(0x7ff0000000000000);
}"),
    ("tir_isfinite_f64", &["tir_bits_f64"], "\
static inline uint8_t tir_isfinite_f64(double x) {
  return (tir_bits_f64(x) & UINT64_C(0x7ff0000000000000)) != UINT64_C(0x7ff0000000000000);
}"),
    ("tir_sigmoid_f32", &["math.h"], "\
static inline float tir_sigmoid_f32(float x) { return 1.0f / (1.0f + expf(-x)); }"),
    ("tir_sigmoid_f64", &["math.h"], "\
static inline double tir_sigmoid_f64(double x) { return 1.0 / (1.0 + exp(-x)); }"),
    ("tir_sigmoid_f16", &["math.h", "tir_f16_to_f32", "tir_round_f16", "tir_f32_to_f16"], "\
static inline uint16_t tir_sigmoid_f16(uint16_t x) {
  return tir_f32_to_f16(1.0f / tir_round_f16(1.0f + tir_round_f16(expf(-tir_f16_to_f32(x)))));
}"),
    ("tir_sigmoid_bf16", &["math.h", "tir_bf16_to_f32", "tir_round_bf16", "tir_f32_to_bf16"], "\
static inline uint16_t tir_sigmoid_bf16(uint16_t x) {
  return tir_f32_to_bf16(1.0f / tir_round_bf16(1.0f + tir_round_bf16(expf(-tir_bf16_to_f32(x)))));
}"),
    ("tir_fixed_point", &[], "\
/* ((x << left) * y + (1 << (right + q - 1))) >> (right + q), modulo 2^64. */
static inline int32_t tir_fixed_point(int64_t x, int64_t y, int64_t left, int64_t right, int64_t q) {
  const uint64_t shift = (uint64_t)right + (uint64_t)q;
  const uint64_t product = ((uint64_t)x << (left & 63)) * (uint64_t)y;
  const uint64_t half = UINT64_C(1) << ((shift - 1u) & 63u);
  return (int32_t)((int64_t)(product + half) >> (shift & 63u));
}"),
    ("tir_q_multiply_shift", &["tir_fixed_point"], "\
static inline int32_t tir_q_multiply_shift(int32_t x, int32_t y, int32_t q, int32_t s) {
  return tir_fixed_point(x, y, s > 0 ? s : 0, s < 0 ? -(int64_t)s : 0, q);
}"),
    ("tir_q_multiply_shift_per_axis", &["tir_fixed_point"], "\
static inline int32_t tir_q_multiply_shift_per_axis(int32_t x, int32_t y, int32_t left, int32_t right, int32_t q,
                                                    int is_left, int is_right) {
  (void)is_right;
  return tir_fixed_point(x, y, is_left ? left : 0, right, q);
}"),
    ("tir_extent", &[], "\
/* n * extent; UINT64_MAX if that is no size. */
static inline uint64_t tir_extent(uint64_t n, int64_t extent) {
  if (extent < 0 || (extent > 0 && n > UINT64_MAX / (uint64_t)extent)) return UINT64_MAX;
  return n * (uint64_t)extent;
}"),
    ("tir_room", &[], "\
/* Bytes of the workspace for n elements; more than any memory has if that is no size. */
static inline uint64_t tir_room(uint64_t n, uint64_t width) {
  const uint64_t too_much = UINT64_C(1) << 56;
  return n > too_much / width ? too_much : (n * width + 63u) / 64u * 64u;
}"),
    ("tir_span", &[], "\
/* Elements up to the last of a dimension, if those before it take n; UINT64_MAX if too many. */
static inline uint64_t tir_span(uint64_t n, int64_t extent, int64_t stride) {
  if (extent < 1 || stride < 0 || n == UINT64_MAX) return extent == 0 ? 0 : UINT64_MAX;
  if (stride > 0 && (uint64_t)extent - 1u > (UINT64_MAX - n) / (uint64_t)stride) return UINT64_MAX;
  return n == 0 ? 0 : n + ((uint64_t)extent - 1u) * (uint64_t)stride;
}"),
    ("tir_check", &[], "\
static int32_t tir_check(const void *p, uint64_t size, uint64_t needed, uint64_t alignment) {
  if (p == 0 && needed > 0) return TIR_NULL;
  if (size < needed) return TIR_TOO_SMALL;
  return (uintptr_t)p % alignment != 0 ? TIR_MISALIGNED : TIR_OK;
}"),
    ("tir_overlap", &[], "\
static int tir_overlap(const void *p, uint64_t p_size, const void *q, uint64_t q_size) {
  const uintptr_t a = (uintptr_t)p, b = (uintptr_t)q;
  return p_size > 0 && q_size > 0 && (a <= b ? b - a < p_size : a - b < q_size);
}"),
    ("tir_alloc", &["stdlib.h"], "\
static inline void *tir_alloc(uint64_t n, uint64_t width, uint64_t limit) {
  if (n > limit / width || n > SIZE_MAX / width) return 0;
  return malloc(n == 0 ? 1 : (size_t)(n * width));
}"),
    ("tir_thread_block", &["stdlib.h"], "\
#if defined(__TINYC__)
#define TIR_THREAD_LOCAL
#else
#define TIR_THREAD_LOCAL __thread
#endif
/* Memory that is kept from call to call, aligned to 64 bytes. */
static unsigned char *tir_thread_block(unsigned char **block, uint64_t *size, uint64_t bytes) {
  if (*size < bytes) {
    free(*block);
    *block = (unsigned char *)malloc((size_t)bytes + 63);
    *size = *block == 0 ? 0 : bytes;
  }
  return *block == 0 ? 0 : *block + (64 - ((uintptr_t)*block & 63)) % 64;
}"),
    ("tir_workspace", &["tir_thread_block"], "\
static unsigned char *tir_workspace(uint64_t bytes) {
  static TIR_THREAD_LOCAL unsigned char *block;
  static TIR_THREAD_LOCAL uint64_t size;
  return tir_thread_block(&block, &size, bytes);
}"),
    ("tir_scratch", &["tir_thread_block"], "\
/* Memory of a thread inside a parallel loop; loops inside loops have their own. */
static TIR_THREAD_LOCAL int tir_scratch_depth;
static unsigned char *tir_scratch(uint64_t bytes) {
  enum { LEVELS = 8 };
  static TIR_THREAD_LOCAL unsigned char *block[LEVELS];
  static TIR_THREAD_LOCAL uint64_t size[LEVELS];
  if (tir_scratch_depth == LEVELS) return 0;
  unsigned char *const found = tir_thread_block(&block[tir_scratch_depth], &size[tir_scratch_depth], bytes);
  if (found != 0) ++tir_scratch_depth;
  return found;
}"),
    ("tir_parallel_for", &["pthread.h", "sched.h", "stdlib.h", "unistd.h"], include_str!("pool.c")),
    ("tir_stream_end", &[], "\
/* Waits until stores that went past the caches are seen by others. */
static inline void tir_stream_end(void) {
#if defined(__SSE2__)
  __builtin_ia32_sfence();
#endif
}"),
    ("tir_exp10", &["math.h"], "\
/* Not in C99, but in C23 and in the libraries of GNU and Apple. */
float exp10f(float x);
double exp10(double x);"),
    ("tir_min_f16", &["tir_f16_to_f32"], "\
static inline uint16_t tir_min_f16(uint16_t a, uint16_t b) {
  return tir_f16_to_f32(a) < tir_f16_to_f32(b) ? a : b;
}"),
    ("tir_max_f16", &["tir_f16_to_f32"], "\
static inline uint16_t tir_max_f16(uint16_t a, uint16_t b) {
  return tir_f16_to_f32(a) > tir_f16_to_f32(b) ? a : b;
}"),
    ("tir_min_bf16", &["tir_bf16_to_f32"], "\
static inline uint16_t tir_min_bf16(uint16_t a, uint16_t b) {
  return tir_bf16_to_f32(a) < tir_bf16_to_f32(b) ? a : b;
}"),
    ("tir_max_bf16", &["tir_bf16_to_f32"], "\
static inline uint16_t tir_max_bf16(uint16_t a, uint16_t b) {
  return tir_bf16_to_f32(a) > tir_bf16_to_f32(b) ? a : b;
}"),
];

fn lookup(name: &str) -> Helper {
    if let Some((_, calls, text)) = FIXED.iter().find(|h| h.0 == name) {
        let (headers, calls): (Vec<&str>, Vec<&str>) =
            calls.iter().partition(|c| c.ends_with(".h"));
        let calls = calls.into_iter().map(str::to_string).collect();
        return Helper { text: text.to_string(), calls, headers };
    }
    let rest = name.strip_prefix("tir_").expect("helpers are called tir_");
    if let Some((text, calls)) = crate::c::vector::helper(rest) {
        return Helper { text, calls, headers: Vec::new() };
    }
    if let Some((op, suffix)) = rest.strip_prefix("atomic_").and_then(|r| r.split_once('_')) {
        return atomic(op, suffix);
    }
    if let Some((from, to)) = rest.split_once("_to_") {
        return float_to_int(from, to);
    }
    if let Some(suffix) = rest.strip_prefix("load_") {
        return punned_load(suffix);
    }
    if let Some(suffix) = rest.strip_prefix("store_") {
        return punned_store(suffix);
    }
    let (base, suffix) = rest.rsplit_once('_').expect("helpers by type");
    let (_, template) = BY_TYPE.iter().find(|h| h.0 == base).expect("a known helper");
    let (c_type, unsigned) = types_of(suffix);
    let text = template.replace("$T", &c_type).replace("$U", &unsigned);
    let wide = if unsigned == "uint64_t" { "uint64_t" } else { "uint32_t" };
    let text = text
        .replace("$W", wide)
        .replace("$N", suffix.trim_start_matches(['i', 'u']))
        .replace('#', suffix);
    let calls = match base {
        "clz" | "ctz" => vec![format!("tir_popcount_{suffix}")],
        _ => Vec::new(),
    };
    Helper { text, calls, headers: Vec::new() }
}

/// An update of an element that other threads may update, too; gives the old value. Compilers
/// without GNU's atomics get a plain one: their programs have one thread.
fn atomic(op: &str, suffix: &str) -> Helper {
    let (own, unsigned) = types_of(suffix);
    let wide = if unsigned == "uint64_t" { "uint64_t" } else { "uint32_t" };
    let is_small_float = matches!(suffix, "f16" | "bf16");
    let number = |name: &str| match is_small_float {
        true => format!("tir_{suffix}_to_f32({name})"),
        false => name.to_string(),
    };
    let (old, new) = (number("old"), number("v"));
    let next = match op {
        "add" if is_small_float => format!("tir_f32_to_{suffix}({old} + {new})"),
        "add" if suffix.starts_with('f') => "old + v".into(),
        "add" => format!("({own})(({wide})old + ({wide})v)"),
        "min" => format!("{new} < {old} ? v : old"),
        "max" => format!("{new} > {old} ? v : old"),
        "and" => format!("({own})(old & v)"),
        "or" => format!("({own})(old | v)"),
        "xor" => format!("({own})(old ^ v)"),
        _ => unreachable!("the table of ops has no `atomic_{op}`"),
    };
    let text = format!(
        "static inline {own} tir_atomic_{op}_{suffix}({own} *p, {own} v) {{
#if defined(__GNUC__) && !defined(__TINYC__)
  {own} old, next;
  __atomic_load(p, &old, __ATOMIC_RELAXED);
  do {{
    next = {next};
  }} while (!__atomic_compare_exchange(p, &old, &next, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return old;
#else
  const {own} old = *p;
  *p = {next};
  return old;
#endif
}}"
    );
    let calls = match is_small_float {
        true => vec![format!("tir_{suffix}_to_f32"), format!("tir_f32_to_{suffix}")],
        false => Vec::new(),
    };
    Helper { text, calls, headers: Vec::new() }
}

/// A suffix without the mark of freestanding C, and whether it had one.
fn strip_freestanding(suffix: &str) -> (&str, bool) {
    suffix.strip_suffix(FREESTANDING).map_or((suffix, false), |suffix| (suffix, true))
}

/// C type and unsigned C type of a suffix.
fn types_of(suffix: &str) -> (String, String) {
    let bits = if suffix == "bool" { "8" } else { suffix.trim_start_matches(['i', 'u', 'f', 'b']) };
    let unsigned = format!("uint{bits}_t");
    let own = match suffix {
        "f32" => "float".into(),
        "f64" => "double".into(),
        _ if suffix.starts_with('i') => format!("int{bits}_t"),
        _ => unsigned.clone(),
    };
    (own, unsigned)
}

/// Truncation that saturates; NaN becomes 0.
///
/// The lower bound is `MIN - 1`, exclusive, where the float type has that number, else `MIN`.
fn float_to_int(from: &str, to: &str) -> Helper {
    let (float, _) = types_of(from);
    let (int, _) = types_of(to);
    let bits: u32 = to[1..].parse().expect("integer suffix");
    let signed = to.starts_with('i');
    let end = if from == "f32" { "f" } else { "" };
    let mantissa = if from == "f32" { 24 } else { 53 };
    let lower = match signed {
        true if bits <= mantissa => format!("x > -{}.0{end}", (1u64 << (bits - 1)) + 1),
        true => format!("x >= -0x1p{}{end}", bits - 1),
        false => format!("x > -1.0{end}"),
    };
    let upper = format!("x < 0x1p{}{end}", if signed { bits - 1 } else { bits });
    let (min, max) = match signed {
        true => (format!("INT{bits}_MIN"), format!("INT{bits}_MAX")),
        false => ("0".into(), format!("UINT{bits}_MAX")),
    };
    let otherwise = match signed {
        true => format!("x > 0.0{end} ? {max} : x < 0.0{end} ? {min} : 0"),
        false => format!("x > 0.0{end} ? {max} : 0"),
    };
    let mut text = String::new();
    let _ = write!(
        text,
        "static inline {int} tir_{from}_to_{to}({float} x) {{\n  \
         if ({lower} && {upper}) return ({int})x;\n  return {otherwise};\n}}"
    );
    Helper { text, calls: Vec::new(), headers: Vec::new() }
}

/// Reads memory that is also used with another type, which C forbids by assignment.
fn punned_load(suffix: &str) -> Helper {
    let (suffix, freestanding) = strip_freestanding(suffix);
    let (c_type, _) = types_of(suffix);
    if freestanding {
        let text = format!(
            "static inline {c_type} tir_load_{suffix}(const void *p) {{\n  {c_type} x;\n  \
             for (unsigned k = 0; k < sizeof x; ++k)\n    \
             ((unsigned char *)&x)[k] = ((const unsigned char *)p)[k];\n  return x;\n}}"
        );
        return Helper { text, calls: Vec::new(), headers: Vec::new() };
    }
    let text = format!(
        "static inline {c_type} tir_load_{suffix}(const void *p) {{\n  {c_type} x;\n  \
         memcpy(&x, p, sizeof x);\n  return x;\n}}"
    );
    Helper { text, calls: Vec::new(), headers: vec!["string.h"] }
}

/// Writes memory that is also used with another type, which C forbids by assignment.
fn punned_store(suffix: &str) -> Helper {
    let (suffix, freestanding) = strip_freestanding(suffix);
    let (c_type, _) = types_of(suffix);
    if freestanding {
        let text = format!(
            "static inline void tir_store_{suffix}(void *p, {c_type} x) {{\n  \
             for (unsigned k = 0; k < sizeof x; ++k)\n    \
             ((unsigned char *)p)[k] = ((const unsigned char *)&x)[k];\n}}"
        );
        return Helper { text, calls: Vec::new(), headers: Vec::new() };
    }
    let text = format!(
        "static inline void tir_store_{suffix}(void *p, {c_type} x) {{ memcpy(p, &x, sizeof x); }}"
    );
    Helper { text, calls: Vec::new(), headers: vec!["string.h"] }
}
