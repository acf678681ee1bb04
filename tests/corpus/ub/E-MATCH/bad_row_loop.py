# a view of A[3:4, 0:8] with strides=[8, 2].
# REPORT E-MATCH 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((2,), "int32")):
    for i in range(2):
        with T.sblock("view"):
            vi = T.axis.spatial(2, i)
            V = T.match_buffer(A[3:4, 0:8], (1, 8), "int32", strides=[8, 2], offset_factor=1)
            R[vi] = V[0, 1]
