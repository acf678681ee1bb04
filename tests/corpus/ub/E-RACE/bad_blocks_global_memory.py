# Memory in global scope is one for all blocks.
# RUN: check interp
# REPORT E-RACE 12:13-32
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    S = T.alloc_buffer((4,), "int32", scope="global")
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(4, thread="threadIdx.x"):
            S[t] = A[b * 4 + t]
            R[b * 4 + t] = S[t]
