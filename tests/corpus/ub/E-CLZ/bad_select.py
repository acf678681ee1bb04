# T.clz(A[i]) in the context `select`.
# IN A: int64[8] 1 2 3 4 5 6 0 8
# IN B: int64[8] 1 2 3 4 5 6 7 8
# REPORT E-CLZ 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int64"), B: T.Buffer((8,), "int64"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        R[i] = T.Select(i < 4, T.int32(0), T.clz(A[i]))
