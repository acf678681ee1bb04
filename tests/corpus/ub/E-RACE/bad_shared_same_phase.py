# A tree reduction that forgets the barrier: read and write in one statement.
# RUN: check interp
# REPORT E-RACE 15:21-43
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
    for b in T.thread_binding(1, thread="blockIdx.x"):
        S = T.alloc_buffer((8,), "int32", scope="shared")
        for t in T.thread_binding(8, thread="threadIdx.x"):
            S[t] = A[t] & 15
            for s in range(3):
                if t < 4:
                    S[t] = S[t] + S[t + 1]
            if t == 0:
                R[0] = S[0]
