# Near miss: where init runs in a reduction (backwards).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
    for k in range(8):
        with T.sblock("R"):
            vk = T.axis.reduce(8, k)
            with T.init():
                R[0] = 0
            R[0] = R[0] + A[vk]
