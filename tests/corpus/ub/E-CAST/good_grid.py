# Near miss: T.Cast("int64", A[i]) in the context `grid`.
# IN A: float64[8] 1 2 3 4 5 6 9223372036854774784 8
# IN B: float64[8] 1 2 3 4 5 6 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float64"), B: T.Buffer((8,), "float64"), R: T.Buffer((8,), "int64")):
    for i, j in T.grid(2, 4):
        R[i * 4 + j] = T.Cast("int64", A[i * 4 + j])
