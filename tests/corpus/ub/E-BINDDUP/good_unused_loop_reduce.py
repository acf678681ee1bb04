# Near miss: an axis bound to i * 2 + j.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    R[0] = 0
    for i, j in T.grid(4, 2):
        with T.sblock("R"):
            vi = T.axis.reduce(8, i * 2 + j)
            with T.init():
                R[0] = 0
            R[0] = R[0] + A[vi]
