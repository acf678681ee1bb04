//! Calls, pointers, and atomic updates.

use crate::machine::{Caller, Flow, Frame, Machine};
use crate::options::Class;
use crate::race::AccessKind;
use crate::tree::{Atomic, Call, CallArg, Func, ParamKind, Place};
use crate::view::{Dim, Pointer, View};
use smallvec::SmallVec;
use tirade_ir::args::{Sizes, eval_size};
use tirade_ir::{Buffer, Checked, Code, Diagnostic, Span};

/// An argument at run time.
#[derive(Clone, Debug)]
pub enum Value {
    /// A scalar.
    Scalar(u64),
    /// A pointer, perhaps null.
    Pointer(Option<Pointer>),
    /// A buffer.
    Buffer(View),
}

impl Machine<'_> {
    /// Calls a function; `None` if it returned no value.
    pub fn call(&mut self, e: &Call) -> Option<u64> {
        self.step(e.span);
        let program = self.shared.program;
        let callee = &program.funcs[e.func];
        if self.callers.len() >= self.shared.options.max_depth as usize {
            let limit = self.shared.options.max_depth;
            let message = format!("`{}` is called within more than {limit} calls", callee.name);
            self.report(Code::FUEL, e.span, message);
            self.halted = true;
        }
        let args: Vec<Value> = e.args.iter().map(|arg| self.argument(arg)).collect();
        if self.halted {
            return None;
        }
        let ruled = self.outer_regions.len();
        self.enter_callee(e, &args);
        let frame = match enter(callee, args) {
            Ok(frame) => frame,
            Err(message) => {
                let text = format!("call of `{}`: {message}", callee.name);
                self.report(Code::ARGUMENT, e.span, text);
                self.halted = true;
                return None;
            }
        };
        self.check_aliases(callee, &frame, e.span);
        if self.halted {
            return None;
        }
        let frame = std::mem::replace(&mut self.frame, frame);
        let scope = std::mem::replace(&mut self.scope, 0);
        self.callers.push(Caller { func: self.func, frame, scope });
        self.func = callee;
        let flow = self.run_body();
        if let Some(caller) = self.callers.pop() {
            self.func = caller.func;
            self.frame = caller.frame;
            self.scope = caller.scope;
        }
        self.outer_regions.truncate(ruled);
        if flow == Flow::Return { self.returned.take() } else { None }
    }

    fn argument(&mut self, arg: &CallArg) -> Value {
        match arg {
            CallArg::Scalar(e) => Value::Scalar(self.eval(e)),
            CallArg::Pointer(place) => Value::Pointer(self.place(place)),
            CallArg::Buffer(slot) => Value::Buffer(self.view(*slot).clone()),
            CallArg::Region(slot, ranges) => {
                let ranges: Vec<_> = ranges
                    .iter()
                    .map(|(min, extent)| (self.index(min), self.index(extent)))
                    .collect();
                Value::Buffer(self.view(*slot).region(&ranges))
            }
        }
    }

    /// The value of a pointer expression.
    pub fn place(&mut self, place: &Place) -> Option<Pointer> {
        match place {
            Place::Var(slot) => self.frame.pointers[*slot as usize].clone(),
            Place::AddressOf(access) => {
                let flat = self.flat_of(access);
                Some(self.view(access.buffer).pointer_to(flat))
            }
            Place::Null => None,
        }
    }

    /// Updates an element in one step; gives its old value.
    pub fn atomic(&mut self, e: &Atomic) -> u64 {
        let located = self.locate_place(&e.access, AccessKind::Atomic);
        let operand = self.eval(&e.value);
        let Some((cell, indices)) = located.filter(|_| !self.halted) else { return 0 };
        let view = self.view(e.access.buffer);
        let old = view.load_lane(cell);
        if !view.lane_is_written(cell) && self.checks(Class::Uninit) {
            let text = "is updated before it is written";
            self.report_access(Code::UNINITIALISED, &e.access, &indices, text);
        }
        if self.watches_races() {
            self.watch(&e.access, &indices, cell, AccessKind::Atomic);
        }
        let Checked { value, fault } = e.kernel.apply(old, operand);
        if !fault.is_none() {
            self.binary_fault(e.name, e.dtype, e.span, fault, [old, operand], None);
        }
        if !self.halted {
            // No other thread updates the element now: loops whose iterations may meet in one
            // element run on one thread.
            self.view(e.access.buffer).store_lane(cell, value);
            self.remember_write(&e.access, cell);
        }
        old
    }

    /// Two parameters must not overlap if one of them is written (M4).
    fn check_aliases(&mut self, callee: &Func, frame: &Frame, span: Span) {
        if !callee.noalias || !self.checks(Class::Alias) {
            return;
        }
        let buffers: Vec<_> = callee
            .params
            .iter()
            .filter_map(|p| match p.kind {
                ParamKind::Buffer { buffer, written, .. } => Some((buffer, written)),
                ParamKind::Scalar(_) | ParamKind::Pointer(_) => None,
            })
            .collect();
        for (i, (a, a_written)) in buffers.iter().enumerate() {
            for (b, b_written) in &buffers[i + 1..] {
                let views = (&frame.views[*a as usize], &frame.views[*b as usize]);
                let (Some(x), Some(y)) = views else { continue };
                if (*a_written || *b_written) && x.overlaps(y) {
                    let (x, y) = (&callee.buffers[*a as usize], &callee.buffers[*b as usize]);
                    let written = if *b_written { y.name } else { x.name };
                    let message = format!(
                        "`{}` and `{}` of `{}` overlap, and `{written}` is written",
                        x.name, y.name, callee.name
                    );
                    let diagnostic = Diagnostic::error(Code::ALIAS, span, message)
                        .with_secondary(x.span, "the one parameter")
                        .with_secondary(y.span, "the other");
                    self.report_diagnostic(diagnostic);
                    return;
                }
            }
        }
    }
}

/// A frame of `func` with its parameters bound; what does not fit is said for the caller.
pub fn enter(func: &Func, args: Vec<Value>) -> Result<Frame, String> {
    let mut frame = Frame::new(func);
    let sizes = solve_sizes(func, &args)?;
    for (slot, var) in &func.sizes {
        if let Some(value) = sizes.get(*var) {
            frame.scalars[*slot as usize] = value as u64 & mask(var.dtype.bits());
        }
    }
    for ((i, param), arg) in func.params.iter().enumerate().zip(args) {
        match (&param.kind, arg) {
            (ParamKind::Scalar(slot), Value::Scalar(bits)) => frame.scalars[*slot as usize] = bits,
            (ParamKind::Pointer(slot), Value::Pointer(pointer)) => {
                frame.pointers[*slot as usize] = pointer;
            }
            (ParamKind::Pointer(slot), Value::Buffer(view)) => {
                frame.pointers[*slot as usize] = Some(view.pointer_to(view.offset));
            }
            (ParamKind::Buffer { buffer, pointers, .. }, arg) => {
                let Some(declared) = func.source.params[i].buffer() else { continue };
                let view = bind_buffer(declared, arg, &sizes)?;
                for slot in pointers {
                    frame.pointers[*slot as usize] = Some(view.pointer());
                }
                frame.views[*buffer as usize] = Some(view);
            }
            (ParamKind::Scalar(_), _) => {
                return Err(format!("`{}` is a scalar", param.var.name));
            }
            (ParamKind::Pointer(_), _) => {
                return Err(format!("`{}` is a pointer", param.var.name));
            }
        }
    }
    Ok(frame)
}

fn mask(bits: u32) -> u64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}

/// The values of size variables that follow from scalars and from shapes of buffers.
fn solve_sizes(func: &Func, args: &[Value]) -> Result<Sizes, String> {
    let mut sizes = Sizes::default();
    if func.sizes.is_empty() && func.source.buffers().all(is_constant) {
        return Ok(sizes);
    }
    for (param, arg) in func.params.iter().zip(args) {
        if let (ParamKind::Scalar(_), Value::Scalar(bits)) = (&param.kind, arg) {
            let widen = crate::tree::Widen::of(param.var.dtype);
            sizes.set(param.var, widen.apply(*bits) as i128);
        }
    }
    let shapes: Vec<Option<Vec<usize>>> = args
        .iter()
        .map(|arg| match arg {
            Value::Buffer(view) => Some(view.dims.iter().map(|d| d.extent as usize).collect()),
            Value::Scalar(_) | Value::Pointer(_) => None,
        })
        .collect();
    sizes.solve(&func.source, |i| shapes[i].as_deref());
    for (i, param) in func.source.params.iter().enumerate() {
        let (Some(buffer), Value::Buffer(view)) = (param.buffer(), &args[i]) else { continue };
        let strides = buffer.strides.iter().zip(view.dims.iter().map(|d| d.stride));
        let offset = buffer.elem_offset.iter().map(|e| (e, view.offset));
        for (expr, value) in strides.chain(offset) {
            if let Some(var) = expr.as_var()
                && sizes.get(var).is_none()
            {
                sizes.set(var, value as i128);
            }
        }
    }
    match func.sizes.iter().find(|(_, var)| sizes.get(*var).is_none()) {
        Some((_, var)) => {
            Err(format!("the size `{}` does not follow from the arguments", var.name))
        }
        None => Ok(sizes),
    }
}

fn is_constant(buffer: &Buffer) -> bool {
    let exprs = buffer.shape.iter().chain(&buffer.strides).chain(&buffer.elem_offset);
    exprs.into_iter().all(|e| e.as_int().is_some())
}

/// The view by which `func` sees an argument (B4).
fn bind_buffer(node: &Buffer, arg: Value, sizes: &Sizes) -> Result<View, String> {
    let name = node.name;
    let size = |e| eval_size(e, sizes).and_then(|v| i64::try_from(v).ok());
    let shape: Option<SmallVec<[i64; 4]>> = node.shape.iter().map(size).collect();
    let strides: Option<SmallVec<[i64; 4]>> = node.strides.iter().map(size).collect();
    let (Some(shape), Some(strides)) = (shape, strides) else {
        return Err(format!("the shape of `{name}` does not follow from the arguments"));
    };
    let view = match arg {
        Value::Buffer(view) => view,
        Value::Pointer(Some(pointer)) => {
            let dims = dims_of(&shape, &strides);
            let offset = node.elem_offset.as_ref().and_then(size).unwrap_or(0);
            return Ok(View::new(&pointer, node.dtype, offset, dims));
        }
        Value::Pointer(None) => return Err(format!("`{name}` is null")),
        Value::Scalar(_) => return Err(format!("`{name}` is a buffer")),
    };
    if view.dtype != node.dtype {
        return Err(format!("`{name}` holds `{}`, the argument `{}`", node.dtype, view.dtype));
    }
    let view = view.without_leading_ones(shape.len());
    if view.dims.len() != shape.len() {
        let (want, got) = (shape.len(), view.dims.len());
        return Err(format!("`{name}` has {want} dimensions, the argument {got}"));
    }
    for (d, (want, dim)) in shape.iter().zip(&view.dims).enumerate() {
        if *want != dim.extent {
            let got = dim.extent;
            return Err(format!("dimension {d} of `{name}` is {want}, the argument's is {got}"));
        }
    }
    let wanted = dims_of(&shape, &strides);
    for (d, (want, dim)) in wanted.iter().zip(&view.dims).enumerate() {
        if want.extent > 1 && want.stride != dim.stride {
            let (want, got) = (want.stride, dim.stride);
            return Err(format!("stride {d} of `{name}` is {want}, the argument's is {got}"));
        }
    }
    match node.elem_offset.as_ref().and_then(size) {
        // No offset is declared: the parameter's memory begins at the argument's first element.
        None => {
            let start = view.pointer_to(view.offset);
            Ok(View::new(&start, node.dtype, 0, view.dims))
        }
        Some(offset) if offset == view.offset => Ok(view),
        Some(offset) => {
            let got = view.offset;
            Err(format!("the offset of `{name}` is {offset}, the argument's is {got}"))
        }
    }
}

/// Dimensions of a shape with strides; compact ones if none are given.
pub fn dims_of(shape: &[i64], strides: &[i64]) -> SmallVec<[Dim; 4]> {
    if strides.len() == shape.len() && !strides.is_empty() {
        return shape.iter().zip(strides).map(|(e, s)| Dim { extent: *e, stride: *s }).collect();
    }
    let mut dims: SmallVec<[Dim; 4]> =
        shape.iter().map(|e| Dim { extent: *e, stride: 1 }).collect();
    for d in (0..dims.len().saturating_sub(1)).rev() {
        dims[d].stride = dims[d + 1].stride.saturating_mul(dims[d + 1].extent.max(1));
    }
    dims
}
