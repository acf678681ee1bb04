# init per row (outer_reduction).
# REPORT E-INIT 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((4,), "int32")):
    for k, i in T.grid(4, 4):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i)
            vk = T.axis.reduce(4, 3 - k)
            with T.init():
                R[vi] = 0
            R[vi] = R[vi] + A[vi, vk]
