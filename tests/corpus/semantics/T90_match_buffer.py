# T90: match_buffer views a part of a buffer (M6).
# IN A: int32[4,4] 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
# OUT R: 6 7 10 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((2, 2), "int32")):
    with T.sblock("view"):
        V = T.match_buffer(A[1:3, 2:4], (2, 2), "int32", strides=[4, 1], offset_factor=1)
        for i, j in T.grid(2, 2):
            R[i, j] = V[i, j]
