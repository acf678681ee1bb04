# T.if_then_else(V[i], 1, 2) in the context `lazy`.
# IN A: uint8[8] 0 1 1 0 1 2 0 1
# REPORT E-BOOL 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "uint8"), R: T.Buffer((8,), "int32")):
    V = T.decl_buffer((8,), "bool", data=A.data)
    for i in range(8):
        R[i] = T.if_then_else(i < 3, T.int32(0), T.if_then_else(V[i], 1, 2))
