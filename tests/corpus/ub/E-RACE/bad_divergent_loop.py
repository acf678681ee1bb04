# A barrier in a loop that the threads run different numbers of times.
# RUN: check interp
# REPORT E-RACE
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for b in T.thread_binding(1, thread="blockIdx.x"):
        S = T.alloc_buffer((8,), "int32", scope="shared")
        for t in T.thread_binding(8, thread="threadIdx.x"):
            S[t] = A[t]
            for k in range(t + 1):
                T.tvm_storage_sync("shared")
            R[t] = S[t]
