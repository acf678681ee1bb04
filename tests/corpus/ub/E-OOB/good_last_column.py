# The last column.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(3):
        R[i] = A[i, 7]
