# A barrier in a branch that all threads take.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2, 32), "int32"), R: T.Buffer((2, 32), "int32")):
    for b in T.thread_binding(2, thread="blockIdx.x"):
        S = T.alloc_buffer((32,), "int32", scope="shared")
        for t in T.thread_binding(32, thread="threadIdx.x"):
            if b < 1:
                S[t] = A[b, t]
                T.tvm_storage_sync("shared")
                R[b, t] = S[31 - t]
