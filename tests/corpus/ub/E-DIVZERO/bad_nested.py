# T.truncmod(A[i], B[i]) in the context `nested`.
# IN A: uint8[8] 1 2 3 4 5 6 7 8
# IN B: uint8[8] 1 2 3 4 0 6 7 8
# REPORT E-DIVZERO 16
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "uint8"), B: T.Buffer((8,), "uint8"), R: T.Buffer((8,), "uint8")):
    for o in range(2):
        with T.sblock("outer"):
            vo = T.axis.spatial(2, o)
            for i in range(4):
                with T.sblock("inner"):
                    vi = T.axis.spatial(4, i)
                    R[vo * 4 + vi] = T.truncmod(A[vo * 4 + vi], B[vo * 4 + vi])
