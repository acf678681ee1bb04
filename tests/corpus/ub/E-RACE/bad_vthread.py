# Virtual threads are unordered too.
# RUN: check interp
# REPORT E-RACE 11:13-21
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4,), "int32")):
    for v in T.thread_binding(2, thread="vthread.x"):
        for i in range(4):
            R[i] = v
