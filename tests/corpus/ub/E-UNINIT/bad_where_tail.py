# A predicate leaves one tile of the cache unwritten.
# RUN: check interp
# REPORT E-UNINIT 18:21-26
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((12,), "float32"), R: T.Buffer((12,), "float32")):
    L = T.alloc_buffer((12,), "float32")
    for o, i in T.grid(3, 4):
        with T.sblock("L"):
            vi = T.axis.spatial(12, o * 4 + i)
            T.where(o * 4 + i < 11)
            L[vi] = A[vi]
    for i in range(12):
        with T.sblock("R"):
            vi = T.axis.spatial(12, i)
            R[vi] = L[vi]
