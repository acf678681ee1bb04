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

/// Every script.
static SCRIPTS: &[Script] = &[];

/// The script that `import path` runs.
pub fn script(path: &str) -> Option<&'static Script> {
    SCRIPTS.iter().find(|script| script.path == path)
}
