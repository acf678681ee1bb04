# The predicate keeps the block from reading outside.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            T.where(i < 7)
            R[vi] = A[vi + 1]
