# Only what was written is read.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    L = T.alloc_buffer((8,), "int32")
    for i in range(7):
        L[i] = A[i]
    for i in range(7):
        R[i] = L[i]
    R[7] = 0
