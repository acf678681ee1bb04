# The leading zeros of 0.
# RUN: check interp
# IN A: int32[3] 1 -1 0
# REPORT E-CLZ 11:16-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "int32"), R: T.Buffer((3,), "int32")):
    for i in range(3):
        R[i] = T.clz(A[i])
