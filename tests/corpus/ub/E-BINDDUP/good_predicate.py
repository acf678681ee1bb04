# Near miss: instances of a block (predicate).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i // 2)
            T.where(i % 2 == 0)
            R[vi] = A[vi]
