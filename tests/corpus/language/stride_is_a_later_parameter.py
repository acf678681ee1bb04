# A stride that is a parameter cannot stand in the annotation of a parameter before it.
# RUN: check fmt
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, m: T.int32, p: T.int32):
    A = T.match_buffer(a, (m, 4), "float32", strides=[p, 1])
    for i in range(m):
        A[i, 0] = T.float32(0)
