# One branch does not write.
# RUN: check interp
# IN A: int32[4] 1 2 -3 4
# REPORT E-UNINIT 14:9-17
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(4):
        x: T.int32
        if A[i] > 0:
            x = A[i]
        R[i] = x
