# an axis bound to 0.
# REPORT E-BINDDUP 10
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    R[0] = 0
    for i in range(2):
        with T.sblock("R"):
            vi = T.axis.reduce(8, 0)
            with T.init():
                R[0] = 0
            R[0] = R[0] + A[vi]
