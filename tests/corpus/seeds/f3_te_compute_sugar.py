# `T.compute` is its expansion, structurally.
# RUN: check fmt interp run diff
# FUNC: te_compute_sugar
import tvm
from tvm.script import tir as T


@T.prim_func
def te_compute_sugar(
    A: T.Buffer[(128, 128)],
    B: T.Buffer[(128, 128)],
    D: T.Buffer[(128, 128)],
) -> None:
    C = T.compute((128, 128), lambda i, j: A[i, j] + B[i, j])
    for i, j in T.grid(128, 128):
        with T.block("D"):
            vi, vj = T.axis.remap("SS", [i, j])
            D[vi, vj] = C[vi, vj] * T.float32(2)


@T.prim_func
def te_compute_expanded(
    A: T.Buffer[(128, 128)],
    B: T.Buffer[(128, 128)],
    D: T.Buffer[(128, 128)],
) -> None:
    C = T.alloc_buffer((128, 128))
    for i in range(128):
        for j in range(128):
            with T.block("C"):
                vi, vj = T.axis.remap("SS", [i, j])
                C[vi, vj] = A[vi, vj] + B[vi, vj]
    for i, j in T.grid(128, 128):
        with T.block("D"):
            vi, vj = T.axis.remap("SS", [i, j])
            D[vi, vj] = C[vi, vj] * T.float32(2)


tvm.ir.assert_structural_equal(
    te_compute_sugar.with_attr("global_symbol", "f"),
    te_compute_expanded.with_attr("global_symbol", "f"),
)
