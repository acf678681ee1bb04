# instances of a block (predicate).
# REPORT E-BINDDUP 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i // 2)
            T.where(i % 2 == 0 or i == 5)
            R[vi] = A[vi]
