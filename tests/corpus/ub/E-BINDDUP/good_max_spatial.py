# Near miss: an axis bound to T.max(i, 0).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    R[0] = 0
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.spatial(8, T.max(i, 0))
            R[vi] = A[vi]
