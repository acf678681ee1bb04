# A barrier that half of the threads reach.
# RUN: check interp
# REPORT E-RACE 14:17-45
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((32,), "int32"), R: T.Buffer((32,), "int32")):
    for b in T.thread_binding(1, thread="blockIdx.x"):
        S = T.alloc_buffer((32,), "int32", scope="shared")
        for t in T.thread_binding(32, thread="threadIdx.x"):
            if t < 16:
                S[t] = A[t]
                T.tvm_storage_sync("shared")
                R[t] = S[15 - t]
