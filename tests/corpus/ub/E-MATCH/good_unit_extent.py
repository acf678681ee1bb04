# The stride of a dimension with one element does not matter.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8, 8), "int32"), R: T.Buffer((1,), "int32")):
    with T.sblock("view"):
        V = T.match_buffer(A[3:4, 0:8], (1, 8), "int32", strides=[100, 1], offset_factor=1)
        R[0] = V[0, 5]
