# Near miss: T.Cast("int32", V[i]) in the context `vectorized`.
# IN A: uint8[8] 0 1 1 0 1 1 0 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "uint8"), R: T.Buffer((8,), "int32")):
    V = T.decl_buffer((8,), "bool", data=A.data)
    for i in T.vectorized(8):
        R[i] = T.Cast("int32", V[i])
