# Near miss: declared regions (branch).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for j in range(8):
        R[j] = 0
    for i in range(7):
        with T.sblock("R"):
            vi = T.axis.spatial(7, i)
            T.reads(A[vi], A[0])
            T.writes(R[vi])
            R[vi] = T.if_then_else(vi < 6, A[vi], A[0])
