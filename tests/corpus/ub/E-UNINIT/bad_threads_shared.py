# Only some threads write shared memory, all read it.
# RUN: check interp
# REPORT E-UNINIT 14:20-28
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for b in T.thread_binding(1, thread="blockIdx.x"):
        S = T.alloc_buffer((8,), "int32", scope="shared")
        for t in T.thread_binding(8, thread="threadIdx.x"):
            if t < 6:
                S[t] = A[t]
            R[t] = S[7 - t]
