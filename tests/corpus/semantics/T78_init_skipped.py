# T78: a predicate that skips the first step skips init (K3).
# REPORT E-INIT 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((1,), "int32")):
    for k in range(4):
        with T.sblock("R"):
            vk = T.axis.reduce(4, k)
            T.where(k >= 2)
            with T.init():
                R[0] = 0
            R[0] = R[0] + A[vk]
