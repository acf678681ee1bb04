//! `CMakeLists.txt` and `Makefile`.

use super::Emission;
use crate::c::module::Parallel;
use tirade_ir::Op;
use tirade_ir::op::CSpelling;

/// Functions of `<math.h>` that every compiler gives exactly, so that it may know them.
const EXACT: &[&str] = &[
    "ceil",
    "fabs",
    "floor",
    "fma",
    "fmod",
    "nearbyint",
    "rint",
    "round",
    "sqrt",
    "trunc",
    "copysign",
];

/// Options that keep gcc and clang from changing values: no fused products and sums, no math
/// functions evaluated by the compiler.
pub fn exact_options() -> Vec<String> {
    let mut options = vec!["-ffp-contract=off".to_string()];
    for op in Op::ALL {
        let CSpelling::Libm(name) = op.info().c else { continue };
        if !EXACT.contains(&name) {
            options.push(format!("-fno-builtin-{name}"));
            options.push(format!("-fno-builtin-{name}f"));
        }
    }
    options.sort();
    options.dedup();
    options
}

/// What gcc needs besides: without it, gcc 12 takes `0.0f - (float)i` for `-(float)i`, whose zero has
/// the other sign. (Clang does not vectorise with it, and is right without.)
pub const GCC_EXACT: &str = "-frounding-math";

/// The options that matter to what is emitted.
fn options(emission: &Emission) -> Vec<String> {
    let all = exact_options();
    let used = |option: &String| match option.strip_prefix("-fno-builtin-") {
        Some(name) => emission.printed.text.contains(&format!("{name}(")),
        None => true,
    };
    all.into_iter().filter(used).collect()
}

/// The text of `CMakeLists.txt`.
pub(super) fn cmake(emission: &Emission) -> String {
    let name = emission.name;
    let mut text = format!(
        "cmake_minimum_required(VERSION 3.10)\nproject({name} C)\n\n\
         add_library({name} STATIC {})\n\
         target_include_directories({name} PUBLIC ${{CMAKE_CURRENT_SOURCE_DIR}})\n\
         set_target_properties({name} PROPERTIES\n  \
         C_STANDARD 99 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)\n\
         if(CMAKE_C_COMPILER_ID MATCHES \"GNU|Clang\")\n  \
         target_compile_options({name} PRIVATE {})\nendif()\n\
         if(CMAKE_C_COMPILER_ID STREQUAL \"GNU\")\n  \
         target_compile_options({name} PRIVATE {GCC_EXACT})\nendif()\n",
        emission.sources().join(" "),
        options(emission).join(" ")
    );
    if emission.uses_math() {
        text += &format!("target_link_libraries({name} PUBLIC m)\n");
    }
    let threads = match emission.parallel() {
        Parallel::None => None,
        Parallel::Pthreads => Some(("Threads", "Threads::Threads")),
        Parallel::OpenMp => Some(("OpenMP", "OpenMP::OpenMP_C")),
    };
    if let Some((package, library)) = threads {
        text += &format!(
            "find_package({package} REQUIRED)\ntarget_link_libraries({name} PUBLIC {library})\n"
        );
    }
    if emission.options.example {
        text += &format!(
            "\nadd_executable({name}_example main.c)\n\
             target_link_libraries({name}_example PRIVATE {name})\n"
        );
    }
    text
}

/// The text of `Makefile`.
pub(super) fn makefile(emission: &Emission) -> String {
    let name = emission.name;
    let objects: Vec<String> = emission.sources().iter().map(|s| s.replace(".c", ".o")).collect();
    let math = if emission.uses_math() { " -lm" } else { "" };
    let threads = match emission.parallel() {
        Parallel::None => "",
        Parallel::Pthreads => " -pthread",
        Parallel::OpenMp => " -fopenmp",
    };
    let mut text = format!(
        "CC ?= cc\nAR ?= ar\nCFLAGS ?= -O2\nEXACT = -std=c99 {}{threads}\n\
         # With gcc; clang does without: make GNU=\n\
         GNU ?= {GCC_EXACT}\nOBJECTS = {}\n\n",
        options(emission).join(" "),
        objects.join(" ")
    );
    let all = if emission.options.example { format!(" {name}_example") } else { String::new() };
    text += &format!("all: lib{name}.a{all}\n\n");
    text += &format!("lib{name}.a: $(OBJECTS)\n\t$(AR) rcs $@ $(OBJECTS)\n\n");
    text += &format!("%.o: %.c {name}.h\n\t$(CC) $(CFLAGS) $(EXACT) $(GNU) -c -o $@ $<\n\n");
    if emission.options.example {
        text += &format!("{name}_example: main.o lib{name}.a\n\t$(CC) -o $@ $^{math}{threads}\n\n");
    }
    text += &format!("clean:\n\trm -f *.o lib{name}.a {name}_example\n\n.PHONY: all clean\n");
    text
}
