# A source with padding between its rows.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, R: T.Buffer((1,), "int32")):
    A = T.match_buffer(a, (4, 6), "int32", strides=[8, 1])
    with T.sblock("view"):
        V = T.match_buffer(A[1:3, 0:6], (2, 6), "int32", strides=[8, 1], offset_factor=1)
        R[0] = V[1, 0]
