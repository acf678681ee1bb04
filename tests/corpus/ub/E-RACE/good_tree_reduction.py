# A tree reduction with barriers.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
    for b in T.thread_binding(1, thread="blockIdx.x"):
        S = T.alloc_buffer((8,), "int32", scope="shared")
        for t in T.thread_binding(8, thread="threadIdx.x"):
            S[t] = A[t] & 15
            for s in range(3):
                T.tvm_storage_sync("shared")
                if t < T.shift_right(4, s):
                    S[t] = S[t] + S[t + T.shift_right(4, s)]
            if t == 0:
                R[0] = S[0]
