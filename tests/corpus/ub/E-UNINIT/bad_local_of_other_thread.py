# Each thread has its own local memory.
# RUN: check interp
# REPORT E-UNINIT 13:16-20
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    L = T.alloc_buffer((1,), "int32", scope="local")
    for t in T.thread_binding(4, thread="threadIdx.x"):
        if t == 0:
            L[0] = A[t]
        R[t] = L[0]
