# Near miss: T.truncdiv(A[i], B[i]) in the context `select`.
# IN A: int8[8] 1 2 3 4 5 6 7 8
# IN B: int8[8] 1 2 3 4 5 1 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int8"), B: T.Buffer((8,), "int8"), R: T.Buffer((8,), "int8")):
    for i in range(8):
        R[i] = T.Select(i < 4, T.int8(0), T.truncdiv(A[i], B[i]))
