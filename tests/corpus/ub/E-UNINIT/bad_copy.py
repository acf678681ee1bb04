# A copy is a read: garbage may not be moved.
# RUN: check interp
# REPORT E-UNINIT 12:16-20
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    L = T.alloc_buffer((8,), "int32")
    K = T.alloc_buffer((8,), "int32")
    for i in range(8):
        K[i] = L[i]
    for i in range(8):
        R[i] = i
