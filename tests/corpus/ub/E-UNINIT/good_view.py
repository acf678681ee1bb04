# A view of a part that was written.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((1,), "int32")):
    L = T.alloc_buffer((4, 4), "int32")
    for i in range(3):
        for j in range(4):
            L[i, j] = A[i, j]
    with T.sblock("view"):
        T.reads(L[1:3, 0:4])
        T.writes(R[0])
        V = T.match_buffer(L[1:3, 0:4], (2, 4), "int32", offset_factor=1)
        R[0] = V[0, 0] & V[1, 0]
