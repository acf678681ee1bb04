# Each block has shared memory of its own.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    S = T.alloc_buffer((4,), "int32", scope="shared")
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(4, thread="threadIdx.x"):
            S[t] = A[b * 4 + t]
            R[b * 4 + t] = S[3 - t]
