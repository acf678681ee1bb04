# Near miss: an axis bound to i.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    R[0] = 0
    for i in range(8):
        with T.sblock("R"):
            vz = T.axis.spatial(1, 0)
            vi = T.axis.reduce(8, i)
            with T.init():
                R[vz] = 0
            R[vz] = R[vz] + A[vi]
