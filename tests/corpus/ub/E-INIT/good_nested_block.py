# The inner reduction begins anew in each instance of the outer block.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("outer"):
            vi = T.axis.spatial(4, i)
            T.reads(A[vi, 0:8])
            T.writes(R[vi])
            for k in range(vi + 1):
                with T.sblock("inner"):
                    vk = T.axis.reduce(8, k)
                    with T.init():
                        R[vi] = 0
                    R[vi] = T.max(R[vi], A[vi, vk])
