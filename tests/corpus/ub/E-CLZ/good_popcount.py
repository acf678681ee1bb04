# Counting bits of 0 is fine.
# RUN: check interp diff
# IN A: int32[2] 255 0
# OUT R: 8 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int32"), R: T.Buffer((2,), "int32")):
    for i in T.parallel(2):
        R[i] = T.popcount(A[i])
