# `R[i + 1] = R[i]` in a parallel loop.
# IN B: int32[8] 0 1 2 3 4 5 5 7
# REPORT E-RACE 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    for j in range(16):
        R[j] = 0
    for i in T.parallel(8):
        R[i + 1] = R[i]
