# Threads along y write what other threads along y write.
# RUN: check interp
# REPORT E-RACE 12:17-31
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((4,), "int32")):
    for b in T.thread_binding(1, thread="blockIdx.x"):
        for y in T.thread_binding(4, thread="threadIdx.y"):
            for x in T.thread_binding(4, thread="threadIdx.x"):
                R[x] = A[y, x]
