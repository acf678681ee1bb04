//! Reports: what went wrong, at which place of the program, in which iteration.

use crate::machine::Machine;
use crate::tree::{Func, Scope, Widen};
use tirade_ir::{Code, DType, Diagnostic, Fault, Scalar, Span};

/// Calls that a report lists one by one.
const CALLS_SHOWN: usize = 8;

/// One sentence on how to mend a program with this report.
pub fn help(code: Code) -> Option<&'static str> {
    let text = match code {
        Code::OUT_OF_BOUNDS => {
            "make the buffer larger, the loop shorter, or guard the access with a condition"
        }
        Code::UNINITIALISED => {
            "write the element before it is read; memory has no contents when it is allocated"
        }
        Code::OVERFLOW => "compute in a wider type: cast an operand to `int64` first",
        Code::DIVISION_BY_ZERO => {
            "guard the division with `T.if_then_else`, which evaluates one value only"
        }
        Code::SHIFT => "keep the count below the width of the shifted value",
        Code::CAST => "clamp the value to the range of the integer type before the cast",
        Code::BOOL => "write 0 or 1, or compare the byte with 0 instead of reading it as a bool",
        Code::CLZ => "handle 0 before counting",
        Code::RACE => "make the loop serial, or let each iteration touch elements of its own",
        Code::LANES => "give each lane an address of its own",
        Code::REGION => {
            "extend `T.reads` or `T.writes` by the element, or leave them out to have them inferred"
        }
        Code::BINDING_DOMAIN => {
            "extend the domain of the axis, or exclude the instance with `T.where`"
        }
        Code::BINDING_DUPLICATE => {
            "bind the axes so that every loop iteration has axis values of its own"
        }
        Code::INIT => {
            "let the instance in which all reduce axes are at their minimum come first, and once, for each output element"
        }
        Code::MATCH => "give the buffer the shape, strides and offset of the region it views",
        Code::ALIAS => "pass different buffers, or set the attribute `tirx.noalias` to False",
        Code::ALLOC => "allocate less, or raise the limit",
        Code::FUEL => "raise the limit of steps, if the program is meant to run that long",
        Code::ASSERT => "the condition of the program does not hold for this input",
        Code::ARGUMENT => "pass what the parameter declares",
        _ => return None,
    };
    Some(text)
}

/// What a fault of scalar arithmetic means, for operands of `dtype`.
pub fn fault_text(fault: Fault, dtype: DType) -> String {
    match fault {
        Fault::None => "nothing".into(),
        Fault::Overflow => format!("the result does not fit `{dtype}`"),
        Fault::DivisionByZero => "the divisor is 0".into(),
        Fault::Shift => {
            format!("the count is not below {}, the width of `{dtype}`", dtype.bits())
        }
        Fault::Cast => "the value has no place in the integer type".into(),
        Fault::Bool => "the byte is neither 0 nor 1".into(),
        Fault::Clz => "the value is 0".into(),
    }
}

/// The value behind bits, as the program would write it.
pub fn show(bits: u64, dtype: DType) -> String {
    match Scalar::from_raw(dtype.element(), bits) {
        Some(value) => value.to_string(),
        None => format!("{bits:#x}"),
    }
}

/// `[1, 2]`
pub fn show_indices(indices: &[i64]) -> String {
    let parts: Vec<_> = indices.iter().map(i64::to_string).collect();
    format!("[{}]", parts.join(", "))
}

/// `(1, 2)`
pub fn show_shape(shape: impl Iterator<Item = i64>) -> String {
    let parts: Vec<_> = shape.map(|e| e.to_string()).collect();
    match &parts[..] {
        [one] => format!("({one},)"),
        _ => format!("({})", parts.join(", ")),
    }
}

impl Machine<'_> {
    /// Reports `message`, and stops unless the run is to go on.
    #[cold]
    pub fn report(&mut self, code: Code, span: Span, message: String) {
        let diagnostic = Diagnostic::error(code, span, message);
        self.report_diagnostic(diagnostic);
    }

    /// Reports a fault of a computation that went on with `fallback`.
    #[cold]
    pub fn report_fault(&mut self, fault: Fault, span: Span, what: String, dtype: DType) {
        let Some(code) = fault.code() else { return };
        let text = fault_text(fault, dtype);
        self.report(code, span, format!("{what}: {text}"));
    }

    /// Adds the iteration and the help to a report and files it.
    #[cold]
    pub fn report_diagnostic(&mut self, mut diagnostic: Diagnostic) {
        if self.halted || self.quiet > 0 || !self.shared.reports(diagnostic.code) {
            return;
        }
        diagnostic.notes.extend(self.where_it_happened());
        if let Some(text) = help(diagnostic.code) {
            diagnostic.help.push(text.into());
        }
        self.shared.file(self, diagnostic);
    }

    /// The values of all variables of enclosing loops and blocks, a note for each function.
    pub fn where_it_happened(&self) -> Vec<String> {
        let mut notes = scope_notes(self.func, self.scope, &self.frame.scalars);
        let hidden = self.callers.len().saturating_sub(CALLS_SHOWN);
        for (i, caller) in self.callers.iter().rev().enumerate() {
            // The innermost calls say what happens, the outermost one where it began.
            if (CALLS_SHOWN - 1..CALLS_SHOWN - 1 + hidden).contains(&i) {
                if i == CALLS_SHOWN - 1 {
                    notes.push(format!("called through {hidden} more calls"));
                }
                continue;
            }
            let outer = scope_notes(caller.func, caller.scope, &caller.frame.scalars);
            let name = caller.func.name;
            notes.push(match &outer[..] {
                [] => format!("called from `{name}`"),
                parts => format!("called from `{name}`, {}", parts.join("; ")),
            });
        }
        notes
    }
}

/// `in iteration i = 1, j = 2` and one line for each block, innermost first.
fn scope_notes(func: &Func, innermost: usize, scalars: &[u64]) -> Vec<String> {
    let mut loops = Vec::new();
    let mut notes = Vec::new();
    let mut at = innermost;
    loop {
        let scope: &Scope = &func.scopes[at];
        let values = |(var, slot): &(tirade_ir::Var, u32)| {
            let bits = scalars[*slot as usize];
            let value = match var.dtype.is_int() {
                true => Widen::of(var.dtype).apply(bits).to_string(),
                false => show(bits, var.dtype),
            };
            format!("{} = {value}", var.name)
        };
        match scope.block {
            Some(name) if scope.vars.is_empty() => notes.push(format!("in block `{name}`")),
            Some(name) => {
                let vars: Vec<_> = scope.vars.iter().map(values).collect();
                notes.push(format!("in block `{name}` with {}", vars.join(", ")));
            }
            None => loops.extend(scope.vars.iter().map(values)),
        }
        if scope.parent == at {
            break;
        }
        at = scope.parent;
    }
    if !loops.is_empty() {
        loops.reverse();
        notes.insert(0, format!("in iteration {}", loops.join(", ")));
    }
    notes
}
