# T82: an axis may not leave its domain (K1).
# REPORT E-BINDDOM 10
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i)
            R[vi] = A[vi]
