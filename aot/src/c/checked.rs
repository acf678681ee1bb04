//! Entries that check their arguments before they call the function.
//!
//! ```c
//! int32_t scale_checked(const float *A, uint64_t A_size, float *B, uint64_t B_size) {
//!   int32_t status = tir_check(A, A_size, 64, 4);
//!   if (status == TIR_OK) status = tir_check(B, B_size, 64, 4);
//!   if (status == TIR_OK && tir_overlap(A, 64, B, 64)) status = TIR_OVERLAP;
//!   if (status != TIR_OK) return status;
//!   scale(A, B);
//!   return TIR_OK;
//! }
//! ```

use crate::c::ctype::c_type;
use crate::c::func::FuncPrinter;
use crate::c::literal::int_literal;
use crate::c::memory::constant_len;
use crate::c::prelude::Needs;
use crate::error::Result;
use tirade_ir::{Buffer, DType, ParamKind, Symbol};

/// Name of the array that the checked entries share, if they have one.
pub const ARENA: &str = "tir_arena";

/// How the workspace, which holds every type of element, has to be aligned.
const WORKSPACE_ALIGNMENT: u64 = 8;

/// A parameter of a checked entry.
#[derive(Clone, Debug)]
pub struct EntryParam {
    /// The C name.
    pub name: String,
    /// What it is.
    pub kind: EntryParamKind,
}

/// What a parameter of a checked entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryParamKind {
    /// Memory of a buffer, by the index of the function's parameter; its bytes follow.
    Buffer(usize),
    /// A pointer to memory of unknown size, by the index of the function's parameter.
    Pointer(usize),
    /// A scalar, by the index of the function's parameter.
    Scalar(usize),
    /// A size, by its index among the function's sizes.
    Size(usize),
    /// Memory to work in; its bytes follow.
    Workspace,
    /// Where the result goes.
    Result,
}

/// A printed entry that checks its arguments.
#[derive(Clone, Debug)]
pub struct CheckedEntry {
    /// The function in the script.
    pub func: Symbol,
    /// The C name.
    pub name: String,
    /// Declaration without the semicolon.
    pub prototype: String,
    /// Definition.
    pub text: String,
    /// The parameters.
    pub params: Vec<EntryParam>,
}

impl FuncPrinter<'_> {
    /// The entry of the function that checks its arguments, and what it needs in front of it.
    pub fn checked_entry(mut self) -> Result<(CheckedEntry, Needs)> {
        let name = self.module.fresh_global(&format!("{}_checked", self.signature.c_name));
        // The kernel's parameters come first, so that both functions name them alike.
        let declarations = self.parameters()?;
        let mut declarations = declarations.into_iter().map(|d| d.replace("restrict ", ""));
        let mut list = Vec::new();
        let mut params = Vec::new();
        let mut args = Vec::new();
        let mut checks = Vec::new();
        let mut extents: Vec<(String, String, bool)> = Vec::new();
        let func = self.func;
        for (index, param) in func.params.iter().enumerate() {
            list.extend(declarations.next());
            let data = param.buffer().map_or(param.var, |b| b.data);
            let c_name = self.vars[&data.id].clone();
            let kind = match &param.kind {
                ParamKind::Scalar => EntryParamKind::Scalar(index),
                ParamKind::Pointer(_) => {
                    checks.push(self.check(&c_name, "1", "1", 1));
                    EntryParamKind::Pointer(index)
                }
                ParamKind::Buffer(buffer) => {
                    let size = self.names.fresh(&format!("{c_name}_size"));
                    list.push(format!("uint64_t {size}"));
                    let needed = self.needed(buffer)?;
                    let alignment = buffer.dtype.element().bytes() as u64;
                    checks.push(self.check(&c_name, &size, &needed, alignment));
                    extents.push((c_name.clone(), needed, self.facts.written.contains(&data.id)));
                    EntryParamKind::Buffer(index)
                }
            };
            args.push(c_name.clone());
            params.push(EntryParam { name: c_name, kind });
        }
        for (index, var) in self.signature.sizes.iter().enumerate() {
            list.extend(declarations.next());
            let name = self.vars[&var.id].clone();
            args.push(name.clone());
            params.push(EntryParam { name, kind: EntryParamKind::Size(index) });
        }
        if self.signature.takes_workspace() {
            args.push(self.workspace(&mut list, &mut params, &mut checks));
        }
        checks.extend(self.overlaps(&extents));
        let call = self.call_kernel(args, &mut list, &mut params, &mut checks);
        let list = if list.is_empty() { vec!["void".into()] } else { list };
        let prototype = self.break_list(format!("int32_t {name}("), &list);
        self.checks(&checks);
        call.iter().for_each(|line| self.line(line));
        let text = format!("{prototype} {{\n{}}}\n", self.out);
        let entry = CheckedEntry { func: func.name, name, prototype, text, params };
        Ok((entry, self.needs))
    }

    /// A check of memory: an expression of its status.
    fn check(&mut self, pointer: &str, size: &str, needed: &str, alignment: u64) -> String {
        let check = self.needs.helper("tir_check");
        format!("{check}({pointer}, {size}, {needed}, {alignment})")
    }

    /// The bytes that a buffer takes.
    fn needed(&mut self, buffer: &Buffer) -> Result<String> {
        let width = buffer.dtype.element().bytes() as u64;
        if let Some(bytes) = constant_len(buffer).and_then(|n| n.checked_mul(width)) {
            return Ok(size_literal(bytes));
        }
        let extent = self.needs.helper("tir_extent");
        if buffer.strides.is_empty() && buffer.elem_offset.iter().all(|o| o.is_int(0)) {
            return Ok(format!("{extent}({}, {width})", self.run_time_len(buffer)?));
        }
        let strides = match buffer.strides.is_empty() {
            true => crate::pass::index::compact_strides(&buffer.shape),
            false => buffer.strides.to_vec(),
        };
        let mut elements = match &buffer.elem_offset {
            Some(offset) => format!("1u + (uint64_t)({})", self.expr(offset)?.text),
            None => "1".into(),
        };
        let span = self.needs.helper("tir_span");
        for (extent, stride) in buffer.shape.iter().zip(&strides) {
            let (extent, stride) = (self.expr(extent)?.text, self.expr(stride)?.text);
            elements = format!("{span}({elements}, {extent}, {stride})");
        }
        let width = width * u64::from(buffer.dtype.lanes());
        Ok(format!("{extent}({elements}, {width})"))
    }

    /// The argument for the workspace: a parameter that is checked, or the array of all entries.
    fn workspace(
        &mut self,
        list: &mut Vec<String>,
        params: &mut Vec<EntryParam>,
        checks: &mut Vec<String>,
    ) -> String {
        if self.module.options.static_workspace && !self.signature.sized_workspace {
            return format!("{ARENA}.bytes");
        }
        let name = self.workspace.clone();
        let size = self.names.fresh(&format!("{name}_size"));
        list.push(format!("void *{name}"));
        list.push(format!("uint64_t {size}"));
        params.push(EntryParam { name: name.clone(), kind: EntryParamKind::Workspace });
        let needed = match self.signature.sized_workspace {
            false => format!("{}_WORKSPACE_SIZE", self.signature.c_name).to_ascii_uppercase(),
            true => {
                let scalars =
                    self.func.params.iter().filter(|p| matches!(p.kind, ParamKind::Scalar));
                let vars = scalars.map(|p| p.var).chain(self.signature.sizes.iter().copied());
                let names: Vec<String> = vars.map(|v| self.vars[&v.id].clone()).collect();
                format!("{}_workspace_size({})", self.signature.c_name, names.join(", "))
            }
        };
        checks.push(self.check(&name, &size, &needed, WORKSPACE_ALIGNMENT));
        format!("(unsigned char *){name}")
    }

    /// Checks that what is written overlaps nothing, if the function relies on it.
    fn overlaps(&mut self, extents: &[(String, String, bool)]) -> Vec<String> {
        let mut found = Vec::new();
        if !self.noalias() {
            return found;
        }
        for (i, (a, a_size, a_written)) in extents.iter().enumerate() {
            for (b, b_size, b_written) in &extents[i + 1..] {
                if *a_written || *b_written {
                    let overlap = self.needs.helper("tir_overlap");
                    let test = format!("{overlap}({a}, {a_size}, {b}, {b_size})");
                    found.push(format!("{test} ? TIR_OVERLAP : TIR_OK"));
                }
            }
        }
        found
    }

    /// The lines that call the function and return.
    fn call_kernel(
        &mut self,
        mut args: Vec<String>,
        list: &mut Vec<String>,
        params: &mut Vec<EntryParam>,
        checks: &mut Vec<String>,
    ) -> Vec<String> {
        let c_name = &self.signature.c_name;
        let has_result = !self.signature.ret_dtype.is_void();
        let mut result = self.result.clone();
        if has_result {
            if result.is_empty() {
                result = self.names.fresh("result");
            }
            let c_type = c_type(self.signature.ret_dtype).unwrap_or("int32_t");
            list.push(format!("{c_type} *{result}"));
            params.push(EntryParam { name: result.clone(), kind: EntryParamKind::Result });
            let bytes = self.signature.ret_dtype.bytes() as u64;
            let check = self.needs.helper("tir_check");
            checks.push(format!("{check}({result}, {bytes}, {bytes}, {bytes})"));
        }
        match (self.signature.can_fail, has_result) {
            (true, with_result) => {
                args.extend(with_result.then_some(result));
                vec![format!("return {c_name}({});", args.join(", "))]
            }
            (false, true) => {
                vec![format!("*{result} = {c_name}({});", args.join(", ")), "return TIR_OK;".into()]
            }
            (false, false) => {
                vec![format!("{c_name}({});", args.join(", ")), "return TIR_OK;".into()]
            }
        }
    }

    /// One check after the other, up to the first that fails.
    fn checks(&mut self, checks: &[String]) {
        let Some((first, others)) = checks.split_first() else { return };
        let status = self.names.fresh("status");
        self.line(&format!("int32_t {status} = {first};"));
        for check in others {
            match check.strip_suffix(" ? TIR_OVERLAP : TIR_OK") {
                Some(test) => {
                    self.line(&format!(
                        "if ({status} == TIR_OK && {test}) {status} = TIR_OVERLAP;"
                    ));
                }
                None => self.line(&format!("if ({status} == TIR_OK) {status} = {check};")),
            }
        }
        self.line(&format!("if ({status} != TIR_OK) return {status};"));
    }
}

/// A number of bytes as a C literal.
fn size_literal(bytes: u64) -> String {
    match i32::try_from(bytes) {
        Ok(small) => small.to_string(),
        Err(_) => int_literal(bytes.into(), DType::UINT64),
    }
}
