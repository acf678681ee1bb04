# Rows in parallel, each from its start.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "float32"), R: T.Buffer((4,), "float32")):
    for i in T.parallel(4):
        for k in range(4):
            with T.sblock("R"):
                vi = T.axis.spatial(4, i)
                vk = T.axis.reduce(4, k)
                with T.init():
                    R[vi] = T.float32(0)
                R[vi] = R[vi] + A[vi, vk]
