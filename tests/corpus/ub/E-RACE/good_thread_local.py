# Local memory is one for each thread.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    L = T.alloc_buffer((1,), "int32", scope="local")
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(4, thread="threadIdx.x"):
            L[0] = A[b * 4 + t]
            R[b * 4 + t] = L[0]
