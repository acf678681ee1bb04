# Near miss: T.clz(A[i]) in the context `let`.
# IN A: int64[8] 1 2 3 4 5 6 7 8
# IN B: int64[8] 1 2 3 4 5 6 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int64"), B: T.Buffer((8,), "int64"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        x: T.let = T.clz(A[i])
        R[i] = x
