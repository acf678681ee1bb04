# A stencil that runs to the border.
# RUN: check interp
# REPORT E-OOB 12:29-38
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((64,), "float32"), R: T.Buffer((64,), "float32")):
    for i in range(64):
        with T.sblock("R"):
            vi = T.axis.spatial(64, i)
            R[vi] = A[vi] + A[vi + 1]
