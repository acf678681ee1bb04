# A histogram by plain updates.
# RUN: check interp
# IN A: int32[8] 0 1 2 3 3 2 1 0
# REPORT E-RACE 13:19-26
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), C: T.Buffer((4,), "int32")):
    for i in range(4):
        C[i] = 0
    for i in T.parallel(8):
        C[A[i]] = C[A[i]] + 1
