# Near miss: T.shift_left(A[i], B[i]) in the context `select`.
# IN A: uint16[8] 1 2 3 4 5 6 7 8
# IN B: uint16[8] 1 2 3 4 5 15 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "uint16"), B: T.Buffer((8,), "uint16"), R: T.Buffer((8,), "uint16")):
    for i in range(8):
        R[i] = T.Select(i < 4, T.uint16(0), T.shift_left(A[i], B[i]))
