# Near miss: A[i] - B[i] in the context `grid`.
# IN A: int32[8] 1 2 3 4 5 6 -2147483647 8
# IN B: int32[8] 1 2 3 4 5 6 1 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i, j in T.grid(2, 4):
        R[i * 4 + j] = A[i * 4 + j] - B[i * 4 + j]
