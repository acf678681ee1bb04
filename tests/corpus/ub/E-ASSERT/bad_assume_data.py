# An assumption about data.
# RUN: check interp
# IN A: int32[3] 1 2 -3
# REPORT E-ASSERT 11:20-38
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "int32"), R: T.Buffer((3,), "int32")):
    for i in T.parallel(3):
        T.evaluate(T.assume(A[i] > 0))
        R[i] = A[i]
