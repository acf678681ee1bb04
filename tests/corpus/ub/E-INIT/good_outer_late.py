# Near miss: init with several axes (outer_late).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2, 4), "int32"), R: T.Buffer((2,), "int32")):
    for j, k in T.grid(2, 4):
        with T.sblock("R"):
            vj = T.axis.reduce(2, j)
            vk = T.axis.reduce(4, k)
            with T.init():
                R[0] = 0
            R[0] = R[0] + A[vj, vk]
