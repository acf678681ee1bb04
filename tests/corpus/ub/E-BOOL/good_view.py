# Bytes that are 0 or 1 read as bools.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4,), "bool")):
    L = T.alloc_buffer((4,), "uint8")
    V = T.decl_buffer((4,), "bool", data=L.data)
    for i in range(4):
        L[i] = T.Cast("uint8", i % 2)
    for i in range(4):
        R[i] = V[i]
