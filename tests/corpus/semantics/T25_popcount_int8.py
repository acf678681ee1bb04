# T25: popcount of int8 -1 counts its eight bits (I5).
# IN A: int8[2] -1 1
# OUT R: 8 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int8"), R: T.Buffer((2,), "int8")):
    for i in range(2):
        R[i] = T.popcount(A[i])
