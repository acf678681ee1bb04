# Near miss: a view of A[2:4, 0:4] with strides=[8, 1], offset_factor=16.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((2,), "int32")):
    with T.sblock("view"):
        V = T.match_buffer(A[2:4, 0:4], (2, 4), "int32", strides=[8, 1], offset_factor=16)
        R[0] = V[0, 0]
