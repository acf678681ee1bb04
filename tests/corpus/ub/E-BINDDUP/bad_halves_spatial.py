# an axis bound to i // 2.
# REPORT E-BINDDUP 10
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    R[0] = 0
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i // 2)
            R[vi] = A[vi]
