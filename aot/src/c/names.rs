//! Identifiers of the printed C.
//!
//! No text of the user reaches C as it stands: a name is cut down to letters, digits and
//! underscores, moved out of the way of everything that C, C++, the headers in use and the
//! printed helpers call theirs, and made different from the other names in its scope.

use rustc_hash::{FxHashMap, FxHashSet};

/// Longest part of a user's name that is kept.
const MAX_LEN: usize = 48;

/// Words that mean something to C, to C++, to common preprocessors, or in the printed code.
/// Sorted, for binary search.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "BUFSIZ", "CHAR_BIT", "EDOM", "EOF", "ERANGE", "EXIT_FAILURE", "EXIT_SUCCESS", "FILE",
    "HUGE_VAL", "HUGE_VALF", "HUGE_VALL", "INFINITY", "L_tmpnam", "MATH_ERREXCEPT", "MATH_ERRNO",
    "MB_CUR_MAX", "NAN", "NDEBUG", "NULL", "PIC", "RAND_MAX", "acos", "acosf", "acosh", "acoshf",
    "alignas", "alignof", "and", "and_eq", "arm", "asin", "asinf", "asinh", "asinhf", "asm",
    "assert", "atan", "atan2", "atan2f", "atanf", "atanh", "atanhf", "atomic", "auto", "bitand",
    "bitor", "bool", "break", "case", "catch", "cbrt", "cbrtf", "ceil", "ceilf", "char", "class",
    "co_await", "co_return", "co_yield", "compl", "complex", "concept", "const", "const_cast",
    "consteval", "constexpr", "constinit", "continue", "copysign", "copysignf", "cos", "cosf",
    "cosh", "coshf", "decltype", "default", "delete", "div_t", "do", "double", "dynamic_cast",
    "else", "enum", "erf", "erfc", "erfcf", "erff", "errno", "exp", "exp10", "exp10f", "exp2",
    "exp2f", "expf", "explicit", "expm1", "expm1f", "export", "extern", "fabs", "fabsf", "false",
    "fdim", "fdimf", "float", "floor", "floorf", "fma", "fmaf", "fmax", "fmaxf", "fmin", "fminf",
    "fmod", "fmodf", "for", "fpclassify", "free", "frexp", "frexpf", "friend", "goto", "hypot",
    "hypotf", "i386", "if", "ilogb", "ilogbf", "imaginary", "inline", "int", "isfinite",
    "isgreater", "isgreaterequal", "isinf", "isinff", "isless", "islessequal", "islessgreater",
    "isnan", "isnanf", "isnormal", "isunordered", "j0", "j1", "jn", "ldexp", "ldexpf", "lgamma",
    "lgammaf", "linux", "llrint", "llrintf", "llround", "llroundf", "log", "log10", "log10f",
    "log1p", "log1pf", "log2", "log2f", "logb", "logbf", "logf", "long", "lrint", "lrintf",
    "lround", "lroundf", "main", "malloc", "memcpy", "mips", "modf", "modff", "mutable",
    "namespace", "nan", "nanf", "nearbyint", "nearbyintf", "new", "nextafter", "nextafterf",
    "nexttoward", "noexcept", "noreturn", "not", "not_eq", "nullptr", "operator", "or", "or_eq",
    "pow", "powf", "private", "protected", "pthread", "public", "register", "reinterpret_cast",
    "remainder", "remainderf", "remquo", "requires", "restrict", "return", "rint", "rintf", "round",
    "roundf", "scalb", "scalbf", "scalbln", "scalbn", "scalbnf", "short", "signbit", "signed",
    "sin", "sinf", "sinh", "sinhf", "sizeof", "sparc", "sqrt", "sqrtf", "static", "static_assert",
    "static_cast", "stderr", "stdin", "stdout", "struct", "switch", "synchronized", "tan", "tanf",
    "tanh", "tanhf", "template", "tgamma", "tgammaf", "this", "thread_local", "throw", "true",
    "trunc", "truncf", "try", "typedef", "typeid", "typename", "typeof", "union", "unix",
    "unsigned", "using", "vax", "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
    "y0", "y1", "yn",
];

/// Functions of the C library that printed code does not call: in the way of functions only.
/// Sorted, for binary search.
#[rustfmt::skip]
const LIBRARY: &[&str] = &[
    "abort", "abs", "accept", "access", "alarm", "alloca", "atexit", "atof", "atoi", "atol", "bcmp",
    "bcopy", "bind", "brk", "bsearch", "bzero", "calloc", "chdir", "chmod", "chown", "close",
    "connect", "creat", "ctime", "daemon", "div", "dprintf", "drem", "dup", "environ", "err",
    "errx", "execv", "exit", "fchmod", "fclose", "fdopen", "feof", "ferror", "fflush", "ffs",
    "fgetc", "fgets", "fileno", "finite", "finitef", "fopen", "fork", "fprintf", "fputc", "fputs",
    "fread", "freopen", "fscanf", "fseek", "fsync", "ftell", "ftruncate", "fwrite", "gamma", "getc",
    "getchar", "getcwd", "getenv", "getpid", "getppid", "gets", "getuid", "index", "ioctl",
    "isalnum", "isalpha", "isatty", "isdigit", "isspace", "kill", "labs", "lchown", "ldiv", "link",
    "listen", "llabs", "lldiv", "lockf", "longjmp", "lseek", "mblen", "memccpy", "memchr", "memcmp",
    "memmove", "memset", "mkdir", "mktemp", "mmap", "mprotect", "munmap", "nice", "open", "pause",
    "perror", "pipe", "poll", "pread", "printf", "pselect", "putc", "putchar", "putenv", "puts",
    "pwrite", "qsort", "raise", "rand", "random", "read", "readlink", "realloc", "recv", "remove",
    "rename", "rewind", "rindex", "rmdir", "sbrk", "scanf", "select", "send", "setbuf", "setenv",
    "setjmp", "shutdown", "signal", "signgam", "significand", "sleep", "snprintf", "socket",
    "sprintf", "srand", "srandom", "sscanf", "stat", "strcat", "strchr", "strcmp", "strcpy",
    "strdup", "strerror", "strlen", "strncpy", "strtod", "strtol", "symlink", "sync", "sysconf",
    "system", "time", "tmpfile", "tolower", "toupper", "truncate", "ungetc", "unlink", "usleep",
    "utime", "vfork", "vprintf", "wait", "warn", "warnx", "write",
];

/// Beginnings of the macros of `<stdint.h>`, `<math.h>`, `<limits.h>`, `<float.h>`, of names that
/// belong to the compiler, and of the printer's own helpers.
const RESERVED_PREFIXES: &[&str] = &[
    "_", "tir_", "TIR_", "INT8", "INT16", "INT32", "INT64", "INT_", "INTMAX", "INTPTR", "UINT8",
    "UINT16", "UINT32", "UINT64", "UINT_", "UINTMAX", "UINTPTR", "FP_", "M_", "SIZE_", "PTRDIFF_",
    "WCHAR_", "WINT_", "SIG_", "FLT_", "DBL_", "LDBL_",
];

/// `name` as a C identifier that means nothing yet: characters other than letters, digits and
/// underscores become `_`, reserved names get `v` in front or `_` behind.
pub fn sanitize(name: &str) -> String {
    let keep = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
    let mut out: String = name.chars().take(MAX_LEN).map(keep).collect();
    let bad_start = |s: &str| RESERVED_PREFIXES.iter().any(|p| s.starts_with(p));
    if out.is_empty() || out.as_bytes()[0].is_ascii_digit() || bad_start(&out) {
        out.insert(0, 'v');
    }
    // Types of the C library, and the macros of the header that is emitted.
    let bad_end = ["_t", "_WORKSPACE_SIZE"].iter().any(|end| out.ends_with(end));
    if bad_end || RESERVED.binary_search(&out.as_str()).is_ok() {
        out.push('_');
    }
    out
}

/// [`sanitize`] for functions, which share their names with the whole C library.
pub fn sanitize_function(name: &str) -> String {
    let mut out = sanitize(name);
    if LIBRARY.binary_search(&out.as_str()).is_ok() {
        out.push('_');
    }
    out
}

/// Names by scope: an inner scope may not reuse a name of an outer one, siblings may share.
#[derive(Debug, Default)]
pub struct NameTable {
    /// How often a name is in use in the open scopes.
    used: FxHashSet<String>,
    /// Names introduced by each open scope.
    scopes: Vec<Vec<String>>,
    /// Where the search for a free number starts, for names that collide often.
    next: FxHashMap<String, u32>,
}

impl NameTable {
    /// A table with one scope, in which the names of `taken` are in use.
    pub fn new(taken: impl IntoIterator<Item = String>) -> NameTable {
        let used = taken.into_iter().collect();
        NameTable { used, scopes: vec![Vec::new()], next: FxHashMap::default() }
    }

    /// Opens a scope.
    pub fn push_scope(&mut self) {
        self.scopes.push(Vec::new());
    }

    /// Closes the innermost scope; its names are free again.
    pub fn pop_scope(&mut self) {
        for name in self.scopes.pop().expect("an open scope") {
            self.used.remove(&name);
        }
    }

    /// A free C name like `wanted`, taken in the innermost scope.
    pub fn fresh(&mut self, wanted: &str) -> String {
        let base = sanitize(wanted);
        let mut name = base.clone();
        if self.used.contains(&name) {
            let mut number = self.next.get(&base).copied().unwrap_or(1);
            loop {
                name = format!("{base}_{number}");
                if !self.used.contains(&name) {
                    break;
                }
                number += 1;
            }
            // Restarting from 1 each time would be quadratic; siblings still share small numbers.
            if number > 64 {
                self.next.insert(base, number);
            }
        }
        self.used.insert(name.clone());
        self.scopes.last_mut().expect("an open scope").push(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(RESERVED.windows(2).all(|w| w[0] < w[1]));
        assert!(LIBRARY.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn names_are_identifiers_of_nobody_else() {
        for bad in ["register", "exp", "", "1x", "é", "a b", "x); system(\"", "__GNUC__", "size_t"]
        {
            let name = sanitize(bad);
            assert_eq!(sanitize(&name), name);
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "{name}");
            assert!(!name.as_bytes()[0].is_ascii_digit());
        }
        assert_eq!(sanitize("v_i"), "v_i");
        assert_eq!(sanitize("C"), "C");
        assert_eq!(sanitize("index"), "index");
        assert_eq!(sanitize_function("index"), "index_");
    }

    #[test]
    fn siblings_share_names() {
        let mut names = NameTable::new(["f".to_string()]);
        assert_eq!(names.fresh("f"), "f_1");
        names.push_scope();
        assert_eq!(names.fresh("i"), "i");
        assert_eq!(names.fresh("i"), "i_1");
        names.pop_scope();
        assert_eq!(names.fresh("i"), "i");
    }
}
