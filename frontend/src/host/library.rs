//! Scripts that are part of the binary and can be imported.

/// A script of the library.
pub struct Script {
    /// The dotted path under which it is imported.
    pub path: &'static str,
    /// The name of its file, for messages.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Rows of [`SCRIPTS`]: the dotted path and the file below `frontend/library`.
macro_rules! scripts {
    ($($path:literal $file:literal)*) => {
        &[$(Script {
            path: $path,
            name: $file,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/library/", $file)),
        },)*]
    };
}

/// Every script.
static SCRIPTS: &[Script] = scripts! {
    "tirade.ops" "tirade/ops/__init__.py"
    "tirade.ops.conv" "tirade/ops/conv.py"
    "tirade.ops.dtypes" "tirade/ops/dtypes.py"
    "tirade.ops.elementwise" "tirade/ops/elementwise.py"
    "tirade.ops.fft" "tirade/ops/fft.py"
    "tirade.ops.image" "tirade/ops/image.py"
    "tirade.ops.index" "tirade/ops/index.py"
    "tirade.ops.linalg" "tirade/ops/linalg.py"
    "tirade.ops.nn" "tirade/ops/nn.py"
    "tirade.ops.operator" "tirade/ops/operator.py"
    "tirade.ops.pool" "tirade/ops/pool.py"
    "tirade.ops.reduce" "tirade/ops/reduce.py"
    "tirade.ops.scan" "tirade/ops/scan.py"
    "tirade.ops.search" "tirade/ops/search.py"
    "tirade.ops.sort" "tirade/ops/sort.py"
    "tirade.ops.vision" "tirade/ops/vision.py"
};

/// The script that `import path` runs.
pub fn script(path: &str) -> Option<&'static Script> {
    SCRIPTS.iter().find(|script| script.path == path)
}

/// True for the dotted paths that scripts stand below.
pub fn is_package(path: &str) -> bool {
    let below =
        |script: &Script| script.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    script(path).is_none() && SCRIPTS.iter().any(below)
}
