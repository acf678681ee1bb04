# T.Select(not V[i], 3, 4) in the context `nested`.
# IN A: uint8[8] 0 1 1 0 1 2 0 1
# REPORT E-BOOL 16
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "uint8"), R: T.Buffer((8,), "int32")):
    V = T.decl_buffer((8,), "bool", data=A.data)
    for o in range(2):
        with T.sblock("outer"):
            vo = T.axis.spatial(2, o)
            for i in range(4):
                with T.sblock("inner"):
                    vi = T.axis.spatial(4, i)
                    R[vo * 4 + vi] = T.Select(not V[vo * 4 + vi], 3, 4)
