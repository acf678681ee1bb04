# Shared memory is fresh in each block of threads.
# RUN: check interp
# REPORT E-UNINIT 14:28-32
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((8,), "int32")):
    S = T.alloc_buffer((4,), "int32", scope="shared")
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(4, thread="threadIdx.x"):
            if b == 0:
                S[t] = A[t]
            R[b * 4 + t] = S[t]
