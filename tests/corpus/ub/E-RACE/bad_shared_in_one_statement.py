# Write and read of shared memory in one statement under the thread loop: no barrier lies between.
# RUN: check interp
# REPORT E-RACE 14:17-32
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((32,), "int32"), R: T.Buffer((32,), "int32")):
    for b in T.thread_binding(1, thread="blockIdx.x"):
        S = T.alloc_buffer((32,), "int32", scope="shared")
        for t in T.thread_binding(32, thread="threadIdx.x"):
            S[t] = 0
            for k in range(2):
                S[t] = A[t] & k
                R[t] = S[31 - t]
