# The surplus threads are predicated off.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((30,), "float32"), R: T.Buffer((30,), "float32")):
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(16, thread="threadIdx.x"):
            with T.sblock("R"):
                vi = T.axis.spatial(30, b * 16 + t)
                T.where(b * 16 + t < 30)
                R[vi] = A[vi]
