# A window reads the padding that nothing fills.
# RUN: check interp
# REPORT E-UNINIT 17:21-26
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    P = T.alloc_buffer((10,), "float32")
    for i in range(8):
        with T.sblock("P"):
            vi = T.axis.spatial(8, i)
            P[vi + 1] = A[vi]
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            R[vi] = P[vi] + P[vi + 1] + P[vi + 2]
