# Threads reduce; the first instance belongs to the last thread.
# RUN: check interp
# REPORT E-INIT 11:18-31
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((4,), "int32")):
    for b in T.thread_binding(4, thread="blockIdx.x"):
        for k in range(8):
            with T.sblock("R"):
                vi = T.axis.spatial(4, b)
                vk = T.axis.reduce(8, T.bitwise_xor(k, b))
                with T.init():
                    R[vi] = 0
                R[vi] = T.max(R[vi], A[vi, vk])
