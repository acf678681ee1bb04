# Two reduce axes, the second of which begins at 1, as its domain does.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3, 3), "int32"), R: T.Buffer((1,), "int32")):
    for j, k in T.grid(3, 2):
        with T.sblock("R"):
            vj = T.axis.reduce(3, j)
            vk = T.axis.reduce((1, 3), k + 1)
            with T.init():
                R[0] = 0
            R[0] = T.max(R[0], A[vj, vk])
