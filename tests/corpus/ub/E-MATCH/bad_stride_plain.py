# a view of A[1:3, 2:4] with strides=[8, 2].
# REPORT E-MATCH 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((2,), "int32")):
    with T.sblock("view"):
        V = T.match_buffer(A[1:3, 2:4], (2, 2), "int32", strides=[8, 2], offset_factor=1)
        R[0] = V[0, 0]
