//! C for external toolchains: a folder that any C99 compiler builds.
//!
//! ```text
//! kernel.c          the functions, as plain C
//! kernel_checked.c  entries that check their arguments before they call the functions
//! kernel_data.c     large constants, if there are any
//! kernel.h          all declarations, for C and C++
//! main.c            an example that calls every function, if asked for
//! CMakeLists.txt    Makefile    manifest.json
//! ```

pub mod build_files;
mod example;
mod header;
mod manifest;

use crate::c::memory::MemoryOptions;
use crate::c::module::{CModule, Parallel, PrintOptions, print_module};
use crate::c::names::sanitize;
use crate::c::parallel::LEAST_WORK;
use crate::error::Result;
use crate::pass;
use crate::run::ALLOC_LIMIT;
use tirade_ir::{IRModule, PrimFunc, SourceMap};

/// Constants of at least so many bytes stand in a file of their own.
const DATA_FILE: u64 = 1024;

/// What the code may count on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Profile {
    /// The C library.
    #[default]
    Hosted,
    /// What C compilers bring themselves, and `<math.h>` where a function of it is called.
    Freestanding,
}

/// Where memory comes from that is too large for the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Workspace {
    /// The caller of the checked entry gives it.
    #[default]
    Caller,
    /// The checked entries share a static array.
    Static,
}

/// What to write for external toolchains.
#[derive(Clone, Debug)]
pub struct EmitOptions<'a> {
    /// The scripts, for comments.
    pub sources: Option<&'a SourceMap>,
    /// What the files are called, without their endings.
    pub name: String,
    /// What the code may count on.
    pub profile: Profile,
    /// Where large memory comes from.
    pub workspace: Workspace,
    /// Bytes of the stack that a function's arrays may take together.
    pub max_stack: u64,
    /// Memory whose size only the running program knows may come from `malloc`.
    pub heap: bool,
    /// What runs parallel loops.
    pub parallel: Parallel,
    /// Write a program that calls every function.
    pub example: bool,
}

impl Default for EmitOptions<'_> {
    fn default() -> Self {
        EmitOptions {
            sources: None,
            name: "kernel".into(),
            profile: Profile::default(),
            workspace: Workspace::default(),
            max_stack: 16 << 10,
            heap: false,
            parallel: Parallel::None,
            example: false,
        }
    }
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmittedFile {
    /// Its name, without a folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What the parts of the folder are made from.
struct Emission<'a> {
    module: &'a IRModule,
    printed: &'a CModule,
    options: &'a EmitOptions<'a>,
    /// What the files are called, without their endings: a C identifier.
    name: &'a str,
}

impl<'a> Emission<'a> {
    /// The public functions.
    fn functions(&self) -> impl Iterator<Item = &'a PrimFunc> {
        self.module.functions().map(|f| &**f).filter(|f| !f.private)
    }

    /// The C name of a function.
    fn c_name(&self, func: &PrimFunc) -> &'a str {
        &self.printed.signatures[&func.name].c_name
    }

    /// The C files, in the order in which they are compiled.
    fn sources(&self) -> Vec<String> {
        let mut names = vec![format!("{}.c", self.name), format!("{}_checked.c", self.name)];
        if !self.printed.data.is_empty() {
            names.push(format!("{}_data.c", self.name));
        }
        names
    }

    fn uses_math(&self) -> bool {
        self.printed.headers.contains("math.h")
    }

    /// What threads are made with; `None` if no loop is shared.
    fn parallel(&self) -> Parallel {
        let shares = |mark: &str| self.printed.text.contains(mark);
        match self.options.parallel {
            Parallel::Pthreads if shares("tir_parallel_for(") => Parallel::Pthreads,
            Parallel::OpenMp if shares("#pragma omp ") => Parallel::OpenMp,
            _ => Parallel::None,
        }
    }
}

/// Prints `module` for external toolchains.
pub fn emit_c(module: &IRModule, options: &EmitOptions) -> Result<Vec<EmittedFile>> {
    let lowered = pass::lower(module)?;
    let name = sanitize(&options.name);
    let header = format!("{name}.h");
    let print = PrintOptions {
        gnu: false,
        parallel: options.parallel,
        parallel_work: LEAST_WORK,
        entries: false,
        alloc_limit: ALLOC_LIMIT,
        sources: options.sources,
        header: Some(&header),
        freestanding: options.profile == Profile::Freestanding,
        memory: MemoryOptions {
            stack_array: options.max_stack,
            stack_total: options.max_stack,
            heap: options.heap,
            thread_scratch: options.heap && options.parallel == Parallel::Pthreads,
        },
        data_file: Some(DATA_FILE),
        static_workspace: options.workspace == Workspace::Static,
    };
    let printed = print_module(&lowered, &print)?;
    let emission = Emission { module: &lowered, printed: &printed, options, name: &name };
    let mut files = vec![
        (format!("{name}.c"), printed.text.clone()),
        (header.clone(), header::print(&emission)),
        (format!("{name}_checked.c"), printed.checked_text.clone()),
    ];
    if !printed.data.is_empty() {
        files.push((format!("{name}_data.c"), data_file(&printed)));
    }
    if options.example {
        files.push(("main.c".into(), example::print(&emission)));
    }
    files.push(("CMakeLists.txt".into(), build_files::cmake(&emission)));
    files.push(("Makefile".into(), build_files::makefile(&emission)));
    files.push(("manifest.json".into(), manifest::print(&emission)));
    Ok(files.into_iter().map(|(name, text)| EmittedFile { name, text }).collect())
}

/// The file with the large constants.
fn data_file(printed: &CModule) -> String {
    let headers: Vec<&str> = match printed.data.iter().any(|d| d.definition.contains("INFINITY")) {
        true => vec!["math.h", "stdint.h"],
        false => vec!["stdint.h"],
    };
    let mut text: String = headers.iter().map(|h| format!("#include <{h}>\n")).collect();
    for array in &printed.data {
        text += &format!("\n{}{}", array.declaration, array.definition);
    }
    text
}
