# Near miss: declared regions (write_next).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for j in range(8):
        R[j] = 0
    for i in T.parallel(7):
        with T.sblock("R"):
            vi = T.axis.spatial(7, i)
            T.reads(A[vi])
            T.writes(R[vi + 1])
            R[vi + 1] = A[vi]
