# Rows in parallel, each from its diagonal.
# RUN: check interp
# REPORT E-INIT 11:18-31
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "float32"), R: T.Buffer((4,), "float32")):
    for i in T.parallel(4):
        for k in range(4):
            with T.sblock("R"):
                vi = T.axis.spatial(4, i)
                vk = T.axis.reduce(4, (i + k) % 4)
                with T.init():
                    R[vi] = T.float32(0)
                R[vi] = R[vi] + A[vi, vk]
