# A window reads the padding that is filled.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    P = T.alloc_buffer((10,), "float32")
    for i in range(10):
        with T.sblock("P"):
            vi = T.axis.spatial(10, i)
            P[vi] = T.if_then_else(1 <= vi and vi < 9, A[vi - 1], T.float32(0))
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            R[vi] = P[vi] + P[vi + 1] + P[vi + 2]
