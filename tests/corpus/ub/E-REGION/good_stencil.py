# A stencil that says what it reads.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((10, 10), "float32"), R: T.Buffer((8, 8), "float32")):
    for i, j in T.grid(8, 8):
        with T.sblock("R"):
            vi, vj = T.axis.remap("SS", [i, j])
            T.reads(A[vi : vi + 3, vj : vj + 3])
            T.writes(R[vi, vj])
            R[vi, vj] = A[vi, vj + 1] + A[vi + 1, vj] + A[vi + 1, vj + 2] + A[vi + 2, vj + 1]
