# T97: phases of threads are ordered for shared memory (P3).
# IN A: int32[32] 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
# OUT R: 31 30 29 28 27 26 25 24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((32,), "int32"), R: T.Buffer((32,), "int32")):
    for bx in T.thread_binding(1, thread="blockIdx.x"):
        with T.sblock("reverse"):
            S = T.sblock_alloc_buffer((32,), "int32", scope="shared")
            for tx in T.thread_binding(32, thread="threadIdx.x"):
                S[tx] = A[tx]
                R[tx] = S[31 - tx]
