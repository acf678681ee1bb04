# A split loop with its predicate.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "int32"), R: T.Buffer((16,), "int32")):
    for o, i in T.grid(3, 4):
        with T.sblock("R"):
            vi = T.axis.spatial(10, o * 4 + i)
            T.where(o * 4 + i < 10)
            R[vi] = A[vi]
