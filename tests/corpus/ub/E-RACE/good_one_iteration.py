# A parallel loop of one iteration has nothing to race with.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1, 8), "int32"), R: T.Buffer((1,), "int32")):
    R[0] = 0
    for i in T.parallel(1):
        for k in range(8):
            R[0] = T.max(R[0], A[i, k])
