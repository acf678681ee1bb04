# The last element of the copy was never written.
# RUN: check interp
# REPORT E-UNINIT 13:16-20
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    L = T.alloc_buffer((8,), "int32")
    for i in range(7):
        L[i] = A[i]
    for i in range(8):
        R[i] = L[i]
