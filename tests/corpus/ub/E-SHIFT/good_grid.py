# Near miss: T.shift_right(A[i], B[i]) in the context `grid`.
# IN A: int64[8] 1 2 3 4 5 6 7 8
# IN B: int64[8] 1 2 3 4 5 63 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int64"), B: T.Buffer((8,), "int64"), R: T.Buffer((8,), "int64")):
    for i, j in T.grid(2, 4):
        R[i * 4 + j] = T.shift_right(A[i * 4 + j], B[i * 4 + j])
