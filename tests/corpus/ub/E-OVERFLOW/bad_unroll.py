# A[i] * B[i] in the context `unroll`.
# IN A: int64[8] 1 2 3 4 5 2305843009213693952 7 8
# IN B: int64[8] 1 2 3 4 5 4 7 8
# REPORT E-OVERFLOW 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int64"), B: T.Buffer((8,), "int64"), R: T.Buffer((8,), "int64")):
    for i in T.unroll(8):
        R[i] = A[i] * B[i]
