# The init writes what the block declares, and the update reads it back.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((5,), "int32")):
    for i, k in T.grid(4, 4):
        with T.sblock("R"):
            vi, vk = T.axis.remap("SR", [i, k])
            T.reads(A[vi, vk])
            T.writes(R[vi])
            with T.init():
                R[vi] = 0
            R[vi] = T.max(R[vi], A[vi, vk])
