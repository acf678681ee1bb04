# T63: a bool byte that is neither 0 nor 1 cannot be read (M5).
# IN A: uint8[2] 1 2
# REPORT E-BOOL 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "uint8"), R: T.Buffer((2,), "int32")):
    V = T.decl_buffer((2,), "bool", data=A.data)
    for i in range(2):
        R[i] = T.Cast("int32", V[i])
