# Inside of the array that the view is a part of, outside of the view.
# RUN: check interp
# REPORT E-OOB 13:21-28
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8, 8), "int32"), R: T.Buffer((2,), "int32")):
    for i in range(2):
        with T.sblock("R"):
            vi = T.axis.spatial(2, i)
            V = T.match_buffer(A[vi * 4 : vi * 4 + 4, 0:4], (4, 4), "int32", offset_factor=1)
            R[vi] = V[2, 4]
