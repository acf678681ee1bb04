# A byte of an integer read as a bool.
# RUN: check interp
# REPORT E-BOOL 14:16-20
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4,), "bool")):
    L = T.alloc_buffer((4,), "uint8")
    V = T.decl_buffer((4,), "bool", data=L.data)
    for i in range(4):
        L[i] = T.Cast("uint8", i)
    for i in range(4):
        R[i] = V[i]
