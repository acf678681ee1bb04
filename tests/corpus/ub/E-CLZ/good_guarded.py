# 0 is handled apart.
# RUN: check interp diff
# IN A: int32[3] 1 -1 0
# OUT R: 31 0 32
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "int32"), R: T.Buffer((3,), "int32")):
    for i in range(3):
        R[i] = T.if_then_else(A[i] != 0, T.clz(A[i]), 32)
