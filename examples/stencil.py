# One step of a 5-point stencil. Rows are independent and run in parallel.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def stencil(A: T.Buffer((66, 66), "float32"), B: T.Buffer((64, 64), "float32")):
    for i in T.parallel(64):
        for j in T.vectorized(64):
            with T.sblock("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                B[vi, vj] = (
                    A[vi + 1, vj + 1] * T.float32(0.5)
                    + (A[vi, vj + 1] + A[vi + 2, vj + 1] + A[vi + 1, vj] + A[vi + 1, vj + 2])
                    * T.float32(0.125)
                )
