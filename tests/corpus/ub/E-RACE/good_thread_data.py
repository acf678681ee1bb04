# Near miss: `R[B[i]] = A[i]` in a thread loop.
# IN B: int32[8] 1 0 3 2 5 4 7 6
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    for j in range(16):
        R[j] = 0
    for i in T.thread_binding(8, thread="blockIdx.x"):
        R[B[i]] = A[i]
