# The init writes outside.
# RUN: check interp
# REPORT E-OOB 13:17-30
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((4,), "int32")):
    for i, k in T.grid(4, 4):
        with T.sblock("R"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                R[vi + 1] = 0
            R[vi] = A[vi, vk]
