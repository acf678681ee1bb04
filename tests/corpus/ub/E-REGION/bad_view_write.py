# A write through a view, declared as a read only.
# RUN: check interp
# REPORT E-REGION 16:17-25
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in range(2):
        with T.sblock("R"):
            vi = T.axis.spatial(2, i)
            T.reads(R[vi * 4 : vi * 4 + 4])
            T.writes(R[vi * 4])
            V = T.match_buffer(R[vi * 4 : vi * 4 + 4], (4,), "int32", offset_factor=1)
            for j in range(4):
                V[j] = j
