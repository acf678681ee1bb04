# The tail of a split loop, cut off.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((10,), "int32"), R: T.Buffer((10,), "int32")):
    for o, i in T.grid(3, 4):
        with T.sblock("R"):
            vi = T.axis.spatial(10, T.min(o * 4 + i, 9))
            T.where(o * 4 + i < 10)
            R[vi] = A[vi]
