# The domain is the size of one array, the loop that of another.
# RUN: check interp
# IN A: int32[3] 1 2 3
# IN B: int32[4] 1 2 3 4
# REPORT E-BINDDOM 18:18-38
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, b: T.handle, r: T.handle):
    n = T.int32()
    m = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    B = T.match_buffer(b, (m,), "int32")
    R = T.match_buffer(r, (m,), "int32")
    for i in range(m):
        with T.sblock("R"):
            vi = T.axis.spatial(n, i)
            R[vi] = B[vi]
