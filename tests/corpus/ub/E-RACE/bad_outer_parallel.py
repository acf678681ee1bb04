# The inner loop alone would be fine: the outer one is parallel too.
# RUN: check interp
# REPORT E-RACE 11:13-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((4,), "int32")):
    for i in T.parallel(4):
        for j in range(4):
            R[j] = A[i, j]
