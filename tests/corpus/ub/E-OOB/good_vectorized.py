# Near miss: a read of A[B[i]] in the context `vectorized`.
# IN A: float32[8] 0 1 2 3 4 5 6 7
# IN B: int32[8] 0 1 2 3 4 5 6 7
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "float32")):
    for i in T.vectorized(8):
        R[i] = A[B[i]]
