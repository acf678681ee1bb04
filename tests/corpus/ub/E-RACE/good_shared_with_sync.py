# Write and read of shared memory in a loop, with barriers between.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((32,), "int32"), R: T.Buffer((32,), "int32")):
    for b in T.thread_binding(1, thread="blockIdx.x"):
        S = T.alloc_buffer((32,), "int32", scope="shared")
        for t in T.thread_binding(32, thread="threadIdx.x"):
            for k in range(2):
                S[t] = A[t] | k
                T.tvm_storage_sync("shared")
                R[t] = S[31 - t]
                T.tvm_storage_sync("shared")
