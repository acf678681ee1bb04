# a read of X[i] * T.float32(2) in the context `nested`.
# REPORT E-UNINIT 18
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    X = T.alloc_buffer((8,), "float32")
    for j in range(8):
        if j != 6:
            X[j] = A[j]
    for o in range(2):
        with T.sblock("outer"):
            vo = T.axis.spatial(2, o)
            for i in range(4):
                with T.sblock("inner"):
                    vi = T.axis.spatial(4, i)
                    R[vo * 4 + vi] = X[vo * 4 + vi] * T.float32(2)
