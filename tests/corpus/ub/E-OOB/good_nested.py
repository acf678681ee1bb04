# Near miss: a read of A[(i) // 4, (i) % 4] in the context `nested`.
# IN A: float32[2,4] 0 1 2 3 4 5 6 7
# IN B: int32[8] 0 1 2 3 4 5 6 7
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2, 4), "float32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "float32")):
    for o in range(2):
        with T.sblock("outer"):
            vo = T.axis.spatial(2, o)
            for i in range(4):
                with T.sblock("inner"):
                    vi = T.axis.spatial(4, i)
                    R[vo * 4 + vi] = A[(vo * 4 + vi) // 4, (vo * 4 + vi) % 4]
