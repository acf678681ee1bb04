# T.Select(not V[i], 3, 4) in the context `where`.
# IN A: uint8[8] 0 1 1 0 1 2 0 1
# REPORT E-BOOL 14
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "uint8"), R: T.Buffer((8,), "int32")):
    V = T.decl_buffer((8,), "bool", data=A.data)
    for io, ii in T.grid(3, 3):
        with T.sblock("R"):
            vi = T.axis.spatial(8, io * 3 + ii)
            T.where(io * 3 + ii < 8)
            R[vi] = T.Select(not V[vi], 3, 4)
