# Virtual threads that interleave.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for v in T.thread_binding(2, thread="vthread.x"):
        for i in range(4):
            R[i * 2 + v] = v
