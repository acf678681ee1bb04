# Near miss: a view of A[2:4, 0:4] with strides=[8, 1], offset_factor=16.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((2,), "int32")):
    for i in range(2):
        with T.sblock("view"):
            vi = T.axis.spatial(2, i)
            V = T.match_buffer(A[2:4, 0:4], (2, 4), "int32", strides=[8, 1], offset_factor=16)
            R[vi] = V[0, 1]
