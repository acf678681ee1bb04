# Inclusive prefix sum: a loop that carries a value from step to step, so no block.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def prefix_sum(A: T.Buffer((256,), "int32"), B: T.Buffer((256,), "int32")):
    B[0] = A[0]
    for i in range(255):
        B[i + 1] = B[i] + A[i + 1]
