# Near miss: an axis with domain 4 bound to T.max(i, 0).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((16,), "int32")):
    for j in range(16):
        R[j] = 0
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.opaque(4, T.max(i, 0))
            R[vi + 1] = 1
