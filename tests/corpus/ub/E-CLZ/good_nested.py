# Near miss: T.clz(A[i]) in the context `nested`.
# IN A: int32[8] 1 2 3 4 5 -1 7 8
# IN B: int32[8] 1 2 3 4 5 6 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for o in range(2):
        with T.sblock("outer"):
            vo = T.axis.spatial(2, o)
            for i in range(4):
                with T.sblock("inner"):
                    vi = T.axis.spatial(4, i)
                    R[vo * 4 + vi] = T.clz(A[vo * 4 + vi])
