//! `main.c`: a program that calls every function once and prints what it wrote.

use super::Emission;
use super::header::workspace_macro;
use crate::c::checked::{CheckedEntry, EntryParamKind};
use crate::c::ctype::{c_type, is_half};
use tirade_ir::args::{Layout, Role, Sizes, roles};
use tirade_ir::{DType, Param, ParamKind, PrimFunc, Var};

const START: &str = "\
/* Calls every function with small made-up inputs, and prints a hash of what it wrote. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

";

const HASH: &str = "\
/* FNV-1a. */
static uint32_t hash(const void *data, size_t size) {
  const unsigned char *const bytes = (const unsigned char *)data;
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < size; ++i) h = (h ^ bytes[i]) * 16777619u;
  return h;
}

/* Zeroed memory; the program ends if there is none. */
static void *memory(size_t size) {
  void *const found = calloc(size == 0 ? 1 : size, 1);
  if (found == NULL) {
    fputs(\"out of memory\\n\", stderr);
    exit(1);
  }
  return found;
}

";

/// The program's text.
pub(super) fn print(emission: &Emission) -> String {
    let mut text = format!("{START}#include \"{}.h\"\n\n{HASH}", emission.name);
    let mut calls = String::new();
    for func in emission.functions() {
        let entry = emission.printed.checked.iter().find(|e| e.func == func.name);
        let entry = entry.expect("one entry a function");
        match call(emission, func, entry) {
            Some(function) => {
                text += &format!("{function}\n");
                calls += &format!("  failures += example_{}();\n", emission.c_name(func));
            }
            None => {
                text += &format!("/* {} takes arguments that only you know. */\n\n", entry.name)
            }
        }
    }
    text + &format!("int main(void) {{\n  int failures = 0;\n{calls}  return failures;\n}}\n")
}

/// A function that calls one entry; `None` if it takes something that cannot be made up.
fn call(emission: &Emission, func: &PrimFunc, entry: &CheckedEntry) -> Option<String> {
    let signature = &emission.printed.signatures[&func.name];
    let sizes = made_up_sizes(func);
    let roles = roles(emission.module, func);
    let (mut before, mut after, mut args) = (String::new(), String::new(), Vec::new());
    for param in &entry.params {
        let name = &param.name;
        match param.kind {
            EntryParamKind::Buffer(i) => {
                let (make, bytes) = buffer(&func.params[i], name, roles[i], &sizes)?;
                before += &make;
                args.extend([name.clone(), bytes.to_string()]);
                if roles[i] != Role::Input {
                    after += &format!(
                        "  printf(\"{}: {name} %08\" PRIx32 \"\\n\", hash({name}, {bytes}));\n",
                        emission.c_name(func)
                    );
                }
                after += &format!("  free({name});\n");
            }
            EntryParamKind::Pointer(_) => return None,
            EntryParamKind::Scalar(i) => args.push(scalar(func.params[i].var, &sizes)),
            EntryParamKind::Size(i) => args.push(scalar(signature.sizes[i], &sizes)),
            EntryParamKind::Workspace => {
                let bytes = match signature.sized_workspace {
                    false => workspace_macro(&signature.c_name),
                    true => {
                        let numbers = entry.params.iter().filter_map(|p| match p.kind {
                            EntryParamKind::Scalar(i) => Some(func.params[i].var),
                            EntryParamKind::Size(i) => Some(signature.sizes[i]),
                            _ => None,
                        });
                        let numbers: Vec<String> = numbers.map(|v| scalar(v, &sizes)).collect();
                        format!("{}_workspace_size({})", signature.c_name, numbers.join(", "))
                    }
                };
                before += &format!("  void *const {name} = memory((size_t){bytes});\n");
                args.extend([name.clone(), bytes]);
                after += &format!("  free({name});\n");
            }
            EntryParamKind::Result => {
                before += &format!("  {} {name} = 0;\n", c_type(func.ret_dtype)?);
                args.push(format!("&{name}"));
            }
        }
    }
    let (checked, c_name) = (&entry.name, emission.c_name(func));
    Some(format!(
        "static int example_{c_name}(void) {{\n{before}  \
         const int32_t error = {checked}({});\n{after}  \
         if (error != TIR_OK) printf(\"{c_name}: error %\" PRId32 \"\\n\", error);\n  \
         return error != TIR_OK;\n}}\n",
        args.join(", ")
    ))
}

/// Small sizes for everything that has a symbolic one; scalar parameters are 4.
fn made_up_sizes(func: &PrimFunc) -> Sizes {
    let mut sizes = Sizes::default();
    for param in func.params.iter().filter(|p| matches!(p.kind, ParamKind::Scalar)) {
        sizes.set(param.var, 4);
    }
    sizes.choose(func);
    for var in tirade_ir::args::size_vars(func) {
        if sizes.get(var).is_none() {
            sizes.set(var, 0);
        }
    }
    sizes
}

/// Lines that make an array, filled if it is read, and its bytes.
fn buffer(param: &Param, name: &str, role: Role, sizes: &Sizes) -> Option<(String, usize)> {
    let buffer = param.buffer()?;
    let layout = Layout::of(param, buffer, sizes).ok()?;
    let element = buffer.dtype.element();
    let c_type = c_type(element)?;
    let bytes = layout.len.checked_mul(layout.element_bytes)?;
    let mut text = format!("  {c_type} *const {name} = ({c_type} *)memory({bytes});\n");
    if role != Role::Output {
        let count = bytes / element.bytes();
        let value = match element {
            // 1.0 in both: their bits differ, a number's would mean something else.
            _ if element == DType::BFLOAT16 => "0x3f80".to_string(),
            _ if is_half(element) => "0x3c00".to_string(),
            _ if element.is_bool() => format!("({c_type})(i % 2)"),
            _ => format!("({c_type})(i % 7)"),
        };
        text += &format!("  for (size_t i = 0; i < {count}; ++i) {name}[i] = {value};\n");
    }
    Some((text, bytes))
}

fn scalar(var: Var, sizes: &Sizes) -> String {
    sizes.get(var).unwrap_or(4).to_string()
}
