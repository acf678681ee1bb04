# T80: an axis value may occur once (K2).
# REPORT E-BINDDUP 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((1,), "int32")):
    for k in range(8):
        with T.sblock("R"):
            vk = T.axis.reduce(4, k // 2)
            with T.init():
                R[0] = 0
            R[0] = R[0] + A[vk]
