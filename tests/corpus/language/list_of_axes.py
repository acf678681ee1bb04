# A list of axes is as many indices; old scripts import `T` from the parser.
from tvm.script.parser import tirx as T

dims = (4, 8)


@T.prim_func(s_tir=True)
def main(a: T.handle, b: T.handle):
    A = T.match_buffer(a, [*dims, 16], "int32")
    B = T.match_buffer(b, dims, "int32")
    for *spatial, reduction in T.grid(*A.shape):
        with T.sblock("reduce"):
            v0, v1, v2 = T.axis.remap("SSR", [spatial[0], spatial[1], reduction])
            with T.init():
                B[v0, v1] = 0
            axes = T.meta_var([v0, v1])
            B[axes] = B[axes] + A[(*axes, v2)]
