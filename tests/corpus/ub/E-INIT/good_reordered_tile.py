# The loops of the tiles are exchanged; the first instance is still the first.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 16), "float32"), R: T.Buffer((4,), "float32")):
    for i, ki, ko in T.grid(4, 4, 4):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i)
            vk = T.axis.reduce(16, ko * 4 + ki)
            with T.init():
                R[vi] = T.float32(0)
            R[vi] = R[vi] + A[vi, vk]
