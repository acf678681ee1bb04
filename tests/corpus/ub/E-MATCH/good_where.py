# The instance whose view would begin before the array does not run.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "int32"), R: T.Buffer((4,), "int32")):
    for i in T.parallel(4):
        with T.sblock("view"):
            vi = T.axis.spatial(4, i)
            T.where(i > 0)
            V = T.match_buffer(A[vi * 4 - 1 : vi * 4 + 3], (4,), "int32", offset_factor=1)
            R[vi] = V[0]
