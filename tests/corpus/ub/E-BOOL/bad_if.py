# T.Select(not V[i], 3, 4) in the context `if`.
# IN A: uint8[8] 0 1 1 0 1 2 0 1
# REPORT E-BOOL 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "uint8"), R: T.Buffer((8,), "int32")):
    V = T.decl_buffer((8,), "bool", data=A.data)
    for i in range(16):
        if i % 2 == 1:
            R[i // 2] = T.Select(not V[i // 2], 3, 4)
