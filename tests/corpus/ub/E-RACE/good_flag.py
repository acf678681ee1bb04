# The flag is set before the loop.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), F: T.Buffer((1,), "int32"), R: T.Buffer((8,), "int32")):
    F[0] = 1
    for i in T.parallel(8):
        R[i] = T.max(A[i], F[0])
