//! `manifest.json`: what a build script or a binding generator has to know.

use super::{Emission, Profile};
use crate::c::checked::EntryParamKind;
use crate::c::ctype::c_type;
use crate::c::memory::constant_len;
use crate::c::module::Status;
use serde_json::{Map, Value, json};
use tirade_ir::args::{Role, array_names, roles};
use tirade_ir::print::{PrintOptions, print_expr};
use tirade_ir::{Buffer, DType, ParamKind, PrimExpr, PrimFunc};

/// The text of the manifest.
pub(super) fn print(emission: &Emission) -> String {
    let printed = emission.printed;
    let status: Map<String, Value> =
        Status::ALL.iter().map(|(name, value)| (name.to_string(), json!(value))).collect();
    let assertions: Vec<&str> = printed.assertions.iter().map(|a| a.message.as_str()).collect();
    let functions: Vec<Value> = emission.functions().map(|f| function(emission, f)).collect();
    let object = json!({
        "format": 1,
        "name": emission.name,
        "profile": match emission.options.profile {
            Profile::Hosted => "hosted",
            Profile::Freestanding => "freestanding",
        },
        "header": format!("{}.h", emission.name),
        "sources": emission.sources(),
        "headers": printed.headers,
        "libraries": if emission.uses_math() { vec!["m"] } else { vec![] },
        "status": status,
        "assertions": assertions,
        "functions": functions,
    });
    format!("{object:#}\n")
}

fn function(emission: &Emission, func: &PrimFunc) -> Value {
    let printed = emission.printed;
    let signature = &printed.signatures[&func.name];
    let entry = printed.checked.iter().find(|e| e.func == func.name).expect("one entry a function");
    let prototype =
        printed.prototypes.iter().find(|p| p.func == func.name).expect("one prototype a function");
    let roles = roles(emission.module, func);
    let mut params = Vec::new();
    for param in &entry.params {
        params.push(match param.kind {
            EntryParamKind::Buffer(i) | EntryParamKind::Pointer(i) | EntryParamKind::Scalar(i) => {
                parameter(func, i, &param.name, roles[i])
            }
            EntryParamKind::Size(i) => {
                let var = signature.sizes[i];
                json!({
                    "name": var.name.as_str(), "c_name": param.name, "kind": "size",
                    "dtype": var.dtype.to_string(), "c_type": c_type(var.dtype),
                })
            }
            EntryParamKind::Workspace => json!({ "c_name": param.name, "kind": "workspace" }),
            EntryParamKind::Result => json!({
                "c_name": param.name, "kind": "result",
                "dtype": func.ret_dtype.to_string(), "c_type": c_type(func.ret_dtype),
            }),
        });
    }
    json!({
        "name": func.name.as_str(),
        "c_name": signature.c_name,
        "checked": entry.name,
        "prototype": one_line(&prototype.text),
        "returns_status": signature.can_fail,
        "workspace": match &prototype.workspace_size {
            Some(_) => json!(format!("{}_workspace_size", signature.c_name)),
            None => json!(signature.workspace),
        },
        "params": params,
    })
}

fn parameter(func: &PrimFunc, index: usize, c_name: &str, role: Role) -> Value {
    let param = &func.params[index];
    let role = match role {
        Role::Input => "in",
        Role::Output => "out",
        Role::InOut => "inout",
    };
    match &param.kind {
        ParamKind::Scalar => json!({
            "name": param.var.name.as_str(), "c_name": c_name, "kind": "scalar",
            "dtype": param.var.dtype.to_string(), "c_type": c_type(param.var.dtype),
        }),
        ParamKind::Pointer(_) => json!({
            "name": param.var.name.as_str(), "c_name": c_name, "kind": "pointer", "role": role,
        }),
        ParamKind::Buffer(buffer) => json!({
            "name": array_names(param)[0], "c_name": c_name, "kind": "buffer", "role": role,
            "dtype": buffer.dtype.to_string(), "c_type": c_type(buffer.dtype.element()),
            "shape": buffer.shape.iter().map(extent).collect::<Vec<_>>(),
            "bytes": bytes(buffer),
        }),
    }
}

/// A number, or the expression of a size.
fn extent(expr: &PrimExpr) -> Value {
    match expr.as_int().and_then(|n| i64::try_from(n).ok()) {
        Some(n) => json!(n),
        None => json!(print_expr(expr, &PrintOptions::default()).text),
    }
}

/// The bytes of a buffer of constant size.
fn bytes(buffer: &Buffer) -> Value {
    let width = |dtype: DType| dtype.element().bytes() as u64;
    json!(constant_len(buffer).and_then(|n| n.checked_mul(width(buffer.dtype))))
}

fn one_line(prototype: &str) -> String {
    prototype.split_whitespace().collect::<Vec<_>>().join(" ")
}
