# A bool written as a byte by the same parallel iteration.
# RUN: check interp
# IN A: uint8[3] 0 1 255
# REPORT E-BOOL 12:31-35
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "uint8"), R: T.Buffer((3,), "int32")):
    V = T.decl_buffer((3,), "bool", data=A.data)
    for i in T.parallel(3):
        R[i] = T.if_then_else(V[i], 1, 0)
