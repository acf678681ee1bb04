# Near miss: instances of a block (twice_in_source).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            R[vi] = A[vi]
    for i in range(8):
        with T.sblock("b"):
            vi = T.axis.spatial(8, i)
            R[vi] = A[vi] + 1
