# The predicate of a split loop is on the wrong side.
# RUN: check interp
# REPORT E-INIT 10:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 10), "float32"), R: T.Buffer((4,), "float32")):
    for i, ko, ki in T.grid(4, 3, 4):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i)
            vk = T.axis.reduce(12, ko * 4 + ki)
            T.where(ko * 4 + ki >= 2)
            with T.init():
                R[vi] = T.float32(0)
            R[vi] = R[vi] + A[vi, vk - 2]
