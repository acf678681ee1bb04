# The right number of elements in the wrong shape.
# RUN: check interp
# IN A: int32[3,2] 1 2 3 4 5 6
# REPORT E-ARG
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2, 3), "int32"), R: T.Buffer((2,), "int32")):
    for i in range(2):
        R[i] = A[i, 2]
