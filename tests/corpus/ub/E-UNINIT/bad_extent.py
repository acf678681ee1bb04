# A loop as long as garbage says.
# RUN: check interp
# REPORT E-UNINIT 11:20-24
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    L = T.alloc_buffer((1,), "int32")
    R[0] = 0
    for i in range(L[0]):
        R[0] = i
