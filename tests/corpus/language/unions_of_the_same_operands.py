# The read region of a block is a union of its accesses; the same operands, over and over, made a
# minimum of ever more operands, and printing took minutes.
# RUN: check fmt
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "float32"), B: T.Buffer((16,), "float32")):
    for i, j in T.grid(16, 16):
        with T.sblock("sum"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vi] = (
                A[vi] + A[vj] + A[vi] + A[vj] + A[vi] + A[vj] + A[vi] + A[vj] + A[vi] + A[vj]
                + A[vi] + A[vj] + A[vi] + A[vj] + A[vi] + A[vj] + A[vi] + A[vj] + A[vi] + A[vj]
            )
