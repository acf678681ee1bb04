# Near miss: T.shift_right(A[i], B[i]) in the context `let`.
# IN A: int8[8] 1 2 3 4 5 6 7 8
# IN B: int8[8] 1 1 1 1 1 1 1 7
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int8"), B: T.Buffer((8,), "int8"), R: T.Buffer((8,), "int8")):
    for i in range(8):
        x: T.let = T.shift_right(A[i], B[i])
        R[i] = x
