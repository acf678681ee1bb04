# A tile of a matrix with symbolic strides.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16, 16), "float32"), C: T.Buffer((16, 16), "float32")):
    for io, jo in T.grid(4, 4):
        with T.sblock("tile"):
            vio, vjo = T.axis.remap("SS", [io, jo])
            T.reads(A[vio * 4 : vio * 4 + 4, vjo * 4 : vjo * 4 + 4])
            T.writes(C[vio * 4 : vio * 4 + 4, vjo * 4 : vjo * 4 + 4])
            s0 = T.int32()
            s1 = T.int32()
            a = T.match_buffer(A[vio * 4 : vio * 4 + 4, vjo * 4 : vjo * 4 + 4], (4, 4), offset_factor=1, strides=[16, 1])
            c = T.match_buffer(C[vio * 4 : vio * 4 + 4, vjo * 4 : vjo * 4 + 4], (4, 4), offset_factor=1, strides=[s0, s1])
            for i, j in T.grid(4, 4):
                c[i, j] = a[i, j] * T.float32(2)
