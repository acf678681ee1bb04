# Atomic updates in some iterations, a plain write in another.
# RUN: check interp
# REPORT E-RACE 14:13-21
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(C: T.Buffer((1,), "int32")):
    C[0] = 0
    for i in T.parallel(8):
        if i < 7:
            T.evaluate(T.atomic_add(C[0], i))
        else:
            C[0] = 0
