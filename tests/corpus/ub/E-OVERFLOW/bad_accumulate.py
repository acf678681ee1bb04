# A sum of products of bytes that were widened too late.
# RUN: check interp
# REPORT E-OVERFLOW 14:20-29
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    for k in range(70000):
        with T.sblock("R"):
            vk = T.axis.reduce(70000, k)
            with T.init():
                R[0] = 0
            R[0] = R[0] + vk
