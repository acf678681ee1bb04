//! Arrays as text, the way NumPy prints them: long ones show their ends.

use std::fmt::Write;
use tirade_ir::args::Tensor;

/// More elements than this are abbreviated.
const FULL_LIMIT: usize = 100;
/// How many elements stand at each end of an abbreviated axis.
const EDGE: usize = 3;

/// `float32[2, 3] = [[0, 1, 2], [3, 4, 5]]`.
pub fn tensor_to_string(tensor: &Tensor) -> String {
    let mut out = format!("{}{:?} = ", tensor.dtype, tensor.shape);
    let full = tensor.shape.iter().product::<usize>() <= FULL_LIMIT;
    write_axis(&mut out, tensor, full, 0, 0);
    out
}

fn write_axis(out: &mut String, tensor: &Tensor, full: bool, axis: usize, start: usize) {
    let Some(&extent) = tensor.shape.get(axis) else {
        let _ = write!(out, "{}", tensor.get(start));
        return;
    };
    let stride: usize = tensor.shape[axis + 1..].iter().product();
    let inner = axis + 1 < tensor.shape.len();
    let separator = match inner {
        true => format!(",\n{}", " ".repeat(axis + 2)),
        false => ", ".to_string(),
    };
    out.push('[');
    for i in 0..extent {
        if !full && extent > 2 * EDGE && (EDGE..extent - EDGE).contains(&i) {
            if i == EDGE {
                let _ = write!(out, "{separator}...");
            }
            continue;
        }
        if i > 0 {
            out.push_str(&separator);
        }
        write_axis(out, tensor, full, axis + 1, start + i * stride);
    }
    out.push(']');
}
