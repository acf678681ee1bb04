# Near miss: an axis with domain (2, 6) bound to i + 2.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((16,), "int32")):
    for j in range(16):
        R[j] = 0
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.spatial((2, 6), i + 2)
            R[vi] = 1
