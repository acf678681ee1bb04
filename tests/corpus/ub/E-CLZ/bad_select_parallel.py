# Both arms of a select are evaluated.
# RUN: check interp
# IN A: int32[2] 4 0
# REPORT E-CLZ 11:36-47
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int32"), R: T.Buffer((2,), "int32")):
    for i in T.parallel(2):
        R[i] = T.Select(A[i] != 0, T.clz(A[i]), 32)
