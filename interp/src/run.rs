//! Running a function on arguments.

use crate::eval::{Value, enter};
use crate::machine::{Flow, Machine, STACK_BYTES, Shared};
use crate::memory::Memory;
use crate::options::Options;
use crate::resolve::resolve;
use crate::tree::{Func, ParamKind, Program};
use crate::view::{Dim, Pointer, View};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tirade_ir::args::{Arg, Layout, Sizes, Tensor, check};
use tirade_ir::{Code, Diagnostic, IRModule, Scalar, Span, Symbol};

/// What a run gave.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The arguments as they stand after the run; elements that were never written are 0.
    pub args: Vec<Arg>,
    /// For each array among the arguments, which elements of the buffer have contents.
    pub written: Vec<Vec<bool>>,
    /// What the function returned.
    pub ret: Option<Scalar>,
    /// What was wrong with the program, in the order in which it happened. Empty: the program is
    /// valid on this input.
    pub reports: Vec<Diagnostic>,
    /// Accesses to the buffers in [`Options::trace`].
    pub trace: Vec<String>,
    /// How often each statement ran, if [`Options::profile`] is set.
    pub profile: Vec<(Span, u64)>,
}

/// Runs function `name` of `module`.
///
/// Reports of the program are an [`Outcome`]. Errors are things that keep the program from being
/// started: arguments that do not fit (`E-ARG`), or a construct that cannot be run.
pub fn run(
    module: &IRModule,
    name: Symbol,
    args: Vec<Arg>,
    options: &Options,
) -> Result<Outcome, Vec<Diagnostic>> {
    let Some(func) = module.get(name) else {
        let message = format!("there is no function `{name}`");
        return Err(vec![Diagnostic::error(Code::UNKNOWN_ARGUMENT, Span::NONE, message)]);
    };
    let sizes = check(func, &args, Sizes::default()).map_err(|e| vec![e])?;
    let program = resolve(module, name, options)?;
    on_large_stack(|| {
        let outcome = pass(&program, &args, &sizes, options, threads(options));
        let outcome = outcome.or_else(|| pass(&program, &args, &sizes, options, 1));
        outcome.ok_or_else(|| vec![failed_start(func.span)])
    })
}

fn failed_start(span: Span) -> Diagnostic {
    Diagnostic::error(Code::ARGUMENT, span, "the arguments cannot be laid out in memory")
}

fn on_large_stack<R: Send>(f: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, f);
        match thread.map(|t| t.join()) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => panic!("the system gives no thread: {error}"),
        }
    })
}

/// Threads for independent loops: one if the order of events matters.
fn threads(options: &Options) -> usize {
    match options.threads {
        _ if !options.trace.is_empty() || options.profile => 1,
        0 => std::thread::available_parallelism().map_or(1, |n| n.get()),
        n => n,
    }
}

/// Runs the program once; `None` if it has to be run again in one thread.
fn pass(
    program: &Program,
    args: &[Arg],
    sizes: &Sizes,
    options: &Options,
    threads: usize,
) -> Option<Outcome> {
    let shared = Shared::new(program, options, threads);
    let func = &program.funcs[0];
    let mut machine = Machine::new(&shared, func);
    let (values, layouts) = values(func, args, sizes, &shared)?;
    machine.frame = enter(func, values.clone()).ok()?;
    let flow = machine.run_body();
    if shared.is_abandoned() {
        return None;
    }
    let ret = machine.returned.filter(|_| flow == Flow::Return);
    let mut outcome = Outcome {
        ret: ret.and_then(|bits| Scalar::from_raw(func.ret_dtype, bits)),
        reports: machine.reports,
        trace: machine.trace,
        ..Outcome::default()
    };
    let counts = program.counted.iter().zip(&shared.counts);
    outcome.profile = counts.map(|(span, n)| (*span, n.load(Relaxed))).collect();
    for ((value, layout), arg) in values.iter().zip(layouts).zip(args) {
        let (arg, written) = after(value, layout.as_ref(), arg);
        outcome.args.push(arg);
        outcome.written.push(written);
    }
    Some(outcome)
}

type Values = (Vec<Value>, Vec<Option<Layout>>);

/// The arguments in memory of their own, laid out as the parameters say.
fn values(func: &Func, args: &[Arg], sizes: &Sizes, shared: &Shared<'_>) -> Option<Values> {
    let mut values = Vec::new();
    let mut layouts = Vec::new();
    for ((param, arg), source) in func.params.iter().zip(args).zip(&func.source.params) {
        let (value, layout) = match (arg, &param.kind, source.buffer()) {
            (Arg::Scalar(scalar), _, _) => (Value::Scalar(scalar.bits()), None),
            (Arg::Tensor { tensor, initialised }, ParamKind::Buffer { buffer, .. }, Some(ir)) => {
                let info = &func.buffers[*buffer as usize];
                let layout = Layout::of(source, ir, sizes).ok()?;
                let bytes = layout.scatter(tensor);
                let memory = memory(bytes, info.cell_bytes, *initialised, shared);
                let dims = layout.shape.iter().zip(&layout.strides);
                let dims = dims.map(|(e, s)| Dim { extent: *e, stride: *s }).collect();
                let view = View::new(&memory, info.dtype, layout.offset, dims);
                (Value::Buffer(view), Some(layout))
            }
            (Arg::Tensor { tensor, initialised }, _, _) => {
                let width = tensor.dtype.bytes().max(1);
                let width = func.pointer_cell_bytes(param).unwrap_or(width);
                let pointer = memory(tensor.bytes.clone(), width, *initialised, shared);
                (Value::Pointer(Some(pointer)), None)
            }
        };
        values.push(value);
        layouts.push(layout);
    }
    Some((values, layouts))
}

fn memory(mut bytes: Vec<u8>, width: usize, initialised: bool, shared: &Shared<'_>) -> Pointer {
    bytes.resize(bytes.len().next_multiple_of(width), 0);
    let memory = match initialised {
        true => Memory::initialised(&bytes, width, &shared.live),
        false => Memory::uninitialised(bytes.len(), width, &shared.live),
    };
    Pointer { memory: Arc::new(memory), byte: 0 }
}

/// An argument after the run, and which elements of its buffer have contents.
fn after(value: &Value, layout: Option<&Layout>, given: &Arg) -> (Arg, Vec<bool>) {
    let Arg::Tensor { tensor, .. } = given else { return (given.clone(), Vec::new()) };
    let (view, bytes, offsets) = match (value, layout) {
        (Value::Buffer(view), Some(layout)) => {
            let bytes = layout.gather(&view.memory.to_bytes());
            (view.clone(), bytes, layout.offsets().map(|at| at as i64).collect())
        }
        (Value::Pointer(Some(pointer)), _) => {
            let dims = [Dim { extent: tensor.len() as i64, stride: 1 }];
            let view = View::new(pointer, tensor.dtype, 0, dims.into_iter().collect());
            let bytes = view.memory.to_bytes()[..tensor.bytes.len()].to_vec();
            (view, bytes, (0..tensor.len() as i64).collect::<Vec<_>>())
        }
        (Value::Scalar(_) | Value::Pointer(_) | Value::Buffer(_), _) => {
            return (given.clone(), Vec::new());
        }
    };
    let written: Vec<bool> = offsets.into_iter().map(|at| is_written(&view, at)).collect();
    let initialised = written.iter().all(|w| *w);
    (Arg::Tensor { tensor: Tensor { bytes, ..tensor.clone() }, initialised }, written)
}

fn is_written(view: &View, flat: i64) -> bool {
    view.cell_checked(flat)
        .is_some_and(|first| (first..first + view.cells).all(|cell| view.memory.is_written(cell)))
}

impl Func {
    /// Bytes of a cell of the memory behind a pointer parameter.
    fn pointer_cell_bytes(&self, param: &crate::tree::Param) -> Option<usize> {
        let ParamKind::Pointer(slot) = param.kind else { return None };
        self.buffers.iter().filter(|b| b.pointer == slot).map(|b| b.cell_bytes).min()
    }
}
