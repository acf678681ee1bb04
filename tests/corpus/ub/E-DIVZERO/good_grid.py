# Near miss: T.truncmod(A[i], B[i]) in the context `grid`.
# IN A: uint8[8] 1 2 3 4 5 6 7 8
# IN B: uint8[8] 1 2 3 4 255 6 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "uint8"), B: T.Buffer((8,), "uint8"), R: T.Buffer((8,), "uint8")):
    for i, j in T.grid(2, 4):
        R[i * 4 + j] = T.truncmod(A[i * 4 + j], B[i * 4 + j])
