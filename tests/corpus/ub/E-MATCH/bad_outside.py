# The region begins inside of the array and ends outside.
# RUN: check interp
# REPORT E-MATCH 12:17-98
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8, 8), "int32"), R: T.Buffer((2,), "int32")):
    for i in range(2):
        with T.sblock("view"):
            vi = T.axis.spatial(2, i)
            V = T.match_buffer(A[vi * 4 + 1 : vi * 4 + 5, 0:8], (4, 8), "int32", offset_factor=1)
            R[vi] = V[0, 0]
