//! Loops and thread axes.

use super::blocks::not_negative;
use super::{Report, types};
use crate::diag::{Code, Diagnostic};
use crate::span::Span;
use crate::stmt::{AttrNode, AttrStmt, For, ForKind};

/// Ends and step of a loop are integers of the loop variable's type (TIR0429, TIR0605), no extent
/// of a loop from 0 is a negative constant (TIR0611), and only loops over threads name a thread
/// axis (TIR0613).
pub(super) fn for_loop(s: &For, report: &mut Report) {
    let name = s.loop_var.name;
    let ends = [("minimum", Some(&s.min)), ("extent", Some(&s.extent)), ("step", s.step.as_ref())];
    for (what, value) in ends {
        let Some(value) = value else { continue };
        let dtype = s.loop_var.dtype;
        types::integer_of(format_args!("the {what} of loop `{name}`"), dtype, value, report);
    }
    // `serial(5, 2)` is a range that ends before it starts, and has no iterations; `serial(-3)` is
    // a size that cannot be meant.
    if s.min.is_int(0) {
        not_negative(format_args!("the extent of loop `{name}`"), &s.extent, report);
    }
    let threads = s.kind == ForKind::ThreadBinding;
    match s.thread_tag {
        Some(tag) if threads => known_tag(tag.as_str(), report),
        None if !threads => {}
        _ => {
            let message = format!("loop `{name}` and its thread axis do not go together");
            report.push(
                Diagnostic::error(Code::THREAD_BINDING, s.span, message)
                    .with_note("loops over threads name a thread axis, other loops do not"),
            );
        }
    }
}

/// Thread axes have the names that TVM gives them (TIR0613).
fn known_tag(tag: &str, report: &mut Report) {
    let known = match tag.split_once('.') {
        Some((family, axis)) => {
            let families = ["blockIdx", "threadIdx", "vthread", "clusterIdx", "clusterCtaIdx"];
            families.contains(&family) && ["x", "y", "z"].contains(&axis)
        }
        None => ["vthread", "cthread", "virtual_thread", "pipeline"].contains(&tag),
    };
    if !known {
        let message = format!("`{tag}` is no thread axis");
        report.push(
            Diagnostic::error(Code::THREAD_BINDING, report.span, message)
                .with_help("thread axes are `blockIdx.x`, `threadIdx.y`, `vthread.z`, `vthread`"),
        );
    }
}

/// A launched thread axis has a known name and an integer extent that is not negative.
pub(super) fn thread_axis(s: &AttrStmt, report: &mut Report) {
    let launch = matches!(s.key.as_str(), "thread_extent" | "virtual_thread");
    if let (true, AttrNode::IterVar(iter_var)) = (launch, &s.node) {
        if let Some(tag) = iter_var.thread_tag {
            known_tag(tag.as_str(), report);
        }
        if types::integer("the extent of a thread axis", &s.value, report) {
            not_negative("the extent of a thread axis", &s.value, report);
        }
    }
}

/// `break` and `continue` stand inside a loop of the same block (TIR0617).
pub(super) fn jump(span: Span, loops: usize, report: &mut Report) {
    if loops == 0 {
        let message = "there is no loop around this in the same function or block";
        report.push(Diagnostic::error(Code::STRAY_JUMP, span, message));
    }
}
